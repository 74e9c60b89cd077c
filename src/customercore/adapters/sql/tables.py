"""The tables that the catalogue asks for: readable columns, the whole document, keys and terms beside them."""

from __future__ import annotations

from typing import Any

import attrs
from sqlalchemy import BigInteger, CheckConstraint, Column, Index, MetaData, Table
from sqlalchemy import Dialect as Grammar
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlalchemy.types import TypeEngine

from customercore.adapters.sql.dialect import Dialect
from customercore.catalogue.aggregate import Aggregate
from customercore.catalogue.bound_field import ColumnSpec
from customercore.catalogue.catalogue import Catalogue
from customercore.domain.delivery import DEAD

__all__ = ["MISSING", "PREFIX", "TERMS", "Tables", "definitions", "tables_for"]

PREFIX = "customercore_"
"""What the names of all our tables start with, so that they can live beside the host's own."""

TERMS = "search_terms"
"""The column in which a row lists its own search terms, with a NUL, which no text has, before and behind each.

Where the dialect has a `TermColumn`, they stand in it as that says, and there is no table of terms.
"""

MISSING = b"\xff"
"""The sort key of terms whose record has none: it comes after every UTF-8 text."""


# How long keys can get, in bytes of UTF-8: bounded identity keys of 255 code points, with what names their field or
# scope; search keys cut to 128 code points. Every index stays below the 2,704 bytes of PostgreSQL's and the 3,072 of
# MariaDB's, and a row of the widest table below MariaDB's 65,535.
_ID, _NAME = 64, 255
_KEY, _TERM, _SORT = 1_020, 1_100, 512

_CHECKS = {"wallets": {"within_floor": "held_minor >= 0 AND posted_minor - held_minor >= floor_minor"}}
"""What must hold of every row whatever a program does: nobody spends what a wallet does not have (decision 35)."""


@attrs.frozen
class Tables:
    """The tables of one dialect. ``rows`` and ``terms`` are by the plural name of their aggregate."""

    metadata: MetaData
    rows: dict[str, Table]
    terms: dict[str, Table]
    claims: Table
    events: Table
    deliveries: Table
    entries: Table
    meta: Table


def tables_for(catalogue: Catalogue, dialect: Dialect) -> Tables:
    """Return the tables of every stored aggregate, of the journal and of the store itself."""
    metadata = MetaData()
    return Tables(
        metadata,
        rows={one.plural: _rows(metadata, one, dialect) for one in catalogue.stored},
        terms={
            one.plural: _terms(metadata, one, dialect)
            for one in catalogue.stored
            if one.has_terms and dialect.term_column is None
        },
        claims=_claims(metadata, dialect),
        events=_events(metadata, dialect),
        deliveries=_deliveries(metadata, dialect),
        entries=_entries(metadata, dialect),
        meta=Table(
            f"{PREFIX}meta",
            metadata,
            Column("name", dialect.name_type(_ID), primary_key=True),
            Column("value", dialect.column_type("long_text"), nullable=False),
        ),
    )


def definitions(tables: Tables, grammar: Grammar) -> tuple[str, ...]:
    """Return the statements that make the tables, each followed by its indexes.

    Of several unique keys that are taken the first is told of, by name: databases look into their indexes in the order
    in which they were made, and SQLite into the newest first.
    """
    newest_first = grammar.name == "sqlite"
    made: list[CreateTable | CreateIndex] = []
    for table in tables.metadata.sorted_tables:
        made.append(CreateTable(table))
        indexes = sorted(table.indexes, key=lambda index: str(index.name), reverse=newest_first)
        made += [CreateIndex(index) for index in indexes]
    return tuple(str(one.compile(dialect=grammar)) for one in made)


