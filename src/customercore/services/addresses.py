"""The address book of a customer: ``core.addresses``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import attrs

from customercore.catalogue.addresses import parse_address
from customercore.domain.address import PURPOSES, Address, merged, with_default
from customercore.domain.customer import Customer
from customercore.domain.info_type import ADDRESS
from customercore.domain.info_values import NO_INFO
from customercore.domain.tenant import Definitions
from customercore.errors import InvalidValueError, NotFoundError, Problem
from customercore.services.context import Context, code_of, id_of, settled
from customercore.services.customer_drafts import next_version
from customercore.services.customer_info import InfoScope
from customercore.services.customer_search import stored_customer
from customercore.services.customer_writes import Change, CustomerWrites

__all__ = ["Addresses"]


class Addresses:
    """Addresses live in the book of their owner; changing one is a new version of the owner."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._writes = CustomerWrites(context)

    def add(
        self,
        owner: Customer | str,
        address: Address | Mapping[str, object],
        *,
        reason: str | None = None,
        expected_version: int | None = None,
        idempotency_key: str | None = None,
    ) -> Address:
        """Add an address to the owner's book and return it as it stands there.

        An address that is there already is not added twice: its purposes are joined. The first address
        for a purpose becomes its default. Raises `NotFoundError`, `InvalidValueError` (also
        ``too_many_addresses``). Doubts about postcode, parts or phone are in ``warnings`` (ruling 4).
        """
        new_id, stands = self._context.identifiers.new(), list[str]()
        if isinstance(address, Mapping):
            address = settled(address)

        def change(was: Customer, definitions: Definitions, at: dt.datetime) -> Customer:
            scope = InfoScope(ADDRESS, definitions, was.shop)
            parsed = attrs.evolve(self._parsed(address, definitions), id=new_id)
            parsed = self._writes.drafts.with_defaults(parsed, was.addresses, scope)
            book, now = merged(was.addresses, parsed)
            stands[:] = [now.id]
            known = next((one for one in was.addresses if one.id == now.id), None)
            return self._with_book(was, book, definitions, at) if now != known else was

        customer = self._apply(
            owner,
            "customer.address_added",
            change,
            address,
            reason=reason,
            expected_version=expected_version,
            key=idempotency_key,
            answer=stands,
        )
        return self._warned(_in_book(customer, stands[0]), customer)

    def update(
        self,
        owner: Customer | str,
        address: Address | str,
        *,
        reason: str | None = None,
        expected_version: int | None = None,
        idempotency_key: str | None = None,
        **fields: object,
    ) -> Address:
        """Change fields of an address; those not named stay, None empties one. Returns the address as it stands."""
        id, stands, fields = id_of(address, "address"), list[str](), settled(fields)

        def change(was: Customer, definitions: Definitions, at: dt.datetime) -> Customer:
            known = _in_book(was, id)
            now = self._updated(known, fields, definitions)
            twin = next((one for one in was.addresses if one.id != id and one.same_place(now)), None)
            stands[:] = [id if twin is None else twin.id]
            if now == known:
                return was
            book = tuple(now if one.id == id else one for one in was.addresses)
            if twin is not None:  # two became one: the one that was there first stays
                book, _ = merged(tuple(one for one in was.addresses if one.id != id), now)
            for purpose in sorted(now.default_for - known.default_for):
                book = with_default(book, stands[0], purpose)
            return self._with_book(was, book, definitions, at)

        arguments = {"address": id, **fields}
        customer = self._apply(
            owner,
            "customer.address_updated",
            change,
            arguments,
            reason=reason,
            expected_version=expected_version,
            key=idempotency_key,
            answer=stands,
        )
        return self._warned(_in_book(customer, stands[0]), customer)

    def _updated(self, known: Address, fields: Mapping[str, object], definitions: Definitions) -> Address:
        problems: list[Problem] = []
        values = self._context.catalogue.addresses.parse(fields, definitions, problems)
        if "country" in values and not values["country"]:
            problems.append(Problem("country", "required", "an address needs a country"))
        if problems:
            raise InvalidValueError(problems)
        if "info" in values:
            values["info"] = NO_INFO if fields["info"] is None else known.info.changed(values["info"])
        now = attrs.evolve(known, **values)
        if "default_for" in values:  # a default serves its purpose
            return attrs.evolve(now, purposes=now.purposes | now.default_for)
        return attrs.evolve(now, default_for=now.default_for & now.purposes)

    def remove(
        self,
        owner: Customer | str,
        address: Address | str,
        *,
        reason: str | None = None,
        expected_version: int | None = None,
        idempotency_key: str | None = None,
    ) -> None:
        """Take an address out of the book; raises `NotFoundError` when it is not there."""
        id = id_of(address, "address")

        def change(was: Customer, definitions: Definitions, at: dt.datetime) -> Customer:
            _in_book(was, id)
            return self._with_book(was, tuple(one for one in was.addresses if one.id != id), definitions, at)

        self._apply(
            owner,
            "customer.address_removed",
            change,
            {"address": id},
            reason=reason,
            expected_version=expected_version,
            key=idempotency_key,
        )

    def set_default(
        self,
        owner: Customer | str,
        address: Address | str,
        purpose: str,
        *,
        reason: str | None = None,
        expected_version: int | None = None,
        idempotency_key: str | None = None,
    ) -> Address:
        """Make an address the one default for ``invoice`` or ``delivery`` (which it then also serves)."""
        id = id_of(address, "address")
        if purpose not in PURPOSES:
            raise InvalidValueError.of("purpose", "unknown_choice", f"must be one of {', '.join(PURPOSES)}")

        def change(was: Customer, definitions: Definitions, at: dt.datetime) -> Customer:
            known = _in_book(was, id)
            if purpose in known.default_for:
                return was
            return self._with_book(was, with_default(was.addresses, id, purpose), definitions, at)

        arguments = {"address": id, "purpose": purpose}
        customer = self._apply(
            owner,
            "customer.address_updated",
            change,
            arguments,
            reason=reason,
            expected_version=expected_version,
            key=idempotency_key,
        )
        return _in_book(customer, id)

    def book(self, owner: Customer | str, *, shop: str | None = None) -> tuple[Address, ...]:
        """Return the owner's addresses, oldest first.

        With ``shop``, its view of the book: without the purposes it does not serve in an address's
        country, and without addresses of which none is left. Nothing is deleted.
        """
        id = id_of(owner, "customer")
        definitions, customer = self._context.units.read(
            lambda work: (work.definitions if shop is not None else None, stored_customer(work, id))
        )
        if definitions is None or shop is None:
            return customer.addresses
        view = definitions.shops.get(code_of(shop))
        if view is None:
            raise NotFoundError("shop_not_found", "there is no such shop")
        seen = []
        for address in customer.addresses:
            served = frozenset(one for one in address.purposes if view.serves(address.country, one))
            if served or not address.purposes:
                seen.append(attrs.evolve(address, purposes=served, default_for=address.default_for & served))
        return tuple(seen)

    def format(self, address: Address) -> str:
        """Return the address as it is printed in its own country, one line a row, the country last."""
        return "\n".join(self._context.address_rules.lines(address))

    def _parsed(self, address: Address | Mapping[str, object], definitions: Definitions) -> Address:
        problems: list[Problem] = []
        parsed = parse_address(self._context.catalogue.addresses, address, definitions, problems)
        if problems:
            raise InvalidValueError(problems)
        return parsed

    def _with_book(
        self, was: Customer, book: tuple[Address, ...], definitions: Definitions, at: dt.datetime
    ) -> Customer:
        now = self._writes.drafts.checked(attrs.evolve(was, addresses=book), was, definitions, [])
        return next_version(now, was, at)

    def _apply(
        self,
        owner: Customer | str,
        type: str,
        change: Change,
        arguments: Address | Mapping[str, object],
        *,
        reason: str | None,
        expected_version: int | None,
        key: str | None,
        answer: list[str] | None = None,
    ) -> Customer:
        given = attrs.asdict(arguments) if isinstance(arguments, Address) else arguments
        return self._writes.apply(
            type,
            owner,
            change,
            {"given": given},
            reason=reason,
            expected_version=expected_version,
            key=key,
            answer=answer,
        )

    def _warned(self, address: Address, customer: Customer) -> Address:
        path = f"addresses[{customer.addresses.index(address)}]."
        warnings = tuple(
            attrs.evolve(one, field=one.field.removeprefix(path))
            for one in customer.warnings
            if one.field.startswith(path)
        )
        return attrs.evolve(address, warnings=warnings)


def _in_book(customer: Customer, id: str) -> Address:
    for address in customer.addresses:
        if address.id == id:
            return address
    raise NotFoundError("address_not_found", "there is no such address in the book")
