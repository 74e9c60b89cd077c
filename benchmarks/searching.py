"""Jobs 4 and 4b: pages of a search by run-time fields, against the best SQL of any design of the same run."""

from __future__ import annotations

import datetime as dt
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from typing import Any

from benchmarks import crowd
from benchmarks.designs import AtLeast, Form, Has, Question, add_narrow_tables, forms
from benchmarks.measure import Contest, Goal, Options, Side, least, repeated
from benchmarks.stores import opened

from customercore import Criteria, CustomerCore, where
from customercore.adapters.sql.connections import Lease
from customercore.adapters.sql.plans import RowPlan
from customercore.adapters.sql.sqlite import SqliteDialect
from customercore.adapters.sql.statements import grammar_of
from customercore.adapters.sql.store import SqlStore
from customercore.adapters.sql.wire import Wire
from customercore.catalogue.query import Position, Query
from customercore.catalogue.resolve import resolve, resolve_sort

__all__ = ["QUESTIONS", "pages"]

_TO_BEST = Goal("ratio", 1.3, 2.0)
_TO_FIRST_PAGE = Goal("ratio", 2.0, 2.0)
_PAGE = 50
_LONGEST_ROUND = 0.2
"""Seconds that one side of a round may take, calls of a millisecond being repeated."""


def _flags(*names: str) -> tuple[Criteria, tuple[Has, ...]]:
    criteria: Criteria | None = None
    for name in names:
        one = where.flag(name)
        criteria = one if criteria is None else criteria & one
    assert criteria is not None
    return criteria, tuple(Has("flag", (name,)) for name in names)


def _points(share: float) -> tuple[Criteria, AtLeast]:
    return where.info("points") >= crowd.points_for(share), AtLeast("int_0", crowd.points_for(share))


def _joined(share: float) -> tuple[Criteria, AtLeast]:
    at = crowd.joined_after(share)
    return where.created_at >= at, AtLeast("created_at", _moment(at))


def _moment(at: dt.datetime) -> str:
    return at.replace(tzinfo=None).isoformat(" ", "microseconds")


def _all(name: str, *parts: tuple[Criteria, Any], **sort: str) -> Question:
    criteria = parts[0][0]
    asked: list[Has | AtLeast] = []
    for at, (one, beside) in enumerate(parts):
        criteria = criteria & one if at else one
        asked += beside if isinstance(beside, tuple) else [beside]
    return Question(name, criteria, tuple(asked), **sort)


