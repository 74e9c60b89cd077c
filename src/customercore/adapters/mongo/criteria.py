"""Queries as MongoDB filters and sorts (ruling 10).

Missing values come last, so a page is read in up to two segments of the first column of the order: where
it is present, then where it is missing. Each segment walks an index instead of sorting.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from customercore.adapters.mongo.layout import ELEMENTS, TENANT, TERMS, Column, key_of
from customercore.catalogue.query import All, ElementLeaf, Leaf, Node, OrderBy, Query, Segment, Some, TermLeaf

__all__ = ["Filter", "element_of"]

Condition = dict[str, Any]
_NOTHING: Condition = {"_id": {"$in": []}}
_FIRST_SURROGATE, _AFTER_SURROGATES, _LAST = 0xD800, 0xE000, 0x10FFFF


def element_of(terms: frozenset[str]) -> dict[str, str]:
    """Return an address's terms (``address.city:oslo``) as an object: ``{"city": "oslo"}``."""
    return dict(sorted(_part(term) for term in terms))


def _part(term: str) -> tuple[str, str]:
    name, _, key = term.partition(":")
    return name.partition(".")[2], key


def _behind_prefix(prefix: str) -> str | None:
    """Return the least text, by code point, that comes after all that start with a prefix; None when there is none."""
    while prefix:
        prefix, last = prefix[:-1], ord(prefix[-1]) + 1
        if last <= _LAST:
            return prefix + chr(_AFTER_SURROGATES if last == _FIRST_SURROGATE else last)
    return None


def _started(prefix: str) -> Condition:
    top = _behind_prefix(prefix)
    return {"$gte": prefix} if top is None else {"$gte": prefix, "$lt": top}


class Filter:
    """Makes the filters and sorts of one tenant's queries of one collection."""

    def __init__(self, tenant: str, columns: Mapping[str, Column]) -> None:
        self._tenant = tenant
        self._columns = columns

    def where(self, node: Node) -> Condition:
        """Return the condition of a node alone, without the tenant."""
        if isinstance(node, Leaf):
            return self._leaf(node)
        if isinstance(node, TermLeaf):
            return _term(node)
        if isinstance(node, ElementLeaf):
            return _element(node)
        return self._joined(node)

    def _joined(self, node: All | Some) -> Condition:
        terms = [one.term for one in node.parts if isinstance(one, TermLeaf) and not (one.negated or one.prefix)]
        if isinstance(node, Some) and len(terms) == len(node.parts) > 1:
            return {TERMS: {"$in": terms}}
        parts = [self.where(part) for part in node.parts]
        if len(parts) == 1:
            return parts[0]
        if isinstance(node, All):
            return {"$and": parts} if parts else {}
        return {"$or": parts} if parts else _NOTHING

    def matching(self, node: Node) -> Condition:
        """Return the filter of the tenant's records that match."""
        return self._all([self.where(node)])

    def _all(self, conditions: list[Condition]) -> Condition:
        known = [one for one in conditions if one]
        return {TENANT: self._tenant, "$and": known} if known else {TENANT: self._tenant}

    def page(self, query: Query, segment: Segment) -> Condition:
        """Return the filter of one segment, from the query's position on."""
        conditions = [self.where(query.where)]
        if segment.missing is not None:
            first = self._columns[query.order[0].column]
            conditions.append({first.path: None if segment.missing else {"$gte": first.least}})
        by_id = not query.order or query.order[0].column == "id"
        if by_id or segment.missing:
            # So that records may be walked by the index of ids: those of a tenant are neighbours in it.
            conditions.append({"_id": {"$gt": {"t": self._tenant}, "$lt": {"t": f"{self._tenant}\0"}}})
        conditions += self._behind(query, segment)
        return self._all(conditions)

    def _leaf(self, node: Leaf) -> Condition:
        path, op, value = self._columns[node.column].path, node.op, node.value
        if op not in ("missing", "startswith", "contains"):
            many = op in ("in", "between")
            value = [self._value(node.column, one) for one in value] if many else self._value(node.column, value)
        if node.negated and op == "between":
            return {"$or": [{path: {"$lt": value[0]}}, {path: {"$gt": value[1]}}]}
        return {path: (_NEGATED if node.negated else _CONDITIONS)[op](value)}

    def _value(self, column: str, value: Any) -> Any:
        if column == "id":
            return key_of(self._tenant, value)
        write = self._columns[column].write
        return value if write is None or value is None else write(value)

    def _behind(self, query: Query, segment: Segment) -> Iterator[Condition]:
        """Yield the conditions that a record comes after the query's position, within a segment."""
        after = query.after
        if after is None or (segment.missing and after.values[0] is not None):
            return
        pairs = list(zip(query.order, after.values, strict=True))
        if segment.missing:
            pairs = pairs[1:]
        condition: Condition = {"_id": {"$lt" if query.id_descending else "$gt": key_of(self._tenant, after.id)}}
        for one, value in reversed(pairs):
            condition = self._chained(one, self._value(one.column, value), condition)
        yield condition
        if pairs and pairs[0][1] is not None:
            # The chain alone hides that the walk may start at the position.
            one, value = pairs[0]
            bound = {"$lte" if one.descending else "$gte": self._value(one.column, value)}
            if segment.missing is False or not one.nullable:
                yield {self._columns[one.column].path: bound}

    def _chained(self, one: OrderBy, value: Any, rest: Condition) -> Condition:
        path = self._columns[one.column].path
        if value is None:
            return {"$and": [{path: None}, rest]}
        further: list[Condition] = [{path: {"$lt" if one.descending else "$gt": value}}]
        if one.nullable:
            further.append({path: None})
        return {"$or": [*further, {"$and": [{path: {"$eq": value}}, rest]}]}

    def order(self, query: Query, segment: Segment) -> list[tuple[str, int]]:
        """Return the sort of one segment. Where missing values would come first, `late` puts them last."""
        order = query.order[1:] if segment.missing else query.order
        last = -1 if query.id_descending else 1
        late = self.late(query)
        by: list[tuple[str, int]] = []
        for one in order:
            path = self._columns[one.column].path
            if path in late:
                by.append((late[path], 1))
            by.append((path, -1 if one.descending else 1))
        return by if any(path == "_id" for path, _ in by) else [*by, ("_id", last)]

    def late(self, query: Query) -> dict[str, str]:
        """Return the paths whose missing values the sort would put first, with the names of marks that mend it."""
        order = query.order[1:]
        nullable = [one for one in order if one.nullable and not one.descending]
        return {self._columns[one.column].path: f"late{at}" for at, one in enumerate(nullable)}


