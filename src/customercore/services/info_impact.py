"""What a changed definition means for the values that are stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from customercore.catalogue.info_fields import value_of
from customercore.catalogue.query import Query
from customercore.domain.customer import Customer
from customercore.domain.info_type import CUSTOMER, InfoType
from customercore.domain.kinds import RefusedError
from customercore.errors import ExtensionError, InvalidValueError
from customercore.services.context import Context
from customercore.services.units import Work

__all__ = ["Impact", "all_kinds_known", "impact_of", "rewrite", "values_of"]

_SHOWN = 20


@attrs.frozen
class Impact:
    """What a changed definition would break.

    ``checked`` values were looked at and ``broken`` of them would be refused; ``codes`` counts why,
    ``ids`` are some of the customers that have them.
    """

    checked: int
    broken: int
    codes: Mapping[str, int]
    ids: tuple[str, ...]


def values_of(customer: Customer, info_type: InfoType) -> Iterator[Any]:
    """Yield the values that a customer, or its addresses, have for an info type."""
    holders = [customer] if info_type.applies_to == CUSTOMER else customer.addresses
    for holder in holders:
        value = holder.info.get(info_type.key)
        if value is not None:
            yield value


def impact_of(context: Context, work: Work, info_type: InfoType) -> Impact:
    """Return what would become of the stored values under a definition; reads every customer of the tenant."""
    kind = context.catalogue.info_kinds[info_type.kind]
    checked, codes, ids = 0, dict[str, int](), list[str]()
    seen: set[Any] = set()
    for customer in work.uow.customers.stream(Query()):
        for value in values_of(customer, info_type):
            checked += 1
            code = None
            try:
                value_of(info_type, kind, value, work.definitions)
                code = "duplicate_value" if info_type.unique and kind.equality(value) in seen else None
            except RefusedError as refused:
                code = refused.problems[0].code
            except InvalidValueError as error:
                code = error.code
            if info_type.unique:
                seen.add(kind.equality(value))
            if code is not None:
                codes[code] = codes.get(code, 0) + 1
                ids.append(customer.id)
    return Impact(checked, sum(codes.values()), codes, tuple(ids[:_SHOWN]))


def all_kinds_known(context: Context, work: Work) -> None:
    """Raise `ExtensionError` while a kind is missing: writing keys anew would lose those of its fields."""
    for one in work.definitions.info_types.get(CUSTOMER, {}).values():
        if not one.retired and (one.slot or one.unique) and one.kind not in context.catalogue.info_kinds:
            message = f"the info type {one.key} has the kind {one.kind}, which no plug-in registers"
            raise ExtensionError("unknown_kind", message, kind=one.kind, key=one.key)


def rewrite(context: Context, work: Work, info_type: InfoType) -> None:
    """Write the keys of every record that has a value of the info type anew."""
    all_kinds_known(context, work)
    for customer in work.uow.customers.stream(Query()):
        if any(True for _ in values_of(customer, info_type)):
            work.uow.customers.reindex(customer)
