"""Arguments and options of commands about balances, and how their texts are read."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any, TypeVar

import click

from customercore.cli.customer_commands import found_customer
from customercore.core import CustomerCore
from customercore.domain.actor import BusinessUser
from customercore.errors import InvalidValueError, NotFoundError

__all__ = [
    "MAY_BE_NEGATIVE",
    "acting",
    "by_option",
    "expires_option",
    "is_id",
    "key_option",
    "moment_of",
    "note_option",
    "owner_of",
    "posting_options",
    "reason_option",
    "span_options",
    "wallet_of",
]

F = TypeVar("F", bound=Callable[..., Any])

MAY_BE_NEGATIVE = {"ignore_unknown_options": True}
"""Settings of a command with an amount: ``-5.00`` is one, not an option."""

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

# Options that several commands have.
key_option = click.option(
    "--idempotency-key", metavar="KEY", help="A repeated call with this key takes effect once, and answers the same."
)
# Without an offset a time is UTC.
expires_option = click.option("--expires-at", metavar="TIME", help="ISO 8601; without an offset it is UTC.")
reason_option = click.option("--reason", metavar="CODE", help="Why: a code of yours.")
note_option = click.option("--note", metavar="TEXT", help="Free text beside the entry; it can be erased.")
by_option = click.option("--by", metavar="ID", help="The business user who does it; the platform itself without one.")
_FOLLOWING = (
    reason_option,
    click.option("--reference", metavar="NUMBER", help="The number of an order or a payment."),
    note_option,
    by_option,
    key_option,
)
_SPAN = (
    click.option("--from", "from_", metavar="TIME", help="The first moment that counts; from the beginning without."),
    click.option("--to", metavar="TIME", help="The first moment that does not count; up to now without."),
)


def posting_options(command: F) -> F:
    """Add the options of every command that posts."""
    return _with(_FOLLOWING, command)


def span_options(command: F) -> F:
    """Add ``--from`` and ``--to``."""
    return _with(_SPAN, command)


def moment_of(field: str, text: str | None) -> dt.datetime | None:
    """Return the moment that a text names: ``2026-01-31``, ``2026-01-31T12:00:00+01:00``; UTC without an offset."""
    if text is None:
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise InvalidValueError.of(field, "wrong_type", "must be a moment such as 2026-01-31T12:00:00Z") from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=dt.UTC)


def is_id(text: str) -> bool:
    """Tell whether a text is an id as customers have one."""
    return _ID.fullmatch(text.lower()) is not None


def owner_of(core: CustomerCore, text: str) -> str:
    """Return the id of a wallet's owner: any party's id as it is, or a customer's by e-mail address or code."""
    if is_id(text):
        return text.lower()
    try:
        return found_customer(core, text).id
    except NotFoundError:
        if "@" in text:
            raise
        return text


def wallet_of(core: CustomerCore, text: str) -> str:
    """Return the id of a wallet: as it is given, or of ``OWNER:CURRENCY``."""
    owner, separator, currency = text.rpartition(":")
    if not separator:
        return text
    return core.balances.find(owner_of(core, owner), currency=currency.upper()).id


def acting(core: CustomerCore, by: str | None, why: str | None) -> CustomerCore:
    """Return the core as a business user, where one is named, for the reason that the whole command has."""
    return core if by is None else core.acting_as(BusinessUser(id=by), reason=why)


def _with(options: tuple[Callable[[F], F], ...], command: F) -> F:
    for option in reversed(options):
        command = option(command)
    return command
