"""Import formats of plug-ins: what they register is checked, and whatever goes wrong has the plug-in's name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from customercore.catalogue.catalogue import Catalogue
from customercore.errors import CustomerCoreError, Problem
from customercore.extension.calls import Guard, UnsoundError
from customercore.ports.import_format import Draft, ImportFormat, ImportSource, Rejects, SourceRow

__all__ = ["FORMATS_HOOK", "GuardedFormat", "answered_formats"]

FORMATS_HOOK = "customercore_register_import_formats"
READING = 30.0
"""Seconds that a plug-in may take to open a file, or to read the next hundred rows of it."""
_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_MEMBERS = ("read_as", "ignored", "complete", "extends_known", "size", "position", "rows", "draft", "rejects", "close")
_AT_ONCE = 100
_PASSING = (CustomerCoreError,)


class GuardedFormat:
    """A plug-in's format. What it opens is a source, or an error that says whose fault it is."""

    def __init__(self, name: str, format_: ImportFormat, plugin: str, seconds: float = READING) -> None:
        self.name = name
        self._format = format_
        self._guard = Guard(plugin, seconds)

    def open(
        self,
        path: str,
        *,
        catalogue: Catalogue,
        mapping: str | None = None,
        delimiter: str | None = None,
        encoding: str | None = None,
    ) -> ImportSource:
        """Open a file; raise `ExtensionError`, or what the format raises of our own errors."""

        def call() -> ImportSource:
            source = self._format.open(
                path, catalogue=catalogue, mapping=mapping, delimiter=delimiter, encoding=encoding
            )
            if missing := [name for name in _MEMBERS if not hasattr(source, name)]:
                raise UnsoundError(f"opens something that is no source of rows: it has no {missing[0]}")
            return source

        return _GuardedSource(self._guard.call(FORMATS_HOOK, call, _PASSING), self._guard)


class _GuardedSource:
    """Implements `ports.import_format.ImportSource` by asking the plug-in's."""

    def __init__(self, source: ImportSource, guard: Guard) -> None:
        self._source = source
        self._guard = guard
        self.complete = bool(source.complete)
        self.extends_known = bool(source.extends_known)
        self.size = source.size

    def _asked(self, call: Callable[[], Any]) -> Any:
        return self._guard.call(FORMATS_HOOK, call, _PASSING)

    @property
    def ignored(self) -> tuple[str, ...]:
        """What the file holds and is not imported."""
        return tuple(self._asked(lambda: self._source.ignored))

    @property
    def read_as(self) -> str:
        """What the file was taken for."""
        return str(self._asked(lambda: self._source.read_as))

    @property
    def position(self) -> int:
        """How many bytes have been read."""
        return int(self._asked(lambda: self._source.position))

    def rows(self) -> Iterator[SourceRow]:
        """Yield the rows; a hundred are read in one call of the plug-in."""
        rows = iter(self._asked(self._source.rows))
        while some := self._asked(lambda: list(islice(rows, _AT_ONCE))):
            for row in some:
                if not isinstance(row, SourceRow):
                    self._asked(_no_row)
                yield row

    def draft(self, row: SourceRow, problems: list[Problem]) -> Draft:
        """Return what a row says about a customer."""

        def call() -> Draft:
            draft = self._source.draft(row, problems)
            if not isinstance(draft, dict) or not all(isinstance(one, Problem) for one in problems):
                raise UnsoundError("makes of a row what is no draft")
            return draft

        drafted: Draft = self._asked(call)
        return drafted

    def rejects(self, path: str) -> Rejects:
        """Create a rejects file for rows of this source."""
        return _GuardedRejects(self._asked(lambda: self._source.rejects(path)), self._asked)

    def close(self) -> None:
        """Close the file."""
        self._asked(self._source.close)


class _GuardedRejects:
    """Implements `ports.import_format.Rejects`."""

    def __init__(self, rejects: Rejects, asked: Callable[[Callable[[], Any]], Any]) -> None:
        self._rejects = rejects
        self._asked = asked

    def add(self, row: SourceRow, problems: tuple[Problem, ...]) -> None:
        """Write a refused row and what is wrong with it."""
        self._asked(lambda: self._rejects.add(row, problems))

    def close(self) -> None:
        """Make the file complete."""
        self._asked(self._rejects.close)


def _no_row() -> None:
    raise UnsoundError("yields something that is no SourceRow")


def answered_formats(ask: Callable[[], Any]) -> dict[str, ImportFormat]:
    """Return the formats that a plug-in registers by name; raise `UnsoundError` for anything else."""
    given = ask()
    if not isinstance(given, Mapping):
        raise UnsoundError(f"returns {type(given).__name__} and not formats by name")
    for name, one in given.items():
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise UnsoundError("names a format by something else than a lower-case word")
        if not callable(getattr(one, "open", None)):
            raise UnsoundError(f"registers {name}, which cannot open a file")
    return dict(given)
