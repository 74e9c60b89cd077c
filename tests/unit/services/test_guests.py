"""Guests, and the step at the till that finds or makes the customer of an order."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from customercore import Customer, CustomerCore, where
from customercore.errors import ConflictError, InvalidValueError
from customercore.testing.fakes import FixedClock, SequentialIdentifiers

NAME = {"first_name": "Ada", "last_name": "Lovelace"}
ADA = "ada@example.com"
MakeCore = Callable[..., CustomerCore]


def registered(core: CustomerCore, **fields: Any) -> Customer:
    return core.customers.create(**{"email": ADA, **NAME, **fields})


def everybody(core: CustomerCore) -> list[Customer]:
    return list(core.customers.iterate(where.kind.is_in(["registered", "guest"]), status=None, sort="id"))


def test_a_guest_needs_an_email_and_no_names(core: CustomerCore) -> None:
    guest = core.customers.create_guest(email=" Ada@Example.com ")
    assert (guest.kind, guest.email, guest.customer_type, guest.code) == ("guest", "Ada@Example.com", "guest", None)
    for bad in ({}, {"email": None}, {"email": " "}):
        with pytest.raises(InvalidValueError) as caught:
            core.customers.create_guest(**bad)
        assert [(one.field, one.code) for one in caught.value.problems] == [("email", "required")]


@pytest.mark.parametrize("blank", [None, "", " "])
def test_a_guest_without_a_type_is_of_the_type_guest(core: CustomerCore, blank: str | None) -> None:
    guest = core.customers.create_guest(email=ADA, customer_type=blank)
    assert guest.customer_type == "guest"
    business = core.customers.update(guest, customer_type="business")
    assert core.customers.update(business, customer_type=blank).customer_type == "guest"


def test_guests_take_no_part_in_uniqueness(core: CustomerCore) -> None:
    guests = [core.customers.create_guest(email=ADA, code="G-1") for _ in range(2)]
    owner = registered(core, code="g-1")
    assert len({one.id for one in [*guests, owner]}) == 3
    assert core.customers.by_email(ADA) == core.customers.by_code("G-1") == owner


def test_guests_are_listed_only_when_asked_for(core: CustomerCore) -> None:
    guest, owner = core.customers.create_guest(email=ADA, **NAME), registered(core)
    assert core.customers.search().items == (owner,)
    assert core.customers.search(status="any").items == (owner,)
    assert core.customers.count() == 1
    assert list(core.customers.iterate(where.email == ADA)) == [owner]
    assert core.customers.search(where.kind == "guest").items == (guest,)
    assert core.customers.search(where.kind != "registered").items == (guest,)
    assert core.customers.search(where.kind.is_in(["guest", "registered"]), sort="id").items == (guest, owner)


def test_a_guest_is_changed_like_anybody(core: CustomerCore) -> None:
    guest = core.customers.create_guest(email=ADA)
    assert core.customers.update(guest, last_name="King").last_name == "King"
    assert core.customers.update(guest, last_name=None).last_name is None
    assert core.customers.deactivate(guest).status == "inactive"


def test_a_guest_at_the_till_is_made_once(core: CustomerCore) -> None:
    first = core.customers.at_checkout(ADA, first_name="Ada", phones=["+46 8 123 456 00"])
    assert (first.kind, first.first_name) == ("guest", "Ada")
    again = core.customers.at_checkout(" ADA@EXAMPLE.com", first_name="Somebody Else")
    assert again == first


def test_a_guest_at_the_till_is_the_newest_active_one(core: CustomerCore, clock: FixedClock) -> None:
    guests = []
    for _ in range(3):
        clock.advance(1)
        guests.append(core.customers.create_guest(email=ADA))
    core.customers.deactivate(guests[2])
    assert core.customers.at_checkout(ADA) == guests[1]


def test_a_guest_at_the_till_is_never_the_registered_customer(core: CustomerCore) -> None:
    owner = registered(core)
    guest = core.customers.at_checkout(ADA)
    assert guest.kind == "guest"
    assert guest.id != owner.id


def test_each_shop_has_guests_of_its_own(core: CustomerCore) -> None:
    core.shops.create("se")
    core.shops.create("no")
    guests = [core.customers.at_checkout(ADA, shop=shop) for shop in (None, "se", "NO", "SE", None, "no")]
    assert [one.shop for one in guests] == [None, "se", "no", "se", None, "no"]
    assert len({one.id for one in guests}) == 3


def test_a_customer_at_the_till_is_found_or_made(core: CustomerCore) -> None:
    first = core.customers.at_checkout(ADA, guest=False, **NAME)
    assert (first.kind, first.code) == ("registered", "C0000001")
    assert core.customers.at_checkout("ADA@example.com", guest=False, first_name="Eve", last_name="x") == first
    assert core.customers.at_checkout(ADA, guest=False) == first
    with pytest.raises(InvalidValueError) as caught:
        core.customers.at_checkout("new@example.com", guest=False)
    assert {one.field for one in caught.value.problems} == {"first_name", "last_name"}


def test_one_in_the_bin_is_not_sold_to(core: CustomerCore) -> None:
    core.customers.deactivate(registered(core))
    with pytest.raises(ConflictError) as caught:
        core.customers.at_checkout(ADA, guest=False, **NAME)
    assert (caught.value.code, caught.value.retryable) == ("customer_inactive", False)


def test_values_at_the_till_are_checked_strictly(core: CustomerCore) -> None:
    core.shops.create("se", countries=["SE"])
    doubtful: list[dict[str, Any]] = [
        {"phones": ["none"]},
        {"addresses": [{"country": "SE", "city": "Lund", "line1": "x", "postcode": "nonsense"}]},
        {"addresses": [{"country": "SE"}]},
        {"shop": "se", "addresses": [{"country": "NO", "city": "Oslo", "line1": "x", "postcode": "0150"}]},
    ]
    for fields in doubtful:
        for guest in (True, False):
            with pytest.raises(InvalidValueError):
                core.customers.at_checkout(ADA, guest=guest, **NAME, **fields)
    assert everybody(core) == []


@pytest.mark.parametrize("guest", [True, False])
@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({"email": "nobody", "first_name": 5}, {"email", "first_name"}),
        ({"email": "", "colour": "red"}, {"email", "colour"}),
        ({"email": ADA, "shop": "nope"}, {"shop"}),
        ({"email": ADA, "shop": 5, "first_name": 5}, {"shop", "first_name"}),
        ({"email": {"$gt": ""}, "phones": "x"}, {"email", "phones"}),
        ({"email": "a\ud800@example.com"}, {"email"}),
    ],
)  # fmt: skip
def test_what_is_wrong_at_the_till_is_named_as_it_was_given(
    core: CustomerCore, guest: bool, given: dict[str, Any], fields: set[str]
) -> None:
    with pytest.raises(InvalidValueError) as caught:
        core.customers.at_checkout(guest=guest, **{**({} if guest else NAME), **given})
    assert {one.field for one in caught.value.problems} == fields
    assert everybody(core) == []


@pytest.mark.parametrize("guest", [True, False])
def test_however_many_ask_at_once_there_is_one_customer(core: CustomerCore, guest: bool) -> None:
    start = threading.Barrier(16)

    def order(number: int) -> str:
        start.wait()
        return core.customers.at_checkout("Ada@example.com" if number % 2 else ADA, guest=guest, **NAME).id

    with ThreadPoolExecutor(16) as pool:
        ids = set(pool.map(order, range(16)))
    assert len(ids) == len(everybody(core)) == 1


class MeetingIdentifiers(SequentialIdentifiers):
    """Lets two threads meet each time that either asks for the third id of a call, in the midst of its unit."""

    def __init__(self) -> None:
        super().__init__()
        self._meeting = threading.Barrier(2)
        self._asked = threading.local()

    def new(self) -> str:
        self._asked.count = getattr(self._asked, "count", 0) + 1
        if self._asked.count == 3:
            with contextlib.suppress(threading.BrokenBarrierError):
                self._meeting.wait(timeout=0.3)  # SQLite lets one in at a time: then nobody comes
        return super().new()


@pytest.mark.parametrize("guest", [True, False])
def test_two_who_have_both_looked_in_vain_get_the_same_customer(make: MakeCore, guest: bool) -> None:
    core = make(identifiers=MeetingIdentifiers())
    home = {"country": "SE", "line1": "Storgatan 1", "city": "Lund", "postcode": "222 22"}

    def order(_: int) -> str:
        return core.customers.at_checkout(ADA, guest=guest, addresses=[home], **NAME).id

    with ThreadPoolExecutor(2) as pool:
        ids = set(pool.map(order, range(2)))
    assert len(ids) == len(everybody(core)) == 1
