"""Credit limits, top-ups and moves between wallets: a part of ``core.balances``."""

from __future__ import annotations

import datetime as dt
import uuid

from customercore.domain.customer import Customer
from customercore.domain.entry import Entry
from customercore.domain.spending import credited, limited, received, transferred
from customercore.domain.wallet import Wallet
from customercore.errors import ConflictError, InvalidValueError
from customercore.services.definitions import check_version
from customercore.services.ledger_input import Given, Terms, amount_of, limit_of, moment_of
from customercore.services.postings import Asked, stored_entry, stored_wallet, wallet_id
from customercore.services.units import Work, contested
from customercore.services.wallets import Wallets

__all__ = ["Transfers"]

_TOP_UPS = uuid.UUID("6f1f0d0c-6f6e-4f7e-9d1b-2b1f6f1d7a55")
"""The name space of entries that are named after a payment."""


class Transfers(Wallets):
    """The part of ``core.balances`` about credit limits, top-ups and moves between wallets."""

    def set_credit_limit(
        self,
        wallet: Wallet | str,
        credit_limit: Given,
        *,
        expected_version: int | None = None,
        idempotency_key: str | None = None,
    ) -> Wallet:
        """Say how much can be spent beyond the balance.

        It may be less than what is in use: then nothing can be spent until that much is paid back. Raises
        `StaleVersionError`, and `InvalidValueError` (``balance_overflow``) beside what the class says.
        """
        id, terms, postings = wallet_id(wallet), Terms(), self._postings
        occasion = postings.occasion(terms)

        def use_case(work: Work) -> Wallet:
            was = postings.held(work, id, terms)
            check_version("wallet", was.version, expected_version)
            posted = limited(was, limit_of(credit_limit, was.currency), occasion)
            postings.keep(work, was, posted, terms)
            now = posted.wallet
            if now.credit_limit_minor == was.credit_limit_minor:
                return now
            if not posted.entries:
                with contested():
                    work.uow.wallets.save(now, was=was)
            changes = {"credit_limit": (was.credit_limit_minor, now.credit_limit_minor)}
            work.record(postings.event(now, "wallet.updated", changes, ordinal=len(posted.entries)))
            return now

        told_of = {"wallet": id, "credit_limit": credit_limit, "expected_version": expected_version}
        return postings.write(Asked("set_credit_limit", terms, idempotency_key, told_of), use_case, id, stored_wallet)

    def top_up(
        self,
        wallet: Wallet | str,
        amount: Given,
        *,
        payment: str,
        expires_at: dt.datetime | None = None,
        reason: str | None = None,
        note: str | None = None,
        owner: Customer | str | None = None,
    ) -> Entry:
        """Credit what was paid, once for each payment, for good: the payment's reference names the entry.

        The same payment again answers with the same entry. Raises `ConflictError` (``payment_used``) when it was
        credited to another wallet or with another amount, beside what `credit` raises.
        """
        id, until = wallet_id(wallet), moment_of("expires_at", expires_at)
        terms = Terms.of(reason=reason, reference=payment, note=note, owner=owner)
        if terms.reference is None:
            raise InvalidValueError.of("payment", "required", "is needed")
        postings = self._postings
        occasion = postings.occasion(terms, id=str(uuid.uuid5(_TOP_UPS, terms.reference)))

        def use_case(work: Work) -> Entry:
            was = postings.held(work, id, terms)
            minor = amount_of(amount, was.currency)
            known = work.uow.ledger.entry(occasion.id)
            if known is None:
                return postings.keep(work, was, credited(was, minor, occasion, expires_at=until), terms).asked
            if (known.wallet, known.amount.minor) != (was.id, minor):
                raise ConflictError("payment_used", "this payment has been credited otherwise", entry=known.id)
            return known

        return self._context.units.write(use_case)

    def transfer(
        self,
        wallet: Wallet | str,
        amount: Given,
        *,
        to: Wallet | str,
        reason: str | None = None,
        reference: str | None = None,
        note: str | None = None,
        owner: Customer | str | None = None,
        idempotency_key: str | None = None,
    ) -> Entry:
        """Move money to another wallet in the same currency; it keeps its expiry. Return the entry it left by.

        What the credit limit gives arrives as money that does not expire. Raises `ConflictError`
        (``same_wallet``), `InvalidValueError` (``currency_mismatch``, ``balance_overflow``) and
        `InsufficientFundsError`; ``owner`` is that of the wallet it leaves.
        """
        source, target = wallet_id(wallet), wallet_id(to)
        terms, others = Terms.of(reason=reason, reference=reference, note=note, owner=owner), Terms()
        postings = self._postings
        occasion = postings.occasion(terms)

        def use_case(work: Work) -> Entry:
            if source == target:
                raise ConflictError("same_wallet", "money moves between two wallets")
            # Always in the same order: two units that move money both ways do not wait for each other.
            wallets = {
                id: postings.held(work, id, terms if id == source else others) for id in sorted((source, target))
            }
            was, other = wallets[source], wallets[target]
            out = transferred(was, amount_of(amount, was.currency), occasion, to=other)
            sent = postings.keep(work, was, out, terms)
            postings.keep(work, other, received(other, sent.asked, occasion), others)
            return sent.asked

        told_of = {"wallet": source, "to": target, "amount": amount}
        return postings.write(Asked("transfer", terms, idempotency_key, told_of), use_case, occasion.id, stored_entry)
