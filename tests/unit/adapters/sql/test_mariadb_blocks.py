"""Several statements as one block for MariaDB."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, Self

import pymysql
import pytest
from pymysql.constants import CR, SERVER_STATUS

from customercore.adapters.sql.mariadb_blocks import MariadbMerger
from customercore.adapters.sql.put_off import Told

OPENING = ("START TRANSACTION READ WRITE",)
LOST = "SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213, MESSAGE_TEXT = 'lost'"
CHANGE = Told("UPDATE a SET b = %s WHERE c = %s", (1, 2), needed=True)
STILL = Told("SELECT 1 FROM d FOR UPDATE", needed=True, holds=True)
NEW = Told("INSERT INTO e VALUES (%s)", (3,))


def text_of(statements: list[Told], opening: tuple[str, ...] = ()) -> str:
    """Return the block of statements, which it has in their order."""
    text, order = MariadbMerger().merged(statements, opening)
    assert [*order] == [*range(len(statements))]
    return text


def test_a_block_of_its_own_is_a_transaction_that_an_error_undoes() -> None:
    assert text_of([STILL, CHANGE, NEW], OPENING).split("; ") == [
        "BEGIN NOT ATOMIC DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK",
        "RESIGNAL",
        "END",
        "SET @customercore_commits = 0",
        "START TRANSACTION READ WRITE",
        f"IF NOT EXISTS ({STILL.sql}) THEN {LOST}",
        "END IF",
        CHANGE.sql,
        f"IF ROW_COUNT() = 0 THEN {LOST}",
        "END IF",
        NEW.sql,
        "SET @customercore_commits = 1",
        "COMMIT",
        "END",
    ]


def test_a_block_in_a_transaction_leaves_it_open() -> None:
    assert text_of([NEW, NEW]) == f"BEGIN NOT ATOMIC {NEW.sql}; {NEW.sql}; END"
    assert text_of([CHANGE]) == f"BEGIN NOT ATOMIC {CHANGE.sql}; IF ROW_COUNT() = 0 THEN {LOST}; END IF; END"


@pytest.mark.parametrize("opening", [(), OPENING])
def test_a_statement_that_may_find_nothing_needs_no_block(opening: tuple[str, ...]) -> None:
    assert text_of([NEW], opening) == NEW.sql


def test_one_text_does_different_things_where_it_is_needed_and_where_not() -> None:
    loose = Told(CHANGE.sql, CHANGE.arguments)
    assert text_of([loose, NEW]) != text_of([CHANGE, NEW]) != text_of([CHANGE, NEW], OPENING)


class Driver:
    """A connection, and its cursor, on which every block fails; ``reached``: what it says of its commit, if it can."""

    def __init__(self, code: int, reached: int | None = None) -> None:
        self._code = code
        self._reached = reached
        self.server_status = 0

    def cursor(self) -> Self:
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Let go."""

    def execute(self, sql: str, arguments: Any = None) -> None:
        if self._reached is None or sql != "SELECT @customercore_commits":
            raise pymysql.err.OperationalError(self._code, sql)

    def fetchone(self) -> tuple[int | None]:
        return (self._reached,)


def failed(driver: Driver, *, opening: tuple[str, ...] = ()) -> int:
    """Return the code of the error that a block meets."""
    merger = MariadbMerger()
    sql, _ = merger.merged([CHANGE, NEW], opening)
    with pytest.raises(pymysql.err.OperationalError) as caught:
        merger.execute(SimpleNamespace(driver_connection=driver), sql, ())
    return int(caught.value.args[0])


def test_after_an_error_the_connection_counts_as_in_a_transaction() -> None:
    """The server says nothing of it with an error; what it has begun must not be committed by the next BEGIN."""
    driver = Driver(1213)
    assert failed(driver, opening=OPENING) == 1213
    assert driver.server_status & SERVER_STATUS.SERVER_STATUS_IN_TRANS


@pytest.mark.parametrize("code", [1317, 1969])
def test_nobody_knows_what_became_of_a_block_that_was_ended_at_its_commit(code: int) -> None:
    assert failed(Driver(code, reached=1), opening=OPENING) == CR.CR_SERVER_LOST
    assert failed(Driver(code), opening=OPENING) == CR.CR_SERVER_LOST
    assert failed(Driver(code, reached=0), opening=OPENING) == code
    assert failed(Driver(code, reached=1)) == code  # it commits nothing
