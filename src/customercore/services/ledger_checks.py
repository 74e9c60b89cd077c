"""Writing off what is due, and counting wallets again: a part of ``core.balances``."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from customercore.catalogue.query import All, Leaf, OrderBy, Query
from customercore.domain.lots import is_due
from customercore.domain.posting import Occasion, Posting
from customercore.domain.verifying import Fault, Recount, Verdict
from customercore.domain.wallet import Wallet
from customercore.services.cursors import page_size
from customercore.services.entry_notes import EntryNotes
from customercore.services.ledger_input import Terms
from customercore.services.postings import stored_wallet, wallet_id
from customercore.services.units import Work

__all__ = ["LedgerChecks"]

_BATCH, _ENTRIES = 200, 1_000
_BY_ID = (OrderBy("id", descending=False, nullable=False),)


class LedgerChecks(EntryNotes):
    """The part of ``core.balances`` that keeps accounts in order."""

    def expire_due(self, *, limit: int | None = None) -> int:
        """Write off every lot and void every hold that is due, a wallet a transaction; return how many entries it took.

        ``limit`` is how many wallets at most, 1 to 1,000, or None. Workers (`Events.run`) do this too.
        Nothing depends on it: a wallet settles by itself before anything is posted to it. It makes accounts and
        the liability tell what is true now. A wallet that cannot be settled is raised, and those before it stay so.
        """
        if limit is not None:
            page_size(limit)
        due = Leaf("due_at", "le", self._context.clock.now(), negated=False)
        return sum(self._settle(one.id) for one in islice(self._each(due), limit))

    def verify(self, wallet: Wallet | str) -> Verdict:
        """Count a wallet again from its entries, and name the first one that is wrong, and what about it is.

        Sums, numbers, lots, holds, captures and refunds are all made anew. Raises `NotFoundError`.
        """
        id = wallet_id(wallet)
        return self._context.units.read(lambda work: _counted(work, stored_wallet(work, id)))

    def verify_all(self) -> Iterator[Verdict]:
        """Give a verdict on every wallet of the tenant, by id; each is read in a unit of its own."""
        return (self.verify(one) for one in self._each())

    def _each(self, *which: Leaf) -> Iterator[Wallet]:
        """Yield wallets by id, a batch read in a unit of its own."""
        after: str | None = ""
        while after is not None:
            behind = Leaf("id", "gt", after, negated=False)
            wallets = self._batch(Query(where=All((*which, behind)), order=_BY_ID, limit=_BATCH))
            yield from wallets
            after = wallets[-1].id if len(wallets) == _BATCH else None

    def _batch(self, query: Query) -> list[Wallet]:
        return self._context.units.read(lambda work: list(work.uow.wallets.find(query).items))

    def _settle(self, id: str) -> int:
        terms, postings = Terms(), self._postings
        occasion: Occasion = postings.occasion(terms)

        def use_case(work: Work) -> int:
            was = work.uow.wallets.get(id, held=True)
            if was is None or not is_due(was.due_at, occasion.at):
                return 0
            return len(postings.keep(work, was, Posting(was, occasion).done(), terms).entries)

        return self._context.units.write(use_case)


def _counted(work: Work, wallet: Wallet) -> Verdict:
    recount = Recount(wallet)
    fault: Fault | None = None
    while fault is None and recount.counted < wallet.last_sequence:
        most = min(_ENTRIES, wallet.last_sequence - recount.counted)
        found = work.uow.ledger.entries(wallet.id, after=recount.counted, limit=most)
        if not found:
            break  # fewer than the wallet says: that is what differs from it
        fault = recount.add(found)
    return Verdict(wallet.id, recount.counted, fault or recount.against_wallet())
