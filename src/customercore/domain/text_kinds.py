"""The kinds of values that are one text. Rules that come from a library are handed in when the core is wired."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any

from customercore.domain.countries import country_code
from customercore.domain.field import Field
from customercore.domain.kinds import Kind, RefusedError, text_of
from customercore.domain.money import CURRENCIES
from customercore.domain.tenant import Definitions
from customercore.domain.text import identity_key, sort_key, text_keys
from customercore.errors import Problem

__all__ = [
    "ChoiceKind",
    "CodeKind",
    "CountryKind",
    "CurrencyKind",
    "EmailKind",
    "IdKind",
    "LanguageKind",
    "LongTextKind",
    "PatternKind",
    "PhoneKind",
    "ReferenceKind",
    "SlugKind",
    "TextKind",
    "UrlKind",
]

_SLUG = re.compile(r"[a-z0-9][a-z0-9_.\-]{0,62}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?(-[A-Za-z0-9]{5,8})*")
_URL = re.compile(
    r"https?://(?:[^\s/?#@]+@)?(?:\[[0-9a-f:.]+\]|[^\s/?#:@\[\]]+)(?::[0-9]{1,5})?(?:[/?#]\S*)?", re.IGNORECASE
)
"""Scheme, host and the rest of a web address (RFC 3986, the parts that matter for telling one from a typing error)."""
_REGION, _SCRIPT = 3, 4
_LONGEST_KEY = 255
_ENCODED = "xn--"
"""How a label of a domain begins that stands for letters beyond ASCII."""


class TextKind(Kind):
    """One line of text, compared without case; sorted without case and marks."""

    keyed = True

    def parse(self, value: object, field: Field, definitions: Definitions) -> Any:
        text = text_of(value, field.max_length)
        return text if text is not None and (text.isascii() or identity_key(text)) else None  # else nothing to see

    def keys(self, value: Any) -> tuple[Any, Any]:
        return text_keys(value)

    def equality(self, value: Any) -> Any:
        return identity_key(value)

    def order(self, value: Any) -> Any:
        return sort_key(value)

    def stands(self, value: Any) -> tuple[str, Any] | None:
        return "eq", sort_key(value)  # made of the same folded text as `equality`


class LongTextKind(Kind):
    """Text of several lines: kept, never searched, sorted or unique."""

    column = "long_text"

    def parse(self, value: object, field: Field, definitions: Definitions) -> Any:
        return text_of(value, field.max_length, lines=True)


class CodeKind(TextKind):
    """A short identifier of the merchant's own; unique and equal without case."""

    def parse(self, value: object, field: Field, definitions: Definitions) -> Any:
        text = text_of(value, 100)
        if text is not None and len(identity_key(text)) > _LONGEST_KEY:  # compatibility forms may unfold to many
            raise RefusedError("too_long", "must have a shorter key")
        return text


class SlugKind(Kind):
    """A code of the definitions: ``a-z``, ``0-9``, ``_``, ``.`` and ``-``, at most 63; case does not count."""

    def parse(self, value: object, field: Field, definitions: Definitions) -> Any:
        text = text_of(value, 63)
        if text is None:
            return None
        slug = text.lower()
        if not _SLUG.fullmatch(slug):
            raise RefusedError("invalid_code", "must be letters, digits, '_', '.' or '-', at most 63")
        return slug


class IdKind(Kind):
    """An identifier; compared as it is."""


class ChoiceKind(Kind):
    """One of the field's choices."""

    def parse(self, value: object, field: Field, definitions: Definitions) -> Any:
        text = text_of(value, field.max_length)
        if text is not None and field.choices and text not in field.choices:
            raise RefusedError("unknown_choice", f"must be one of {', '.join(field.choices)}")
        return text


