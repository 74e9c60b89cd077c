"""The well-known attributes of YesCart's customers as info types."""

from __future__ import annotations

from typing import Any

__all__ = ["STANDARD_INFO_TYPES"]


def _one(key: str, kind: str, label: str, **options: Any) -> dict[str, Any]:
    return {"key": key, "kind": kind, "label": {"en": label}, **options}


STANDARD_INFO_TYPES: tuple[dict[str, Any], ...] = (
    _one(
        "CUSTOMER_PHONE",
        "phone",
        "Contact phone",
        personal=True,
        customer_visible=True,
        customer_editable=True,
        position=10,
    ),
    _one(
        "MARKETING_OPT_IN",
        "boolean",
        "May be sent marketing",
        searchable=True,
        customer_visible=True,
        customer_editable=True,
        position=20,
    ),
    _one("CUSTOMER_B2B_REF", "text", "B2B reference", personal=True, position=30),
    _one("CUSTOMER_B2B_EMPLOYEE_ID", "text", "B2B employee id", personal=True, position=40),
    _one("CUSTOMER_B2B_CHARGE_ID", "text", "B2B charge id", personal=True, position=50),
    _one("CUSTOMER_B2B_REQUIRE_APPROVE", "boolean", "Orders need approval", searchable=True, position=60),
    _one("CUSTOMER_B2B_REQUIRE_APPROVE_X", "money", "Orders over this amount need approval", position=70),
    _one("CUSTOMER_BLOCK_CHECKOUT", "boolean", "Checkout is blocked", searchable=True, position=80),
    _one("CUSTOMER_BLOCK_CHECKOUT_X", "money", "Checkout is blocked over this amount", position=90),
)
"""What `core.info_types.define_standard()` defines; YesCart's proxies of core properties are fields already."""
