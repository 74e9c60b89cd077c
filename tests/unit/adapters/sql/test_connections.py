"""The connections that wait for the next unit of work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from customercore.adapters.sql.connections import Connections
from customercore.adapters.sql.sqlite import SqliteDialect


@pytest.fixture
def connections(tmp_path: Path) -> Iterator[Connections]:
    dialect = SqliteDialect()
    with closing(Connections(dialect.engine(f"sqlite:///{tmp_path / 'shop.db'}", 10.0), dialect)) as connections:
        yield connections


def test_a_connection_in_good_order_is_handed_out_again(connections: Connections) -> None:
    first = connections.take()
    connections.give_back(first, sound=True)
    assert connections.take() is first


def test_one_that_was_given_up_at_the_end_of_its_unit_is_not_handed_out_again(connections: Connections) -> None:
    first = connections.take()
    first.invalidate()  # no statement of the unit had failed: what failed puts the session's limits back
    connections.give_back(first, sound=True)
    second = connections.take()
    assert second.cursor().execute("SELECT 1").fetchone() == (1,)
    connections.give_back(second, sound=True)
