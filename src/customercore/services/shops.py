"""Shops: ``core.shops``."""

from __future__ import annotations

from collections.abc import Iterable

from customercore.domain.shop import Shop
from customercore.domain.tenant import Definitions
from customercore.errors import NotFoundError, Problem
from customercore.services.context import Context, code_of
from customercore.services.definitions import Definable, change, define

__all__ = ["Shops"]


def _ancestry(defined: Definitions, shop: Shop) -> list[Problem]:
    """Return a problem when a shop would be above itself."""
    above = shop.parent
    while above is not None:
        if above == shop.code:
            return [Problem("parent", "cycle", "a shop cannot be above itself")]
        above = defined.shops[above].parent
    return []


class Shops:
    """The shops (applications) of a tenant, known by their code."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._kind = Definable(context.catalogue.shops, lambda defined: defined.shops, _ancestry)

    def create(
        self,
        code: str,
        *,
        name: str | None = None,
        currency: str | None = None,
        countries: Iterable[str] = (),
        delivery_countries: Iterable[str] = (),
        languages: Iterable[str] = (),
        parent: str | None = None,
        reason: str | None = None,
        idempotency_key: str | None = None,
    ) -> Shop:
        """Create a shop.

        ``code`` is letters, digits, ``_``, ``.`` and ``-`` (case does not count), ``currency`` ISO 4217,
        countries ISO 3166 codes or English names, ``languages`` BCP 47 tags, ``parent`` a shop's code.
        Raises `InvalidValueError`, or `DuplicateError` when the code is taken.
        """
        given = {
            "code": code,
            "name": name,
            "currency": currency,
            "countries": countries,
            "delivery_countries": delivery_countries,
            "languages": languages,
            "parent": parent,
        }
        return define(self._context, self._kind, given, key=idempotency_key, reason=reason)

    def update(
        self,
        code: str,
        *,
        reason: str | None = None,
        expected_version: int | None = None,
        idempotency_key: str | None = None,
        **fields: object,
    ) -> Shop:
        """Change a shop's fields; raises `NotFoundError`, `StaleVersionError` or `InvalidValueError`."""
        how = {"key": idempotency_key, "reason": reason}
        return change(self._context, self._kind, code, fields, **how, expected_version=expected_version)

    def get(self, code: str) -> Shop:
        """Return the shop with this code, or raise `NotFoundError`."""
        shops = self._context.units.read(lambda work: work.definitions.shops)
        shop = shops.get(code_of(code))
        if shop is None:
            raise NotFoundError("shop_not_found", "there is no such shop")
        return shop

    def list(self) -> tuple[Shop, ...]:
        """Return every shop, ordered by code."""
        shops = self._context.units.read(lambda work: work.definitions.shops)
        return tuple(shops[code] for code in sorted(shops))
