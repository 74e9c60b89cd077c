"""Criteria and sorts, checked against the catalogue and turned into queries that every store understands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from customercore.catalogue.aggregate import Aggregate
from customercore.catalogue.bound_field import LONGEST_ASKED, BoundField
from customercore.catalogue.customer_index import ELEMENT_FIELDS, WORD, asked_words
from customercore.catalogue.query import EVERYTHING, All, ElementLeaf, Leaf, Node, OrderBy, Some, TermLeaf
from customercore.domain.countries import country_code
from customercore.domain.criteria.tree import (
    AllOf,
    AnyOf,
    Comparison,
    Criteria,
    HasAddress,
    HasTerm,
    HasText,
    too_complex,
)
from customercore.domain.kinds import RefusedError, text_of
from customercore.domain.tenant import Definitions
from customercore.domain.text import identity_key, unstorable
from customercore.errors import InvalidValueError, Problem

__all__ = ["equal", "resolve", "resolve_sort"]

_MOST_WORDS = 16
_LONGEST_WORD = 64
_MOST_VALUES = 10_000
_MOST_STARTS = 100
"""How many beginnings of an order are asked for side by side at most: each is a range of its own for a store."""
_ORDERING = frozenset({"lt", "le", "gt", "ge", "between"})
_TEXTUAL = frozenset({"startswith", "contains"})


def resolve(aggregate: Aggregate[Any], criteria: Criteria | None, definitions: Definitions) -> Node:
    """Return the criteria in the store's terms.

    Raises `InvalidValueError` naming every field that is unknown, every operator a field does not
    have and every value of the wrong type; paths are ``where.<field>``.
    """
    problems: list[Problem] = []
    if criteria is not None and too_complex(criteria):
        raise InvalidValueError.of("criteria", "too_complex", "have too many parts, or parts within parts")
    node = _resolve(aggregate, criteria, definitions, problems) if criteria is not None else EVERYTHING
    if problems:
        raise InvalidValueError(problems)
    return node


def _resolve(aggregate: Aggregate[Any], criteria: Criteria, definitions: Definitions, problems: list[Problem]) -> Node:
    if isinstance(criteria, AllOf | AnyOf):
        parts = tuple(_resolve(aggregate, part, definitions, problems) for part in criteria.parts)
        return All(parts) if isinstance(criteria, AllOf) else Some(parts)
    if isinstance(criteria, HasText):
        return _words(criteria, problems)
    if isinstance(criteria, HasAddress):
        return _address(criteria, problems)
    if isinstance(criteria, Comparison | HasTerm):
        return _of_field(aggregate, criteria, definitions, problems)
    problems.append(Problem("criteria", "invalid_criteria", "must be built with where"))
    return EVERYTHING


def _of_field(
    aggregate: Aggregate[Any], criteria: Comparison | HasTerm, definitions: Definitions, problems: list[Problem]
) -> Node:
    field = aggregate.by_name.get(criteria.field) if isinstance(criteria.field, str) else None
    path = f"where.{criteria.field}"
    if field is None or field.field.hidden:
        problems.append(Problem(path, "unknown_field", f"a {aggregate.name} has no such field"))
        return EVERYTHING
    try:
        field.check_searchable()
        if isinstance(criteria, HasTerm):
            return _term(field, criteria.value, definitions, negated=criteria.negated)
        if field.term is not None:
            return _terms(field, criteria, definitions)
        return _leaf(field, criteria, definitions)
    except RefusedError as refused:
        problems += [attrs.evolve(problem, field=path) for problem in refused.problems]
        return EVERYTHING


def _term(field: BoundField, value: object, definitions: Definitions, *, negated: bool) -> Node:
    if field.term is None:
        raise RefusedError("unsupported_operator", "is not a field of many values")
    parsed = field.parse([value], definitions)
    if not parsed:
        raise RefusedError("required", "needs a value")
    (element,) = parsed
    return TermLeaf(f"{field.term}:{field.equality(element)}", negated)


def _terms(field: BoundField, criteria: Comparison, definitions: Definitions) -> Node:
    """Return a comparison of a many-valued field: some element equals; negated, none does (ruling 8)."""
    if criteria.op == "missing":
        return TermLeaf(f"{field.term}:", not criteria.negated, prefix=True)
    if criteria.op not in ("eq", "in"):
        raise RefusedError("unsupported_operator", "has many values, which have no order")
    values = _operands(criteria.op, criteria.value)
    leaves = tuple(_term(field, value, definitions, negated=criteria.negated) for value in values)
    return All(leaves) if criteria.negated else Some(leaves)


def _words(criteria: HasText, problems: list[Problem]) -> Node:
    words = asked_words(criteria.text) if isinstance(criteria.text, str) else ()
    if not words or len(words) > _MOST_WORDS or unstorable(criteria.text):
        problems.append(Problem("where.text", "required", f"needs 1 to {_MOST_WORDS} words to search for"))
        return EVERYTHING
    leaves = tuple(TermLeaf(f"{WORD}{word[:_LONGEST_WORD]}", criteria.negated, prefix=True) for word in words)
    return Some(leaves) if criteria.negated else All(leaves)


def _selectivity(pair: tuple[str, Any]) -> int:
    """Return the place of a field of addresses among those that single out most."""
    return ELEMENT_FIELDS.index(pair[0]) if pair[0] in ELEMENT_FIELDS else len(ELEMENT_FIELDS)


def _address(criteria: HasAddress, problems: list[Problem]) -> Node:
    terms = []
    for name, value in sorted(criteria.pairs, key=_selectivity):
        path = f"where.address.{name}"
        if name not in ELEMENT_FIELDS:
            problems.append(Problem(path, "unknown_field", f"addresses are found by {', '.join(ELEMENT_FIELDS)}"))
        elif not isinstance(value, str) or unstorable(value):
            problems.append(Problem(path, "wrong_type", "must be a text"))
        else:
            key = (country_code(value) or value) if name == "country" else value
            terms.append(f"address.{name}:{identity_key(key)}")
    if not criteria.pairs:
        problems.append(Problem("where.address", "required", "needs a field and a value"))
    return ElementLeaf(tuple(terms), criteria.negated)


def _leaf(field: BoundField, criteria: Comparison, definitions: Definitions) -> Node:
    op, negated = criteria.op, criteria.negated
    _supported(field, op)
    if op == "missing":
        return Leaf(field.order_column, op, None, negated)
    if op in _TEXTUAL:
        key = field.order(_text(criteria.value))
        if not key:
            raise RefusedError("required", "needs something to search for")
        return Leaf(field.order_column, op, key, negated)
    values = tuple(field.asked(value, definitions) for value in _operands(op, criteria.value))
    if op in ("eq", "in"):
        return equal(field, op, values, negated=negated)
    return _range(field, op, values, negated=negated)


def equal(field: BoundField, op: str, values: Sequence[Any], *, negated: bool = False) -> Node:
    """Return the condition that a field equals the value (``eq``) or one of the values (``in``), parsed ones."""
    keys = tuple(dict.fromkeys(map(field.equality, values)))
    asked = Leaf(field.equality_column, op, keys[0] if op == "eq" else keys, negated)
    places = () if negated or not (field.field.indexed and field.kind.keyed) else _places(field, values)
    if not places:
        return asked
    # Stores have an index of the order of such a field and none of its identity keys, so they are told both.
    return All((asked, places[0] if len(places) == 1 else Some(places)))


def _places(field: BoundField, values: Sequence[Any]) -> tuple[Leaf, ...]:
    """Return where in a field's order everything stands that equals one of the values; nothing where it is no help."""
    places = set(map(field.kind.stands, values))
    exact = sorted(place[1] for place in places if place and place[0] == "eq")
    starts = sorted(place[1] for place in places if place and place[0] == "startswith")
    if None in places or len(starts) > _MOST_STARTS:
        return ()
    asked: list[tuple[str, Any]] = [("startswith", one) for one in starts]
    if exact:
        asked.append(("eq", exact[0]) if len(exact) == 1 else ("in", tuple(exact)))
    return tuple(Leaf(field.order_column, op, key, negated=False, implied=True) for op, key in asked)


