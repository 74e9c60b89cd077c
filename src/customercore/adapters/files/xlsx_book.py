"""The parts of an XLSX workbook (ECMA-376) that its first sheet is read with: relations, styles, shared strings.

Every part is parsed as it comes. A document type is refused, and with it every entity but XML's own five.
"""

from __future__ import annotations

import posixpath
import re
import tempfile
import zipfile
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import IO
from xml.parsers import expat

from customercore.adapters.files.xml_parser import refuse_doctype
from customercore.errors import InvalidValueError

__all__ = ["DATE", "DURATION", "LONGEST", "Parts", "SharedStrings", "local", "pieces", "unreadable"]

LONGEST = 131_073
"""How many characters of a text are read: one more than a cell may have, so that the rest is not missed."""
DATE, DURATION = "date", "duration"
"""What a number stands for by the style of its cell."""
_PIECE = 65_536
_RELATION = "relationships/"
_DATES = frozenset({*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)})
"""The numbers of the built-in formats of dates and times (18.8.30)."""
_DURATION = 46
_FIXED = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]')
"""What stands in a format as it is: quoted, escaped, padding, colours and conditions."""
_ELAPSED = re.compile(r"\[[hms]+\]")

Begin = Callable[[str, dict[str, str]], object]
End = Callable[[str], object]


def unreadable() -> InvalidValueError:
    """Return the error for what is no workbook."""
    return InvalidValueError.of("path", "unreadable_workbook", "the file is no XLSX workbook that can be read")


def local(name: str) -> str:
    """Return the name of an element without its prefix: which namespaces there are depends on who wrote the file."""
    return name if ":" not in name else name.rpartition(":")[2]


