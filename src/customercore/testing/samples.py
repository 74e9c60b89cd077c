"""Records of people and shops that do not exist, the same in every run.

They are made from the catalogue: a field that is declared tomorrow is in them tomorrow.
"""

from __future__ import annotations

from typing import Any

import attrs

from customercore.catalogue.aggregate import Aggregate
from customercore.catalogue.bound_field import BoundField
from customercore.domain.actor import System
from customercore.domain.customer import ACTIVE, GUEST, REGISTERED, Customer
from customercore.domain.delivery import Delivery
from customercore.domain.entry import CREDIT, Entry
from customercore.domain.event import Event
from customercore.domain.money import Money
from customercore.domain.record import Counter
from customercore.domain.shop import Shop
from customercore.domain.wallet import Wallet
from customercore.testing.sample_catalogue import (
    PLURALS,
    aggregate_of,
    catalogue_for_tests,
    definitions_for_tests,
)
from customercore.testing.sample_values import HARD_TEXTS, identifier, moment, value_of

__all__ = [
    "HARD_TEXTS",
    "PLURALS",
    "aggregate_of",
    "bare",
    "catalogue_for_tests",
    "claiming",
    "counter",
    "crowd",
    "customer",
    "definitions_for_tests",
    "delivery",
    "entry",
    "event",
    "filled",
    "holding",
    "identifier",
    "moment",
    "next_version",
    "sharing",
    "shop",
    "value_of",
    "wallet",
]


def _value(aggregate: Aggregate[Any], field: BoundField, number: int) -> Any:
    """Return a value for a field; one that is a truth when it is empty holds truths, whatever its kind admits."""
    return number % 2 == 0 if isinstance(aggregate.empty[field.name], bool) else value_of(field, number)


def filled(plural: str, number: int) -> Any:
    """Return a record with a value in every declared field."""
    aggregate = aggregate_of(plural)
    values = {
        one.name: _value(aggregate, one, number + place)
        for place, one in enumerate(aggregate.fields)
        if not one.field.derived
    }
    return _sound(aggregate.type(**{**values, "id": identifier(number), "version": 1}))


def _sound(one: Any) -> Any:
    """Return a record that is within what databases check: a wallet owes no more than it may."""
    if not isinstance(one, Wallet):
        return one
    held, floor = max(0, one.held_minor), min(0, one.floor_minor)
    return attrs.evolve(one, held_minor=held, floor_minor=floor, posted_minor=max(one.posted_minor, held + floor))


def bare(plural: str, number: int) -> Any:
    """Return a record with nothing but what makes it one: every other field is empty."""
    aggregate = aggregate_of(plural)
    codes = {"code": f"bare-{number}"} if aggregate.empty.get("code") == "" else {}
    return aggregate.type(id=identifier(number), version=1, **codes)


_KEY_FIELDS = {
    ("customers", "till"): ("email", "shop"),
    ("info_types", "key"): ("key", "applies_to"),
    ("templates", "key"): ("message", "shop", "language"),
    ("wallets", "owner"): ("owner", "currency"),
}
"""The fields that a unique key is made of, where it is not the field of its name."""


def claiming(plural: str, number: int, unique: str = "") -> Any:
    """Return a filled record that holds a unique key of its aggregate, or else as many as one record can hold."""
    one = filled(plural, number)
    if plural != "customers":
        return one
    if unique == "till":
        return attrs.evolve(one, status=ACTIVE, kind=GUEST, at_till=True)
    return attrs.evolve(one, status=ACTIVE, kind=REGISTERED, identity_scope="")


def holding(plural: str, number: int, unique: str, owner: Any) -> Any:
    """Return a record that differs from the owner's in everything but one unique key."""
    return sharing(plural, claiming(plural, number, unique), unique, owner)


def sharing(plural: str, one: Any, unique: str, owner: Any) -> Any:
    """Return the record with the owner's values in the fields that a unique key is made of."""
    names = _KEY_FIELDS.get((plural, unique), (unique,))
    return attrs.evolve(one, **{name: getattr(owner, name) for name in names})


