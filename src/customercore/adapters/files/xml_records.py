"""Reading the records of an XML file one by one, whatever is in between.

A record is an element of one name below the root. The file is read as it comes, a few records in memory
at a time. A document type is refused, and with it every entity but XML's own five: nothing is expanded,
nothing fetched. A record that is not well-formed is refused as the text that it is, and reading goes on
behind its end, or with the next one. A file that ends before its root does is told as one more broken record,
since nobody knows how many were to come.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree.ElementTree import Element
from xml.parsers import expat

from customercore.adapters.files.encodings import START, decoded, encoding_of
from customercore.adapters.files.opening import opened
from customercore.adapters.files.xml_parser import BrokenError, RecordParser, check_root
from customercore.errors import Problem

__all__ = ["Record", "XmlRecords"]


class Record(NamedTuple):
    """A record: the line on which it starts, its text, its element, or what is wrong with it and no element."""

    line: int
    text: str
    element: Element | None
    problem: Problem | None = None


_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']""")
_NO_CHARACTER = re.compile("[\ud800-\udfff\x00]")
_LONGEST = 16_000_000
_SHOWN = 1_000
_CHUNK = 65_536
_MALFORMED = Problem("row", "malformed_xml", "is not well-formed XML")
_CUT_OFF = Problem("row", "file_cut_off", "the file ends before its last end tag: what was to come is missing")
_TOO_LARGE = Problem("row", "row_too_large", "has more than 16,000,000 bytes")


class XmlRecords:
    """The records of a file. Raises `InvalidValueError` (``path``) for a file without such a root."""

    def __init__(self, path: str, root: str, record: str, encoding: str | None = None) -> None:
        raw = opened(path)
        try:
            self.size = os.fstat(raw.fileno()).st_size
            start = raw.peek(START)[:START] if isinstance(raw, io.BufferedReader) else b""
            declared = _DECLARED.match(start)
            self.encoding = encoding_of(start, encoding or (declared[1].decode() if declared else None))
            self._raw, self._file = raw, decoded(raw, self.encoding)
            self._root, self._name = root, record
            self._edge = re.compile(rf"</{record}\s*>|<{record}(?=[\s/>])".encode())
            self._ahead = self._characters()
            check_root(self._ahead, root)
        except BaseException:
            raw.close()
            raise
        self._buffer, self._start, self._line = b"", 0, 1
        self._told = False
        """Whether what is broken went on to the end of the file: then that the file was cut off is told with it."""
        self.ignored: dict[str, None] = {}
        """The names of other elements below the root, as far as it has been read."""

    @property
    def position(self) -> int:
        """How many bytes have been read, give or take a buffer."""
        return self._raw.tell()

    def close(self) -> None:
        """Close the file."""
        self._raw.close()

    def records(self) -> Iterator[Record]:
        """Yield the records in the order of the file."""
        parser = RecordParser(self._root, self._name, self.ignored)
        piece, last = self._ahead, not self._ahead
        while True:
            self._buffer += piece
            broken = self._broken_at(parser, piece, last=last)
            yield from map(self._taken, parser.taken())
            if len(self._buffer) > _LONGEST or (last and broken is not None):
                # What has no end may be told only here: the next record is looked for from its start.
                broken = (parser.opened_at or self._start) + 1
            if broken is not None:
                bad = self._cut(broken, parser.opened_at)
                if bad is not None:
                    yield bad
                parser = RecordParser(self._root, self._name, self.ignored, resumed=True)
                piece, self._buffer, self._start = self._buffer, b"", parser.primed
                if not piece and last:
                    if not self._told:
                        yield Record(self._line, "", None, _CUT_OFF)
                    return
                continue
            if last:
                return
            piece = self._characters()
            last = not piece

    def _characters(self) -> bytes:
        """Return the next part of the file in UTF-8; what is no character becomes what no XML may hold."""
        text = self._file.read(_CHUNK)
        return (_NO_CHARACTER.sub("\uffff", text) if not text.isascii() or "\x00" in text else text).encode()

    @staticmethod
    def _broken_at(parser: RecordParser, piece: bytes, *, last: bool) -> int | None:
        try:
            parser.feed(piece, last=last)
        except expat.ExpatError:
            return parser.error_at
        except BrokenError as error:
            return error.at
        return None

    def _taken(self, found: tuple[int, int, Element]) -> Record:
        """Return a record that was read, and forget its text and what was before it."""
        start, end_tag, element = found
        self._forget(start - self._start)
        line, end = self._line, self._buffer.index(b">", end_tag - self._start) + 1
        text = self._buffer[:end].decode()
        self._forget(end)
        return Record(line, text, element)

    def _cut(self, broken: int, opened_at: int | None) -> Record | None:
        """Return what is broken up to the end of its record, or to the next one; None when that is nothing."""
        self._forget(max(0, (opened_at or 0) - self._start))
        seen, head, length = max(1, broken - self._start), b"", 0
        while (edge := self._edge.search(self._buffer, seen)) is None and (more := self._characters()):
            if len(self._buffer) > _LONGEST:  # nobody mends that: what is shown of it will do
                head, length = head or self._buffer[:_SHOWN], length + len(self._buffer) - _CHUNK
                self._forget(len(self._buffer) - _CHUNK)
            seen = max(1, len(self._buffer) - _CHUNK)
            self._buffer += more
        end = len(self._buffer) if edge is None else edge.start() if edge[0][1:2] != b"/" else edge.end()
        line = self._line - head.count(b"\n")
        text = head or self._buffer[:end]
        large = length + end > _LONGEST
        self._forget(end)
        shown = text[:_SHOWN] if large else text
        self._told = edge is None and bool(shown.strip())
        if not shown.strip() or shown.strip() == f"</{self._root}>".encode():
            return None
        return Record(line, shown.decode(errors="replace"), None, _TOO_LARGE if large else _MALFORMED)

    def _forget(self, count: int) -> None:
        self._line += self._buffer.count(b"\n", 0, count)
        self._buffer = self._buffer[count:]
        self._start += count
