"""Turns at records that many units of one process change one after the other, and what is handed on with them.

A unit that has committed knows what it has made of the record that it had its turn at. The next one need not read it:
it goes on from there, and its own statement finds out whether the record is exactly that still, to the last character
of its document. A version alone is not enough: where a server has lost a commit it may be somebody else's.
"""

from __future__ import annotations

import time
from typing import Any

import attrs

from customercore.adapters.lanes import Lane, Lanes

__all__ = ["Handed", "Turn", "Turns"]

_FRESH = 1.0
"""For how many seconds a record counts as what the last unit has made of it, and for how many nothing is handed on
after a race was lost: then another process changes it, too."""
_MOST = 4_096

_Key = tuple[str, str, str]


@attrs.frozen(slots=False)
class Handed:
    """A record as a unit has made it."""

    one: Any
    document: str
    until: float


class Turns:
    """The turns of a store."""

    def __init__(self) -> None:
        self._lanes = Lanes()
        self._handed: dict[_Key, Handed] = {}
        self._late: dict[_Key, float] = {}

    def entered(self, key: _Key, most: float) -> Lane | None:
        """Wait for the turn at a record, at most so long."""
        return self._lanes.entered(key[0], key[2], most)

    def handed(self, key: _Key) -> Handed | None:
        """Return what was handed on."""
        found = self._handed.get(key)
        return found if found is not None and time.monotonic() < found.until else None

    def hand(self, key: _Key, one: Any, document: str) -> None:
        """Hand a record on, unless that was wrong a moment ago."""
        now = time.monotonic()
        if now < self._late.get(key, 0.0):
            return
        if len(self._handed) >= _MOST:
            self._handed.clear()
        self._handed[key] = Handed(one, document, now + _FRESH)

    def wrong(self, key: _Key) -> None:
        """Hand a record on no more, for a while."""
        if len(self._late) >= _MOST:
            self._late.clear()
        self._late[key] = time.monotonic() + _FRESH
        self.forget(key)

    def forget(self, key: _Key) -> None:
        """Forget what was handed on."""
        self._handed.pop(key, None)


class Turn:
    """The turn of one unit, at one record: whoever waited for a second one could wait for somebody who waits for them.

    ``trusting``: it takes what is handed on, and hands on.
    """

    def __init__(self, turns: Turns, tenant: str, most: float, *, trusting: bool) -> None:
        self._turns = turns
        self._tenant = tenant
        self._most = most
        self._trusting = trusting
        self._lane: Lane | None = None
        self._key: _Key | None = None
        self._made: tuple[Any, str] | None = None

    def take(self, plural: str, id: str, *, patient: bool) -> Handed | None:
        """Wait for the turn at a record, if it is the unit's first; return what the unit before has made of it.

        Not ``patient``: take it only if nobody else has it. Whoever has might wait in the database for this unit.
        """
        if self._key is not None:
            return None
        key = self._key = (self._tenant, plural, id)
        self._lane = self._turns.entered(key, self._most if patient else 0.0)
        if not self._trusting:
            self._turns.forget(key)
            return None
        return self._turns.handed(key)

    def made(self, plural: str, id: str, one: Any, document: str) -> None:
        """Note what this unit makes of a record."""
        if self._trusting and self._key == (self._tenant, plural, id):
            self._made = (one, document)

    def end(self, *, kept: bool) -> None:
        """Let the next unit have its turn, and hand on what this one has made of the record, if it was kept."""
        key, made = self._key, self._made
        if key is not None and made is not None:
            if kept:
                self._turns.hand(key, *made)
            else:
                self._turns.wrong(key)
        lane, self._lane = self._lane, None
        if lane is not None:
            lane.release()