def crowd(plural: str, size: int) -> list[Any]:
    """Return records with few different values in each field, and gaps where a field may be empty.

    Their order says nothing, not even about their ids.
    """
    aggregate = aggregate_of(plural)
    uniques = {_KEY_FIELDS.get((plural, unique.name), (unique.name,))[0] for unique in aggregate.uniques}
    many = []
    for number in range(size):
        values = {}
        for place, field in enumerate(aggregate.fields):
            if field.field.derived:
                continue
            turn = (number * 7 + place * 5) % 11
            if turn < 3 and (field.nullable or field.kind.many):
                values[field.name] = aggregate.empty[field.name]
            else:
                values[field.name] = _value(aggregate, field, number if field.name in uniques else turn)
        many.append(_sound(aggregate.type(**{**values, "id": identifier(number * 37 % 101)})))
    return many


def customer(number: int, **values: Any) -> Customer:
    """Return a registered customer who has an e-mail address and a name."""
    given: dict[str, Any] = {
        "id": identifier(number),
        "version": 1,
        "email": f"person{number}@example.com",
        "first_name": "Ada",
        "last_name": f"Lovelace {number}",
        "created_at": moment(number),
        "updated_at": moment(number),
    }
    return Customer(**{**given, **values})


def shop(number: int, **values: Any) -> Shop:
    """Return a shop."""
    given: dict[str, Any] = {"id": identifier(number), "version": 1, "code": f"shop{number}"}
    return Shop(**{**given, **values})


def counter(name: str, **values: Any) -> Counter:
    """Return a number range."""
    return Counter(**{"id": name, "version": 1, **values})


def next_version(one: Any, **changes: Any) -> Any:
    """Return the record changed, as its next version."""
    return attrs.evolve(one, version=one.version + 1, **changes)


def event(version: int, ordinal: int = 0, **values: Any) -> Event:
    """Return an event of customer 1."""
    given: dict[str, Any] = {
        "id": identifier(version * 100 + ordinal),
        "type": "customer.updated",
        "aggregate": "customer",
        "aggregate_id": identifier(1),
        "version": version,
        "ordinal": ordinal,
        "at": moment(version),
        "actor": System(),
    }
    return Event(**{**given, **values})


def wallet(number: int, **values: Any) -> Wallet:
    """Return an empty wallet in kronor."""
    given: dict[str, Any] = {
        "id": identifier(number),
        "version": 1,
        "owner": identifier(number),
        "currency": "SEK",
        "created_at": moment(1),
        "updated_at": moment(1),
    }
    return Wallet(**{**given, **values})


def entry(number: int, *, of: int = 1, **values: Any) -> Entry:
    """Return a credit of 1.00 SEK: the entry of wallet ``of`` with this number, in the hour of the number."""
    given: dict[str, Any] = {
        "id": identifier(of * 10_000 + number),
        "wallet": identifier(of),
        "sequence": number,
        "kind": CREDIT,
        "amount": Money(1, "SEK"),
        "balance_after": Money(number, "SEK"),
        "held": Money(0, "SEK"),
        "held_after": Money(0, "SEK"),
        "at": moment(number),
        "actor": System(),
    }
    return Entry(**{**given, **values})


def delivery(version: int, ordinal: int = 0, *, of: int = 1, **values: Any) -> Delivery:
    """Return the delivery of an event of customer ``of`` to a subscriber, waiting since the event."""
    given: dict[str, Any] = {
        "subscriber": "crm",
        "event_id": identifier(of * 10_000 + version * 100 + ordinal),
        "type": "customer.updated",
        "aggregate": "customer",
        "aggregate_id": identifier(of),
        "version": version,
        "ordinal": ordinal,
        "at": moment(1),
        "due": moment(1),
    }
    return Delivery(**{**given, **values})
