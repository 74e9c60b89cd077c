"""The catalogue of one tenant: the built-in fields and the fields that the tenant has defined."""

from __future__ import annotations

from typing import Any

import attrs

from customercore.catalogue.aggregate import Aggregate
from customercore.catalogue.catalogue import Catalogue
from customercore.catalogue.info_fields import InfoField
from customercore.domain.info_type import ADDRESS, CUSTOMER
from customercore.domain.tenant import Definitions

__all__ = ["extended"]


def extended(catalogue: Catalogue, definitions: Definitions) -> Catalogue:
    """Return the catalogue with the tenant's info types as fields (``info.<key>``) of customers and addresses.

    Retired info types, and those whose kind no plug-in registers any more, are left out.
    """
    if not any(definitions.info_types.values()):
        return catalogue
    return attrs.evolve(
        catalogue,
        customers=_with_info(catalogue, catalogue.customers, definitions, CUSTOMER),
        addresses=_with_info(catalogue, catalogue.addresses, definitions, ADDRESS),
    )


def _with_info(
    catalogue: Catalogue, aggregate: Aggregate[Any], definitions: Definitions, applies_to: str
) -> Aggregate[Any]:
    defined = definitions.info_types.get(applies_to, {}).values()
    fields = [
        InfoField.of(info_type, catalogue.info_kinds[info_type.kind])
        for info_type in sorted(defined, key=lambda one: (one.position, one.key))
        if not info_type.retired and info_type.kind in catalogue.info_kinds
    ]
    return attrs.evolve(aggregate, fields=(*aggregate.fields, *fields)) if fields else aggregate
