"""What a kind is: how values are checked, normalised, compared and written in a file (ruling 7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, ClassVar, Literal

from customercore.domain.field import Field
from customercore.domain.tenant import Definitions
from customercore.domain.text import unstorable
from customercore.errors import Problem

__all__ = ["Column", "Kind", "RefusedError", "text_of", "utc"]

# The typed columns that stores have.
Column = Literal["text", "long_text", "integer", "boolean", "date", "datetime", "none"]


class RefusedError(Exception):
    """A kind refuses a value, for one reason or several; the paths of its problems start at the value itself."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.problems: tuple[Problem, ...] = (Problem("", code, message),)

    @classmethod
    def of(cls, problems: Sequence[Problem]) -> RefusedError:
        """Return the refusal for several problems inside one value."""
        error = cls(problems[0].code, problems[0].message)
        error.problems = tuple(problems)
        return error


def text_of(value: object, limit: int, *, lines: bool = False) -> str | None:
    """Return a text trimmed, None when nothing is left; refuse other types, control characters and too long texts."""
    if not isinstance(value, str):
        raise RefusedError("wrong_type", "must be a text")
    text = value.strip()
    if lines and "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > limit:
        raise RefusedError("too_long", f"must have at most {limit} characters")
    # What is printable holds neither, and most texts are: that is the quicker question.
    if not text.isprintable() and (unstorable(text) or (not lines and "\n" in text)):
        raise RefusedError("control_character", "must not hold control characters or lone surrogates")
    return text or None


def utc(value: dt.datetime) -> dt.datetime:
    """Return the moment in UTC, cut to whole milliseconds (what every store can keep)."""
    try:
        moment = value if value.tzinfo is dt.UTC else value.astimezone(dt.UTC)
    except OverflowError:
        raise RefusedError("out_of_range", "must be within the calendar in UTC") from None
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


class Kind:
    """A kind of value. ``column`` is the typed column it is kept in, ``keyed`` whether text keys stand beside it."""

    column: ClassVar[Column] = "text"
    keyed: ClassVar[bool] = False
    many: ClassVar[bool] = False
    term: ClassVar[str | None] = None
    """The prefix of the search terms its elements become, or None when it makes none."""
    value_type: ClassVar[type[Any] | None] = None
    """The Python type of its values where JSON does not know it: documents then say which kind wrote the value."""

    def parse(self, value: object, field: Field, definitions: Definitions) -> Any:
        """Return the value as it is stored, None when it is empty; raise `RefusedError`."""
        return text_of(value, field.max_length)

    def doubts(self, value: Any, country: str | None) -> tuple[Problem, ...]:
        """Return what looks wrong with a parsed value although it may be stored (ruling 4)."""
        return ()

    @property
    def doubtful(self) -> bool:
        """Whether `doubts` may find anything at all."""
        return type(self).doubts is not Kind.doubts

    def equality(self, value: Any) -> Any:
        """Return what stands for the value in ``==`` and ``is_in``."""
        return value

    def order(self, value: Any) -> Any:
        """Return what stands for the value in ``<``, ``startswith``, ``contains`` and sorting."""
        return value

    def keys(self, value: Any) -> tuple[Any, Any]:
        """Return `equality` and `order` of the value together."""
        return self.equality(value), self.order(value)

    def stands(self, value: Any) -> tuple[str, Any] | None:
        """Return where everything that is equal to the value stands in the order, None when that may be anywhere.

        It is ``("eq", key)`` where all of it has this `order`, ``("startswith", key)`` where the `order` begins so.
        """
        return None

    def number(self, value: Any) -> int:
        """Return the 64-bit integer that a value of an info type is compared by, for kinds of numbers."""
        return int(value)

    def limit(self, value: Any, *, upper: bool) -> Any | None:
        """Return the order key that bounds what is comparable with the value (money: its currency), or None."""
        return None

    def to_document(self, value: Any) -> Any:
        """Return the value as JSON knows it."""
        return value

    def from_document(self, document: Any) -> Any:
        """Return the value of its JSON form."""
        return document

    def from_text(self, text: str) -> object:
        """Return what `parse` takes for a cell of a file; refuse a cell that cannot be read."""
        return text

    def to_text(self, value: Any) -> str:
        """Return a parsed value as a cell of a file; `from_text` and `parse` give it back."""
        return str(value)
