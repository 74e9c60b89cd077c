"""The address book: added to, changed, seen by a shop, printed."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import attrs
import pytest

from customercore import Address, Customer, CustomerActor, CustomerCore, Shop, System
from customercore.errors import InvalidValueError, NotFoundError

BOTH = frozenset({"invoice", "delivery"})
INVOICE, DELIVERY, NONE = frozenset({"invoice"}), frozenset({"delivery"}), frozenset[str]()
HOME = {"line1": "Storgatan 1", "postcode": "222 22", "city": "Lund", "country": "SE"}
WORK = {"line1": "Karl Johans gate 1", "postcode": "0154", "city": "Oslo", "country": "Norway"}


@pytest.fixture
def ada(core: CustomerCore) -> Customer:
    return core.customers.create(email="ada@example.com", first_name="Ada", last_name="Lovelace")


def test_an_address_is_added_as_it_stands_in_the_book(core: CustomerCore, ada: Customer) -> None:
    home = core.addresses.add(ada, HOME)
    assert (home.city, home.country, home.purposes) == ("Lund", "SE", BOTH)
    assert home.default_for == BOTH
    assert home.warnings == ()
    work = core.addresses.add(ada.id, Address(line1="x", country="no", purposes=INVOICE))
    assert (work.country, work.default_for) == ("NO", NONE)
    assert core.addresses.book(ada) == (home, work)
    assert core.customers.get(ada).addresses == (home, work)
    assert core.customers.get(ada).version == 3
    assert home.id != work.id


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        ({}, ("country", "required")),
        ({"country": ""}, ("country", "required")),
        ({"country": None}, ("country", "required")),
        ({"country": "Atlantis"}, ("country", "unknown_country")),
        ({**HOME, "purposes": ["gift"]}, ("purposes[0]", "unknown_choice")),
        ({**HOME, "default_for": "invoice"}, ("default_for", "wrong_type")),
        ({**HOME, "email": "nobody"}, ("email", "invalid_email")),
        ({**HOME, "line1": 5}, ("line1", "wrong_type")),
        ({**HOME, "postcode": "1" * 33}, ("postcode", "too_long")),
        ({**HOME, "planet": "Mars"}, ("planet", "unknown_field")),
        ({**HOME, "id": "7"}, ("id", "read_only")),
        ("Storgatan 1", ("", "wrong_type")),
        (None, ("", "wrong_type")),
        ([HOME], ("", "wrong_type")),
        (5, ("", "wrong_type")),
    ],
)
def test_a_bad_address_is_refused_by_field(
    core: CustomerCore, ada: Customer, bad: Any, problem: tuple[str, str]
) -> None:
    with pytest.raises(InvalidValueError) as caught:
        core.addresses.add(ada, bad)
    assert [(one.field, one.code) for one in caught.value.problems] == [problem]
    assert core.customers.get(ada) == ada


def test_every_bad_field_of_an_address_is_named(core: CustomerCore, ada: Customer) -> None:
    with pytest.raises(InvalidValueError) as caught:
        core.addresses.add(ada, {"country": "Atlantis", "line1": 5, "planet": "Mars"})
    assert {one.field for one in caught.value.problems} == {"country", "line1", "planet"}


def test_an_identical_address_is_not_added_twice(core: CustomerCore, ada: Customer) -> None:
    home = core.addresses.add(ada, {**HOME, "purposes": ["invoice"]})
    both = core.addresses.add(ada, {**HOME, "purposes": ["delivery"], "label": "home"})
    assert (both.id, both.label, both.purposes, both.default_for) == (
        home.id, "home", BOTH, BOTH,
    )  # fmt: skip
    assert core.addresses.add(ada, HOME) == both
    assert core.addresses.book(ada) == (both,)
    assert core.customers.get(ada).version == 3


def test_fields_of_an_address_are_changed(core: CustomerCore, ada: Customer) -> None:
    home = core.addresses.add(ada, HOME)
    changed = core.addresses.update(ada, home, city="Malmö", label="  ", line2="c/o Eve")
    assert changed == attrs.evolve(home, city="Malmö", line2="c/o Eve")
    assert core.addresses.update(ada, home.id, line2=None).line2 is None
    assert core.addresses.update(ada, home, city="Malmö").city == "Malmö"
    assert core.customers.get(ada).version == 4
    for fields, field in (
        ({"country": None}, "country"),
        ({"planet": "x"}, "planet"),
        ({"id": "x"}, "id"),
        ({"city": 5}, "city"),
    ):
        with pytest.raises(InvalidValueError) as caught:
            core.addresses.update(ada, home, **fields)
        assert [one.field for one in caught.value.problems] == [field]


def test_a_change_never_makes_two_identical_addresses(core: CustomerCore, ada: Customer) -> None:
    core.addresses.add(ada, HOME)
    other = core.addresses.add(ada, {**HOME, "city": "Malmö"})
    core.addresses.update(ada, other, city="Lund")
    assert len(core.addresses.book(ada)) == 1


def test_a_default_moves_from_one_address_to_another(core: CustomerCore, ada: Customer) -> None:
    home, work = core.addresses.add(ada, HOME), core.addresses.add(ada, {**WORK, "purposes": ["invoice"]})
    stands = core.addresses.set_default(ada, work, "delivery")
    assert (stands.purposes, stands.default_for) == (BOTH, DELIVERY)
    found = core.customers.get(ada)
    assert found.default_address("delivery") == stands
    assert found.default_address("invoice") == attrs.evolve(home, default_for=INVOICE)
    assert core.addresses.set_default(ada, work.id, "delivery") == stands
    assert core.customers.get(ada) == found
    for bad in ("gift", "", None, 5, ["invoice"]):
        with pytest.raises(InvalidValueError) as caught:
            core.addresses.set_default(ada, work, bad)  # type: ignore[arg-type]  # what is tested
        assert caught.value.field == "purpose"


def test_a_default_asked_for_in_an_update_is_not_overlooked(core: CustomerCore, ada: Customer) -> None:
    core.addresses.add(ada, HOME)
    work = core.addresses.add(ada, {**WORK, "purposes": ["invoice"]})
    stands = core.addresses.update(ada, work, default_for=["delivery"])
    assert stands.default_for == DELIVERY
    assert [one.default_for for one in core.addresses.book(ada)] == [INVOICE, DELIVERY]


def test_a_purpose_that_is_taken_away_is_no_default_any_more(core: CustomerCore, ada: Customer) -> None:
    home = core.addresses.add(ada, HOME)
    assert core.addresses.update(ada, home, purposes=["invoice"]).default_for == INVOICE
    assert core.customers.get(ada).default_address("delivery") is None


def test_the_delivery_address_may_be_the_invoice_address(core: CustomerCore, ada: Customer) -> None:
    home = core.addresses.add(ada, {**HOME, "purposes": ["invoice"]})
    assert core.customers.get(ada).default_address("delivery") is None
    assert core.customers.update(ada, use_invoice_for_delivery=True).default_address("delivery") == home
    assert core.customers.get(ada).default_address("delivery") == home


def test_an_address_is_taken_out(core: CustomerCore, ada: Customer) -> None:
    home, work = core.addresses.add(ada, HOME), core.addresses.add(ada, WORK)
    core.addresses.remove(ada, home)
    assert core.addresses.book(ada) == (work,)
    calls: list[Callable[[], object]] = [
        lambda: core.addresses.remove(ada, home),
        lambda: core.addresses.update(ada, home, city="x"),
        lambda: core.addresses.set_default(ada, home, "invoice"),
        lambda: core.addresses.remove(ada, "nobody"),
    ]
    for call in calls:
        with pytest.raises(NotFoundError) as caught:
            call()
        assert caught.value.code == "address_not_found"
    assert core.customers.get(ada).version == 4


def test_the_book_of_nobody_is_not_found(core: CustomerCore, ada: Customer) -> None:
    eve = core.customers.create(email="eve@example.com", first_name="Eve", last_name="x")
    hers = core.addresses.add(eve, HOME)
    calls: list[Callable[[], object]] = [
        lambda: core.addresses.book("nobody"),
        lambda: core.addresses.add("nobody", HOME),
        lambda: core.addresses.update("nobody", hers, city="x"),
        lambda: core.addresses.update(ada, hers, city="x"),
        lambda: core.addresses.remove(ada, hers),
    ]
    for call in calls:
        with pytest.raises(NotFoundError):
            call()
    assert core.addresses.book(eve) == (hers,)


def test_a_shop_sees_what_it_serves_and_nothing_is_deleted(core: CustomerCore, ada: Customer) -> None:
    core.shops.create("se", countries=["SE", "NO"], delivery_countries=["SE"])
    core.shops.create("all")
    core.shops.create("de", countries=["DE"])
    home, work = core.addresses.add(ada, HOME), core.addresses.add(ada, {**WORK, "default_for": ["delivery"]})
    only = core.addresses.add(ada, {"country": "NO", "purposes": ["delivery"], "city": "Bergen"})
    seen = core.addresses.book(ada, shop=" SE ")
    assert [(one.id, one.purposes, one.default_for) for one in seen] == [
        (home.id, BOTH, INVOICE),
        (work.id, INVOICE, NONE),
    ]
    assert core.addresses.book(ada, shop="de") == ()
    assert [one.id for one in core.addresses.book(ada, shop="all")] == [home.id, work.id, only.id]
    assert len(core.addresses.book(ada)) == 3


@pytest.mark.parametrize("shop", ["nobody", "", " ", 5, {"$gt": ""}, b"se", "\ud800"])
def test_a_shop_that_is_none_is_not_found(core: CustomerCore, ada: Customer, shop: Any) -> None:
    with pytest.raises((NotFoundError, InvalidValueError)):
        core.addresses.book(ada, shop=shop)
    with pytest.raises((NotFoundError, InvalidValueError)):
        core.shops.get(shop)


def test_the_book_has_a_cap(core: CustomerCore, ada: Customer) -> None:
    core.settings.update(customers={"max_addresses": 2})
    for city in ("Lund", "Malmö", "Lund"):
        core.addresses.add(ada, {**HOME, "city": city})
    with pytest.raises(InvalidValueError) as caught:
        core.addresses.add(ada, WORK)
    assert caught.value.code == "too_many_addresses"
    many = [{"country": "SE", "city": str(number)} for number in range(3)]
    calls: list[Callable[[], object]] = [
        lambda: core.customers.update(ada, addresses=many),
        lambda: core.customers.create(email="eve@example.com", first_name="Eve", last_name="x", addresses=many),
    ]
    for call in calls:
        with pytest.raises(InvalidValueError, match="too_many_addresses"):
            call()
    assert len(core.addresses.book(ada)) == 2
    core.settings.update(customers={"max_addresses": 1})
    assert core.customers.update(ada, first_name="Still").first_name == "Still"
    core.addresses.remove(ada, core.addresses.book(ada)[0])
    assert len(core.addresses.book(ada)) == 1


def test_doubts_warn_business_users_and_stop_customers(core: CustomerCore, ada: Customer) -> None:
    odd = {"country": "SE", "postcode": "nonsense", "phone": "none", "city": "Lund", "line1": "x"}
    stands = core.addresses.add(ada, odd)
    assert {(one.field, one.code) for one in stands.warnings} == {
        ("postcode", "invalid_postcode"),
        ("phone", "invalid_phone"),
    }
    assert core.addresses.book(ada)[0].warnings == ()
    herself = core.acting_as(CustomerActor(ada.id))
    with pytest.raises(InvalidValueError) as caught:
        herself.addresses.add(ada, {**odd, "city": "Malmö"})
    assert {one.code for one in caught.value.problems} == {"invalid_postcode", "invalid_phone"}
    with pytest.raises(InvalidValueError):
        herself.customers.update(ada, phones=["none"])
    with pytest.raises(InvalidValueError):
        herself.customers.create(email="eve@example.com", first_name="Eve", last_name="x", addresses=[odd])
    assert len(core.addresses.book(ada)) == 1
    # An old doubt does not block a new change.
    assert herself.customers.update(ada, first_name="Still").first_name == "Still"
    assert herself.addresses.add(ada, HOME).warnings == ()


def test_a_customer_may_use_only_the_countries_of_the_shop(core: CustomerCore, ada: Customer) -> None:
    core.shops.create("se", countries=["SE", "NO"], delivery_countries=["SE"])
    core.customers.update(ada, shop="se")
    herself = core.acting_as(CustomerActor(ada.id))
    with pytest.raises(InvalidValueError) as caught:
        herself.addresses.add(ada, WORK)
    assert [one.code for one in caught.value.problems] == ["country_not_served"]
    assert herself.addresses.add(ada, {**WORK, "purposes": ["invoice"]}).country == "NO"
    assert herself.addresses.add(ada, HOME).country == "SE"
    assert core.addresses.add(ada, {"country": "JP"}).country == "JP"


def test_addresses_are_printed_as_in_their_country(core: CustomerCore) -> None:
    swedish = Address(first_name="Ada", last_name="Lovelace", **HOME)  # type: ignore[arg-type]  # all texts
    assert core.addresses.format(swedish).splitlines() == ["Ada Lovelace", "Storgatan 1", "SE-222 22 LUND", "SWEDEN"]
    american = Address(line1="1 Main St", city="Springfield", region="IL", postcode="62701", country="US")
    assert core.addresses.format(american).splitlines()[-2:] == ["SPRINGFIELD, IL 62701", "UNITED STATES"]


def test_addresses_added_at_once_are_all_kept(core: CustomerCore, ada: Customer) -> None:
    with ThreadPoolExecutor(8) as pool:
        added = list(pool.map(lambda number: core.addresses.add(ada, {**HOME, "city": str(number % 6)}), range(12)))
    book = core.addresses.book(ada)
    assert {one.city for one in book} == {str(number) for number in range(6)}
    assert len(book) == 6
    assert {one.id for one in added} == {one.id for one in book}
    assert sum("invoice" in one.default_for for one in book) == 1


def test_the_actor_stays_with_the_facade(core: CustomerCore, ada: Customer) -> None:
    herself = core.acting_as(CustomerActor(ada.id))
    assert herself.acting_as(System()).addresses.add(ada, {"country": "SE"}).warnings
    assert isinstance(core.shops.create("x"), Shop)
