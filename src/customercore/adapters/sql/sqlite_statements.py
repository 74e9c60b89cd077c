"""How several statements are executed at once on SQLite: one after the other, for nobody else writes meanwhile."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from customercore.adapters.sql.put_off import Told

__all__ = ["LostError", "SqliteMerger"]


class LostError(sqlite3.OperationalError):
    """A statement that is needed has found no row."""


class SqliteMerger:
    """Implements `adapters.sql.put_off.Merger`. What an error leaves behind is for the unit to undo."""

    shared = exclusive = ""
    same = " AND document = ?"

    def execute(self, connection: Any, statements: Sequence[Told], opening: Sequence[str] = ()) -> None:
        """Execute them, from the write lock to the commit where no transaction was begun."""
        cursor = connection.cursor()
        try:
            for sql in opening:
                cursor.execute(sql)
            for one in statements:
                cursor.execute(one.sql, one.arguments)
                if one.needed and (cursor.fetchone() is None if one.holds else not cursor.rowcount):
                    raise LostError
            if opening:
                cursor.execute("COMMIT")
        finally:
            cursor.close()
