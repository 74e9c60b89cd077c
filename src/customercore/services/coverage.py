"""What a balance covers of an order: a part of ``core.balances``."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Literal, get_args

import attrs

from customercore.domain.customer import Customer
from customercore.domain.entry import Entry
from customercore.domain.holding import authorized, hold_of
from customercore.domain.money import Money
from customercore.domain.posting import Posting, settled
from customercore.domain.spending import debited, in_future
from customercore.domain.wallet import Hold, Wallet
from customercore.errors import InvalidValueError
from customercore.services.holds import Holds
from customercore.services.ledger_input import Given, Terms, limit_of, moment_of
from customercore.services.postings import Asked, stored_wallet, wallet_id
from customercore.services.units import Work

__all__ = ["Coverage", "Covering"]

How = Literal["tell", "hold", "debit"]


@attrs.frozen
class Coverage:
    """How much of an order total a wallet covers, and what remains to be paid otherwise."""

    covered: Money
    remains: Money
    entry: Entry | None = None
    """The hold's or the debit's entry; None where nothing was covered, or only told."""

    @property
    def currency(self) -> str:
        """The wallet's currency."""
        return self.covered.currency

    @property
    def hold(self) -> Hold | None:
        """The hold, where one was made."""
        return hold_of(self.entry) if self.entry is not None and self.entry.held else None


class Covering(Holds):
    """The part of ``core.balances`` that pays orders."""

    def apply_to_order(
        self,
        wallet: Wallet | str,
        order_total: Given,
        *,
        how: How = "tell",
        expires_at: dt.datetime | None = None,
        reason: str | None = None,
        reference: str | None = None,
        note: str | None = None,
        owner: Customer | str | None = None,
        idempotency_key: str | None = None,
    ) -> Coverage:
        """Say how much of an order's total the wallet covers and what remains, and hold or debit that much.

        ``how`` is ``tell`` (nothing is changed), ``hold`` (until ``expires_at``) or ``debit``; decided in one
        transaction, so that what it answers is what was taken. A total of zero is covered. Raises
        `InvalidValueError` (``unknown_choice``) beside what the class says.
        """
        _check(how)
        id, until = wallet_id(wallet), moment_of("expires_at", expires_at)
        terms = Terms.of(reason=reason, reference=reference, note=note, owner=owner)
        postings = self._postings
        if how == "tell":
            return _coverage(self.get(id, owner=terms.owner), order_total)
        occasion = postings.occasion(terms)

        def use_case(work: Work) -> Coverage:
            was = postings.held(work, id, terms)
            coverage = _coverage(settled(was, occasion.at), order_total)
            if not coverage.covered:
                if how == "hold":
                    in_future(until, Posting(was, occasion))  # whether there is something to hold or not
                return coverage
            rule = partial(authorized, expires_at=until) if how == "hold" else debited
            posted = rule(was, coverage.covered.minor, occasion)
            return attrs.evolve(coverage, entry=postings.keep(work, was, posted, terms).asked)

        def again(work: Work, entry_id: str) -> Coverage:
            entry = work.uow.ledger.entry(entry_id)
            total = _total(order_total, stored_wallet(work, id).currency)
            covered = total - total if entry is None else entry.held - entry.amount
            return Coverage(covered, total - covered, entry)

        arguments = {"wallet": id, "total": order_total, "how": how, "expires_at": until}
        return postings.write(Asked("apply_to_order", terms, idempotency_key, arguments), use_case, occasion.id, again)


def _check(how: object) -> None:
    if how not in get_args(How):
        raise InvalidValueError.of("how", "unknown_choice", f"must be one of {', '.join(get_args(How))}")


def _coverage(wallet: Wallet, order_total: Given) -> Coverage:
    total = _total(order_total, wallet.currency)
    covered = min(total, wallet.available)
    return Coverage(covered, total - covered)


def _total(order_total: Given, currency: str) -> Money:
    return Money.of_minor(limit_of(order_total, currency, "order_total"), currency)
