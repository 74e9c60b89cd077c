"""The kinds of many-valued fields, and of fields that refer to the tenant's definitions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from customercore.domain.field import Field
from customercore.domain.kinds import Kind, RefusedError
from customercore.domain.tenant import Definitions
from customercore.domain.text import identity_key
from customercore.domain.text_kinds import ChoiceKind, SlugKind
from customercore.errors import Problem

__all__ = ["ChoicesKind", "CustomerTypeKind", "FlagsKind", "ListKind", "ShopKind", "TagsKind", "elements"]

_SLUG = SlugKind()
_MOST = 1_000
_SEPARATOR = re.compile(";(?!ext=)")
"""What stands between the elements in a cell; not the one before a telephone extension (RFC 3966)."""


def elements(value: object) -> list[object]:
    """Return the elements of a list, tuple or set; refuse a single text and anything else."""
    if not isinstance(value, list) and (isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable)):
        raise RefusedError("wrong_type", "must be a list")
    found = list(value)
    if len(found) > _MOST:
        raise RefusedError("too_many", f"must have at most {_MOST} elements")
    return found


class ListKind(Kind):
    """An ordered list of values of another kind, without repetition; in files separated by ``;``."""

    column = "none"
    many = True

    def __init__(self, element: Kind) -> None:
        self._element = element

    def parse(self, value: object, field: Field, definitions: Definitions) -> Any:
        parsed, problems = [], []
        for number, one in enumerate(elements(value)):
            try:
                parsed.append(self._element.parse(one, field, definitions))
            except RefusedError as refused:
                problems += [attrs.evolve(problem, field=f"[{number}]") for problem in refused.problems]
        if problems:
            raise RefusedError.of(problems)
        return tuple(dict.fromkeys([one for one in parsed if one is not None]))

    @property
    def doubtful(self) -> bool:
        return self._element.doubtful

    def doubts(self, value: Any, country: str | None) -> tuple[Problem, ...]:
        return tuple(
            attrs.evolve(doubt, field=f"[{number}]")
            for number, one in enumerate(value)
            for doubt in self._element.doubts(one, country)
        )

    def to_document(self, value: Any) -> Any:
        return [self._element.to_document(one) for one in value]

    def from_text(self, text: str) -> object:
        parts = [part.strip() for part in _SEPARATOR.split(text)]
        return [self._element.from_text(part) for part in parts if part]

    def to_text(self, value: Any) -> str:
        return "; ".join([self._element.to_text(one) for one in value])


class _SetKind(ListKind):
    """An unordered set; written in order, so that equal sets are equal files."""

    def parse(self, value: object, field: Field, definitions: Definitions) -> Any:
        return frozenset(super().parse(value, field, definitions))

    def to_document(self, value: Any) -> Any:
        return super().to_document(sorted(value))

    def to_text(self, value: Any) -> str:
        return super().to_text(sorted(value))


class ChoicesKind(_SetKind):
    """Any of the field's choices."""

    value_type = frozenset

    def from_document(self, document: Any) -> Any:
        return frozenset(document)

    def __init__(self) -> None:
        super().__init__(ChoiceKind())


class _FlagKind(Kind):
    def parse(self, value: object, field: Field, definitions: Definitions) -> Any:
        if isinstance(value, str) and value in definitions.flags:
            return value
        code = _SLUG.parse(value, field, definitions)
        if code is not None and code not in definitions.flags:
            raise RefusedError("unknown_flag", "is not a defined flag")
        return code


class FlagsKind(_SetKind):
    """Flags that the tenant has defined."""

    term = "flag"

    def __init__(self) -> None:
        super().__init__(_FlagKind())


class TagsKind(_SetKind):
    """Free words. Two spellings of one word are one tag; the first spelling stays."""

    term = "tag"

    def __init__(self) -> None:
        super().__init__(Kind())

    def parse(self, value: object, field: Field, definitions: Definitions) -> Any:
        words: dict[str, str] = {}
        for word in ListKind.parse(self, value, field, definitions):
            if ";" in word:
                raise RefusedError("invalid_tag", "must not hold ';'")
            words.setdefault(identity_key(word), word)
        return frozenset(words.values())

    def equality(self, value: Any) -> Any:
        return identity_key(value)


class CustomerTypeKind(Kind):
    """A customer type, built in or defined by the tenant."""

    def parse(self, value: object, field: Field, definitions: Definitions) -> Any:
        code = _SLUG.parse(value, field, definitions)
        if code is not None and code not in definitions.customer_types:
            raise RefusedError("unknown_type", "is not a defined customer type")
        return code


class ShopKind(Kind):
    """A shop of the tenant, by its code."""

    def parse(self, value: object, field: Field, definitions: Definitions) -> Any:
        code = _SLUG.parse(value, field, definitions)
        if code is not None and code not in definitions.shops:
            raise RefusedError("unknown_shop", "is not a shop of this tenant")
        return code
