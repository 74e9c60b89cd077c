"""What a record has in other tables than its own: search terms, and claims to unique values of custom fields."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from sqlalchemy import Table, bindparam, select

from customercore.adapters.sql.dialect import KeyList
from customercore.adapters.sql.many_keys import one_of
from customercore.adapters.sql.statements import Grammar, Statement, compiled
from customercore.adapters.sql.tables import MISSING, TERMS, Tables
from customercore.adapters.sql.wire import Wire
from customercore.catalogue.aggregate import Aggregate
from customercore.catalogue.bound_field import Projection
from customercore.catalogue.values import UnknownValue
from customercore.errors import DuplicateError

__all__ = ["OWN", "SEPARATOR", "SideRows", "claimed_by", "listed"]

OWN = -1
"""The element of terms that are the record's own; those of an address have its number in the book."""

SEPARATOR = b"\0"
"""Stands before and behind each term in the list that a row keeps; no text has it."""


def listed(projection: Projection) -> bytes:
    """Return the terms of a record, its addresses' too, as its row lists them."""
    terms = projection.terms.union(*projection.elements)
    return "\0".join(["", *sorted(terms), ""]).encode() if terms else b""


class SideRows:
    """The statements of an aggregate's terms and claims, compiled when they are first needed."""

    def __init__(
        self, aggregate: Aggregate[Any], tables: Tables, grammar: Grammar, key_list: KeyList | None = None
    ) -> None:
        self._key_list = key_list
        self._aggregate = aggregate.name
        self._grammar = grammar
        self._holders: dict[int, Statement] = {}
        self._uniques = frozenset(unique.name for unique in aggregate.uniques)
        self._sort_column = aggregate.by_name[aggregate.default_sort].order_column
        self._sort_at = aggregate.position[self._sort_column]
        self._terms = tables.terms.get(aggregate.plural)
        self._claims = tables.claims if aggregate.slots else None
        self._row = tables.rows[aggregate.plural]
        self.possible = not (self._terms is None and self._claims is None)
        """Whether a record can have any."""

    @cached_property
    def _add_term(self) -> Statement:
        return _insert(_made(self._terms), self._grammar)

    @cached_property
    def _drop_term(self) -> Statement:
        terms = _made(self._terms)
        return _delete(terms, self._grammar, *(column.name for column in terms.c))

    @cached_property
    def _drop_terms(self) -> Statement:
        return _delete(_made(self._terms), self._grammar, "tenant", "term", "sort_key", "id")

    @cached_property
    def _listed(self) -> Statement:
        row = self._row.c
        here = (row.tenant == bindparam("the_tenant"), row.id == bindparam("the_id"))
        return compiled(select(row[TERMS], row[self._sort_column]).where(*here), self._grammar)

    @cached_property
    def _add_claim(self) -> Statement:
        return _insert(_made(self._claims), self._grammar)

    @cached_property
    def _drop_claim(self) -> Statement:
        return _delete(_made(self._claims), self._grammar, "tenant", "aggregate", "field", "key")

    @cached_property
    def _drop_claims(self) -> Statement:
        return _delete(_made(self._claims), self._grammar, "tenant", "aggregate", "id")

    def term_rows(self, tenant: str, id: str, projection: Projection) -> list[tuple[Any, ...]]:
        """Return the rows of a record's search terms, in the order of the table's columns; none without a table."""
        if self._terms is None:
            return []
        key = projection.values[self._sort_at]
        sort_key = MISSING if key is None else key.encode()
        rows: list[tuple[Any, ...]] = [(tenant, term.encode(), sort_key, id, OWN) for term in projection.terms]
        for number, terms in enumerate(projection.elements):
            rows += [(tenant, term.encode(), sort_key, id, number) for term in terms]
        return rows

    def claim_rows(self, tenant: str, id: str, projection: Projection) -> list[tuple[Any, ...]]:
        """Return the rows of a record's claims, in the order of the table's columns."""
        if self._claims is None or len(projection.uniques) <= len(self._uniques & projection.uniques.keys()):
            return []
        return [
            (tenant, self._aggregate, name, key.encode(), id)
            for name, key in projection.uniques.items()
            if name not in self._uniques
        ]

    def given_up(self, tenant: str, id: str) -> tuple[str, tuple[str, str, str]] | None:
        """Return the statement that deletes every claim of a record, and its parameters; None without a table."""
        return None if self._claims is None else (self._drop_claims.sql, (tenant, self._aggregate, id))

    def holders(self, records: Table, count: int) -> Statement:
        """Return the statement that finds the holders of ``count`` values of a unique custom field (`many_keys`)."""
        known = self._holders.get(count)
        if known is None and self._claims is not None:
            claims = self._claims.c
            wanted = one_of(claims.key, count, self._key_list)
            same = (records.c.tenant == claims.tenant) & (records.c.id == claims.id)
            statement = (
                select(claims.key, records.c.document, records.c.id)
                .join_from(self._claims, records, same)
                .where(claims.tenant == bindparam("tenant"), claims.aggregate == self._aggregate)
                .where(claims.field == bindparam("field"), wanted)
            )
            known = self._holders[count] = compiled(statement, self._grammar)
        if known is None:
            raise KeyError(self._aggregate)
        return known

    def add(
        self, wire: Wire, terms: list[tuple[Any, ...]], claims: list[tuple[Any, ...]], *, deferred: bool = False
    ) -> None:
        """Store the rows of new records; with ``deferred`` their terms may be put off."""
        if self._terms is not None and terms:
            store = wire.later if deferred else wire.insert
            store(self._terms, self._add_term.sql, terms)
        for claim in claims:
            try:
                wire.run(self._add_claim.sql, claim)
            except DuplicateError as error:
                raise DuplicateError(claim[2]) from error.__cause__

    def replace(
        self,
        wire: Wire,
        tenant: str,
        id: str,
        before: Projection,
        after: Projection,
        *,
        old: list[tuple[Any, ...]],
        claimed: bool,
    ) -> None:
        """Bring a record's rows from one projection to the next.

        ``old`` are its `keys_of` before, where its list of terms has `moved`: some may be of a time when other fields
        were searchable. ``claimed``: it may have claims of a time when other fields were unique.
        """
        terms, claims = self.term_rows(tenant, id, after), self.claim_rows(tenant, id, after)
        old_terms, old_claims = self.term_rows(tenant, id, before), self.claim_rows(tenant, id, before)
        if old and (stale := set(old).difference(row[:4] for row in old_terms)):
            wire.many(self._drop_terms.sql, stale)
        if gone := set(old_terms).difference(terms):
            wire.many(self._drop_term.sql, gone)
        if claimed and self._claims is not None:
            wire.run(self._drop_claims.sql, (tenant, self._aggregate, id))
            old_claims = []
        elif given_up := set(old_claims).difference(claims):
            wire.many(self._drop_claim.sql, [claim[:4] for claim in given_up])
        self.add(wire, _not_in(old_terms, terms), _not_in(old_claims, claims))

    def moved(self, changes: Mapping[str, Any]) -> bool:
        """Tell whether a change of these columns writes a record's terms, or their sort keys, anew."""
        return self._terms is not None and (TERMS in changes or self._sort_column in changes)

    def keys_of(self, wire: Wire, tenant: str, id: str) -> list[tuple[Any, ...]]:
        """Return the keys of the terms that a record is stored with, whatever made them; to be asked before it changes.

        The row lists its terms, so the table of terms needs no index by record, which would be as large as itself.
        """
        row = None if self._terms is None else wire.first(self._listed.sql, (tenant, id))
        if row is None:
            return []
        sort_key = MISSING if row[1] is None else row[1]
        return [(tenant, term, sort_key, id) for term in row[0].split(SEPARATOR) if term]

    def renew(self, wire: Wire, tenant: str, id: str, old: list[tuple[Any, ...]], after: Projection) -> None:
        """Write the rows of a record anew, in the place of those with the `keys_of` before."""
        self.remove(wire, tenant, id, old)
        self.add(wire, self.term_rows(tenant, id, after), self.claim_rows(tenant, id, after))

    def remove(self, wire: Wire, tenant: str, id: str, old: list[tuple[Any, ...]]) -> None:
        """Delete every row of a record whose terms have these keys."""
        if old:
            wire.many(self._drop_terms.sql, old)
        if self._claims is not None:
            wire.run(self._drop_claims.sql, (tenant, self._aggregate, id))


def _not_in(old: list[tuple[Any, ...]], new: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    known = set(old)
    return [row for row in new if row not in known]


def _made(table: Table | None) -> Table:
    if table is None:
        raise KeyError
    return table


def _insert(table: Table, grammar: Grammar) -> Statement:
    return compiled(table.insert().values({column.name: bindparam(column.name) for column in table.c}), grammar)


def _delete(table: Table, grammar: Grammar, *names: str) -> Statement:
    return compiled(table.delete().where(*(table.c[name] == bindparam(f"the_{name}") for name in names)), grammar)


def claimed_by(was: Any) -> bool:
    """Tell whether a record may have claims that its fields as they are now do not tell of."""
    info = getattr(was, "info", None) or {}
    # While a kind is missing, the claims of its fields cannot be made again: they stay.
    return bool(info) and not any(isinstance(value, UnknownValue) for value in info.values())
