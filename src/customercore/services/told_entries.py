"""A wallet's events, beside which its entries are read: each entry has one, and both were written together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from customercore.domain.entry import Entry
from customercore.domain.event import Event
from customercore.domain.verifying import Fault
from customercore.domain.wallet import Wallet
from customercore.errors import CorruptRecordError
from customercore.services.postings import told_of
from customercore.services.units import Work

__all__ = ["ToldEntries"]

_EVENTS = 1_000


class ToldEntries:
    """Goes through the events of a wallet, up to the version that it was read in."""

    def __init__(self, work: Work, wallet: Wallet) -> None:
        self._wallet = wallet
        self._most = wallet.version if isinstance(wallet.version, int) else 0  # a document may say anything
        self._limit: object = None
        self._last: Event | None = None
        self._events = self._all(work)

    def compare(self, entries: Sequence[Entry]) -> Fault | None:
        """Return what is wrong with the first of the next entries of which no event tells so, or another entry's."""
        for entry in entries:
            try:
                event = self._next()
            except CorruptRecordError as error:
                return Fault("event", error.message, entry.id, entry.sequence)
            if event is None or (event.type, event.changes) != told_of(entry) or _who(event) != _who(entry):
                return Fault("event", "its event tells of it otherwise, or there is none", entry.id, entry.sequence)
        return None

    def end(self) -> Fault | None:
        """Return what is wrong behind the last entry: one that is gone, or what else the wallet's last events say."""
        try:
            event = self._next()
        except CorruptRecordError as error:
            return Fault("event", error.message)
        if event is not None:
            entry, number = (event.changes[name][1] for name in ("entry", "sequence"))
            return Fault("event", "an event tells of an entry that is not there", entry, number)
        wallet, last = self._wallet, self._last
        told = None if last is None else (last.version, last.at, last.customer_id, self._limit)
        if told != (wallet.version, wallet.updated_at, wallet.owner, wallet.credit_limit_minor):
            return Fault("event", "the wallet's version, time, owner or credit limit is not what its events say")
        return None

    def _next(self) -> Event | None:
        """Return the next event that tells of an entry."""
        for event in self._events:
            self._last = event
            if "credit_limit" in event.changes:
                self._limit = event.changes["credit_limit"][1]
            if "entry" in event.changes:
                return event
        return None

    def _all(self, work: Work) -> Iterator[Event]:
        after, more = (0, -1), True
        while more:
            found = work.uow.events.of("wallet", self._wallet.id, after=after, limit=_EVENTS)
            yield from (one for one in found if one.version <= self._most)
            more = len(found) == _EVENTS
            after = (found[-1].version, found[-1].ordinal) if found else after


def _who(one: Event | Entry) -> tuple[object, ...]:
    return one.at, one.actor
