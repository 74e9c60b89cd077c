"""Wallets and what moves through them: the part of ``core.balances`` that opens, credits and debits."""

from __future__ import annotations

import datetime as dt

from customercore.catalogue.query import Leaf, OrderBy, Query
from customercore.domain.customer import Customer
from customercore.domain.entry import Entry
from customercore.domain.evolving import evolved
from customercore.domain.money import CURRENCIES, Money
from customercore.domain.posting import Occasion, Posted, settled
from customercore.domain.spending import credited, debited
from customercore.domain.wallet import Wallet
from customercore.errors import ConflictError, InvalidValueError
from customercore.services.context import Context
from customercore.services.idempotency import Call
from customercore.services.ledger_input import Given, Terms, amount_of, limit_of, moment_of, party, signed_of
from customercore.services.postings import Asked, Postings, checked_owner, stored_wallet, wallet_id
from customercore.services.units import Work

__all__ = ["Wallets"]

_BY_ID = (OrderBy("id", descending=False, nullable=False),)


class Wallets:
    """The part of ``core.balances`` about wallets, credits and debits.

    A wallet is given as itself or by its id. An amount is `Money`, or a text, Decimal or int in the wallet's
    currency; floats are refused. ``reason`` is a code of the merchant's, ``reference`` the number of an order or
    payment, ``note`` free text, which stands beside the entry and can be erased. With ``owner`` the wallet must be
    that party's. Money that is due is written off before anything else, in the same transaction.

    Every call raises `NotFoundError` (``wallet_not_found``, ``other_owner``) and `InvalidValueError` for what was
    given. A call that raises has stored nothing, and its idempotency key can be used again.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._postings = Postings(context)

    def open(
        self,
        owner: Customer | str,
        *,
        currency: str,
        credit_limit: Given | None = None,
        idempotency_key: str | None = None,
    ) -> Wallet:
        """Open a party's wallet in a currency; several currencies are several wallets.

        The owner is a customer, or any party by its id; whether it exists is not looked at. The credit limit is
        what can be spent beyond the balance, nothing without one. Raises `InvalidValueError`
        (``unknown_currency``), and `DuplicateError` (``duplicate_owner``) when there is one already.
        """
        who, context, stamp = party(owner), self._context, self._context.stamp()
        if not isinstance(currency, str) or currency not in CURRENCIES:
            raise InvalidValueError.of(
                "currency", "unknown_currency", "must be the code of an active ISO 4217 currency"
            )
        limit = 0 if credit_limit is None else limit_of(credit_limit, currency)
        wallet = Wallet(
            id=stamp.id,
            version=1,
            owner=who,
            currency=currency,
            credit_limit_minor=limit,
            floor_minor=-limit,
            created_at=stamp.at,
            updated_at=stamp.at,
        )

        def use_case(work: Work) -> Wallet:
            work.uow.wallets.add(wallet)
            changes = {"currency": (None, currency), "credit_limit": (None, limit)}
            work.record(self._postings.event(wallet, "wallet.opened", changes))
            return wallet

        arguments = {"owner": who, "currency": currency, "credit_limit": limit}
        return context.write(Call("balances.open", idempotency_key, arguments, wallet.id, stored_wallet), use_case)

    def get(self, wallet: Wallet | str, *, owner: Customer | str | None = None) -> Wallet:
        """Return a wallet as it is now: what is due by now counts as written off.

        ``version``, ``last_sequence`` and ``updated_at`` are those of the wallet that is stored.
        """
        id, now, whose = wallet_id(wallet), self._context.clock.now(), None if owner is None else party(owner)
        return _seen(self._context.units.read(lambda work: stored_wallet(work, id, whose)), now)

    def find(self, owner: Customer | str, *, currency: str) -> Wallet:
        """Return a party's wallet in a currency, as it is now, or raise `NotFoundError` (``wallet_not_found``)."""
        key, now = f"{party(owner)}:{currency}", self._context.clock.now()
        found = self._context.units.read(lambda work: checked_owner(work.uow.wallets.by("owner", key), None))
        return _seen(found, now)

    def of(self, owner: Customer | str) -> tuple[Wallet, ...]:
        """Return all of a party's wallets, by currency, as they are now."""
        query = Query(where=Leaf("owner", "eq", party(owner), negated=False), order=_BY_ID)
        now = self._context.clock.now()
        found = self._context.units.read(lambda work: list(work.uow.wallets.find(query).items))
        return tuple(sorted((_seen(one, now) for one in found), key=lambda one: one.currency))

    def available(self, wallet: Wallet | str, *, owner: Customer | str | None = None) -> Money:
        """Return what can be spent now: posted, less held, plus the credit limit; never below zero."""
        return self.get(wallet, owner=owner).available

    def posted(self, wallet: Wallet | str, *, owner: Customer | str | None = None) -> Money:
        """Return the balance now: the sum of all entries; below zero for what the credit limit gave."""
        return self.get(wallet, owner=owner).posted

    def held(self, wallet: Wallet | str, *, owner: Customer | str | None = None) -> Money:
        """Return what open holds set aside now."""
        return self.get(wallet, owner=owner).held

    def credit(
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
    ) -> Entry:
        """Give money: it first repays what is owed, and the rest can be spent until ``expires_at``.

        Raises `InvalidValueError` (``in_the_past``, ``balance_overflow``) beside what the class says.
        """
        id, until = wallet_id(wallet), moment_of("expires_at", expires_at)
        terms = Terms.of(reason=reason, reference=reference, note=note, owner=owner)

        def rule(_: Work, was: Wallet, now: Occasion) -> Posted:
            return credited(was, amount_of(amount, was.currency), now, expires_at=until)

        arguments = {"wallet": id, "amount": amount, "expires_at": until}
        return self._postings.post(Asked("credit", terms, idempotency_key, arguments), id, rule)

    def debit(
        self,
        wallet: Wallet | str,
        amount: Given,
        *,
        reason: str | None = None,
        reference: str | None = None,
        note: str | None = None,
        owner: Customer | str | None = None,
        idempotency_key: str | None = None,
    ) -> Entry:
        """Take money: of the lots that expire soonest, then of the credit limit.

        Raises `InsufficientFundsError` beside what the class says.
        """
        id, terms = wallet_id(wallet), Terms.of(reason=reason, reference=reference, note=note, owner=owner)

        def rule(_: Work, was: Wallet, now: Occasion) -> Posted:
            return debited(was, amount_of(amount, was.currency), now)

        return self._postings.post(Asked("debit", terms, idempotency_key, {"wallet": id, "amount": amount}), id, rule)

    def adjust(
        self,
        wallet: Wallet | str,
        amount: Given,
        *,
        reason: str,
        reference: str | None = None,
        note: str | None = None,
        idempotency_key: str | None = None,
    ) -> Entry:
        """Correct a balance on the merchant's behalf: a positive amount is a credit, a negative one a debit.

        The reason is needed; who acts is recorded as ever. Raises `ConflictError` (``not_for_customers``) when a
        customer acts, and `InsufficientFundsError`: a correction does not take more than is there either.
        """
        id, terms = wallet_id(wallet), Terms.of(reason=reason, reference=reference, note=note)
        if terms.reason is None:
            raise InvalidValueError.of("reason", "required", "is needed")
        if self._context.actor.kind == "customer":
            raise ConflictError("not_for_customers", "only the merchant corrects balances")

        def rule(_: Work, was: Wallet, now: Occasion) -> Posted:
            minor = signed_of(amount, was.currency)
            return credited(was, minor, now) if minor > 0 else debited(was, -minor, now)

        return self._postings.post(Asked("adjust", terms, idempotency_key, {"wallet": id, "amount": amount}), id, rule)


def _seen(stored: Wallet, at: dt.datetime) -> Wallet:
    """Return a wallet as a reader sees it: without what is due, and still the version that can be written to."""
    now = settled(stored, at)
    if now is stored:
        return stored
    return evolved(now, version=stored.version, last_sequence=stored.last_sequence, updated_at=stored.updated_at)
