"""Customers: ``core.customers``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from customercore.domain.customer import ACTIVE, INACTIVE, REGISTERED, Customer
from customercore.domain.tenant import Definitions
from customercore.domain.text import identity_key
from customercore.errors import ConflictError
from customercore.services.context import settled
from customercore.services.customer_drafts import next_version
from customercore.services.guests import Guests
from customercore.services.notes import Notes

__all__ = ["Customers"]


class Customers(Guests, Notes):
    """Customers: always persons. Every call works on one tenant; what comes back is frozen."""

    def create(self, *, reason: str | None = None, idempotency_key: str | None = None, **fields: object) -> Customer:
        """Create a registered customer.

        ``email``, ``first_name`` and ``last_name`` are needed; every other field of a customer may be
        given too. Without a ``code`` the customer gets the next one of the tenant's pattern.
        ``addresses`` is a list of `Address` or of mappings of their fields.

        Raises `InvalidValueError` with every invalid field, `DuplicateError` (``duplicate_email``,
        ``duplicate_code``). What is merely doubtful is in ``warnings`` of the answer (ruling 4).
        """
        return self._writes.make("customers.create", REGISTERED, fields, key=idempotency_key, reason=reason)

    def update(
        self,
        customer: Customer | str,
        *,
        reason: str | None = None,
        expected_version: int | None = None,
        idempotency_key: str | None = None,
        **fields: object,
    ) -> Customer:
        """Change fields; those not named stay. None or an empty text empties a field.

        A new e-mail address is unverified unless ``email_verified`` is given too, and an unverified one
        is refused where the old one is verified (``unverified_email``). A call that changes
        nothing writes nothing. Raises `NotFoundError`, `InvalidValueError`, `DuplicateError`, and
        `StaleVersionError` when ``expected_version`` is not the stored one.
        """
        fields = settled(fields)

        def change(was: Customer, definitions: Definitions, at: dt.datetime) -> Customer:
            return self._writes.drafts.changed(was, fields, definitions, at=at)

        return self._writes.apply(
            "customer.updated",
            customer,
            change,
            fields,
            reason=reason,
            expected_version=expected_version,
            key=idempotency_key,
        )

    def deactivate(
        self,
        customer: Customer | str,
        *,
        reason: str | None = None,
        expected_version: int | None = None,
        idempotency_key: str | None = None,
    ) -> Customer:
        """Move a customer to the bin: hidden from lists, found with ``status="inactive"``. Twice is once."""

        def change(was: Customer, _: Definitions, at: dt.datetime) -> Customer:
            _must_live(was)
            return was if was.status == INACTIVE else next_version(was.deactivated(at), was, at)

        return self._writes.apply(
            "customer.deactivated",
            customer,
            change,
            {},
            reason=reason,
            expected_version=expected_version,
            key=idempotency_key,
        )

    def reactivate(
        self,
        customer: Customer | str,
        *,
        reason: str | None = None,
        expected_version: int | None = None,
        idempotency_key: str | None = None,
    ) -> Customer:
        """Take a customer out of the bin. Twice is once."""

        def change(was: Customer, _: Definitions, at: dt.datetime) -> Customer:
            _must_live(was)
            return was if was.status == ACTIVE else next_version(was.reactivated(), was, at)

        return self._writes.apply(
            "customer.reactivated",
            customer,
            change,
            {},
            reason=reason,
            expected_version=expected_version,
            key=idempotency_key,
        )

    def add_flags(
        self,
        customer: Customer | str,
        *flags: str,
        reason: str | None = None,
        expected_version: int | None = None,
        idempotency_key: str | None = None,
    ) -> Customer:
        """Add flags to a customer; those it has already change nothing."""
        return self._classify(customer, "flags", flags, (), expected_version, idempotency_key, reason)

    def remove_flags(
        self,
        customer: Customer | str,
        *flags: str,
        reason: str | None = None,
        expected_version: int | None = None,
        idempotency_key: str | None = None,
    ) -> Customer:
        """Take flags from a customer; those it has not change nothing."""
        return self._classify(customer, "flags", (), flags, expected_version, idempotency_key, reason)

    def add_tags(
        self,
        customer: Customer | str,
        *tags: str,
        reason: str | None = None,
        expected_version: int | None = None,
        idempotency_key: str | None = None,
    ) -> Customer:
        """Add tags (free words) to a customer."""
        return self._classify(customer, "tags", tags, (), expected_version, idempotency_key, reason)

    def remove_tags(
        self,
        customer: Customer | str,
        *tags: str,
        reason: str | None = None,
        expected_version: int | None = None,
        idempotency_key: str | None = None,
    ) -> Customer:
        """Take tags from a customer, in any spelling that differs by case only."""
        return self._classify(customer, "tags", (), tags, expected_version, idempotency_key, reason)

    def _classify(  # noqa: PLR0917  four verbs share it
        self,
        customer: Customer | str,
        field: str,
        added: Sequence[object],
        removed: Sequence[object],
        expected_version: int | None,
        key: str | None,
        reason: str | None,
    ) -> Customer:
        def change(was: Customer, definitions: Definitions, at: dt.datetime) -> Customer:
            kind = self._context.catalogue.customers.by_name[field].kind
            gone = {identity_key(one) for one in removed if isinstance(one, str)}
            kept = [one for one in sorted(getattr(was, field)) if kind.equality(one) not in gone]
            return self._writes.drafts.changed(was, {field: [*kept, *added]}, definitions, at=at)

        arguments = {"field": field, "added": sorted(added, key=repr), "removed": sorted(removed, key=repr)}
        return self._writes.apply(
            "customer.updated", customer, change, arguments, reason=reason, expected_version=expected_version, key=key
        )


def _must_live(customer: Customer) -> None:
    if customer.status not in (ACTIVE, INACTIVE):
        raise ConflictError("customer_gone", f"the customer is {customer.status}")
