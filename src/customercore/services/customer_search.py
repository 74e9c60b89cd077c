"""Finding customers: by id, e-mail and code, and by criteria in pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs

from customercore.catalogue.customers import email_unique_key
from customercore.catalogue.query import Node, Query
from customercore.catalogue.resolve import resolve, resolve_sort
from customercore.domain.criteria.tree import Criteria, fields_in, too_complex
from customercore.domain.criteria.where import where
from customercore.domain.customer import REGISTERED, Customer
from customercore.domain.kinds import RefusedError
from customercore.domain.page import Page
from customercore.domain.text import identity_key, unstorable
from customercore.errors import InvalidValueError, NotFoundError
from customercore.services.context import Context, code_of, id_of
from customercore.services.cursors import decode, encode, fingerprint, page_size
from customercore.services.units import Work

__all__ = ["CustomerSearch", "mailbox_holder", "stored_customer"]

_ANY_STATUS = "any"
_INT32 = 1 << 31


class CustomerSearch:
    """The reading half of ``core.customers``."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def get(self, id: Customer | str) -> Customer:
        """Return the customer with this id, or raise `NotFoundError`."""
        wanted = id_of(id, "customer")
        return self._context.units.read(lambda work: stored_customer(work, wanted))

    def by_email(self, email: str, *, shop: str | None = None) -> Customer:
        """Return the registered customer of this mailbox (in any spelling of it), or raise `NotFoundError`.

        ``shop`` is the home shop, where the tenant's e-mail scope is the shop.
        """
        return _found(self._context.units.read(lambda work: mailbox_holder(self._context, work, email, shop)))

    def by_code(self, code: str) -> Customer:
        """Return the registered customer with this code (case does not count), or raise `NotFoundError`."""
        if not isinstance(code, str) or unstorable(code):
            raise _missing()
        return _found(self._context.units.read(lambda work: work.uow.customers.by("code", identity_key(code))))

    def by_info(self, key: str, value: object) -> Customer:
        """Return the customer with this value of a unique info type, or raise `NotFoundError`.

        The values of guests and of customers in the bin count too. Equal is what the field's kind calls equal; it
        need not be searchable. Raises `InvalidValueError`: ``unknown_field``, ``not_unique``, or what the kind
        says of a value that is none.
        """
        return _found(self._context.units.read(lambda work: _holder_of(work, key, value)))

    def search(
        self,
        criteria: Criteria | None = None,
        *,
        sort: Sequence[str] | str | None = None,
        limit: int = 50,
        cursor: str | None = None,
        status: str | None = "active",
        shop: str | None = None,
        with_total: bool = False,
    ) -> Page[Customer]:
        """Return one page of the customers that match.

        ``sort`` names fields, ``-`` before one reverses it; missing values come last either way and
        ties are broken by id (in the direction of the first field). ``limit`` is 1 to 1,000.
        ``cursor`` is ``next`` of the page before, of the same search. ``status`` is ``active``,
        ``inactive``, … or ``any``; guests are left out unless the criteria mention ``kind``; ``shop``
        keeps customers of that home shop. Raises `InvalidValueError`.
        """
        page_size(limit)
        asked = _whole(criteria, status, shop)

        def use_case(work: Work) -> Page[Customer]:
            customers = work.catalogue.customers
            order = resolve_sort(customers, sort)
            node = resolve(customers, asked, work.definitions)
            columns = [(one.column, one.descending) for one in order]
            digest = fingerprint(self._context.tenant, None if asked is None else asked.to_dict(), columns)
            after = None if cursor is None else decode(cursor, digest, customers, order)
            found = work.uow.customers.find(Query(where=node, order=order, limit=limit, after=after))
            total = work.uow.customers.count(Query(where=node)) if with_total else None
            return Page(tuple(found.items), encode(found.after, digest) if found.after else None, total)

        return self._context.units.read(use_case)

    def iterate(
        self,
        criteria: Criteria | None = None,
        *,
        sort: Sequence[str] | str | None = None,
        status: str | None = "active",
        shop: str | None = None,
    ) -> Iterator[Customer]:
        """Yield every customer that matches, page by page; see `search`.

        No unit stays open between pages: a customer that moves meanwhile may be met twice or not at all.
        """
        cursor: str | None = None
        while True:
            page = self.search(criteria, sort=sort, limit=500, cursor=cursor, status=status, shop=shop)
            yield from page.items
            cursor = page.next
            if cursor is None:
                return

    def count(
        self,
        criteria: Criteria | None = None,
        *,
        status: str | None = "active",
        shop: str | None = None,
        most: int | None = None,
    ) -> int:
        """Return how many customers match; counting stops at ``most``, since broad counts are slow everywhere."""
        asked = _whole(criteria, status, shop)
        if most is not None and (isinstance(most, bool) or not isinstance(most, int) or most < 0):
            raise InvalidValueError.of("most", "out_of_range", "must be a number of records")

        def use_case(work: Work) -> int:
            node: Node = resolve(work.catalogue.customers, asked, work.definitions)
            capped = None if most is None else min(most, _INT32)
            return 0 if capped == 0 else work.uow.customers.count(Query(where=node), capped)

        return self._context.units.read(use_case)


