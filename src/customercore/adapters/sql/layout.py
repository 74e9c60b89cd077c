"""What a plan knows of an aggregate's tables: which index holds what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import attrs
from sqlalchemy import Index

from customercore.adapters.sql.hints import Hints
from customercore.adapters.sql.statements import Grammar
from customercore.adapters.sql.tables import Tables
from customercore.catalogue.aggregate import Aggregate

__all__ = ["Layout", "Sql", "both", "joined", "layout_of"]


@attrs.frozen
class Sql:
    """A piece of SQL, and the names of what its question marks stand for, in their order."""

    text: str
    names: tuple[str, ...] = ()


def joined(pieces: Iterable[Sql], between: str) -> Sql:
    """Return the pieces with ``between`` between them."""
    known = tuple(pieces)
    return Sql(between.join(one.text for one in known), tuple(name for one in known for name in one.names))


def both(pieces: Iterable[Sql | None]) -> Sql:
    """Return the condition that all hold; None is no condition."""
    known = [one for one in pieces if one is not None]
    return joined(known, " AND ") if known else Sql("1 = 1")


@attrs.frozen
class Layout:
    """The table of an aggregate, the table of its terms, and their indexes by the column behind the tenant."""

    hints: Hints
    quote: Callable[[str], str]
    """Writes a name so that it is no keyword."""
    table: str
    terms: str
    sort: str
    """The column of the default sort, whose value is the terms' sort key."""
    covered: frozenset[str]
    """The columns that the index of the default sort holds."""
    full: Mapping[str, str]
    """Indexes with every record, by column."""
    partial: Mapping[str, str]
    """Indexes of the records that have a value, by column."""

    def rows(self, alias: str, index: str | None = None) -> str:
        """Return the rows as a source, read by an index if one is named."""
        return f"{self.table} AS {alias}" + (f" {self.hints.index.format(index)}" if index else "")

    def column(self, name: str) -> str:
        """Return a column of a row ``d``."""
        return f"d.{self.quote(name)}"

    def index_of(self, column: str) -> str | None:
        """Return the index that finds the values of a column."""
        return self.full.get(column) or self.partial.get(column)


def layout_of(aggregate: Aggregate[Any], tables: Tables, grammar: Grammar, hints: Hints) -> Layout:
    """Return the layout of an aggregate's tables."""
    table, terms = tables.rows[aggregate.plural], tables.terms.get(aggregate.plural)
    sort = aggregate.by_name[aggregate.default_sort].order_column
    full: dict[str, str] = {"id": hints.primary.format(table.name)}
    partial: dict[str, str] = {}
    for index in table.indexes:
        columns = [column.name for column in index.columns]
        if index.unique or len(columns) < 3 or columns[0] != "tenant":  # noqa: PLR2004  tenant, column, id
            continue
        known = partial if _is_partial(index, grammar) else full
        known[columns[1]] = str(index.name)
    covered = next((index.columns.keys() for index in table.indexes if index.name == full.get(sort)), [])
    return Layout(
        hints=hints,
        quote=grammar.identifier_preparer.quote,
        table=table.name,
        terms="" if terms is None else terms.name,
        sort=sort,
        covered=frozenset(covered),
        full=full,
        partial=partial,
    )


def _is_partial(index: Index, grammar: Grammar) -> bool:
    return index.dialect_options[grammar.name].get("where") is not None
