"""What is on its way to subscribers, as rows of one table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from functools import cached_property
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Table, bindparam, func, literal_column, or_, select, tuple_

from customercore.adapters.sql.dialect import Dialect
from customercore.adapters.sql.journal import moment_of
from customercore.adapters.sql.put_off import FEW, Told
from customercore.adapters.sql.statements import Grammar, Statement, compiled
from customercore.adapters.sql.tables import Tables
from customercore.adapters.sql.wire import Wire
from customercore.domain.delivery import DEAD, DELIVERED, WAITING, Candidate, Delivery, Number

__all__ = ["DeliveryPlan", "SqlDeliveries", "tenants_due"]

_PLACE = ("subscriber", "aggregate", "aggregate_id", "version", "ordinal")
_STATE = ("state", "due", "attempts", "fence", "error_code", "error", "settled_at")
_COLUMNS = (*_PLACE, "event_id", "type", "at", *_STATE)
_MOMENTS = ("at", "due", "settled_at")
_DEAD: ColumnElement[str] = literal_column(f"'{DEAD}'")
"""Written out, so that a database which plans a statement before it has the values uses the index of dead letters."""


class DeliveryPlan:
    """The statements of the deliveries' table, compiled when they are first needed."""

    def __init__(self, tables: Tables, grammar: Grammar, dialect: Dialect) -> None:
        self.table = table = tables.deliveries
        self.moment: Callable[[Any], Any] = dialect.encoder("datetime") or (lambda value: value)
        self._grammar = grammar
        self._ours = table.c.tenant == bindparam("tenant")
        self._here = [self._ours, *(table.c[name] == bindparam(f"the_{name}") for name in _PLACE)]

    @cached_property
    def insert(self) -> Statement:
        """Stores a delivery, with values in the order of the table's columns."""
        columns: dict[str, Any] = {one.name: bindparam(one.name) for one in self.table.c}
        return compiled(self.table.insert().values(columns), self._grammar)

    @cached_property
    def update(self) -> Statement:
        """Changes the state of a delivery that still has a fence."""
        same = self.table.c.fence == bindparam("the_fence")
        changed = self.table.update().where(*self._here, same).values({one: bindparam(one) for one in _STATE})
        return compiled(changed, self._grammar)

    @cached_property
    def due(self) -> Statement:
        """Finds what is due, and locks it."""
        return _due(self.table, self._grammar)

    @cached_property
    def dead(self) -> Statement:
        """Finds dead letters."""
        return _dead(self.table, self._grammar)

    @cached_property
    def numbers(self) -> Statement:
        """Finds the numbers of one aggregate's events that have a row."""
        table = self.table
        stream = [table.c[name] == bindparam(name) for name in _PLACE[:3]]
        return compiled(select(table.c.version, table.c.ordinal).where(self._ours, *stream), self._grammar)

    @cached_property
    def old(self) -> Statement:
        """Finds the places of what was delivered before a moment."""
        return self._places(self.table.c.state == DELIVERED, self.table.c.settled_at < bindparam("before"))

    @cached_property
    def theirs(self) -> Statement:
        """Finds the places of what a subscriber has."""
        return self._places(self.table.c.subscriber == bindparam("subscriber"))

    def _places(self, *conditions: ColumnElement[bool]) -> Statement:
        most: BindParameter[int] = bindparam("most")
        found = select(*(self.table.c[one] for one in _PLACE)).where(self._ours, *conditions)
        return compiled(found.limit(most), self._grammar)

    @cached_property
    def delete(self) -> Statement:
        """Deletes the delivery at a place."""
        return compiled(self.table.delete().where(*self._here), self._grammar)


def _due(table: Table, grammar: Grammar) -> Statement:
    """Return the statement that finds what is due, and what of its stream is open ahead of it; it locks what it finds.

    Rows that somebody else has locked are passed over, where the database can.
    """
    other = table.alias("other")
    same = [other.c[name] == table.c[name] for name in ("tenant", *_PLACE[:3])]
    before = tuple_(other.c.version, other.c.ordinal) < tuple_(table.c.version, table.c.ordinal)
    ahead = select(func.count()).select_from(other).where(*same, before, other.c.due.is_not(None))
    until = select(func.max(other.c.due)).where(*same, before, other.c.state == WAITING)
    statement = (
        select(*(table.c[one] for one in _COLUMNS), ahead.scalar_subquery(), until.scalar_subquery())
        .where(table.c.tenant == bindparam("tenant"), table.c.subscriber == bindparam("subscriber"))
        .where(table.c.due <= bindparam("now"))
        .order_by(table.c.due, table.c.version, table.c.ordinal)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True)
    )
    return compiled(statement, grammar)


