"""Who is subscribed to events, and what is on its way to them.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql, postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_BINARY: dict[str, Any] = {"charset": "utf8mb4", "collation": "utf8mb4_nopad_bin"}
_MARIADB = ("mysql", "mariadb")
_NAME = "customercore_deliveries"
_WHOLE = sa.BigInteger()
_LINES = sa.Text().with_variant(mysql.LONGTEXT(**_BINARY), *_MARIADB)
_MOMENT = (
    sa.DateTime()
    .with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")
    .with_variant(mysql.DATETIME(fsp=3), *_MARIADB)
)


def _text(length: int) -> Any:
    binary = sa.String(length, collation="C")
    return (
        sa.String(length).with_variant(binary, "postgresql").with_variant(mysql.VARCHAR(length, **_BINARY), *_MARIADB)
    )


def upgrade() -> None:
    """Make the two tables."""
    op.create_table(
        "customercore_subscriptions",
        sa.Column("tenant", _text(64), nullable=False),
        sa.Column("id", _text(64), nullable=False),
        sa.Column("version", _WHOLE, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=True),
        sa.Column("updated_at", _MOMENT, nullable=True),
        sa.Column("document", _LINES, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id"),
        if_not_exists=True,
    )
    op.create_table(
        _NAME,
        *(sa.Column(name, _text(64), nullable=False) for name in ("tenant", "subscriber", "aggregate", "aggregate_id")),
        sa.Column("version", _WHOLE, nullable=False, autoincrement=False),
        sa.Column("ordinal", _WHOLE, nullable=False, autoincrement=False),
        sa.Column("event_id", _text(64), nullable=False),
        sa.Column("type", _text(64), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("state", _text(16), nullable=False),
        sa.Column("due", _MOMENT, nullable=True),
        sa.Column("attempts", _WHOLE, nullable=False),
        sa.Column("fence", _WHOLE, nullable=False),
        sa.Column("error_code", _text(64), nullable=True),
        sa.Column("error", _LINES, nullable=True),
        sa.Column("settled_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("tenant", "subscriber", "aggregate", "aggregate_id", "version", "ordinal"),
        if_not_exists=True,
        sqlite_with_rowid=False,
    )
    open_ones = sa.column("due").is_not(None)
    op.create_index(
        f"{_NAME}_due_order",
        _NAME,
        ["tenant", "subscriber", "due"],
        if_not_exists=True,
        sqlite_where=open_ones,
        postgresql_where=open_ones,
    )
