"""The aggregates of one type of one tenant: a key for each record, and one for each unique key that it holds."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Generic, TypeVar

from customercore.adapters.key_value.view import View, key_of
from customercore.adapters.meanings import lost
from customercore.adapters.records import Row, Rows
from customercore.catalogue.aggregate import Aggregate
from customercore.catalogue.evaluation import arranged, behind, position_of, predicate
from customercore.catalogue.query import Query
from customercore.errors import DuplicateError, NotFoundError, StaleVersionError
from customercore.ports.repository import Found

__all__ = ["KeyValueRepository"]

T = TypeVar("T")


class KeyValueRepository(Generic[T]):
    """Implements `ports.repository.Repository`. Searches read what every record is found by."""

    def __init__(self, aggregate: Aggregate[T], tenant: str, view: View) -> None:
        self.aggregate = aggregate
        self._rows = Rows(aggregate)
        self._view = view
        self._records = key_of("records", tenant, aggregate.plural)
        self._holds = key_of("holds", tenant, aggregate.plural)
        self._claims = key_of("claims", tenant, aggregate.plural)

    def get(self, id: str, *, held: bool = False) -> T | None:
        """Return the aggregate with this id, or None; one that is held must not change before the commit."""
        if held:
            self._view.writing()
        row = self._row(id)
        if held and row is not None:
            self._view.hold(self._key(id), lost)
            self._view.hold(self._holders(id), lost)
        return None if row is None else row.one

    def version(self, id: str, *, held: bool = False) -> int | None:
        """Return the version of the aggregate with this id without reading it, or None."""
        row = self._row(id)
        if held and row is not None:
            self._view.hold(self._key(id), lost)
            self._view.mark(self._holders(id))
        return None if row is None else row.version

    def by(self, unique: str, key: str) -> T | None:
        """Return the aggregate that holds this unique key, or None."""
        return self.by_keys(unique, (key,)).get(key)

    def by_keys(self, unique: str, keys: Collection[str]) -> Mapping[str, T]:
        """Return those that hold any of these unique keys, by key."""
        self._view.reading()
        name = unique if unique in self.aggregate.claims else self.aggregate.unique(unique).name
        found = {}
        for key in keys:
            holder = self._view.get(self._claim(name, key))
            one = None if holder is None else self.get(holder.decode())
            if one is not None:
                found[key] = one
        return found

    def add(self, one: T, *, deferred: bool = False) -> None:
        """Store a new aggregate."""
        self.load((one,))

    def load(self, many: Sequence[T], *, deferred: bool = False) -> None:
        """Store many new aggregates at once."""
        self._view.writing()
        for one in many:
            if self._row(one.id) is not None:  # type: ignore[attr-defined]  # every stored aggregate has one
                raise self._view.dooming(DuplicateError("id"))
            self._write(one, {}, partial(DuplicateError, "id"))

    def save(self, one: T, *, was: T, deferred: bool = False) -> None:
        """Replace ``was`` by ``one``, whose version is the next."""
        self._view.writing()
        row, name = self._row(one.id), self.aggregate.name  # type: ignore[attr-defined]  # the same
        if row is None:
            raise NotFoundError(f"{name}_not_found", f"there is no such {name}")
        expected: int = was.version  # type: ignore[attr-defined]  # the same
        if row.version != expected:
            raise StaleVersionError(name, expected)
        self._write(one, row.projection.uniques)

    def reindex(self, one: T) -> None:
        """Write columns, keys and terms of a stored aggregate anew, as they follow from it now."""
        self._view.writing()
        row = self._row(one.id)  # type: ignore[attr-defined]  # the same
        if row is not None:
            self._write(row.one, row.projection.uniques)

    def remove(self, one: T) -> None:
        """Delete a bookkeeping record."""
        self._view.writing()
        row = self._row(one.id)  # type: ignore[attr-defined]  # the same
        if row is not None:
            self._view.put(self._key(row.id), None, lost)
            for name, key in row.projection.uniques.items():
                self._view.put(self._claim(name, key), None, lost)

    def find(self, query: Query) -> Found[T]:
        """Return one page of what matches, in the query's order."""
        rows = self._arranged(query)
        page = rows[: query.limit]
        more = len(page) < len(rows)
        after = position_of(page[-1], query, self.aggregate.position) if more and page else None
        return Found([row.one for row in page], after)

    def count(self, query: Query, most: int | None = None) -> int:
        """Return how many match (order, limit and position do not count)."""
        number = 0
        for _ in self._matching(query):
            number += 1
            if number == most:
                break
        return number

    def stream(self, query: Query) -> Iterator[T]:
        """Yield what matches now, in the query's order; ids are held meanwhile, and one record."""
        ids = [row.id for row in self._arranged(query)[: query.limit]]
        return (one for id in ids if (one := self.get(id)) is not None)

    def _write(self, one: Any, held: Mapping[str, str], taken: Any = lost) -> None:
        found_by = self.aggregate.project(one)
        wanted = found_by.uniques
        for name, key in held.items():
            if wanted.get(name) != key:
                self._view.put(self._claim(name, key), None, lost)
        for name, key in wanted.items():
            if held.get(name) != key:
                claim = self._claim(name, key)
                if self._view.get(claim) is not None:
                    raise self._view.dooming(DuplicateError(name))
                self._view.put(claim, one.id.encode(), partial(DuplicateError, name))
        self._view.put(self._key(one.id), self._rows.dump(one, found_by), taken)

    def _arranged(self, query: Query) -> list[Row]:
        columns = self.aggregate.position
        return arranged(filter(behind(query, columns), self._matching(query)), query, columns)

    def _matching(self, query: Query) -> Iterator[Row]:
        matches = predicate(query.where, self.aggregate.position)
        rows = (self._rows.load(value) for _, value in self._view.under(self._records))
        return (row for row in rows if matches(row.projection))

    def _row(self, id: str) -> Row | None:
        value = self._view.get(self._key(id))
        return None if value is None else self._rows.load(value)

    def _key(self, id: str) -> bytes:
        return self._records + key_of(id)

    def _holders(self, id: str) -> bytes:
        """Return the key that changes with every commit of a unit that held a record beside others."""
        return self._holds + key_of(id)

    def _claim(self, name: str, key: str) -> bytes:
        return self._claims + key_of(name, key)
