"""One posting, from the wallet that is read to be changed to the events that tell of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

import attrs

from customercore.domain.actor import System
from customercore.domain.entry import CAPTURE, CREDIT, DEBIT, EXPIRY, HOLD, REFUND, TRANSFER, VOID, Entry
from customercore.domain.entry_note import EntryNote
from customercore.domain.event import EVENT_TYPES, Event
from customercore.domain.posting import Occasion, Posted
from customercore.domain.wallet import Wallet
from customercore.errors import IdempotencyConflictError, InvalidValueError, NotFoundError
from customercore.services.contested import contested, lost_race
from customercore.services.context import Context, id_of
from customercore.services.idempotency import Call
from customercore.services.ledger_input import Terms, check_repeated, told
from customercore.services.units import Work

__all__ = ["Asked", "Postings", "Rule", "checked_owner", "stored_entry", "stored_wallet", "told_of", "wallet_id"]


class Answer(Protocol):
    """What a call that posts answers with."""

    @property
    def currency(self) -> str:
        """The wallet's currency."""


A = TypeVar("A", bound=Answer)
Rule = Callable[[Work, Wallet, Occasion], Posted]
"""Decides what is posted to a wallet that is held."""

_EVENTS = {
    CREDIT: "wallet.credited", DEBIT: "wallet.debited", HOLD: "wallet.held", CAPTURE: "wallet.captured",
    VOID: "wallet.voided", REFUND: "wallet.refunded", EXPIRY: "wallet.expired", TRANSFER: "wallet.transferred",
}  # fmt: skip

_BATCH = 1_000
_AMOUNTS = ("amount", "total", "credit_limit")
_WORDS = ("reason", "reference", "about")
"""What an event tells of an entry as it stands there, if it is there."""


@attrs.frozen(slots=False)
class Asked:
    """A call as it came: by its operation, its terms, its idempotency key and what else tells it from others."""

    operation: str
    terms: Terms
    key: str | None
    arguments: Mapping[str, object]

    def told(self) -> dict[str, object]:
        """Return all that two calls are compared by: the same amount in another form is the same."""
        given = {name: told(value) if name in _AMOUNTS else value for name, value in self.arguments.items()}
        return {**given, "terms": attrs.asdict(self.terms)}


