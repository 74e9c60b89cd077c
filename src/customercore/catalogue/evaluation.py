"""Queries as plain Python, for stores that have no query language: tests of projections, an order, positions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter, ge, gt, le, lt
from typing import Any, Protocol, TypeVar

from customercore.catalogue.bound_field import Projection
from customercore.catalogue.query import All, ElementLeaf, Leaf, Node, Position, Query, Some, TermLeaf

__all__ = ["Row", "arranged", "behind", "position_of", "predicate"]

Test = Callable[[Projection], bool]
"""Tells whether a record matches."""

_by_id = attrgetter("id")


class Row(Protocol):
    """A record as it is searched."""

    @property
    def id(self) -> str:
        """The record's id."""

    @property
    def projection(self) -> Projection:
        """What it is found by, as of its last write."""


R = TypeVar("R", bound=Row)


def predicate(node: Node, columns: Mapping[str, int]) -> Test:
    """Return the test that a node stands for.

    ``columns`` are the indexes of columns in `Projection.values`.
    """
    if isinstance(node, Leaf):
        return _leaf(columns[node.column], node)
    if isinstance(node, TermLeaf | ElementLeaf):
        return _of_terms(node)
    # What is implied is for stores that have an index of it.
    parts = [part for part in node.parts if not _implied(part)] if isinstance(node, All) else node.parts
    tests = [predicate(part, columns) for part in parts]
    if len(tests) == 1:
        return tests[0]
    if isinstance(node, All):
        if not tests:
            return lambda _projection: True
        return _every(tests)
    return lambda projection: any(test(projection) for test in tests)


def _implied(node: Node) -> bool:
    if isinstance(node, Some):
        return bool(node.parts) and all(map(_implied, node.parts))
    return isinstance(node, Leaf) and node.implied


def _of_terms(node: TermLeaf | ElementLeaf) -> Test:
    wanted = not node.negated
    if isinstance(node, ElementLeaf):
        terms = frozenset(node.terms)
        return lambda projection: any(terms <= element for element in projection.elements) is wanted
    term = node.term
    if node.prefix:
        return lambda projection: any(one.startswith(term) for one in projection.terms) is wanted
    return lambda projection: (term in projection.terms) is wanted


def _every(tests: list[Test]) -> Test:
    def matches(projection: Projection) -> bool:
        for test in tests:  # noqa: SIM110  all() of a generator takes twice as long, for every row there is
            if not test(projection):
                return False
        return True

    return matches


def _leaf(at: int, leaf: Leaf) -> Test:
    if leaf.op == "missing":
        wanted = not leaf.negated
        return lambda projection: (projection.values[at] is None) is wanted
    if leaf.op == "eq" and not leaf.negated:
        operand = leaf.value
        return lambda projection: bool(projection.values[at] == operand)
    test, wanted = _comparison(leaf.op, leaf.value), not leaf.negated

    def matches(projection: Projection) -> bool:
        value = projection.values[at]
        return value is not None and test(value) is wanted

    return matches


def _comparison(op: str, operand: Any) -> Callable[[Any], bool]:
    """Return the test of a value that is there; it answers True or False, nothing else."""
    match op:
        case "eq":
            return lambda value: bool(value == operand)
        case "in":
            return frozenset(operand).__contains__
        case "between":
            low, high = operand
            return lambda value: bool(low <= value <= high)
        case "startswith":
            return lambda value: bool(value.startswith(operand))
        case "contains":
            return lambda value: operand in value
    compare = {"lt": lt, "le": le, "gt": gt, "ge": ge}[op]
    return lambda value: bool(compare(value, operand))


def behind(query: Query, columns: Mapping[str, int]) -> Callable[[Row], bool] | None:
    """Return the test whether a row comes after the query's position; None without a position."""
    if query.after is None:
        return None
    last_id, id_descending = query.after.id, query.id_descending
    order = [
        (columns[by.column], by.descending, last) for by, last in zip(query.order, query.after.values, strict=True)
    ]

    def comes_after(row: Row) -> bool:
        values = row.projection.values
        for at, descending, last in order:
            value = values[at]
            if value == last:
                continue
            if value is None or last is None:
                return value is None  # missing values come last, in both directions
            return bool(value < last) if descending else bool(value > last)
        return row.id < last_id if id_descending else row.id > last_id

    return comes_after


def arranged(rows: Iterable[R], query: Query, columns: Mapping[str, int]) -> list[R]:
    """Return the rows in the query's order."""
    # Sorting is stable, so the least significant key is sorted by first.
    found = sorted(rows, key=_by_id, reverse=query.id_descending)
    for by in reversed(query.order):
        at = columns[by.column]
        keys = [row.projection.values[at] for row in found]
        present = [place for place, key in enumerate(keys) if key is not None]
        present.sort(key=keys.__getitem__, reverse=by.descending)
        missing = [place for place, key in enumerate(keys) if key is None]
        found = [found[place] for place in (*present, *missing)]
    return found


def position_of(row: Row, query: Query, columns: Mapping[str, int]) -> Position:
    """Return the position that a page ends at when this row is its last."""
    values = row.projection.values
    return Position(tuple(values[columns[by.column]] for by in query.order), row.id)
