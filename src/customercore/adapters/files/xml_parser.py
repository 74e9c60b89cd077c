"""What the XML parser tells of records: where each starts and ends, and its element."""

from __future__ import annotations

from typing import NoReturn
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from customercore.errors import InvalidValueError

__all__ = ["BrokenError", "RecordParser", "check_root", "refuse_doctype"]


class BrokenError(Exception):
    """A record starts within another; ``at`` is where."""

    def __init__(self, at: int) -> None:
        super().__init__()
        self.at = at


class _RootError(Exception):
    """The root was found."""


class RecordParser:
    """Parses a file in UTF-8, or what is left of one that has been ``resumed`` within its root.

    Places are bytes since the start; ``primed`` is where what is fed starts.
    """

    def __init__(self, root: str, record: str, ignored: dict[str, None], *, resumed: bool = False) -> None:
        self._record = record
        self._ignored = ignored
        self._depth = 0
        self._builder: TreeBuilder | None = None
        self._found: list[tuple[int, int, Element]] = []
        self.opened_at: int | None = None
        """Where the record starts that is being read, None between records."""
        self._parser = expat.ParserCreate("utf-8")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._begin
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.StartDoctypeDeclHandler = refuse_doctype
        prime = f"<{root}>".encode() if resumed else b""
        self.primed = len(prime)
        if prime:
            self._parser.Parse(prime, False)  # noqa: FBT003  its signature

    @property
    def error_at(self) -> int:
        """Where the text stopped being XML."""
        return self._parser.ErrorByteIndex

    def feed(self, piece: bytes, *, last: bool) -> None:
        """Parse a piece; raise `ExpatError` where it is no XML, `BrokenError` for a record within a record."""
        self._parser.Parse(piece, last)

    def taken(self) -> list[tuple[int, int, Element]]:
        """Return where each record starts that has been read since, where its end tag starts, and its element."""
        found, self._found = self._found, []
        return found

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._builder is None and self._depth == _BELOW_ROOT:
            if name == self._record:
                self.opened_at, self._builder = self._parser.CurrentByteIndex, TreeBuilder()
            else:
                self._ignored[name] = None
        elif self._builder is not None and name == self._record:
            raise BrokenError(self._parser.CurrentByteIndex)
        if self._builder is not None:
            self._builder.start(name, attributes)

    def _end(self, name: str) -> None:
        if self._builder is not None:
            self._builder.end(name)
            if self._depth == _BELOW_ROOT and self.opened_at is not None:
                self._found.append((self.opened_at, self._parser.CurrentByteIndex, self._builder.close()))
                self.opened_at = self._builder = None
        self._depth -= 1

    def _text(self, text: str) -> None:
        if self._builder is not None:
            self._builder.data(text)


_BELOW_ROOT = 2


def check_root(start: bytes, root: str) -> None:
    """Raise `InvalidValueError` (``path``) unless a file that starts like this has this root, and no document type."""
    parser = expat.ParserCreate("utf-8")
    parser.StartDoctypeDeclHandler = refuse_doctype

    def begin(name: str, _: dict[str, str]) -> None:
        raise _RootError(name)

    parser.StartElementHandler = begin
    try:
        parser.Parse(start, False)  # noqa: FBT003  its signature
    except _RootError as found:
        if found.args == (root,):
            return
    except expat.ExpatError:
        pass
    raise InvalidValueError.of("path", "wrong_root", f"is no XML file whose root is <{root}>")


def refuse_doctype(*_: object) -> NoReturn:
    """Raise `InvalidValueError` (``doctype_not_allowed``): what a parser calls where it meets a document type."""
    raise InvalidValueError.of("path", "doctype_not_allowed", "has a document type, which may hold anything: remove it")
