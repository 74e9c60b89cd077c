"""The other side of jobs 4 and 4b: searches as a good engineer writes them, for each way to store run-time fields.

*A2* keeps numbers in typed columns and finds terms in the JSON document; *B* keeps both in narrow tables, one row a
value; *E* keeps numbers in typed columns and terms with the sort key, as our tables do. A question is written in every
form that makes sense for a design: which table is read first, in what order, and how the rest is tested.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from customercore import Criteria

__all__ = ["AtLeast", "Form", "Has", "Question", "add_narrow_tables", "forms"]

_C, _T = "customercore_customers", "customercore_customer_terms"
_NARROW = (
    "CREATE TABLE narrow_terms (term BLOB, id TEXT, PRIMARY KEY (term, id)) WITHOUT ROWID",
    f"INSERT OR IGNORE INTO narrow_terms SELECT term, id FROM {_T} WHERE term NOT LIKE 'word:%' ORDER BY term, id",
    "CREATE INDEX narrow_terms_of ON narrow_terms (id, term)",
    "CREATE TABLE narrow_values (field TEXT, value INTEGER, id TEXT, PRIMARY KEY (field, value, id)) WITHOUT ROWID",
    *(
        f"INSERT INTO narrow_values SELECT 'int_{slot}', int_{slot}, id FROM {_C} WHERE int_{slot} IS NOT NULL"
        f" ORDER BY int_{slot}, id"
        for slot in range(4)
    ),
    "CREATE INDEX narrow_values_of ON narrow_values (id, field, value)",
)
_USUAL = "+c.status = 'active' AND +c.kind = 'registered'"


def add_narrow_tables(connection: sqlite3.Connection) -> None:
    """Make the tables of design B from ours."""
    for statement in _NARROW:
        connection.execute(statement)


@dataclass(frozen=True)
class Has:
    """A record has one of these elements of a field, or none of them."""

    field: str
    elements: tuple[str, ...]
    negated: bool = False

    @property
    def terms(self) -> tuple[bytes, ...]:
        return tuple(f"{self.field}:{one}".encode() for one in self.elements)


@dataclass(frozen=True)
class AtLeast:
    """A number or a moment is at least so much."""

    column: str
    low: Any

    @property
    def index(self) -> str:
        return f"{_C}_{self.column}_{'slot' if self.column.startswith('int') else 'order'}"


@dataclass(frozen=True)
class Question:
    """A line of the table: what is asked of us, and of the designs."""

    name: str
    criteria: Criteria
    asked: tuple[Has | AtLeast, ...]
    sort: str = "last_name"
    column: str = "last_name_sort"


@dataclass(frozen=True)
class Form:
    """One way to ask."""

    design: str
    sql: str
    values: tuple[Any, ...]


def forms(question: Question, most: int, after: tuple[Any, str] | None) -> Iterator[Form]:
    """Yield the statements of every design for the first documents behind a place in the order."""
    for design in ("A2", "B", "E"):
        writer = _Writer(design, question, most, after)
        yield writer.form(f"{_C} AS c INDEXED BY {writer.order_index}", "", (), by=None, key=f"c.{question.column}")
        for one in question.asked:
            yield from writer.driven(one)


class _Writer:
    def __init__(self, design: str, question: Question, most: int, after: tuple[Any, str] | None) -> None:
        self._design, self._question, self._most, self._after = design, question, most, after
        self.order_index = f"{_C}_{question.column}_{'slot' if question.column.startswith('int') else 'order'}"

    def driven(self, one: Has | AtLeast) -> Iterator[Form]:
        """Yield the forms that read first what meets one condition."""
        if isinstance(one, AtLeast):
            if self._design == "B" and one.column.startswith("int"):
                here = "v.field = ? AND v.value >= ? AND c.tenant = 'default' AND c.id = v.id"
                yield self.form(f"narrow_values AS v CROSS JOIN {_C} AS c", here, (one.column, one.low), by=one)
            else:
                here = f"c.{one.column} >= ?"
                yield self.form(f"{_C} AS c INDEXED BY {one.index}", here, (one.low,), by=one)
        elif not one.negated and self._design != "A2":
            yield from self._by_terms(one)

    def _by_terms(self, one: Has) -> Iterator[Form]:
        narrow, join = self._design == "B", "c.tenant = 'default' AND c.id = t.id"
        here = "t.term" if narrow else "t.tenant = 'default' AND t.term"
        table = "narrow_terms" if narrow else _T
        if len(one.terms) == 1:
            source = f"{table} AS t CROSS JOIN {_C} AS c"
            yield self.form(source, f"{here} = ? AND {join}", one.terms, by=one)
            if not narrow and self._question.column == "last_name_sort":
                yield self.form(
                    source, f"{here} = ? AND t.sort_key < x'ff' AND {join}", one.terms, by=one, key="t.sort_key"
                )
            return
        inner = f"SELECT DISTINCT t.id FROM {table} AS t WHERE {here} IN ({_marks(one.terms)})"
        yield self.form(f"({inner}) AS t CROSS JOIN {_C} AS c", join, (), by=one, before=one.terms)
        if not narrow and self._question.column == "last_name_sort":
            arm = f"SELECT t.sort_key, t.id FROM {_T} AS t WHERE {here} = ? AND t.sort_key < x'ff'"
            past = "" if self._after is None else " AND (t.sort_key, t.id) > (?, ?)"
            arms = " UNION ".join([arm + past] * len(one.terms))
            values = tuple(value for term in one.terms for value in (term, *(self._after or ())))
            source = f"({arms} ORDER BY sort_key, id LIMIT -1) AS t CROSS JOIN {_C} AS c"
            yield self.form(source, join, (), by=one, before=values, key="")

    def form(
        self,
        source: str,
        here: str,
        values: tuple[Any, ...],
        *,
        by: Has | AtLeast | None,
        key: str | None = None,
        before: tuple[Any, ...] = (),
    ) -> Form:
        """Write a statement; ``key`` is what it walks in order, empty where the source is in order already."""
        column = f"c.{self._question.column}"
        where, bound = ["c.tenant = 'default'", *([here] if here else [])], [*before, *values]
        if key:
            where.append(f"{key} IS NOT NULL")
        if self._after is not None and key != "":
            place, id = key or f"+{column}", "t.id" if key == "t.sort_key" else "c.id"
            where.append(f"(({place}, {id}) > (?, ?){'' if key else f' OR {column} IS NULL'})")
            bound += self._after
        for one in self._question.asked:
            if one is not by:
                where.append(self._test(one, "t" if key == "t.sort_key" else "c"))
                bound += self._bound(one)
        order = f"{column} IS NULL, {column}, c.id" if key is None else f"{key}, {'t' if 't.' in key else 'c'}.id"
        ordered = f" ORDER BY {order}" if key != "" else ""
        sql = f"SELECT c.document FROM {source} WHERE {' AND '.join([*where, _USUAL])}{ordered} LIMIT ?"
        return Form(self._design, sql, (*bound, self._most))

    def _test(self, one: Has | AtLeast, at: str) -> str:
        if isinstance(one, AtLeast):
            if self._design == "B" and one.column.startswith("int"):
                return (
                    "EXISTS (SELECT 1 FROM narrow_values AS y INDEXED BY narrow_values_of"
                    " WHERE y.id = c.id AND y.field = ? AND y.value >= ?)"
                )
            return f"+c.{one.column} >= ?"
        marks = _marks(one.elements)
        if self._design == "A2":
            found = f"SELECT 1 FROM json_each(c.document, '$.{one.field}s') AS j WHERE j.value IN ({marks})"
        elif self._design == "B":
            found = (
                f"SELECT 1 FROM narrow_terms AS x INDEXED BY narrow_terms_of WHERE x.id = c.id AND x.term IN ({marks})"
            )
        else:
            key, id = ("t.sort_key", "t.id") if at == "t" else ("coalesce(c.last_name_sort, x'ff')", "c.id")
            found = (
                f"SELECT 1 FROM {_T} AS x WHERE x.tenant = 'default' AND x.term IN ({marks})"
                f" AND x.sort_key = {key} AND x.id = {id}"
            )
        return f"{'NOT ' if one.negated else ''}EXISTS ({found})"

    def _bound(self, one: Has | AtLeast) -> tuple[Any, ...]:
        if isinstance(one, Has):
            return one.elements if self._design == "A2" else one.terms
        return (one.column, one.low) if self._design == "B" and one.column.startswith("int") else (one.low,)


def _marks(values: tuple[Any, ...]) -> str:
    return ", ".join("?" * len(values))
