"""Queries as stores get them: columns, primitives compared in binary order, and terms; never a field's kind."""

from __future__ import annotations

from typing import Any

import attrs

__all__ = [
    "EVERYTHING", "All", "ElementLeaf", "Leaf", "Node", "OrderBy", "Position", "Query", "Segment", "Some", "TermLeaf",
    "segments_of",
]  # fmt: skip


@attrs.frozen
class Leaf:
    """``column op value``; false where the column is null, negated or not. ``missing`` has no value."""

    column: str
    op: str
    value: Any
    negated: bool
    implied: bool = False
    """Whether the condition beside it in an `All` says so already: it is there for the index of its column."""


@attrs.frozen
class TermLeaf:
    """The record has this term, or with ``prefix`` one that starts so; negated, it has none."""

    term: str
    negated: bool
    prefix: bool = False


@attrs.frozen
class ElementLeaf:
    """One address of the record has all of these terms; negated, none has."""

    terms: tuple[str, ...]
    negated: bool


@attrs.frozen
class All:
    """Every part holds."""

    parts: tuple[Node, ...]


@attrs.frozen
class Some:
    """Some part holds."""

    parts: tuple[Node, ...]


Node = Leaf | TermLeaf | ElementLeaf | All | Some
"""A condition on a record."""
EVERYTHING = All(())
"""The condition that every record meets."""


@attrs.frozen
class OrderBy:
    """One column of the order; nulls come last in both directions."""

    column: str
    descending: bool
    nullable: bool


@attrs.frozen
class Position:
    """Where a page ended: the values of the order's columns, and the id, of its last record."""

    values: tuple[Any, ...]
    id: str


@attrs.frozen(kw_only=True)
class Query:
    """A search as stores get it. Ties are broken by id, in the direction of the first column of the order.

    ``limit`` None means no limit; ``after`` is the position the page starts behind.
    """

    where: Node = EVERYTHING
    order: tuple[OrderBy, ...] = ()
    limit: int | None = None
    after: Position | None = None

    @property
    def id_descending(self) -> bool:
        """Whether ties go from the newest id to the oldest."""
        return bool(self.order) and self.order[0].descending


@attrs.frozen
class Segment:
    """A part of an order: ``missing`` is where its first column is null; None where it cannot be."""

    missing: bool | None


def segments_of(query: Query) -> tuple[Segment, ...]:
    """Return the parts of the order to read, from the query's position on: nulls come last, behind all that are not.

    Each part can be read along an index, as the whole order cannot.
    """
    if not query.order or not query.order[0].nullable:
        return (Segment(None),)
    if query.after is not None and query.after.values[0] is None:
        return (Segment(missing=True),)
    return Segment(missing=False), Segment(missing=True)
