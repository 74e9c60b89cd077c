"""Every comparison that a field is searched by, with values that occur in the records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from customercore.catalogue.bound_field import BoundField
from customercore.domain.criteria.tree import Comparison, Criteria
from customercore.domain.text import search_key
from customercore.testing.oracle_values import comparable, rank, value_in

__all__ = ["comparisons", "operators_of"]

_ORDERED = ("eq", "in", "missing", "lt", "le", "gt", "ge", "between")


def operators_of(field: BoundField) -> tuple[str, ...]:
    """Return the operators that a field is searched by."""
    if field.kind.many or field.kind.column == "boolean":
        return ("eq", "in", "missing")
    return (*_ORDERED, "startswith", "contains") if field.kind.keyed else _ORDERED


def comparisons(field: BoundField, many: Sequence[Any]) -> Iterator[Criteria]:
    """Yield comparisons of a field with values that occur in it, plain and negated."""
    known = [value for one in many if (value := value_in(one, field)) is not None]
    if field.kind.many:
        known = [element for value in known for element in sorted(value)]
    picked = list(dict.fromkeys(known))[:4]
    for op in operators_of(field):
        for criteria in _by(field, op, picked):
            yield criteria
            yield ~criteria


def _by(field: BoundField, op: str, picked: list[Any]) -> Iterator[Criteria]:
    if op == "missing":
        yield Comparison(field.name, op)
    elif op == "in":
        yield from (Comparison(field.name, op, tuple(picked[:size])) for size in range(4))
    elif op == "between":
        alike = sorted((one for one in picked if comparable(one, picked[-1])), key=lambda value: rank(field, value))
        low, high = alike[0], alike[-1]
        yield Comparison(field.name, op, (low, high))
        yield Comparison(field.name, op, (high, low))
    elif op in ("startswith", "contains"):
        parts = [value[:3] if op == "startswith" else value[1:4] for value in picked]
        yield from (Comparison(field.name, op, part) for part in parts if search_key(part))
    else:
        yield from (Comparison(field.name, op, value) for value in picked)
