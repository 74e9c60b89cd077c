"""The tables that the catalogue asks for: readable columns, the whole document, keys and terms beside them."""

from __future__ import annotations

from typing import Any

import attrs
from sqlalchemy import BigInteger, Column, Index, LargeBinary, MetaData, String, Table, Text

from customercore.adapters.sql.dialect import Dialect
from customercore.catalogue.aggregate import Aggregate
from customercore.catalogue.catalogue import Catalogue

__all__ = ["MISSING", "PREFIX", "TERMS", "Tables", "tables_for"]

PREFIX = "customercore_"
"""What the names of all our tables start with, so that they can live beside the host's own."""

TERMS = "search_terms"
"""The column in which a row lists its own search terms, with a NUL, which no text has, before and behind each."""

MISSING = b"\xff"
"""The sort key of terms whose record has none: it comes after every UTF-8 text."""


@attrs.frozen
class Tables:
    """The tables of one dialect. ``rows`` and ``terms`` are by the plural name of their aggregate."""

    metadata: MetaData
    rows: dict[str, Table]
    terms: dict[str, Table]
    claims: Table
    events: Table
    meta: Table


def tables_for(catalogue: Catalogue, dialect: Dialect) -> Tables:
    """Return the tables of every stored aggregate, of the journal and of the store itself."""
    metadata = MetaData()
    return Tables(
        metadata,
        rows={one.plural: _rows(metadata, one, dialect) for one in catalogue.stored},
        terms={one.plural: _terms(metadata, one, dialect) for one in catalogue.stored if one.has_terms},
        claims=_claims(metadata, dialect),
        events=_events(metadata, dialect),
        meta=Table(
            f"{PREFIX}meta",
            metadata,
            Column("name", String(64), primary_key=True),
            Column("value", Text, nullable=False),
        ),
    )


def _rows(metadata: MetaData, aggregate: Aggregate[Any], dialect: Dialect) -> Table:
    name = f"{PREFIX}{aggregate.plural}"
    columns: list[Column[Any]] = [Column("tenant", String(64), primary_key=True)]
    for spec in aggregate.columns:
        kind = dialect.column_type(spec.type)
        if spec.name == "id":
            columns.append(Column("id", String(64), primary_key=True))
        else:
            columns.append(Column(spec.name, kind, nullable=spec.nullable))
    columns += [Column(unique.column, LargeBinary, nullable=True) for unique in aggregate.uniques]
    if aggregate.has_terms:
        columns.append(Column(TERMS, LargeBinary, nullable=False))
    columns.append(Column("document", Text, nullable=False))
    table = Table(name, metadata, *columns)
    for unique in aggregate.uniques:
        Index(f"{name}_{unique.column}", table.c.tenant, table.c[unique.column], unique=True)
    for field in aggregate.fields:
        if field.field.indexed:
            column = field.order_column
            # What lists are narrowed by is in the index of their order: what does not match costs no row.
            beside = aggregate.filters if field.name == aggregate.default_sort else ()
            Index(f"{name}_{column}_order", *(table.c[one] for one in ("tenant", column, "id", *beside)))
    for spec in aggregate.slots:
        slot = table.c[spec.name]
        Index(f"{name}_{spec.name}_slot", table.c.tenant, slot, table.c.id, **dialect.where_present(slot))
    return table


def _terms(metadata: MetaData, aggregate: Aggregate[Any], dialect: Dialect) -> Table:
    name = f"{PREFIX}{aggregate.name}_terms"
    return Table(
        name,
        metadata,
        Column("tenant", String(64), primary_key=True),
        Column("term", LargeBinary, primary_key=True),
        Column("sort_key", LargeBinary, primary_key=True),
        Column("id", String(64), primary_key=True),
        Column("element", BigInteger, primary_key=True, autoincrement=False),
        **dialect.table_options,
    )


def _claims(metadata: MetaData, dialect: Dialect) -> Table:
    """Return the table of unique values of custom fields: one for all of them, since fields are no DDL (ruling 6)."""
    name = f"{PREFIX}claims"
    table = Table(
        name,
        metadata,
        Column("tenant", String(64), primary_key=True),
        Column("aggregate", String(64), primary_key=True),
        Column("field", String(80), primary_key=True),
        Column("key", LargeBinary, primary_key=True),
        Column("id", String(64), nullable=False),
        **dialect.table_options,
    )
    Index(f"{name}_of", table.c.tenant, table.c.aggregate, table.c.id)
    return table


def _events(metadata: MetaData, dialect: Dialect) -> Table:
    return Table(
        f"{PREFIX}events",
        metadata,
        Column("tenant", String(64), primary_key=True),
        Column("aggregate", String(64), primary_key=True),
        Column("aggregate_id", String(64), primary_key=True),
        Column("version", BigInteger, primary_key=True, autoincrement=False),
        Column("ordinal", BigInteger, primary_key=True, autoincrement=False),
        Column("id", String(64), nullable=False),
        Column("type", String(64), nullable=False),
        Column("schema_version", BigInteger, nullable=False),
        Column("customer_id", String(64), nullable=True),
        Column("at", dialect.column_type("datetime"), nullable=False),
        Column("actor_kind", String(32), nullable=False),
        Column("actor_id", String(255), nullable=True),
        Column("on_behalf_of", String(255), nullable=True),
        Column("changes", Text, nullable=True),
        Column("personal", Text, nullable=True),
        Column("reason", Text, nullable=True),
        **dialect.table_options,
    )
