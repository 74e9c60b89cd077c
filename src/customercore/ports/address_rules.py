"""What each country wants of a postal address, and how it prints one."""

from __future__ import annotations

from typing import Protocol

from customercore.domain.address import Address
from customercore.errors import Problem

__all__ = ["AddressRules"]


class AddressRules(Protocol):
    """Knows per-country required parts, postcode shapes and print formats."""

    def problems(self, address: Address) -> tuple[Problem, ...]:
        """Return what the address lacks in its country; empty when it is complete.

        ``field`` is ``line1``, ``city``, ``region`` or ``postcode``; codes are ``missing_part``,
        ``invalid_postcode`` and ``unknown_region``. An address without a country has no problems here.
        """

    def lines(self, address: Address) -> tuple[str, ...]:
        """Return the address as it is printed in its own country, the country (English, upper case) last.

        Recipient and company come in the order that the country gives them.
        """
