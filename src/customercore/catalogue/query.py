"""Queries as stores get them: columns, primitives compared in binary order, and terms; never a field's kind."""

from __future__ import annotations

from typing import Any

import attrs

__all__ = ["EVERYTHING", "All", "ElementLeaf", "Leaf", "Node", "OrderBy", "Position", "Query", "Some", "TermLeaf"]


@attrs.frozen
class Leaf:
    """``column op value``; false where the column is null, negated or not. ``missing`` has no value."""

    column: str
    op: str
    value: Any
    negated: bool


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
