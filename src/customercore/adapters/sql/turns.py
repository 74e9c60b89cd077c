"""Turns at records that many units of one process change one after the other, and what is handed on with them.

A unit that has committed knows what it has made of the record that it had its turn at. The next one need not read it:
it goes on from there, and its own statement finds out whether the record is exactly that still, to the last character
of its document. A version alone is not enough: where a server has lost a commit it may be somebody else's.

What tells nothing of a person is handed on however long ago it was made, as long as this process is the only one that
changes such records: once one turns out to be wrong, nothing older than a second is gone by for a minute.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import attrs

from customercore.adapters.lanes import Lane, Lanes

__all__ = ["Handed", "Turn", "Turns"]

_FRESH = 1.0
"""For how many seconds a record counts as what the last unit has made of it, whoever else there is, and for how many
nothing is handed on after a race was lost: then another process changes it, too."""
_SHARED = 60.0
"""For how many seconds nothing older than that is gone by once it was wrong: other processes change such records."""
_MOST = 4_096
"""How many records are remembered whose race was lost."""
_MOST_HANDED = 16_384
"""How many records are handed on: those of wallets take about 2 kB each. The ones made longest ago are forgotten."""

_Key = tuple[str, str, str]


@attrs.frozen(slots=False)
class Handed:
    """A record as a unit has made it."""

    one: Any
    document: str
    lasting: bool
    """Whether it may be kept for as long as it is right: it tells nothing of a person."""
    until: float
    """When it begins to be old."""


class Turns:
    """The turns of a store. ``now`` gives seconds that only rise."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lanes = Lanes()
        self._handed: OrderedDict[_Key, Handed] = OrderedDict()  # its methods are safe between threads
        self._late: dict[_Key, float] = {}
        self._shared_until = 0.0

    def entered(self, key: _Key, most: float) -> Lane | None:
        """Wait for the turn at a record, at most so long."""
        return self._lanes.entered(key[0], key[2], most)

    def handed(self, key: _Key) -> Handed | None:
        """Return what was handed on."""
        found = self._handed.get(key)
        if found is None:
            return None
        now = self._now()
        return found if now < found.until or (found.lasting and now >= self._shared_until) else None

    def hand(self, key: _Key, one: Any, document: str, *, lasting: bool) -> None:
        """Hand a record on, unless that was wrong a moment ago."""
        now = self._now()
        if now < self._late.get(key, 0.0):
            return
        handed = self._handed
        handed.pop(key, None)  # so that it is behind all others
        handed[key] = Handed(one, document, lasting, now + _FRESH)
        if len(handed) > _MOST_HANDED:
            handed.popitem(last=False)

    def wrong(self, key: _Key, taken: Handed | None) -> None:
        """Hand a record on no more, for a while; ``taken`` is what had been handed on, if anything was."""
        now = self._now()
        if taken is not None and now >= taken.until:
            self._shared_until = now + _SHARED
        if len(self._late) >= _MOST:
            self._late.clear()
        self._late[key] = now + _FRESH
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
        self._taken: Handed | None = None
        self._made: tuple[Any, str, bool] | None = None

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
        taken = self._taken = self._turns.handed(key)
        return taken

    def made(self, plural: str, id: str, one: Any, document: str, *, lasting: bool) -> None:
        """Note what this unit makes of a record; ``lasting``: it tells nothing of a person."""
        if self._trusting and self._key == (self._tenant, plural, id):
            self._made = (one, document, lasting)

    def end(self, *, kept: bool) -> None:
        """Let the next unit have its turn, and hand on what this one has made of the record, if it was kept."""
        key, made = self._key, self._made
        if key is not None and made is not None:
            if kept:
                one, document, lasting = made
                self._turns.hand(key, one, document, lasting=lasting)
            else:
                self._turns.wrong(key, self._taken)
        lane, self._lane = self._lane, None
        if lane is not None:
            lane.release()
