"""Many rows for PostgreSQL: by COPY, columns without any value left out."""

from __future__ import annotations

import operator
import selectors
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from psycopg import errors
from psycopg.copy import LibpqWriter
from psycopg.pq import ExecStatus
from sqlalchemy import Table

__all__ = ["PostgresqlCopies"]


class PostgresqlCopies:
    """Implements `adapters.sql.put_off.Sender`."""

    enough = 100

    @contextmanager
    def sent(self, cursor: Any, table: Table, rows: Sequence[Sequence[Any]]) -> Iterator[None]:
        """Copy rows into a table: they are sent at the beginning of the block, and stored at its end."""
        present = [at for at, values in enumerate(zip(*rows, strict=True)) if values.count(None) < len(rows)]
        columns, values_of = table.columns.keys(), operator.itemgetter(*present)
        names = ", ".join(f'"{columns[at]}"' for at in present)
        writer = _Writer(cursor)
        with cursor.copy(f"COPY {table.name} ({names}) FROM STDIN", writer=writer) as copy:
            for row in rows:
                copy.write_row(values_of(row))
            writer.write(copy.formatter.end())
            writer.end()
            yield


class _Writer(LibpqWriter):
    """Says that there are no more rows as soon as that is so: only then does the server store the last of them."""

    def __init__(self, cursor: Any) -> None:
        super().__init__(cursor)
        self._ended = False

    def end(self) -> None:
        """Say it, and hand the system as much as it takes without waiting."""
        self._ended = True
        self._pgconn.put_copy_end()
        self._pgconn.flush()

    def finish(self, exc: BaseException | None = None) -> None:
        """Wait for the answer; raise what the server says."""
        if not self._ended:
            super().finish(exc)
            return
        connection = self._pgconn
        with selectors.DefaultSelector() as selector:
            key = selector.register(connection.socket, selectors.EVENT_READ | selectors.EVENT_WRITE)
            while connection.flush():
                selector.select()
                connection.consume_input()
            selector.modify(key.fileobj, selectors.EVENT_READ)
            results = []
            while True:
                while connection.is_busy():
                    selector.select()
                    connection.consume_input()
                result = connection.get_result()
                if result is None:
                    break
                results.append(result)
        if results[0].status != ExecStatus.COMMAND_OK:
            raise errors.error_from_result(results[0])
