"""Queries as SQL: one expression per shape of query, its values bound (ruling 10).

Nulls come last, so a page is read in up to two segments of the first column of the order: where it is
present, then where it is missing. Each segment walks an index instead of sorting.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Table,
    and_,
    bindparam,
    false,
    func,
    literal_column,
    not_,
    or_,
    select,
    true,
)

from customercore.adapters.sql.dialect import TermColumn
from customercore.adapters.sql.tables import TERMS
from customercore.catalogue.query import All, ElementLeaf, Leaf, Node, OrderBy, Query, Segment, Some, TermLeaf

__all__ = ["Expression", "count_of", "in_order", "page_of", "shape", "within"]

_TOP = b"\xff"
"""Comes after every UTF-8 text that starts with what stands before it."""


def shape(query: Query, segment: Segment | None) -> tuple[Any, ...]:
    """Return what the SQL of a query depends on: everything but its values."""
    after = query.after
    nulls = None if after is None else tuple(value is None for value in after.values)
    return _shape(query.where), query.order, segment, query.limit is None, nulls


def _shape(node: Node) -> tuple[Any, ...]:
    if isinstance(node, All | Some):
        return type(node), *(_shape(part) for part in node.parts)
    if isinstance(node, TermLeaf):
        return TermLeaf, node.negated, node.prefix
    if isinstance(node, ElementLeaf):
        return ElementLeaf, node.negated, len(node.terms)
    length = len(node.value) if node.op == "in" else 0
    return Leaf, node.column, node.op, node.negated, length


class Expression:
    """Collects the values of a query in the order its shape is walked; with ``table``, its SQL too."""

    def __init__(
        self,
        table: Table | None,
        terms: Table | None,
        encode: Callable[[str, Any], Any],
        contains: Callable[[Any, Any], ColumnElement[bool]],
        *,
        lexemes: TermColumn | None,
        tenant: str,
    ) -> None:
        self._table = table
        self._terms = terms
        self._lexemes = lexemes
        self._tenant = tenant
        self._encode = encode
        self._contains = contains
        self.values: dict[str, Any] = {}

    def _bind(self, column: str, value: Any) -> Any:
        name = f"p{len(self.values)}"
        self.values[name] = self._encode(column, value)
        return bindparam(name) if self._table is not None else None

    def _column(self, name: str) -> Any:
        return self._table.c[name] if self._table is not None else None

    def turn_to(self, table: Any) -> None:
        """Speak of the columns of another table, or of a query that has them, from now on."""
        self._table = table

    def where(self, node: Node) -> Any:
        """Return the condition of a node."""
        if isinstance(node, All | Some):
            if self._lexemes is not None and isinstance(node, Some) and (leaves := _positive(node)):
                questions = [self._lexemes.asked(self._tenant, leaf) for leaf in leaves]
                return self._found(self._lexemes.any_of(questions), self._lexemes)
            parts = [self.where(part) for part in node.parts]
            if self._table is None:
                return None
            return and_(true(), *parts) if isinstance(node, All) else or_(false(), *parts)
        if isinstance(node, Leaf):
            return self._leaf(node)
        if self._lexemes is not None:
            return self._asked(node, self._lexemes)
        return self._term(node) if isinstance(node, TermLeaf) else self._element(node)

    def _asked(self, node: TermLeaf | ElementLeaf, lexemes: TermColumn) -> Any:
        found = self._found(lexemes.asked(self._tenant, node), lexemes)
        return not_(found) if node.negated and found is not None else found

    def _found(self, question: Any, lexemes: TermColumn) -> Any:
        bound = self._bind("term", question)
        return None if self._table is None else lexemes.found(self._table.c[TERMS], bound)

    def _term(self, node: TermLeaf) -> Any:
        low = node.term.encode()
        bounds = [self._bind("term", low)]
        if node.prefix:
            bounds.append(self._bind("term", low + _TOP))
        if self._table is None or self._terms is None:
            return None
        terms = self._terms
        here = terms.c.term == bounds[0] if not node.prefix else _COMPARISONS["startswith"](terms.c.term, bounds)
        having = select(terms.c.id).where(terms.c.tenant == bindparam("tenant"), here)
        inside = self._table.c.id.in_(having)
        return not_(inside) if node.negated else inside

    def _element(self, node: ElementLeaf) -> Any:
        bounds = [self._bind("term", term.encode()) for term in node.terms]
        if self._table is None or self._terms is None:
            return None
        rows = [self._terms.alias(f"t{number}") for number, _ in enumerate(bounds)]
        first = rows[0]
        having = select(first.c.id).where(
            *(row.c.tenant == bindparam("tenant") for row in rows),
            *(row.c.term == bound for row, bound in zip(rows, bounds, strict=True)),
            *(and_(row.c.id == first.c.id, row.c.element == first.c.element) for row in rows[1:]),
        )
        inside = self._table.c.id.in_(having)
        return not_(inside) if node.negated else inside

    def _leaf(self, node: Leaf) -> Any:
        column = self._column(node.column)
        if node.op == "missing":
            if self._table is None:
                return None
            return column.is_not(None) if node.negated else column.is_(None)
        if node.op in ("in", "between"):
            bounds = [self._bind(node.column, value) for value in node.value]
        elif node.op == "startswith":
            low = node.value.encode()
            bounds = [self._bind("prefix", low), self._bind("prefix", low + _TOP)]
        else:
            bounds = [self._bind(node.column, node.value)]
        if self._table is None:
            return None
        condition = (
            self._contains(column, bounds[0]) if node.op == "contains" else _COMPARISONS[node.op](column, bounds)
        )
        return and_(column.is_not(None), not_(condition)) if node.negated else condition

    def behind(self, query: Query, segment: Segment) -> Any:
        """Return the condition that a record comes after the query's position, within a segment."""
        after = query.after
        if after is None or (segment.missing and after.values[0] is not None):
            return None
        pairs = list(zip(query.order, after.values, strict=True))
        if segment.missing:
            pairs = pairs[1:]
        bound_id = self._bind("id", after.id)
        bounds = [None if value is None else self._bind(one.column, value) for one, value in pairs]
        if self._table is None:
            return None
        id = self._column("id")
        condition: Any = id < bound_id if query.id_descending else id > bound_id
        for (one, value), bound in reversed(list(zip(pairs, bounds, strict=True))):
            condition = self._chained(one, value, bound, condition)
        if pairs and not segment.missing:
            # The chain alone hides from the planner that the walk may start at the position.
            first = self._column(pairs[0][0].column)
            condition = and_(first <= bounds[0] if pairs[0][0].descending else first >= bounds[0], condition)
        return condition

    def _chained(self, one: OrderBy, value: Any, bound: Any, rest: Any) -> Any:
        column = self._column(one.column)
        if value is None:
            return and_(column.is_(None), rest)
        further = column < bound if one.descending else column > bound
        if one.nullable:
            further = or_(further, column.is_(None))
        return or_(further, and_(column == bound, rest))


