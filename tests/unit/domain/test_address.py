"""The book of addresses: identical ones are one, and each purpose has one default."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customercore.domain.address import DELIVERY, INVOICE, PURPOSES, Address, merged, with_default

BOTH = frozenset(PURPOSES)


def address(number: str, town: str = "Lund", **fields: Any) -> Address:
    return attrs.evolve(Address(id=number, city=town, country="SE"), **fields)


def books() -> st.SearchStrategy[list[Address]]:
    purposes = st.frozensets(st.sampled_from(PURPOSES))
    one = st.builds(
        lambda city, serves, default: Address(city=city, country="SE", purposes=serves, default_for=default),
        st.sampled_from(["Lund", "Malmö", "Umeå"]),
        purposes,
        purposes,
    )
    return st.lists(one, max_size=8)


def test_the_first_address_is_the_default_of_what_it_serves() -> None:
    book, stands = merged((), address("1"))
    assert stands.default_for == BOTH
    assert book == (stands,)
    _, only_delivery = merged((), address("1", purposes=frozenset({DELIVERY})))
    assert only_delivery.default_for == {DELIVERY}


def test_a_later_address_is_no_default_unless_it_asks() -> None:
    book, _ = merged((), address("1"))
    book, second = merged(book, address("2", "Malmö"))
    assert second.default_for == frozenset()
    book, third = merged(book, address("3", "Umeå", default_for=frozenset({DELIVERY})))
    assert third.default_for == {DELIVERY}
    assert [one.default_for for one in book] == [{INVOICE}, frozenset(), {DELIVERY}]


def test_a_default_serves_its_purpose() -> None:
    _, stands = merged((), address("1", purposes=frozenset({INVOICE}), default_for=frozenset({DELIVERY})))
    assert stands.purposes == BOTH
    assert stands.default_for == BOTH


def test_an_identical_address_is_not_added_twice() -> None:
    book, first = merged((), address("1", purposes=frozenset({INVOICE}), label="home"))
    book, second = merged(book, address("2", purposes=frozenset({DELIVERY})))
    assert len(book) == 1
    assert (second.id, second.purposes, second.default_for) == (first.id, BOTH, BOTH)
    assert second.label == "home"
    _, renamed = merged(book, address("3", label="office"))
    assert renamed.label == "office"


@pytest.mark.parametrize("field", ["line1", "postcode", "first_name", "company_name", "phone", "email", "country"])
def test_a_difference_in_what_is_printed_makes_two_addresses(field: str) -> None:
    assert not address("1").same_place(address("1", **{field: "other"}))


@pytest.mark.parametrize(
    ("field", "value"),
    [("id", "9"), ("label", "home"), ("purposes", frozenset()), ("default_for", BOTH), ("warnings", ())],
)
def test_other_differences_do_not(field: str, value: Any) -> None:
    assert address("1").same_place(address("1", **{field: value}))


@settings(deadline=None)
@given(books())
def test_a_book_has_one_default_for_each_purpose_it_serves_and_no_twins(given_ones: list[Address]) -> None:
    book: tuple[Address, ...] = ()
    for number, one in enumerate(given_ones):
        book, stands = merged(book, attrs.evolve(one, id=str(number)))
        assert stands in book
    for purpose in PURPOSES:
        holders = [one for one in book if purpose in one.default_for]
        assert len(holders) == any(purpose in one.purposes for one in book)
        assert all(purpose in one.purposes for one in holders)
    assert len({(one.city, one.country) for one in book}) == len(book)
    assert len({one.id for one in book}) == len(book)


@settings(deadline=None)
@given(books(), st.sampled_from(PURPOSES), st.integers(0, 7))
def test_a_new_default_takes_the_place_of_the_old_one(given_ones: list[Address], purpose: str, at: int) -> None:
    book = tuple(attrs.evolve(one, id=str(number)) for number, one in enumerate(given_ones))
    changed = with_default(book, str(at), purpose)
    assert [one.id for one in changed if purpose in one.default_for] == ([str(at)] if at < len(book) else [])
    other = next(one for one in PURPOSES if one != purpose)
    assert [other in one.default_for for one in changed] == [other in one.default_for for one in book]


def test_an_address_says_nothing_personal_of_itself() -> None:
    shown = repr(address("7", city="CANARY", line1="CANARY", first_name="CANARY", email="CANARY", phone="CANARY"))
    assert "CANARY" not in shown
    assert "SE" in shown
