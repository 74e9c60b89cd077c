"""The three ways to read a page, as statements; each is written when it is first asked for."""

from __future__ import annotations

from functools import cached_property

import attrs

from customercore.adapters.sql.conditions import NO_KEY, Where, behind, halves, leaf, order_by
from customercore.adapters.sql.layout import Layout, Sql, both, joined
from customercore.catalogue.query import Leaf, Node, Query, TermLeaf

__all__ = ["ENTRY", "LOOKUP", "ROW", "Choice", "Frame", "Scan", "Walk"]

# What reading costs, in microseconds of the machine it was measured on; only what one is to another counts.
ENTRY = 0.25
"""The next entry of an index."""
LOOKUP = 1.5
"""A term looked up near the one before."""
ROW = 3.5
"""A row, fetched from anywhere."""


@attrs.frozen
class Frame:
    """A part of the order of a query: ``missing`` is where its first column is null, None where it never is."""

    layout: Layout
    query: Query
    missing: bool | None

    @property
    def first(self) -> str:
        """The first column of the order."""
        return self.query.order[0].column if self.query.order else "id"

    @property
    def descending(self) -> bool:
        """The direction of the first column and of ids."""
        return self.query.id_descending

    @property
    def width(self) -> int:
        """How many columns a place in the order has: the first one and the id, or only the id."""
        return 1 if self.missing or self.first == "id" else 2

    @property
    def starts_behind(self) -> bool:
        """Whether the query's position is in this part; a part after it starts at its own beginning."""
        after = self.query.after
        return after is not None and not (self.missing and after.values[0] is not None)


