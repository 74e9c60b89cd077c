"""The lots of a wallet: which money is spent first, and where it goes back to.

Every function takes lots in the order they are spent in, the soonest to expire first and those that never
expire last, and returns them so. Amounts are minor units.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

import attrs

from customercore.domain.entry import Part
from customercore.domain.wallet import Lot

__all__ = ["CREDIT_LIMIT", "added", "is_due", "moved", "put_at", "put_back", "repaid", "taken"]

Lots = tuple[Lot, ...]

CREDIT_LIMIT = ""
"""Stands for the credit limit where a lot is named."""


def is_due(expires_at: dt.datetime | None, at: dt.datetime) -> bool:
    """Tell whether a lot or a hold with this expiry has run out: at the very moment it has."""
    return expires_at is not None and expires_at <= at


def taken(lots: Lots, amount: int) -> tuple[Part, ...]:
    """Return the parts that ``amount`` is taken in: unheld money, the soonest to expire first, then the credit limit.

    Nothing is changed yet, and whether the limit allows it is the caller's to know.
    """
    parts = []
    for lot in lots:
        if not amount:
            break
        part = min(amount, lot.left - lot.held)
        if part > 0:
            parts.append(Part(lot.id, part, lot.expires_at))
            amount -= part
    if amount:
        parts.append(Part(CREDIT_LIMIT, amount))
    return tuple(parts)


def moved(lots: Lots, parts: Iterable[Part], *, left: int = 0, held: int = 0) -> Lots:
    """Return the lots with each part added ``left`` times to what is left and ``held`` times to what is held.

    Spending is ``left=-1``, holding ``held=1``, capturing both ``-1``, releasing ``held=-1``.
    """
    amounts: dict[str, int] = {}
    for part in parts:
        amounts[part.lot] = amounts.get(part.lot, 0) + part.amount
    amounts.pop(CREDIT_LIMIT, None)
    if not amounts:
        return lots
    changed = []
    for lot in lots:
        amount = amounts.get(lot.id, 0)
        now = lot.left + left * amount
        if not amount:
            changed.append(lot)
        elif now:
            changed.append(Lot(id=lot.id, left=now, held=lot.held + held * amount, expires_at=lot.expires_at))
    return tuple(changed)


def added(lots: Lots, id: str, amount: int, expires_at: dt.datetime | None) -> tuple[Lots, Part]:
    """Return the lots with money that expires then, and the part that says which lot got it.

    Money that expires together is one lot, so that a wallet which is credited often stays short; without such a
    lot one named ``id`` is made.
    """
    for lot in lots:
        if lot.expires_at == expires_at:
            return moved(lots, [Part(lot.id, amount)], left=1), Part(lot.id, amount, expires_at)
    return _placed(lots, Lot(id=id, left=amount, expires_at=expires_at)), Part(id, amount, expires_at)


def put_back(lots: Lots, part: Part, at: dt.datetime, grace: dt.timedelta) -> tuple[Lots, Part]:
    """Return the lots with a part that comes back to its lot, and the part as it is now.

    A lot that is there and not due gets it as it stands; one that was spent whole is made again, and one that
    has expired is opened again until ``at + grace``.
    """
    known = next((lot for lot in lots if lot.id == part.lot), None)
    if known is not None and not is_due(known.expires_at, at):
        back = Part(part.lot, part.amount, known.expires_at)
        return moved(lots, [back], left=1), back
    if known is None:
        expires_at = at + grace if is_due(part.expires_at, at) else part.expires_at
        return added(lots, part.lot, part.amount, expires_at)
    # What of it is held moves with it: one lot has one expiry.
    back = Part(part.lot, part.amount, at + grace)
    return put_at(lots, back), back


def put_at(lots: Lots, part: Part) -> Lots:
    """Return the lots with the part in its lot, which from now on expires as the part says."""
    known = next((lot for lot in lots if lot.id == part.lot), None)
    if known is None:
        return _placed(lots, Lot(id=part.lot, left=part.amount, expires_at=part.expires_at))
    if known.expires_at == part.expires_at:
        return moved(lots, [part], left=1)
    again = attrs.evolve(known, left=known.left + part.amount, expires_at=part.expires_at)
    return _placed(tuple(lot for lot in lots if lot is not known), again)


def repaid(lots: Lots, owed: int, at: dt.datetime) -> Lots:
    """Return the lots after unheld money that is not due has repaid what is owed, the soonest to expire first.

    So nobody owes money and has some to spend: spending takes lots first, and what becomes free pays at once.
    """
    if owed <= 0:
        return lots
    parts = taken(tuple(lot for lot in lots if not is_due(lot.expires_at, at)), owed)
    return moved(lots, parts, left=-1)


def _placed(lots: Sequence[Lot], one: Lot) -> Lots:
    """Return the lots with one more behind those that do not expire later."""
    if one.expires_at is None:
        return (*lots, one)
    until = one.expires_at
    at = sum(1 for lot in lots if lot.expires_at is not None and lot.expires_at <= until)
    return (*lots[:at], one, *lots[at:])
