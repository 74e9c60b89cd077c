"""The accounts of one tenant's wallets, as one unit of work sees them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from heapq import nsmallest
from itertools import islice

from customercore.adapters.accounts import oldest_first, totals_of
from customercore.adapters.meanings import lost
from customercore.adapters.memory.revisions import Snapshot
from customercore.adapters.memory.tables import Drafts, Place, Shelf, Tables
from customercore.catalogue.query import Query
from customercore.domain.entry import Entry
from customercore.domain.wallet import Wallet
from customercore.ports.ledger import Total
from customercore.ports.repository import Repository

__all__ = ["MemoryLedger"]

_ALONE: Place = ("", 0)
"""Where an entry stands on the shelf of its id."""
_ACCOUNTS: Shelf = ("accounts", "")
"""The shelf on which there is one entry of each wallet that has any."""


class MemoryLedger:
    """Implements `ports.ledger.Ledger`. A number or an id that is taken dooms the unit."""

    def __init__(
        self, tables: Tables, tenant: str, drafts: Drafts, snapshot: Snapshot, wallets: Repository[Wallet]
    ) -> None:
        self._tables = tables
        self._tenant = tenant
        self._drafts = drafts
        self._snapshot = snapshot
        self._wallets = wallets

    def post(self, wallet: Wallet, entries: Sequence[Entry], *, was: Wallet, deferred: bool = False) -> None:
        """Replace ``was`` by ``wallet``, and append its new entries."""
        self._wallets.save(wallet, was=was)
        for entry in entries:
            places = [*_shelves(entry)]
            if any(self._get(shelf, number) is not None for shelf, number in places[:2]):
                raise self._snapshot.dooming(lost())
            for shelf, number in places:
                self._drafts.entries.setdefault(shelf, {})[number] = entry
        if entries and self._get(_ACCOUNTS, (wallet.id, 0)) is None:
            self._drafts.entries.setdefault(_ACCOUNTS, {})[wallet.id, 0] = entries[0]

    def entry(self, id: str) -> Entry | None:
        """Return one entry, or None."""
        return self._get(("id", id), _ALONE)

    def about(self, id: str) -> list[Entry]:
        """Return the entries that are about this one, oldest first."""
        at, shelf = self._snapshot.reading(), ("about", id)
        found = dict(self._tables.entries(self._tenant, shelf).items(at)) | self._drafts.entries.get(shelf, {})
        return oldest_first(found.values())

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
        found = self._numbered(wallet, range(max(after, 0) + 1, self._newest(wallet) + 1))
        within = (one for one in found if (since is None or one.at >= since) and (until is None or one.at < until))
        return [*islice(within, limit)]

    def back(
        self, wallet: str, *, before: int | None = None, until: dt.datetime | None = None, limit: int = 100
    ) -> list[Entry]:
        """Return at most so many entries of a wallet before a number and before a moment, newest first."""
        newest = self._newest(wallet)
        first = newest if before is None else min(newest, before - 1)
        found = self._numbered(wallet, range(first, 0, -1))
        return [*islice((one for one in found if until is None or one.at < until), limit)]

    def accounts(self, *, after: str = "", limit: int = 100) -> list[str]:
        """Return the ids of at most so many wallets that have entries, behind one, in order."""
        at = self._snapshot.reading()
        found = dict(self._tables.entries(self._tenant, _ACCOUNTS).items(at)) | self._drafts.entries.get(_ACCOUNTS, {})
        return nsmallest(limit, (wallet for wallet, _ in found if wallet > after))

    def totals(self) -> list[Total]:
        """Return the tenant's liability, a line for each currency that has a wallet, by code."""
        return totals_of(self._wallets.stream(Query()))

    def _numbered(self, wallet: str, numbers: Iterable[int]) -> Iterator[Entry]:
        for number in numbers:
            entry = self._get(("wallet", wallet), (wallet, number))
            if entry is not None:
                yield entry

    def _newest(self, wallet: str) -> int:
        """Return a number that no entry of the wallet is above: there are no gaps, so that counting is enough."""
        self._snapshot.reading()
        mine = self._drafts.entries.get(("wallet", wallet), {})
        return max([len(self._tables.entries(self._tenant, ("wallet", wallet))), *(number for _, number in mine)])

    def _get(self, shelf: Shelf, number: Place) -> Entry | None:
        at = self._snapshot.reading()
        mine = self._drafts.entries.get(shelf, {}).get(number)
        return mine or self._tables.entries(self._tenant, shelf).get(number, at)


def _shelves(entry: Entry) -> Iterator[tuple[Shelf, Place]]:
    """Yield the shelves on which an entry stands, and where on each."""
    place = (entry.wallet, entry.sequence)
    yield ("wallet", entry.wallet), place
    yield ("id", entry.id), _ALONE
    if entry.about is not None:
        yield ("about", entry.about), place
