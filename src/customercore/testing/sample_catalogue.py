"""The catalogue and the definitions that stores are tested with."""

from __future__ import annotations

from functools import cache
from typing import Any

from customercore.catalogue.aggregate import Aggregate
from customercore.catalogue.catalogue import Catalogue, build_catalogue
from customercore.catalogue.kinds import built_in_kinds
from customercore.domain.classification import Flag
from customercore.domain.shop import Shop
from customercore.domain.tenant import Definitions
from customercore.domain.text import fold

__all__ = ["FLAGS", "PLURALS", "SHOPS", "aggregate_of", "catalogue_for_tests", "definitions_for_tests"]

PLURALS = (
    "customers",
    "shops",
    "flags",
    "customer_types",
    "tenants",
    "info_types",
    "counters",
    "idempotency_records",
    "subscriptions",
    "notes",
    "templates",
    "wallets",
    "gift_cards",
    "entry_notes",
)
"""Every repository of a store."""

FLAGS = ("vip", "late_payer", "wholesale")
"""The flags that are defined."""

SHOPS = ("main", "outlet", "b2b")
"""The codes of the shops."""


def _check_email(value: str, *, special_domains: bool = False) -> str | None:
    return None if special_domains or "@" in value else "must hold an @"


def _check_phone(value: str, country: str | None) -> str | None:
    return None if country or any(char.isdigit() for char in value) else "must hold a digit"


@cache
def catalogue_for_tests() -> Catalogue:
    """Return the catalogue to open a store under test with: e-mail and phone have plain rules."""
    return build_catalogue(built_in_kinds(check_email=_check_email, email_key=fold, check_phone=_check_phone))


@cache
def definitions_for_tests() -> Definitions:
    """Return definitions that know every flag, shop and type of the samples, and no info type."""
    return Definitions(
        flags={code: Flag(id=code, code=code) for code in FLAGS},
        shops={code: Shop(id=code, code=code) for code in SHOPS},
    )


def aggregate_of(plural: str) -> Aggregate[Any]:
    """Return the aggregate with this plural name."""
    return next(one for one in catalogue_for_tests().stored if one.plural == plural)
