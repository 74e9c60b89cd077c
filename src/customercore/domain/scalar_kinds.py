"""The kinds of numbers, truths, dates and moments."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, ClassVar

from customercore.domain.field import Field
from customercore.domain.kinds import Kind, RefusedError, utc
from customercore.domain.tenant import Definitions

__all__ = ["BooleanKind", "DateKind", "DateTimeKind", "IntegerKind"]

_INT64 = 1 << 63
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MILLISECOND = dt.timedelta(milliseconds=1)


class IntegerKind(Kind):
    """A whole number of 64 bits."""

    column = "integer"

    def parse(self, value: object, field: Field, definitions: Definitions) -> Any:
        if isinstance(value, bool) or not isinstance(value, int):
            raise RefusedError("wrong_type", "must be a whole number")
        if not -_INT64 <= value < _INT64:
            raise RefusedError("out_of_range", "must fit in 64 bits")
        return value

    def from_text(self, text: str) -> object:
        if not re.fullmatch(r"[+-]?[0-9]{1,19}", text):
            raise RefusedError("wrong_type", "must be a whole number")
        return int(text)


class BooleanKind(Kind):
    """True or false; in files ``true``, ``yes``, ``1`` and their opposites."""

    column = "boolean"
    _words: ClassVar[dict[str, bool]] = {
        "true": True, "yes": True, "1": True, "false": False, "no": False, "0": False,
    }  # fmt: skip

    def parse(self, value: object, field: Field, definitions: Definitions) -> Any:
        if not isinstance(value, bool):
            raise RefusedError("wrong_type", "must be true or false")
        return value

    def from_text(self, text: str) -> object:
        try:
            return self._words[text.lower()]
        except KeyError:
            raise RefusedError("wrong_type", "must be true or false") from None

    def to_text(self, value: Any) -> str:
        return "true" if value else "false"


class DateKind(Kind):
    """A calendar date; in files ISO 8601 (``1815-12-10``)."""

    column = "date"
    value_type = dt.date

    def number(self, value: Any) -> int:
        day: dt.date = value
        return day.toordinal()

    def to_document(self, value: Any) -> Any:
        day: dt.date = value
        return day.isoformat()

    def from_document(self, document: Any) -> Any:
        return dt.date.fromisoformat(document)

    def parse(self, value: object, field: Field, definitions: Definitions) -> Any:
        if isinstance(value, dt.datetime) or not isinstance(value, dt.date):
            raise RefusedError("wrong_type", "must be a date")
        return value

    def from_text(self, text: str) -> object:
        try:
            return dt.date.fromisoformat(text)
        except ValueError:
            raise RefusedError("wrong_type", "must be a date such as 1815-12-10") from None


class DateTimeKind(Kind):
    """A moment, kept in UTC and whole milliseconds; in files ISO 8601 with its offset."""

    column = "datetime"
    value_type = dt.datetime

    def number(self, value: Any) -> int:
        moment: dt.datetime = value
        return (moment - _EPOCH) // _MILLISECOND

    def to_document(self, value: Any) -> Any:
        moment: dt.datetime = value
        return moment.isoformat(timespec="milliseconds")

    def from_document(self, document: Any) -> Any:
        return dt.datetime.fromisoformat(document)

    def parse(self, value: object, field: Field, definitions: Definitions) -> Any:
        if not isinstance(value, dt.datetime) or value.tzinfo is None:
            raise RefusedError("wrong_type", "must be a moment with a time zone")
        return utc(value)

    def from_text(self, text: str) -> object:
        try:
            return dt.datetime.fromisoformat(text)
        except ValueError:
            raise RefusedError("wrong_type", "must be a moment such as 2026-01-31T12:00:00Z") from None

    def to_text(self, value: Any) -> str:
        moment: dt.datetime = value
        return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
