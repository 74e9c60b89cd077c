"""The accounts of wallets: a key for each entry, in the order of its number, and others that lead to it."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from heapq import nsmallest
from itertools import islice

from customercore.adapters.accounts import UNREADABLE, oldest_first, totals_of, unreadable_entry
from customercore.adapters.key_value.view import View, key_of
from customercore.adapters.meanings import lost
from customercore.adapters.records import dump_entry, load_entry
from customercore.catalogue.query import Query
from customercore.domain.entry import Entry
from customercore.domain.wallet import Wallet
from customercore.ports.ledger import Total
from customercore.ports.repository import Repository

__all__ = ["KeyValueLedger", "tenants_with_due_wallets"]

_DUE = key_of("due wallets")
"""Before the key of each wallet of any tenant of which something will be due: the tenant, and when."""


def tenants_with_due_wallets(view: View, now: dt.datetime) -> list[str]:
    """Return the tenants with a wallet of which something is due: `ports.store.Store.due_wallets`."""
    found = (value.decode().split(" ") for _, value in view.under(_DUE))
    return sorted({tenant for tenant, moment in found if dt.datetime.fromisoformat(moment) <= now})


class KeyValueLedger:
    """Implements `ports.ledger.Ledger`. There are no gaps: the newest entry is the last whose key is there."""

    def __init__(self, tenant: str, view: View, wallets: Repository[Wallet]) -> None:
        self._tenant = tenant
        self._view = view
        self._wallets = wallets

    def post(self, wallet: Wallet, entries: Sequence[Entry], *, was: Wallet, deferred: bool = False) -> None:
        """Replace ``was`` by ``wallet``, and append its new entries."""
        self._view.writing()
        self._wallets.save(wallet, was=was)
        if wallet.due_at != was.due_at:
            due = None if wallet.due_at is None else f"{self._tenant} {wallet.due_at.isoformat()}".encode()
            self._view.put(_DUE + key_of(self._tenant, wallet.id), due, lost)
        known = key_of("accounts", self._tenant) + key_of(wallet.id)
        if entries and self._view.get(known) is None:
            self._view.put(known, wallet.id.encode(), lost)
        for entry in entries:
            place, by_id = self._place(entry.wallet, entry.sequence), self._by_id(entry.id)
            if self._view.get(place) is not None or self._view.get(by_id) is not None:
                raise self._view.dooming(lost())
            self._view.put(place, dump_entry(entry), lost)
            self._view.put(by_id, place, lost)
            if entry.about is not None:
                self._view.put(self._about(entry.about) + key_of(entry.id), place, lost)

    def entry(self, id: str) -> Entry | None:
        """Return one entry, or None."""
        place = self._view.get(self._by_id(id))
        return None if place is None else self._at(place)

    def about(self, id: str) -> list[Entry]:
        """Return the entries that are about this one, oldest first."""
        found = (self._at(place) for _, place in self._view.under(self._about(id)))
        return oldest_first(one for one in found if one is not None)

    def entries(
        self,
        wallet: str,
        *,
        after: int = 0,
        since: dt.datetime | None = None,
        until: dt.datetime | None = None,
        limit: int = 100,
    ) -> list[Entry]:
        """Return at most so many entries of a wallet behind the number ``after``, oldest first."""
        end = self._newest(wallet) + 1
        first = max(after + 1, 1 if since is None else self._since(wallet, since, end))
        last = end if until is None else self._since(wallet, until, end)
        return [*islice(self._numbered(wallet, range(first, last)), limit)]

    def back(
        self, wallet: str, *, before: int | None = None, until: dt.datetime | None = None, limit: int = 100
    ) -> list[Entry]:
        """Return at most so many entries of a wallet before a number and before a moment, newest first."""
        end = self._newest(wallet) + 1
        last = end if until is None else self._since(wallet, until, end)
        first = last if before is None else min(last, before)
        return [*islice(self._numbered(wallet, range(first - 1, 0, -1)), limit)]

    def accounts(self, *, after: str = "", limit: int = 100) -> list[str]:
        """Return the ids of at most so many wallets that have entries, behind one, in order."""
        found = (wallet.decode() for _, wallet in self._view.under(key_of("accounts", self._tenant)))
        return nsmallest(limit, (wallet for wallet in found if wallet > after))

    def totals(self) -> list[Total]:
        """Return the tenant's liability, a line for each currency that has a wallet, by code."""
        return totals_of(self._wallets.stream(Query()))

    def _newest(self, wallet: str) -> int:
        beyond = 1
        while self._view.get(self._place(wallet, beyond)) is not None:
            beyond *= 2
        numbers = range(1, beyond)
        return bisect_left(numbers, True, key=lambda one: self._view.get(self._place(wallet, one)) is None)  # noqa: FBT003  whether it is missing

    def _since(self, wallet: str, since: dt.datetime, end: int) -> int:
        """Return the number of the first entry at a moment or later: numbers and moments rise together."""

        def late(number: int) -> bool:
            entry = self._at(self._place(wallet, number))
            return entry is None or entry.at >= since

        return 1 + bisect_left(range(1, end), True, key=late)  # noqa: FBT003  whether it is late enough

    def _numbered(self, wallet: str, numbers: Iterable[int]) -> Iterator[Entry]:
        for number in numbers:
            entry = self._at(self._place(wallet, number))
            if entry is not None:
                yield entry

    def _at(self, place: bytes) -> Entry | None:
        value = self._view.get(place)
        try:
            return None if value is None else load_entry(value)
        except UNREADABLE as error:
            raise unreadable_entry(None, int.from_bytes(place[-8:])) from error

    def _place(self, wallet: str, number: int) -> bytes:
        return key_of("entries", self._tenant, wallet) + number.to_bytes(8)

    def _by_id(self, id: str) -> bytes:
        return key_of("entry", self._tenant, id)

    def _about(self, id: str) -> bytes:
        return key_of("entries about", self._tenant, id)