_OPPOSITE = {"lt": "ge", "le": "gt", "gt": "le", "ge": "lt"}


def _range(field: BoundField, op: str, values: tuple[Any, ...], *, negated: bool) -> Node:
    column, bounds = field.order_column, tuple(map(field.order, values))
    low, high = field.kind.limit(values[0], upper=False), field.kind.limit(values[-1], upper=True)
    if low is None or high is None:
        return Leaf(column, op, bounds if op == "between" else bounds[0], negated)
    if field.kind.limit(values[-1], upper=False) != low:
        return Some(())  # between amounts of two currencies there is nothing
    # What cannot be compared with the value (another currency) is outside, negated or not.
    within: list[Node] = [Leaf(column, "between", (low, high), negated=False)]
    if op == "between":
        return All((*within, Leaf(column, op, bounds, negated)))
    return All((*within, Leaf(column, _OPPOSITE[op] if negated else op, bounds[0], negated=False)))


def _supported(field: BoundField, op: str) -> None:
    if not field.sortable:
        raise RefusedError("unsupported_operator", "cannot be compared")
    if op in _TEXTUAL and not field.kind.keyed:
        raise RefusedError("unsupported_operator", "takes no text search")
    if op in _ORDERING and field.kind.column == "boolean":
        raise RefusedError("unsupported_operator", "has no order")


def _operands(op: str, value: object) -> tuple[object, ...]:
    if op not in ("in", "between"):
        return (value,)
    if not isinstance(value, tuple):
        raise RefusedError("wrong_type", "must be a list of values")
    if len(value) > _MOST_VALUES:
        raise RefusedError("too_many", f"must have at most {_MOST_VALUES} values")
    if op == "between" and len(value) != 2:  # noqa: PLR2004  a pair
        raise RefusedError("wrong_type", "between takes two values")
    return value


def _text(value: object) -> str:
    return text_of(value, LONGEST_ASKED) or ""


def resolve_sort(aggregate: Aggregate[Any], sort: Sequence[str] | str | None) -> tuple[OrderBy, ...]:
    """Return the order of a sort such as ``["last_name", "-created_at"]``; the aggregate's default for None.

    Raises `InvalidValueError` (``unknown_field``, ``not_sortable``, ``wrong_type``); the field is ``sort``.
    """
    if sort is None:
        sort = [aggregate.default_sort]
    if not isinstance(sort, str | list | tuple):
        raise InvalidValueError.of("sort", "wrong_type", "must be a list of field names")
    names = [sort] if isinstance(sort, str) else list(sort)
    order: list[OrderBy] = []
    for name in names:
        if not isinstance(name, str):
            raise InvalidValueError.of("sort", "wrong_type", "must be a list of field names")
        field = aggregate.by_name.get(name.removeprefix("-"))
        if field is None or field.field.hidden:
            raise InvalidValueError.of("sort", "unknown_field", f"a {aggregate.name} has no such field")
        try:
            field.check_searchable()
        except RefusedError as refused:
            raise InvalidValueError(attrs.evolve(one, field="sort") for one in refused.problems) from None
        if not field.sortable:
            raise InvalidValueError.of("sort", "not_sortable", f"cannot be sorted by {field.name}")
        column = field.order_column
        if all(column != one.column for one in order):
            order.append(OrderBy(column, name.startswith("-"), field.nullable))
    return tuple(order)
