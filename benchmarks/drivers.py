"""What the other side says differently to each driver: everything else in `bare` is the same for all of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["SQLITE", "Driver", "TermRow", "mariadb", "postgresql"]

TermRow = tuple[str, bytes, bytes, str, int]
"""A row of the table of terms: tenant, term, sort key, id, and the number of the address, -1 for the customer's own."""


@dataclass(frozen=True)
class Driver:
    """A driver, as whoever writes by hand uses it: ``mark`` stands for a value, ``begin`` opens what writes.

    ``moment`` is a time as the driver takes it, ``listed`` the terms of a row, ``table`` whether they have a table of
    their own; ``load`` stores many rows in these columns of a table, and ``stream`` reads with few rows in memory.
    """

    mark: str
    begin: str
    moment: Callable[[dt.datetime], Any]
    listed: Callable[[Sequence[TermRow]], Any]
    table: bool
    load: Callable[[Any, str, str, Sequence[Sequence[Any]]], None]
    stream: Callable[[Any, str, Sequence[Any]], Iterable[Any]]

    def insert(self, table: str, columns: str) -> str:
        """Return the statement that stores a row."""
        return f"INSERT INTO customercore_{table} ({columns}) VALUES ({self.marks(len(columns.split(',')))})"

    def marks(self, count: int) -> str:
        """Return the marks of so many values."""
        return ", ".join([self.mark] * count)


def _joined(rows: Sequence[TermRow]) -> bytes:
    return b"\0".join([b"", *sorted({row[1] for row in rows}), b""])


def _vector(rows: Sequence[TermRow]) -> str:
    places: dict[str, list[str]] = {}
    for tenant, term, _, _, number in rows:
        lexeme = "'" + f"{tenant}/{term.decode()}".replace("\\", "\\\\").replace("'", "''") + "'"
        places.setdefault(lexeme, []).extend([] if number < 0 else [str(number + 1)])
    return " ".join([f"{one}:{','.join(at)}" if at else one for one, at in places.items()])


def _whole(now: dt.datetime) -> dt.datetime:
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def _inserted(mark: str) -> Callable[[Any, str, str, Sequence[Sequence[Any]]], None]:
    def load(cursor: Any, table: str, columns: str, rows: Sequence[Sequence[Any]]) -> None:
        marks = ", ".join([mark] * len(columns.split(",")))
        cursor.executemany(f"INSERT INTO customercore_{table} ({columns}) VALUES ({marks})", rows)

    return load


def _copied(cursor: Any, table: str, columns: str, rows: Sequence[Sequence[Any]]) -> None:
    with cursor.copy(f"COPY customercore_{table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _by_server_cursor(connection: Any, sql: str, values: Sequence[Any]) -> Iterator[Any]:
    with connection.transaction(), connection.cursor(name="rows") as cursor:
        cursor.itersize = 2_000
        yield from cursor.execute(sql, values)


def _unbuffered(connection: Any, sql: str, values: Sequence[Any]) -> Iterator[Any]:
    import pymysql.cursors  # noqa: PLC0415  # only where it is asked for

    with connection.cursor(pymysql.cursors.SSCursor) as cursor:
        cursor.execute(sql, values)
        yield from cursor


SQLITE = Driver(
    "?",
    "BEGIN IMMEDIATE",
    lambda now: now.strftime("%Y-%m-%d %H:%M:%S.%f"),
    _joined,
    table=True,
    load=_inserted("?"),
    stream=lambda connection, sql, values: connection.execute(sql, values),
)


def postgresql() -> Driver:
    """Return psycopg: terms stand in the row, many rows are copied."""
    return Driver("%s", "BEGIN", _whole, _vector, table=False, load=_copied, stream=_by_server_cursor)


def mariadb() -> Driver:
    """Return pymysql."""
    return Driver("%s", "BEGIN", _whole, _joined, table=True, load=_inserted("%s"), stream=_unbuffered)
