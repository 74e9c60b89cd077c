"""The index that lists dead letters, and the order in which customers' unique keys are looked at.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_NAME = "customercore_deliveries"
_CUSTOMERS = "customercore_customers"
_PLACE = ("subscriber", "aggregate", "aggregate_id", "version", "ordinal")


def upgrade() -> None:
    """Make the index: of dead letters only, where the database has partial indexes."""
    dead = sa.text("state = 'dead'")
    op.create_index(
        f"{_NAME}_dead_order",
        _NAME,
        ["tenant", "state", *_PLACE],
        if_not_exists=True,
        sqlite_where=dead,
        postgresql_where=dead,
    )
    # Where several unique keys are taken, the first by name is told of, as in a new store: databases look into the
    # oldest index first, and SQLite into the newest.
    for key in ("email", "code") if op.get_bind().dialect.name == "sqlite" else ("email", "till"):
        _make_anew(f"{_CUSTOMERS}_{key}_unique", f"{key}_unique")


def _make_anew(name: str, column: str) -> None:
    if op.get_bind().dialect.name in ("mysql", "mariadb"):
        # It commits each statement, and takes one that drops and adds the same index for none at all.
        for change in (
            f"ADD UNIQUE INDEX IF NOT EXISTS {name}_new (tenant, {column})",
            f"DROP INDEX IF EXISTS {name}",
            f"RENAME INDEX {name}_new TO {name}",
        ):
            op.execute(f"ALTER TABLE {_CUSTOMERS} {change}")
        return
    op.drop_index(name, _CUSTOMERS)
    op.create_index(name, _CUSTOMERS, ["tenant", column], unique=True)
