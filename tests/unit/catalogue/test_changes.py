"""What an event says of a change, and in which of its two parts."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import attrs
import pytest

from customercore.catalogue.binding import bind
from customercore.catalogue.changes import changes_between
from customercore.catalogue.kinds import built_in_kinds, core_kinds
from customercore.domain.address import Address
from customercore.domain.classification import Flag
from customercore.domain.customer import Customer
from customercore.domain.event import Change
from customercore.domain.field import Privacy, declared, fields_of
from customercore.testing.samples import PLURALS, aggregate_of, catalogue_for_tests, filled

CATALOGUE = catalogue_for_tests()


def changes(was: Any, now: Any) -> tuple[dict[str, Change], dict[str, Change]]:
    return changes_between(CATALOGUE.customers, CATALOGUE.addresses, was, now)


def test_plain_and_personal_values_are_parted() -> None:
    was = Customer(first_name="Ada", customer_type="private")
    now = attrs.evolve(was, first_name="Eve", customer_type="business", flags=frozenset({"vip"}))
    assert changes(was, now) == (
        {"customer_type": ("private", "business"), "flags": ([], ["vip"])},
        {"first_name": ("Ada", "Eve")},
    )


def test_a_new_record_tells_all_it_has() -> None:
    plain, personal = changes(None, Customer(id="1", version=1, email="a@example.com", kind="guest", phones=("1",)))
    assert plain == {"kind": ("registered", "guest")}
    assert personal == {"email": (None, "a@example.com"), "phones": ([], ["1"])}


@pytest.mark.parametrize("name", [one.name for one in fields_of(Customer) if one.name not in ("addresses", "info")])
def test_every_field_is_in_the_part_that_its_declaration_says(name: str) -> None:
    was, now = filled("customers", 1), filled("customers", 2)
    changed = attrs.evolve(was, **{name: getattr(now, name)})
    privacy = CATALOGUE.customers.by_name[name].field.privacy
    plain, personal = changes(was, changed)
    differs = getattr(was, name) != getattr(changed, name)
    assert set(plain) == ({name} if differs and privacy in (Privacy.PLAIN, Privacy.SECRET) else set())
    assert set(personal) == ({name} if differs and privacy is Privacy.PERSONAL else set())


def test_bookkeeping_is_no_change() -> None:
    now = Customer(id="2", version=2, updated_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC), identity_scope="se")
    assert changes(Customer(id="1", version=1), now) == ({}, {})


def test_addresses_are_told_field_by_field_by_their_id() -> None:
    home = Address(id="a", country="SE", city="Lund")
    was = Customer(addresses=(home,))
    now = attrs.evolve(was, addresses=(attrs.evolve(home, city="Malmö", country="NO"), Address(id="b", country="DE")))
    plain, personal = changes(was, now)
    assert personal == {"addresses.a.city": ("Lund", "Malmö")}
    assert plain == {"addresses.a.country": ("SE", "NO"), "addresses.b.country": ("", "DE")}


def test_a_removed_address_is_told_too() -> None:
    home = Address(id="a", country="SE", city="Lund", label="home")
    plain, personal = changes(Customer(addresses=(home,)), Customer())
    assert personal == {"addresses.a.city": ("Lund", None), "addresses.a.label": ("home", None)}
    assert plain == {"addresses.a.country": ("SE", "")}


def test_the_order_of_addresses_is_no_change_of_them() -> None:
    one, other = Address(id="a", country="SE"), Address(id="b", country="SE")
    assert changes(Customer(addresses=(one, other)), Customer(addresses=(other, one))) == ({}, {})


@pytest.mark.parametrize("plural", PLURALS)
def test_values_are_as_json_knows_them(plural: str) -> None:
    aggregate = aggregate_of(plural)
    parts = changes_between(aggregate, CATALOGUE.addresses, filled(plural, 1), filled(plural, 2))
    for part in parts:
        plain = {path: list(pair) for path, pair in part.items()}
        assert json.loads(json.dumps(plain)) == plain


def test_no_personal_value_is_in_the_plain_part() -> None:
    canary = "CANARY"
    texts: dict[str, Any] = {
        one.name: canary
        for one in fields_of(Customer)
        if one.privacy is Privacy.PERSONAL and isinstance(getattr(filled("customers", 1), one.name), str)
    }
    of_address: dict[str, Any] = {
        one.name: canary
        for one in fields_of(Address)
        if one.privacy is Privacy.PERSONAL and isinstance(getattr(filled("customers", 1).addresses[0], one.name), str)
    }
    address = attrs.evolve(Address(id="1", country="SE"), **of_address)
    known = Customer(tags=frozenset({canary}), phones=(canary,), addresses=(address,))
    plain, personal = changes(None, attrs.evolve(known, **texts))
    assert len(texts) > 8
    assert len(of_address) > 8
    assert canary not in repr(plain)
    assert set(texts) | {"tags", "phones"} <= set(personal)


def test_other_aggregates_are_told_likewise() -> None:
    was = Flag(id="1", code="vip", label="VIP")
    assert changes_between(CATALOGUE.flags, CATALOGUE.addresses, was, attrs.evolve(was, label="Very")) == (
        {"label": ("VIP", "Very")},
        {},
    )


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [(None, "canary", (None, "***")), ("canary", "other", ("***", "***")), ("canary", None, ("***", None))],
)
def test_of_a_secret_no_more_is_told_than_that_it_changed(
    was: str | None, now: str | None, told: tuple[str | None, str | None]
) -> None:
    @attrs.frozen(kw_only=True, slots=False)
    class Locker:
        id: str = declared("id", default="", privacy=Privacy.BOOKKEEPING)
        version: int = declared("integer", default=0, privacy=Privacy.BOOKKEEPING)
        key: str | None = declared("text", privacy=Privacy.SECRET)

    kinds = built_in_kinds(check_email=lambda *_, **__: None, email_key=str, check_phone=lambda *_: None)
    lockers = bind(Locker, core_kinds(kinds), name="locker", plural="lockers")
    assert changes_between(lockers, CATALOGUE.addresses, Locker(key=was), Locker(key=now)) == ({"key": told}, {})