def _dead(table: Table, grammar: Grammar) -> Statement:
    named = [or_(bindparam(name) == "", table.c[name] == bindparam(name)) for name in ("subscriber", "event_id")]
    place = [table.c[name] for name in _PLACE]
    behind = tuple_(*place) > tuple_(*(bindparam(f"the_{name}") for name in _PLACE))
    statement = (
        select(*(table.c[one] for one in _COLUMNS))
        .where(table.c.tenant == bindparam("tenant"), table.c.state == _DEAD, *named, behind)
        .order_by(*place)
        .limit(bindparam("most"))
    )
    return compiled(statement, grammar)


def tenants_due(tables: Tables, subscribers: Collection[str], now: Any) -> Any:
    """Return the query for the tenants with a delivery to one of these subscribers that is due."""
    one = tables.deliveries.c
    first = func.min(one.due)
    return (
        select(one.tenant)
        .where(one.due.is_not(None), one.subscriber.in_(subscribers))
        .group_by(one.tenant, one.subscriber)
        .having(first <= now)
    )


class SqlDeliveries:
    """Implements `ports.deliveries.Deliveries` in one unit of work."""

    def __init__(self, plan: DeliveryPlan, wire: Wire, tenant: str, writes: Callable[[], None]) -> None:
        self._plan = plan
        self._wire = wire
        self._tenant = tenant
        self._writes = writes

    def add(self, many: Sequence[Delivery]) -> None:
        """Store new ones."""
        self._writes()
        rows = [(self._tenant, *self._values(one, _COLUMNS)) for one in many]
        if self._wire.merger is not None and len(rows) <= FEW:
            for row in rows:
                self._wire.tell(Told(self._plan.insert.sql, row))
        elif len(rows) == 1:
            self._wire.run(self._plan.insert.sql, rows[0])
        elif rows:
            self._wire.insert(self._plan.table, self._plan.insert.sql, rows)

    def due(self, subscriber: str, now: dt.datetime, limit: int) -> list[Candidate]:
        """Return what is open and due."""
        self._writes()
        values = {"tenant": self._tenant, "subscriber": subscriber, "now": self._plan.moment(now), "most": limit}
        return [
            Candidate(_read(row), row[-2], None if row[-1] is None else moment_of(row[-1]))
            for row in self._wire.rows(self._plan.due, values, locking=True)
        ]

    def save(self, one: Delivery, *, fence: int) -> bool:
        """Store a delivery in place of the one with this fence."""
        self._writes()
        state = dict(zip(_STATE, self._values(one, _STATE), strict=True))
        values = {"tenant": self._tenant, **_the(one), "the_fence": fence, **state}
        cursor = self._wire.run(self._plan.update.sql, self._plan.update.arguments(values))
        return bool(cursor.rowcount == 1)

    def dead(
        self, *, subscriber: str = "", event_id: str = "", after: Delivery | None = None, limit: int = 100
    ) -> list[Delivery]:
        """Return dead letters in the order of subscriber, aggregate, id and number."""
        behind = _the(after) if after else {f"the_{name}": "" for name in _PLACE} | {"the_version": 0, "the_ordinal": 0}
        values = {"tenant": self._tenant, "subscriber": subscriber, "event_id": event_id, "most": limit, **behind}
        return [_read(row) for row in self._wire.rows(self._plan.dead, values)]

    def numbers(self, subscriber: str, aggregate: str, aggregate_id: str) -> list[Number]:
        """Return the numbers of one aggregate's events that have a row."""
        values = {"subscriber": subscriber, "aggregate": aggregate, "aggregate_id": aggregate_id}
        rows = self._wire.rows(self._plan.numbers, {"tenant": self._tenant, **values})
        return [(version, ordinal) for version, ordinal in rows]

    def purge(self, before: dt.datetime, limit: int) -> int:
        """Delete delivered ones."""
        return self._deleted(self._plan.old, {"before": self._plan.moment(before), "most": limit})

    def remove(self, subscriber: str, limit: int) -> int:
        """Delete a subscriber's."""
        return self._deleted(self._plan.theirs, {"subscriber": subscriber, "most": limit})

    def _deleted(self, found: Statement, values: dict[str, Any]) -> int:
        self._writes()
        rows = self._wire.rows(found, {"tenant": self._tenant, **values})
        delete = self._plan.delete
        places = [{f"the_{name}": value for name, value in zip(_PLACE, row, strict=True)} for row in rows]
        if places:
            self._wire.many(delete.sql, [delete.arguments({"tenant": self._tenant, **place}) for place in places])
        return len(places)

    def _values(self, one: Delivery, names: Sequence[str]) -> list[Any]:
        values = [getattr(one, name) for name in names]
        moment = self._plan.moment
        return [
            moment(value) if value is not None and name in _MOMENTS else value
            for name, value in zip(names, values, strict=True)
        ]


def _the(one: Delivery) -> dict[str, Any]:
    return {f"the_{name}": value for name, value in zip(_PLACE, one.place, strict=True)}


def _read(row: Sequence[Any]) -> Delivery:
    values: dict[str, Any] = dict(zip(_COLUMNS, row, strict=False))
    moments = {name: moment_of(values[name]) for name in _MOMENTS if values[name] is not None}
    return Delivery(**values | moments)