_CONDITIONS: Mapping[str, Callable[[Any], Any]] = {
    "missing": lambda _: None,
    "eq": lambda value: {"$eq": value},
    "in": lambda values: {"$in": values},
    "between": lambda bounds: {"$gte": bounds[0], "$lte": bounds[1]},
    "startswith": _started,
    "contains": lambda part: {"$regex": re.escape(part)},
    "lt": lambda value: {"$lt": value},
    "le": lambda value: {"$lte": value},
    "gt": lambda value: {"$gt": value},
    "ge": lambda value: {"$gte": value},
}
_NEGATED: Mapping[str, Callable[[Any], Any]] = {
    "missing": lambda _: {"$ne": None},
    "eq": lambda value: {"$nin": [value, None]},
    "in": lambda values: {"$nin": [*values, None]},
    "startswith": lambda prefix: {"$not": _started(prefix), "$ne": None},
    "contains": lambda part: {"$not": {"$regex": re.escape(part)}, "$ne": None},
    "lt": _CONDITIONS["ge"],
    "le": _CONDITIONS["gt"],
    "gt": _CONDITIONS["le"],
    "ge": _CONDITIONS["lt"],
}
"""The same negated: each is false where the value is missing (ruling 8)."""


def _term(node: TermLeaf) -> Condition:
    # One and the same element must be in the range: a plain range over a list may be met by two.
    inside: Any = {"$elemMatch": _started(node.term)} if node.prefix else node.term
    if not node.negated:
        return {TERMS: inside}
    return {TERMS: {"$not": inside} if node.prefix else {"$ne": inside}}


def _element(node: ElementLeaf) -> Condition:
    """Return the condition that one address has all of these; the first, which singles out most, has an index."""
    correlated = {ELEMENTS: {"$elemMatch": {"$and": [dict([_part(term)]) for term in node.terms]}}}
    if node.negated:
        return {ELEMENTS: {"$not": correlated[ELEMENTS]}}
    if len(node.terms) == 1:
        return {TERMS: node.terms[0]}
    return {"$and": [{TERMS: node.terms[0]}, correlated]}
