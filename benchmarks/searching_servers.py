"""Jobs 4 and 4b on a server: pages of a large store, beside the best of several ways to write them by hand."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Protocol

import attrs
from benchmarks import crowd
from benchmarks.designs import AtLeast, Form, Question
from benchmarks.measure import Contest, Goal, Options, Side, least, repeated
from benchmarks.searching import QUESTIONS
from benchmarks.searching_mongo import MongoPages
from benchmarks.server_designs import add_designs, forms_on
from benchmarks.servers import MongoServer, Server

from customercore import CustomerCore, where
from customercore.catalogue.query import Position, Query
from customercore.catalogue.resolve import resolve, resolve_sort
from customercore.ports.store import Store

__all__ = ["pages_on"]

_PAGE = 50
_LONGEST_ROUND = 0.5
"""Seconds that one side of a round may take, calls of a millisecond being repeated."""


class _Pages(Protocol):
    """Pages by hand, by the driver alone."""

    def ways(self, question: Question, most: int, place: tuple[Any, str] | None) -> Iterator[tuple[str, _Way]]:
        """Yield the names of ways to write a page behind a place in the order, and what returns its raw documents."""

    def raw(self, row: Any) -> Any:
        """Return the raw document of what our store's documents come in."""


_Way = Callable[[], list[Any]]


@attrs.frozen
class _SqlPages:
    """Pages by statements, of several designs."""

    name: str
    connection: Any

    def ways(self, question: Question, most: int, place: tuple[Any, str] | None) -> Iterator[tuple[str, _Way]]:
        for form in forms_on(self.name, question, most, place):
            yield form.design, partial(self._found, form)

    def _found(self, form: Form) -> list[str]:
        with self.connection.cursor() as cursor:
            cursor.execute(form.sql, form.values)
            return [row[0] for row in cursor.fetchall()]

    def raw(self, row: Any) -> str:
        return str(row[0])


@attrs.define(slots=False)
class _Sides:
    """A filled store, and pages of it by the driver alone; both give raw documents."""

    store: Store
    core: CustomerCore
    by_hand: _Pages

    @functools.cached_property
    def _customers(self) -> Any:
        return crowd.described(self.core)

    def query(self, question: Question, after: Position | None, most: int | None = _PAGE + 1) -> Query:
        """Return a question as the store gets it: of active registered customers, as `core.customers.search` asks."""
        criteria = question.criteria & (where.status == "active") & (where.kind == "registered")
        node = resolve(self._customers, criteria, crowd.defined(self.core))
        return Query(where=node, order=resolve_sort(self._customers, question.sort), after=after, limit=most)

    def ours(self, query: Query) -> list[Any]:
        """Return the documents of a page, in a unit of its own."""
        with self.store.unit(crowd.TENANT, write=False) as uow:
            uow.describe(self._customers)
            raw = self.by_hand.raw
            return [raw(row) for row in uow.customers.documents(query, query.limit)]  # type: ignore[attr-defined]  # the adapter's

    def middle(self, question: Question) -> Position | None:
        """Return the position in the middle of what is found, None where that is no deep page."""
        with self.store.unit(crowd.TENANT, write=False) as uow:
            uow.describe(self._customers)
            count = uow.customers.count(self.query(question, None))
            if count < 4 * _PAGE:
                return None
            found = uow.customers.stream(self.query(question, None, None))
            one = next(one for at, one in enumerate(found) if at == count // 2)
        value = self._customers.project(one).values[self._customers.position[question.column]]
        return None if value is None else Position((value,), one.id)

    def best(self, question: Question, after: Position | None) -> tuple[str, _Way]:
        """Return the fastest of all ways; assert that it finds what we find."""
        key = None if after is None or after.values[0] is None else after.values[0]
        place = None if after is None else (key.encode() if isinstance(key, str) else key, after.id)
        ways = self.by_hand.ways(_moments(question), _PAGE + 1, place)
        design, best = min(ways, key=lambda one: least(one[1], _LONGEST_ROUND))
        found = best()  # by hand, those without a key are left out: at full size no page gets so far
        assert found == self.ours(self.query(question, after))[: len(found)], f"{question.name}: {design} differs"
        return design, best


def _moments(question: Question) -> Question:
    """Return the question with its moments as drivers of servers take them."""
    asked = [
        AtLeast(one.column, dt.datetime.fromisoformat(one.low).replace(tzinfo=dt.UTC))
        if isinstance(one, AtLeast) and isinstance(one.low, str)
        else one
        for one in question.asked
    ]
    return Question(question.name, question.criteria, tuple(asked), question.sort, question.column)


def pages_on(server: Server, options: Options) -> Iterator[Contest]:
    """Read the first page, and one in the middle, of each line of the table."""
    goal, deep = None, None
    if server.name != "mariadb":
        goal, deep = Goal("ratio", 1.3, 1.95), Goal("ratio", 2.0, 3.0)
    with _filled(server, options.customers) as sides:
        for question in QUESTIONS:
            what = f"search {options.customers:,} on {server.name}: {question.name}"
            design, best = sides.best(question, None)
            ours = _side(partial(sides.ours, sides.query(question, None)), options)
            yield Contest("4", f"{what}; best by hand {design}", goal, ours, _side(best, options))
            after = sides.middle(question)
            if after is not None:
                middle = _side(partial(sides.ours, sides.query(question, after)), options)
                yield Contest("4b", f"{what}, page in the middle beside page 1", deep, middle, ours)
        question = QUESTIONS[2]
        objects = _side(partial(sides.core.customers.search, question.criteria), options)
        what = f"customers.search on {server.name}, page 1 as objects: {question.name}"
        yield Contest("4", what, None, objects, _side(sides.best(question, None)[1], options))


@contextmanager
def _filled(server: Server, count: int) -> Iterator[_Sides]:
    """Open a store of so many customers, and the driver alone beside it."""
    with server.opened() as (store, core, url):
        crowd.fill(store, crowd.define(core), crowd.people_of(count))
        if isinstance(server, MongoServer):
            with server.by_hand(url) as bare:
                yield _Sides(store, core, MongoPages(bare.customers))
            return
        with server.connection(url) as connection:
            add_designs(server.name, connection)
            yield _Sides(store, core, _SqlPages(server.name, connection))


def _side(call: Callable[[], object], options: Options) -> Side:
    return repeated(call, options.calls, _LONGEST_ROUND)
