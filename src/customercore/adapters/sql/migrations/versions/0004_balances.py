"""Wallets, their entries, gift cards, and notes on entries.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql, postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_BINARY: dict[str, Any] = {"charset": "utf8mb4", "collation": "utf8mb4_nopad_bin"}
_MARIADB = ("mysql", "mariadb")


def _text(length: int | None, mariadb: Any) -> Any:
    plain = sa.String(length)
    return plain.with_variant(sa.String(length, collation="C"), "postgresql").with_variant(mariadb, *_MARIADB)


def _name(length: int) -> Any:
    return _text(length, mysql.VARCHAR(length, **_BINARY))


_TYPES: dict[str, Any] = {
    "id": _name(64),
    "name": _name(255),
    "short": _name(32),
    "code": _name(16),
    "text": _text(None, mysql.TEXT(**_BINARY)),
    "indexed": _text(None, mysql.VARCHAR(255, **_BINARY)),
    "lines": sa.Text().with_variant(mysql.LONGTEXT(**_BINARY), *_MARIADB),
    "int": sa.BigInteger(),
    "datetime": sa.DateTime()
    .with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")
    .with_variant(mysql.DATETIME(fsp=3), *_MARIADB),
    "term": sa.LargeBinary().with_variant(mysql.VARBINARY(1_100), *_MARIADB),
}
_ENTRIES = "customercore_entries"
_TABLES = {
    "wallets": "tenant:id! id:id! version:int! owner:indexed! currency:text! credit_limit:int! posted_minor:int! "
    "held_minor:int! floor_minor:int! last_sequence:int! due_at:datetime created_at:datetime updated_at:datetime "
    "owner_unique:term document:lines!",
    "gift_cards": "tenant:id! id:id! version:int! code_digest:text! currency:text! amount_minor:int! "
    "expires_at:datetime reference:text wallet:text redeemed_at:datetime cancelled_at:datetime created_at:datetime "
    "code_digest_unique:term document:lines!",
    "entry_notes": "tenant:id! id:id! version:int! wallet:indexed! text:lines! document:lines!",
    "entries": "tenant:id! wallet:id! sequence:int! id:id! kind:code! currency:code! amount:int! balance_after:int! "
    "held:int! held_after:int! at:datetime! actor_kind:short! actor_id:name on_behalf_of:name reason:name "
    "reference:name about:id expires_at:datetime parts:lines",
}
_INDEXES = (
    ("wallets", "owner_unique", ["tenant", "owner_unique"], True),
    ("wallets", "owner_order", ["tenant", "owner", "id"], False),
    ("wallets", "due_at_order", ["tenant", "due_at", "id"], False),
    ("gift_cards", "code_digest_unique", ["tenant", "code_digest_unique"], True),
    ("entry_notes", "wallet_order", ["tenant", "wallet", "id"], False),
    ("entries", "id_unique", ["tenant", "id"], True),
    ("entries", "at_order", ["tenant", "wallet", "at", "sequence"], False),
)
_NOT_ALLOWED = 1419
"""What MariaDB answers where a binary log is written and only administrators may make triggers."""


def upgrade() -> None:
    """Make the tables, their indexes, and the triggers that keep entries as they are."""
    for table, columns in _TABLES.items():
        key = ["tenant", "wallet", "sequence"] if table == "entries" else ["tenant", "id"]
        made = [_column(one, key) for one in columns.split()]
        floor = "held_minor >= 0 AND posted_minor - held_minor >= floor_minor"
        checks = [sa.CheckConstraint(floor, "customercore_wallets_within_floor")] if table == "wallets" else []
        options: dict[str, Any] = {"sqlite_with_rowid": False} if table == "entries" else {}
        primary = sa.PrimaryKeyConstraint(*key)
        op.create_table(f"customercore_{table}", *made, primary, *checks, if_not_exists=True, **options)
    for table, suffix, names, unique in _INDEXES:
        name = f"customercore_{table}"
        op.create_index(f"{name}_{suffix}", name, names, unique=unique, if_not_exists=True)
    about = sa.column("about").is_not(None)
    present: dict[str, Any] = {"sqlite_where": about, "postgresql_where": about}
    op.create_index(f"{_ENTRIES}_about_order", _ENTRIES, ["tenant", "about"], if_not_exists=True, **present)
    _keep_entries()


def _column(spec: str, key: list[str]) -> sa.Column[Any]:
    name, _, kind = spec.rstrip("!").partition(":")
    options: dict[str, Any] = {"autoincrement": False} if name in key else {}
    return sa.Column(name, _TYPES[kind], nullable=not spec.endswith("!"), **options)


def _keep_entries() -> None:
    product = op.get_bind().dialect.name
    told = f"rows of {_ENTRIES} are never changed"
    if product == "postgresql":
        op.get_bind().exec_driver_sql(
            f"CREATE OR REPLACE FUNCTION {_ENTRIES}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$BEGIN RAISE EXCEPTION '{told}' USING ERRCODE = 'restrict_violation'; END$$"
        )
        op.get_bind().exec_driver_sql(
            f"CREATE TRIGGER {_ENTRIES}_stay BEFORE UPDATE OR DELETE ON {_ENTRIES} "
            f"FOR EACH ROW EXECUTE FUNCTION {_ENTRIES}_refuse()"
        )
        return
    sqlite = f"BEGIN SELECT RAISE(ABORT, '{told}'); END"
    does = sqlite if product == "sqlite" else f"FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '{told}'"
    for verb in ("update", "delete"):
        try:
            op.get_bind().exec_driver_sql(
                f"CREATE TRIGGER IF NOT EXISTS {_ENTRIES}_no_{verb} BEFORE {verb.upper()} ON {_ENTRIES} {does}"
            )
        except sa.exc.DBAPIError as error:
            if getattr(error.orig, "args", (None,))[0] != _NOT_ALLOWED:
                raise