class PatternKind(Kind):
    """A pattern of codes, such as ``C{number:07d}``: exactly one ``{number}``, in Python's format syntax."""

    def parse(self, value: object, field: Field, definitions: Definitions) -> Any:
        text = text_of(value, 60)
        if text is None:
            return None
        if not re.fullmatch(r"[^{}]*\{number(:0?[0-9]{0,2}d)?\}[^{}]*", text):
            raise RefusedError("invalid_pattern", "must hold {number} or {number:07d} once")
        return text


class EmailKind(TextKind):
    """An e-mail address, kept as typed; two are equal when their mailbox is."""

    def __init__(self, check: Callable[..., str | None], key: Callable[[str], str]) -> None:
        self._check = check
        self._key = functools.lru_cache(maxsize=256)(key)  # a record's is asked for several times

    def parse(self, value: object, field: Field, definitions: Definitions) -> Any:
        text = text_of(value, 254)
        if text is None:
            return None
        wrong = self._check(text, special_domains=definitions.settings.email_special_domains)
        if wrong is not None:
            raise RefusedError("invalid_email", wrong)
        return text

    def equality(self, value: Any) -> Any:
        return self._key(value)

    def keys(self, value: Any) -> tuple[Any, Any]:
        return self._key(value), sort_key(value)

    def stands(self, value: Any) -> tuple[str, Any] | None:
        """Return how the order of every spelling of a mailbox begins.

        A domain has several spellings: its labels in letters or encoded, full stops or ideographic ones between them.
        They agree up to the first label that can be encoded, or the first stop.
        """
        local, at, domain = self._key(value).rpartition("@")
        label = domain.partition(".")[0]
        return "startswith", sort_key(f"{local}{at}{'' if label.startswith(_ENCODED) else label}")


class PhoneKind(Kind):
    """A telephone number, kept as typed. Its shape is a doubt, not a refusal, for business users."""

    def __init__(self, check: Callable[[str, str | None], str | None]) -> None:
        self._check = check

    def parse(self, value: object, field: Field, definitions: Definitions) -> Any:
        return text_of(value, 50)

    def doubts(self, value: Any, country: str | None) -> tuple[Problem, ...]:
        wrong = self._check(value, country)
        return () if wrong is None else (Problem("", "invalid_phone", wrong),)


class UrlKind(TextKind):
    """A web address with its scheme, ``http`` or ``https``."""

    def parse(self, value: object, field: Field, definitions: Definitions) -> Any:
        text = text_of(value, 2_000)
        if text is not None and not _URL.fullmatch(text):
            raise RefusedError("invalid_url", "must be a web address such as https://example.com")
        return text


class ReferenceKind(Kind):
    """An identifier of a record elsewhere (an ERP's customer number, a file's key); compared exactly."""


class CountryKind(Kind):
    """A country: ISO 3166 alpha-2; English names are understood."""

    def parse(self, value: object, field: Field, definitions: Definitions) -> Any:
        text = text_of(value, 100)
        if text is None:
            return None
        code = country_code(text)
        if code is None:
            raise RefusedError("unknown_country", "must be an ISO 3166 country code or an English name")
        return code


class CurrencyKind(Kind):
    """A currency: ISO 4217."""

    def parse(self, value: object, field: Field, definitions: Definitions) -> Any:
        text = text_of(value, 10)
        if text is None:
            return None
        if text.upper() not in CURRENCIES:
            raise RefusedError("unknown_currency", "must be an ISO 4217 currency code")
        return text.upper()


class LanguageKind(Kind):
    """A language: a BCP 47 tag, in its customary case (``sv-SE``)."""

    def parse(self, value: object, field: Field, definitions: Definitions) -> Any:
        text = text_of(value, 35)
        if text is None:
            return None
        text = text.replace("_", "-")
        if not _LANGUAGE.fullmatch(text):
            raise RefusedError("invalid_language", "must be a BCP 47 tag such as en or sv-SE")
        first, *rest = text.split("-")
        return "-".join([first.lower(), *map(_cased, rest)])


def _cased(part: str) -> str:
    if len(part) == _SCRIPT:
        return part.title()
    return part.upper() if len(part) <= _REGION else part.lower()
