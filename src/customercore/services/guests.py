"""Guests and checkout: finding or making the customer of an order."""

from __future__ import annotations

from customercore.catalogue.customers import till_unique_key
from customercore.catalogue.query import All, Query
from customercore.catalogue.resolve import equal, resolve, resolve_sort
from customercore.domain.criteria.where import where
from customercore.domain.customer import ACTIVE, GUEST, REGISTERED, Customer
from customercore.domain.text import unstorable
from customercore.errors import ConflictError, DuplicateError
from customercore.services.codes import TakenCodes
from customercore.services.context import Context, code_of, settled
from customercore.services.customer_search import CustomerSearch, mailbox_holder, stored_customer
from customercore.services.customer_writes import CustomerWrites
from customercore.services.idempotency import Call
from customercore.services.units import Work

__all__ = ["Guests"]


class Guests(CustomerSearch):
    """The part of ``core.customers`` that meets people who may have no account."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._writes = CustomerWrites(context)

    def create_guest(
        self, *, reason: str | None = None, idempotency_key: str | None = None, **fields: object
    ) -> Customer:
        """Create a guest: a customer outside e-mail uniqueness and not listed by default; only ``email`` is needed."""
        return self._writes.make("customers.create_guest", GUEST, fields, key=idempotency_key, reason=reason)

    def at_checkout(
        self,
        email: str,
        *,
        shop: str | None = None,
        guest: bool = True,
        reason: str | None = None,
        idempotency_key: str | None = None,
        **fields: object,
    ) -> Customer:
        """Find or create the customer of an order in one step, however many ask at once.

        A ``guest`` is the newest active guest of this mailbox and shop, else a new one; it is never a
        registered customer, since nobody has proved the mailbox. With ``guest=False`` it is the
        registered customer of this mailbox, else a new one made of ``fields``. What is found is
        returned as it stands. Values are checked as strictly as for customers themselves (ruling 4).
        Raises `InvalidValueError`, and `ConflictError` (``customer_inactive``) for one in the bin.
        """
        given = settled({**fields, "email": email, **({} if shop is None else {"shop": shop})})
        kind = GUEST if guest else REGISTERED
        context, stamp = self._context, self._context.stamp(reason)
        strict, taken = CustomerWrites(context, at_checkout=True), TakenCodes()

        def use_case(work: Work) -> Customer:
            found = self._at_the_till(work, email, shop, guest=guest)
            if found is None:
                return strict.add_new(work, stamp, given, kind, taken, at_till=guest)
            if found.status != ACTIVE:
                raise ConflictError("customer_inactive", "the customer is in the bin")
            return found

        arguments = {"guest": guest, "reason": stamp.reason, **given}
        call = Call("customers.at_checkout", idempotency_key, arguments, stamp.id, stored_customer, lambda one: one.id)
        try:
            return context.write(call, use_case)
        except DuplicateError as error:
            if context.units.joined or error.field not in ("email", "till"):
                raise
            return context.write(call, use_case)  # somebody made this customer just now: it will be found

    def _at_the_till(self, work: Work, email: str, shop: str | None, *, guest: bool) -> Customer | None:
        """Return the customer that stands there, None also where what was given cannot be a customer's."""
        if (
            not isinstance(email, str)
            or unstorable(email)
            or (shop is not None and code_of(shop) not in work.definitions.shops)
        ):
            return None
        if not guest:
            return mailbox_holder(self._context, work, email, shop)
        customers = work.catalogue.customers
        mailbox = customers.by_name["email"]
        key = mailbox.equality(email.strip())
        home = None if shop is None else code_of(shop)
        made = work.uow.customers.by("till", till_unique_key(key, home))
        if made is not None:
            return made
        lived = (where.kind == GUEST) & (where.status == ACTIVE)
        lived &= where.field("shop").is_missing() if home is None else where.shop(home)
        node = All((equal(mailbox, "eq", (email.strip(),)), resolve(customers, lived, work.definitions)))
        order = resolve_sort(customers, "-created_at")
        found = work.uow.customers.find(Query(where=node, order=order, limit=1)).items
        return found[0] if found else None
