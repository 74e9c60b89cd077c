"""What customers are sorted by: flags and types, defined per tenant. Tags are free words and need no definition."""

from __future__ import annotations

import datetime as dt

import attrs

from customercore.domain.field import Privacy, declared

__all__ = ["BUILT_IN_TYPES", "CustomerType", "Flag"]

_KEPT = Privacy.BOOKKEEPING


@attrs.frozen(kw_only=True, slots=False)
class Flag:
    """A flag that customers can carry."""

    id: str = declared("id", default="", read_only=True, exported=False, privacy=_KEPT)
    version: int = declared("integer", default=0, read_only=True, exported=False, privacy=_KEPT)
    code: str = declared("slug", default="", required=True, unique=True, indexed=True)
    label: str | None = declared("text")
    created_at: dt.datetime = declared("datetime", read_only=True, exported=False, privacy=_KEPT)
    updated_at: dt.datetime = declared("datetime", read_only=True, exported=False, privacy=_KEPT)


@attrs.frozen(kw_only=True, slots=False)
class CustomerType:
    """A type of customer. ``prices_without_tax`` says whether prices are shown to it without tax."""

    id: str = declared("id", default="", read_only=True, exported=False, privacy=_KEPT)
    version: int = declared("integer", default=0, read_only=True, exported=False, privacy=_KEPT)
    code: str = declared("slug", default="", required=True, unique=True, indexed=True)
    label: str | None = declared("text")
    prices_without_tax: bool = declared("boolean", default=False)
    created_at: dt.datetime = declared("datetime", read_only=True, exported=False, privacy=_KEPT)
    updated_at: dt.datetime = declared("datetime", read_only=True, exported=False, privacy=_KEPT)


BUILT_IN_TYPES = {
    "private": CustomerType(code="private", label="Private person"),
    "business": CustomerType(code="business", label="Business", prices_without_tax=True),
    "employee": CustomerType(code="employee", label="Employee"),
    "guest": CustomerType(code="guest", label="Guest"),
}
"""The types that every tenant has from the start; a tenant may give them another label and tax display."""