class Postings:
    """Runs a rule of the ledger on a wallet, in one unit with its events, its note and its idempotency key."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def occasion(self, terms: Terms, *, id: str | None = None) -> Occasion:
        """Return who posts now; the id and the time are fixed here, before the first try."""
        new = self._context.identifiers.new
        now = self._context.clock.now()
        return Occasion(id or new(), now, self._context.actor, new, terms.reason, terms.reference)

    def post(self, asked: Asked, wallet: str | Callable[[Work], str], rule: Rule) -> Entry:
        """Post what a rule decides and return the entry asked for; a lost race over the wallet runs it again."""
        terms, occasion = asked.terms, self.occasion(asked.terms)

        def use_case(work: Work) -> Entry:
            was = self.held(work, wallet if isinstance(wallet, str) else wallet(work), terms)
            return self.keep(work, was, rule(work, was, occasion), terms).asked

        return self.write(asked, use_case, occasion.id, stored_entry)

    def write(self, asked: Asked, use_case: Callable[[Work], A], result: str, again: Callable[[Work, str], A]) -> A:
        """Run a use case that posts, at most once under the caller's key; ``again`` answers from ``result``."""
        given = {} if asked.key is None else asked.told()
        operation = f"balances.{asked.operation}"

        def repeated(work: Work, id: str) -> A:
            try:
                answer = again(work, id)
                for name in _AMOUNTS:
                    check_repeated(asked.arguments.get(name), answer.currency)  # what `told` leaves out
            except InvalidValueError as error:
                raise IdempotencyConflictError(operation) from error
            return answer

        return self._context.write(Call(operation, asked.key, given, result, repeated), use_case)

    @staticmethod
    def held(work: Work, id: str, terms: Terms) -> Wallet:
        """Return the wallet as nobody else changes it until this unit's commit."""
        return checked_owner(work.uow.wallets.get(id, held=True), terms.owner)

    def all_seen(self, work: Work, wallet: Wallet, *, behind: int = 0) -> None:
        """Make sure that all entries behind a number can be read: or raise a retryable ``write_conflict``.

        In a host's transaction with snapshots (MariaDB's default) plain reads are older than the wallet that a lock
        shows. The last entry may be there nevertheless, as one of its own.
        """
        seen = behind if self._context.units.joined else wallet.last_sequence
        while seen < wallet.last_sequence:
            found = work.uow.ledger.entries(wallet.id, after=seen, limit=_BATCH)
            if not found or found[-1].sequence != seen + len(found):
                raise lost_race()
            seen += len(found)

    def keep(self, work: Work, was: Wallet, posted: Posted, terms: Terms) -> Posted:
        """Store what was posted, and record an event for each entry."""
        if posted.entries:
            with contested():
                work.uow.ledger.post(posted.wallet, posted.entries, was=was, deferred=True)
            if terms.note and posted.entry is not None:
                note = EntryNote(id=posted.entry.id, version=1, wallet=was.id, text=terms.note)
                work.uow.entry_notes.add(note)
            work.record(*self.events(posted))
        return posted

    def events(self, posted: Posted) -> list[Event]:
        """Return the events of a posting: one an entry, numbered within the wallet's version by their order."""
        return [
            self.event(posted.wallet, _EVENTS[one.kind], told_of(one)[1], ordinal=at, unasked=posted.unasked(one))
            for at, one in enumerate(posted.entries)
        ]

    def event(
        self,
        wallet: Wallet,
        type: str,
        changes: Mapping[str, tuple[Any, Any]],
        *,
        ordinal: int = 0,
        unasked: bool = False,
    ) -> Event:
        """Return an event of a wallet; its owner is whom it is about. What nobody asked for is the system's."""
        context = self._context
        return Event(
            id=context.identifiers.new(),
            type=type,
            schema=EVENT_TYPES[type],
            aggregate="wallet",
            aggregate_id=wallet.id,
            customer_id=wallet.owner,
            version=wallet.version,
            ordinal=ordinal,
            at=wallet.updated_at,
            actor=System() if unasked else context.actor,
            reason=None if unasked else context.reason,
            changes=changes,
        )


def told_of(entry: Entry) -> tuple[str | None, dict[str, tuple[Any, Any]]]:
    """Return the type and the changes of the event that tells of an entry.

    Sums are minor units, as in `Wallet`. Free text is never among it.
    """
    changes: dict[str, tuple[Any, Any]] = {
        "entry": (None, entry.id),
        "sequence": (entry.sequence - 1, entry.sequence),
        "currency": (None, entry.amount.currency),
    }
    if by := entry.amount.minor:
        changes["posted_minor"] = (entry.balance_after.minor - by, entry.balance_after.minor)
    if by := entry.held.minor:
        changes["held_minor"] = (entry.held_after.minor - by, entry.held_after.minor)
    for name in _WORDS:
        if (word := getattr(entry, name)) is not None:
            changes[name] = (None, word)
    return _EVENTS.get(entry.kind), changes


def checked_owner(wallet: Wallet | None, owner: str | None) -> Wallet:
    """Return a wallet that was read, if it is there and, where an owner is named, that one's.

    Raises `NotFoundError`: ``wallet_not_found``, ``other_owner``.
    """
    if wallet is None:
        raise NotFoundError("wallet_not_found", "there is no such wallet")
    if owner is not None and wallet.owner != owner:
        raise NotFoundError("other_owner", "the owner has no such wallet")
    return wallet


def stored_wallet(work: Work, id: str, owner: str | None = None) -> Wallet:
    """Return the wallet with this id as the unit sees it; see `checked_owner`."""
    return checked_owner(work.uow.wallets.get(id), owner)


def stored_entry(work: Work, id: str) -> Entry:
    """Return the entry with this id, or raise `NotFoundError` (``entry_not_found``)."""
    entry = work.uow.ledger.entry(id)
    if entry is None:
        raise NotFoundError("entry_not_found", "there is no such entry")
    return entry


def wallet_id(wallet: Wallet | str) -> str:
    """Return the id of a wallet given as itself or by its id."""
    return id_of(wallet, "wallet")
