"""Notes on customers, and the texts of messages.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql, postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_BINARY: dict[str, Any] = {"charset": "utf8mb4", "collation": "utf8mb4_nopad_bin"}
_MARIADB = ("mysql", "mariadb")


def _text(length: int | None, mariadb: Any) -> Any:
    plain = sa.String(length)
    return plain.with_variant(sa.String(length, collation="C"), "postgresql").with_variant(mariadb, *_MARIADB)


_TYPES: dict[str, Any] = {
    "id": _text(64, mysql.VARCHAR(64, **_BINARY)),
    "text": _text(None, mysql.TEXT(**_BINARY)),
    "indexed": _text(None, mysql.VARCHAR(255, **_BINARY)),
    "lines": sa.Text().with_variant(mysql.LONGTEXT(**_BINARY), *_MARIADB),
    "int": sa.BigInteger(),
    "bool": sa.Boolean(),
    "datetime": sa.DateTime()
    .with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")
    .with_variant(mysql.DATETIME(fsp=3), *_MARIADB),
    "key": sa.LargeBinary().with_variant(mysql.VARBINARY(1_020), *_MARIADB),
    "sort": sa.LargeBinary().with_variant(mysql.VARBINARY(512), *_MARIADB),
    "term": sa.LargeBinary().with_variant(mysql.VARBINARY(1_100), *_MARIADB),
}
_TABLES = {
    "notes": "tenant:id! id:id! version:int! customer:indexed! text:lines! author_kind:text! author_id:text "
    "on_behalf_of:text created_at:datetime document:lines!",
    "templates": "tenant:id! id:id! version:int! message:text! shop:text language:text subject:text text:lines "
    "html:lines enabled:bool! created_at:datetime updated_at:datetime subject_key:key subject_sort:sort "
    "key_unique:term document:lines!",
}
_INDEXES = (
    ("notes", "customer_order", ["tenant", "customer", "id"], False),
    ("templates", "key_unique", ["tenant", "key_unique"], True),
)


def upgrade() -> None:
    """Make the tables and their indexes."""
    for table, columns in _TABLES.items():
        made = [_column(one) for one in columns.split()]
        key = sa.PrimaryKeyConstraint("tenant", "id")
        op.create_table(f"customercore_{table}", *made, key, if_not_exists=True)
    for table, suffix, names, unique in _INDEXES:
        name = f"customercore_{table}"
        op.create_index(f"{name}_{suffix}", name, names, unique=unique, if_not_exists=True)


def _column(spec: str) -> sa.Column[Any]:
    name, _, kind = spec.rstrip("!").partition(":")
    return sa.Column(name, _TYPES[kind], nullable=not spec.endswith("!"))