def stored_customer(work: Work, id: str) -> Customer:
    """Return the customer with this id as the unit sees it, or raise `NotFoundError`."""
    return _found(work.uow.customers.get(id))


def mailbox_holder(context: Context, work: Work, email: str, shop: str | None) -> Customer | None:
    """Return the registered customer of a mailbox, or None; raise `NotFoundError` for an unknown shop."""
    if not isinstance(email, str) or unstorable(email):
        return None
    kind = context.catalogue.customers.by_name["email"].kind
    scope = ""
    if shop is not None:  # the scope is a setting, and reading it costs a statement: only a shop makes it matter
        if code_of(shop) not in work.definitions.shops:
            raise NotFoundError("shop_not_found", "there is no such shop")
        scope = work.definitions.scope_of(code_of(shop))
    return work.uow.customers.by("email", email_unique_key(kind.equality(email.strip()), scope))


def _holder_of(work: Work, key: str, value: object) -> Customer | None:
    customers = work.catalogue.customers
    field = customers.by_name.get(f"info.{key}") if isinstance(key, str) else None
    if field is None:
        raise InvalidValueError.of("key", "unknown_field", "there is no such info type")
    if field.name not in customers.claims:
        raise InvalidValueError.of(field.name, "not_unique", "is not declared unique")
    try:
        wanted = field.asked(value, work.definitions)
    except RefusedError as refused:
        raise InvalidValueError(attrs.evolve(one, field=field.name) for one in refused.problems) from None
    return work.uow.customers.by(field.name, str(field.equality(wanted)))


def _missing() -> NotFoundError:
    return NotFoundError("customer_not_found", "there is no such customer")


def _found(customer: Customer | None) -> Customer:
    if customer is None:
        raise _missing()
    return customer


def _whole(criteria: Criteria | None, status: str | None, shop: str | None) -> Criteria | None:
    """Return the criteria with the ones that every list has unless they speak of them themselves."""
    if criteria is not None and not isinstance(criteria, Criteria):
        raise InvalidValueError.of("criteria", "invalid_criteria", "must be built with where")
    if criteria is not None and too_complex(criteria):
        raise InvalidValueError.of("criteria", "too_complex", "have too many parts, or parts within parts")
    mentioned = list(fields_in(criteria)) if criteria is not None else []
    parts = [] if criteria is None else [criteria]
    if shop is not None:
        parts.append(where.shop(shop))
    if status not in (None, _ANY_STATUS) and "status" not in mentioned:
        parts.append(where.status == status)
    if "kind" not in mentioned:
        parts.append(where.kind == REGISTERED)
    whole: Criteria | None = None
    for part in parts:
        whole = part if whole is None else whole & part
    return whole
