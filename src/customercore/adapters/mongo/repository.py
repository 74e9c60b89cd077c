"""Aggregates of one type as documents of one collection."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, islice
from typing import Any, Generic, TypeVar

import attrs
from pymongo.client_session import ClientSession
from pymongo.collection import Collection as Documents

from customercore.adapters.mongo.criteria import Filter
from customercore.adapters.mongo.holds import SHARED, Holds
from customercore.adapters.mongo.layout import CLAIMS, CLAIMS_INDEX, ELEMENTS, SEARCH, TENANT, TERMS, key_of
from customercore.adapters.mongo.plans import WHOLE, DocumentPlan, claim, claims_of
from customercore.adapters.mongo.wire import CHUNK, Wire
from customercore.catalogue.query import Position, Query, Segment, segments_of
from customercore.catalogue.values import UnknownValue
from customercore.errors import NotFoundError, StaleVersionError
from customercore.ports.repository import Found

__all__ = ["MongoRepository"]

T = TypeVar("T", bound=Any)
_KEYS = 1_000
"""How many unique keys are asked for at once."""
_BY_ID: Mapping[str, Any] = {"hint": [("_id", 1)]}
_BY_CLAIM: Mapping[str, Any] = {"hint": CLAIMS_INDEX}
"""Which index finds a record: without it the server would try all that the tenant leads, at each call (decision 25)."""
_WITH_CLAIMS = {TENANT: False, TERMS: False, ELEMENTS: False}


class MongoRepository(Generic[T]):
    """The documents of one tenant, in one unit of work."""

    def __init__(
        self, plan: DocumentPlan[T], collection: Documents[dict[str, Any]], holds: Holds, wire: Wire, tenant: str
    ) -> None:
        self._plan = plan
        self.aggregate = plan.aggregate
        """What records are projected by: it may have more fields than the plan's, never other columns."""
        self._collection = collection
        self._holds = holds
        self._shared = plan.aggregate.plural in SHARED
        self._wire = wire
        self._tenant = tenant
        self._filter = Filter(tenant, plan.layout.columns)

    def _of(self, id: str) -> dict[str, Any]:
        return {"_id": key_of(self._tenant, id), TENANT: self._tenant}

    def get(self, id: str, *, held: bool = False) -> T | None:
        """Return the aggregate with this id, or None; one that is held is held by the write that follows.

        The unit sees one state of the store: where another has changed the record since, that write fails.
        """
        if held:
            self._wire.writing()
            self._wire.line_up(self._tenant, id)
            if self._shared:
                self._holds.alone(self._wire, self._tenant, id)
        return self._first(self._of(id), _BY_ID)

    def _first(self, where: dict[str, Any], index: Mapping[str, Any]) -> T | None:
        found = self._wire.run(lambda session: self._collection.find_one(where, WHOLE, session=session, **index))
        return None if found is None else self._plan.read(found)

    def version(self, id: str, *, held: bool = False) -> int | None:
        """Return the stored version, or None; a record is held by a write beside it, or to it (`holds`)."""
        if held and self._shared:
            return self._holds.hold(self._wire, self._tenant, id)
        wanted = {"version": True, "_id": False}
        if held:
            hold = {"$inc": {f"{SEARCH}.held": 1}}
            found = self._wire.change(
                lambda session: self._collection.find_one_and_update(
                    self._of(id), hold, projection=wanted, session=session, **_BY_ID
                )
            )
        else:
            found = self._wire.run(
                lambda session: self._collection.find_one(self._of(id), wanted, session=session, **_BY_ID)
            )
        return None if found is None else found["version"]

    def _only(self, id: str, wanted: Mapping[str, bool]) -> dict[str, Any] | None:
        return self._wire.run(
            lambda session: self._collection.find_one(self._of(id), wanted, session=session, **_BY_ID)
        )

    def by(self, unique: str, key: str) -> T | None:
        """Return the aggregate that holds this unique key, or None."""
        return self._first({TENANT: self._tenant, CLAIMS: claim(self._named(unique), key)}, _BY_CLAIM)

    def _named(self, unique: str) -> str:
        """Return the name of a unique key; raise `KeyError` for another one."""
        return unique if unique in self.aggregate.claims else self.aggregate.unique(unique).name

    def by_keys(self, unique: str, keys: Collection[str]) -> Mapping[str, T]:
        """Return those that hold any of these unique keys, by key."""
        name, found = self._named(unique), {}
        wanted = {claim(name, key): key for key in keys}
        claims = list(wanted)
        for start in range(0, len(claims), _KEYS):
            where = {TENANT: self._tenant, CLAIMS: {"$in": claims[start : start + _KEYS]}}
            for document in self._all(where, _WITH_CLAIMS, **_BY_CLAIM):
                held = document.pop(SEARCH)["claims"]
                one = self._plan.read(document)
                found.update({wanted[each]: one for each in held if each in wanted})
        return found

    def _all(self, where: dict[str, Any], fields: Mapping[str, bool], **options: Any) -> list[dict[str, Any]]:
        def exchange(session: ClientSession | None) -> list[dict[str, Any]]:
            return self._collection.find(where, fields, session=session, **options, **self._wire.limits).to_list()

        return self._wire.run(exchange)

    def add(self, one: T, *, deferred: bool = False) -> None:
        """Store a new aggregate."""
        self._wire.writing()
        document = self._plan.document(self._tenant, one, self.aggregate.project(one))
        self._wire.change(lambda session: self._collection.insert_one(document, session=session))
        if self._shared:
            self._holds.made(self._wire, self._tenant, [one])

    def save(self, one: T, *, was: T, deferred: bool = False) -> None:
        """Replace ``was`` by ``one`` if the stored version is still that of ``was``."""
        self._wire.writing()
        plan = self._plan
        before, after = self.aggregate.project(was), self.aggregate.project(one)
        info = getattr(was, "info", None) or {}
        change = plan.change(was, one, before, after)
        if any(isinstance(value, UnknownValue) for value in info.values()):
            # While a kind is missing, the claims of its fields cannot be made again: they stay.
            old = claims_of(before)
            change.set(CLAIMS, [each for each in self._claims(one.id) if each not in old] + claims_of(after))
        if self._updated(one.id, was.version, change.update):
            if self._shared:
                self._holds.changed(self._wire, self._tenant, one.id, one.version)
            return
        if self.version(one.id) is None:
            raise NotFoundError(f"{plan.aggregate.name}_not_found", f"there is no such {plan.aggregate.name}")
        raise StaleVersionError(plan.aggregate.name, was.version)

    def _claims(self, id: str) -> list[str]:
        found = self._wire.run(
            lambda session: self._collection.find_one(self._of(id), {CLAIMS: True}, session=session, **_BY_ID)
        )
        return [] if found is None else found.get(SEARCH, {}).get("claims", [])

    def _updated(self, id: str, version: int, update: Mapping[str, Any]) -> bool:
        """Change a record that still has this version; tell whether there was one."""
        still = {**self._of(id), "version": version}
        done = self._wire.change(lambda session: self._collection.update_one(still, update, session=session, **_BY_ID))
        return done.matched_count > 0

    def reindex(self, one: T) -> None:
        """Write columns, keys and terms of a stored aggregate anew."""
        self._wire.writing()
        # A record that has changed since was projected by whoever changed it.
        self._updated(one.id, one.version, self._plan.anew(one, self.aggregate.project(one)))

    def remove(self, one: T) -> None:
        """Delete a bookkeeping record."""
        self._wire.change(lambda session: self._collection.delete_one(self._of(one.id), session=session, **_BY_ID))
        if self._shared:
            self._holds.removed(self._wire, self._tenant, one.id)

    def load(self, many: Sequence[T], *, deferred: bool = False) -> None:
        """Store many new aggregates, all or none."""
        self._wire.writing()
        documents = [self._plan.document(self._tenant, one, self.aggregate.project(one)) for one in many]
        if documents:
            self._wire.later(self._collection, documents)
            if not deferred:
                self._wire.settle()
            if self._shared:
                self._holds.made(self._wire, self._tenant, many)

    def find(self, query: Query) -> Found[T]:
        """Return one page of what matches."""
        limit = query.limit
        documents = self.documents(query, None if limit is None else limit + 1)
        items = [self._plan.read(document) for document in documents[:limit]]
        more = limit is not None and len(documents) > limit
        return Found(items, self._position(items[-1], query) if more else None)

    def documents(self, query: Query, wanted: int | None) -> list[dict[str, Any]]:
        """Return the first documents of what matches, as `DocumentPlan.read` takes them; all of them for None."""
        self._wire.snapshot()
        documents: list[dict[str, Any]] = []
        for segment in segments_of(query):
            most = None if wanted is None else wanted - len(documents)
            documents += self._wire.run(partial(self._listed, query, segment, most))
            if len(documents) == wanted:
                break
        return documents

    def _listed(
        self, query: Query, segment: Segment, most: int | None, session: ClientSession | None
    ) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._cursor(query, segment, most, session).to_list()
        return found

    def _cursor(self, query: Query, segment: Segment, most: int | None, session: ClientSession | None) -> Any:
        """Return the cursor of one segment, in order."""
        where, by, late = (
            self._filter.page(query, segment),
            self._filter.order(query, segment),
            self._filter.late(query),
        )
        size = CHUNK if most is None else most
        if not late:
            return self._collection.find(
                where, WHOLE, sort=by, limit=most or 0, batch_size=size, session=session, **self._wire.limits
            )
        marks = {name: {"$lte": [f"${path}", None]} for path, name in late.items()}
        steps: list[dict[str, Any]] = [{"$match": where}, {"$set": marks}, {"$sort": dict(by)}]
        if most is not None:
            steps.append({"$limit": most})
        steps.append({"$unset": [*WHOLE, *marks]})
        return self._collection.aggregate(steps, session, batchSize=size, **self._wire.pipeline_limits)

    def _position(self, one: T, query: Query) -> Position:
        aggregate = self.aggregate
        values = aggregate.project(one).values
        return Position(tuple(values[aggregate.position[by.column]] for by in query.order), one.id)

    def count(self, query: Query, most: int | None = None) -> int:
        """Return how many match, at most ``most``."""
        self._wire.snapshot()
        where = self._filter.matching(query.where)
        options = self._wire.pipeline_limits if most is None else {**self._wire.pipeline_limits, "limit": most}
        return self._wire.run(lambda session: self._collection.count_documents(where, session, **options))

    def stream(self, query: Query) -> Iterator[T]:
        """Yield what matches, all of one state of the store."""
        self._wire.snapshot()
        whole = attrs.evolve(query, limit=None)
        parts = (self._wire.stream(partial(self._cursor, whole, segment, None)) for segment in segments_of(whole))
        for document in islice(chain.from_iterable(parts), query.limit):
            yield self._plan.read(document)
