"""The first schema: customers with terms and claims, definitions, records, events.

Revision ID: 0001
Revises:
"""

from __future__ import annotations

from typing import Any, NamedTuple

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql, postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_PREFIX = "customercore_"
_BINARY: dict[str, Any] = {"charset": "utf8mb4", "collation": "utf8mb4_nopad_bin"}
_MARIADB = ("mysql", "mariadb")


def _text(length: int | None, mariadb: Any) -> Any:
    plain = sa.String(length)
    return plain.with_variant(sa.String(length, collation="C"), "postgresql").with_variant(mariadb, *_MARIADB)


def _key(length: int) -> Any:
    return sa.LargeBinary().with_variant(mysql.VARBINARY(length), *_MARIADB)


def _name(length: int) -> Any:
    return _text(length, mysql.VARCHAR(length, **_BINARY))


_TYPES: dict[str, Any] = {
    "text": _text(None, mysql.TEXT(**_BINARY)),
    "indexed": _text(None, mysql.VARCHAR(255, **_BINARY)),
    "lines": sa.Text().with_variant(mysql.LONGTEXT(**_BINARY), *_MARIADB),
    "int": sa.BigInteger(),
    "bool": sa.Boolean(),
    "date": sa.Date(),
    "datetime": sa.DateTime()
    .with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")
    .with_variant(mysql.DATETIME(fsp=3), *_MARIADB),
    "key": _key(1_020),
    "sort": _key(512),
    "term": _key(1_100),
    "terms": sa.LargeBinary()
    .with_variant(mysql.LONGBLOB(), *_MARIADB)
    .with_variant(postgresql.TSVECTOR(), "postgresql"),
}
_INTEGER_SLOTS = [f"int_{number}" for number in range(12)]
_FILTERS = {"last_name_sort_order": ["status", "kind", "created_at", *_INTEGER_SLOTS]}
"""What lists are narrowed by stands in the index of their order, where searches are planned: on SQLite."""

_TERMS, _TERMS_OF = "customer_terms", "customer_terms_of"
"""The table that PostgreSQL does not have, which finds terms in the rows; and its index, which SQLite does not need."""


class _Table(NamedTuple):
    """A table: its columns as ``name:type`` (a number is a length, ``!`` is NOT NULL), primary key and indexes."""

    name: str
    columns: str
    key: str
    rowid: bool = True
    slots: bool = False
    indexes: tuple[tuple[str, str, bool], ...] = ()