@attrs.frozen(slots=False, eq=False)
class Walk:
    """Follows the order: by an index of the rows, or by the entries of terms of which a record must have one."""

    frame: Frame
    ranges: tuple[Node, ...]
    """Conditions on the first column, which bound the walk."""
    rest: tuple[Node, ...]
    terms: tuple[str, ...] = ()
    index: str | None = None

    @cached_property
    def cost(self) -> float:
        """About what an entry costs."""
        lookups = 0.0 if self._tests is None else LOOKUP * self._tests.text.count("EXISTS")
        if self.terms:
            return ENTRY + (lookups or ROW) * (1 if len(self.terms) == 1 else 1.5)
        covered = self.index == self.frame.layout.full.get(self.frame.layout.sort)
        # Columns are compared first, so terms are looked up for some of the entries only.
        return ENTRY + lookups / 4 if covered else ROW

    @property
    def merged(self) -> bool:
        """Whether it follows several terms side by side."""
        return len(self.terms) > 1

    @cached_property
    def page(self) -> dict[tuple[bool, bool], Sql]:
        """The statements for the first ``most`` documents, by whether they start behind ``low`` and end at ``high``.

        Where it is `merged` they end after ``entries`` instead.
        """
        return {(low, high): self._page(low=low, high=high) for low in (False, True) for high in (False, True)}

    @cached_property
    def place(self) -> dict[bool, Sql]:
        """The statements for the place that is ``skip`` entries on, by whether they start behind ``low``."""
        return {low: self._place(low=low) for low in (False, True)}

    @cached_property
    def _keys(self) -> tuple[str, ...]:
        """The place of an entry, as expressions."""
        first = "t.sort_key" if self.terms else self.frame.layout.column(self.frame.first)
        return (first, "t.id" if self.terms else "d.id")[-self.frame.width :]

    @cached_property
    def _tests(self) -> Sql | None:
        layout = self.frame.layout
        if self.terms:
            key = NO_KEY if self.frame.missing else "t.sort_key"
            return Where(layout, key, "t.id").all(self.rest)
        in_order = self.frame.first == layout.sort and layout.terms
        return Where(layout, f"coalesce({layout.column(layout.sort)}, {NO_KEY})" if in_order else None).all(self.rest)

    @property
    def _order(self) -> str:
        return ", ".join(f"{key} DESC" if self.frame.descending else key for key in self._keys)

    def _entries(self, term: str | None, *, low: bool, high: bool) -> Sql:
        """Return the condition of entries."""
        frame, column = self.frame, self._keys[0]
        here = [Sql("d.tenant = ?", ("tenant",))]
        if term is not None:
            here = [Sql("t.tenant = ? AND t.term = ?", ("tenant", term))]
        lower, upper = self._bounds()
        start, end = (upper, lower) if frame.descending else (lower, upper)
        # An index is entered by one bound and left by one: where a place is given, that is the tighter one.
        for bounds, outdone in ((start, low), (end, high)):
            here += [Sql(one.text.format(f"+{column}" if outdone else column), one.names) for one in bounds]
        if frame.missing is not None:
            here += self._of_part(low=low, high=high)
        before, after = (">", "<") if frame.descending else ("<", ">")
        here += [self._compared(after, "low")] if low else []
        here += [self._compared(f"{before}=", "high")] if high else []
        return both(here)

    def _of_part(self, *, low: bool, high: bool) -> list[Sql]:
        """Return what keeps to this part of the order, unless a place does."""
        frame = self.frame
        if self.terms:
            outdone = low if frame.descending else high
            return (
                [Sql(f"t.sort_key = {NO_KEY}")] if frame.missing else [] if outdone else [Sql(f"t.sort_key < {NO_KEY}")]
            )
        # A partial index is used where it is plain that the column is not null.
        outdone = (high if frame.descending else low) and self.index not in frame.layout.partial.values()
        column = frame.layout.column(frame.first)
        return [Sql(f"{column} IS NULL")] if frame.missing else [] if outdone else [Sql(f"{column} IS NOT NULL")]

    def _bounds(self) -> tuple[list[Sql], list[Sql]]:
        """Return the lower and the upper bounds of the first column."""
        if self.frame.missing:
            return ([Sql("1 = 0")], []) if self.ranges else ([], [])
        pairs = [halves(one) for one in self.ranges if isinstance(one, Leaf)]
        return [low for lower, _ in pairs for low in lower], [high for _, upper in pairs for high in upper]

    def _compared(self, sign: str, name: str) -> Sql:
        names = tuple(f"{name}{at}" for at in range(len(self._keys)))
        left, right = ", ".join(self._keys), ", ".join("?" * len(names))
        return Sql(f"({left}) {sign} ({right})" if len(names) > 1 else f"{left} {sign} ?", names)

    def _arms(self, *, low: bool) -> Sql:
        """Return the entries of several terms side by side in their order, each record once."""
        layout, keys = self.frame.layout, ", ".join(self._keys)
        arms = [self._entries(term, low=low, high=False) for term in self.terms]
        selects = [Sql(f"SELECT {keys} FROM {layout.terms} AS t WHERE {one.text}", one.names) for one in arms]
        together = joined(selects, " UNION ")
        return Sql(f"{together.text} ORDER BY {self._order.replace('t.', '')}", together.names)

    def _page(self, *, low: bool, high: bool) -> Sql:
        layout, join = self.frame.layout, self.frame.layout.hints.join
        found = Sql("d.tenant = ? AND d.id = t.id", ("tenant",))
        names: tuple[str, ...] = ()
        if not self.terms:
            source = layout.rows("d", self.index)
            where = both([self._entries(None, low=low, high=high), self._tests])
        elif len(self.terms) == 1:
            source = f"{layout.terms} AS t {join} {layout.rows('d')}"
            where = both([self._entries(self.terms[0], low=low, high=high), found, self._tests])
            # Two addresses of one record may have the same term; the entries are neighbours.
            where = Sql(f"{where.text} GROUP BY t.sort_key, t.id", where.names)
        else:
            arms = self._arms(low=low)
            arms = Sql(f"{arms.text} LIMIT ?", (*arms.names, "entries")) if high else arms
            source, names = f"({arms.text}) AS t {join} {layout.rows('d')}", arms.names
            where = both([found, self._tests])
        return Sql(
            f"SELECT d.document, d.id FROM {source} WHERE {where.text} ORDER BY {self._order} LIMIT ?",
            (*names, *where.names, "most"),
        )

    def _place(self, *, low: bool) -> Sql:
        layout, keys = self.frame.layout, ", ".join(self._keys)
        if self.merged:
            arms = self._arms(low=low)
            return Sql(f"{arms.text} LIMIT 1 OFFSET ?", (*arms.names, "skip"))
        source = f"{layout.terms} AS t" if self.terms else layout.rows("d", self.index)
        entries = self._entries(self.terms[0] if self.terms else None, low=low, high=False)
        order = f"ORDER BY {self._order} LIMIT 1 OFFSET ?"
        return Sql(f"SELECT {keys} FROM {source} WHERE {entries.text} {order}", (*entries.names, "skip"))


