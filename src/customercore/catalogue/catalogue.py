"""The catalogue: every aggregate of the core, by name."""

from __future__ import annotations

from typing import Any

import attrs

from customercore.catalogue.addresses import AddressesKind
from customercore.catalogue.aggregate import Aggregate
from customercore.catalogue.binding import Kinds, bind, by_code
from customercore.catalogue.bound_field import Unique
from customercore.catalogue.customers import customers
from customercore.catalogue.info_fields import InfoKind
from customercore.catalogue.kinds import core_kinds
from customercore.domain.address import Address
from customercore.domain.classification import CustomerType, Flag
from customercore.domain.customer import Customer
from customercore.domain.entry_note import EntryNote
from customercore.domain.gift_card import GiftCard
from customercore.domain.info_type import ADDRESS, CUSTOMER, InfoType
from customercore.domain.note import Note
from customercore.domain.record import Counter, IdempotencyRecord, Subscription
from customercore.domain.shop import Shop
from customercore.domain.template import Template, template_key
from customercore.domain.tenant import Tenant
from customercore.domain.wallet import Wallet

__all__ = ["Catalogue", "build_catalogue"]

_BY_CODE = (Unique("code", by_code),)
_BY_KEY = Unique("key", lambda one: f"{one.applies_to}:{one.key}")
_BY_OWNER = Unique("owner", lambda one: f"{one.owner}:{one.currency}" if one.owner else None)
_BY_DIGEST = Unique("code_digest", lambda one: one.code_digest or None)


@attrs.frozen(eq=False)
class Catalogue:
    """All aggregates. ``addresses`` live inside their owner; the others are repositories of every store.

    Two catalogues are never equal: what follows from one is kept as long as it lives.
    """

    customers: Aggregate[Customer]
    addresses: Aggregate[Address]
    shops: Aggregate[Shop]
    flags: Aggregate[Flag]
    customer_types: Aggregate[CustomerType]
    tenants: Aggregate[Tenant]
    info_types: Aggregate[InfoType]
    counters: Aggregate[Counter]
    idempotency_records: Aggregate[IdempotencyRecord]
    subscriptions: Aggregate[Subscription]
    notes: Aggregate[Note]
    templates: Aggregate[Template]
    wallets: Aggregate[Wallet]
    gift_cards: Aggregate[GiftCard]
    entry_notes: Aggregate[EntryNote]
    info_kinds: Kinds
    """The kinds that info types may have, plug-ins' included."""

    @property
    def stored(self) -> tuple[Aggregate[Any], ...]:
        """The aggregates with a repository of their own, in a fixed order."""
        return (
            self.customers,
            self.shops,
            self.flags,
            self.customer_types,
            self.tenants,
            self.info_types,
            self.counters,
            self.idempotency_records,
            self.subscriptions,
            self.notes,
            self.templates,
            self.wallets,
            self.gift_cards,
            self.entry_notes,
        )


def build_catalogue(kinds: Kinds, customer: type[Customer] = Customer) -> Catalogue:
    """Bind every declaration to its kind.

    ``kinds`` are those that info types may have; ``customer`` may be a subclass that declares more fields.
    """
    info_kinds, kinds = kinds, core_kinds(kinds)
    addresses = bind(Address, {**kinds, "info": InfoKind(ADDRESS, info_kinds)}, name="address", plural="addresses")
    kinds = {**kinds, "addresses": AddressesKind(addresses), "info": InfoKind(CUSTOMER, info_kinds)}
    return Catalogue(
        customers=customers(kinds, customer),
        addresses=addresses,
        shops=bind(Shop, kinds, name="shop", plural="shops", uniques=_BY_CODE, default_sort="code"),
        flags=bind(Flag, kinds, name="flag", plural="flags", uniques=_BY_CODE, default_sort="code"),
        customer_types=bind(
            CustomerType, kinds, name="customer_type", plural="customer_types", uniques=_BY_CODE, default_sort="code"
        ),
        tenants=bind(Tenant, kinds, name="tenant", plural="tenants"),
        info_types=bind(InfoType, kinds, name="info_type", plural="info_types", uniques=(_BY_KEY,)),
        counters=bind(Counter, kinds, name="counter", plural="counters"),
        idempotency_records=bind(IdempotencyRecord, kinds, name="idempotency_record", plural="idempotency_records"),
        subscriptions=bind(Subscription, kinds, name="subscription", plural="subscriptions"),
        notes=bind(Note, kinds, name="note", plural="notes"),
        templates=bind(Template, kinds, name="template", plural="templates", uniques=(Unique("key", template_key),)),
        wallets=bind(Wallet, kinds, name="wallet", plural="wallets", uniques=(_BY_OWNER,)),
        gift_cards=bind(GiftCard, kinds, name="gift_card", plural="gift_cards", uniques=(_BY_DIGEST,)),
        entry_notes=bind(EntryNote, kinds, name="entry_note", plural="entry_notes"),
        info_kinds=info_kinds,
    )
