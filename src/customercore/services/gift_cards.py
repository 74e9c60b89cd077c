"""Gift cards: ``core.gift_cards``."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Callable, Mapping

import attrs

from customercore.domain.customer import Customer
from customercore.domain.entry import Entry
from customercore.domain.evolving import evolved
from customercore.domain.gift_card import GiftCard
from customercore.domain.gift_card_code import code_of_bits, normal_code
from customercore.domain.lots import is_due
from customercore.domain.money import Money
from customercore.domain.spending import credited
from customercore.domain.wallet import Wallet
from customercore.errors import ConflictError, InvalidValueError, NotFoundError
from customercore.services.context import Context, Stamp, id_of
from customercore.services.given_texts import given_text
from customercore.services.idempotency import Call
from customercore.services.ledger_input import Terms, amount_of, moment_of
from customercore.services.postings import Postings, stored_entry, wallet_id
from customercore.services.units import Work, contested

__all__ = ["REASON", "GiftCards", "IssuedCard"]

REASON = "gift_card"
"""The reason of the credit that a redeemed card becomes."""
_LONGEST_REFERENCE = 128


@attrs.frozen
class IssuedCard:
    """A card and its code, which is told this once: only its digest is stored."""

    card: GiftCard
    code: str | None = attrs.field(default=None, repr=False)
    """None where a repeated call with an idempotency key is answered: then `GiftCards.resend` gives a new one."""


class GiftCards:
    """Money behind codes. A card is given as itself or by its id; whoever has the code has the money.

    A code is 130 random bits; the store keeps an HMAC of it, with a key of its own.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._postings = Postings(context)

    def issue(
        self,
        amount: Money,
        *,
        expires_at: dt.datetime | None = None,
        reference: str | None = None,
        idempotency_key: str | None = None,
    ) -> IssuedCard:
        """Make a card of this amount; return it and its code. ``reference`` is the number of the order that paid it.

        From ``expires_at`` on it cannot be redeemed, and what was redeemed before expires then too. Raises
        `InvalidValueError` (``amount``, ``expires_at``: ``in_the_past``, ``reference``).
        """
        if not isinstance(amount, Money):
            raise InvalidValueError.of("amount", "wrong_type", "must be Money")
        minor, until = amount_of(amount, amount.currency), moment_of("expires_at", expires_at)
        stamp, code = self._context.stamp(), self._new_code()
        if is_due(until, stamp.at):
            raise InvalidValueError.of("expires_at", "in_the_past", "must be later than now")
        card = GiftCard(
            id=stamp.id,
            version=1,
            code_digest=self._digest(code),
            currency=amount.currency,
            amount_minor=minor,
            expires_at=until,
            reference=given_text("reference", reference, _LONGEST_REFERENCE),
            created_at=stamp.at,
        )

        def use_case(work: Work) -> IssuedCard:
            work.uow.gift_cards.add(card)
            self._tell(work, card, stamp, "gift_card.issued")
            return IssuedCard(card, code)

        arguments = {"amount": str(amount), "expires_at": until, "reference": card.reference}
        return self._write("issue", use_case, arguments, card.id, idempotency_key)

    def get(self, card: GiftCard | str) -> GiftCard:
        """Return a card, or raise `NotFoundError` (``gift_card_not_found``)."""
        id = id_of(card, "gift_card")
        return self._context.units.read(lambda work: _there(work.uow.gift_cards.get(id)))

    def find(self, code: str) -> GiftCard:
        """Return the card with this code; raises what `get` does, and `InvalidValueError` (``mistyped_code``)."""
        digest = self._digest(code)
        return self._context.units.read(lambda work: _there(work.uow.gift_cards.by("code_digest", digest)))

    def redeem(
        self,
        code: str,
        wallet: Wallet | str,
        *,
        owner: Customer | str | None = None,
        idempotency_key: str | None = None,
    ) -> Entry:
        """Credit a card's amount to a wallet in its currency, once however many try; it expires as the card does.

        The entry's reference is the card's id. Raises `InvalidValueError` (``mistyped_code``,
        ``currency_mismatch``), `NotFoundError` (``gift_card_not_found``, ``wallet_not_found``, ``other_owner``)
        and `ConflictError`: ``gift_card_redeemed``, ``gift_card_cancelled``, ``gift_card_expired``.
        """
        id, digest, terms = wallet_id(wallet), self._digest(code), Terms.of(reason=REASON, owner=owner)
        postings, stamp = self._postings, self._context.stamp()
        occasion = postings.occasion(terms)

        def use_case(work: Work) -> Entry:
            card = self._usable(work, _there(work.uow.gift_cards.by("code_digest", digest)).id, stamp)
            if card.code_digest != digest:
                raise _missing()  # a new code was sent in this moment
            was = postings.held(work, id, terms)
            minor = amount_of(Money.of_minor(card.amount_minor, card.currency), was.currency)
            now = attrs.evolve(occasion, reference=card.id)
            posted = postings.keep(work, was, credited(was, minor, now, expires_at=card.expires_at), terms)
            self._save(work, card, stamp, "gift_card.redeemed", wallet=id, redeemed_at=stamp.at)
            return posted.asked

        call = Call("gift_cards.redeem", idempotency_key, {"card": digest, "wallet": id, "owner": terms.owner},
                    occasion.id, stored_entry)  # fmt: skip
        return self._context.write(call, use_case)

    def resend(self, card: GiftCard | str, *, idempotency_key: str | None = None) -> IssuedCard:
        """Give a card a new code, for one that was lost or seen by others; the old one is unknown from then on.

        Raises what `redeem` says of the card itself.
        """
        id, stamp, code = id_of(card, "gift_card"), self._context.stamp(), self._new_code()

        def use_case(work: Work) -> IssuedCard:
            was = self._usable(work, id, stamp)
            return IssuedCard(self._save(work, was, stamp, "gift_card.resent", code_digest=self._digest(code)), code)

        return self._write("resend", use_case, {"card": id}, id, idempotency_key)

    def cancel(self, card: GiftCard | str, *, idempotency_key: str | None = None) -> GiftCard:
        """Make a card worth nothing. Raises `ConflictError` when it was redeemed or cancelled before."""
        id, stamp = id_of(card, "gift_card"), self._context.stamp()

        def use_case(work: Work) -> IssuedCard:
            was = self._usable(work, id, stamp, expired=True)
            return IssuedCard(self._save(work, was, stamp, "gift_card.cancelled", cancelled_at=stamp.at))

        return self._write("cancel", use_case, {"card": id}, id, idempotency_key).card

    def _write(
        self,
        operation: str,
        use_case: Callable[[Work], IssuedCard],
        arguments: Mapping[str, object],
        id: str,
        key: str | None,
    ) -> IssuedCard:
        def again(work: Work, id: str) -> IssuedCard:
            return IssuedCard(_there(work.uow.gift_cards.get(id)))

        return self._context.write(Call(f"gift_cards.{operation}", key, arguments, id, again), use_case)

    def _usable(self, work: Work, id: str, stamp: Stamp, *, expired: bool = False) -> GiftCard:
        """Return a card that is still worth something, as nobody else changes it until this unit's commit."""
        card = _there(work.uow.gift_cards.get(id, held=True))
        if card.redeemed_at is not None:
            raise ConflictError("gift_card_redeemed", "the gift card has been redeemed")
        if card.cancelled_at is not None:
            raise ConflictError("gift_card_cancelled", "the gift card has been cancelled")
        if is_due(card.expires_at, stamp.at) and not expired:
            raise ConflictError("gift_card_expired", "the gift card has expired")
        return card

    def _save(self, work: Work, was: GiftCard, stamp: Stamp, type: str, **changes: object) -> GiftCard:
        now = evolved(was, version=was.version + 1, **changes)
        with contested():
            work.uow.gift_cards.save(now, was=was)
        self._tell(work, now, stamp, type, was)
        return now

    def _tell(self, work: Work, now: GiftCard, stamp: Stamp, type: str, was: GiftCard | None = None) -> None:
        """Record what happened to a card; of its code no more than that it is another one."""
        work.record(self._context.event(self._context.catalogue.gift_cards, now, stamp, type=type, was=was))

    def _new_code(self) -> str:
        return code_of_bits(self._context.identifiers.token())

    def _digest(self, code: str) -> str:
        return hmac.new(self._context.secret(), f"gift card\n{normal_code(code)}".encode(), hashlib.sha256).hexdigest()


def _there(card: GiftCard | None) -> GiftCard:
    if card is None:
        raise _missing()
    return card


def _missing() -> NotFoundError:
    return NotFoundError("gift_card_not_found", "there is no such gift card")
