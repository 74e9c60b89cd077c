"""Info types for tests, and what a tenant has defined with them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import attrs

from customercore.catalogue.aggregate import Aggregate
from customercore.catalogue.catalogue import Catalogue
from customercore.catalogue.extended import extended
from customercore.catalogue.info_fields import INTEGER_SLOTS, TEXT_SLOTS, InfoField, primitive_of
from customercore.catalogue.query import Query
from customercore.catalogue.resolve import resolve, resolve_sort
from customercore.domain.criteria.tree import Criteria
from customercore.domain.customer import Customer
from customercore.domain.info_type import CUSTOMER, InfoType
from customercore.domain.info_values import InfoValues
from customercore.domain.tenant import Definitions
from customercore.testing.sample_catalogue import catalogue_for_tests, definitions_for_tests
from customercore.testing.sample_values import every_info_type
from customercore.testing.samples import customer

__all__ = ["ALL_KINDS", "SEARCHABLE", "Defined", "defined", "info_type", "searchable_kinds", "with_info"]


def info_type(key: str, kind: str = "text", **options: Any) -> InfoType:
    """Return a customers' info type, searchable unless ``options`` say otherwise; `defined` gives it a slot."""
    choices = InfoValues({code: InfoValues() for code in options.pop("choices", ())})
    given: dict[str, Any] = {"id": f"info-{key}", "version": 1, "searchable": True, "choices": choices}
    return InfoType(key=key, kind=kind, **{**given, **options})


@attrs.frozen(slots=False)
class Defined:
    """The definitions of a tenant, and the catalogue that follows from them."""

    definitions: Definitions
    catalogue: Catalogue

    @property
    def customers(self) -> Aggregate[Customer]:
        """The aggregate that a unit of this tenant is told of."""
        return self.catalogue.customers

    @cached_property
    def fields(self) -> tuple[InfoField, ...]:
        """The customers' info types as fields."""
        return tuple(field for field in self.customers.fields if isinstance(field, InfoField))

    def query(self, criteria: Criteria | None = None, sort: Sequence[str] | None = (), **options: Any) -> Query:
        """Return the query for customers by criteria and a sort; ``options`` are those of `Query`."""
        return Query(
            where=resolve(self.customers, criteria, self.definitions),
            order=resolve_sort(self.customers, sort),
            **options,
        )


def defined(*info_types: InfoType) -> Defined:
    """Return what a tenant has defined that has these info types.

    Searchable ones without a slot take the next free one of their sort.
    """
    catalogue = catalogue_for_tests()
    free = {"int64": list(INTEGER_SLOTS), "key": list(TEXT_SLOTS)}
    for one in info_types:
        for slots in free.values():
            if one.slot in slots:
                slots.remove(one.slot)
    known: dict[str, dict[str, InfoType]] = {}
    for one in info_types:
        room = free.get(primitive_of(catalogue.info_kinds[one.kind])) if one.applies_to == CUSTOMER else None
        if one.searchable and one.slot is None and room is not None:
            one = attrs.evolve(one, slot=room.pop(0))
        known.setdefault(one.applies_to, {})[one.key] = one
    definitions = attrs.evolve(definitions_for_tests(), info_types=known)
    return Defined(definitions, extended(catalogue, definitions))


def searchable_kinds() -> list[str]:
    """Return the kinds whose values can be searched."""
    kinds = catalogue_for_tests().info_kinds
    return [name for name, kind in kinds.items() if primitive_of(kind) != "none"]


ALL_KINDS = tuple(catalogue_for_tests().info_kinds)
"""Every kind that an info type may have."""

SEARCHABLE = defined(
    *(attrs.evolve(one, searchable=one.kind in searchable_kinds()) for one in every_info_type(CUSTOMER)),
)
"""A tenant with an info type of every kind (key ``my_<kind>``), searchable where the kind can be."""


def with_info(number: int, /, **info: Any) -> Customer:
    """Return a customer who has these values of info types."""
    return customer(number, info=InfoValues(info))
