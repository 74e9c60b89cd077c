"""The other side of job 4 on servers: the designs of a good engineer, each filled from our table.

On PostgreSQL *A2* keeps numbers in typed columns and terms in a ``text[]`` with GIN, *V* keeps terms in a ``tsvector``,
as our table does. On MariaDB *E* finds terms in a table of them that carries the sort key. A question is asked as the
database plans it, along its order, and by its conditions.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benchmarks.designs import AtLeast, Form, Has, Question

__all__ = ["add_designs", "forms_on"]

_C, _T, _A2 = "customercore_customers", "customercore_customer_terms", "hand_customers"
_USUAL = "c.tenant = 'default' AND c.status = 'active' AND c.kind = 'registered'"
_COLUMNS = "id, status, kind, created_at, last_name_sort, int_0, int_1, int_2, int_3"
_ARRAYS = (
    f"CREATE TABLE {_A2} AS SELECT tenant, {_COLUMNS}, document, tsvector_to_array(search_terms) AS terms FROM {_C}",
    f"ALTER TABLE {_A2} ADD PRIMARY KEY (tenant, id)",
    f"CREATE INDEX ON {_A2} USING gin (terms)",
    f"CREATE INDEX ON {_A2} (tenant, last_name_sort, id)",
    f"CREATE INDEX ON {_A2} (tenant, created_at, id)",
    *(f"CREATE INDEX ON {_A2} (tenant, int_{slot}, id) WHERE int_{slot} IS NOT NULL" for slot in range(4)),
    f"VACUUM ANALYZE {_A2}",
    f"VACUUM ANALYZE {_C}",
)


def add_designs(server: str, connection: Any) -> None:
    """Make what the designs need beside our tables."""
    with connection.cursor() as cursor:
        for statement in _ARRAYS if server == "postgresql" else (f"ANALYZE TABLE {_C}, {_T}",):
            cursor.execute(statement)
            if server != "postgresql":
                cursor.fetchall()


def forms_on(server: str, question: Question, most: int, after: tuple[Any, str] | None) -> Iterator[Form]:
    """Yield the statements of every design for the first documents behind a place in the order."""
    writer = _Postgresql(question, most, after) if server == "postgresql" else _Mariadb(question, most, after)
    return writer.forms()


class _Writer:
    def __init__(self, question: Question, most: int, after: tuple[Any, str] | None) -> None:
        self._question, self._most, self._after = question, most, after
        self._column = question.column

    def _placed(self) -> tuple[str, list[Any]]:
        """Return where the order goes on: what has no key is behind, and no page here gets so far."""
        column, past = f"c.{self._column}", f"c.{self._column} IS NOT NULL"
        if self._after is None:
            return past, []
        return f"{past} AND {column} >= %s AND ({column} > %s OR c.id > %s)", [self._after[0], *self._after]

    @property
    def _order(self) -> str:
        return f"ORDER BY c.{self._column}, c.id"


class _Postgresql(_Writer):
    def forms(self) -> Iterator[Form]:
        for design, table in (("A2", _A2), ("V", _C)):
            tests, values = self._tests(design)
            place, placed = self._placed()
            where = " AND ".join([_USUAL, place, *tests])
            bound = (*placed, *values, self._most)
            yield Form(design, f"SELECT c.document FROM {table} c WHERE {where} {self._order} LIMIT %s", bound)
            inner = f"SELECT c.document, c.id, c.{self._column} FROM {table} c WHERE {where} OFFSET 0"
            yield Form(f"{design} sorted", f"SELECT c.document FROM ({inner}) c {self._order} LIMIT %s", bound)

    def _tests(self, design: str) -> tuple[list[str], list[Any]]:
        tests: list[str] = []
        values: list[Any] = []
        for one in self._question.asked:
            if isinstance(one, AtLeast):
                tests.append(f"c.{one.column} >= %s")
                values.append(one.low)
                continue
            terms = [f"default/{one.field}:{each}" for each in one.elements]
            found = "c.terms && %s" if design == "A2" else "c.search_terms @@ %s::tsquery"
            tests.append(f"NOT ({found})" if one.negated else found)
            values.append(terms if design == "A2" else " | ".join(f"'{term}'" for term in terms))
        return tests, values


class _Mariadb(_Writer):
    def forms(self) -> Iterator[Form]:
        place, placed = self._placed()
        order = f"{_C}_{self._column}_{'slot' if self._column.startswith('int') else 'order'}"
        rest = [self._test(one) for one in self._question.asked]
        where = " AND ".join([_USUAL, place, *(text for text, _ in rest)])
        bound = (*placed, *(value for _, values in rest for value in values), self._most)
        for name, source in (("plain", _C), ("walk", f"{_C} c FORCE INDEX ({order})")):
            aliased = source if " c " in source else f"{source} c"
            yield Form(f"E {name}", f"SELECT c.document FROM {aliased} WHERE {where} {self._order} LIMIT %s", bound)
        for one in self._question.asked:
            yield from self._driven(one, place, placed)

    def _driven(self, one: Has | AtLeast, place: str, placed: list[Any]) -> Iterator[Form]:
        others = [self._test(other) for other in self._question.asked if other is not one]
        values = [value for _, each in others for value in each]
        where = " AND ".join([_USUAL, place, *(text for text, _ in others)])
        if isinstance(one, AtLeast):
            index = f"{_C}_{one.column}_{'slot' if one.column.startswith('int') else 'order'}"
            sql = f"SELECT c.document FROM {_C} c FORCE INDEX ({index}) WHERE c.{one.column} >= %s AND {where}"
            yield Form("E number", f"{sql} {self._order} LIMIT %s", (one.low, *placed, *values, self._most))
        elif not one.negated and len(one.terms) == 1:
            join = f"{_T} t STRAIGHT_JOIN {_C} c ON c.tenant = t.tenant AND c.id = t.id"
            sql = f"SELECT c.document FROM {join} WHERE t.tenant = 'default' AND t.term = %s AND {where}"
            yield Form("E term", f"{sql} {self._order} LIMIT %s", (*one.terms, *placed, *values, self._most))

    def _test(self, one: Has | AtLeast) -> tuple[str, tuple[Any, ...]]:
        if isinstance(one, AtLeast):
            return f"c.{one.column} >= %s", (one.low,)
        marks = ", ".join(["%s"] * len(one.terms))
        here = f"SELECT 1 FROM {_T} x WHERE x.tenant = 'default' AND x.id = c.id AND x.term IN ({marks})"
        return f"{'NOT ' if one.negated else ''}EXISTS ({here})", one.terms
