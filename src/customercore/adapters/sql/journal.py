"""Events as rows of one table, in the order of their aggregate's versions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from sqlalchemy import BindParameter, bindparam, select, tuple_

from customercore.adapters.documents import dump_changes, event_actor, load_changes
from customercore.adapters.meanings import numbered
from customercore.adapters.sql.dialect import Dialect
from customercore.adapters.sql.put_off import FEW, Told
from customercore.adapters.sql.statements import Grammar, Statement, compiled
from customercore.adapters.sql.tables import Tables
from customercore.adapters.sql.wire import Wire
from customercore.domain.event import Event
from customercore.errors import CorruptRecordError

__all__ = ["EventPlan", "SqlJournal", "moment_of"]

_COLUMNS = (
    "tenant", "aggregate", "aggregate_id", "version", "ordinal", "id", "type", "schema_version", "customer_id", "at",
    "actor_kind", "actor_id", "on_behalf_of", "changes", "personal", "reason",
)  # fmt: skip
_KEY = _COLUMNS[:5]
_END = ((1 << 63) - 1, 0)
"""A number behind all that are given."""


class EventPlan:
    """The statements of the events' table, compiled when they are first needed."""

    def __init__(self, tables: Tables, grammar: Grammar, dialect: Dialect) -> None:
        self.table = tables.events
        self._grammar = grammar
        self._moment = dialect.encoder("datetime") or (lambda value: value)

    @cached_property
    def insert(self) -> Statement:
        """Stores an event."""
        return compiled(self.table.insert().values({name: bindparam(name) for name in _COLUMNS}), self._grammar)

    @cached_property
    def of(self) -> Statement:
        """Finds the events of one aggregate behind a number, oldest first."""
        return self._read(newest_first=False)

    @cached_property
    def back(self) -> Statement:
        """Finds the events of one aggregate before a number, newest first."""
        return self._read(newest_first=True)

    def _read(self, *, newest_first: bool) -> Statement:
        table = self.table
        number, given = tuple_(table.c.version, table.c.ordinal), tuple_(bindparam("version"), bindparam("ordinal"))
        beyond = number < given if newest_first else number > given
        order = [one.desc() if newest_first else one for one in (table.c.version, table.c.ordinal)]
        most: BindParameter[int] = bindparam("most")
        of_one = [table.c[name] == bindparam(name) for name in _KEY[:3]]
        found = select(*(table.c[name] for name in _COLUMNS[1:])).where(*of_one, beyond)
        return compiled(found.order_by(*order).limit(most), self._grammar)

    @cached_property
    def rewrite(self) -> Statement:
        """Changes what an event says of a person."""
        changed = (
            self.table.update()
            .where(*(self.table.c[name] == bindparam(f"the_{name}") for name in _KEY))
            .values(personal=bindparam("personal"), reason=bindparam("reason"))
        )
        return compiled(changed, self._grammar)

    def row(self, tenant: str, event: Event) -> tuple[Any, ...]:
        """Return an event as the parameters of the insert, which are in the order of the table's columns."""
        return (
            tenant,
            event.aggregate,
            event.aggregate_id,
            event.version,
            event.ordinal,
            event.id,
            event.type,
            event.schema,
            event.customer_id,
            self._moment(event.at),
            event.actor.kind,
            event.actor.id,
            event.actor.on_behalf_of,
            dump_changes(event.changes),
            dump_changes(event.personal),
            event.reason,
        )


class SqlJournal:
    """The events of one tenant, in one unit of work."""

    def __init__(self, plan: EventPlan, wire: Wire, tenant: str, writes: Callable[[], None]) -> None:
        self._plan = plan
        self._wire = wire
        self._tenant = tenant
        self._writes = writes

    def record(self, event: Event, *, deferred: bool = False) -> None:
        """Append one event."""
        self._writes()
        row = self._plan.row(self._tenant, event)
        if deferred and self._wire.merger is not None:
            self._wire.tell(Told(self._plan.insert.sql, row, numbered))
        else:
            with numbered():
                self._wire.run(self._plan.insert.sql, row)

    def load(self, events: Sequence[Event], *, deferred: bool = False) -> None:
        """Append many events at once."""
        self._writes()
        if deferred and self._wire.merger is not None and len(events) <= FEW:
            for event in events:
                self.record(event, deferred=True)
            return
        rows = [self._plan.row(self._tenant, event) for event in events]
        self._wire.later(self._plan.table, self._plan.insert.sql, rows, numbered)
        if not deferred:
            self._wire.settle()

    def of(self, aggregate: str, id: str, *, after: tuple[int, int] = (0, -1), limit: int = 100) -> list[Event]:
        """Return the events of one aggregate behind ``after``, oldest first."""
        return self._events(self._plan.of, aggregate, id, after, limit)

    def back(self, aggregate: str, id: str, *, before: tuple[int, int] | None = None, limit: int = 100) -> list[Event]:
        """Return the events of one aggregate before a number, None for all of them, newest first."""
        return self._events(self._plan.back, aggregate, id, before or _END, limit)

    def rewrite(self, events: Sequence[Event]) -> None:
        """Give stored events the personal part and the reason that these have."""
        self._writes()
        for event in events:
            number = (event.aggregate, event.aggregate_id, event.version, event.ordinal)
            values = (dump_changes(event.personal), event.reason, self._tenant, *number)
            self._wire.run(self._plan.rewrite.sql, values)

    def _events(
        self, statement: Statement, aggregate: str, id: str, number: tuple[int, int], limit: int
    ) -> list[Event]:
        values = {"tenant": self._tenant, "aggregate": aggregate, "aggregate_id": id, "most": limit}
        values |= {"version": number[0], "ordinal": number[1]}
        return [_read(row) for row in self._wire.rows(statement, values)]


def moment_of(value: Any) -> dt.datetime:
    """Return a moment as the driver gives it: a text, or with an offset of its own, or without any."""
    moment: dt.datetime = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)


def _read(row: Sequence[Any]) -> Event:
    try:
        return _event(row)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise CorruptRecordError(
            "corrupt_record", "a stored event cannot be read back", kind="event", id=str(row[4])
        ) from error


def _event(row: Sequence[Any]) -> Event:
    return Event(
        aggregate=row[0],
        aggregate_id=row[1],
        version=row[2],
        ordinal=row[3],
        id=row[4],
        type=row[5],
        schema=row[6],
        customer_id=row[7],
        at=moment_of(row[8]),
        actor=event_actor(row[9], row[10], row[11]),
        changes=load_changes(row[12]),
        personal=load_changes(row[13]),
        reason=row[14],
    )
