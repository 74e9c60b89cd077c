"""Which questions are refused, and with which codes: stated once more, apart from what refuses them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import attrs

from customercore.catalogue.bound_field import BoundField
from customercore.catalogue.info_fields import InfoField
from customercore.domain.criteria.tree import AllOf, AnyOf, Comparison, Criteria, HasAddress, HasTerm, HasText
from customercore.domain.info_type import READY
from customercore.domain.kinds import RefusedError
from customercore.domain.text import search_key, unstorable
from customercore.testing.comparisons import operators_of
from customercore.testing.oracle import Oracle
from customercore.testing.oracle_values import operand, starts_in

__all__ = ["Refusals"]

_PLACES = ("country", "city", "region", "postcode")
_MOST_WORDS = 16


@attrs.frozen
class Refusals:
    """Knows what an oracle must not be asked. A refusal is a path and a code."""

    oracle: Oracle

    def of_question(self, criteria: Criteria | None, sort: Sequence[str] | None) -> list[tuple[str, str]]:
        """Return the refusals of a search: all those of its criteria, or else the first one of its sort."""
        found = [] if criteria is None else list(self.of_criteria(criteria))
        return found or list(self.of_sort(sort or ()))[:1]

    def of_criteria(self, criteria: Criteria) -> Iterator[tuple[str, str]]:
        """Yield the refusals of criteria, in the order of their parts."""
        if isinstance(criteria, AllOf | AnyOf):
            for part in criteria.parts:
                yield from self.of_criteria(part)
        elif isinstance(criteria, HasText):
            if not _has_words(criteria.text):
                yield "where.text", "required"
        elif isinstance(criteria, HasAddress):
            yield from _of_place(criteria)
        elif isinstance(criteria, Comparison | HasTerm):
            code = self._of_leaf(criteria)
            if code is not None:
                yield f"where.{criteria.field}", code

    def _of_leaf(self, criteria: Comparison | HasTerm) -> str | None:
        field = self.oracle.aggregate.by_name.get(criteria.field)
        code = _unusable(field)
        if field is None or code is not None:
            return code
        op = criteria.op if isinstance(criteria, Comparison) else "has"
        allowed = operators_of(field) if _compared(field) else ()
        if op not in (*allowed, *(("has",) if field.term else ())):
            return "unsupported_operator"
        return self._of_value(field, op, criteria.value)

    def _of_value(self, field: BoundField, op: str, value: Any) -> str | None:
        if op == "missing":
            return None
        values = value if op in ("in", "between") else (value,)
        if not isinstance(values, tuple) or (op == "between" and len(values) != 2):
            return "wrong_type"
        if op in ("startswith", "contains"):
            return _of_part(value)
        try:
            empty = any(operand(field, one, self.oracle.definitions) is None for one in values)
        except RefusedError as refused:
            return refused.problems[0].code
        return "required" if empty else None

    def of_sort(self, sort: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Yield the refusals of a sort, in its order."""
        for name in sort:
            field = self.oracle.aggregate.by_name.get(name.removeprefix("-"))
            code = _unusable(field)
            if field is not None and code is None and (field.kind.many or not _compared(field)):
                code = "not_sortable"
            if code is not None:
                yield "sort", code


def _of_place(criteria: HasAddress) -> Iterator[tuple[str, str]]:
    for name, value in criteria.pairs:
        if name not in _PLACES:
            yield f"where.address.{name}", "unknown_field"
        elif not isinstance(value, str) or unstorable(value):
            yield f"where.address.{name}", "wrong_type"
    if not criteria.pairs:
        yield "where.address", "required"


def _unusable(field: BoundField | None) -> str | None:
    if field is None or field.field.hidden:
        return "unknown_field"
    if isinstance(field, InfoField):
        if not field.info_type.searchable:
            return "not_searchable"
        return None if field.info_type.state == READY else "field_pending"
    return None


def _compared(field: BoundField) -> bool:
    """Tell whether a field can be compared at all: long texts and lists without terms are only kept."""
    if field.kind.many:
        return field.term is not None
    return field.kind.column not in ("none", "long_text")


def _has_words(text: Any) -> bool:
    if not isinstance(text, str) or unstorable(text):
        return False
    return 0 < len(starts_in(text)) <= _MOST_WORDS


def _of_part(value: Any) -> str | None:
    if not isinstance(value, str):
        return "wrong_type"
    if len(value.strip()) > 20_000:
        return "too_long"
    if unstorable(value.strip()) or "\n" in value.strip():
        return "control_character"
    return None if search_key(value) else "required"
