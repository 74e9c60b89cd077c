"""Custom fields when a customer is made or changed: defaults, what is required, who may edit, what looks wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import attrs

from customercore.domain.customer import Customer
from customercore.domain.info_type import CUSTOMER, InfoType
from customercore.domain.info_values import NO_INFO, InfoValues
from customercore.domain.kinds import Kind
from customercore.domain.tenant import Definitions
from customercore.errors import Problem

__all__ = ["info_doubts", "missing_info", "new_info", "uneditable_info"]


def in_scope(definitions: Definitions, shop: str | None) -> Iterator[InfoType]:
    """Yield the customers' info types that are in use in a home shop."""
    for one in definitions.info_types.get(CUSTOMER, {}).values():
        if not one.retired and (not one.shops or shop in one.shops):
            yield one


def new_info(
    definitions: Definitions, shop: str | None, given: Mapping[str, object], kinds: Mapping[str, Kind]
) -> InfoValues:
    """Return the values of a new customer: those given, and the defaults of the others (ruling 5)."""
    known = [one for one in in_scope(definitions, shop) if one.default is not None and one.kind in kinds]
    defaults = {one.key: one.default for one in known}
    return NO_INFO.changed({**defaults, **given}) if defaults or given else NO_INFO


def missing_info(now: Customer, definitions: Definitions) -> list[Problem]:
    """Return a problem for each required info type without a value; for the contexts that need them."""
    return [
        Problem(one.name, "required", "is needed")
        for one in in_scope(definitions, now.shop)
        if one.required and one.key not in now.info
    ]


def uneditable_info(keys: Iterable[str], now: Customer, definitions: Definitions) -> list[Problem]:
    """Return a problem for each of the keys that a customer itself may not set."""
    open_to_customers = {one.key for one in in_scope(definitions, now.shop) if one.customer_editable}
    return [
        Problem(f"info.{key}", "not_editable", "cannot be set by the customer")
        for key in keys
        if key not in open_to_customers
    ]


def info_doubts(
    now: Customer, was: Customer | None, definitions: Definitions, kinds: Mapping[str, Kind]
) -> list[Problem]:
    """Return what looks wrong with the values that are new, although they may be stored (ruling 4)."""
    known = definitions.info_types.get(CUSTOMER, {})
    country = now.addresses[0].country if now.addresses else None
    return [
        attrs.evolve(doubt, field=f"info.{key}{doubt.field}")
        for key, value in now.info.items()
        if (was is None or was.info.get(key) != value) and key in known and known[key].kind in kinds
        for doubt in kinds[known[key].kind].doubts(value, country)
    ]
