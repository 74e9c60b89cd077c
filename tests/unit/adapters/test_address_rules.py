from __future__ import annotations

import csv
from pathlib import Path

import attrs
import pytest

from customercore.adapters.address_rules import LibraryAddressRules
from customercore.domain.address import Address
from customercore.domain.countries import COUNTRIES, country_code
from customercore.ports.address_rules import AddressRules

RULES: AddressRules = LibraryAddressRules()
CHINOOK = next(
    filter(
        Path.is_file,
        (up / "shared/data/chinook_customers.csv" for up in Path(__file__).resolve().parents),
    ),
    None,
)
GOOGLE = Address(
    first_name="Frank",
    last_name="Harris",
    company_name="Google Inc.",
    line1="1600 Amphitheatre Parkway",
    city="Mountain View",
    region="CA",
    postcode="94043-1351",
    country="US",
)


def told(address: Address) -> list[tuple[str, str]]:
    return [(problem.field, problem.code) for problem in RULES.problems(address)]


def test_a_complete_address_has_no_problems() -> None:
    assert told(GOOGLE) == []


def test_each_part_that_the_country_requires_is_missed() -> None:
    assert told(Address(country="US")) == [
        ("line1", "missing_part"),
        ("city", "missing_part"),
        ("region", "missing_part"),
        ("postcode", "missing_part"),
    ]
    assert told(Address(country="SE", line1=" ", city="Oslo", postcode="112 30")) == [("line1", "missing_part")]
    assert told(Address(country="IE", line1="3 Chatham Street", city="Dublin")) == []


def test_an_address_without_a_known_country_has_no_problems() -> None:
    assert told(Address()) == []
    assert told(Address(country="XX")) == []
    assert told(Address(country="../zz")) == []


@pytest.mark.parametrize(
    ("country", "postcode"),
    [
        ("US", "94043"),
        ("SE", "11230"),
        ("SE", "112 30"),
        ("SE", "SE-112 30"),
        ("GB", "n1 5lh"),
        ("CA", " H2G 1A7 "),
        ("CH", "CH-8000"),
    ],
)
def test_a_postcode_of_the_countrys_shape_is_accepted(country: str, postcode: str) -> None:
    assert ("postcode", "invalid_postcode") not in told(Address(country=country, postcode=postcode))


@pytest.mark.parametrize(
    ("country", "postcode"),
    [("US", "2113"), ("US", "94040-111"), ("NL", "1016"), ("SE", "1123"), ("SE", "11230\n1")],
)
def test_a_postcode_of_another_shape_is_doubted(country: str, postcode: str) -> None:
    assert ("postcode", "invalid_postcode") in told(Address(country=country, postcode=postcode))


@pytest.mark.parametrize(
    ("country", "region"),
    [
        ("US", "CA"),
        ("US", "ca"),
        ("US", "California"),
        ("US", "US-CA"),
        ("CA", "Québec"),
        ("CA", "quebec"),
        ("BR", "sao paulo"),
        ("JP", "東京都"),
        ("JP", "Tokyo"),
        ("JP", "JP-13"),
        ("ES", "Madrid"),
        ("IN", "Karnataka"),
        ("CN", "Zhejiang Sheng"),
    ],
)
def test_a_region_is_known_by_code_or_name(country: str, region: str) -> None:
    assert ("region", "unknown_region") not in told(Address(country=country, region=region))


def test_a_region_that_the_country_does_not_list_is_doubted() -> None:
    assert told(attrs.evolve(GOOGLE, region="Bavaria")) == [("region", "unknown_region")]


def test_a_part_that_the_countrys_addresses_do_not_have_is_not_looked_at() -> None:
    german = Address(country="DE", line1="Unter den Linden 1", city="Berlin", region="X", postcode="10117")
    assert told(german) == []


def test_no_message_holds_a_value() -> None:
    address = Address(country="US", line1="x", city="y", region="Secretia", postcode="SECRET")
    assert len(RULES.problems(address)) == 2
    assert all("secret" not in problem.message.lower() for problem in RULES.problems(address))


def test_every_country_can_be_judged_and_printed() -> None:
    for country, name in COUNTRIES.items():
        address = attrs.evolve(GOOGLE, country=country)
        assert isinstance(RULES.problems(address), tuple)
        lines = RULES.lines(address)
        assert "Frank Harris" in {line.title() for line in lines}
        assert lines[-1] == name.upper()


def test_an_address_prints_as_in_its_country() -> None:
    assert RULES.lines(GOOGLE) == (
        "Frank Harris",
        "Google Inc.",
        "1600 Amphitheatre Parkway",
        "MOUNTAIN VIEW, CA 94043-1351",
        "UNITED STATES",
    )
    swedish = Address(
        last_name="Johansson",
        company_name="Bolaget AB",
        department="Inköp",
        line1="Celsiusg. 9",
        line2="2 tr",
        city="Stockholm",
        postcode="SE-11230",
        country="SE",
    )
    assert RULES.lines(swedish) == (
        "Bolaget AB",
        "Inköp",
        "Johansson",
        "Celsiusg. 9",
        "2 tr",
        "SE-11230 STOCKHOLM",
        "SWEDEN",
    )


def test_absent_parts_leave_neither_lines_nor_commas() -> None:
    assert RULES.lines(attrs.evolve(GOOGLE, city=None))[3] == "CA 94043-1351"
    assert RULES.lines(attrs.evolve(GOOGLE, region=None))[3] == "MOUNTAIN VIEW 94043-1351"
    assert RULES.lines(Address(country="US")) == ("UNITED STATES",)


def test_an_address_prints_in_the_countrys_own_order_when_it_is_in_its_own_script() -> None:
    own = Address(last_name="山田", line1="世田谷区1-2-3", region="東京都", postcode="154-0023", country="JP")
    assert RULES.lines(own) == ("〒154-0023", "東京都", "世田谷区1-2-3", "山田", "JAPAN")
    latin = attrs.evolve(own, last_name="Yamada", line1="1-2-3 Setagaya", region="Tokyo")
    assert RULES.lines(latin) == ("Yamada", "1-2-3 Setagaya, TOKYO", "154-0023", "JAPAN")


def test_an_address_without_a_known_country_prints_plainly() -> None:
    assert RULES.lines(attrs.evolve(GOOGLE, country=""))[-1] == "CA"
    assert RULES.lines(attrs.evolve(GOOGLE, country="XX"))[-1] == "XX"


@pytest.mark.skipif(CHINOOK is None, reason="the Chinook file is not there")
def test_ten_addresses_of_the_chinook_file_are_doubted() -> None:
    assert CHINOOK is not None
    with CHINOOK.open(encoding="utf-8", newline="") as file:
        doubted = [
            (int(row["CustomerId"]), *problem)
            for row in csv.DictReader(file)
            for problem in told(
                Address(
                    line1=row["Address"],
                    city=row["City"],
                    region=row["State"] or None,
                    postcode=row["PostalCode"] or None,
                    country=country_code(row["Country"]) or "",
                )
            )
        ]
    assert doubted == [
        (20, "postcode", "invalid_postcode"),
        (23, "postcode", "invalid_postcode"),
        (34, "postcode", "missing_part"),
        (35, "postcode", "missing_part"),
        (45, "postcode", "invalid_postcode"),
        (46, "region", "unknown_region"),
        (48, "postcode", "invalid_postcode"),
        (50, "region", "missing_part"),
        (58, "region", "missing_part"),
        (59, "region", "missing_part"),
    ]
