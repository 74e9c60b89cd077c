"""How several statements are one on MariaDB: a block without a name, which the server runs by itself."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import pymysql
from pymysql.constants import CR, ER, SERVER_STATUS

from customercore.adapters.sql.put_off import Merged, Shape, Told, shapes_of

__all__ = ["MariadbMerger"]

_MOST_SHAPES = 500
_LOST = "SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213, MESSAGE_TEXT = 'lost'"
"""What the server itself says of a lost race."""
_ENDED = (1317, 1969)
"""Interrupted, or out of time."""
_UNDONE = "DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; RESIGNAL; END"
_REACHED = "@customercore_commits"
"""Whether the block of this session has come to its COMMIT."""
_ITS_OWN = f"BEGIN NOT ATOMIC {_UNDONE}"


class MariadbMerger:
    """Implements `adapters.sql.put_off.Merger`: BEGIN NOT ATOMIC … END, which may be a transaction or a part of one."""

    shared, exclusive = " LOCK IN SHARE MODE", " FOR UPDATE"

    def merged(self, statements: Sequence[Told], opening: Sequence[str] = ()) -> Merged:
        """Return the block that does all of it, one after the other."""
        return _merged(shapes_of(statements), tuple(opening)), range(len(statements))

    def execute(self, connection: Any, sql: str, arguments: Sequence[Any]) -> None:
        """Execute it; what an error leaves behind is for the unit to undo: the server says nothing of it then.

        A block that somebody ended when it had come to its COMMIT is told as a connection that was lost. So is one
        that a node of Galera cannot read: it begins again by itself what was aborted in favour of another node's
        transaction, and has not always the text of a block any more. If it had not come so far, it is a lost race.
        """
        driver = connection.driver_connection
        try:
            with driver.cursor() as cursor:
                cursor.execute(sql, arguments)
        except pymysql.Error as error:
            driver.server_status |= SERVER_STATUS.SERVER_STATUS_IN_TRANS
            code, own = error.args[0] if error.args else None, sql.startswith(_ITS_OWN)
            if own and (code in _ENDED or code == ER.PARSE_ERROR) and _came_to_its_commit(driver):
                raise pymysql.err.OperationalError(CR.CR_SERVER_LOST, "ended in the midst of a commit") from error
            if own and code == ER.PARSE_ERROR:
                raise pymysql.err.OperationalError(ER.LOCK_DEADLOCK, "aborted, and not begun again") from error
            raise


def _came_to_its_commit(driver: Any) -> bool:
    try:
        with driver.cursor() as cursor:
            cursor.execute(f"SELECT {_REACHED}")
            return bool(cursor.fetchone()[0])
    except pymysql.Error:
        return True  # for all that is known


@lru_cache(_MOST_SHAPES)
def _merged(statements: Sequence[Shape], opening: Sequence[str]) -> str:
    if len(statements) == 1 and not statements[0][1]:
        return statements[0][0]
    parts = [part for one in statements for part in _parts(*one)]
    if opening:
        parts = [_UNDONE, f"SET {_REACHED} = 0", *opening, *parts, f"SET {_REACHED} = 1", "COMMIT"]
    return f"BEGIN NOT ATOMIC {'; '.join(parts)}; END"


def _parts(sql: str, needed: bool, holds: bool) -> list[str]:  # noqa: FBT001  a shape
    if not needed:
        return [sql]
    if holds:
        return [f"IF NOT EXISTS ({sql}) THEN {_LOST}; END IF"]
    return [sql, f"IF ROW_COUNT() = 0 THEN {_LOST}; END IF"]