def _positive(node: Some) -> list[TermLeaf | ElementLeaf]:
    """Return the parts of a choice between terms; none where there are others, or what a record must not have."""
    leaves = [part for part in node.parts if isinstance(part, TermLeaf | ElementLeaf) and not part.negated]
    return leaves if len(leaves) == len(node.parts) else []


_COMPARISONS: dict[str, Callable[[Any, list[Any]], ColumnElement[bool]]] = {
    "eq": lambda column, bounds: column == bounds[0],
    "lt": lambda column, bounds: column < bounds[0],
    "le": lambda column, bounds: column <= bounds[0],
    "gt": lambda column, bounds: column > bounds[0],
    "ge": lambda column, bounds: column >= bounds[0],
    "in": lambda column, bounds: column.in_(bounds) if bounds else false(),
    "between": lambda column, bounds: and_(column >= bounds[0], column <= bounds[1]),
    "startswith": lambda column, bounds: and_(column >= bounds[0], column < bounds[1]),
}


def page_of(query: Query, segment: Segment, expression: Expression, table: Table) -> Select[Any]:
    """Return the statement of one segment of a page; it yields documents in the query's order."""
    behind = within(query, segment, expression, table)
    statement = select(table.c.document, table.c.id).where(*behind, expression.where(query.where))
    return in_order(statement, query, segment, table)


def within(query: Query, segment: Segment, expression: Expression, table: Table) -> list[Any]:
    """Return the conditions that a row of the tenant belongs to a segment and comes after the query's position."""
    conditions = [table.c.tenant == bindparam("tenant")]
    if segment.missing is not None:
        first = table.c[query.order[0].column]
        conditions.append(first.is_(None) if segment.missing else first.is_not(None))
    behind = expression.behind(query, segment)
    return conditions if behind is None else [*conditions, behind]


def in_order(statement: Select[Any], query: Query, segment: Segment, table: Any) -> Select[Any]:
    """Return the statement with its rows in the query's order, within a segment, and its limit."""
    by: list[Any] = []
    for number, one in enumerate(query.order):
        if segment.missing and not number:
            continue
        column = table.c[one.column]
        if one.nullable and (number or segment.missing):
            by.append(column.is_(None))
        by.append(column.desc() if one.descending else column)
    by.append(table.c.id.desc() if query.id_descending else table.c.id)
    statement = statement.order_by(*by)
    return statement if query.limit is None else statement.limit(bindparam("most"))


def count_of(query: Query, expression: Expression, table: Table, *, capped: bool) -> Select[Any]:
    """Return the statement that counts what matches, at most ``most`` when it is capped."""
    matching: Select[Any] = select(literal_column("1").label("one")).where(
        table.c.tenant == bindparam("tenant"), expression.where(query.where)
    )
    if capped:
        matching = matching.limit(bindparam("most"))
    return select(func.count()).select_from(matching.subquery())
