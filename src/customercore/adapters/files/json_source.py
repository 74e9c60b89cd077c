"""JSON lines as a source of drafts: UTF-8, one object a line, its keys the names of our columns.

The values of info types may stand together in an object ``info``, by their keys.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

from customercore.adapters.files.opening import opened
from customercore.adapters.files.own_draft import OwnDraft
from customercore.adapters.files.rejects import JsonRejects
from customercore.catalogue.catalogue import Catalogue
from customercore.catalogue.columns import INFO
from customercore.errors import InvalidValueError, Problem
from customercore.ports.import_format import Draft, Rejects, SourceRow

__all__ = ["JSON_LINES", "JsonSource"]

JSON_LINES = (".jsonl", ".ndjson")
"""What the name of a file of JSON lines ends in."""

_TOLD = ("_line", "_field", "_code", "_reason")
_LONGEST_LINE = 16_000_000
_NO_OBJECT = Problem("row", "invalid_json", "is not a JSON object")
_TOO_LONG = Problem("row", "row_too_large", "has more than 16,000,000 bytes")


class JsonSource:
    """Implements `ports.import_format.ImportSource`. What a rejects file adds to an object is left out."""

    complete = True
    extends_known = False

    read_as = "JSON lines in utf-8"

    def __init__(self, path: str, catalogue: Catalogue, encoding: str | None = None) -> None:
        if encoding is not None and encoding.lower().replace("_", "-") not in ("utf-8", "utf8"):
            raise InvalidValueError.of("encoding", "not_allowed", "JSON lines are UTF-8: leave it out")
        self._catalogue = catalogue
        self._file = opened(path)
        self.size = os.fstat(self._file.fileno()).st_size
        self._plans: dict[tuple[str, ...], OwnDraft] = {}

    @property
    def ignored(self) -> tuple[str, ...]:
        """What the objects read so far hold and is not imported."""
        return tuple(dict.fromkeys(name for plan in self._plans.values() for name in plan.ignored))

    @property
    def position(self) -> int:
        """How many bytes have been read."""
        return self._file.tell()

    def rows(self) -> Iterator[SourceRow]:
        """Yield the objects; a line that is none with its problem. Empty lines are left out."""
        number = 0
        while line := self._file.readline(_LONGEST_LINE):
            number += 1
            if len(line) == _LONGEST_LINE and not line.endswith(b"\n"):
                self._skip_line()
                yield SourceRow(number, _text(line[:1000]), (_TOO_LONG,))
                continue
            text = _text(line).strip().removeprefix("\ufeff")
            if not text:
                continue
            try:
                row = json.loads(text)
            except (ValueError, RecursionError):
                row = None
            if isinstance(row, dict) and "_raw" not in row:
                for name in _TOLD:
                    row.pop(name, None)
                yield SourceRow(number, row)
            else:
                yield SourceRow(number, row["_raw"] if isinstance(row, dict) else text, (_NO_OBJECT,))

    def draft(self, row: SourceRow, problems: list[Problem]) -> Draft:
        """Return what an object says about a customer."""
        given: dict[str, Any] = row.cells
        names = tuple(given)
        plan = self._plans.get(names)
        if plan is None:
            plan = OwnDraft.of(self._catalogue, [name for name in names if name != INFO])
            if len(self._plans) < _MOST_PLANS:
                self._plans[names] = plan
        problems += [Problem(_shown(name), "unknown_field", "a customer has no such field") for name in plan.unknown]
        problems += [Problem(name, "unknown_field", "there is no such info type") for name in plan.undefined]
        book = given.get("addresses")
        if book is not None and not isinstance(book, list):
            problems.append(Problem("addresses", "wrong_type", "must be a list"))
            given = given | {"addresses": None}
        draft = plan.draft(given)
        info = given.get(INFO)
        if isinstance(info, dict):
            draft[INFO] = info | draft.get(INFO, {})
        elif info is not None:
            draft[INFO] = info  # for the kind of the field to refuse
        return draft

    def rejects(self, path: str) -> Rejects:
        """Create a rejects file of objects."""
        return JsonRejects(path)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _skip_line(self) -> None:
        while (line := self._file.readline(_LONGEST_LINE)) and not line.endswith(b"\n"):
            pass


_MOST_PLANS = 1_000


def _text(line: bytes) -> str:
    return line.decode("utf-8", "surrogateescape")


def _shown(name: str) -> str:
    """Return a key as the path of a problem; what cannot be a field's name may be a person's data."""
    return name if name.isidentifier() and name.isascii() else "row"
