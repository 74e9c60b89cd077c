"""Aggregates of one type as rows of one table."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any, Generic, TypeVar

import attrs
from sqlalchemy import Select, Table

from customercore.adapters.sql.bounded import Bounded, may_mislead
from customercore.adapters.sql.criteria import Expression, count_of, page_of, shape
from customercore.adapters.sql.many_keys import asked
from customercore.adapters.sql.plans import RowPlan
from customercore.adapters.sql.put_off import Record, Told
from customercore.adapters.sql.side_rows import claimed_by
from customercore.adapters.sql.statements import Statement
from customercore.adapters.sql.statistics import Statistics
from customercore.adapters.sql.turns import Handed, Turn
from customercore.adapters.sql.wire import Wire
from customercore.catalogue.bound_field import Projection
from customercore.catalogue.query import Position, Query, Segment, segments_of
from customercore.errors import NotFoundError, StaleVersionError
from customercore.ports.repository import Found

__all__ = ["SqlRepository"]

T = TypeVar("T", bound=Any)
Form = Callable[[Query, Segment, Expression, Table], Select[Any]]


class SqlRepository(Generic[T]):
    """The rows of one tenant, in one unit of work."""

    def __init__(
        self,
        plan: RowPlan[T],
        wire: Wire,
        tenant: str,
        writes: Callable[[], None],
        snapshot: Callable[[], bool],
        *,
        statistics: Statistics,
        turn: Turn | None = None,
    ) -> None:
        self._plan = plan
        self.aggregate = plan.aggregate
        """What records are projected by: it may have more fields than the plan's, never other columns."""
        self._wire = wire
        self._tenant = tenant
        self._writes = writes
        self._snapshot = snapshot
        self._statistics = statistics
        self._turn = turn
        self._known: dict[str, str] = {}

    def get(self, id: str, *, held: bool = False) -> T | None:
        """Return the aggregate with this id, or None; a record is held by an exclusive lock on its row."""
        plan, wire, here = self._plan, self._wire, (self._tenant, id)
        if held:
            self._writes()
            turn = self._turn
            if turn is not None and (handed := turn.take(plan.aggregate.plural, id, patient=wire.patient)) is not None:
                return self._gone_on_from(handed, id)
        if not (held and wire.outside):
            return self._one(wire.first((plan.held if held else plan.get).sql, here))
        one = self._one(wire.first(plan.get.sql, here))
        if one is not None:
            self._hold(id, one.version)
        return one

    def _gone_on_from(self, handed: Handed, id: str) -> T:
        self._known[id] = handed.document
        self._hold(id, handed.one.version)
        return handed.one  # type: ignore[no-any-return]  # it was of this repository

    def version(self, id: str, *, held: bool = False) -> int | None:
        """Return the stored version, or None; a record is held by a shared lock on its row."""
        plan, trusting = self._plan, held and self._wire.outside
        statement = plan.held_version if held and not trusting else plan.version
        row = self._wire.first(statement.sql, (self._tenant, id))
        if row is not None and trusting:
            self.expect(id, row[0])
        return None if row is None else row[0]

    def by(self, unique: str, key: str) -> T | None:
        """Return the aggregate that holds this unique key, or None."""
        if unique in self.aggregate.claims:
            return self.by_keys(unique, (key,)).get(key)
        return self._one(self._wire.first(self._plan.by[unique].sql, (self._tenant, key.encode())))

    def _one(self, row: Any) -> T | None:
        return None if row is None else self._plan.documents.load(*row)

    def by_keys(self, unique: str, keys: Collection[str]) -> Mapping[str, T]:
        """Return those that hold any of these unique keys, by key."""
        plan, found = self._plan, {}
        claimed = unique in self.aggregate.claims
        column = "" if claimed else plan.aggregate.unique(unique).column
        here = {"tenant": self._tenant, "field": unique}
        wanted = [key.encode() for key in dict.fromkeys(keys)]
        for count, values in asked(wanted, plan.key_list):
            statement = plan.side.holders(plan.table, count) if claimed else plan.keys_statement(column, count)
            for key, *row in self._wire.rows(statement, {**here, **values}):
                found[bytes(key).decode()] = plan.documents.load(*row)
        return found

    def add(self, one: T, *, deferred: bool = False) -> None:
        """Store a new aggregate."""
        self._writes()
        plan, side = self._plan, self._plan.side
        projection = self.aggregate.project(one)
        sql, row = plan.insertion(plan.row(self._tenant, one, projection))
        terms = side.term_rows(self._tenant, one.id, projection)
        claims = side.claim_rows(self._tenant, one.id, projection)
        if deferred and self._wire.merger is not None and not (terms or claims):
            self._wire.tell(Told(sql, row, record=self._record(one.id)))
            return
        self._wire.run(sql, row)
        side.add(self._wire, terms, claims)

    def _record(self, id: str) -> Record:
        return self._plan.aggregate.plural, id

    def save(self, one: T, *, was: T, deferred: bool = False) -> None:
        """Replace ``was`` by ``one`` if the stored version is still that of ``was``."""
        self._writes()
        plan = self._plan
        before, after = self.aggregate.project(was), self.aggregate.project(one)
        changes = plan.changes(self._tenant, before, after)
        document = plan.documents.dump(one)
        statement = plan.update_statement(tuple(changes))
        here = {"the_tenant": self._tenant, "the_id": one.id, "was": was.version}
        arguments = statement.arguments({**changes, **here, "document": document})
        if deferred and self._wire.merger is not None and self._of_the_row(one.id, changes, before, after):
            self._save_later(one, was, document, statement.sql, arguments)
            return
        side = plan.side
        old = side.keys_of(self._wire, self._tenant, one.id) if side.moved(changes) else []
        if self._wire.run(statement.sql, arguments).rowcount == 0:
            if self.version(one.id) is None:
                raise NotFoundError(f"{plan.aggregate.name}_not_found", f"there is no such {plan.aggregate.name}")
            raise StaleVersionError(plan.aggregate.name, was.version)
        if side.possible:
            side.replace(self._wire, self._tenant, one.id, before, after, old=old, claimed=claimed_by(was))

    def _of_the_row(self, id: str, changes: dict[str, Any], before: Projection, after: Projection) -> bool:
        """Tell whether a change is one of the row alone, or of the row and claims that are given up all together."""
        side = self._plan.side
        if not side.possible:
            return True
        if side.moved(changes):
            return False
        return not (side.claim_rows(self._tenant, id, before) or side.claim_rows(self._tenant, id, after))

    def _save_later(self, one: T, was: T, document: str, sql: str, arguments: Sequence[Any]) -> None:
        """Put off a change; a record that has another version by then, or is gone, is a lost race."""
        id = one.id
        known = self._known.pop(id, None)  # from here on it is what this unit makes of it
        sql, arguments = self._plan.exactly(sql, arguments, known)
        told = Told(sql, arguments, record=self._record(id), needed=True, version=was.version)
        self._wire.tell(told)
        if self._turn is not None:
            aggregate = self._plan.aggregate
            self._turn.made(aggregate.plural, id, one, document, lasting=aggregate.impersonal)
        if claimed_by(was) and (given_up := self._plan.side.given_up(self._tenant, id)) is not None:
            self._wire.tell(Told(*given_up))

    def expect(self, id: str, version: int) -> None:
        """Keep others from changing a record at the commit, or fail as a lost race where it has another version."""
        self._hold(id, version, shared=True)

    def _hold(self, id: str, version: int, *, shared: bool = False) -> None:
        # What was handed on is asked for with its document, too: a version is not enough.
        here, document = (self._tenant, id, version), self._known.get(id)
        self._wire.tell(self._plan.held_at(here, document=document, shared=shared))

    def reindex(self, one: T) -> None:
        """Write columns, keys and terms of a stored aggregate anew."""
        self._writes()
        plan, projection = self._plan, self.aggregate.project(one)
        columns = plan.whole(self._tenant, projection)
        statement = plan.update_statement(tuple(columns))
        here = {"the_tenant": self._tenant, "the_id": one.id, "was": one.version}
        arguments = statement.arguments({**columns, **here, "document": plan.documents.dump(one)})
        old = plan.side.keys_of(self._wire, self._tenant, one.id)
        # A row that has changed since was projected by whoever changed it.
        if self._wire.run(statement.sql, arguments).rowcount:
            plan.side.renew(self._wire, self._tenant, one.id, old, projection)

    def remove(self, one: T) -> None:
        """Delete a bookkeeping record."""
        self._writes()
        side = self._plan.side
        old = side.keys_of(self._wire, self._tenant, one.id)
        self._wire.run(self._plan.delete.sql, (self._tenant, one.id))
        side.remove(self._wire, self._tenant, one.id, old)

    def load(self, many: Sequence[T], *, deferred: bool = False) -> None:
        """Store many new aggregates, all or none."""
        self._writes()
        plan, rows, terms, claims = self._plan, [], [], []
        side = plan.side
        for one in many:
            projection = self.aggregate.project(one)
            rows.append(plan.row(self._tenant, one, projection))
            terms += side.term_rows(self._tenant, one.id, projection)
            claims += side.claim_rows(self._tenant, one.id, projection)
        terms.sort()  # neighbours in the table are written one after the other
        if rows:
            store = self._wire.later if deferred else self._wire.insert
            store(plan.table, plan.insert.sql, rows)
            side.add(self._wire, terms, claims, deferred=deferred)

    def find(self, query: Query) -> Found[T]:
        """Return one page of what matches."""
        self._snapshot()
        limit = query.limit
        documents = self.documents(query, None if limit is None else limit + 1)
        items = [self._plan.documents.load(*row) for row in documents[:limit]]
        more = limit is not None and len(documents) > limit
        return Found(items, self._position(items[-1], query) if more else None)

    def documents(self, query: Query, wanted: int | None) -> list[Any]:
        """Return the first ``wanted`` of what matches as rows of document and id, as `find` reads them."""
        if wanted is None:
            return [row for told in self._whole(query) for row in self._wire.rows(*told)]
        searches = self._plan.searches
        if searches is not None:
            return searches.page(self._wire, self._tenant, query, wanted)
        documents: list[Any] = []
        for segment in segments_of(query):
            documents += self._segment(query, segment, wanted - len(documents))
            if len(documents) >= wanted:
                break
        return documents

    def _whole(self, query: Query) -> list[tuple[Statement, dict[str, Any]]]:
        searches = self._plan.searches
        few = None if searches is None else searches.few(self._tenant, query)
        return [few] if few else [self._select(query, segment, None) for segment in segments_of(query)]

    def _segment(self, query: Query, segment: Segment, most: int) -> list[Any]:
        explain = self._plan.explain
        if explain is None or not may_mislead(query, self._plan.aggregate):
            return self._wire.rows(*self._select(query, segment, most))
        bounded = Bounded(explain, self._wire, self._statistics, self._snapshot)
        return bounded.page(partial(self._select, query, segment), most)

    def _select(
        self, query: Query, segment: Segment, most: int | None, form: Form = page_of
    ) -> tuple[Statement, dict[str, Any]]:
        plan = self._plan

        def again(expression: Expression) -> None:
            expression.behind(query, segment)
            expression.where(query.where)

        statement, values = plan.statement(
            (form, shape(query, segment)),
            self._tenant,
            lambda expression: form(query, segment, expression, plan.table),
            again,
        )
        furthest = None if plan.explain is None else plan.explain.furthest
        return statement, {**values, "tenant": self._tenant, "most": most, "furthest": furthest}

    def _position(self, one: T, query: Query) -> Position:
        aggregate = self.aggregate
        values = aggregate.project(one).values
        return Position(tuple(values[aggregate.position[by.column]] for by in query.order), one.id)

    def count(self, query: Query, most: int | None = None) -> int:
        """Return how many match, at most ``most``."""
        self._snapshot()
        plan = self._plan
        statement, values = plan.statement(
            ("count", shape(query, None), most is None),
            self._tenant,
            lambda expression: count_of(query, expression, plan.table, capped=most is not None),
            lambda expression: expression.where(query.where),
        )
        ((number,),) = self._wire.rows(statement, {**values, "tenant": self._tenant, "most": most})
        return int(number)

    def stream(self, query: Query) -> Iterator[T]:
        """Yield what matches, all of one state of the store: one statement walks it, whatever it is sorted by."""
        self._snapshot()
        whole = attrs.evolve(query, limit=None)
        rows = (row for told in self._whole(whole) for row in self._wire.stream(*told))
        for row in islice(rows, query.limit):
            yield self._plan.documents.load(*row)
