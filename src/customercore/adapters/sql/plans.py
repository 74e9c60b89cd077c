"""What does not change from call to call: the compiled statements of a table, and how its values are encoded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

from sqlalchemy import bindparam, literal_column, select

from customercore.adapters.documents import Documents
from customercore.adapters.sql.criteria import Expression
from customercore.adapters.sql.dialect import Dialect
from customercore.adapters.sql.layout import layout_of
from customercore.adapters.sql.many_keys import one_of
from customercore.adapters.sql.put_off import Told
from customercore.adapters.sql.search import Searches
from customercore.adapters.sql.side_rows import SideRows, listed
from customercore.adapters.sql.statements import Grammar, Statement, compiled, joined
from customercore.adapters.sql.tables import TERMS, Tables
from customercore.catalogue.aggregate import Aggregate
from customercore.catalogue.bound_field import Projection

__all__ = ["RowPlan"]

T = TypeVar("T", bound=Any)
_MOST_SHAPES = 500
_SAME = " AND document = %s"


class RowPlan(Generic[T]):
    """Everything about one table that does not change from call to call: its compiled statements and encoders.

    A statement is compiled when it is first needed: most processes need few of them.
    """

    def __init__(self, aggregate: Aggregate[T], tables: Tables, grammar: Grammar, dialect: Dialect) -> None:
        self.aggregate = aggregate
        self.documents = Documents(aggregate)
        self.table = table = tables.rows[aggregate.plural]
        self.terms = tables.terms.get(aggregate.plural)
        self._grammar = grammar
        self._contains = dialect.contains
        self.explain = dialect.explain
        self._term_column = dialect.term_column
        self.key_list = dialect.key_list
        types = {column.name: column.type for column in aggregate.columns}
        types |= {unique.column: "key" for unique in aggregate.uniques}
        self._encoders = {name: dialect.encoder(type) for name, type in types.items()}
        encoders = [(at, self._encoders[one.name]) for at, one in enumerate(aggregate.columns)]
        self._encoded = [(at, encoder) for at, encoder in encoders if encoder is not None]
        self.uniques = tuple(unique.name for unique in aggregate.uniques)
        self._columns = tuple(one.name for one in aggregate.columns)
        names = [*self._columns] + [one.column for one in aggregate.uniques]
        names += [TERMS] if aggregate.has_terms else []
        self._names = ("tenant", *names, "document")
        self._inserts: dict[tuple[int, ...], str] = {}
        self._sparse = dialect.leaves_out_nulls
        self._here = (table.c.tenant == bindparam("the_tenant"), table.c.id == bindparam("the_id"))
        self.side = SideRows(aggregate, tables, grammar, dialect.key_list)
        self._compiled: dict[Any, Statement] = {}
        self._merger: Any = dialect.merger  # where there is none, nothing is held at the commit only
        self._expected: dict[tuple[str, str, int], Told] = {}
        hints = dialect.hints
        self.searches = None if hints is None else Searches(layout_of(aggregate, tables, grammar, hints), self.encode)

    @cached_property
    def insert(self) -> Statement:
        """Stores a row, with values in the order of the table's columns."""
        return compiled(self.table.insert().values({name: bindparam(name) for name in self._names}), self._grammar)

    @cached_property
    def delete(self) -> Statement:
        """Deletes the row of a tenant and an id."""
        return compiled(self.table.delete().where(*self._here), self._grammar)

    @cached_property
    def get(self) -> Statement:
        """Finds document and id of a tenant and an id."""
        return compiled(select(self.table.c.document, self.table.c.id).where(*self._here), self._grammar)

    @cached_property
    def held(self) -> Statement:
        """Does the same, and keeps others from changing the row, and from holding it."""
        found = select(self.table.c.document, self.table.c.id).where(*self._here)
        return compiled(found.with_for_update(), self._grammar)

    @cached_property
    def version(self) -> Statement:
        """Finds the version of a tenant and an id."""
        return compiled(select(self.table.c.version).where(*self._here), self._grammar)

    @cached_property
    def held_version(self) -> Statement:
        """Does the same, and keeps others from changing the row."""
        return compiled(select(self.table.c.version).where(*self._here).with_for_update(read=True), self._grammar)

    @cached_property
    def still(self) -> Statement:
        """Finds whether a row has a version; what else is asked of it, and its lock, can be added at the end."""
        this = (*self._here, self.table.c.version == bindparam("version"))
        return compiled(select(literal_column("1")).where(*this), self._grammar)

    @cached_property
    def by(self) -> dict[str, Statement]:
        """The statements that find document and id of a tenant and a unique key, by the name of the key."""
        table, tenant = self.table, self._here[0]
        found = select(table.c.document, table.c.id)
        return {
            unique.name: compiled(found.where(tenant, table.c[unique.column] == bindparam("the_id")), self._grammar)
            for unique in self.aggregate.uniques
        }

    def held_at(self, here: tuple[str, str, int], *, document: str | None = None, shared: bool = False) -> Told:
        """Return the statement that holds a row by tenant and id, and fails as a lost race at another version.

        It does so, too, where the document is not this one; ``shared``: others may hold the row as well.
        """
        (_, id, version), lock = here, self._merger.shared if shared else self._merger.exclusive
        sql, arguments = self.exactly(self.still.sql, here, document)
        record = (self.aggregate.plural, id)
        return Told(joined(sql, lock), arguments, record=record, needed=True, version=version, holds=True)

    @staticmethod
    def exactly(sql: str, arguments: Sequence[Any], document: str | None) -> tuple[str, Sequence[Any]]:
        """Return a statement about a row that finds it only with this document, where one is given."""
        return (sql, arguments) if document is None else (joined(sql, _SAME), (*arguments, document))

    def expected(self, tenant: str, id: str, version: int) -> Told:
        """Return what holds a row together with others, made once for each version: every write asks for it."""
        key = (tenant, id, version)
        told = self._expected.get(key)
        if told is None:
            told = self.held_at(key, shared=True)
            if len(self._expected) > _MOST_SHAPES:
                self._expected.clear()
            self._expected[key] = told
        return told

    def keys_statement(self, column: str, count: int) -> Statement:
        """Return the statement that finds the holders of ``count`` unique keys (`many_keys`)."""
        known = self._compiled.get((column, count))
        if known is None:
            table = self.table
            here = one_of(table.c[column], count, self.key_list)
            statement = select(table.c[column], table.c.document, table.c.id).where(
                table.c.tenant == bindparam("tenant"), here
            )
            known = self._compiled[column, count] = compiled(statement, self._grammar)
        return known

    def update_statement(self, columns: tuple[str, ...]) -> Statement:
        """Return the statement that changes these columns, and the document, of a row that still has a version."""
        known = self._compiled.get(columns)
        if known is None:
            table = self.table
            still = (
                table.c.tenant == bindparam("the_tenant"),
                table.c.id == bindparam("the_id"),
                table.c.version == bindparam("was"),
            )
            changed: dict[str, Any] = {name: bindparam(name) for name in (*columns, "document")}
            known = self._compiled[columns] = compiled(table.update().where(*still).values(changed), self._grammar)
        return known

    def encode(self, column: str, value: Any) -> Any:
        """Return a primitive as the driver takes it for this column."""
        encoder = self._encoders.get(column)
        return value if encoder is None or value is None else encoder(value)

    def row(self, tenant: str, one: T, projection: Projection) -> list[Any]:
        """Return the values of a new row in the order of its table's columns, which is that of `insert`."""
        values: list[Any] = list(projection.values)
        for at, encoder in self._encoded:
            value = values[at]
            if value is not None:
                values[at] = encoder(value)
        uniques = projection.uniques
        for name in self.uniques:
            key = uniques.get(name)
            values.append(None if key is None else key.encode())
        if self.aggregate.has_terms:
            values.append(self._listed(tenant, projection))
        return [tenant, *values, self.documents.dump(one)]

    def insertion(self, row: list[Any]) -> tuple[str, list[Any]]:
        """Return the statement that stores one row, and its parameters."""
        if not self._sparse:
            return self.insert.sql, row
        present = tuple([at for at, value in enumerate(row) if value is not None])
        sql = self._inserts.get(present)
        if sql is None:
            columns = self.table.columns.keys()
            named: dict[str, Any] = {columns[at]: bindparam(columns[at]) for at in present}
            sql = compiled(self.table.insert().values(named), self._grammar).sql
            if len(self._inserts) > _MOST_SHAPES:
                self._inserts.clear()
            self._inserts[present] = sql
        return sql, [row[at] for at in present]

    def _listed(self, tenant: str, projection: Projection) -> Any:
        column = self._term_column
        return listed(projection) if column is None else column.written(tenant, projection)

    def changes(self, tenant: str, was: Projection, now: Projection) -> dict[str, Any]:
        """Return the columns that differ between two versions of a row, with the new values as the driver takes them.

        Columns that stay are left out of the update, so that their indexes need not be written again.
        """
        pairs = zip(self._columns, was.values, now.values, strict=True)
        changed = {name: self.encode(name, after) for name, before, after in pairs if before != after}
        for unique in self.aggregate.uniques:
            key = now.uniques.get(unique.name)
            if key != was.uniques.get(unique.name):
                changed[unique.column] = self.encode(unique.column, key)
        if self.aggregate.has_terms and (was.terms != now.terms or was.elements != now.elements):
            changed[TERMS] = self._listed(tenant, now)
        return changed

    def whole(self, tenant: str, now: Projection) -> dict[str, Any]:
        """Return every column of a row but its id, with the values as the driver takes them."""
        values = {name: self.encode(name, value) for name, value in zip(self._columns, now.values, strict=True)}
        del values["id"]
        for unique in self.aggregate.uniques:
            values[unique.column] = self.encode(unique.column, now.uniques.get(unique.name))
        if self.aggregate.has_terms:
            values[TERMS] = self._listed(tenant, now)
        return values

    def statement(
        self,
        key: Any,
        tenant: str,
        build: Callable[[Expression], Any],
        again: Callable[[Expression], Any],
    ) -> tuple[Statement, dict[str, Any]]:
        """Return the compiled statement of a query's shape, and the values of this query.

        ``build`` makes the statement; ``again`` walks what ``build`` bound, in the same order.
        """
        known = self._compiled.get(key)
        table = self.table if known is None else None
        expression = Expression(
            table, self.terms, self.encode, self._contains, lexemes=self._term_column, tenant=tenant
        )
        if known is None:
            known = compiled(build(expression), self._grammar)
            if len(self._compiled) > _MOST_SHAPES:
                self._compiled.clear()
            self._compiled[key] = known
        else:
            again(expression)
        return known, expression.values
