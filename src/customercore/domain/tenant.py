"""What holds for a whole tenant: its settings, and the definitions that every write is checked against."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import attrs

from customercore.domain.classification import BUILT_IN_TYPES, CustomerType, Flag
from customercore.domain.field import Privacy, declared
from customercore.domain.info_type import InfoType
from customercore.domain.record import Subscription
from customercore.domain.shop import Shop

__all__ = [
    "DEFINITIONS",
    "PER_SHOP",
    "PER_TENANT",
    "TENANT_ID",
    "CustomerSettings",
    "Definitions",
    "EmailSettings",
    "Tenant",
]

# The ids of the tenant's one row and of the counter of its definitions, and the scopes of e-mail addresses.
TENANT_ID = "tenant"
DEFINITIONS = "definitions"
PER_TENANT = "tenant"
PER_SHOP = "shop"
_KEPT = Privacy.BOOKKEEPING


@attrs.frozen
class EmailSettings:
    """Settings of e-mail addresses.

    ``scope``: an address is unique in the ``tenant`` or per home ``shop``. ``special_domains`` admits
    ``.test``, ``.local`` and ``.invalid``.
    """

    scope: str
    special_domains: bool


@attrs.frozen
class CustomerSettings:
    """Settings of customers.

    ``code_pattern`` makes the codes of customers created without one (``C{number:07d}``; None: no
    code). ``max_addresses`` caps the book of one customer.
    """

    code_pattern: str | None
    max_addresses: int


@attrs.frozen(kw_only=True, slots=False)
class Tenant:
    """The tenant's settings: one row, made by the first change."""

    id: str = declared("id", default=TENANT_ID, read_only=True, privacy=_KEPT)
    version: int = declared("integer", default=0, read_only=True, privacy=_KEPT)
    email_scope: str = declared("choice", default=PER_TENANT, choices=(PER_TENANT, PER_SHOP))
    email_special_domains: bool = declared("boolean", default=False)
    customers_code_pattern: str | None = declared("pattern", default="C{number:07d}", optional=True)
    customers_max_addresses: int = declared("integer", default=100)
    updated_at: dt.datetime | None = declared("datetime", read_only=True, privacy=_KEPT)

    @property
    def email(self) -> EmailSettings:
        """The settings of e-mail addresses."""
        return EmailSettings(self.email_scope, self.email_special_domains)

    @property
    def customers(self) -> CustomerSettings:
        """The settings of customers."""
        return CustomerSettings(self.customers_code_pattern, self.customers_max_addresses)


@attrs.frozen
class Definitions:
    """What a tenant has defined, as of ``version``: the input of every validation.

    The version is that of the counter `DEFINITIONS`, which every change of a shop, flag, type or
    setting moves on, so that a process whose cached definitions are older notices (ruling 11).
    """

    version: int = 0

    settings: Tenant = attrs.field(factory=Tenant)
    shops: Mapping[str, Shop] = attrs.field(factory=dict)
    flags: Mapping[str, Flag] = attrs.field(factory=dict)
    customer_types: Mapping[str, CustomerType] = attrs.field(factory=lambda: dict(BUILT_IN_TYPES))
    info_types: Mapping[str, Mapping[str, InfoType]] = attrs.field(factory=dict)
    """Info types, retired ones included, by what they apply to and by key."""
    subscriptions: tuple[Subscription, ...] = ()
    """Who is to hear of events."""
    made: dict[Any, Any] = attrs.field(factory=dict, init=False, eq=False, repr=False)
    """What follows from these definitions and was made of them once; other definitions start with nothing."""

    def scope_of(self, shop: str | None) -> str:
        """Return the part of the e-mail's unique key that a home shop adds: nothing when it is unique in the tenant."""
        return (shop or "") if self.settings.email_scope == PER_SHOP else ""
