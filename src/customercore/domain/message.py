"""What customers are told, and on which occasion; and one message, whatever channel it goes through."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import attrs

from customercore.domain.customer import ACTIVE, INACTIVE, REGISTERED, Customer
from customercore.domain.event import Event
from customercore.domain.shop import Shop
from customercore.domain.text import unstorable
from customercore.errors import InvalidValueError, Problem

__all__ = ["HEADERS", "OCCASIONS", "VARIABLES", "Message", "Occasion", "values_for"]

HEADERS = frozenset({"auto-submitted", "content-language", "list-unsubscribe", "list-unsubscribe-post", "reply-to"})
"""The headers that a message may have beside those of its channel, in lower case."""
_LONGEST = 998
"""The longest line of a mail (RFC 5322, 2.1.1)."""


def _line(text: object) -> bool:
    return isinstance(text, str) and 0 < len(text) <= _LONGEST and not unstorable(text) and "\n" not in text


@attrs.frozen
class Message:
    """One message to one person. ``id`` is that of the event it is about: a repeated message has the same.

    ``kind`` is its occasion (``customer.welcome``). Nothing in it can end a line of a header: values that
    could are refused with an `InvalidValueError`.
    """

    id: str
    kind: str
    recipient: str = attrs.field(repr=False)
    subject: str = attrs.field(repr=False)
    text: str = attrs.field(repr=False)
    html: str | None = attrs.field(default=None, repr=False)
    headers: Mapping[str, str] = attrs.field(factory=dict, repr=False)

    def __attrs_post_init__(self) -> None:
        lines = {"id": self.id, "kind": self.kind, "recipient": self.recipient, "subject": self.subject}
        problems = [
            Problem(f"message.{name}", "not_a_line", f"must be one line of 1 to {_LONGEST} characters")
            for name, value in {**lines, **self.headers}.items()
            if not _line(value)
        ]
        problems += [
            Problem("message.headers", "unknown_header", f"may only be {', '.join(sorted(HEADERS))}")
            for name in self.headers
            if name.lower() not in HEADERS
        ]
        if problems:
            raise InvalidValueError(problems)


@attrs.frozen
class Occasion:
    """Something that a customer may be told, when an event of the type ``event`` has happened.

    ``applies`` tells from the event and from the customer as it is now. ``subject`` and ``text`` are the
    plain default, in English, of templates that leave them out.
    """

    event: str
    applies: Callable[[Event, Customer], bool]
    subject: str
    text: str


def _registered(_: Event, customer: Customer) -> bool:
    return customer.kind == REGISTERED and customer.status == ACTIVE


def _inactive(_: Event, customer: Customer) -> bool:
    return customer.status == INACTIVE


def _active(_: Event, customer: Customer) -> bool:
    return customer.status == ACTIVE


def _moved(event: Event, customer: Customer) -> bool:
    return "email" in event.personal and _registered(event, customer)


OCCASIONS: Mapping[str, Occasion] = {
    "customer.welcome": Occasion(
        "customer.created",
        _registered,
        "Welcome",
        "Hello ${customer.full_name},\n\nyou are now a customer of ours.\n",
    ),
    "customer.email_changed": Occasion(
        "customer.updated",
        _moved,
        "Your e-mail address was changed",
        "Hello ${customer.full_name},\n\nfrom now on we write to you at ${customer.email}.\n",
    ),
    "customer.deactivated": Occasion(
        "customer.deactivated",
        _inactive,
        "Your customer account was closed",
        "Hello ${customer.full_name},\n\nyour customer account was closed. Ask us if you did not expect this.\n",
    ),
    "customer.reactivated": Occasion(
        "customer.reactivated",
        _active,
        "Your customer account is open again",
        "Hello ${customer.full_name},\n\nyour customer account is open again.\n",
    ),
}
"""Everything that customers may be told, by the name of its templates."""

_OF_CUSTOMERS = ("code", "email", "first_name", "full_name", "last_name", "salutation", "company_name")
VARIABLES = frozenset({*(f"customer.{name}" for name in _OF_CUSTOMERS), "shop.code", "shop.name"})
"""The variables that every template knows. What is internal to the merchant is none of them."""


def values_for(customer: Customer, shop: Shop | None) -> dict[str, str]:
    """Return the value of each variable; what is missing is an empty text."""
    values = {f"customer.{name}": getattr(customer, name) or "" for name in _OF_CUSTOMERS}
    code, name = ("", "") if shop is None else (shop.code, shop.name or shop.code)
    return {**values, "shop.code": code, "shop.name": name}
