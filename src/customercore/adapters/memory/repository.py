"""The aggregates of one type as one unit of work sees them: its snapshot under its own writes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar

from customercore.adapters.memory.revisions import Snapshot
from customercore.adapters.memory.tables import Claim, Draft, Row, Table
from customercore.catalogue.aggregate import Aggregate
from customercore.catalogue.evaluation import arranged, behind, position_of, predicate
from customercore.catalogue.query import Query
from customercore.domain.evolving import evolved
from customercore.errors import DuplicateError, NotFoundError, StaleVersionError
from customercore.ports.repository import Found

__all__ = ["MemoryRepository"]

T = TypeVar("T")


class MemoryRepository(Generic[T]):
    """Implements `ports.repository.Repository`. A verb that raises writes nothing; `DuplicateError` dooms the unit."""

    def __init__(self, aggregate: Aggregate[T], table: Table, draft: Draft, snapshot: Snapshot) -> None:
        self._aggregate = aggregate
        self._columns = aggregate.position
        self._table = table
        self._draft = draft
        self._snapshot = snapshot

    def describe(self, aggregate: Aggregate[T]) -> None:
        """Project by this aggregate from now on; its columns are the same."""
        self._aggregate = aggregate

    def get(self, id: str, *, held: bool = False) -> T | None:
        """Return the aggregate with this id, or None; one that is held must not change before the commit."""
        if held:
            self._snapshot.writing()
            self._draft.held.add(id)
        row = self._row(id, self._snapshot.reading())
        return None if row is None else row.one

    def version(self, id: str, *, held: bool = False) -> int | None:
        """Return the version of the aggregate with this id, or None."""
        if held:
            self._draft.shared.add(id)
            self._table.holds.enter(id)
        row = self._row(id, self._snapshot.reading())
        return None if row is None else row.one.version

    def by(self, unique: str, key: str) -> T | None:
        """Return the aggregate that holds this unique key, or None."""
        return self.by_keys(unique, (key,)).get(key)

    def by_keys(self, unique: str, keys: Collection[str]) -> Mapping[str, T]:
        """Return those that hold any of these unique keys, by key."""
        at = self._snapshot.reading()
        name = unique if unique in self._aggregate.claims else self._aggregate.unique(unique).name
        found: dict[str, T] = {}
        for key in keys:
            holder = self._holder((name, key), at)
            row = None if holder is None else self._row(holder, at)
            if row is not None:
                found[key] = row.one
        return found

    def add(self, one: T, *, deferred: bool = False) -> None:
        """Store a new aggregate."""
        self.load((one,))

    def load(self, many: Sequence[T], *, deferred: bool = False) -> None:
        """Store many new aggregates, all or none."""
        at = self._snapshot.writing()
        rows: dict[str, Row | None] = {}
        claims: dict[Claim, str | None] = {}
        for one in many:
            row = self._stored(one)
            if row.id in rows or self._row(row.id, at) is not None:
                raise self._snapshot.dooming(DuplicateError("id"))
            rows[row.id] = row
            for claim in row.uniques.items():
                if claim in claims or self._holder(claim, at) is not None:
                    raise self._snapshot.dooming(DuplicateError(claim[0]))
                claims[claim] = row.id
        self._draft.rows.update(rows)
        self._draft.claims.update(claims)

    def save(self, one: T, *, was: T, deferred: bool = False) -> None:
        """Replace ``was`` by ``one``."""
        at = self._snapshot.writing()
        row = self._stored(one)
        old = self._row(row.id, at)
        name = self._aggregate.name
        if old is None:
            raise NotFoundError(f"{name}_not_found", f"there is no such {name}")
        expected: int = was.version  # type: ignore[attr-defined]  # every stored aggregate has one
        if old.one.version != expected:
            raise StaleVersionError(name, expected)
        self._replace(old, row, at)

    def _replace(self, old: Row, row: Row, at: int) -> None:
        held, wanted = old.uniques, row.uniques
        claims = [claim for claim in wanted.items() if held.get(claim[0]) != claim[1]]
        for claim in claims:
            if self._holder(claim, at) is not None:
                raise self._snapshot.dooming(DuplicateError(claim[0]))
        self._draft.rows[row.id] = row
        for freed in held.items():
            if wanted.get(freed[0]) != freed[1]:
                self._draft.claims[freed] = None
        for claim in claims:
            self._draft.claims[claim] = row.id

    def reindex(self, one: T) -> None:
        """Project a stored aggregate anew."""
        at = self._snapshot.writing()
        row = self._row(one.id, at)  # type: ignore[attr-defined]  # every stored aggregate has one
        if row is not None:
            self._replace(row, self._stored(row.one), at)

    def remove(self, one: T) -> None:
        """Delete a record; nothing when it is gone already."""
        at = self._snapshot.writing()
        id: str = one.id  # type: ignore[attr-defined]  # every stored aggregate has one
        row = self._row(id, at)
        if row is None:
            return
        self._draft.rows[id] = None
        for claim in row.uniques.items():
            self._draft.claims[claim] = None

    def find(self, query: Query) -> Found[T]:
        """Return one page of what matches, in the query's order."""
        rows = self._arranged(query)
        if query.limit is None or len(rows) <= query.limit:
            return Found([row.one for row in rows], None)
        page = rows[: query.limit]
        after = position_of(page[-1], query, self._columns) if page else query.after
        return Found([row.one for row in page], after)

    def count(self, query: Query, most: int | None = None) -> int:
        """Return how many match; stop counting at ``most``."""
        number = 0
        for _ in self._matching(query):
            if number == most:
                break
            number += 1
        return number

    def stream(self, query: Query) -> Iterator[T]:
        """Yield what matches now, in the query's order, undisturbed by later writes."""
        rows = self._arranged(query)
        return self._yielded(rows if query.limit is None else rows[: query.limit])

    def _yielded(self, rows: list[Row]) -> Iterator[T]:
        for row in rows:
            self._snapshot.reading()
            yield row.one

    def _arranged(self, query: Query) -> list[Row]:
        rows = self._matching(query)
        comes_after = behind(query, self._columns)
        if comes_after is not None:
            rows = filter(comes_after, rows)
        return arranged(rows, query, self._columns)

    def _matching(self, query: Query) -> Iterator[Row]:
        matches = predicate(query.where, self._columns)
        own = self._draft.rows
        for id, row in self._table.rows.items(self._snapshot.reading()):
            if matches(row.projection) and id not in own:
                yield row
        for mine in own.values():
            if mine is not None and matches(mine.projection):
                yield mine

    def _row(self, id: str, at: int) -> Row | None:
        if id in self._draft.rows:
            mine: Row | None = self._draft.rows[id]
            return mine
        return self._table.rows.get(id, at)

    def _holder(self, claim: Claim, at: int) -> str | None:
        if claim in self._draft.claims:
            return self._draft.claims[claim]
        return self._table.claims.get(claim, at)

    def _stored(self, one: T) -> Row:
        kept = _without_warnings(one)
        return Row(kept.id, kept, self._aggregate)


def _without_warnings(one: Any) -> Any:
    """Return the aggregate as it is stored: warnings are for the caller of a write only."""
    changes: dict[str, Any] = {}
    if getattr(one, "warnings", ()):
        changes["warnings"] = ()
    addresses = getattr(one, "addresses", ())
    if any(address.warnings for address in addresses):
        changes["addresses"] = tuple(evolved(address, warnings=()) for address in addresses)
    return evolved(one, **changes) if changes else one
