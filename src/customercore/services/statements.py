"""What happened to a wallet's money: entries, statements, balances at a moment, and what is owed in all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import attrs

from customercore.catalogue.query import Position
from customercore.domain.customer import Customer
from customercore.domain.entry import Entry
from customercore.domain.money import Money
from customercore.domain.page import Page
from customercore.domain.wallet import Wallet
from customercore.errors import InvalidValueError
from customercore.ports.ledger import Ledger, Total
from customercore.services.context import id_of
from customercore.services.coverage import Covering
from customercore.services.cursors import decode_values, encode, fingerprint, page_size
from customercore.services.ledger_input import bound_of, just_after, moment_of, party
from customercore.services.postings import stored_entry, stored_wallet, wallet_id
from customercore.services.units import Work

__all__ = ["Statement", "Statements"]

_NUMBER = (("integer", False),)
_BATCH = 1_000


@attrs.frozen
class Statement:
    """A wallet's account from one moment to another: ``opening`` plus all ``entries`` is ``closing``."""

    wallet: str
    currency: str
    from_: dt.datetime | None
    to: dt.datetime | None
    opening: Money
    closing: Money
    held: Money
    """What was held at the end."""
    entries: tuple[Entry, ...] = attrs.field(repr=False)


class Statements(Covering):
    """The part of ``core.balances`` that reads accounts. Nothing here writes."""

    def entry(self, entry: Entry | str) -> Entry:
        """Return an entry by its id, or raise `NotFoundError` (``entry_not_found``)."""
        id = id_of(entry, "entry")
        return self._context.units.read(lambda work: stored_entry(work, id))

    def entries(
        self,
        wallet: Wallet | str,
        *,
        from_: dt.datetime | None = None,
        to: dt.datetime | None = None,
        owner: Customer | str | None = None,
        limit: int = 100,
        cursor: str | None = None,
    ) -> Page[Entry]:
        """Return one page of a wallet's entries, oldest first: those at ``from_`` or later, and before ``to``.

        ``limit`` is 1 to 1,000. What is due has no entry before something is posted, or `expire_due` is run.
        """
        page_size(limit)
        id, since, until = wallet_id(wallet), bound_of("from_", from_), bound_of("to", to)
        whose = None if owner is None else party(owner)
        digest = fingerprint(self._context.tenant, "entries", id, since, until)
        after = 0 if cursor is None else decode_values(cursor, digest, _NUMBER).values[0]

        def use_case(work: Work) -> Page[Entry]:
            stored_wallet(work, id, whose)
            ledger = work.uow.ledger
            found = ledger.entries(id, after=after, since=since, until=until, limit=limit + 1)
            page = found[:limit]
            more = len(found) > limit
            return Page(tuple(page), encode(Position((page[-1].sequence,), page[-1].id), digest) if more else None)

        return self._context.units.read(use_case)

    def statement(
        self,
        wallet: Wallet | str,
        from_: dt.datetime | None = None,
        to: dt.datetime | None = None,
        *,
        owner: Customer | str | None = None,
    ) -> Statement:
        """Return an account from a moment on and before another, with its opening and closing balance.

        Without ``from_`` it begins with the wallet, without ``to`` it ends now. Raises `InvalidValueError`
        (``out_of_order``) when it ends before it begins, and a retryable `ConflictError` (``write_conflict``) in a
        transaction that does not see all of its entries.
        """
        id, since, until = wallet_id(wallet), bound_of("from_", from_), bound_of("to", to)
        if since is not None and until is not None and until < since:
            raise InvalidValueError.of("to", "out_of_order", "must not be before the beginning")
        whose = None if owner is None else party(owner)

        def use_case(work: Work) -> Statement:
            known = stored_wallet(work, id, whose)
            ledger, zero = work.uow.ledger, Money.of_minor(0, known.currency)
            before = ledger.back(id, until=since, limit=1) if since is not None else []
            opening = before[0].balance_after if before else zero
            self._postings.all_seen(work, known, behind=before[0].sequence if before else 0)
            entries = tuple(_all(ledger, known, since, until))
            last = entries[-1:] or tuple(before)
            closing, held = (last[0].balance_after, last[0].held_after) if last else (zero, zero)
            return Statement(id, known.currency, since, until, opening, closing, held, entries)

        return self._context.units.read(use_case)

    def balance_at(self, wallet: Wallet | str, at: dt.datetime, *, owner: Customer | str | None = None) -> Money:
        """Return the posted balance as the entries up to a moment gave it, that moment's included.

        Money that had expired counts as written off from its entry on.
        """
        id, moment = wallet_id(wallet), moment_of("at", at)
        if moment is None:
            raise InvalidValueError.of("at", "required", "is needed")
        whose = None if owner is None else party(owner)

        def use_case(work: Work) -> Money:
            known = stored_wallet(work, id, whose)
            found = work.uow.ledger.back(id, until=just_after(moment), limit=1)
            return found[0].balance_after if found else Money.of_minor(0, known.currency)

        return self._context.units.read(use_case)

    def liability(self) -> tuple[Total, ...]:
        """Return what the tenant owes its wallets' owners, a line for each currency, by code; sums are minor units.

        What is due counts until it is written off: run `expire_due` first.
        """
        return tuple(self._context.units.read(lambda work: work.uow.ledger.totals()))


def _all(ledger: Ledger, wallet: Wallet, since: dt.datetime | None, until: dt.datetime | None) -> Iterator[Entry]:
    """Yield the entries that the wallet had when it was read."""
    after = 0
    while found := ledger.entries(wallet.id, after=after, since=since, until=until, limit=_BATCH):
        yield from (one for one in found if one.sequence <= wallet.last_sequence)
        after = found[-1].sequence
