"""The customer's declarations, bound."""

from __future__ import annotations

from customercore.catalogue.aggregate import Aggregate
from customercore.catalogue.binding import Kinds, bind
from customercore.catalogue.bound_field import Unique
from customercore.catalogue.customer_index import customer_index
from customercore.catalogue.info_fields import INTEGER_SLOTS, slot_columns
from customercore.domain.customer import ACTIVE, GUEST, Customer
from customercore.domain.field import Field, Privacy
from customercore.domain.text import identity_key

__all__ = ["customers", "email_unique_key", "till_unique_key"]


def email_unique_key(email_key: str, scope: str) -> str:
    """Return the unique key of an e-mail: its identity key, and the home shop where the tenant's scope is the shop."""
    return f"{email_key}\n{scope}" if scope else email_key


def till_unique_key(email_key: str, shop: str | None) -> str:
    """Return the unique key of the guest that checkout made for a mailbox and a home shop."""
    return f"{email_key}\n{shop or ''}"


def customers(kinds: Kinds, cls: type[Customer] = Customer) -> Aggregate[Customer]:
    """Return the aggregate of customers; ``cls`` may be a subclass that declares more fields."""
    email = kinds["email"]

    def email_key(one: Customer) -> str | None:
        if one.email is None or not one.identifiable:
            return None
        return email_unique_key(email.equality(one.email), one.identity_scope)

    def code_key(one: Customer) -> str | None:
        return identity_key(one.code) if one.code and one.identifiable else None

    def till_key(one: Customer) -> str | None:
        """Return what makes the guest of a mailbox and shop one, however many orders come at once."""
        if not one.at_till or one.email is None or one.kind != GUEST or one.status != ACTIVE:
            return None
        return till_unique_key(email.equality(one.email), one.shop)

    return bind(
        cls,
        kinds,
        name="customer",
        plural="customers",
        uniques=(Unique("email", email_key), Unique("code", code_key), Unique("till", till_key)),
        default_sort="last_name",
        slots=slot_columns(),
        filters=("status", "kind", "created_at", *INTEGER_SLOTS),
        index=customer_index,
        derived=(Field("full_name", "text", derived=True, exported=False, privacy=Privacy.PERSONAL, max_length=1100),),
    )
