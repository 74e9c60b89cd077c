from __future__ import annotations

import pytest

from customercore.adapters.plain_rules import PlainAddressRules, PlainPhoneRules
from customercore.domain.address import Address
from customercore.ports.address_rules import AddressRules
from customercore.ports.phone_rules import PhoneRules

PHONES: PhoneRules = PlainPhoneRules()
ADDRESSES: AddressRules = PlainAddressRules()


@pytest.mark.parametrize(
    "number",
    [
        "112",
        "+45 12345678",
        "+1 (650) 253-0000",
        "(+45) 12 34 56 78",
        "08-651 52 52",
        "030/26550280",
        "01.49.70.65.65",
        "+46 8\u2013651\u00a052\u00a052",
        "1" * 20,
    ],
)
def test_three_to_twenty_digits_with_usual_punctuation_are_a_number(number: str) -> None:
    assert PHONES.check(number) is None
    assert PHONES.check(number, "SE") is None


@pytest.mark.parametrize(
    "number", ["", "12", "1" * 21, "call me", "12+34", "+", "1234a", "+45 1234; 5678", "()" * 5000]
)
def test_anything_else_is_no_number(number: str) -> None:
    assert PHONES.check(number) == "must hold 3 to 20 digits and only the usual punctuation"


def test_no_address_has_problems() -> None:
    assert ADDRESSES.problems(Address(country="US")) == ()


def test_an_address_prints_name_company_street_place_region_and_country() -> None:
    address = Address(
        first_name="Ada",
        last_name="Lovelace",
        company_name="Engines Ltd",
        department="Research",
        line1="1 Main Street",
        line2="Floor 2",
        line3="Room 3",
        postcode="94043",
        city="Mountain View",
        region="CA",
        country="US",
    )
    assert ADDRESSES.lines(address) == (
        "Ada Lovelace",
        "Engines Ltd",
        "Research",
        "1 Main Street",
        "Floor 2",
        "Room 3",
        "94043 Mountain View",
        "CA",
        "UNITED STATES",
    )


def test_absent_parts_leave_no_empty_lines() -> None:
    assert ADDRESSES.lines(Address(last_name="Ada", city="Oslo", country="NO")) == (
        "Ada",
        "Oslo",
        "NORWAY",
    )
    assert ADDRESSES.lines(Address()) == ()
