"""What a database has said of its tables and of single statements."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from customercore.adapters.sql import statistics as module
from customercore.adapters.sql.statistics import Statistics


class Database:
    """Answers yes and no in turn, and counts."""

    def __init__(self) -> None:
        self.asked = 0
        self.looks = 0

    def ask(self) -> bool:
        self.asked += 1
        return self.asked % 2 == 1

    def look(self) -> None:
        self.looks += 1


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    clock = SimpleNamespace(monotonic=lambda: 1.0)
    monkeypatch.setattr(module, "time", clock)
    return clock


def test_what_was_said_of_a_statement_stands_for_a_minute(now: SimpleNamespace) -> None:
    database = Database()
    statistics = Statistics(database.look)
    assert statistics.told("SELECT 1", {"a": 1}, database.ask)
    assert statistics.told("SELECT 1", {"a": 1}, database.ask)
    assert database.asked == 1
    assert not statistics.told("SELECT 1", {"a": 2}, database.ask)
    assert statistics.told("SELECT 2", {"a": 2}, database.ask)
    now.monotonic = lambda: 61.5
    assert not statistics.told("SELECT 1", {"a": 1}, database.ask)
    assert database.asked == 4


def test_what_was_said_is_forgotten_when_the_database_has_looked_at_its_tables(now: SimpleNamespace) -> None:
    database = Database()
    statistics = Statistics(database.look)
    assert statistics.told("SELECT 1", [b"key"], database.ask)
    statistics.stored(999)
    assert statistics.told("SELECT 1", [b"key"], database.ask)
    statistics.stored(1)
    assert database.looks == 1
    assert not statistics.told("SELECT 1", [b"key"], database.ask)


def test_no_more_answers_are_kept_than_there_is_room_for(now: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_ANSWERS", 3)
    database = Database()
    statistics = Statistics(database.look)
    for number in range(10):
        statistics.told("SELECT 1", number, database.ask)
    statistics.told("SELECT 1", 9, database.ask)
    assert database.asked == 10
