"""Making a valid customer of what a caller gave: the one place where create, update, import and checkout agree."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

import attrs

from customercore.catalogue.catalogue import Catalogue
from customercore.domain.address import PURPOSES, Address, merged, with_default
from customercore.domain.customer import GUEST, REGISTERED, Customer
from customercore.domain.evolving import evolved
from customercore.domain.info_type import ADDRESS, CUSTOMER
from customercore.domain.info_values import NO_INFO, InfoValues
from customercore.domain.tenant import Definitions
from customercore.errors import InvalidValueError, Problem
from customercore.ports.address_rules import AddressRules
from customercore.ports.identifiers import Identifiers
from customercore.services.customer_info import InfoScope

__all__ = ["CustomerDrafts"]


_EMPTY: tuple[object, ...] = (None, "", (), frozenset())
_COMPANY = Problem(
    "company_name",
    "company_without_person",
    "is a company without a person: it can be an organization once there are organizations; until then name a person",
)


@attrs.frozen
class CustomerDrafts:
    """Checks fields and makes customers of them.

    ``strict`` refuses values whose shape is doubtful and addresses that the shop does not serve, as
    for a customer who acts for itself; otherwise doubts become ``warnings`` of the customer (ruling 4).
    """

    catalogue: Catalogue
    address_rules: AddressRules
    identifiers: Identifiers
    strict: bool
    at_checkout: bool = False
    """Whether required info types must have a value: the context needs them (concepts §5)."""

    def new(
        self, given: Mapping[str, object], definitions: Definitions, *, id: str, at: dt.datetime, kind: str = REGISTERED
    ) -> Customer:
        """Return a new customer of version 1; raise `InvalidValueError` with every problem there is."""
        problems: list[Problem] = []
        values = self.catalogue.customers.parse(given, definitions, problems)
        return self.made(given, values, problems, definitions, id=id, at=at, kind=kind)

    def made(
        self,
        given: Mapping[str, object],
        values: dict[str, Any],
        problems: list[Problem],
        definitions: Definitions,
        *,
        id: str,
        at: dt.datetime,
        kind: str = REGISTERED,
        whole_book: bool = False,
    ) -> Customer:
        """Return a new customer like `new`, of ``values`` that are parsed already, with their ``problems``.

        ``whole_book`` keeps the given addresses as they are, also where a purpose has no default.
        """
        needed = ("email",) if kind == GUEST else self._required
        refused = {problem.field for problem in problems}
        missing = [name for name in needed if values.get(name) in _EMPTY and name not in refused]
        problems += [_COMPANY] if _is_company(missing, values) else []
        problems += [Problem(name, "required", "is needed") for name in missing]
        if _blank(given.get("customer_type")):
            values["customer_type"] = "guest" if kind == GUEST else "private"
        given_info, scope = values.get("info") or {}, InfoScope(CUSTOMER, definitions, values.get("shop"))
        problems += scope.uneditable(given_info) if self.strict else scope.foreign({}, given_info)
        values["info"] = scope.filled(given_info, self.catalogue.info_kinds)
        book = values.get("addresses", ())
        if book:
            of_addresses = InfoScope(ADDRESS, definitions, scope.shop)
            values["addresses"] = self._restored(book) if whole_book else self.book((), book, of_addresses)
        core_set = {"id": id, "version": 1, "kind": kind, "created_at": at, "updated_at": at}
        customer = self.catalogue.customers.made(values | core_set)
        if customer.identifiable:
            identity_scope = definitions.scope_of(customer.shop)
            if identity_scope:
                customer = evolved(customer, identity_scope=identity_scope)
        if self.at_checkout:
            problems += scope.missing(customer.info)
        return self.checked(customer, None, definitions, problems)

    def changed(
        self, was: Customer, given: Mapping[str, object], definitions: Definitions, *, at: dt.datetime
    ) -> Customer:
        """Return ``was`` with the given fields changed, as its next version; ``was`` itself when nothing changes.

        Raises `InvalidValueError` with every problem there is.
        """
        problems: list[Problem] = []
        values = self.catalogue.customers.parse(given, definitions, problems)
        if "addresses" in values:
            scope = InfoScope(ADDRESS, definitions, values.get("shop", was.shop))
            values["addresses"] = self.book(was.addresses, values["addresses"], scope, replace=True)
        return self.next(was, given, values, problems, definitions, at=at)

    def next(
        self,
        was: Customer,
        given: Mapping[str, object],
        values: dict[str, Any],
        problems: list[Problem],
        definitions: Definitions,
        *,
        at: dt.datetime,
    ) -> Customer:
        """Return the next version like `changed`, of parsed ``values``; ``addresses`` is the new book."""
        needed = self._required if was.kind == REGISTERED else ("email",)
        emptied = [name for name in needed if name in values and values[name] in _EMPTY]
        problems += [Problem(name, "required", "cannot be emptied") for name in emptied]
        if "customer_type" in given and _blank(given["customer_type"]):
            values["customer_type"] = "guest" if was.kind == GUEST else "private"
        if "info" in values:
            changed = was.info.changed(values["info"]) if given.get("info") is not None else NO_INFO
            problems += self._info_problems(was, changed, values.get("shop", was.shop), definitions)
            values["info"] = changed
        now = evolved(was, **values)
        if now.email != was.email and "email_verified" not in values:
            now = self._unverified(now, was, problems)
        if now.identifiable and now.shop != was.shop:
            now = evolved(now, identity_scope=definitions.scope_of(now.shop))
        if now.at_till and (now.email != was.email or now.shop != was.shop):
            now = evolved(now, at_till=False)
        now = self.checked(now, was, definitions, problems)
        return was if now == was else next_version(now, was, at)

    def _info_problems(
        self, was: Customer, now: InfoValues, shop: str | None, definitions: Definitions
    ) -> list[Problem]:
        """Return what is wrong with other values of a customer's own info types."""
        if self.strict:
            keys = [key for key in {**was.info, **now} if was.info.get(key) != now.get(key)]
            return InfoScope(CUSTOMER, definitions, was.shop).uneditable(keys)
        return InfoScope(CUSTOMER, definitions, shop).foreign(was.info, now)

    def _unverified(self, now: Customer, was: Customer, problems: list[Problem]) -> Customer:
        """Return the customer with its new address unverified; another spelling of the mailbox stays what it was.

        An unverified address never replaces a verified one (concepts §2).
        """
        key = self.catalogue.customers.by_name["email"].kind.equality
        if now.email is not None and was.email is not None and key(now.email) == key(was.email):
            return now
        if was.email_verified:
            problems.append(Problem("email", "unverified_email", "does not replace a verified one: verify it first"))
        return evolved(now, email_verified=False)

    def book(
        self, known: tuple[Address, ...], given: Collection[Address], scope: InfoScope, *, replace: bool = False
    ) -> tuple[Address, ...]:
        """Return the book with the given addresses added to the known ones, or in their stead.

        Identical addresses are one; an address of the book keeps its id, a new one gets one, and the
        defaults of the info types in ``scope`` that it has no value for.
        """
        if not known and len(given) == 1:  # as nearly all imported rows have it, and `merged` would come to
            (only,) = given
            served = only.purposes | only.default_for
            info = scope.filled(only.info, self.catalogue.info_kinds)
            return (evolved(only, id=self.identifiers.new(), purposes=served, default_for=served, info=info),)
        ids = {one.id for one in known}
        book: tuple[Address, ...] = () if replace else known
        for address in given:
            if not address.id or address.id not in ids:
                address = self.with_defaults(address, known, scope)
            twin = next((one for one in known if one.same_place(address)), None)
            if twin is not None:
                address = evolved(address, id=twin.id)
            elif address.id not in ids or not address.id:
                address = evolved(address, id=self.identifiers.new())
            if any(one.id == address.id and not one.same_place(address) for one in book):
                address = evolved(address, id=self.identifiers.new())
            book, _ = merged(book, address)
        return book

    def with_defaults(self, address: Address, known: tuple[Address, ...], scope: InfoScope) -> Address:
        """Return a new address with the defaults of info types; one that is known already as it is."""
        if any(one.same_place(address) for one in known):
            return address
        return evolved(address, info=scope.filled(address.info, self.catalogue.info_kinds))

    def _restored(self, given: Collection[Address]) -> tuple[Address, ...]:
        """Return the book of addresses that say themselves what they are the default for; the last one wins."""
        book = tuple(evolved(one, id=self.identifiers.new()) for one in given)
        for purpose in PURPOSES:
            wanted = [one for one in book if purpose in one.default_for]
            if wanted:
                book = with_default(book, wanted[-1].id, purpose)
        return book

    def checked(
        self, now: Customer, was: Customer | None, definitions: Definitions, problems: list[Problem]
    ) -> Customer:
        """Return the customer with its warnings; raise `InvalidValueError` when there are problems.

        Only what differs from ``was`` is doubted, so that an old doubt does not block a new change.
        """
        most = definitions.settings.customers_max_addresses
        if len(now.addresses) > most and (was is None or len(now.addresses) > len(was.addresses)):
            problems.append(Problem("addresses", "too_many_addresses", f"has more than {most} addresses"))
        if now.addresses and ADDRESS in definitions.info_types:
            problems += self._book_problems(now, was, definitions)
        doubts = self._doubts(now, was, definitions)
        if self.strict:
            problems += doubts
        if problems:
            raise InvalidValueError(problems)
        return evolved(now, warnings=doubts) if doubts or now.warnings else now

    def _book_problems(self, now: Customer, was: Customer | None, definitions: Definitions) -> list[Problem]:
        """Return what is wrong with the values of info types that are new in the book.

        A customer that acts for itself, and checkout, set editable ones only, and give a new address
        all that are required.
        """
        scope, found = InfoScope(ADDRESS, definitions, now.shop), list[Problem]()
        known = {one.id: one.info for one in was.addresses} if was else {}
        defaults = scope.filled({}, self.catalogue.info_kinds)
        for number, address in enumerate(now.addresses):
            before, info = known.get(address.id), address.info
            start = defaults if before is None else before
            if self.strict:
                problems = scope.uneditable(key for key in {**start, **info} if start.get(key) != info.get(key))
                problems += scope.missing(info) if before is None else scope.emptied(before, info)
            else:
                problems = scope.foreign(start, info)
            found += [one.under(f"addresses[{number}]") for one in problems]
        return found

    def _doubts(self, now: Customer, was: Customer | None, definitions: Definitions) -> tuple[Problem, ...]:
        known = {one.id: one for one in was.addresses} if was else {}
        found: list[Problem] = []
        if was is None or now.phones != was.phones:
            country = now.addresses[0].country if now.addresses else None
            kind = self.catalogue.customers.by_name["phones"].kind
            found += [attrs.evolve(one, field=f"phones{one.field}") for one in kind.doubts(now.phones, country)]
        kinds = self.catalogue.info_kinds
        if now.info:
            country = now.addresses[0].country if now.addresses else None
            scope = InfoScope(CUSTOMER, definitions, now.shop)
            found += scope.doubts(was.info if was else {}, now.info, kinds, country)
        for number, address in enumerate(now.addresses):
            before = known.get(address.id)
            if before != address:
                doubts = [*self.address_doubts(address, now.shop, definitions)]
                if address.info:
                    scope = InfoScope(ADDRESS, definitions, now.shop)
                    doubts += scope.doubts(before.info if before else {}, address.info, kinds, address.country)
                found += [one.under(f"addresses[{number}]") for one in doubts]
        return tuple(found)

    def address_doubts(self, address: Address, shop: str | None, definitions: Definitions) -> tuple[Problem, ...]:
        """Return what is doubtful about one address; for a customer also that its shop does not serve the country."""
        doubts = self.catalogue.addresses.doubts(address, address.country) + self.address_rules.problems(address)
        home = definitions.shops.get(shop or "")
        if self.strict and home is not None:
            doubts += tuple(
                Problem("country", "country_not_served", f"the shop takes no {purpose} address in this country")
                for purpose in sorted(address.purposes)
                if not home.serves(address.country, purpose)
            )
        return doubts

    @property
    def _required(self) -> tuple[str, ...]:
        return self.catalogue.customers.required


def _is_company(missing: Collection[str], values: Mapping[str, Any]) -> bool:
    return "first_name" in missing and "last_name" in missing and bool(values.get("company_name"))


def _blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def next_version(now: Customer, was: Customer, at: dt.datetime) -> Customer:
    """Return ``now`` as the version after ``was``, changed at ``at``."""
    return evolved(now, version=was.version + 1, updated_at=at)
