"""Made-up customers, the same ones in every run."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from typing import Any

from customercore import CustomerCore

__all__ = ["FLAG", "INFO", "define_info", "people", "people_with_info"]

FLAG = "vip"

_FIRST = (
    "Ada", "Björn", "Clara", "David", "Elin", "Fatima", "Gustav", "Hanna", "Ivan", "Julia", "Karl",
    "Linnéa", "Mats", "Nora", "Olof",
)  # fmt: skip
_LAST = (
    "Andersson", "Berg", "Carlsson", "Dahl", "Ek", "Forsberg", "Gran", "Holm", "Isaksson", "Jansson",
    "Kvist", "Lund", "Möller", "Nilsson", "Öberg", "Persson", "Quist", "Rask", "Sjö", "Thorén", "Ullman",
    "Vik", "Wahl", "Young", "Zander",
)  # fmt: skip
_STREETS = ("Storgatan", "Kungsgatan", "Drottninggatan", "Skolgatan", "Parkvägen", "Nygatan")
_CITIES = ("111 22 Stockholm", "411 03 Göteborg", "211 45 Malmö", "753 20 Uppsala")
_MAIL = ("gmail.com", "hotmail.com", "outlook.com", "telia.com", "icloud.com")
_COMPANIES = 2_000


def people(start: int = 0) -> Iterator[dict[str, Any]]:
    """Yield what `customers.create` takes: names, phone, a flag, a tag and one address each.

    Four in five have their mail with a big provider, the fifth at one of 2,000 companies.
    """
    for number in itertools.count(start):
        chance = random.Random(number)
        first, last = chance.choice(_FIRST), chance.choice(_LAST)
        company = chance.randrange(_COMPANIES)
        domain = chance.choice(_MAIL) if number % 5 < 4 else f"company{company}.example.com"
        yield {
            "email": f"Customer.{number}@{domain}",
            "first_name": first,
            "last_name": last,
            "phones": [f"+46 70 {chance.randrange(10**7):07d}"],
            "flags": [FLAG],
            "tags": ["summer"],
            "addresses": [address(chance, first, last)],
        }


INFO = ("points", "tier", "newsletter")
"""The fields that `people_with_info` have a value in; the first is searchable."""
_TIERS = ("bronze", "silver", "gold")


def define_info(core: CustomerCore) -> None:
    """Define them."""
    core.info_types.define("points", "integer", searchable=True)
    core.info_types.define("tier", "choice", choices={tier: tier.title() for tier in _TIERS})
    core.info_types.define("newsletter", "boolean")


def people_with_info() -> Iterator[dict[str, Any]]:
    """Yield the same people with three values of run-time fields."""
    for number, one in enumerate(people()):
        values = (number % 1000, _TIERS[number % len(_TIERS)], number % 2 == 0)
        yield {**one, "info": dict(zip(INFO, values, strict=True))}


def address(chance: random.Random, first: str, last: str) -> dict[str, Any]:
    """Return an address of a person."""
    place = chance.choice(_CITIES)
    return {
        "first_name": first,
        "last_name": last,
        "line1": f"{chance.choice(_STREETS)} {chance.randrange(1, 200)}",
        "city": place[7:],
        "postcode": place[:6],
        "country": "SE",
    }
