"""Writing off what is due, wallet by wallet: one that cannot be settled does not stand in the way of the others."""

from __future__ import annotations

import logging

from customercore.catalogue.query import Leaf
from customercore.domain.lots import is_due
from customercore.domain.posting import Occasion, Posting
from customercore.domain.report import LISTED, ExpiryReport, Unsettled
from customercore.errors import CustomerCoreError, SchemaError, StorageUnavailableError
from customercore.services.context import Context
from customercore.services.ledger_input import Terms
from customercore.services.postings import Postings
from customercore.services.units import Work
from customercore.services.wallet_pages import wallets_behind

__all__ = ["Expiry"]

_BATCH = 200
_OF_THE_STORE = ("store_closed", "store_damaged")
"""The codes of what no other wallet would fare better with."""
_log = logging.getLogger("customercore")


class Expiry:
    """One run over a tenant's wallets of which something is due, by id, each settled in a unit of its own."""

    def __init__(self, context: Context, postings: Postings, limit: int | None, after: str) -> None:
        self._context = context
        self._postings = postings
        self._due = Leaf("due_at", "le", context.clock.now(), negated=False)
        self._limit = limit
        self._after = after
        self._tried = self._settled = self._entries = self._failed = 0
        self._unsettled: list[Unsettled] = []

    def run(self) -> ExpiryReport:
        """Try each wallet once, at most as many as the limit, and report."""
        more = True
        while more and self._left > 0:
            page = wallets_behind(self._context, self._after, self._left, self._due)
            for id in page.ids:
                self._try(id)
            if page.unreadable is not None:
                self._fails(*page.unreadable)
            more = page.more
        return ExpiryReport(
            wallets=self._settled,
            entries=self._entries,
            failed=self._failed,
            unsettled=tuple(self._unsettled),
            after=self._after if more else None,
        )

    @property
    def _left(self) -> int:
        """How many wallets may be tried yet, of a page at most."""
        return _BATCH if self._limit is None else min(_BATCH, self._limit - self._tried)

    def _try(self, id: str) -> None:
        try:
            entries = self._settle(id)
        except CustomerCoreError as error:
            if self._context.units.joined or _is_of_the_store(error):
                raise
            self._fails(id, error)
        else:
            self._passes(id)
            self._settled += entries > 0
            self._entries += entries

    def _settle(self, id: str) -> int:
        terms, postings = Terms(), self._postings
        occasion: Occasion = postings.occasion(terms)

        def use_case(work: Work) -> int:
            was = work.uow.wallets.get(id, held=True)
            if was is None or not is_due(was.due_at, occasion.at):
                return 0
            return len(postings.keep(work, was, Posting(was, occasion).done(), terms).entries)

        return self._context.units.write(use_case)

    def _fails(self, id: str, error: CustomerCoreError) -> None:
        self._passes(id)
        self._failed += 1
        if self._failed <= LISTED:
            self._unsettled.append(Unsettled(id, error.code, error.message))
        _log.error("wallet %s cannot be settled: %s", id, error)

    def _passes(self, id: str) -> None:
        self._after = id
        self._tried += 1


def _is_of_the_store(error: CustomerCoreError) -> bool:
    return isinstance(error, StorageUnavailableError | SchemaError) or error.code in _OF_THE_STORE
