"""Which deliveries are made now: in the order of their aggregate, and none ahead of one that waits."""

from __future__ import annotations

import datetime as dt

from customercore.domain.delivery import CLAIMED, DEAD, WAITING, Candidate, Delivery, candidates_of, chosen
from customercore.testing.samples import delivery, moment

NOW, UNTIL = moment(100), moment(101)
SECOND = dt.timedelta(seconds=1)


def kept(claimed: list[Delivery]) -> list[tuple[str, int]]:
    return [(one.aggregate_id[-1], one.version) for one in claimed]


def test_what_has_nothing_ahead_is_claimed_with_what_follows_it() -> None:
    many = [delivery(3), delivery(1, of=2), delivery(1), delivery(2)]
    claimed, put_off = chosen(candidates_of(many, NOW, 9), NOW, UNTIL)
    assert kept(claimed) == [("1", 1), ("1", 2), ("1", 3), ("2", 1)]
    assert {(one.state, one.due, one.fence) for one in claimed} == {(CLAIMED, UNTIL, 1)}
    assert put_off == []


def test_what_comes_behind_one_that_waits_is_put_off_for_as_long() -> None:
    many = [delivery(1, due=UNTIL), delivery(2), delivery(3)]
    claimed, put_off = chosen(candidates_of(many, NOW, 9), NOW, UNTIL)
    assert claimed == []
    assert [(one.version, one.state, one.due, one.fence) for one in put_off] == [
        (2, WAITING, UNTIL, 0),
        (3, WAITING, UNTIL, 0),
    ]


def test_what_comes_behind_one_that_somebody_else_has_claimed_waits_a_second() -> None:
    many = [delivery(1).claimed(UNTIL), delivery(2)]
    _, put_off = chosen(candidates_of(many, NOW, 9), NOW, UNTIL)
    assert [one.due for one in put_off] == [NOW + SECOND]


def test_a_gap_in_the_batch_stops_what_is_behind_it() -> None:
    batch = [Candidate(delivery(1)), Candidate(delivery(3), ahead=2, until=moment(1))]
    claimed, put_off = chosen(batch, NOW, UNTIL)
    assert kept(claimed) == [("1", 1)]
    assert [(one.version, one.due) for one in put_off] == [(3, NOW + SECOND)]


def test_a_claim_that_has_run_out_is_taken_over_with_a_higher_fence() -> None:
    stale = delivery(1).claimed(moment(50))
    claimed, _ = chosen(candidates_of([stale, delivery(2)], NOW, 9), NOW, UNTIL)
    assert [(one.version, one.fence) for one in claimed] == [(1, 2), (2, 1)]


def test_a_replay_keeps_its_number_and_has_all_of_its_attempts_before_it() -> None:
    dead = delivery(7, 2).claimed(UNTIL).failed("boom", "raised", again=None, now=NOW)
    assert (dead.state, dead.attempts, dead.due, dead.settled_at) == (DEAD, 1, None, NOW)
    again = dead.replayed(UNTIL)
    assert (again.place, again.event_id) == (dead.place, dead.event_id)
    assert (again.state, again.attempts, again.due, again.settled_at) == (WAITING, 0, UNTIL, None)
    assert again.fence > dead.fence