_TABLES = (
    _Table(
        "customers",
        "tenant:64! id:64! version:int! code:text email:text email_verified:bool! salutation:text "
        "first_name:text middle_name:text last_name:text suffix:text language:text birth_date:date "
        "company_name:text company_name_2:text department:text customer_type:text! pricing_policy:text "
        "information:lines shop:text status:text! kind:text! use_invoice_for_delivery:bool! "
        "created_at:datetime updated_at:datetime deactivated_at:datetime identity_scope:text! full_name:text "
        "code_key:key code_sort:sort email_key:key email_sort:sort salutation_key:key salutation_sort:sort "
        "first_name_key:key first_name_sort:sort middle_name_key:key middle_name_sort:sort last_name_key:key "
        "last_name_sort:sort suffix_key:key suffix_sort:sort company_name_key:key company_name_sort:sort "
        "company_name_2_key:key company_name_2_sort:sort department_key:key department_sort:sort "
        "pricing_policy_key:key pricing_policy_sort:sort full_name_key:key full_name_sort:sort email_unique:term "
        "code_unique:term till_unique:term search_terms:terms! document:lines!",
        key="tenant id",
        slots=True,
        indexes=(
            ("code_unique", "tenant code_unique", True),
            ("company_name_sort_order", "tenant company_name_sort id", False),
            ("created_at_order", "tenant created_at id", False),
            ("email_sort_order", "tenant email_sort id", False),
            ("email_unique", "tenant email_unique", True),
            ("last_name_sort_order", "tenant last_name_sort id", False),
            ("till_unique", "tenant till_unique", True),
        ),
    ),
    _Table(
        "shops",
        "tenant:64! id:64! version:int! code:indexed! name:text currency:text parent:text created_at:datetime "
        "updated_at:datetime name_key:key name_sort:sort code_unique:term document:lines!",
        key="tenant id",
        indexes=(("code_order", "tenant code id", False), ("code_unique", "tenant code_unique", True)),
    ),
    _Table(
        "flags",
        "tenant:64! id:64! version:int! code:indexed! label:text created_at:datetime updated_at:datetime "
        "label_key:key label_sort:sort code_unique:term document:lines!",
        key="tenant id",
        indexes=(("code_order", "tenant code id", False), ("code_unique", "tenant code_unique", True)),
    ),
    _Table(
        "customer_types",
        "tenant:64! id:64! version:int! code:indexed! label:text prices_without_tax:bool! created_at:datetime "
        "updated_at:datetime label_key:key label_sort:sort code_unique:term document:lines!",
        key="tenant id",
        indexes=(("code_order", "tenant code id", False), ("code_unique", "tenant code_unique", True)),
    ),
    _Table(
        "tenants",
        "tenant:64! id:64! version:int! email_scope:text! email_special_domains:bool! "
        "customers_code_pattern:text customers_max_addresses:int! updated_at:datetime document:lines!",
        key="tenant id",
    ),
    _Table(
        "info_types",
        "tenant:64! id:64! version:int! key:text! kind:text! applies_to:text! required:bool! unique:bool! "
        "searchable:bool! customer_visible:bool! customer_editable:bool! personal:bool! pattern:lines "
        "position:int! retired:bool! slot:text state:text! backfilled_to:text created_at:datetime "
        "updated_at:datetime key_unique:term document:lines!",
        key="tenant id",
        indexes=(("key_unique", "tenant key_unique", True),),
    ),
    _Table(
        "counters",
        "tenant:64! id:64! version:int! next:int! document:lines!",
        key="tenant id",
    ),
    _Table(
        "idempotency_records",
        "tenant:64! id:64! version:int! operation:text! fingerprint:text! result:text! created_at:datetime "
        "document:lines!",
        key="tenant id",
        indexes=(("created_at_order", "tenant created_at id", False),),
    ),
    _Table(
        "customer_terms",
        "tenant:64! term:term! sort_key:sort! id:64! element:int!",
        key="tenant term sort_key id element",
        rowid=False,
        indexes=(("of", "tenant id term", False),),
    ),
    _Table(
        "claims",
        "tenant:64! aggregate:64! field:80! key:key! id:64!",
        key="tenant aggregate field key",
        rowid=False,
        indexes=(("of", "tenant aggregate id", False),),
    ),
    _Table(
        "events",
        "tenant:64! aggregate:64! aggregate_id:64! version:int! ordinal:int! id:64! type:64! "
        "schema_version:int! customer_id:64 at:datetime! actor_kind:32! actor_id:255 on_behalf_of:255 "
        "changes:lines personal:lines reason:lines",
        key="tenant aggregate aggregate_id version ordinal",
        rowid=False,
    ),
    _Table(
        "meta",
        "name:64! value:lines!",
        key="name",
    ),
)
_TEXT_SLOTS = [f"text_{number}_{part}" for number in range(8) for part in ("key", "sort")]


def upgrade() -> None:
    """Make the tables and their indexes."""
    product = op.get_bind().dialect.name
    planned, in_rows = product == "sqlite", product == "postgresql"
    for table in _TABLES:
        name = _PREFIX + table.name
        if in_rows and table.name == _TERMS:
            continue
        columns = [_column(one, table.key.split()) for one in table.columns.split()]
        if table.slots:
            slots: list[sa.Column[Any]] = [sa.Column(slot, sa.BigInteger()) for slot in _INTEGER_SLOTS]
            slots += [sa.Column(slot, _TYPES[slot.rpartition("_")[2]]) for slot in _TEXT_SLOTS]
            columns[-5:-5] = slots
        options: dict[str, Any] = {} if table.rowid else {"sqlite_with_rowid": False}
        op.create_table(name, *columns, sa.PrimaryKeyConstraint(*table.key.split()), if_not_exists=True, **options)
        for suffix, names, unique in table.indexes:
            if planned and f"{table.name}_{suffix}" == _TERMS_OF:
                continue
            beside = _FILTERS.get(suffix, []) if planned else []
            op.create_index(f"{name}_{suffix}", name, [*names.split(), *beside], unique=unique, if_not_exists=True)
        if in_rows and table.slots:
            index = f"{name}_search_terms"
            op.create_index(index, name, ["search_terms"], if_not_exists=True, postgresql_using="gin")
        for slot in (*_INTEGER_SLOTS, *_TEXT_SLOTS) if table.slots else ():
            present = sa.column(slot).is_not(None)
            op.create_index(
                f"{name}_{slot}_slot",
                name,
                ["tenant", slot, "id"],
                if_not_exists=True,
                sqlite_where=present,
                postgresql_where=present,
            )


def _column(spec: str, key: list[str]) -> sa.Column[Any]:
    name, _, kind = spec.rstrip("!").partition(":")
    type_ = _TYPES[kind] if kind in _TYPES else _name(int(kind))
    options: dict[str, Any] = {"autoincrement": False} if name in key else {}
    return sa.Column(name, type_, nullable=not spec.endswith("!"), **options)
