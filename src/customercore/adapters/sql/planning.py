"""Where the rows of a search may come from. `plan` is pure: it looks at a query's shape and the indexes, not at data.

There are three ways to read a page, and each writes its own statements:

- a `Walk` follows an index in the order of the page, tests what it meets, and stops when the page is full;
- a `Choice` takes everything that one condition finds by an index, tests and sorts it;
- a `Scan` goes over all records, where it can along an index that holds what is asked.

Which is the shortest depends on how many records meet what, and on whether they meet it together. `search` finds that
out while it reads (decision 21).
"""

from __future__ import annotations

import attrs

from customercore.adapters.sql.conditions import columns_of, terms_of
from customercore.adapters.sql.layout import Layout
from customercore.adapters.sql.ways import Choice, Frame, Scan, Walk
from customercore.catalogue.query import All, ElementLeaf, Leaf, Node, Query, Some, TermLeaf

__all__ = ["Plan", "Segment", "plan"]

_MOST_ARMS = 64
"""How many terms are followed side by side at most."""
_RANGES = frozenset({"eq", "lt", "le", "gt", "ge", "between", "startswith"})
_FOUND = _RANGES | {"in"}


@attrs.frozen
class Segment:
    """A part of the order: where its first column has a value, or where it is missing."""

    walks: tuple[Walk, ...]
    """Of several, each follows one condition; any of them finds all."""
    choices: tuple[Choice, ...]
    """What other conditions find."""
    covered: Walk | None
    """The walk of the default order, where its index holds all that is asked: it passes records by cheaply."""
    scan: Scan


Plan = tuple[Segment, ...]
"""The parts of the order from the query's position on, in their order."""


def plan(query: Query, layout: Layout) -> Plan:
    """Return where the rows of a query may come from, part by part of its order. The query has names for values."""
    parts = tuple(_parts(query.where))
    segments: tuple[bool | None, ...] = (None,)
    if query.order and query.order[0].nullable:
        beyond = query.after is not None and query.after.values[0] is None
        segments = (True,) if beyond else (False, True)
    return tuple(_segment(Frame(layout, query, missing), parts) for missing in segments)


def _parts(node: Node) -> list[Node]:
    """Return the conditions that all have to hold, each once."""
    if not isinstance(node, All):
        return [node]
    return list(dict.fromkeys(part for one in node.parts for part in _parts(one)))


def _segment(frame: Frame, parts: tuple[Node, ...]) -> Segment:
    layout = frame.layout
    by_terms = _term_walks(frame, parts)
    choices = [
        Choice(frame, found, _without(parts, one) if found == (one,) else parts)
        for one in parts
        if (found := _found_by(one, layout)) and not _is_walked(one, frame) and not (by_terms and _followed(one))
    ]
    covered = {*columns_of(parts), *(one.column for one in frame.query.order)} <= layout.covered
    rows = _row_walk(frame, parts)
    return Segment(
        by_terms or (() if rows is None else (rows,)),
        tuple(choices),
        rows if covered and frame.first == layout.sort else None,
        Scan(frame, parts, covered=covered),
    )


def _without(parts: tuple[Node, ...], node: Node) -> tuple[Node, ...]:
    return tuple(one for one in parts if one is not node)


def _is_walked(node: Node, frame: Frame) -> bool:
    """Tell whether a node is a range of the index that the order walks."""
    return isinstance(node, Leaf) and node.column == frame.first and node.op in _RANGES and not node.negated


def _ranges(frame: Frame, parts: tuple[Node, ...]) -> tuple[tuple[Node, ...], tuple[Node, ...]]:
    """Divide the conditions into ranges of the index that the order walks, and the rest."""
    ranges = tuple(one for one in parts if _is_walked(one, frame))
    return ranges, tuple(one for one in parts if one not in ranges)


def _term_walks(frame: Frame, parts: tuple[Node, ...]) -> tuple[Walk, ...]:
    layout = frame.layout
    if len(frame.query.order) != 1 or frame.first != layout.sort or not layout.terms:
        return ()
    ranges, rest = _ranges(frame, parts)
    return tuple(Walk(frame, ranges, _without(rest, one), terms=terms) for one in rest if (terms := _followed(one)))


def _followed(node: Node) -> tuple[str, ...]:
    """Return the terms whose entries a walk can follow to find what meets a node: not too many, and whole ones."""
    terms = terms_of(node)
    return () if len(terms) > _MOST_ARMS or any(one.prefix for one in terms) else tuple(one.term for one in terms)


def _row_walk(frame: Frame, parts: tuple[Node, ...]) -> Walk | None:
    layout = frame.layout
    if len(frame.query.order) > 1:
        return None
    # What is missing is in the order of its ids.
    index = layout.full.get(frame.first) or (layout.full["id"] if frame.missing else layout.partial.get(frame.first))
    return None if index is None else Walk(frame, *_ranges(frame, parts), index=index)


def _found_by(node: Node, layout: Layout) -> tuple[Node, ...]:
    """Return the nodes that together find what meets a node by indexes: itself, or one for each alternative."""
    if isinstance(node, Leaf):
        useful = node.op in _FOUND and not node.negated and layout.index_of(node.column) is not None
        return (node,) if useful else ()
    if isinstance(node, TermLeaf):
        return () if node.negated else (node,)
    if isinstance(node, ElementLeaf):
        return () if node.negated or not node.terms else (TermLeaf(node.terms[0], negated=False),)
    parts = [_found_by(one, layout) for one in node.parts]
    if isinstance(node, Some):
        return tuple(dict.fromkeys(one for part in parts for one in part)) if all(parts) else ()
    # Of conditions that all hold, any will do: terms and equalities are rarer than ranges.
    return min((part for part in parts if part), key=_breadth, default=())


def _breadth(found: tuple[Node, ...]) -> tuple[bool, int]:
    return any(isinstance(one, Leaf) and one.op not in ("eq", "in") for one in found), len(found)
