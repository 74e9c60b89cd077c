"""What one unit of work hands on to the next, and for how long that is gone by."""

from __future__ import annotations

import pytest

from customercore.adapters.sql import turns as module
from customercore.adapters.sql.turns import Handed, Turn, Turns

ID = "wallet-1"


class _Clock:
    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> _Clock:
    return _Clock()


@pytest.fixture
def turns(clock: _Clock) -> Turns:
    return Turns(clock)


def _unit(
    turns: Turns, made: object = None, *, id: str = ID, kept: bool = True, trusting: bool = True, lasting: bool = True
) -> Handed | None:
    """Let a unit take its turn at a record and change it; return what it was handed."""
    turn = Turn(turns, "default", 1.0, trusting=trusting)
    handed = turn.take("wallets", id, patient=True)
    turn.made("wallets", id, made, f"document of {made}", lasting=lasting)
    turn.end(kept=kept)
    return handed


def test_the_next_unit_is_handed_what_the_last_one_has_made(turns: Turns) -> None:
    assert _unit(turns, "first") is None
    handed = _unit(turns, "second")
    assert handed is not None
    assert (handed.one, handed.document) == ("first", "document of first")


def test_what_tells_nothing_of_a_person_is_handed_on_an_hour_later(turns: Turns, clock: _Clock) -> None:
    _unit(turns, "first")
    clock.seconds += 3_600
    handed = _unit(turns, "second")
    assert handed is not None
    assert handed.one == "first"


def test_what_tells_of_a_person_is_not_kept_for_longer_than_a_second(turns: Turns, clock: _Clock) -> None:
    _unit(turns, "first", lasting=False)
    clock.seconds += 0.9
    assert _unit(turns, "second", lasting=False) is not None
    clock.seconds += 1.1
    assert _unit(turns, "third", lasting=False) is None


def test_once_something_old_was_wrong_nothing_old_is_gone_by_for_a_minute(turns: Turns, clock: _Clock) -> None:
    _unit(turns, "first")
    _unit(turns, "other", id="wallet-2")
    clock.seconds += 2
    assert _unit(turns, "second", kept=False) is not None  # another process was there
    assert _unit(turns, "of the other", id="wallet-2") is None
    clock.seconds += 0.5
    assert _unit(turns, "of the other again", id="wallet-2") is not None  # what is fresh is gone by nevertheless
    clock.seconds += 58
    assert _unit(turns, "of the other later", id="wallet-2") is None
    clock.seconds += 2
    assert _unit(turns, "after a minute", id="wallet-2") is not None


def test_a_race_lost_over_something_fresh_says_nothing_of_what_is_old(turns: Turns, clock: _Clock) -> None:
    _unit(turns, "other", id="wallet-2")
    clock.seconds += 2
    _unit(turns, "first")
    assert _unit(turns, "second", kept=False) is not None
    assert _unit(turns, "third") is None  # of this one nothing is handed on for a while
    assert _unit(turns, "of the other", id="wallet-2") is not None


def test_a_unit_that_trusts_nothing_is_handed_nothing_and_hands_nothing_on(turns: Turns) -> None:
    _unit(turns, "first")
    assert _unit(turns, "second", trusting=False) is None
    assert _unit(turns, "third") is None


def test_the_records_made_longest_ago_are_forgotten_first(turns: Turns, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_HANDED", 2)
    for id in ("a", "b", "a", "c"):
        _unit(turns, f"made of {id}", id=id)
    assert {id for id in "abc" if turns.handed(("default", "wallets", id))} == {"a", "c"}