def _questions() -> tuple[Question, ...]:
    groups = [f"group {number}" for number in range(crowd.GROUPS // 2)]
    some_group = where.tags.is_in(groups), Has("tag", tuple(groups))
    without = ~where.flag("f20"), Has("flag", ("f20",), negated=True)
    half = where.info("level") >= 500_000, AtLeast("int_1", 500_000)
    return (
        _all("flag 20 %", _flags("f20")),
        _all("flag 0.1 %", _flags("f01")),
        _all("flag 5 %, points 50 %, created 30 %", _flags("f5"), _points(0.5), _joined(0.3)),
        _all("flag 20 %, points 1 %, created 30 %", _flags("f20"), _points(0.01), _joined(0.3)),
        _all("flag 0.1 %, sorted by points", _flags("f01"), sort="info.points", column="int_0"),
        _all("not flag 20 %, points 1 %", without, _points(0.01)),
        _all("one of 30 groups, points 50 %", some_group, _points(0.5)),
        _all("three flags of 20 % at once", _flags("f20", "g20", "h20")),
        _all("worst: flag 20 % and level 45 % that never meet", _flags("g20"), half),
    )


QUESTIONS = _questions()
"""The lines of the table in decision 21."""


class _Sides:
    """A filled store, and what asks it: our searches and plain SQL, each to a list of raw documents."""

    def __init__(self, store: SqlStore, core: CustomerCore, connection: sqlite3.Connection, file: str) -> None:
        self.core = core
        self._connection = connection
        self._customers, self._definitions = crowd.described(core), crowd.defined(core)
        dialect = SqliteDialect()
        engine = dialect.engine(f"sqlite:///{file}", timeout=10.0)
        self._plan: RowPlan[Any] = RowPlan(self._customers, store.tables, grammar_of(engine), dialect)
        self._wire = Wire(Lease(lambda: connection), dialect.translate, sqlite3.Error, dialect)

    def query(self, question: Question, after: Position | None) -> Query:
        """Return a question as the store gets it: of active registered customers, as `core.customers.search` asks."""
        criteria = question.criteria & (where.status == "active") & (where.kind == "registered")
        node = resolve(self._customers, criteria, self._definitions)
        return Query(where=node, order=resolve_sort(self._customers, question.sort), after=after)

    def ours(self, query: Query, most: int = _PAGE + 1) -> list[str]:
        """Return raw documents, by the planner."""
        searches = self._plan.searches
        assert searches is not None
        return [row[0] for row in searches.page(self._wire, crowd.TENANT, query, most)]

    def by_hand(self, form: Form) -> list[str]:
        """Return raw documents, by a statement."""
        return [row[0] for row in self._connection.execute(form.sql, form.values)]

    def middle(self, question: Question) -> Position | None:
        """Return the position in the middle of what is found, None where that is no deep page."""
        found = self.ours(self.query(question, None), 1 << 40)
        if len(found) < 4 * _PAGE:
            return None
        one = self._plan.documents.load(found[len(found) // 2])
        value = self._customers.project(one).values[self._customers.position[question.column]]
        return None if value is None else Position((value,), one.id)

    def best(self, question: Question, after: Position | None) -> Form:
        """Return the fastest form of all designs; assert that it finds what we find."""
        place = None if after is None else (self._plan.encode(question.column, after.values[0]), after.id)
        timed = [
            (least(partial(self.by_hand, form), _LONGEST_ROUND, time.thread_time), form)
            for form in forms(question, _PAGE + 1, place)
        ]
        best = min(timed, key=lambda one: one[0])[1]
        assert self.by_hand(best) == self.ours(self.query(question, after)), f"{question.name}: {best.design} differs"
        return best


@contextmanager
def _filled(options: Options) -> Iterator[_Sides]:
    file = options.folder / "crowd.db"
    store, core = opened(file, "NORMAL")
    crowd.fill(store, crowd.define(core), crowd.people_of(options.customers))
    with closing(sqlite3.connect(file, isolation_level=None)) as connection, closing(core):
        add_narrow_tables(connection)
        connection.execute("PRAGMA cache_size = -16000")
        yield _Sides(store, core, connection, str(file))
    for one in options.folder.glob("crowd.db*"):
        one.unlink()


def pages(options: Options) -> Iterator[Contest]:
    """Read the first page, and one in the middle, of each line of the table."""
    with _filled(options) as sides:
        for question in QUESTIONS:
            yield from _contests(sides, question, options)
        question = QUESTIONS[2]
        search = partial(sides.core.customers.search, question.criteria)
        yield Contest(
            "4",
            f"customers.search, page 1 as objects: {question.name}",
            None,
            _side(search, options),
            _side(partial(sides.by_hand, sides.best(question, None)), options),
        )


def _contests(sides: _Sides, question: Question, options: Options) -> Iterator[Contest]:
    what = f"search {options.customers:,}: {question.name}"
    best = sides.best(question, None)
    ours = _side(partial(sides.ours, sides.query(question, None)), options)
    by_hand = _side(partial(sides.by_hand, best), options)
    yield Contest("4", f"{what}; best by hand {best.design}", _TO_BEST, ours, by_hand)
    after = sides.middle(question)
    if after is None:
        return
    best = sides.best(question, after)
    deep = _side(partial(sides.ours, sides.query(question, after)), options)
    by_hand = _side(partial(sides.by_hand, best), options)
    yield Contest("4b", f"{what}, page in the middle; best by hand {best.design}", None, deep, by_hand)
    yield Contest("4b", f"{what}, page in the middle beside page 1", _TO_FIRST_PAGE, deep, ours)


def _side(call: Callable[[], object], options: Options) -> Side:
    """Return the side that makes a call as often as a round has time for.

    It is the thread's time that counts: what is read lies in the system's cache, so nothing waits for a disk, and
    what others do on the machine stays out of it.
    """
    return repeated(call, options.calls, _LONGEST_ROUND, time.thread_time)
