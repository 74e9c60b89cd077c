"""What a block on MariaDB that a node could not begin again is told as; the server says that it cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pymysql
import pytest
from database_servers.databases import new_database

from customercore.adapters.sql.mariadb import MariadbDialect
from customercore.adapters.sql.mariadb_blocks import MariadbMerger
from customercore.adapters.sql.put_off import Told

TEXT, _ = MariadbMerger().merged([Told("DO 1"), Told("NOT SQL")], ("START TRANSACTION",))


@pytest.fixture
def connection() -> Iterator[Any]:
    with new_database("mariadb") as database:
        engine = MariadbDialect().engine(database.url, 10.0)
        connection = engine.raw_connection()
        yield connection
        connection.invalidate()
        engine.dispose()


@pytest.mark.parametrize(("reached", "code"), [(0, "write_conflict"), (1, "store_unreachable")])
def test_a_block_that_a_node_lost_the_text_of_is_a_lost_race_or_in_doubt(
    connection: Any, reached: int, code: str
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET @customercore_commits = {reached}")
    with pytest.raises(pymysql.err.OperationalError) as caught:
        MariadbMerger().execute(connection, TEXT, ())
    assert MariadbDialect().translate(caught.value).code == code


def test_another_statement_that_cannot_be_read_is_a_mistake(connection: Any) -> None:
    with pytest.raises(pymysql.err.ProgrammingError):
        MariadbMerger().execute(connection, "NOT SQL", ())
