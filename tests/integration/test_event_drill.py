"""Dispatchers are killed while they deliver: no event is lost, duplicates have the same id, and the order holds (R5).

``CUSTOMERCORE_DRILL_EVENTS`` says how many kills there are on each store (``make drill-events``: 200).
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from database_servers.databases import any_database
from event_drill import POISON, Heard, Noting, core_of, heard_of
from processes import python

from customercore import CustomerCore

KILLS = int(os.environ.get("CUSTOMERCORE_DRILL_EVENTS", "6"))
SCRIPT = Path(__file__).parents[1] / "support" / "event_drill.py"
CUSTOMERS = 10
PATIENCE = 60


class Dispatchers:
    """Processes that deliver, started by one that has loaded everything."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.ids: list[int] = []

    def start(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("start\n")
        self._process.stdin.flush()
        self.ids.append(int(self._process.stdout.readline()))

    def end(self, which: int, how: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.ids.pop(which), how)

    def gone(self, id: int, within: float) -> bool:
        until = time.monotonic() + within
        while time.monotonic() < until:
            if not Path(f"/proc/{id}").exists():
                return True
            time.sleep(0.02)
        return False


@contextmanager
def dispatchers(url: str, heard: Path, *, careless: bool) -> Iterator[Dispatchers]:
    told = json.dumps({"url": url, "heard": str(heard), "careless": careless})
    process = python(SCRIPT.read_text("utf-8"), told)
    made = Dispatchers(process)
    try:
        yield made
    finally:
        while made.ids:
            made.end(0, signal.SIGKILL)
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        process.wait(20)
        process.stdout.close()


def traffic(core: CustomerCore, people: list[Any], chance: random.Random, turn: int) -> None:
    """Make some changes; now and then one that nobody can deliver, with later ones behind it."""
    for step in range(6):
        place = chance.randrange(len(people))
        poison = turn % 5 == 0 and step == 0
        one = core.customers.get(people[place])
        language = POISON if poison and one.language != POISON else "sv" if one.language == POISON else one.language
        core.customers.update(one, first_name=f"n{turn}-{step}", language=language)


def drill(url: str, heard: Path, kills: int, *, careless: bool = False) -> tuple[Heard, int]:
    """Kill dispatchers, two of which always work, while customers are changed; then let them finish."""
    chance = random.Random(5)
    core = core_of(url, Noting(str(heard)))
    name = {"first_name": "Ada", "last_name": "Test", "language": "en"}
    people = [core.customers.create(email=f"p{at}@example.com", **name).id for at in range(CUSTOMERS)]
    with dispatchers(url, heard, careless=careless) as them:
        for _ in range(2):
            them.start()
        for turn in range(kills):
            traffic(core, people, chance, turn)
            before = heard.stat().st_size
            until = time.monotonic() + 3
            while heard.stat().st_size == before and time.monotonic() < until:
                time.sleep(0.005)
            time.sleep(chance.random() * 0.05)
            them.end(chance.randrange(2), signal.SIGKILL)
            them.start()
        found = settled(core, heard, careless=careless)
        rest = [*them.ids]
        while them.ids:
            them.end(0, signal.SIGTERM)
        assert all(them.gone(one, 10) for one in rest), "a dispatcher did not end when it was told to"
        dead = len(core.events.dead_letters(limit=1_000))
    core.close()
    return found, dead


def settled(core: CustomerCore, heard: Path, *, careless: bool) -> Heard:
    """Wait until nothing is lost any more, or nothing is being delivered any more."""
    until, size = time.monotonic() + PATIENCE, -1
    while True:
        dead = {one.event_id for one in core.events.dead_letters(limit=1_000)}
        found = heard_of(core, heard, dead)
        quiet = careless and heard.stat().st_size == size
        if found.lost == 0 or quiet or time.monotonic() > until:
            return found
        size = heard.stat().st_size
        time.sleep(2 if careless else 0.2)


@pytest.fixture(params=["sqlite", "postgresql-18", "mongodb"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'drill.db'}"
        return
    with any_database(request.param) as database:
        yield database.url


def test_dispatchers_that_are_killed_lose_no_event_and_keep_the_order(url: str, tmp_path: Path) -> None:
    found, dead = drill(url, tmp_path / "heard", KILLS)
    print(f"{url.partition(':')[0]}: {KILLS} kills, {dead} dead letters, {found}")  # noqa: T201  the drill's figures
    assert (found.lost, found.forged, found.disordered) == (0, 0, 0)
    assert dead >= 1


def test_a_dispatcher_that_marks_before_it_delivers_loses_events(tmp_path: Path) -> None:
    found, _ = drill(f"sqlite:///{tmp_path / 'drill.db'}", tmp_path / "heard", max(KILLS, 12), careless=True)
    print(f"control: {max(KILLS, 12)} kills, {found}")  # noqa: T201  the drill's figures
    assert found.lost > 0
