"""The connections that wait for the next unit of work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from customercore.adapters.sql import connections as module
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


def test_what_many_units_at_once_have_opened_waits_for_the_next_ones_while_it_is_wanted(
    connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = SimpleNamespace(monotonic=lambda: 0.0)
    monkeypatch.setattr(module, "time", now)

    seen: list[Any] = []

    def used(many: int) -> set[int]:
        taken: list[Any] = [connections.take() for _ in range(many)]
        for one in taken:
            connections.give_back(one, sound=True)
        seen.extend(one.dbapi_connection for one in taken)  # what is there still has an id of its own
        return {id(one.dbapi_connection) for one in taken}

    first = used(30)
    assert used(30) == first
    now.monotonic = lambda: 11.0
    for _ in range(30):
        used(1)  # the others are not wanted any more
    last = used(30)
    assert len(last & first) == 20  # as many wait on, and as many are kept by the pool behind them
