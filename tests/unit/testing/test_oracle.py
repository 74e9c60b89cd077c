"""The oracle that stores are compared with says what the rulings say; each answer here was written by hand."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from customercore.domain.address import Address
from customercore.domain.criteria.tree import AllOf, AnyOf, Criteria
from customercore.domain.criteria.where import where
from customercore.domain.info_values import InfoValues
from customercore.domain.money import Money
from customercore.testing.oracle import Oracle
from customercore.testing.sample_info import defined, info_type
from customercore.testing.samples import customer, identifier

PARIS = dt.timezone(dt.timedelta(hours=1))
KNOWN = defined(
    info_type("points", "integer"),
    info_type("share", "decimal"),
    info_type("limit", "money"),
    info_type("seen", "datetime"),
    info_type("sizes", "multi_choice", choices=("S", "M")),
)
ORACLE = Oracle(KNOWN.customers, KNOWN.definitions)
ADA = customer(
    1,
    first_name="\u00c5da",
    last_name="O'Brien",
    company_name="Analytical Engines",
    email="ada.b@example.com",
    phones=("+46 70-12",),
    flags=frozenset({"vip"}),
    tags=frozenset({"Stra\u00dfe"}),
    addresses=(Address(country="SE", city="Lund"), Address(country="NO", city="Oslo")),
    info=InfoValues(
        points=7,
        share=Decimal("1.5"),
        limit=Money("50.00", "SEK"),
        seen=dt.datetime(2026, 1, 31, 12, 0, 0, 1_000, tzinfo=dt.UTC),
        sizes=frozenset({"S"}),
    ),
)
BARE = customer(2, first_name=None, last_name=None, email=None)
points, share, limit, sizes = (where.info(key) for key in ("points", "share", "limit", "sizes"))


@pytest.mark.parametrize(
    ("criteria", "ada", "bare"),
    [
        (where.first_name == "\u00e5DA", True, False),
        (where.first_name == "ada", False, False),
        (where.first_name != "ada", True, False),
        (where.first_name.startswith("ad"), True, False),
        (~where.first_name.startswith("ad"), False, False),
        (where.last_name.contains("'b"), True, False),
        (where.last_name.contains("%"), False, False),
        (where.first_name.is_missing(), False, True),
        (~where.first_name.is_missing(), True, False),
        (where.first_name.is_in([]), False, False),
        (~where.first_name.is_in([]), True, False),
        (where.flag("VIP"), True, False),
        (~where.flag("vip"), False, True),
        (where.tag("STRASSE"), True, False),
        (where.tags.is_missing(), False, True),
        (points > 6, True, False),
        (~(points > 6), False, False),
        (points.between(8, 6), False, False),
        (~points.between(8, 6), True, False),
        (share == Decimal("1.50"), True, False),
        (share < 2, True, False),
        (limit >= Money(50, "SEK"), True, False),
        (limit < Money(90, "EUR"), False, False),
        (~(limit < Money(90, "EUR")), False, False),
        (limit.between(Money(0, "EUR"), Money(90, "SEK")), False, False),
        (limit != Money(50, "EUR"), True, False),
        (where.info("seen") == dt.datetime(2026, 1, 31, 13, 0, 0, 1_900, PARIS), True, False),
        (sizes == "S", True, False),
        (sizes != "M", True, True),
        (sizes.is_in(["M"]), False, False),
        (sizes.is_missing(), False, True),
        (where.text("ad brien"), True, False),
        (where.text("engines ada.b@ex"), True, False),
        (where.text("o'b"), True, False),
        (where.text("brien-o"), True, False),
        (where.text("ADA.B@example.com"), True, False),
        (where.text("+46 (0)70"), True, False),
        (where.text("+46 71"), False, False),
        (where.text("4670 anal"), True, False),
        (where.text("example"), False, False),
        (~where.text("ad lovelace"), True, True),
        (where.address.country == "Norway", True, False),
        (where.address.any(country="SE", city="oslo"), False, False),
        (where.address.any(country="NO", city="OSLO"), True, False),
        (~where.address.any(country="SE", city="oslo"), True, True),
        (AllOf(()), True, True),
        (AnyOf(()), False, False),
        (~(where.flag("vip") & (points > 100)), True, True),
        (~(where.flag("vip") | (points > 100)), False, False),
    ],
)  # fmt: skip
def test_criteria_match_as_ruled(criteria: Criteria, ada: bool, bare: bool) -> None:
    assert (ORACLE.holds(criteria, ADA), ORACLE.holds(criteria, BARE)) == (ada, bare)


@pytest.mark.parametrize(
    ("sort", "right"),
    [
        ((), [1, 2, 3, 4]),
        (("-id",), [4, 3, 2, 1]),
        (("last_name",), [3, 1, 2, 4]),
        (("-last_name",), [2, 1, 3, 4]),
        (("info.points",), [2, 1, 3, 4]),
        (("-info.points",), [3, 1, 2, 4]),
        (("info.limit",), [4, 2, 1, 3]),
        (("email_verified", "-info.points"), [3, 1, 2, 4]),
        (("-email_verified",), [4, 3, 2, 1]),
    ],
)
def test_records_are_ordered_as_ruled(sort: tuple[str, ...], right: list[int]) -> None:
    many = [
        customer(1, last_name="\u00c5berg", info=InfoValues(points=0, limit=Money(2, "SEK"))),
        customer(2, last_name="Berg", info=InfoValues(points=-5, limit=Money(1, "SEK"))),
        customer(3, last_name="A", info=InfoValues(points=2**62)),
        customer(4, last_name=None, info=InfoValues(limit=Money(9, "EUR"))),
    ]
    assert ORACLE.finds(many, None, sort) == [identifier(number) for number in right]


def test_texts_are_ordered_by_code_points_and_their_first_128() -> None:
    names = ["\U0001f600", "\ue000", "z" * 128 + "a", "z" * 128, "z"]
    many = [customer(number, last_name=name) for number, name in enumerate(names)]
    assert ORACLE.finds(many, None, ["last_name"]) == [identifier(number) for number in (4, 2, 3, 1, 0)]
