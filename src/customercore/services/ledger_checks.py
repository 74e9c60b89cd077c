"""Writing off what is due, and counting wallets again: a part of ``core.balances``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import partial

from customercore.domain.report import ExpiryReport
from customercore.domain.verifying import Verdict
from customercore.domain.wallet import Wallet
from customercore.errors import InvalidValueError, NotFoundError
from customercore.services.contested import lost_race
from customercore.services.cursors import page_size
from customercore.services.entry_notes import EntryNotes
from customercore.services.expiry import Expiry
from customercore.services.postings import wallet_id
from customercore.services.units import Work
from customercore.services.verdicts import verdict_on
from customercore.services.wallet_pages import wallets_behind

__all__ = ["LedgerChecks"]

_BATCH = 200


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

        Sums, numbers, lots, holds, captures and refunds are all made anew, each entry is compared with its event, and
        the wallet with what it is found by. What cannot be read back is wrong too (``unreadable``), and so is an
        entry whose wallet is gone (``orphaned``). A credit whose reason is ``gift_card`` and whose reference is that of
        a card is taken for that card's. Raises `NotFoundError` where there is neither; inside a transaction, which may
        not see what others have posted, a gap is raised as a retryable ``write_conflict``.
        """
        id, wallets = wallet_id(wallet), self._context.catalogue.wallets
        verdict = self._context.units.read(lambda work: verdict_on(work, wallets, id))
        if self._context.units.joined and verdict.fault is not None and verdict.fault.what == "gap":
            raise lost_race()
        return verdict

    def verify_all(self) -> Iterator[Verdict]:
        """Give a verdict on every wallet of the tenant, by id; each is read in a unit of its own.

        Of entries whose wallet is gone there is a verdict, too (``orphaned``).

        Inside a transaction a wallet that cannot be read is raised (`CorruptRecordError`).
        """
        after, more = "", True
        while more:
            page = wallets_behind(self._context, after, _BATCH)
            ids = [*page.ids] if page.unreadable is None else [*page.ids, page.unreadable[0]]
            more = page.more
            for id in sorted({*ids, *self._accounts(after, ids[-1] if more else None)}):
                with suppress(NotFoundError):  # it has gone since, and so have its entries
                    yield self.verify(id)
            after = ids[-1] if more else after

    def _accounts(self, after: str, last: str | None) -> list[str]:
        """Return the wallets that have entries, there or not, behind an id and up to another."""
        found: list[str] = []
        while last is None or after < last:
            page = self._context.units.read(partial(_accounts_behind, after))
            found += [id for id in page if last is None or id <= last]
            if len(page) < _BATCH:
                break
            after = page[-1]
        return found


def _accounts_behind(after: str, work: Work) -> list[str]:
    return work.uow.ledger.accounts(after=after, limit=_BATCH)
