"""Reading one page of a plan: which way is the shortest is found out while it is read (decision 21).

Where one walk is all there is, it goes on until the page is full. Otherwise a choice of very few records is sorted at
once, and if there is none a walk goes a few hundred entries far. Most pages are full by then. If this one is not, what
was found so far tells what walking on would cost: each choice is counted up to that cost, so counting is cheap, and the
smallest is read whole and sorted. If all are too large the walk goes on, up to twice as far as it should need.
What is not found by then are records that meet each condition often and all of them seldom or never; they are looked
for along the index that holds what is asked, or in whichever choice is the smallest.
No statistics of the database are used, nothing is guessed about how conditions hang together, and what was found on one
way is kept on the next: no document is fetched that is not on the page, but the one that tells that there are more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from customercore.adapters.sql.conditions import named
from customercore.adapters.sql.hints import Limits
from customercore.adapters.sql.layout import Layout, Sql
from customercore.adapters.sql.planning import Plan, Segment, plan
from customercore.adapters.sql.statements import Statement
from customercore.adapters.sql.ways import ROW, Choice, Scan, Walk
from customercore.adapters.sql.wire import Wire
from customercore.catalogue.query import Leaf, Query

__all__ = ["Searches", "search"]

Rows = list[Any]
Ask = Callable[[Sql, dict[str, Any]], Rows]


_ALL = float(1 << 40)
_MOST_SHAPES = 500
_NO_LIMIT = -1


def search(plan: Plan, ask: Ask, values: dict[str, Any], wanted: int, limits: Limits) -> Rows:
    """Return the first ``wanted`` documents of a plan, with their ids.

    ``values`` are those of the query by name; what a statement needs besides is put there.
    """
    found: Rows = []
    for segment in plan:
        reading = _Reading(segment, ask, values, wanted - len(found), limits)
        found += reading.read()
        if len(found) >= wanted or reading.took_all:
            break
    return found


class _Reading:
    """One part of the order being read."""

    def __init__(self, segment: Segment, ask: Ask, values: dict[str, Any], wanted: int, limits: Limits) -> None:
        self._segment = segment
        self._ask = ask
        self._values = values
        self._wanted = wanted
        self._limits = limits
        self._found: Rows = []
        self._low = False
        self.took_all = False
        """Whether the parts of the order behind this one were read with it."""

    def read(self) -> Rows:
        """Return the documents."""
        segment, limits = self._segment, self._limits
        if not segment.walks:
            return self._sorted(self._smallest(limits.most * ROW))
        self._start(segment.walks[0])
        walk = self._furthest(2 * self._wanted) if len(segment.walks) > 1 else segment.walks[0]
        steady = walk is segment.covered or not segment.scan.covered if walk.index else not walk.merged
        if steady and not segment.choices:
            return self._to_the_end(walk)  # whatever else could be done is no shorter
        smallest = self._smallest(self._wanted * ROW if walk.terms else limits.least)
        if smallest is not None:
            return self._sorted(smallest)
        # What is merged is read as far as it is asked for, also where the page is full before.
        near = int(self._wanted * limits.near / 3 if walk.merged else self._wanted * limits.near)
        entries = max(1, near, 0 if walk.merged else int(limits.first / walk.cost))
        if self._step(walk, entries):
            return self._found
        expected = entries * self._wanted / max(len(self._found), 0.5)
        if expected > 2 * entries:
            smallest = self._smallest(min(expected * walk.cost, limits.most * ROW))
        return self._far(walk, expected) if smallest is None else self._sorted(smallest)

    def _far(self, walk: Walk, expected: float) -> Rows:
        """Return the documents where none of the choices is small."""
        segment, limits = self._segment, self._limits
        if walk is segment.covered:
            return self._to_the_end(walk)
        if expected * walk.cost < limits.far and self._step(walk, int(expected * limits.beyond)):
            return self._found
        if segment.covered is not None:
            return self._to_the_end(segment.covered)
        if segment.scan.covered:
            return self._sorted(None)
        smallest = self._smallest(_ALL)
        return self._to_the_end(walk) if smallest is None else self._sorted(smallest)

    def _start(self, walk: Walk) -> None:
        """Stand at the position of the query, if it is in this part."""
        frame, values = walk.frame, self._values
        self._low = frame.starts_behind
        if self._low:
            names = ("after0", "after_id")[-frame.width :]
            values.update({f"low{at}": values[name] for at, name in enumerate(names)})

    def _furthest(self, entries: int) -> Walk:
        """Return the walk that gets furthest in so many entries: that of the rarest term from here on."""
        best, reached = self._segment.walks[0], None
        self._values["skip"] = entries - 1
        for walk in self._segment.walks:
            place = self._ask(walk.place[self._low], self._values)
            if not place:
                return walk
            if reached is None or (place[0] < reached if walk.frame.descending else place[0] > reached):
                best, reached = walk, place[0]
        return best

    def _step(self, walk: Walk, entries: int) -> bool:
        """Go so many entries further; tell whether that was all that is needed."""
        values = self._values
        values["skip"], values["entries"] = entries - 1, entries
        place = [] if walk.merged else self._ask(walk.place[self._low], values)
        if place:
            values.update({f"high{at}": key for at, key in enumerate(place[0])})
        values["most"] = self._wanted - len(self._found)
        self._found += self._ask(walk.page[self._low, walk.merged or bool(place)], values)
        if len(self._found) >= self._wanted:
            return True
        if walk.merged:
            place = self._ask(walk.place[self._low], values)
        if not place:
            return True
        values.update({f"low{at}": key for at, key in enumerate(place[0])})
        self._low = True
        return False

    def _smallest(self, cost: float) -> Choice | None:
        """Return the choice with the fewest records, if sorting them costs no more than this."""
        most, best = int(cost / ROW), None
        for choice in self._segment.choices:
            self._values["most"] = most + 1
            ((number,),) = self._ask(choice.count, self._values)
            if number <= most:
                best, most = choice, number
        return best

    def _sorted(self, choice: Choice | None) -> Rows:
        """Return the rest of the page out of all that a choice finds, or out of everything."""
        self.took_all = True
        return self._to_the_end(choice or self._segment.scan)

    def _to_the_end(self, way: Walk | Choice | Scan) -> Rows:
        self._values["most"] = self._wanted - len(self._found)
        page = way.page[self._low, False] if isinstance(way, Walk) else way.page[self._low]
        return self._found + self._ask(page, self._values)


class Searches:
    """The plans of an aggregate's searches by the query's shape, and their statements as the driver takes them."""

    def __init__(self, layout: Layout, encode: Callable[[str, Any], Any]) -> None:
        self.layout = layout
        self._encode = encode
        self._plans: dict[Query, Plan] = {}
        self._statements: dict[int, tuple[Sql, Statement]] = {}

    def page(self, wire: Wire, tenant: str, query: Query, wanted: int) -> Rows:
        """Return the first documents behind the query's position, with their ids."""
        known, values = self._planned(tenant, query)

        def ask(sql: Sql, values: dict[str, Any]) -> Rows:
            return wire.rows(self._statement(sql), values)

        return search(known, ask, values, wanted, self.layout.hints.limits)

    def few(self, tenant: str, query: Query) -> tuple[Statement, dict[str, Any]] | None:
        """Return the statement of all that matches where an index finds it, and its values; None where none may.

        The database itself would rather walk along the order than sort.
        """
        known, values = self._planned(tenant, query)
        for choice in known[0].choices:
            if all(isinstance(one, Leaf) and one.implied for one in choice.nodes):
                return self._statement(choice.page[False]), {**values, "most": _NO_LIMIT}
        return None

    def _planned(self, tenant: str, query: Query) -> tuple[Plan, dict[str, Any]]:
        shape, values = named(query, self._encode)
        known = self._plans.get(shape)
        if known is None:
            if len(self._plans) >= _MOST_SHAPES:
                self._plans.clear()
                self._statements.clear()
            known = self._plans[shape] = plan(shape, self.layout)
        values["tenant"] = tenant
        return known, values

    def _statement(self, sql: Sql) -> Statement:
        kept = self._statements.get(id(sql))
        if kept is None:
            text = sql.text.replace("?", self.layout.hints.mark)
            kept = self._statements[id(sql)] = (sql, Statement(text, sql.names, {}))
        return kept[1]
