"""Money set aside for orders, given back, and what a balance covers of an order: a part of ``core.balances``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from customercore.domain.customer import Customer
from customercore.domain.entry import HOLD, Entry
from customercore.domain.holding import authorized, captured, closed_hold, hold_of, voided
from customercore.domain.posting import EXPIRED, Occasion, Posted
from customercore.domain.refunding import GRACE, refunded
from customercore.domain.wallet import Hold, Wallet
from customercore.errors import InvalidValueError, NotFoundError
from customercore.services.context import id_of
from customercore.services.ledger_input import Given, Terms, amount_of, moment_of
from customercore.services.postings import Asked, stored_entry, wallet_id
from customercore.services.transfers import Transfers
from customercore.services.units import Work

__all__ = ["Holds"]

_LONGEST_GRACE, _TICK = dt.timedelta(days=3_653), dt.timedelta(milliseconds=1)


class Holds(Transfers):
    """The part of ``core.balances`` about holds and refunds. A hold is given as itself or by its id."""

    def authorize(
        self,
        wallet: Wallet | str,
        amount: Given,
        *,
        expires_at: dt.datetime | None = None,
        reason: str | None = None,
        reference: str | None = None,
        note: str | None = None,
        owner: Customer | str | None = None,
        idempotency_key: str | None = None,
    ) -> Hold:
        """Set money aside, until it is captured or voided, or until ``expires_at``; held money does not expire.

        Raises `InsufficientFundsError`, and `InvalidValueError` (``in_the_past``) beside what the class says.
        """
        id, until = wallet_id(wallet), moment_of("expires_at", expires_at)
        terms = Terms.of(reason=reason, reference=reference, note=note, owner=owner)

        def rule(_: Work, was: Wallet, now: Occasion) -> Posted:
            return authorized(was, amount_of(amount, was.currency), now, expires_at=until)

        arguments = {"wallet": id, "amount": amount, "expires_at": until}
        return hold_of(self._postings.post(Asked("authorize", terms, idempotency_key, arguments), id, rule))

    def capture(
        self,
        hold: Hold | str,
        amount: Given | None = None,
        *,
        keep_open: bool = False,
        reason: str | None = None,
        reference: str | None = None,
        note: str | None = None,
        owner: Customer | str | None = None,
        idempotency_key: str | None = None,
    ) -> Entry:
        """Take what is held, or a part of it; the rest is released, unless the hold is kept open.

        The entry has the hold's reference where none is given. Raises `NotFoundError` (``hold_not_found``) and
        `ConflictError`: ``over_hold``, ``hold_captured``, ``hold_voided``, ``hold_expired``.
        """
        id, terms = id_of(hold, "hold"), Terms.of(reason=reason, reference=reference, note=note, owner=owner)

        def rule(work: Work, was: Wallet, now: Occasion) -> Posted:
            minor = None if amount is None else amount_of(amount, was.currency)
            return self._open(work, was, id, captured(was, id, minor, now, keep_open=keep_open))

        arguments = {"hold": id, "amount": amount, "keep_open": keep_open}
        return self._postings.post(Asked("capture", terms, idempotency_key, arguments), _wallet_of(hold, id), rule)

    def void(
        self,
        hold: Hold | str,
        *,
        reason: str | None = None,
        note: str | None = None,
        owner: Customer | str | None = None,
        idempotency_key: str | None = None,
    ) -> Entry:
        """Release what is left of a hold; what has expired meanwhile is written off with it.

        Raises `NotFoundError` (``hold_not_found``), and `ConflictError` (``hold_captured``, ``hold_voided``,
        ``hold_expired``) for a hold that is not open any more: then nothing moves. The reason ``expired`` is the
        ledger's own, and refused.
        """
        id, terms = id_of(hold, "hold"), Terms.of(reason=reason, note=note, owner=owner)
        if terms.reason == EXPIRED:
            raise InvalidValueError.of("reason", "invalid_code", "'expired' is what a hold has that ran out by itself")

        def rule(work: Work, was: Wallet, now: Occasion) -> Posted:
            return self._open(work, was, id, voided(was, id, now))

        return self._postings.post(Asked("void", terms, idempotency_key, {"hold": id}), _wallet_of(hold, id), rule)

    def refund(
        self,
        entry: Entry | str,
        amount: Given | None = None,
        *,
        grace: dt.timedelta = GRACE,
        reason: str | None = None,
        reference: str | None = None,
        note: str | None = None,
        owner: Customer | str | None = None,
        idempotency_key: str | None = None,
    ) -> Entry:
        """Give back what a debit or a capture took, or a part of it, to the lots that it came from.

        What was taken last goes back first: the credit limit's part, then the lots that expire latest. A lot that
        has expired since can be spent again for ``grace``, thirty days unless said otherwise. Raises
        `NotFoundError` (``entry_not_found``) and `ConflictError`: ``not_refundable``, ``over_refund``,
        ``fully_refunded``.
        """
        id, terms = id_of(entry, "entry"), Terms.of(reason=reason, reference=reference, note=note, owner=owner)
        if not isinstance(grace, dt.timedelta) or not dt.timedelta(0) <= grace <= _LONGEST_GRACE:
            raise InvalidValueError.of("grace", "out_of_range", "must be a timedelta of zero to ten years")
        grace -= grace % _TICK

        def rule(work: Work, was: Wallet, now: Occasion) -> Posted:
            taken = stored_entry(work, id)
            if taken.wallet != was.id:
                raise NotFoundError("entry_not_found", "the wallet has no such entry")
            about = work.uow.ledger.about(id)
            self._postings.all_seen(work, was, behind=taken.sequence)
            minor = None if amount is None else amount_of(amount, was.currency)
            return refunded(was, taken, about, minor, now, grace=grace)

        arguments = {"entry": id, "amount": amount, "grace": str(grace)}
        wallet = entry.wallet if isinstance(entry, Entry) else _entrys_wallet(id)
        return self._postings.post(Asked("refund", terms, idempotency_key, arguments), wallet, rule)

    def _open(self, work: Work, was: Wallet, id: str, posted: Posted | None) -> Posted:
        """Return what was posted about an open hold; for one that is not open, say why."""
        if posted is None:
            self._postings.all_seen(work, was)
            raise closed_hold(_hold_entry(work, id), work.uow.ledger.about(id))
        return posted


def _wallet_of(hold: Hold | str, id: str) -> str | Callable[[Work], str]:
    return hold.wallet if isinstance(hold, Hold) else lambda work: _hold_entry(work, id).wallet


def _entrys_wallet(id: str) -> Callable[[Work], str]:
    return lambda work: stored_entry(work, id).wallet


def _hold_entry(work: Work, id: str) -> Entry:
    entry = work.uow.ledger.entry(id)
    if entry is None or entry.kind != HOLD:
        raise NotFoundError("hold_not_found", "there is no such hold")
    return entry