@attrs.frozen(slots=False, eq=False)
class Choice:
    """Everything that some nodes find by an index, tested by the rest and sorted; of all parts of the order left."""

    frame: Frame
    nodes: tuple[Node, ...]
    rest: tuple[Node, ...]

    @cached_property
    def count(self) -> Sql:
        """The statement that counts the entries, up to ``most``."""
        each = joined([self._ids(one) for one in self.nodes], " UNION ALL ")
        return Sql(f"SELECT count(*) FROM (SELECT 1 FROM ({each.text}) AS s LIMIT ?) AS c", (*each.names, "most"))

    @cached_property
    def page(self) -> dict[bool, Sql]:
        """The statements for the first ``most`` documents, by whether they start behind ``low``."""
        return {low: self._page(low=low) for low in (False, True)}

    def _page(self, *, low: bool) -> Sql:
        frame, only = self.frame, self.nodes[0]
        layout = frame.layout
        where = Where(layout).all(self.rest)
        if len(self.nodes) == 1 and isinstance(only, Leaf):
            source, here = Sql(layout.rows("d", layout.index_of(only.column))), self._here(only)
        else:
            ids = joined([self._ids(one) for one in self.nodes], " UNION ")
            ids = Sql(f"SELECT DISTINCT id FROM ({ids.text}) AS s" if len(self.nodes) == 1 else ids.text, ids.names)
            source = Sql(f"({ids.text}) AS s {layout.hints.join} {layout.rows('d')}", ids.names)
            here = Sql("d.tenant = ? AND d.id = s.id", ("tenant",))
        condition = both([here, _of_part(frame), where, _past(frame, low=low)])
        return Sql(
            f"SELECT d.document, d.id FROM {source.text} WHERE {condition.text}"
            f" ORDER BY {order_by(frame.query, layout)} LIMIT ?",
            (*source.names, *condition.names, "most"),
        )

    def _here(self, node: Leaf) -> Sql:
        column = self.frame.layout.column(node.column)
        # A partial index is used where it is plain that the column is not null.
        return both([Sql("d.tenant = ?", ("tenant",)), leaf(node, column), Sql(f"{column} IS NOT NULL")])

    def _ids(self, node: Node) -> Sql:
        layout = self.frame.layout
        if isinstance(node, Leaf):
            here = self._here(node)
            return Sql(
                f"SELECT d.id FROM {layout.rows('d', layout.index_of(node.column))} WHERE {here.text}", here.names
            )
        assert isinstance(node, TermLeaf)  # noqa: S101  what finds is one of the two
        compared = "t.term >= ? AND t.term < ?" if node.prefix else "t.term = ?"
        bounds = (node.term, f"{node.term}_top") if node.prefix else (node.term,)
        return Sql(f"SELECT t.id FROM {layout.terms} AS t WHERE t.tenant = ? AND {compared}", ("tenant", *bounds))


def _of_part(frame: Frame) -> Sql | None:
    """Return the condition of the part; what sorts takes the parts behind it along."""
    return Sql(f"+{frame.layout.column(frame.first)} IS NULL") if frame.missing else None


def _past(frame: Frame, *, low: bool) -> Sql | None:
    """Return the condition of what comes behind ``low``, or else behind the query's position."""
    if not low:
        return behind(frame.query, frame.layout)
    sign = "<" if frame.descending else ">"
    if frame.width == 1:
        return Sql(f"+d.id {sign} ?", ("low0",))
    column = f"+{frame.layout.column(frame.first)}"
    return Sql(f"(({column}, +d.id) {sign} (?, ?) OR {column} IS NULL)", ("low0", "low1"))


@attrs.frozen(slots=False, eq=False)
class Scan:
    """All records, tested and sorted; of all parts of the order left.

    ``covered``: the index of the default sort holds all that is asked, so only the documents of the page are fetched.
    """

    frame: Frame
    rest: tuple[Node, ...]
    covered: bool = attrs.field(kw_only=True)

    @cached_property
    def page(self) -> dict[bool, Sql]:
        """The statements for the first ``most`` documents, by whether they start behind ``low``."""
        return {low: self._page(low=low) for low in (False, True)}

    def _page(self, *, low: bool) -> Sql:
        layout, query = self.frame.layout, self.frame.query
        key = f"coalesce({layout.column(layout.sort)}, {NO_KEY})" if self.covered and layout.terms else None
        where = Where(layout, key).all(self.rest)
        condition = both([Sql("d.tenant = ?", ("tenant",)), _of_part(self.frame), _past(self.frame, low=low), where])
        index = layout.full[layout.sort] if self.covered else None
        rest = f"FROM {layout.rows('d', index)} WHERE {condition.text} ORDER BY {order_by(query, layout)} LIMIT ?"
        names = (*condition.names, "most")
        if not self.covered:
            return Sql(f"SELECT d.document, d.id {rest}", names)
        columns = ", ".join(dict.fromkeys(["d.id", *(layout.column(one.column) for one in query.order)]))
        return Sql(
            f"SELECT r.document, r.id FROM (SELECT {columns} {rest}) AS d {layout.hints.join} {layout.rows('r')}"
            f" WHERE r.tenant = ? AND r.id = d.id ORDER BY {order_by(query, layout)}",
            (*names, "tenant"),
        )