def _rows(metadata: MetaData, aggregate: Aggregate[Any], dialect: Dialect) -> Table:
    name = f"{PREFIX}{aggregate.plural}"
    indexed = {field.order_column for field in aggregate.fields if field.field.indexed}
    columns: list[Column[Any]] = [_id("tenant", dialect)]
    for spec in aggregate.columns:
        if spec.name == "id":
            columns.append(_id("id", dialect))
        else:
            kind = _column_type(spec, dialect, indexed=spec.name in indexed)
            columns.append(Column(spec.name, kind, nullable=spec.nullable))
    columns += [Column(unique.column, dialect.key_type(_TERM), nullable=True) for unique in aggregate.uniques]
    if aggregate.has_terms:
        kept = dialect.column_type("bytes") if dialect.term_column is None else dialect.term_column.type
        columns.append(Column(TERMS, kept, nullable=False))
    columns.append(Column("document", dialect.column_type("long_text"), nullable=False))
    checks = _CHECKS.get(aggregate.plural, {})
    table = Table(name, metadata, *columns, *(CheckConstraint(checks[one], f"{name}_{one}") for one in checks))
    for unique in aggregate.uniques:
        Index(f"{name}_{unique.column}", table.c.tenant, table.c[unique.column], unique=True)
    for field in aggregate.fields:
        if field.field.indexed:
            column = field.order_column
            # What lists are narrowed by is in the index of their order: what does not match costs no row.
            planned = dialect.hints is not None and field.name == aggregate.default_sort
            beside = aggregate.filters if planned else ()
            Index(f"{name}_{column}_order", *(table.c[one] for one in ("tenant", column, "id", *beside)))
    if aggregate.has_terms and dialect.term_column is not None:
        Index(f"{name}_{TERMS}", table.c[TERMS], **dialect.term_column.index)
    for spec in aggregate.slots:
        slot = table.c[spec.name]
        Index(f"{name}_{spec.name}_slot", table.c.tenant, slot, table.c.id, **dialect.index_of(slot.is_not(None)))
    return table


def _id(name: str, dialect: Dialect) -> Column[Any]:
    return Column(name, dialect.name_type(_ID), primary_key=True)


def _column_type(spec: ColumnSpec, dialect: Dialect, *, indexed: bool) -> TypeEngine[Any]:
    if spec.type == "key":
        return dialect.key_type(_SORT if spec.name.endswith("_sort") else _KEY)
    if spec.type == "text" and indexed:
        return dialect.indexed_text(_NAME)
    return dialect.column_type(spec.type)


def _terms(metadata: MetaData, aggregate: Aggregate[Any], dialect: Dialect) -> Table:
    name = f"{PREFIX}{aggregate.name}_terms"
    table = Table(
        name,
        metadata,
        _id("tenant", dialect),
        Column("term", dialect.key_type(_TERM), primary_key=True),
        Column("sort_key", dialect.key_type(_SORT), primary_key=True),
        _id("id", dialect),
        Column("element", BigInteger, primary_key=True, autoincrement=False),
        **dialect.table_options,
    )
    if dialect.hints is None:
        # Where the database looks a record's terms up as it sees fit, it must be able to do so quickly.
        Index(f"{name}_of", table.c.tenant, table.c.id, table.c.term)
    return table


def _claims(metadata: MetaData, dialect: Dialect) -> Table:
    """Return the table of unique values of custom fields: one for all of them, since fields are no DDL (ruling 6)."""
    name = f"{PREFIX}claims"
    table = Table(
        name,
        metadata,
        _id("tenant", dialect),
        _id("aggregate", dialect),
        Column("field", dialect.name_type(80), primary_key=True),
        Column("key", dialect.key_type(_KEY), primary_key=True),
        Column("id", dialect.name_type(_ID), nullable=False),
        **dialect.table_options,
    )
    Index(f"{name}_of", table.c.tenant, table.c.aggregate, table.c.id)
    return table


