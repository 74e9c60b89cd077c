"""VAT numbers and company numbers as kinds for customercore's info types: ``vat_id`` and ``business_id``."""

from __future__ import annotations

from collections.abc import Mapping

from customercore.extension import Kind, hookimpl
from customercore_tax_ids.business_id import BusinessIdKind
from customercore_tax_ids.vat_id import VatIdKind

__all__ = ["BusinessIdKind", "VatIdKind", "customercore_register_kinds"]


@hookimpl
def customercore_register_kinds() -> Mapping[str, Kind]:
    """Return the two kinds."""
    return {"vat_id": VatIdKind(), "business_id": BusinessIdKind()}
