"""The accounts of wallets, append-only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Protocol

import attrs

from customercore.domain.entry import Entry
from customercore.domain.wallet import Wallet

__all__ = ["Ledger", "Total"]


@attrs.frozen
class Total:
    """What a tenant owes in one currency, in minor units."""

    currency: str
    wallets: int
    credit: int
    """The sum of the posted balances that are above zero."""
    owed: int
    """The sum of those below zero, as a positive number: credit that was given by a limit."""
    held: int


class Ledger(Protocol):
    """Entries of one tenant's wallets, numbered in each wallet by ``sequence`` without a gap, in one unit of work.

    Wallets themselves are a repository; `get` with ``held`` reads one that is to be posted to.
    """

    def post(self, wallet: Wallet, entries: Sequence[Entry], *, was: Wallet, deferred: bool = False) -> None:
        """Replace ``was`` by ``wallet``, whose version is the next, and append its new entries, in their order.

        Raises `StaleVersionError` when the stored version is not that of ``was`` any more, and
        `NotFoundError` (``wallet_not_found``); a number that is taken is a retryable `ConflictError`
        (``write_conflict``), and so is an id. With ``deferred`` all of these may come as such a conflict, with what
        is asked of the unit next or with its commit; then ``was`` must have been read as held.
        """

    def entry(self, id: str) -> Entry | None:
        """Return one entry, or None."""

    def about(self, id: str) -> list[Entry]:
        """Return the entries that are about this one (`Entry.about`), oldest first, then by wallet and number."""

    def entries(
        self,
        wallet: str,
        *,
        after: int = 0,
        since: dt.datetime | None = None,
        until: dt.datetime | None = None,
        limit: int = 100,
    ) -> list[Entry]:
        """Return at most so many entries of a wallet behind the number ``after``, oldest first.

        ``since`` is the first moment that counts, ``until`` the first that does not.
        """

    def back(
        self, wallet: str, *, before: int | None = None, until: dt.datetime | None = None, limit: int = 100
    ) -> list[Entry]:
        """Return at most so many entries of a wallet before a number and before a moment, newest first."""

    def accounts(self, *, after: str = "", limit: int = 100) -> list[str]:
        """Return the ids of at most so many wallets that have entries, behind one id, in order.

        Whether such a wallet is there is not looked at.
        """

    def totals(self) -> list[Total]:
        """Return the tenant's liability, a line for each currency that has a wallet, by code."""
