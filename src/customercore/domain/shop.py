"""The shop (application) that a customer meets."""

from __future__ import annotations

import datetime as dt

import attrs

from customercore.domain.field import Privacy, declared

__all__ = ["Shop"]

_KEPT = Privacy.BOOKKEEPING


@attrs.frozen(kw_only=True, slots=False)
class Shop:
    """A shop. ``countries`` are those of invoice addresses, ``delivery_countries`` those of delivery addresses.

    No countries means all countries; no delivery countries means the same as for invoices.
    ``currency`` is ISO 4217, ``languages`` are BCP 47 tags in order of preference.
    """

    id: str = declared("id", default="", read_only=True, exported=False, privacy=_KEPT)
    version: int = declared("integer", default=0, read_only=True, exported=False, privacy=_KEPT)
    code: str = declared("slug", default="", required=True, unique=True, indexed=True)
    name: str | None = declared("text")
    currency: str | None = declared("currency")
    countries: tuple[str, ...] = declared("countries", default=())
    delivery_countries: tuple[str, ...] = declared("countries", default=())
    languages: tuple[str, ...] = declared("languages", default=())
    parent: str | None = declared("shop")
    created_at: dt.datetime = declared("datetime", read_only=True, exported=False, privacy=_KEPT)
    updated_at: dt.datetime = declared("datetime", read_only=True, exported=False, privacy=_KEPT)

    def serves(self, country: str, purpose: str) -> bool:
        """Tell whether an address in ``country`` may be used here for ``invoice`` or ``delivery``."""
        allowed = self.countries
        if purpose == "delivery" and self.delivery_countries:
            allowed = self.delivery_countries
        return not allowed or country in allowed
