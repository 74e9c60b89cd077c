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
from customercore.errors import CorruptRecordError
from customercore.ports.ledger import Total

__all__ = ["UNREADABLE", "Forms", "oldest_first", "totals_of", "unreadable_entry"]

UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)
"""What reading an entry raises that holds anything else than was written."""


@attrs.frozen
class Forms:
    """How one format of documents holds what wallets and entries are made of."""

    _write: Callable[[dt.datetime], Any]
    """Makes what a moment is in such documents."""
    _read: Callable[[Any], dt.datetime]

    def _written(self, moment: dt.datetime | None) -> Any:
        return None if moment is None else self._write(moment)

    def _read_back(self, form: Any) -> dt.datetime | None:
        return None if form is None else self._read(form)

    def write_parts(self, parts: Iterable[Part]) -> list[Any]:
        """Return the form of the parts of an entry or a hold."""
        return [[one.lot, one.amount, self._written(one.expires_at)] for one in parts]

    def read_parts(self, forms: list[Any]) -> tuple[Part, ...]:
        """Return the parts of their form."""
        return tuple([Part(lot, amount, self._read_back(expires)) for lot, amount, expires in forms])

    def write_lots(self, lots: Iterable[Lot]) -> list[Any]:
        """Return the form of a wallet's lots."""
        return [[one.id, one.left, one.held, self._written(one.expires_at)] for one in lots]

    def read_lots(self, forms: list[Any]) -> tuple[Lot, ...]:
        """Return the lots of their form."""
        lots = [
            Lot(id=id, left=left, held=held, expires_at=self._read_back(expires)) for id, left, held, expires in forms
        ]
        return tuple(lots)

    def write_holds(self, holds: Iterable[Hold]) -> list[Any]:
        """Return the form of a wallet's holds."""
        return [
            [
                *(one.id, one.wallet, one.amount_minor, one.currency, self.write_parts(one.parts)),
                *(self._write(one.created_at), self._written(one.expires_at), one.reference),
            ]
            for one in holds
        ]

    def read_holds(self, forms: list[Any]) -> tuple[Hold, ...]:
        """Return the holds of their form."""
        return tuple([self._hold(form) for form in forms])

    def _hold(self, form: list[Any]) -> Hold:
        id, wallet, amount, currency, parts, made, expires, reference = form
        return Hold(
            id=id,
            wallet=wallet,
            amount_minor=amount,
            currency=currency,
            parts=self.read_parts(parts),
            created_at=self._read(made),
            expires_at=self._read_back(expires),
            reference=reference,
        )


def unreadable_entry(id: object, sequence: object) -> CorruptRecordError:
    """Return the error for a stored entry that cannot be read back; it is raised from one of `UNREADABLE`."""
    known = None if id is None else str(id)
    number = sequence if isinstance(sequence, int) else None
    return CorruptRecordError(
        "corrupt_record", "a stored entry cannot be read back", kind="entry", id=known, sequence=number
    )


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