def pieces(
    part: IO[bytes],
    begin: Begin | None = None,
    end: End | None = None,
    text: Callable[[str], object] | None = None,
) -> Iterator[int]:
    """Parse a part piece by piece, and yield after each how many bytes were read; raise ``unreadable_workbook``."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse_doctype
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = begin, end, text
    read = 0
    try:
        while piece := part.read(_PIECE):
            parser.Parse(piece, False)  # noqa: FBT003  its signature
            read += len(piece)
            yield read
        parser.Parse(b"", True)  # noqa: FBT003  its signature
    except (expat.ExpatError, zipfile.BadZipFile, EOFError, OSError, zipfile.zlib.error) as error:  # type: ignore[attr-defined]
        raise unreadable() from error


class Parts:
    """The parts of a workbook, found by their relations. Raises ``unreadable_workbook`` for what is none."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        (book,) = self._related("", "officeDocument").values() or ["xl/workbook.xml"]
        self.since_1904 = False
        self._sheets: list[str] = []
        for _ in self.read(book, self._told_of_book):
            pass
        sheets = self._related(book, "worksheet")
        found = next((sheets[id] for id in self._sheets if id in sheets), None)
        if found is None:
            raise unreadable()
        self.sheet = found
        self._strings = next(iter(self._related(book, "sharedStrings").values()), None)
        self._styles = next(iter(self._related(book, "styles").values()), None)

    def opened(self, name: str) -> IO[bytes]:
        """Open a part."""
        try:
            return self._archive.open(name)
        except (KeyError, RuntimeError, NotImplementedError, zipfile.BadZipFile) as error:  # also: it is encrypted
            raise unreadable() from error

    def read(
        self, name: str, begin: Begin | None = None, end: End | None = None, text: Callable[[str], object] | None = None
    ) -> Iterator[int]:
        """Parse a part; see `pieces`."""
        with self.opened(name) as part:
            yield from pieces(part, begin, end, text)

    def strings(self) -> SharedStrings:
        """Return the texts that cells share."""
        strings = SharedStrings()
        try:
            if self._strings is not None:
                for _ in self.read(self._strings, strings.begin, strings.end, strings.text):
                    pass
        except BaseException:
            strings.close()
            raise
        return strings

    def styles(self) -> Sequence[str | None]:
        """Return what a number stands for in cells of each style: `DATE`, `DURATION`, or None for itself."""
        formats: dict[int, str] = {}
        numbers: list[int] = []
        inside: list[str] = []

        def begin(name: str, attributes: dict[str, str]) -> None:
            name = local(name)
            if name == "numFmt":
                formats[_number(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
            elif name == "xf" and inside[-1:] == ["cellXfs"]:
                numbers.append(_number(attributes.get("numFmtId")))
            inside.append(name)

        if self._styles is not None:
            for _ in self.read(self._styles, begin, lambda _: inside.pop()):
                pass
        return [_meaning(number, formats) for number in numbers]

    def _told_of_book(self, name: str, attributes: dict[str, str]) -> None:
        name = local(name)
        if name == "workbookPr":
            self.since_1904 = attributes.get("date1904") in ("1", "true")
        elif name == "sheet":
            self._sheets += [value for key, value in attributes.items() if local(key) == "id" and ":" in key]

    def _related(self, part: str, kind: str) -> dict[str, str]:
        """Return the parts that a part is related to in a way, by the ids of these relations."""
        folder, name = posixpath.split(part)
        found: dict[str, str] = {}

        def begin(element: str, told: dict[str, str]) -> None:
            if local(element) == "Relationship" and told.get("Type", "").endswith(f"{_RELATION}{kind}"):
                target = posixpath.normpath(posixpath.join("/", folder, told.get("Target", "")))
                found[told.get("Id", "")] = target.lstrip("/")

        for _ in self.read(posixpath.join(folder, "_rels", f"{name}.rels"), begin):
            pass
        return found


class SharedStrings:
    """Texts by their numbers. They wait in a file that only its owner may read and that has no name, not in memory."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  it lives as long as the workbook is read
        self._firsts, self._places = array("q"), array("q")
        self._count = 0
        self._block: list[bytes] = []
        self._size = 0
        self._parts: list[str] = []
        self._length = 0
        self._silent = 0
        self._inside = False
        self._loaded = lru_cache(maxsize=64)(self._load)

    def begin(self, name: str, _: Mapping[str, str]) -> None:
        """Hear that an element begins."""
        name = local(name)
        if name == "si":
            self._parts, self._length = [], 0
        self._silent += name == "rPh"  # how it is spoken
        self._inside = name == "t" and not self._silent

    def end(self, name: str) -> None:
        """Hear that an element ends."""
        name = local(name)
        self._inside = False
        self._silent -= name == "rPh"
        if name == "si":
            self._add("".join(self._parts)[:LONGEST].encode())

    def text(self, piece: str) -> None:
        """Hear a piece of text."""
        if self._inside and self._length < LONGEST:
            self._parts.append(piece)
            self._length += len(piece)

    def get(self, number: int) -> str:
        """Return a text; raise ``unreadable_workbook`` for one that is not there."""
        if not 0 <= number < self._count:
            raise unreadable()
        if self._block:
            self._write()
        at = bisect_right(self._firsts, number) - 1
        return self._loaded(at)[number - self._firsts[at]]

    def close(self) -> None:
        """Remove the file."""
        self._file.close()

    def _add(self, text: bytes) -> None:
        self._block.append(len(text).to_bytes(4, "big") + text)
        self._count += 1
        self._size += len(text)
        if self._size >= _BLOCK:
            self._write()

    def _write(self) -> None:
        self._firsts.append(self._count - len(self._block))
        self._places.append(self._file.tell())
        self._file.write(b"".join(self._block))
        self._block, self._size = [], 0

    def _load(self, at: int) -> list[str]:
        """Read a block; all of them were written by now."""
        end = self._places[at + 1] if at + 1 < len(self._places) else None
        self._file.seek(self._places[at])
        block = self._file.read() if end is None else self._file.read(end - self._places[at])
        texts, start = [], 0
        while start < len(block):
            length = int.from_bytes(block[start : start + 4], "big")
            texts.append(block[start + 4 : start + 4 + length].decode())
            start += 4 + length
        return texts


_BLOCK = 8_192


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else 0


def _meaning(number: int, formats: Mapping[int, str]) -> str | None:
    if number not in formats:
        return DURATION if number == _DURATION else DATE if number in _DATES else None
    shown = _FIXED.sub("", formats[number].lower()).partition(";")[0]
    if _ELAPSED.search(shown):
        return DURATION
    return DATE if any(one in shown for one in "dmhys") and shown != "general" else None
