"""The kinds of values that definitions of info types are made of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from customercore.domain.field import Field
from customercore.domain.info_values import InfoValues
from customercore.domain.kinds import Kind, RefusedError, text_of
from customercore.domain.many_valued import elements
from customercore.domain.tenant import Definitions
from customercore.domain.text_kinds import LanguageKind

__all__ = ["ChoiceLabelsKind", "InfoKeyKind", "LabelsKind", "SecretKind", "ValueKind"]

_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,62}")
_LANGUAGE = LanguageKind()
_MOST_CHOICES = 500
_CODE_LENGTH = 63


class InfoKeyKind(Kind):
    """The key of an info type: a letter, then letters, digits and ``_``, at most 63; case counts (ruling 5)."""

    def parse(self, value: object, field: Field, definitions: Definitions) -> Any:
        if not isinstance(value, str) or not _KEY.fullmatch(value):
            raise RefusedError("invalid_key", "must be a letter, then letters, digits or '_', at most 63")
        return value


class LabelsKind(Kind):
    """Labels by language: ``{"en": "Points", "sv": "Poäng"}``; a single text is the English one."""

    column = "none"

    def parse(self, value: object, field: Field, definitions: Definitions) -> Any:
        if isinstance(value, str):
            value = {"en": value}
        if not isinstance(value, Mapping):
            raise RefusedError("wrong_type", "must be labels by language")
        labels = {}
        for language, label in value.items():
            text = text_of(label, 255)
            if text is not None:
                labels[_LANGUAGE.parse(language, field, definitions) or "en"] = text
        return InfoValues(labels)

    def to_document(self, value: Any) -> Any:
        return dict(value)


class ChoiceLabelsKind(Kind):
    """Choices: their codes with labels by language each, or a list of codes (ruling 5)."""

    column = "none"

    def parse(self, value: object, field: Field, definitions: Definitions) -> Any:
        given: Mapping[object, object]
        given = value if isinstance(value, Mapping) else dict.fromkeys(map(_hashable, elements(value)), ())
        if len(given) > _MOST_CHOICES:
            raise RefusedError("too_many", f"must have at most {_MOST_CHOICES} choices")
        choices = {}
        for code, label in given.items():
            text = text_of(code, _CODE_LENGTH)
            if text is None or ";" in text:
                raise RefusedError("invalid_code", "a choice's code must be a text without ';'")
            choices[text] = LabelsKind().parse(label or {}, field, definitions)
        return InfoValues(choices)

    def to_document(self, value: Any) -> Any:
        return {code: dict(labels) for code, labels in value.items()}


def _hashable(one: object) -> object:
    if not isinstance(one, str):
        raise RefusedError("wrong_type", "a choice's code must be a text")
    return one


class SecretKind(Kind):
    """A text that only the core reads: in the document, and in no column, key or search."""

    column = "none"

    def parse(self, value: object, field: Field, definitions: Definitions) -> Any:
        return text_of(value, 1_000)


class ValueKind(Kind):
    """A value of whatever kind the definition names; it is checked by that kind."""

    column = "none"

    def parse(self, value: object, field: Field, definitions: Definitions) -> Any:
        return value
