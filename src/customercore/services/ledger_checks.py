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
from customercore.services.postings import stored_wallet, wallet_id
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
        (``unreadable``). Raises `NotFoundError`.
        """
        id = wallet_id(wallet)
        return self._context.units.read(lambda work: _verdict(work, id))

    def verify_all(self) -> Iterator[Verdict]:
        """Give a verdict on every wallet of the tenant, by id; each is read in a unit of its own.

        Inside a transaction a wallet that cannot be read is raised (`CorruptRecordError`).
        """
        after, more = "", True
        while more:
            page = wallets_behind(self._context, after, _BATCH)
            yield from map(self.verify, page.ids)
            after, more = page.ids[-1] if page.ids else after, page.more
            if page.unreadable is not None:
                yield _unreadable(*page.unreadable)
                after = page.unreadable[0]


def _verdict(work: Work, id: str) -> Verdict:
    try:
        wallet = stored_wallet(work, id)
    except CorruptRecordError as error:
        return _unreadable(id, error)
    return _counted(work, wallet)


def _counted(work: Work, wallet: Wallet) -> Verdict:
    recount, most = Recount(wallet), _ENTRIES
    fault: Fault | None = None
    while fault is None and recount.counted < wallet.last_sequence:
        most = min(most, wallet.last_sequence - recount.counted)
        try:
            found = work.uow.ledger.entries(wallet.id, after=recount.counted, limit=most)
        except CorruptRecordError as error:
            fault = _unreadable_entry(error, recount.counted + 1) if most == 1 else None
            most //= 2  # those before it are counted first: one of them may be wrong
            continue
        if not found:
            break  # fewer than the wallet says: that is what differs from it
        fault = recount.add(found)
    return Verdict(wallet.id, recount.counted, fault or recount.against_wallet())


def _unreadable(wallet: str, error: CorruptRecordError) -> Verdict:
    return Verdict(wallet, 0, Fault("unreadable", error.message))


def _unreadable_entry(error: CorruptRecordError, number: int) -> Fault:
    """Return what is wrong with an entry that cannot be read; ``number`` is its own unless the error knows better."""
    id, sequence = error.details.get("id"), error.details.get("sequence")
    return Fault(
        "unreadable",
        error.message,
        id if isinstance(id, str) else None,
        sequence if isinstance(sequence, int) else number,
    )
