"""customercore: the customer core of commerce software, as an SDK that a platform embeds.

``open_core(url)`` gives a `CustomerCore`; everything else is reached from there. A name is loaded
when it is first asked for, so that importing the package costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from customercore.core import CustomerCore
    from customercore.domain.actor import Actor, BusinessUser, CustomerActor, System
    from customercore.domain.address import Address
    from customercore.domain.criteria.json_form import criteria_from_dict
    from customercore.domain.criteria.tree import Criteria
    from customercore.domain.criteria.where import where
    from customercore.domain.customer import Customer
    from customercore.domain.entry import Entry
    from customercore.domain.gift_card import GiftCard
    from customercore.domain.money import Money
    from customercore.domain.page import Page
    from customercore.domain.shop import Shop
    from customercore.domain.wallet import Hold, Wallet
    from customercore.errors import CustomerCoreError
    from customercore.wiring import open_core

_HOMES = {
    "core": ("CustomerCore",),
    "domain.actor": ("Actor", "BusinessUser", "CustomerActor", "System"),
    "domain.address": ("Address",),
    "domain.criteria.json_form": ("criteria_from_dict",),
    "domain.criteria.tree": ("Criteria",),
    "domain.criteria.where": ("where",),
    "domain.customer": ("Customer",),
    "domain.entry": ("Entry",),
    "domain.gift_card": ("GiftCard",),
    "domain.money": ("Money",),
    "domain.page": ("Page",),
    "domain.shop": ("Shop",),
    "domain.wallet": ("Hold", "Wallet"),
    "errors": ("CustomerCoreError",),
    "wiring": ("open_core",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Actor", "Address", "BusinessUser", "Criteria", "Customer", "CustomerActor", "CustomerCore", "CustomerCoreError",
    "Entry", "GiftCard", "Hold", "Money", "Page", "Shop", "System", "Wallet", "criteria_from_dict", "open_core",
    "where",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(name)
    return getattr(import_module(f"customercore.{_HOME_OF[name]}"), name)
