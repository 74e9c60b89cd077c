"""Reading CSV files row by row, whatever is in them.

A file is UTF-8 unless its mark or the caller says otherwise (`encodings`); bytes that are no text stay
in their cell as lone surrogates, which the domain refuses. What separates cells is found in the
header where only one sign can be it. Quoting is taken strictly (RFC 4180): a row that breaks its
rules is refused, and reading goes on with the next line, so that a stray quote costs one row and
not the file. Only a well-formed record can be longer than a line, so nothing inside a quoted cell
is ever taken for a row.
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections import deque
from collections.abc import Iterator

from customercore.adapters.files.encodings import START, decoded, encoding_of
from customercore.adapters.files.header import REJECT_COLUMNS, Header
from customercore.adapters.files.opening import opened
from customercore.adapters.files.rejects import CsvRejects
from customercore.errors import InvalidValueError, Problem
from customercore.ports.import_format import Rejects, SourceRow

__all__ = ["REJECT_COLUMNS", "CsvRows"]

_LONGEST_LINE = 8_000_000
_LONGEST_RECORD = 16_000_000
_DELIMITERS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}
_QUOTED = re.compile(r'"(?:[^"]|"")*+(?:"|$)')

_TOO_LARGE = Problem("row", "cell_too_large", "has a cell of more than 131,072 characters")
_QUOTES = Problem("row", "malformed_quotes", "has a quote that is not closed, or is not doubled")


class CsvRows:
    """Implements `table.Table`. ``header`` is without the columns that a rejects file adds."""

    marked = True

    def __init__(self, path: str, delimiter: str | None = None, encoding: str | None = None) -> None:
        named = _checked(delimiter)
        raw = opened(path)
        try:
            self.size = os.fstat(raw.fileno()).st_size
            self._raw = raw
            start = raw.peek(START)[:START] if isinstance(raw, io.BufferedReader) else b""
            self._encoding = encoding_of(start, encoding)
            self._lines = _Lines(decoded(raw, self._encoding))
            self._next_line = 1
            self._delimiter = named or self._found()
            self._reader = csv.reader(self._lines, delimiter=self._delimiter, strict=True)
            self._head = self._header()
            self.header = self._head.names
        except BaseException:
            raw.close()
            raise

    @property
    def read_as(self) -> str:
        """That it is CSV, in which encoding and with which delimiter."""
        return f"CSV in {self._encoding.removesuffix('-sig')}, delimiter {self._delimiter!r}"

    @property
    def position(self) -> int:
        """How many bytes have been read, give or take a buffer."""
        return self._raw.tell()

    def rejects(self, path: str) -> Rejects:
        """Create a rejects file that is read in the same way as this one."""
        return CsvRejects(path, self.header, self._delimiter, self._encoding.removesuffix("-sig"))

    def close(self) -> None:
        """Close the file."""
        self._raw.close()

    def rows(self) -> Iterator[SourceRow]:
        """Yield every row but empty ones; one that cannot be read, or has a wrong number of cells, with its problem."""
        head, reader, taken = self._head, self._reader, self._lines.taken
        width = None if head.kept is not None else head.width
        while True:
            start = self._next_line
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield self._unreadable(start, error)
                continue
            self._next_line += len(taken)
            taken.clear()
            if len(cells) == width:
                if any(cells):
                    yield SourceRow(start, cells)
            elif (row := head.row(start, cells)) is not None:
                yield row

    def _found(self) -> str:
        """Find what separates the names of the columns, and leave the file at its start."""
        line = next((one for one in self._lines if one.strip()), "")
        self._lines.put_back(self._lines.taken)
        self._lines.taken.clear()
        signs = [one for one in _DELIMITERS if one in _QUOTED.sub("", line)]
        if len(signs) > 1:
            words = " or by ".join(_DELIMITERS[one] for one in signs)
            raise InvalidValueError.of(
                "delimiter",
                "ambiguous_delimiter",
                f"the columns may be separated by {words}: pass delimiter={signs[0]!r}, or the other",
            )
        return signs[0] if signs else ","

    def _header(self) -> Header:
        try:
            names = next((cells for cells in self._reader if any(cell.strip() for cell in cells)), None)
        except csv.Error as error:
            raise InvalidValueError.of(
                "path", "malformed_quotes", "its first line is no row of column names"
            ) from error
        self._next_line += len(self._lines.taken)
        self._lines.taken.clear()
        if names is None:
            raise InvalidValueError.of("path", "empty_file", "the file is empty: its first line must name the columns")
        if len(names) == 1:
            for other, word in _DELIMITERS.items():
                if other in names[0] and other != self._delimiter:
                    raise InvalidValueError.of(
                        "delimiter",
                        "wrong_delimiter",
                        f"the columns seem to be separated by {word}: pass delimiter={other!r}",
                    )
        return Header(names)

    def _unreadable(self, start: int, error: csv.Error) -> SourceRow:
        """Return the refused row, and put back the lines that are not part of it."""
        problem, taken = _QUOTES, self._lines.taken
        lines = list(taken)
        taken.clear()
        if "limit" in str(error):
            problem = _TOO_LARGE
            whole = self._whole(lines)
            if whole:
                self._next_line += len(whole)
                return SourceRow(start, _leniently("".join(whole), self._delimiter), (problem,))
            lines += taken
            taken.clear()
            problem = _TOO_LARGE if len(lines) == 1 else _QUOTES
        self._lines.put_back(lines[1:])
        self._next_line += 1
        return SourceRow(start, _leniently(lines[0], self._delimiter), (problem,))

    def _whole(self, lines: list[str]) -> list[str] | None:
        """Read on to the end of a well-formed record with a huge cell; return its lines, None when it is none."""
        quotes, length, lines = sum(line.count('"') for line in lines), sum(map(len, lines)), list(lines)
        while quotes % 2 and length < _LONGEST_RECORD:
            line = next(self._lines, None)
            if line is None:
                return None
            lines.append(line)
            quotes, length = quotes + line.count('"'), length + len(line)
        if quotes % 2 or not _well_formed(self._delimiter).fullmatch("".join(lines)):
            return None
        self._lines.taken.clear()
        return lines


class _Lines:
    """The physical lines of a file. ``taken`` are those that were read since it was last cleared."""

    def __init__(self, file: io.TextIOWrapper) -> None:
        self._readline = file.readline
        self._pushed: deque[str] = deque()
        self.taken: list[str] = []

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._pushed.popleft() if self._pushed else self._read()
        if not line:
            raise StopIteration
        self.taken.append(line)
        return line

    def put_back(self, lines: list[str]) -> None:
        """Give these lines again, before any other."""
        self._pushed.extendleft(reversed(lines))

    def _read(self) -> str:
        line = self._readline(_LONGEST_LINE)
        if len(line) == _LONGEST_LINE and line[-1] not in "\r\n":
            # No row can be this long: what is left of the line is dropped, and the row refused.
            rest = line
            while rest and rest[-1] not in "\r\n":
                rest = self._readline(_LONGEST_LINE)
            line += "\n"
        return line


def _checked(delimiter: str | None) -> str | None:
    if delimiter is None:
        return None
    if not isinstance(delimiter, str) or len(delimiter) != 1 or delimiter in '"\r\n\0 ' or not delimiter.isascii():
        raise InvalidValueError.of("delimiter", "invalid_delimiter", "must be one character such as ',' or ';'")
    return delimiter


def _leniently(text: str, delimiter: str) -> list[str]:
    """Return the cells of a record that broke the rules, as well as they can be told."""
    try:
        return next(csv.reader([text.rstrip("\r\n")], delimiter=delimiter), [])
    except csv.Error:
        return text.rstrip("\r\n").split(delimiter)


def _well_formed(delimiter: str) -> re.Pattern[str]:
    cell = rf'(?:"(?:[^"]|"")*+"|[^"{re.escape(delimiter)}\r\n]*+)'
    return re.compile(rf"{cell}(?:{re.escape(delimiter)}{cell})*+(?:\r\n|\r|\n)?")
