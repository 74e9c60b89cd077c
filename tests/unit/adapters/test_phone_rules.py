from __future__ import annotations

import csv
from pathlib import Path

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customercore.adapters.phone_rules import LibraryPhoneRules
from customercore.domain.countries import country_code
from customercore.ports.phone_rules import PhoneRules

RULES: PhoneRules = LibraryPhoneRules()
CHINOOK = next(
    filter(
        Path.is_file,
        (up / "shared/data/chinook_customers.csv" for up in Path(__file__).resolve().parents),
    ),
    None,
)


def library_finds_it_possible(number: str, country: str | None = None) -> bool:
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(number, country))
    except phonenumbers.NumberParseException:
        return False


@pytest.mark.parametrize(
    "number",
    [
        "+45 12345678",  # possible by its length, though of no Danish series
        "+46 8-651 52 52",
        "+1 (650) 253-0000",
        "+44 (0)20 7707 0707",
        "+39 06 39733434",
        "(+45) 12 34 56 78",
        "＋４５ １２３４５６７８",
        "+1 650 253 0000 ext. 12",
        "+800 1234 5678",
    ],
)
def test_an_international_number_needs_no_country(number: str) -> None:
    assert RULES.check(number) is None
    assert RULES.check(number, "SE") is None


def test_a_national_number_is_read_in_its_country() -> None:
    assert RULES.check("08-651 52 52", "SE") is None
    assert RULES.check("0046 8-651 52 52", "DE") is None
    assert RULES.check("12345678", "DK") is None
    assert RULES.check("123456789012", "DK") == "is not a possible telephone number of its country"


@pytest.mark.parametrize("number", ["+453 3331 9991", "+45 123", "+999 12345678", "+0 12345678", "+", "", "abc", "+45"])
def test_an_impossible_number_is_refused(number: str) -> None:
    assert RULES.check(number) is not None
    assert RULES.check(number, "DK") is not None


@pytest.mark.parametrize("country", [None, "AQ", "XX"])
def test_a_national_number_of_no_known_plan_only_has_to_look_like_one(country: str | None) -> None:
    assert RULES.check("12 34 56", country) is None
    assert RULES.check("12", country) is not None


def test_text_in_front_of_a_number_is_refused() -> None:
    assert RULES.check("call +45 12345678", "DK") == "is not a possible telephone number"


def test_no_message_holds_the_number() -> None:
    for number in ("+453 3331 9991", "x 4711", "4711 4711 4711 4711 4711"):
        assert "4711" not in str(RULES.check(number, "DK"))
        assert "3331" not in str(RULES.check(number))


CODES = st.sampled_from([str(code) for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE])
DIGITS = st.text("0123456789", max_size=18)
SPACED = st.text("0123456789 ().-", max_size=24)


@settings(max_examples=400, deadline=None)
@given(st.builds("+{}{}".format, CODES, DIGITS | SPACED) | st.builds("+{}".format, SPACED))
def test_the_quick_way_and_the_library_agree(number: str) -> None:
    assert (RULES.check(number) is None) == library_finds_it_possible(number)


def test_every_possible_length_of_every_calling_code_agrees_with_the_library() -> None:
    for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
        for length in range(1, 19):
            for digit in "0128":
                number = f"+{code} {digit}{'3' * (length - 1)}"
                assert (RULES.check(number) is None) == library_finds_it_possible(number), number


@pytest.mark.skipif(CHINOOK is None, reason="the Chinook file is not there")
def test_one_number_of_the_chinook_file_is_doubted() -> None:
    assert CHINOOK is not None
    with CHINOOK.open(encoding="utf-8", newline="") as file:
        doubted = [
            (row["CustomerId"], column)
            for row in csv.DictReader(file)
            for column in ("Phone", "Fax")
            if row[column] and RULES.check(row[column], country_code(row["Country"]))
        ]
    assert doubted == [("9", "Phone")]
