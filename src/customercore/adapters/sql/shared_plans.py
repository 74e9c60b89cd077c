"""What the stores of one catalogue on one product have in common: made once in a process, and as it is needed.

Writing and compiling statements takes far longer than opening a database, and nothing of it depends on which
database it is: no address, no password, nothing that a server has said.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

from customercore.adapters.sql.deliveries import DeliveryPlan
from customercore.adapters.sql.dialect import Dialect
from customercore.adapters.sql.errors import Translation
from customercore.adapters.sql.journal import EventPlan
from customercore.adapters.sql.ledger import LedgerPlan
from customercore.adapters.sql.plans import RowPlan
from customercore.adapters.sql.statements import Grammar, grammar_of
from customercore.adapters.sql.tables import definitions, tables_for
from customercore.catalogue.catalogue import Catalogue

__all__ = ["Plans", "shared_plans"]


class Plans:
    """The tables of a catalogue, and the plan of each of them; any number of stores and threads may use them."""

    def __init__(self, catalogue: Catalogue, dialect: Dialect, grammar: Grammar) -> None:
        self.tables = tables_for(catalogue, dialect)
        self.translation = Translation(dialect, self.tables)
        self._stored = {one.plural: one for one in catalogue.stored}
        self._rows: dict[str, RowPlan[Any]] = {}
        self._dialect = dialect
        self._grammar = grammar

    @cached_property
    def definitions(self) -> tuple[str, ...]:
        """The statements that make all tables and indexes."""
        return definitions(self.tables, self._grammar)

    def rows(self, plural: str) -> RowPlan[Any]:
        """Return the plan of the aggregate with this plural name."""
        known = self._rows.get(plural)
        if known is None:
            made = RowPlan(self._stored[plural], self.tables, self._grammar, self._dialect)
            known = self._rows.setdefault(plural, made)
        return known

    @cached_property
    def events(self) -> EventPlan:
        """The plan of the events."""
        return EventPlan(self.tables, self._grammar, self._dialect)

    @cached_property
    def deliveries(self) -> DeliveryPlan:
        """The plan of the deliveries."""
        return DeliveryPlan(self.tables, self._grammar, self._dialect)

    @cached_property
    def ledger(self) -> LedgerPlan:
        """The plan of the entries of accounts."""
        return LedgerPlan(self.tables, self._grammar, self._dialect)


_known: WeakKeyDictionary[Catalogue, dict[str, Plans]] = WeakKeyDictionary()


def shared_plans(catalogue: Catalogue, dialect: Dialect, engine: Engine) -> Plans:
    """Return the plans of a product, which live as long as the catalogue.

    The dialect must be that of the product, as it is made for every store.
    """
    of_this = _known.setdefault(catalogue, {})
    plans = of_this.get(dialect.name)
    if plans is None:
        plans = of_this.setdefault(dialect.name, Plans(catalogue, dialect, grammar_of(engine)))
    return plans
