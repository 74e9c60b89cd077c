"""The index that lists dead letters.

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
