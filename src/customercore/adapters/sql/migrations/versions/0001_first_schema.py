"""The first schema: customers with terms and claims, definitions, records, events.

Revision ID: 0001
Revises:
"""

from __future__ import annotations

from typing import Any, NamedTuple

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_PREFIX = "customercore_"
_TYPES: dict[str, Any] = {
    "text": sa.String(),
    "lines": sa.Text(),
    "int": sa.BigInteger(),
    "bool": sa.Boolean(),
    "date": sa.Date(),
    "datetime": sa.DateTime(),
    "key": sa.LargeBinary(),
}
_INTEGER_SLOTS = [f"int_{number}" for number in range(12)]
_FILTERS = " ".join(["status kind created_at", *_INTEGER_SLOTS])


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
        "code_key:key code_sort:key email_key:key email_sort:key salutation_key:key salutation_sort:key "
        "first_name_key:key first_name_sort:key middle_name_key:key middle_name_sort:key last_name_key:key "
        "last_name_sort:key suffix_key:key suffix_sort:key company_name_key:key company_name_sort:key "
        "company_name_2_key:key company_name_2_sort:key department_key:key department_sort:key "
        "pricing_policy_key:key pricing_policy_sort:key full_name_key:key full_name_sort:key email_unique:key "
        "code_unique:key till_unique:key search_terms:key! document:lines!",
        key="tenant id",
        slots=True,
        indexes=(
            ("code_unique", "tenant code_unique", True),
            ("company_name_sort_order", "tenant company_name_sort id", False),
            ("created_at_order", "tenant created_at id", False),
            ("email_sort_order", "tenant email_sort id", False),
            ("email_unique", "tenant email_unique", True),
            ("last_name_sort_order", f"tenant last_name_sort id {_FILTERS}", False),
            ("till_unique", "tenant till_unique", True),
        ),
    ),
    _Table(
        "shops",
        "tenant:64! id:64! version:int! code:text! name:text currency:text parent:text created_at:datetime "
        "updated_at:datetime name_key:key name_sort:key code_unique:key document:lines!",
        key="tenant id",
        indexes=(("code_order", "tenant code id", False), ("code_unique", "tenant code_unique", True)),
    ),
    _Table(
        "flags",
        "tenant:64! id:64! version:int! code:text! label:text created_at:datetime updated_at:datetime "
        "label_key:key label_sort:key code_unique:key document:lines!",
        key="tenant id",
        indexes=(("code_order", "tenant code id", False), ("code_unique", "tenant code_unique", True)),
    ),
    _Table(
        "customer_types",
        "tenant:64! id:64! version:int! code:text! label:text prices_without_tax:bool! created_at:datetime "
        "updated_at:datetime label_key:key label_sort:key code_unique:key document:lines!",
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
        "updated_at:datetime key_unique:key document:lines!",
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
        "tenant:64! term:key! sort_key:key! id:64! element:int!",
        key="tenant term sort_key id element",
        rowid=False,
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
    for table in _TABLES:
        name = _PREFIX + table.name
        columns = [_column(one, table.key.split()) for one in table.columns.split()]
        if table.slots:
            slots: list[sa.Column[Any]] = [sa.Column(slot, sa.BigInteger()) for slot in _INTEGER_SLOTS]
            slots += [sa.Column(slot, sa.LargeBinary()) for slot in _TEXT_SLOTS]
            columns[-5:-5] = slots
        options: dict[str, Any] = {} if table.rowid else {"sqlite_with_rowid": False}
        op.create_table(name, *columns, sa.PrimaryKeyConstraint(*table.key.split()), **options)
        for suffix, names, unique in table.indexes:
            op.create_index(f"{name}_{suffix}", name, names.split(), unique=unique)
        for slot in (*_INTEGER_SLOTS, *_TEXT_SLOTS) if table.slots else ():
            present = sa.column(slot).is_not(None)
            op.create_index(f"{name}_{slot}_slot", name, ["tenant", slot, "id"], sqlite_where=present)


def _column(spec: str, key: list[str]) -> sa.Column[Any]:
    name, _, kind = spec.rstrip("!").partition(":")
    type_ = _TYPES[kind] if kind in _TYPES else sa.String(int(kind))
    options: dict[str, Any] = {"autoincrement": False} if name in key else {}
    return sa.Column(name, type_, nullable=not spec.endswith("!"), **options)
