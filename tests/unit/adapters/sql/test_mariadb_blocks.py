"""Several statements as one block for MariaDB."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, Self

import pymysql
import pytest
from pymysql.constants import SERVER_STATUS

from customercore.adapters.sql.mariadb_blocks import MariadbMerger
from customercore.adapters.sql.put_off import Told

OPENING = ("START TRANSACTION READ WRITE",)
LOST = "SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213, MESSAGE_TEXT = 'lost'"
CHANGE = Told("UPDATE a SET b = %s WHERE c = %s", (1, 2), needed=True)
STILL = Told("SELECT 1 FROM d FOR UPDATE", needed=True, holds=True)
NEW = Told("INSERT INTO e VALUES (%s)", (3,))


def test_a_block_of_its_own_is_a_transaction_that_an_error_undoes() -> None:
    assert MariadbMerger().merged([STILL, CHANGE, NEW], OPENING).split("; ") == [
        "BEGIN NOT ATOMIC DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK",
        "RESIGNAL",
        "END",
        "START TRANSACTION READ WRITE",
        f"IF NOT EXISTS ({STILL.sql}) THEN {LOST}",
        "END IF",
        CHANGE.sql,
        f"IF ROW_COUNT() = 0 THEN {LOST}",
        "END IF",
        NEW.sql,
        "COMMIT",
        "END",
    ]


def test_a_block_in_a_transaction_leaves_it_open() -> None:
    merger = MariadbMerger()
    assert merger.merged([NEW, NEW]) == f"BEGIN NOT ATOMIC {NEW.sql}; {NEW.sql}; END"
    assert merger.merged([CHANGE]) == f"BEGIN NOT ATOMIC {CHANGE.sql}; IF ROW_COUNT() = 0 THEN {LOST}; END IF; END"


@pytest.mark.parametrize("opening", [(), OPENING])
def test_a_statement_that_may_find_nothing_needs_no_block(opening: tuple[str, ...]) -> None:
    assert MariadbMerger().merged([NEW], opening) == NEW.sql


def test_one_text_does_different_things_where_it_is_needed_and_where_not() -> None:
    merger = MariadbMerger()
    loose = Told(CHANGE.sql, CHANGE.arguments)
    assert merger.merged([loose, NEW]) != merger.merged([CHANGE, NEW]) != merger.merged([CHANGE, NEW], OPENING)


def test_after_an_error_the_connection_counts_as_in_a_transaction() -> None:
    """The server says nothing of it with an error; what it has begun must not be committed by the next BEGIN."""

    class Cursor:
        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            """Let go."""

        def execute(self, sql: str, arguments: Any) -> None:
            raise pymysql.err.OperationalError(1969, "too slow")

    driver = SimpleNamespace(server_status=0, cursor=Cursor)
    with pytest.raises(pymysql.err.OperationalError):
        MariadbMerger().execute(SimpleNamespace(driver_connection=driver), "BEGIN NOT ATOMIC END", ())
    assert driver.server_status & SERVER_STATUS.SERVER_STATUS_IN_TRANS
