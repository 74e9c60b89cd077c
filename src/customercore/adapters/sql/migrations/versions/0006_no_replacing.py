"""On SQLite, a trigger that refuses to replace an entry, which fires none of those before it.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_ENTRIES = "customercore_entries"


def upgrade() -> None:
    """Make the trigger; where others refuse a replaced row already, nothing is left to do."""
    if op.get_bind().dialect.name != "sqlite":
        return
    op.get_bind().exec_driver_sql(
        f"CREATE TRIGGER IF NOT EXISTS {_ENTRIES}_no_replace BEFORE INSERT ON {_ENTRIES} WHEN "
        f"EXISTS (SELECT 1 FROM {_ENTRIES} "
        "WHERE tenant = NEW.tenant AND wallet = NEW.wallet AND sequence = NEW.sequence) OR "
        f"EXISTS (SELECT 1 FROM {_ENTRIES} WHERE tenant = NEW.tenant AND id = NEW.id) "
        f"BEGIN SELECT RAISE(ABORT, 'a row of {_ENTRIES} is there already'); END"
    )
