"""Reading CSV files row by row, whatever is in them.

A file is UTF-8, with or without a byte-order mark; bytes that are not stay in their cell as lone
surrogates, which the domain refuses. Quoting is taken strictly (RFC 4180): a row that breaks its
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

from customercore.adapters.files.formulas import restored
from customercore.adapters.files.opening import opened
from customercore.errors import InvalidValueError, Problem
from customercore.ports.import_format import SourceRow

__all__ = ["REJECT_COLUMNS", "CsvRows"]

REJECT_COLUMNS = ("_line", "_field", "_code", "_reason", "_extra")
"""What a rejects file has beside the original columns. Readers leave them out; only a filled ``_extra`` counts."""

_LONGEST_LINE = 8_000_000
_LONGEST_RECORD = 16_000_000
_OTHER_DELIMITERS = {";": "a semicolon", "\t": "a tab", "|": "a bar", ",": "a comma"}

_TOO_LARGE = Problem("row", "cell_too_large", "has a cell of more than 131,072 characters")
_QUOTES = Problem("row", "malformed_quotes", "has a quote that is not closed, or is not doubled")
_NOT_MENDED = Problem("row", "column_count", "its _extra column is still filled: mend the row, then empty it")


class CsvRows:
    """The header and the rows of a CSV file. ``header`` is without the columns that a rejects file adds."""

    def __init__(self, path: str, delimiter: str | None = None) -> None:
        self._delimiter = _checked(delimiter)
        raw = opened(path)
        try:
            self.size = os.fstat(raw.fileno()).st_size
            self._raw = raw
            _refuse_utf16(raw.peek(4) if isinstance(raw, io.BufferedReader) else b"")
            text = io.TextIOWrapper(raw, "utf-8-sig", errors="surrogateescape", newline="")
            self._lines = _Lines(text)
            self._reader = csv.reader(self._lines, delimiter=self._delimiter, strict=True)
            self._next_line = 1
            names = self._header()
            self._width = len(names)
            self.header = tuple(name for name in names if name not in REJECT_COLUMNS)
            rejects = len(self.header) < len(names)
            self._kept = [at for at, name in enumerate(names) if name not in REJECT_COLUMNS] if rejects else None
            self._extra = names.index("_extra") if "_extra" in names else None
        except BaseException:
            raw.close()
            raise

    @property
    def delimiter(self) -> str:
        """What separates cells."""
        return self._delimiter

    @property
    def position(self) -> int:
        """How many bytes have been read, give or take a buffer."""
        return self._raw.tell()

    def close(self) -> None:
        """Close the file."""
        self._raw.close()

    def rows(self) -> Iterator[SourceRow]:
        """Yield every row but empty ones; one that cannot be read, or has a wrong number of cells, with its problem."""
        width, kept, reader, taken = self._width, self._kept, self._reader, self._lines.taken
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
            if len(cells) != width:
                if cells and (len(cells) > 1 or cells[0].strip()):
                    yield SourceRow(start, self._without_rejects(cells), (_column_count(width, len(cells)),))
            elif any(cells):
                yield SourceRow(start, cells) if kept is None else self._mended(start, cells, kept)

    def _mended(self, start: int, cells: list[str], kept: list[int]) -> SourceRow:
        extra = self._extra is not None and bool(cells[self._extra].strip())
        return SourceRow(start, [restored(cells[at]) for at in kept], (_NOT_MENDED,) if extra else ())

    def _without_rejects(self, cells: list[str]) -> list[str]:
        if self._kept is None:
            return cells
        # Which cells are the rejects file's own is known as long as they are in front of the fault.
        mine = set(range(self._width)).difference(self._kept)
        return [restored(cell) for at, cell in enumerate(cells) if at not in mine]

    def _header(self) -> list[str]:
        try:
            names = next((cells for cells in self._reader if any(cell.strip() for cell in cells)), None)
        except csv.Error as error:
            raise _bad_header("malformed_quotes", "its first line is not a row of column names") from error
        self._next_line += len(self._lines.taken)
        self._lines.taken.clear()
        if names is None:
            raise _bad_header("empty_file", "the file is empty: its first line must name the columns")
        names = [name.strip() for name in names]
        if len(names) == 1:
            for other, word in _OTHER_DELIMITERS.items():
                if other in names[0] and other != self._delimiter:
                    raise InvalidValueError.of(
                        "delimiter",
                        "wrong_delimiter",
                        f"the columns seem to be separated by {word}: pass delimiter={other!r}",
                    )
        _check_names(names)
        return names

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


def _checked(delimiter: str | None) -> str:
    if delimiter is None:
        return ","
    if not isinstance(delimiter, str) or len(delimiter) != 1 or delimiter in '"\r\n\0 ' or not delimiter.isascii():
        raise InvalidValueError.of("delimiter", "invalid_delimiter", "must be one character such as ',' or ';'")
    return delimiter


def _refuse_utf16(start: bytes) -> None:
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise _bad_header("wrong_encoding", "the file is UTF-16: save it as UTF-8")


def _check_names(names: list[str]) -> None:
    empty = [at for at, name in enumerate(names, 1) if not name]
    if empty:
        raise _bad_header("missing_column_name", f"column {empty[0]} has no name")
    for at, name in enumerate(names):
        if name in names[:at]:
            raise _bad_header("duplicate_column", f"columns {names.index(name) + 1} and {at + 1} have the same name")
        if not name.isprintable():
            raise _bad_header("invalid_column_name", f"the name of column {at + 1} is not UTF-8 text")


def _bad_header(code: str, message: str) -> InvalidValueError:
    return InvalidValueError.of("path", code, message)


def _column_count(wanted: int, found: int) -> Problem:
    return Problem("row", "column_count", f"has {found} cells, the header {wanted}")


def _leniently(text: str, delimiter: str) -> list[str]:
    """Return the cells of a record that broke the rules, as well as they can be told."""
    try:
        return next(csv.reader([text.rstrip("\r\n")], delimiter=delimiter), [])
    except csv.Error:
        return text.rstrip("\r\n").split(delimiter)


def _well_formed(delimiter: str) -> re.Pattern[str]:
    cell = rf'(?:"(?:[^"]|"")*+"|[^"{re.escape(delimiter)}\r\n]*+)'
    return re.compile(rf"{cell}(?:{re.escape(delimiter)}{cell})*+(?:\r\n|\r|\n)?")
