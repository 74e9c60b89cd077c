"""Waits between deliveries double, jitter, and end."""

from __future__ import annotations

import datetime as dt

from customercore.adapters.backoff import JitteredBackoff


def waits(backoff: JitteredBackoff, attempts: int) -> list[float]:
    found = [backoff.after(attempts) for _ in range(200)]
    assert all(isinstance(one, dt.timedelta) for one in found)
    return [one.total_seconds() for one in found if one is not None]


def test_waits_double_up_to_the_most_and_lie_between_a_half_and_all_of_it() -> None:
    backoff = JitteredBackoff(first=2, most=16, attempts=9)
    for attempts, most in ((1, 2), (2, 4), (3, 8), (4, 16), (8, 16)):
        found = waits(backoff, attempts)
        assert most / 2 <= min(found) <= max(found) <= most
        assert max(found) - min(found) > most / 8  # it jitters


def test_after_the_last_attempt_there_is_none() -> None:
    backoff = JitteredBackoff(attempts=3)
    assert [backoff.after(attempts) is None for attempts in (1, 2, 3, 4)] == [False, False, True, True]
