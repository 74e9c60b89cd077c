"""What the stores share about accounts: the short forms of lots, holds and parts in documents, and liabilities.

A wallet is written and read at each posting: its lots and holds are lists without names, in the order of their fields.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

import attrs

from customercore.domain.entry import Entry, Part
from customercore.domain.wallet import Hold, Lot, Wallet
from customercore.ports.ledger import Total

__all__ = ["Forms", "forms_of", "oldest_first", "totals_of"]


@attrs.frozen
class Forms:
    """How one format of documents holds what wallets and entries are made of."""

    write_parts: Callable[[Iterable[Part]], list[Any]]
    read_parts: Callable[[list[Any]], tuple[Part, ...]]
    write_lots: Callable[[Iterable[Lot]], list[Any]]
    read_lots: Callable[[list[Any]], tuple[Lot, ...]]
    write_holds: Callable[[Iterable[Hold]], list[Any]]
    read_holds: Callable[[list[Any]], tuple[Hold, ...]]


def forms_of(write: Callable[[dt.datetime], Any], read: Callable[[Any], dt.datetime]) -> Forms:
    """Return the forms in a format whose documents hold moments as ``write`` makes them."""

    def written(moment: dt.datetime | None) -> Any:
        return None if moment is None else write(moment)

    def read_back(form: Any) -> dt.datetime | None:
        return None if form is None else read(form)

    def write_parts(parts: Iterable[Part]) -> list[Any]:
        return [[one.lot, one.amount, written(one.expires_at)] for one in parts]

    def read_parts(forms: list[Any]) -> tuple[Part, ...]:
        return tuple([Part(lot, amount, read_back(expires)) for lot, amount, expires in forms])

    def write_lots(lots: Iterable[Lot]) -> list[Any]:
        return [[one.id, one.left, one.held, written(one.expires_at)] for one in lots]

    def read_lots(forms: list[Any]) -> tuple[Lot, ...]:
        lots = [Lot(id=id, left=left, held=held, expires_at=read_back(expires)) for id, left, held, expires in forms]
        return tuple(lots)

    def write_holds(holds: Iterable[Hold]) -> list[Any]:
        return [
            [
                *(one.id, one.wallet, one.amount, one.currency, write_parts(one.parts)),
                *(write(one.created_at), written(one.expires_at), one.reference),
            ]
            for one in holds
        ]

    def read_hold(form: list[Any]) -> Hold:
        id, wallet, amount, currency, parts, created_at, expires_at, reference = form
        return Hold(
            id=id,
            wallet=wallet,
            amount=amount,
            currency=currency,
            parts=read_parts(parts),
            created_at=read(created_at),
            expires_at=read_back(expires_at),
            reference=reference,
        )

    def read_holds(forms: list[Any]) -> tuple[Hold, ...]:
        return tuple([read_hold(form) for form in forms])

    return Forms(write_parts, read_parts, write_lots, read_lots, write_holds, read_holds)


def oldest_first(entries: Iterable[Entry]) -> list[Entry]:
    """Return entries, of one wallet or several, in the order of time, wallet and number."""
    return sorted(entries, key=lambda one: (one.at, one.wallet, one.sequence))


def totals_of(wallets: Iterable[Wallet]) -> list[Total]:
    """Return the liability in each currency that one of the wallets has, by code."""
    sums: dict[str, tuple[int, int, int, int]] = {}
    for one in wallets:
        number, credit, owed, held = sums.get(one.currency, (0, 0, 0, 0))
        posted = one.posted_minor
        sums[one.currency] = (number + 1, credit + max(posted, 0), owed + max(-posted, 0), held + one.held_minor)
    return [Total(currency, *sums[currency]) for currency in sorted(sums)]
