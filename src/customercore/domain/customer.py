"""The customer: always a person."""

from __future__ import annotations

import datetime as dt

import attrs

from customercore.domain.address import DELIVERY, INVOICE, Address
from customercore.domain.field import Privacy, declared
from customercore.domain.info_values import NO_INFO, InfoValues
from customercore.errors import Problem

__all__ = ["ACTIVE", "GUEST", "INACTIVE", "KINDS", "REGISTERED", "STATUSES", "Customer", "full_name"]

# The statuses and kinds that a customer may have.
ACTIVE = "active"
INACTIVE = "inactive"
STATUSES = (ACTIVE, INACTIVE, "anonymized", "merged")
REGISTERED = "registered"
GUEST = "guest"
KINDS = (REGISTERED, GUEST)

_PERSONAL = Privacy.PERSONAL
_KEPT = Privacy.BOOKKEEPING


@attrs.frozen(kw_only=True, slots=False, repr=False)
class Customer:
    """A customer as stored: frozen; a change is a new one with the next ``version``.

    Texts that were not given are None, collections are empty. Times are UTC in whole milliseconds.
    ``imported_password`` is the hash that another platform had of the password, behind the name of its
    scheme and a colon; it is no field that can be named, and no event, export or list holds it.
    ``warnings`` is not stored: it tells the caller of ``create`` or ``update`` what looked doubtful.
    """

    id: str = declared("id", default="", read_only=True, exported=False, privacy=_KEPT)
    version: int = declared("integer", default=0, read_only=True, exported=False, privacy=_KEPT)
    code: str | None = declared("code", unique=True, privacy=_PERSONAL)
    email: str | None = declared("email", required=True, unique=True, indexed=True, privacy=_PERSONAL)
    email_verified: bool = declared("boolean", default=False)
    salutation: str | None = declared("text", privacy=_PERSONAL)
    first_name: str | None = declared("text", required=True, privacy=_PERSONAL)
    middle_name: str | None = declared("text", privacy=_PERSONAL)
    last_name: str | None = declared("text", required=True, indexed=True, privacy=_PERSONAL)
    suffix: str | None = declared("text", privacy=_PERSONAL)
    phones: tuple[str, ...] = declared("phones", default=(), privacy=_PERSONAL)
    language: str | None = declared("language")
    birth_date: dt.date | None = declared("date", privacy=_PERSONAL)
    company_name: str | None = declared("text", indexed=True, privacy=_PERSONAL)
    company_name_2: str | None = declared("text", privacy=_PERSONAL)
    department: str | None = declared("text", privacy=_PERSONAL)
    customer_type: str = declared("customer_type", default="private")
    pricing_policy: str | None = declared("code")
    information: str | None = declared("long_text", privacy=_PERSONAL, max_length=20_000)
    flags: frozenset[str] = declared("flags", default=frozenset())
    tags: frozenset[str] = declared("tags", default=frozenset(), privacy=_PERSONAL)
    shop: str | None = declared("shop")
    status: str = declared("choice", default=ACTIVE, choices=STATUSES, read_only=True)
    kind: str = declared("choice", default=REGISTERED, choices=KINDS, read_only=True)
    info: InfoValues = declared("info", default=NO_INFO)
    use_invoice_for_delivery: bool = declared("boolean", default=False)
    addresses: tuple[Address, ...] = declared("addresses", default=(), privacy=_PERSONAL)
    created_at: dt.datetime = declared("datetime", read_only=True, indexed=True, exported=False, privacy=_KEPT)
    updated_at: dt.datetime = declared("datetime", read_only=True, exported=False, privacy=_KEPT)
    deactivated_at: dt.datetime | None = declared("datetime", read_only=True, exported=False, privacy=_KEPT)
    identity_scope: str = declared("choice", default="", read_only=True, hidden=True, exported=False, privacy=_KEPT)
    at_till: bool = declared("value", default=False, read_only=True, hidden=True, exported=False, privacy=_KEPT)
    imported_password: str | None = declared(
        "secret", read_only=True, hidden=True, exported=False, privacy=Privacy.SECRET
    )
    warnings: tuple[Problem, ...] = attrs.field(default=(), eq=False)

    def __repr__(self) -> str:
        """Name the customer without a personal value in it."""
        return f"<Customer {self.id} version={self.version} {self.kind} {self.status}>"

    @property
    def full_name(self) -> str | None:
        """First, middle and last name and suffix in this order, separated by spaces; None without any."""
        return full_name(self)

    @property
    def identifiable(self) -> bool:
        """Whether the customer takes part in uniqueness: registered, and neither anonymised nor merged."""
        return self.kind == REGISTERED and self.status in (ACTIVE, INACTIVE)

    def default_address(self, purpose: str) -> Address | None:
        """Return the default address for ``invoice`` or ``delivery``, or None.

        With ``use_invoice_for_delivery`` the invoice address is the delivery address too.
        """
        if purpose == DELIVERY and self.use_invoice_for_delivery:
            purpose = INVOICE
        return next((one for one in self.addresses if purpose in one.default_for), None)

    def deactivated(self, at: dt.datetime) -> Customer:
        """Return the customer moved to the bin at ``at``."""
        return attrs.evolve(self, status=INACTIVE, deactivated_at=at)

    def reactivated(self) -> Customer:
        """Return the customer taken out of the bin."""
        return attrs.evolve(self, status=ACTIVE, deactivated_at=None, at_till=False)


def full_name(customer: Customer) -> str | None:
    """Return the parts of the customer's name that are known, separated by single spaces, or None."""
    parts = (customer.first_name, customer.middle_name, customer.last_name, customer.suffix)
    return " ".join(part for part in parts if part) or None
