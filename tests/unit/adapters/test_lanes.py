"""Taking turns at records within a process."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from customercore.adapters.lanes import Lanes

ONE, TWO = ("shop", "one"), ("shop", "two")
PATIENCE = 0.05


def test_a_turn_is_waited_for_no_longer_than_was_said() -> None:
    lanes = Lanes()
    lane = lanes.entered(*ONE, PATIENCE)
    assert lane is not None
    start = time.monotonic()
    assert lanes.entered(*ONE, PATIENCE) is None
    assert PATIENCE / 2 < time.monotonic() - start < 10
    lane.release()
    assert lanes.entered(*ONE, 0.0) is not None


def test_several_turns_are_those_that_are_come_to_in_time() -> None:
    lanes = Lanes()
    lane = lanes.entered(*ONE, PATIENCE)
    assert lane is not None
    (other,) = lanes.all_entered([ONE, TWO, TWO], PATIENCE)
    assert lanes.entered(*TWO, 0.0) is None
    other.release()
    lane.release()
    assert len(lanes.all_entered([TWO, ONE], PATIENCE)) == 2


def test_nobody_who_waits_for_several_turns_waits_for_somebody_who_waits_for_them() -> None:
    lanes = Lanes()

    def both(at: int) -> int:
        found = lanes.all_entered([ONE, TWO] if at % 2 else [TWO, ONE], 30.0)
        for lane in found:
            lane.release()
        return len(found)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(both, range(400))) == {2}


def test_what_a_thread_has_missed_it_is_told_once_and_no_other_thread() -> None:
    lanes = Lanes()
    assert not lanes.late()
    lanes.missed([ONE, TWO])
    told: list[object] = []
    thread = threading.Thread(target=lambda: told.append(lanes.late()))
    thread.start()
    thread.join()
    assert told == [()]
    assert lanes.late() == (ONE, TWO)
    assert not lanes.late()
