"""Writing off what is due, and counting wallets again: a part of ``core.balances``."""

from __future__ import annotations

from collections.abc import Iterator

from customercore.domain.report import ExpiryReport
from customercore.domain.verifying import Fault, Recount, Verdict
from customercore.domain.wallet import Wallet
from customercore.errors import CorruptRecordError, InvalidValueError
from customercore.services.cursors import page_size
from customercore.services.entry_notes import EntryNotes
from customercore.services.expiry import Expiry
from customercore.services.postings import lost_race, stored_wallet, wallet_id
from customercore.services.units import Work
from customercore.services.wallet_pages import wallets_behind

__all__ = ["LedgerChecks"]

_BATCH, _ENTRIES = 200, 1_000


class LedgerChecks(EntryNotes):
    """The part of ``core.balances`` that keeps accounts in order."""

    def expire_due(self, *, limit: int | None = None, after: str = "") -> ExpiryReport:
        """Write off every lot and void every hold that is due, a wallet a transaction, by id; report what was done.

        ``limit`` is how many wallets are tried at most, 1 to 1,000, or None for all; the report's ``after`` is what
        to pass to go on behind them. Workers (`Events.run`) do this too. Nothing depends on it: a wallet settles by
        itself before anything is posted to it. It makes accounts and the liability tell what is true now.

        A wallet that cannot be settled is logged and listed in the report, and the others are settled all the same;
        inside a transaction it is raised, as everything is there. Raises `StorageUnavailableError`; what was
        settled before stays so.
        """
        if limit is not None:
            page_size(limit)
        if not isinstance(after, str):
            raise InvalidValueError.of("after", "wrong_type", "must be the id of a wallet")
        return Expiry(self._context, self._postings, limit, after).run()

    def verify(self, wallet: Wallet | str) -> Verdict:
        """Count a wallet again from its entries, and name the first one that is wrong, and what about it is.

        Sums, numbers, lots, holds, captures and refunds are all made anew. What cannot be read back is wrong too
        (``unreadable``); only inside a transaction it is raised, and so is a gap (as a retryable ``write_conflict``:
        such a one may not see what others have posted). Raises `NotFoundError`.
        """
        id = wallet_id(wallet)
        try:
            verdict = self._context.units.read(lambda work: _counted(work, stored_wallet(work, id)))
        except CorruptRecordError as error:
            if self._context.units.joined:
                raise
            return _unreadable(id, error)
        if self._context.units.joined and verdict.fault is not None and verdict.fault.what == "gap":
            raise lost_race()
        return verdict

    def verify_all(self) -> Iterator[Verdict]:
        """Give a verdict on every wallet of the tenant, by id; each is read in a unit of its own."""
        after, more = "", True
        while more:
            page = wallets_behind(self._context, after, _BATCH)
            yield from map(self.verify, page.ids)
            after, more = page.ids[-1] if page.ids else after, page.more
            if page.unreadable is not None:
                yield _unreadable(*page.unreadable)
                after = page.unreadable[0]


def _unreadable(wallet: str, error: CorruptRecordError) -> Verdict:
    entry = str(error.details.get("id")) if error.details.get("kind") == "entry" else None
    return Verdict(wallet, 0, Fault("unreadable", error.message, entry))


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
