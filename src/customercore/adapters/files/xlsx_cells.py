"""The cells of a sheet (ECMA-376, 18.3.1), row by row, as the texts that a CSV file would have."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from customercore.adapters.files.xlsx_book import DURATION, LONGEST, SharedStrings, local, unreadable

__all__ = ["SheetCells"]

Row = tuple[int, dict[int, str]]
"""The number of a row, from 1, and the texts of its filled cells by their columns, from 0."""
_MOST_COLUMNS = 16_384
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_MIDNIGHT = dt.time()
_A_DAY = 86_400_000
_FIRST = dt.datetime(1899, 12, 31)  # noqa: DTZ001  spreadsheets know no zone
_LEAP = 60
"""The day in 1900 that spreadsheets count and the calendar has not."""
_SINCE_1904 = 1_462
_LAST = 2_958_465
"""The last day of spreadsheets, in the year 9999."""


class SheetCells:
    """Hears what a sheet is made of. ``taken`` gives the rows that have ended since."""

    def __init__(self, strings: SharedStrings, styles: Sequence[str | None], *, since_1904: bool) -> None:
        self._strings = strings
        self._styles = styles
        self._shift = _SINCE_1904 if since_1904 else 0
        self._rows: list[Row] = []
        self._number, self._cells = 0, dict[int, str]()
        self._column = -1
        self._type, self._style = "n", 0
        self._parts: list[str] = []
        self._length = 0
        self._silent = 0
        self._inside = False

    def taken(self) -> Iterator[Row]:
        """Yield the rows that have been read, and forget them."""
        rows, self._rows = self._rows, []
        yield from rows

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """Hear that an element begins."""
        if ":" in name:
            name = local(name)
        if name == "c":
            self._column = _column(attributes["r"]) if "r" in attributes else self._column + 1
            if self._column >= _MOST_COLUMNS:
                raise unreadable()
            self._type, style = attributes.get("t", "n"), attributes.get("s", "0")
            self._style = int(style) if style.isascii() and style.isdigit() else 0
            self._parts, self._length = [], 0
        elif name in ("v", "t"):
            self._inside = not self._silent
        elif name == "row":
            number = attributes.get("r", "")
            self._number = int(number) if number.isascii() and number.isdigit() else self._number + 1
            self._cells, self._column = {}, -1
        elif name == "rPh":  # how it is spoken
            self._silent += 1

    def end(self, name: str) -> None:
        """Hear that an element ends."""
        if ":" in name:
            name = local(name)
        self._inside = False
        if name == "c":
            if self._parts and (text := self._read("".join(self._parts)[:LONGEST])):
                self._cells[self._column] = text
        elif name == "row":
            if self._cells:
                self._rows.append((self._number, self._cells))
        elif name == "rPh":
            self._silent -= 1

    def text(self, piece: str) -> None:
        """Hear a piece of text."""
        if self._inside and self._length < LONGEST:
            self._parts.append(piece)
            self._length += len(piece)

    def _read(self, text: str) -> str:
        """Return what a cell says; what went wrong in a formula is no value."""
        if self._type == "s":
            if not (text.isascii() and text.isdigit()):
                raise unreadable()
            return _unescaped(self._strings.get(int(text)))
        if self._type == "n":
            return self._numeral(text)
        if self._type == "b":
            return "true" if text.strip() in ("1", "true") else "false"
        if self._type == "d":
            return text.removesuffix("T00:00:00")
        return "" if self._type == "e" else _unescaped(text)

    def _numeral(self, text: str) -> str:
        try:
            value = float(text)
        except ValueError:
            return text
        meaning = self._styles[self._style] if self._style < len(self._styles) else None
        moment = None if meaning is None else self._moment(value, meaning)
        return _plain(value) if moment is None else moment

    def _moment(self, value: float, meaning: str) -> str | None:
        """Return the date or time that a number is, None for one outside of the calendar of spreadsheets."""
        try:
            if meaning == DURATION:
                return str(dt.timedelta(milliseconds=round(value * _A_DAY)))
            days, rest = divmod(round(value * _A_DAY), _A_DAY)
            clock = (_FIRST + dt.timedelta(milliseconds=rest)).time()
            if days <= 0:
                return clock.isoformat() if days == 0 else None
            days += self._shift
            if days > _LAST:
                return None
            day = (_FIRST + dt.timedelta(days=days if days < _LEAP else days - 1)).date()
        except (OverflowError, ValueError):
            return None
        return day.isoformat() if clock == _MIDNIGHT else dt.datetime.combine(day, clock).isoformat()


def _unescaped(text: str) -> str:
    """Return a text with the characters that stand in it by their numbers (22.9.2.19), such as ``_x000D_``."""
    return _ESCAPED.sub(_character, text) if "_x" in text else text


def _character(found: re.Match[str]) -> str:
    number = int(found[1], 16)
    return "\ufffd" if 0xD800 <= number < 0xE000 else chr(number)  # noqa: PLR2004  halves of pairs are no characters


def _plain(value: float) -> str:
    """Return a number in plain digits."""
    if value.is_integer():
        return str(int(value))
    return format(Decimal(repr(value)), "f")


def _column(reference: str) -> int:
    """Return the column of a reference such as ``AB12``, from 0."""
    column = 0
    for letter in reference:
        place = ord(letter) - 64
        if not 1 <= place <= 26:  # noqa: PLR2004  the letters of the alphabet
            break
        column = column * 26 + place
        if column > _MOST_COLUMNS:
            break
    return column - 1 if column else _MOST_COLUMNS
