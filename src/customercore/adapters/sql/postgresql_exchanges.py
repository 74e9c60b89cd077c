"""How several statements are one on PostgreSQL, and what psycopg's errors mean."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import psycopg
from psycopg.rows import tuple_row
from psycopg.types.numeric import Int8Dumper

from customercore.adapters.meanings import MEANINGS, Meaning, meant
from customercore.adapters.sql.postgresql_calls import calls_of
from customercore.adapters.sql.put_off import Merged, Shape, Told, shapes_of
from customercore.errors import CustomerCoreError, StorageError

__all__ = ["PostgresqlMerger", "first_row", "translated"]

_MOST_SHAPES = 500
_CURSOR = "customercore-cursor"
"""What the cursor that units share is kept by, beside the connection."""
_PLACE = re.compile("%[s%]")
_READ_ONLY, _NOT_SUPPORTED = "25006", "0A000"
_SETTING = "call_bool_check_hook"
"""The server's function that refuses a setting: that is how a standby refuses to BEGIN READ WRITE."""


class PostgresqlMerger:
    """Implements `adapters.sql.put_off.Merger` by one whose parts have names: WITH a AS (UPDATE …).

    Each part that is needed is counted in what the whole returns, and one is divided by the count: where there is no
    row the server itself refuses the whole statement, for nobody can look before it is done. Parts that change
    something are executed whether they are counted or not: first those that are, in their order, then the others, the
    last one first (`ExecPostprocessPlan` of the server).
    """

    shared, exclusive = " FOR SHARE", " FOR UPDATE"

    def merged(self, statements: Sequence[Told], opening: Sequence[str] = ()) -> Merged:
        """Return the statement that does all of it, by itself a transaction where none was begun.

        It has those that are counted, then the others from their end.
        """
        return _merged(shapes_of(statements))

    def execute(self, connection: Any, sql: str, arguments: Sequence[Any]) -> None:
        """Execute it as it is: the driver need not look for the places of the parameters."""
        cursor = _kept(connection)
        (calls_of(connection, cursor) or cursor).execute(_encoded(sql), arguments)


def first_row(connection: Any, sql: str, arguments: Sequence[Any]) -> Any:
    """Return the first row of a query, or None, without a cursor of its own: making one costs as much as asking."""
    cursor, text = _kept(connection), _encoded(_numbered(sql))
    calls = calls_of(connection, cursor)
    if calls is not None:
        return calls.first(text, arguments)
    cursor.execute(text, arguments)
    return cursor.fetchone()


def _kept(connection: Any) -> psycopg.RawCursor[Any]:
    """Return the cursor of a driver connection by which merged statements, and questions for one row, are asked."""
    cursor: psycopg.RawCursor[Any] | None = connection.info.get(_CURSOR)
    if cursor is None:
        cursor = connection.info[_CURSOR] = psycopg.RawCursor(connection.driver_connection, row_factory=tuple_row)
        # Otherwise an int is of the type that it fits into, and the server prepares a statement for each of them.
        cursor.adapters.register_dumper(int, Int8Dumper)
    return cursor


@lru_cache(_MOST_SHAPES)
def _encoded(sql: str) -> bytes:
    """Return a statement as the same bytes each time, whose hash is known: the driver looks it up by that."""
    return sql.encode()


@lru_cache(_MOST_SHAPES)
def _merged(statements: Sequence[Shape]) -> Merged:
    if len(statements) == 1 and not statements[0][1]:
        return _numbered(statements[0][0]), (0,)
    needed = [at for at, (_, needed, _) in enumerate(statements) if needed]
    order = (*needed, *(at for at in reversed(range(len(statements))) if at not in needed))
    parts = ", ".join(f"part_{number} AS ({_counted(*statements[at])})" for number, at in enumerate(order))
    counts = ", ".join(f"1 / (SELECT COUNT(*) FROM part_{number})" for number in range(len(needed)))
    return _numbered(f"WITH {parts} SELECT {counts or '1'}"), order


def _counted(sql: str, needed: bool, holds: bool) -> str:  # noqa: FBT001  a shape
    return f"{sql} RETURNING 1" if needed and not holds else sql


@lru_cache(_MOST_SHAPES)
def _numbered(sql: str) -> str:
    """Return a statement with the places of its parameters numbered, as the server has them."""
    numbers = itertools.count(1)
    return _PLACE.sub(lambda found: "%" if found[0] == "%%" else f"${next(numbers)}", sql)


def translated(error: BaseException) -> CustomerCoreError:
    """Return our error for one of psycopg's that is no violated key."""
    state = getattr(error, "sqlstate", None)
    if state is None:
        if isinstance(error, psycopg.OperationalError):
            return meant(MEANINGS[_of_no_state(str(error))])
        return StorageError("storage_error", f"the store failed: {type(error).__name__}")
    if state == _NOT_SUPPORTED and error.diag.source_function == _SETTING:  # type: ignore[attr-defined]  # psycopg's
        state = _READ_ONLY
    error.args = (f"{type(error).__name__} {state}",)
    meaning = _MEANINGS.get(state) or _CLASSES.get(state[:2])
    if meaning is not None:
        return meant(meaning)
    return StorageError("storage_error", f"the store failed: {type(error).__name__} {state}")


_MEANINGS: dict[str, Meaning] = {
    "40001": MEANINGS["lost_race"],
    "40P01": MEANINGS["lost_race"],
    "22012": MEANINGS["lost_race"],  # `PostgresqlMerger`
    "26000": MEANINGS["lost_race"],  # `Calls`: it prepares anew
    "55P03": MEANINGS["busy"],
    "57014": MEANINGS["slow"],
    _READ_ONLY: MEANINGS["read_only"],
    "42501": MEANINGS["refused"],
    "42P01": MEANINGS["no_schema"],
    "42703": MEANINGS["no_schema"],
    "3D000": MEANINGS["missing"],
    "53300": MEANINGS["crowded"],
    "57P01": MEANINGS["lost"],
    "57P02": MEANINGS["lost"],
    "57P03": MEANINGS["lost"],
    "57P05": MEANINGS["lost"],
}
_CLASSES: dict[str, Meaning] = {
    "08": MEANINGS["lost"],
    "28": MEANINGS["refused"],
    "53": MEANINGS["full"],
    "XX": MEANINGS["damaged"],
}


def _of_no_state(text: str) -> str:
    """Return what a failed attempt to connect means: libpq tells it in words only, and these are the server's own."""
    if "does not exist" in text and "database" in text:
        return "missing"
    if "authentication failed" in text or "no pg_hba.conf entry" in text or "role" in text:
        return "refused"
    return "crowded" if "too many" in text or "remaining connection slots" in text else "lost"
