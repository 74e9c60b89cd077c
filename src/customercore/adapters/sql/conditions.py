"""Criteria as SQL text in which values have names, so that searches of one shape share a plan and its statements."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import attrs

from customercore.adapters.sql.layout import Layout, Sql, both, joined
from customercore.adapters.sql.side_rows import SEPARATOR
from customercore.adapters.sql.tables import MISSING, TERMS
from customercore.catalogue.query import All, ElementLeaf, Leaf, Node, OrderBy, Position, Query, Some, TermLeaf

__all__ = ["NO_KEY", "Where", "behind", "columns_of", "halves", "leaf", "named", "order_by", "terms_of"]

_TOP = b"\xff"
"""Comes after every UTF-8 text that starts with what stands before it."""
NO_KEY = f"x'{MISSING.hex()}'"
"""The sort key of terms whose record has none, as SQL."""
_MOST_SEEKS = 6
"""Of how many terms one is looked up in the table of terms at most; the list of a row holds all of them."""

Encode = Callable[[str, Any], Any]


def named(query: Query, encode: Encode) -> tuple[Query, dict[str, Any]]:
    """Return the shape of a query, which has names where values were, and the values by name, as the driver takes them.

    Of a term ``p0`` there are ``p0_top``, which comes behind all that begin with it, and ``p0_line`` as lists have it.
    """
    values: dict[str, Any] = {}
    where = _named(query.where, values, encode)
    after = query.after
    if after is not None:
        values["after_id"] = after.id
        for at, (one, value) in enumerate(zip(query.order, after.values, strict=True)):
            values[f"after{at}"] = None if value is None else encode(one.column, value)
        names = tuple(None if value is None else f"after{at}" for at, value in enumerate(after.values))
        after = Position(names, "after_id")
    return Query(where=where, order=query.order, after=after), values


def _named(node: Node, values: dict[str, Any], encode: Encode) -> Node:
    if isinstance(node, TermLeaf):
        return TermLeaf(_term(node.term, values, prefix=node.prefix), node.negated, node.prefix)
    if isinstance(node, ElementLeaf):
        return ElementLeaf(tuple([_term(term, values, prefix=False) for term in node.terms]), node.negated)
    if isinstance(node, Leaf):
        return attrs.evolve(node, value=_values(node, values, encode))
    return type(node)(tuple([_named(part, values, encode) for part in node.parts]))


def _term(term: str, values: dict[str, Any], *, prefix: bool) -> str:
    name, text = f"p{len(values)}", term.encode()
    values[name] = text
    values[f"{name}_line"] = SEPARATOR + text + (b"" if prefix else SEPARATOR)
    if prefix:
        values[f"{name}_top"] = text + _TOP
    return name


def _values(node: Leaf, values: dict[str, Any], encode: Encode) -> tuple[str, ...]:
    if node.op == "missing":
        return ()
    if node.op == "startswith":
        low = node.value.encode()
        bounds = [low, low + _TOP]
    else:
        many = node.value if node.op in ("in", "between") else (node.value,)
        bounds = [encode(node.column, value) for value in many]
    names = tuple([f"p{number}" for number in range(len(values), len(values) + len(bounds))])
    values.update(zip(names, bounds, strict=True))
    return names


_FORMS = {
    "eq": "{0} = ?",
    "lt": "{0} < ?",
    "le": "{0} <= ?",
    "gt": "{0} > ?",
    "ge": "{0} >= ?",
    "between": "{0} >= ? AND {0} <= ?",
    "startswith": "{0} >= ? AND {0} < ?",
    "contains": "instr({0}, ?) > 0",
}


def leaf(node: Leaf, column: str) -> Sql:
    """Return the condition of a column, which is an expression."""
    if node.op == "missing":
        return Sql(f"{column} IS {'NOT ' if node.negated else ''}NULL")
    if node.op == "in":
        condition = f"{column} IN ({', '.join('?' * len(node.value))})" if node.value else "1 = 0"
    else:
        condition = _FORMS[node.op].format(column)
    return Sql(f"({column} IS NOT NULL AND NOT ({condition}))" if node.negated else condition, node.value)


def halves(node: Leaf) -> tuple[list[Sql], list[Sql]]:
    """Return a range as lower and upper bounds of ``{}``, which stands for the column."""
    low, high = Sql("{} >= ?", node.value[:1]), Sql("{} <= ?", node.value[-1:])
    if node.op in ("eq", "between"):
        return [low], [high]
    if node.op == "startswith":
        return [low], [Sql("{} < ?", node.value[1:])]
    one = Sql(_FORMS[node.op].replace("{0}", "{}"), node.value)
    return ([one], []) if node.op in ("gt", "ge") else ([], [one])


def terms_of(node: Node) -> tuple[TermLeaf, ...]:
    """Return the terms of a node that asks for one of some terms, and nothing else."""
    if isinstance(node, TermLeaf):
        return () if node.negated else (node,)
    if isinstance(node, ElementLeaf):
        alone = len(node.terms) == 1 and not node.negated
        return (TermLeaf(node.terms[0], negated=False),) if alone else ()
    if not isinstance(node, Some):
        return ()
    parts = [terms_of(one) for one in node.parts]
    return tuple(dict.fromkeys(term for part in parts for term in part)) if all(parts) else ()


def columns_of(nodes: Iterable[Node]) -> Iterator[str]:
    """Yield the columns that are read to test the nodes where terms are looked up in their table."""
    for node in nodes:
        if isinstance(node, Leaf):
            yield node.column
        elif isinstance(node, TermLeaf):
            if node.prefix:
                yield TERMS
        elif isinstance(node, Some) and len(node.parts) > _MOST_SEEKS:
            yield TERMS
        elif isinstance(node, All | Some):
            yield from columns_of(node.parts)


@attrs.frozen
class Where:
    """Writes conditions on a row ``d``.

    A term is looked for in the row's own list, unless rows come in the order of the terms: then its entry in the table
    of terms is beside that of the row before, and ``key`` and ``id`` are the expressions of the row's.
    No condition may choose an index, since the statement has chosen one; so a ``+`` stands before each column.
    """

    layout: Layout
    key: str | None = None
    id: str = "d.id"

    def all(self, nodes: Iterable[Node]) -> Sql | None:
        """Return the condition that all hold."""
        # Columns are compared first: they stand before the list of terms in a row, and cost less than looking one up.
        parts = [self.node(one) for one in sorted(nodes, key=lambda one: not isinstance(one, Leaf))]
        return joined(parts, " AND ") if parts else None

    def node(self, node: Node) -> Sql:
        """Return the condition of a node."""
        if isinstance(node, All):
            return both(map(self.node, node.parts))
        if isinstance(node, Some):
            where = self if len(node.parts) <= _MOST_SEEKS else attrs.evolve(self, key=None)
            parts = [where.node(one) for one in node.parts]
            anyone = joined([Sql(f"({one.text})", one.names) for one in parts], " OR ")
            return Sql(f"({anyone.text})", anyone.names) if parts else Sql("1 = 0")
        if isinstance(node, Leaf):
            return leaf(node, f"+{self.layout.column(node.column)}")
        found = self._element(node.terms) if isinstance(node, ElementLeaf) else self._has(node)
        return Sql(f"NOT {found.text}", found.names) if node.negated else found

    def _has(self, node: TermLeaf) -> Sql:
        if self.key is None or node.prefix:
            return Sql(f"(instr(d.{TERMS}, ?) > 0)", (f"{node.term}_line",))
        return self._element((node.term,))

    def _element(self, terms: tuple[str, ...]) -> Sql:
        """Return the condition that one and the same element of the record has all of these terms."""
        key = self.key or f"coalesce({self.layout.column(self.layout.sort)}, {NO_KEY})"
        names = [f"x{number}" for number, _ in enumerate(terms)]
        source = f" {self.layout.hints.join} ".join(f"{self.layout.terms} AS {name}" for name in names)
        where = [
            f"{one}.tenant = ? AND {one}.term = ? AND {one}.sort_key = {key} AND {one}.id = {self.id}" for one in names
        ]
        where += [f"{one}.element = x0.element" for one in names[1:]]
        return Sql(
            f"EXISTS (SELECT 1 FROM {source} WHERE {' AND '.join(where)})",
            tuple(name for term in terms for name in ("tenant", term)),
        )


def order_by(query: Query, layout: Layout) -> str:
    """Return the order of a query, what is missing last."""
    by = []
    for one in query.order:
        column = layout.column(one.column)
        by += [f"{column} IS NULL"] if one.nullable else []
        by.append(f"{column}{' DESC' if one.descending else ''}")
    return ", ".join([*by, f"d.id{' DESC' if query.id_descending else ''}"])


def behind(query: Query, layout: Layout) -> Sql | None:
    """Return the condition that a row comes after the query's position, of what is missing too."""
    after = query.after
    if after is None:
        return None
    condition = Sql(f"+d.id {'<' if query.id_descending else '>'} ?", ("after_id",))
    for one, name in reversed(list(zip(query.order, after.values, strict=True))):
        condition = _chained(one, name, condition, layout)
    return condition


def _chained(one: OrderBy, name: str | None, rest: Sql, layout: Layout) -> Sql:
    column = f"+{layout.column(one.column)}"
    if name is None:
        return Sql(f"({column} IS NULL AND {rest.text})", rest.names)
    further = f"{column} {'<' if one.descending else '>'} ?" + (f" OR {column} IS NULL" if one.nullable else "")
    return Sql(f"({further} OR ({column} = ? AND {rest.text}))", (name, name, *rest.names))
