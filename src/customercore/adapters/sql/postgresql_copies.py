"""Many rows for PostgreSQL: by COPY, columns without any value left out."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

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
        with cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(values_of(row))
            yield
