"""The kind ``business_id``. Numbers are checked by python-stdnum: form and check digits, never over the network."""

from __future__ import annotations

from stdnum.exceptions import ValidationError
from stdnum.util import clean, get_cc_module
from typing_extensions import override

from customercore.extension import Definitions, Field, RefusedError, TextKind, text_of

__all__ = ["NUMBERS", "BusinessIdKind"]

NUMBERS = {
    "AT": "businessid", "AU": "abn", "BE": "vat", "BR": "cnpj", "CA": "bn", "CH": "uid", "CN": "uscc", "DK": "cvr",
    "EE": "registrikood", "ES": "cif", "FI": "ytunnus", "FR": "siren", "IL": "hp", "IT": "iva", "JP": "cn",
    "KR": "brn", "NO": "orgnr", "PL": "regon", "RO": "cui", "SE": "orgnr", "SG": "uen", "SI": "maticna", "TW": "ubn",
    "UA": "edrpou", "US": "ein",
}  # fmt: skip
"""The countries (ISO 3166), and what python-stdnum calls the number that each gives its companies."""


class BusinessIdKind(TextKind):
    """A company number with its country, such as ``SE5561888404``; kept without spaces and marks, in upper case."""

    @override
    def parse(self, value: object, field: Field, definitions: Definitions) -> str | None:
        text = text_of(value, 50)
        if text is None:
            return None
        country, number = text[:2].upper(), clean(text[2:]).lstrip(" :-").upper()
        module = get_cc_module(country, NUMBERS[country]) if country in NUMBERS else None
        if module is None:
            raise RefusedError("invalid_business_id", f"must start with one of {', '.join(sorted(NUMBERS))}")
        if country == "CH" and number.startswith("E"):  # the number has its country in it: CHE-100.155.212
            number = f"CH{number}"
        try:
            valid = module.validate(number.lower() if country == "AT" else number)
        except ValidationError:
            raise RefusedError("invalid_business_id", f"is not a company number of {country}") from None
        return f"{country}{valid.removeprefix(country).upper()}"
