"""The kind ``vat_id``. Numbers are checked by python-stdnum: their form and check digits, never over the network."""

from __future__ import annotations

from stdnum.exceptions import ValidationError
from stdnum.util import clean, get_cc_module
from typing_extensions import override

from customercore.extension import Definitions, Field, RefusedError, TextKind, text_of

__all__ = ["COUNTRIES", "VatIdKind"]

COUNTRIES = frozenset({
    "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "EL", "ES", "FI", "FR", "GB", "HR", "HU",
    "IE", "IT", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK", "XI",
})  # fmt: skip
"""The prefixes of VAT numbers: the EU's (Greece is EL, Northern Ireland XI), GB, NO and CH."""
_HOMES = {"EL": "GR", "XI": "GB"}
_SWISS = ("MWST", "TVA", "IVA", "TPV")


class VatIdKind(TextKind):
    """A VAT number with its country, such as ``SE556188840401``; kept without spaces and marks, in upper case."""

    @override
    def parse(self, value: object, field: Field, definitions: Definitions) -> str | None:
        text = text_of(value, 50)
        if text is None:
            return None
        number = clean(text, " .,/:-").upper().strip()
        prefix = "EL" if number.startswith("GR") else number[:2]
        module = get_cc_module(_HOMES.get(prefix, prefix), "vat") if prefix in COUNTRIES else None
        if module is None:
            raise RefusedError("invalid_vat_id", f"must start with one of {', '.join(sorted(COUNTRIES))}")
        try:
            valid = module.validate(number)
        except ValidationError:
            raise RefusedError("invalid_vat_id", f"is not a VAT number of {prefix}") from None
        if prefix == "CH":  # one number, whichever language its last letters are in
            return f"CHE{valid[3:12]}{_SWISS[0]}"
        return valid if prefix == "RO" else f"{prefix}{valid}"  # stdnum leaves the prefix of these alone
