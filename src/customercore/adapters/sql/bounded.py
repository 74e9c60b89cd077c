"""Pages where the database plans by statistics: a walk that it believes to be short is not let go on for ever.

PostgreSQL estimates how often each condition is met and takes them for independent. Where two are met often and both
hardly ever, it walks the order to find a page soon, and reads everything: 3.8 s for 1,000,000 customers. So where
several conditions meet, it is asked for its plan; if it would walk, it may walk so far, and what it has not found by
then is looked for by the conditions and sorted (decision 24).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
from sqlalchemy import Select, Table, bindparam, literal_column, select

from customercore.adapters.sql.criteria import Expression, in_order, within
from customercore.adapters.sql.hints import Explain
from customercore.adapters.sql.statements import Statement
from customercore.adapters.sql.statistics import Statistics
from customercore.adapters.sql.wire import Wire
from customercore.catalogue.aggregate import Aggregate
from customercore.catalogue.query import All, Leaf, Node, Query, Segment, Some

__all__ = ["Bounded", "may_mislead"]

Stated = Callable[..., tuple[Statement, dict[str, Any]]]


def may_mislead(query: Query, aggregate: Aggregate[Any]) -> bool:
    """Tell whether so many conditions meet that an estimate may be far off: two beside those that every list has."""
    return len([leaf for leaf in _leaves(query.where) if not _usual(leaf, aggregate)]) > 1


def _usual(leaf: Node, aggregate: Aggregate[Any]) -> bool:
    return isinstance(leaf, Leaf) and (leaf.implied or (leaf.op == "eq" and leaf.column in aggregate.filters))


def _leaves(node: Node) -> list[Node]:
    if isinstance(node, All | Some):
        return [leaf for part in node.parts for leaf in _leaves(part)]
    return [node]


@attrs.frozen
class Bounded:
    """Reads a page whose conditions may mislead the database, by two or three statements."""

    explain: Explain
    wire: Wire
    statistics: Statistics
    snapshot: Callable[[], bool]

    def page(self, stated: Stated, most: int) -> list[Any]:
        """Return the rows of a page; ``stated`` makes its statement for so many of them, in one form or another."""
        wire, (statement, values) = self.wire, stated(most)
        if not self._walks(statement, values):
            return wire.rows(statement, values)
        found = wire.rows(*stated(most, walked), afresh=False)
        if len(found) < most:
            if self.snapshot():
                wire.run(self.explain.roomy)
            rest, values = stated(most - len(found), gathered)
            found += wire.rows(rest, {**values, "known": len(found)})
        return found

    def _walks(self, statement: Statement, values: dict[str, Any]) -> bool:
        """Tell whether the database would walk along the order."""
        explain = self.explain
        plan = attrs.evolve(statement, sql=explain.before + statement.sql)
        return self.statistics.told(statement.sql, values, lambda: explain.walks(self.wire.rows(plan, values)))


def walked(query: Query, segment: Segment, expression: Expression, table: Table) -> Select[Any]:
    """Return the statement that finds a page among the first entries of the order, if it is full by then."""
    here = select(table).where(*within(query, segment, expression, table))
    first = in_order(here, attrs.evolve(query, limit=None), segment, table).limit(bindparam("furthest")).subquery()
    expression.turn_to(first)
    found = select(first.c.document, first.c.id).where(expression.where(query.where))
    return in_order(found, query, segment, first)


def gathered(query: Query, segment: Segment, expression: Expression, table: Table) -> Select[Any]:
    """Return the statement that finds everything that matches, and sorts it; what was found on a walk is left out."""
    behind = within(query, segment, expression, table)
    here = select(table).where(*behind, expression.where(query.where))
    found = here.offset(literal_column("0")).subquery()  # which keeps the order out of the database's mind
    return in_order(select(found.c.document, found.c.id), query, segment, found).offset(bindparam("known"))
