"""What callers give to the ledger: amounts, moments, codes and references, checked."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import attrs

from customercore.domain.kinds import RefusedError, utc
from customercore.domain.money import Money, scaled
from customercore.domain.note import LONGEST_NOTE
from customercore.errors import InvalidValueError
from customercore.services.context import possible_id
from customercore.services.given_texts import given_text

__all__ = [
    "Given",
    "Terms",
    "amount_of",
    "bound_of",
    "check_repeated",
    "just_after",
    "limit_of",
    "moment_of",
    "signed_of",
    "told",
]

Given = Money | str | Decimal | int
"""An amount as callers give it; what is no `Money` is in the wallet's currency. Floats are refused."""

_REASON = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.:\-]{0,63}")
_LONGEST_REFERENCE = 128
_TICK = dt.timedelta(milliseconds=1)


@attrs.frozen(kw_only=True, slots=False)
class Terms:
    """Why something is posted, and for whom: checked by `Terms.of`."""

    reason: str | None = None
    reference: str | None = None
    note: str | None = attrs.field(default=None, repr=False)
    owner: str | None = None

    @classmethod
    def of(
        cls, *, reason: str | None = None, reference: str | None = None, note: str | None = None, owner: object = None
    ) -> Terms:
        """Return the terms; raise `InvalidValueError` (``reason``, ``reference``, ``note``, ``owner``)."""
        if reason is not None and (not isinstance(reason, str) or not _REASON.fullmatch(reason)):
            raise InvalidValueError.of(
                "reason", "invalid_code", "must be a code of 1 to 64 letters, digits and ' _.:-'"
            )
        return cls(
            reason=reason,
            reference=given_text("reference", reference, _LONGEST_REFERENCE),
            note=given_text("note", note, LONGEST_NOTE, lines=True),
            owner=None if owner is None else party(owner),
        )


def party(owner: object) -> str:
    """Return the id of an owner given as itself or by its id; raise `InvalidValueError` (``owner``)."""
    id = possible_id(owner)
    if id is None:
        raise InvalidValueError.of("owner", "wrong_type", "must be a customer, or another party, or its id")
    return id


def moment_of(field: str, given: dt.datetime | None) -> dt.datetime | None:
    """Return a moment in UTC, cut to milliseconds; raise `InvalidValueError` for what is none or has no zone."""
    if given is None:
        return None
    if not isinstance(given, dt.datetime) or given.tzinfo is None:
        raise InvalidValueError.of(field, "wrong_type", "must be a datetime with a time zone")
    try:
        return utc(given)
    except RefusedError as refused:
        raise InvalidValueError(attrs.evolve(one, field=field) for one in refused.problems) from None


def bound_of(field: str, given: dt.datetime | None) -> dt.datetime | None:
    """Return the bound of a span in UTC; raise what `moment_of` does.

    What has whole milliseconds, as entries have, is before the bound just where it is before what was given: so it is
    rounded up.
    """
    moment = moment_of(field, given)
    return moment if moment is None or moment == given else just_after(moment) or moment


def just_after(moment: dt.datetime) -> dt.datetime | None:
    """Return the next moment that an entry can have, None behind the last one."""
    try:
        return moment + _TICK
    except OverflowError:
        return None


def amount_of(given: Given, currency: str, field: str = "amount") -> int:
    """Return an amount above zero in minor units.

    Raises `InvalidValueError`: ``negative``, ``zero``, ``currency_mismatch``, and what `Money` says.
    """
    minor = signed_of(given, currency, field)
    if minor < 0:
        raise InvalidValueError.of(field, "negative", "must be above zero")
    return minor


def limit_of(given: Given, currency: str, field: str = "credit_limit") -> int:
    """Return an amount of zero or more in minor units; raises what `amount_of` does, but not ``zero``."""
    minor = _minor(given, currency, field)
    if minor < 0:
        raise InvalidValueError.of(field, "negative", "must not be below zero")
    return minor


def signed_of(given: Given, currency: str, field: str = "amount") -> int:
    """Return an amount that is not zero in minor units; raises what `amount_of` does, but not ``negative``."""
    minor = _minor(given, currency, field)
    if not minor:
        raise InvalidValueError.of(field, "zero", "must not be zero")
    return minor


def told(given: object) -> int | str | None:
    """Return an amount as it counts when two calls are compared: ``50``, ``"50.00"`` and `Money` of it are the same.

    In which currency it is, `check_repeated` looks at; what can be no amount is like no amount there is.
    """
    if given is None:
        return None
    try:
        return scaled(given)
    except InvalidValueError:
        return "none"


def check_repeated(given: object, currency: str) -> None:
    """Raise `InvalidValueError` unless what a repeated call gives is None, or an amount in this currency."""
    if given is not None:
        _minor(given, currency, "amount")


def _minor(given: Any, currency: str, field: str) -> int:
    try:
        money = given if isinstance(given, Money) else Money(given, currency)
    except InvalidValueError as error:
        raise InvalidValueError(attrs.evolve(one, field=field) for one in error.problems) from None
    if money.currency != currency:
        raise InvalidValueError.of(field, "currency_mismatch", "must be in the wallet's currency")
    return money.minor
