"""How the cells of a row become the value of one field: the parts that a mapping is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from customercore.errors import Problem

__all__ = ["AddressOfCells", "Cells", "Columns", "ListOfCells", "Named", "OneCell", "RecordOfCells", "Same"]


class Cells(Protocol):
    """Gives the value of a field for one row; empty when the row does not say."""

    def __call__(self, cells: list[str], problems: list[Problem]) -> Any:
        """Return a text, a list of texts or a truth; append what cannot be understood to ``problems``."""


class Columns:
    """The columns of a file by name; ``used`` are those that somebody has asked for."""

    def __init__(self, header: Sequence[str]) -> None:
        self._at = {name: at for at, name in enumerate(header)}
        self.used: set[str] = set()

    def __contains__(self, name: str) -> bool:
        return name in self._at

    def index(self, name: str) -> int | None:
        """Return where the column stands, None when there is none of this name."""
        self.used.add(name)
        return self._at.get(name)


class Same:
    """The same value for every row."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __call__(self, cells: list[str], problems: list[Problem]) -> Any:
        """Return the value."""
        return self.value


class OneCell:
    """The text of one cell, after its map, prefix, default and split; ``plain`` when there are none of these."""

    def __init__(
        self,
        at: int,
        *,
        path: str,
        prefix: str = "",
        answers: Mapping[str, Any] | None = None,
        otherwise: Any = None,
        default: Any = None,
        split: str | None = None,
    ) -> None:
        self.at = at
        self.plain = answers is None and default is None and split is None and not prefix
        self._path = path
        self._prefix = prefix
        self._answers = answers
        self._otherwise = otherwise
        self._default = default
        self._split = split

    def __call__(self, cells: list[str], problems: list[Problem]) -> Any:
        """Return what became of the text."""
        value: Any = cells[self.at].strip()
        if self._answers is not None:
            value = self._answered(value, problems)
        if not value and value is not False:
            return self._default
        if isinstance(value, str):
            value = self._prefix + value
            if self._split is not None:
                return [part for one in value.split(self._split) if (part := one.strip())]
        return value

    def _answered(self, text: str, problems: list[Problem]) -> Any:
        answers: Mapping[str, Any] = self._answers or {}
        if text in answers:
            return answers[text]
        if self._otherwise is not None:
            return self._otherwise
        if text:
            problems.append(Problem(self._path, "unmapped_value", "is not in the mapping's map"))
        return ""


class ListOfCells:
    """What is filled of several cells, in their order."""

    def __init__(self, parts: Sequence[Cells]) -> None:
        self._parts = tuple(parts)

    def __call__(self, cells: list[str], problems: list[Problem]) -> Any:
        """Return a list of texts."""
        found: list[str] = []
        for part in self._parts:
            value = part(cells, problems)
            if isinstance(value, list):
                found += value
            elif value:
                found.append(value)
        return found


Named = Sequence[tuple[str, Cells]]
"""Readers, each with the field it is for."""


class RecordOfCells:
    """What a row says of one record: of its fields, and of its info types by key."""

    def __init__(self, fields: Named, info: Named) -> None:
        self._fields = _plain_cells(fields)
        self._info = _plain_cells(info) if info else None

    def draft(self, cells: list[str], problems: list[Problem]) -> dict[str, Any]:
        """Return the values that a row gives, by name, without the empty ones."""
        values = _filled(*self._fields, cells, problems)
        if self._info is not None:
            info = _filled(*self._info, cells, problems)
            if info:
                values["info"] = info
        return values


class AddressOfCells:
    """What a row says of an address. There is one when a value is filled that is not the same for every row."""

    def __init__(self, fields: Named, info: Named) -> None:
        self._moving = RecordOfCells(_moving(fields), _moving(info))
        self._same, self._same_info = _same(fields), _same(info)

    def draft(self, cells: list[str], problems: list[Problem]) -> dict[str, Any]:
        """Return the draft of the address, empty when there is none."""
        values = self._moving.draft(cells, problems)
        if not values:
            return values
        if self._same_info:
            values["info"] = self._same_info | values.get("info", {})
        return self._same | values


def _moving(named: Named) -> Named:
    return [(name, one) for name, one in named if not isinstance(one, Same)]


def _same(named: Named) -> dict[str, Any]:
    return {name: one.value for name, one in named if isinstance(one, Same)}


def _plain_cells(named: Named) -> tuple[list[tuple[str, int]], list[tuple[str, Cells]]]:
    """Part readers into those that only take a cell, given by its place, and all others: most are plain."""
    plain = [(name, one.at) for name, one in named if isinstance(one, OneCell) and one.plain]
    names = {name for name, _ in plain}
    return plain, [(name, one) for name, one in named if name not in names]


def _filled(
    plain: Sequence[tuple[str, int]], others: Named, cells: list[str], problems: list[Problem]
) -> dict[str, Any]:
    """Return the values that a row gives, by name, without the empty ones."""
    values: dict[str, Any] = {name: cell for name, at in plain if (cell := cells[at].strip())}
    for name, reader in others:
        value = reader(cells, problems)
        if value or value is False:
            values[name] = value
    return values