def _events(metadata: MetaData, dialect: Dialect) -> Table:
    id, text = dialect.name_type(_ID), dialect.column_type("long_text")
    return Table(
        f"{PREFIX}events",
        metadata,
        _id("tenant", dialect),
        _id("aggregate", dialect),
        _id("aggregate_id", dialect),
        Column("version", BigInteger, primary_key=True, autoincrement=False),
        Column("ordinal", BigInteger, primary_key=True, autoincrement=False),
        Column("id", id, nullable=False),
        Column("type", id, nullable=False),
        Column("schema_version", BigInteger, nullable=False),
        Column("customer_id", id, nullable=True),
        Column("at", dialect.column_type("datetime"), nullable=False),
        Column("actor_kind", dialect.name_type(32), nullable=False),
        Column("actor_id", dialect.name_type(_NAME), nullable=True),
        Column("on_behalf_of", dialect.name_type(_NAME), nullable=True),
        Column("changes", text, nullable=True),
        Column("personal", text, nullable=True),
        Column("reason", text, nullable=True),
        **dialect.table_options,
    )


def _deliveries(metadata: MetaData, dialect: Dialect) -> Table:
    """Return the table of what is on its way to subscribers; ``due`` is empty once a row is settled."""
    name, id, moment = f"{PREFIX}deliveries", dialect.name_type(_ID), dialect.column_type("datetime")
    table = Table(
        name,
        metadata,
        _id("tenant", dialect),
        _id("subscriber", dialect),
        _id("aggregate", dialect),
        _id("aggregate_id", dialect),
        Column("version", BigInteger, primary_key=True, autoincrement=False),
        Column("ordinal", BigInteger, primary_key=True, autoincrement=False),
        Column("event_id", id, nullable=False),
        Column("type", id, nullable=False),
        Column("at", moment, nullable=False),
        Column("state", dialect.name_type(16), nullable=False),
        Column("due", moment, nullable=True),
        Column("attempts", BigInteger, nullable=False),
        Column("fence", BigInteger, nullable=False),
        Column("error_code", id, nullable=True),
        Column("error", dialect.column_type("long_text"), nullable=True),
        Column("settled_at", moment, nullable=True),
        **dialect.table_options,
    )
    due, dead = table.c.due, table.c.state == DEAD
    Index(f"{name}_due_order", table.c.tenant, table.c.subscriber, due, **dialect.index_of(due.is_not(None)))
    # In the order of their list. Where an index has all rows, the state in it leads to the few that are dead letters.
    Index(f"{name}_dead_order", table.c.tenant, table.c.state, *list(table.primary_key)[1:], **dialect.index_of(dead))
    return table


def _entries(metadata: MetaData, dialect: Dialect) -> Table:
    """Return the table of what happened to wallets, which only grows; amounts are in minor units of the currency."""
    name, id, text = f"{PREFIX}entries", dialect.name_type(_ID), dialect.name_type(_NAME)
    moment = dialect.column_type("datetime")
    table = Table(
        name,
        metadata,
        _id("tenant", dialect),
        _id("wallet", dialect),
        Column("sequence", BigInteger, primary_key=True, autoincrement=False),
        Column("id", id, nullable=False),
        Column("kind", dialect.name_type(16), nullable=False),
        Column("currency", dialect.name_type(16), nullable=False),
        *(Column(one, BigInteger, nullable=False) for one in ("amount", "balance_after", "held", "held_after")),
        Column("at", moment, nullable=False),
        Column("actor_kind", dialect.name_type(32), nullable=False),
        Column("actor_id", text, nullable=True),
        Column("on_behalf_of", text, nullable=True),
        Column("reason", text, nullable=True),
        Column("reference", text, nullable=True),
        Column("about", id, nullable=True),
        Column("expires_at", moment, nullable=True),
        Column("parts", dialect.column_type("long_text"), nullable=True),
        **dialect.table_options,
    )
    Index(f"{name}_id_unique", table.c.tenant, table.c.id, unique=True)
    Index(f"{name}_about_order", table.c.tenant, table.c.about, **dialect.index_of(table.c.about.is_not(None)))
    Index(f"{name}_at_order", table.c.tenant, table.c.wallet, table.c.at, table.c.sequence)
    return table
