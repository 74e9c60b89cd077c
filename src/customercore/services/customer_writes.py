"""How every change of a customer is made: read, changed by a pure function, saved, recorded, in one unit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from customercore.domain.customer import REGISTERED, Customer
from customercore.domain.evolving import evolved
from customercore.domain.tenant import Definitions
from customercore.domain.text import identity_key
from customercore.services.codes import TakenCodes
from customercore.services.context import Context, Stamp, id_of, settled
from customercore.services.customer_drafts import CustomerDrafts
from customercore.services.customer_search import stored_customer
from customercore.services.definitions import check_version
from customercore.services.idempotency import Call
from customercore.services.units import Work, contested

__all__ = ["Change", "CustomerWrites"]

Change = Callable[[Customer, Definitions, dt.datetime], Customer]
"""Gives the next version of a customer at a moment, or the same customer when there is nothing to change."""


class CustomerWrites:
    """The two ways a customer is written: made new, or changed."""

    def __init__(self, context: Context, *, at_checkout: bool = False) -> None:
        self._context = context
        strict = at_checkout or context.actor.strict
        self.drafts = CustomerDrafts(
            context.catalogue, context.address_rules, context.identifiers, strict=strict, at_checkout=at_checkout
        )

    def apply(
        self,
        type: str,
        customer: Customer | str,
        change: Change,
        arguments: Mapping[str, object],
        *,
        expected_version: int | None,
        key: str | None,
        reason: str | None,
        answer: list[str] | None = None,
    ) -> Customer:
        """Read a customer, change it, save it with compare-and-set and record the event, in one unit.

        ``answer`` holds the id of what the call answers with, where that is a part of the customer:
        ``change`` puts it there, and so does a repeated call.
        """
        id, stamp, context = id_of(customer, "customer"), self._context.stamp(reason), self._context

        def use_case(work: Work) -> Customer:
            was = stored_customer(work, id)
            check_version("customer", was.version, expected_version)
            now = change(was, work.definitions, stamp.at)
            if now is was or now.version == was.version:
                return now
            with contested():
                work.uow.customers.save(now, was=was, deferred=work.trusting)
            customers = work.catalogue.customers
            work.record(context.event(customers, now, stamp, type=type, was=was, catalogue=work.catalogue))
            return now

        def again(work: Work, result: str) -> Customer:
            if answer is not None:
                answer[:] = [result]
            return stored_customer(work, id)

        arguments = {"id": id, "expected_version": expected_version, "reason": stamp.reason, **arguments}
        result_of: Callable[[Customer], str] | None = None if answer is None else lambda _: answer[0]
        return context.write(Call(type, key, arguments, id, again, result_of), use_case)

    def make(
        self, operation: str, kind: str, fields: Mapping[str, object], *, key: str | None, reason: str | None
    ) -> Customer:
        """Make a new customer of a kind in one unit."""
        stamp, fields = self._context.stamp(reason), settled(fields)
        call = Call(operation, key, {"reason": stamp.reason, **fields}, stamp.id, stored_customer)
        taken = TakenCodes()
        return self._context.write(call, lambda work: self.add_new(work, stamp, fields, kind, taken))

    def add_new(
        self,
        work: Work,
        stamp: Stamp,
        fields: Mapping[str, object],
        kind: str,
        taken: TakenCodes,
        *,
        at_till: bool = False,
    ) -> Customer:
        """Make a new customer in the given unit; ``taken`` is of all tries of the call."""
        context, definitions = self._context, work.definitions
        taken.used = 0
        customer = self.drafts.new(fields, definitions, id=stamp.id, at=stamp.at, kind=kind)
        pattern = definitions.settings.customers_code_pattern
        if at_till:
            customer = evolved(customer, at_till=True)
        made = {"id"}
        if customer.code is None and kind == REGISTERED and pattern:
            customer = evolved(customer, code=self._code(work, pattern, taken))
            made.add("code")
        work.made |= made
        with contested(made):
            work.uow.customers.add(customer, deferred=work.trusting)
        work.record(
            context.event(work.catalogue.customers, customer, stamp, type="customer.created", catalogue=work.catalogue)
        )
        return customer

    def _code(self, work: Work, pattern: str, taken: TakenCodes) -> str:
        """Return a code that nobody has; look first where an earlier try had it, or there is no second one."""
        units = self._context.units
        while True:
            look = units.joined or taken.left
            (code,) = self._context.codes.take(units, work, pattern, taken=taken)
            if not look or work.uow.customers.by("code", identity_key(code)) is None:
                return code
