"""Statements built by SQLAlchemy Core and compiled once; afterwards a call costs what the driver costs."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import attrs
from sqlalchemy import Dialect as Grammar
from sqlalchemy import Engine
from sqlalchemy.sql.elements import ClauseElement

__all__ = ["Grammar", "Statement", "compiled", "grammar_of", "joined"]

_MOST_SHAPES = 500


@attrs.frozen
class Statement:
    """SQL for the driver, the names of its parameters in order, and the values that the dialect bound itself."""

    sql: str
    names: tuple[str, ...]
    constants: dict[str, Any]

    def arguments(self, values: dict[str, Any]) -> tuple[Any, ...]:
        """Return the parameters in the driver's order."""
        if self.constants:
            values = self.constants | values
        return tuple(map(values.__getitem__, self.names))


def grammar_of(engine: Engine) -> Grammar:
    """Return how statements are written for the engine's driver; no server has a say in it, nor is one remembered."""
    known: Any = engine.dialect
    made: Grammar = type(known)(dbapi=known.dbapi, paramstyle=known.paramstyle)
    return made


def compiled(statement: ClauseElement, grammar: Grammar) -> Statement:
    """Return the statement compiled as the driver takes it."""
    made: Any = statement.compile(dialect=grammar)
    constants = {name: value for name, value in made.params.items() if value is not None}
    return Statement(str(made), tuple(made.positiontup or ()), constants)


@lru_cache(_MOST_SHAPES)
def joined(sql: str, end: str) -> str:
    """Return a statement with more at its end, as the same object each time, whose hash is known."""
    return sql + end
