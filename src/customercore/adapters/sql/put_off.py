"""What a unit has put off: rows that are stored many at once, and statements that may become one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from typing import Any, Protocol

import attrs
from sqlalchemy import Table

__all__ = [
    "FEW",
    "Merged",
    "Merger",
    "PutOff",
    "Record",
    "Refusal",
    "Rows",
    "Sender",
    "Shape",
    "Told",
    "Waiting",
    "refusals_of",
    "shapes_of",
]

FEW = 8
"""Up to how many rows of a table are put off as statements; more of them are stored sooner many at once."""
_MOST_PARTS = 100
"""How many statements are made one at most."""
Refusal = Callable[[], AbstractContextManager[None]]
"""Surrounds what is executed, and says what an error of it means."""
Record = tuple[str, str]
"""The plural name of a record's aggregate, and its id."""


@attrs.frozen
class Rows:
    """Rows of one table that are to be stored by one statement."""

    table: Table
    sql: str
    rows: list[Any]
    refusal: Refusal = nullcontext


@attrs.define(eq=False)
class Told:
    """A statement of which only its errors matter. It is never changed; frozen, it would take ten times as long."""

    sql: str
    arguments: Sequence[Any] = ()
    refusal: Refusal = nullcontext
    record: Record | None = None
    """The one record that it is about, where others of the unit may be about it too."""
    needed: bool = False
    """Whether the unit has lost a race where it finds, or returns, no row."""
    version: int | None = None
    """The version that it must find the record in."""
    holds: bool = False
    """Whether it changes nothing, and only sees to it that what was read is so still."""


Shape = tuple[str, bool, bool]
"""What of a statement bears on the text of several that are one: its text, whether it is needed, whether it holds."""
Merged = tuple[str, Sequence[int]]
"""The text of several statements that are one, and in which order it has them: their places among those given."""


def shapes_of(statements: Sequence[Told]) -> tuple[Shape, ...]:
    """Return the shapes of statements, by which the text of all of them together can be kept."""
    return tuple([(one.sql, one.needed, one.holds) for one in statements])


PutOff = Rows | Told
"""What is done later."""


class Merger(Protocol):
    """How a database does what several statements do by one."""

    shared: str
    """What a question ends with that keeps others from changing what it finds."""
    exclusive: str
    """What one ends with that keeps others from holding it, too."""

    def merged(self, statements: Sequence[Told], opening: Sequence[str] = ()) -> Merged:
        """Return the statement that does all of it in their order, or nothing.

        Its parameters are theirs, one statement after the other, by the places that are returned with it.
        ``opening``: no transaction was begun, as these would; it is one of its own then.
        They must be about different records, for none sees what another has done. Where one that is needed finds no
        row the database refuses the whole, as a lost race.
        """

    def execute(self, connection: Any, sql: str, arguments: Sequence[Any]) -> None:
        """Execute a merged statement on a driver connection."""


class Sender(Protocol):
    """How a driver sends rows without waiting until they are stored."""

    enough: int
    """How many rows are worth sending by themselves: few enough for the system to take them from us at once."""

    def sent(self, cursor: Any, table: Table, rows: list[Any]) -> AbstractContextManager[None]:
        """Return the block that sends rows at its beginning, and at its end waits until they are stored.

        Rows have their values in the order of the table's columns. Within the block the connection does nothing
        else; left by an exception, it stores none of them.
        """


def refusals_of(statements: Sequence[Told]) -> AbstractContextManager[Any]:
    """Return what an error is raised in, of a statement that does what several do."""
    around = ExitStack()
    for refusal in {one.refusal for one in statements}:
        around.enter_context(refusal())
    return around


class Waiting(list[PutOff]):
    """What waits to be done, in its order: `add` and `add_rows` put it off."""

    def __init__(self) -> None:
        super().__init__()
        self._held: dict[tuple[Record | None, int | None], Told] = {}
        """What only sees to it that a record has a version still, by both."""

    def clear(self) -> None:
        """Forget all of it."""
        super().clear()
        self._held.clear()

    def add(self, one: Told) -> None:
        """Put off a statement; a change of the version of a record that is held sees to it that it is held, too."""
        if one.needed:
            held = self._held.pop((one.record, one.version), None)
            if held is not None:
                self.remove(held)
            if one.holds:
                self._held[one.record, one.version] = one
        self.append(one)

    def add_rows(self, new: Rows) -> None:
        """Put off rows, with those that wait for the same table already."""
        for one in self:
            if isinstance(one, Rows) and one.table is new.table:
                one.rows.extend(new.rows)
                return
        self.append(new)

    @property
    def changes(self) -> bool:
        """Whether anything that waits bears on what is read."""
        return len(self) > len(self._held)

    def mergeable(self) -> list[Told] | None:
        """Return all of it, where one statement can do it: the server reads a long one for long, or not at all."""
        if len(self) > _MOST_PARTS:
            return None
        told = [one for one in self if isinstance(one, Told)]
        records = [one.record for one in told if one.record is not None]
        once = len(records) == len(set(records))
        return told if once and len(told) == len(self) else None
