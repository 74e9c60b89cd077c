"""Phone and address rules for when the extras `phone` and `address` are not installed.

They know nothing of countries: a phone number must look like one, and an address prints in the
order that is understood everywhere.
"""

from __future__ import annotations

import re

from customercore.domain.address import Address
from customercore.domain.countries import COUNTRIES
from customercore.errors import Problem

__all__ = ["PlainAddressRules", "PlainPhoneRules", "company", "country", "name", "street"]

# Besides the ASCII ones: the no-break space, and the dashes from U+2010 to U+2015.
_PUNCTUATION = r"[ \u00a0().\-/\u2010-\u2015]*"
_PHONE = re.compile(rf"\(?\+?(?:{_PUNCTUATION}\d){{3,20}}{_PUNCTUATION}")
_PHONE_MESSAGE = "must hold 3 to 20 digits and only the usual punctuation"


class PlainPhoneRules:
    """Implements `ports.phone_rules.PhoneRules` without knowing any numbering plan."""

    def check(self, value: str, country: str | None = None) -> str | None:
        """Return None for 3 to 20 digits with the usual punctuation, in whatever ``country``."""
        return None if _PHONE.fullmatch(value) else _PHONE_MESSAGE


class PlainAddressRules:
    """Implements `ports.address_rules.AddressRules` without knowing any country's rules."""

    def problems(self, address: Address) -> tuple[Problem, ...]:
        """Return nothing: no country's requirements are known."""
        return ()

    def lines(self, address: Address) -> tuple[str, ...]:
        """Return name, company, street lines, postcode and city, region, and the country."""
        place = " ".join(part for part in (address.postcode, address.city) if part)
        lines = (
            name(address),
            *company(address),
            *street(address),
            place,
            address.region,
            country(address),
        )
        return tuple(line for line in lines if line)


def name(address: Address) -> str:
    """Return the person's name as printed on an envelope; empty when there is none."""
    return " ".join(part for part in (address.first_name, address.last_name) if part)


def company(address: Address) -> tuple[str, ...]:
    """Return the company's name and the department, as far as given."""
    return tuple(part for part in (address.company_name, address.department) if part)


def street(address: Address) -> tuple[str, ...]:
    """Return the street lines, as far as given."""
    return tuple(part for part in (address.line1, address.line2, address.line3) if part)


def country(address: Address) -> str:
    """Return the country's English name in upper case, or its code when it has no name."""
    return COUNTRIES.get(address.country, address.country).upper()
