"""What a changed definition means for the values that are stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from customercore.catalogue.info_fields import InfoField, value_of
from customercore.catalogue.query import Query
from customercore.domain.customer import Customer
from customercore.domain.info_type import CUSTOMER, InfoType
from customercore.domain.kinds import Kind, RefusedError
from customercore.domain.tenant import Definitions
from customercore.errors import ExtensionError, InvalidValueError
from customercore.services.context import Context
from customercore.services.units import Work

__all__ = ["Impact", "all_kinds_known", "impact_of", "rewrite", "values_of"]

_SHOWN = 20


@attrs.frozen
class Impact:
    """What a changed definition would break.

    ``checked`` values were looked at and ``broken`` of them would be refused; ``codes`` counts why,
    ``ids`` are some of the customers that have them, or share a value that is to be unique.
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


def impact_of(context: Context, work: Work, was: InfoType, now: InfoType) -> Impact:
    """Return what would become of the stored values under a changed definition; reads every customer of the tenant.

    Of a value that customers share and that is to be unique, all but the first one's break.
    """
    judge = _Judge(was, now, context.catalogue.info_kinds[now.kind], work.definitions)
    checked, codes, ids = 0, dict[str, int](), dict[str, None]()
    for customer in work.uow.customers.stream(Query()):
        for value in values_of(customer, now):
            checked += 1
            first, code = judge.shared(value, customer.id), None
            if first is not None:
                code = "duplicate_value"
                ids[first] = None
            else:
                code = judge.code_of(value, customer.shop)
            if code is not None:
                codes[code] = codes.get(code, 0) + 1
                ids[customer.id] = None
    return Impact(checked, sum(codes.values()), codes, tuple(ids)[:_SHOWN])


class _Judge:
    """Tells what is wrong with stored values under a changed definition."""

    def __init__(self, was: InfoType, now: InfoType, kind: Kind, definitions: Definitions) -> None:
        self._was = was
        self._now = now
        self._kind = kind
        self._field = InfoField.of(now, kind)
        self._definitions = definitions
        self._holders: dict[str, str] = {}

    def shared(self, value: Any, id: str) -> str | None:
        """Return the customer that holds the value already, where it is to be unique; else note that this one does."""
        if not self._now.unique:
            return None
        key = str(self._field.equality(value))
        first = self._holders.setdefault(key, id)
        return None if first == id else first

    def code_of(self, value: Any, shop: str | None) -> str | None:
        """Return why a value would be refused to a customer of a home shop, None when it would not."""
        try:
            value_of(self._now, self._kind, value, self._definitions)
        except RefusedError as refused:
            return refused.problems[0].code
        except InvalidValueError as error:
            return error.code
        meant_before = not self._was.shops or shop in self._was.shops
        return "other_shop" if meant_before and self._now.shops and shop not in self._now.shops else None


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
