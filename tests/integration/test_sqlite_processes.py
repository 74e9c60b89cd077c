"""Several processes on one SQLite file: nobody wins twice, nothing that was acknowledged is lost."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import processes
import pytest
from processes import Workers, python

from customercore import CustomerCore, where
from customercore.errors import StorageUnavailableError
from customercore.wiring import open_core

NAME = {"first_name": "Ada", "last_name": "Lovelace"}

# Writes without end, and says each thing once it has been acknowledged.
WRITER = """
import sys
from customercore import open_core
path, mark = sys.argv[1:]
core = open_core(f"sqlite:///{path}", timeout=20)
number = 0
while True:
    number += 1
    email = f"{mark}.{number}@example.com"
    made = core.customers.create(email=email, first_name="Ada", last_name="x", tags=[mark], idempotency_key=email)
    print(email, 1, flush=True)
    core.customers.add_tags(made, "second")
    print(email, 2, flush=True)
    with core.transaction() as tx:
        tx.customers.update(made, first_name="Eve")
        tx.customers.create_guest(email=email)
    print(email, 3, flush=True)
"""


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with processes.workers() as started:
        yield started


def at_once(workers: Workers, what: str, path: Path, **order: object) -> list[Any]:
    return workers.at_once(what, f"sqlite:///{path}", **order)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "shop.db"


@pytest.fixture
def core(path: Path) -> Iterator[CustomerCore]:
    with open_core(f"sqlite:///{path}", timeout=20) as opened:
        yield opened


def test_of_those_who_make_a_store_at_once_all_get_the_same_one(workers: Workers, tmp_path: Path) -> None:
    at_once(workers, "open", tmp_path / "warm.db")
    for turn in range(4):
        path = tmp_path / f"raced{turn}.db"
        assert at_once(workers, "open", path) == [0, 0, 0, 0]
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("SELECT COUNT(*) FROM customercore_meta WHERE name = 'secret'").fetchone() == (1,)
        ids = at_once(workers, "key", path)
        assert len(set(ids)) == 1  # one key, signed by one secret


def test_of_those_who_take_an_email_at_once_exactly_one_wins(workers: Workers, path: Path, core: CustomerCore) -> None:
    for turn in range(5):
        ends = at_once(workers, "register", path, email=f"Same{turn}@Example.com")
        assert ends.count("duplicate_email") == 3
        (won,) = [end for end in ends if end != "duplicate_email"]
        assert core.customers.by_email(f"same{turn}@example.com").id == won
    assert core.customers.count() == 5


def test_codes_made_by_several_processes_are_unique(workers: Workers, path: Path, core: CustomerCore) -> None:
    answers = at_once(workers, "codes", path)
    codes = [code for made in answers for code in made]
    assert len(codes) == len(set(codes)) == 240
    assert core.customers.count() == 240


def test_one_key_in_several_processes_has_one_effect(workers: Workers, path: Path, core: CustomerCore) -> None:
    ids = at_once(workers, "key", path)
    assert len(set(ids)) == core.customers.count() == 1
    assert len(core.events_of(ids[0])) == 1


def test_one_customer_at_several_tills_is_one(workers: Workers, path: Path, core: CustomerCore) -> None:
    assert len(set(at_once(workers, "till", path))) == core.customers.count() == 1


def test_changes_from_several_processes_are_all_kept(workers: Workers, path: Path, core: CustomerCore) -> None:
    ada = core.customers.create(email="ada@example.com", **NAME)
    assert sorted(at_once(workers, "tag", path, id=ada.id)) == [2, 3, 4, 5]
    assert core.customers.get(ada).tags == {f"word{number}" for number in range(4)}
    assert [event.version for event in core.events_of(ada)] == [1, 2, 3, 4, 5]


def test_a_definition_of_one_process_binds_the_next_write_of_another(
    workers: Workers, path: Path, core: CustomerCore
) -> None:
    ada = core.customers.create(email="ada@example.com", **NAME)
    assert at_once(workers, "flag", path, id=ada.id, flag="late") == ["unknown_flag"] * 4
    core.flags.define("late")
    assert at_once(workers, "flag", path, id=ada.id, flag="late") == [["late"]] * 4


HOLDER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
"""


def test_a_store_that_another_process_holds_is_busy_within_the_timeout(path: Path, core: CustomerCore) -> None:
    core.customers.create(email="ada@example.com", **NAME)
    with python(HOLDER, str(path)) as holder, open_core(f"sqlite:///{path}", timeout=0.5) as hasty:
        assert holder.stdin is not None
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        began = time.monotonic()
        with pytest.raises(StorageUnavailableError) as caught:
            hasty.customers.create(email="eve@example.com", **NAME)
        assert time.monotonic() - began < 2.5
        assert (caught.value.code, caught.value.retryable) == ("store_busy", True)
        assert hasty.customers.count() == 1
        holder.stdin.close()
    assert core.customers.create(email="eve@example.com", **NAME).version == 1


def lost(path: Path, acknowledged: dict[str, int]) -> list[str]:
    """Return what was acknowledged and is not there, and what is there without its events."""
    missing = []
    with open_core(f"sqlite:///{path}", migrate="never", timeout=20) as core:
        assert [finding for finding in core.check() if not finding.ok] == []
        stored = {one.email: one for one in core.customers.iterate(sort="email")}
        for email, version in acknowledged.items():
            one = stored.get(email)
            if one is None or one.version < version:
                missing.append(f"{email} at {version}")
        for one in stored.values():
            events = core.events_of(one)
            if [event.version for event in events] != list(range(1, one.version + 1)):
                missing.append(f"events of {one.email}")
            guests = core.customers.count((where.kind == "guest") & (where.email == one.email))
            if guests != (one.version == 3):
                missing.append(f"half of a transaction of {one.email}")
    return missing


def killed(path: Path, mark: str, moment: float) -> dict[str, int]:
    """Let a writer run for a moment, kill it, and return what it had said."""
    with python(WRITER, str(path), mark) as writer:
        assert writer.stdout is not None
        said = [writer.stdout.readline()]
        time.sleep(moment)
        os.kill(writer.pid, signal.SIGKILL)
        said += writer.stdout.readlines()
    acknowledged: dict[str, int] = {}
    for line in said:
        if line.endswith("\n"):
            email, version = line.split()
            acknowledged[email] = int(version)
    return acknowledged


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_what_was_acknowledged_survives_the_death_of_its_writer(path: Path) -> None:
    open_core(f"sqlite:///{path}").close()
    dice = random.Random(11)
    acknowledged: dict[str, int] = {}
    for turn in range(6):
        acknowledged |= killed(path, f"w{turn}", dice.uniform(0.01, 0.25))
    assert len(acknowledged) >= 6
    assert lost(path, acknowledged) == []


def test_a_loss_would_be_noticed(path: Path, core: CustomerCore) -> None:
    made = core.customers.create(email="a@example.com", **NAME)
    assert lost(path, {"a@example.com": 1}) == []
    assert lost(path, {"a@example.com": 2, "b@example.com": 1}) == ["a@example.com at 2", "b@example.com at 1"]
    core.customers.update(made, first_name="Eve")
    core.customers.update(made, first_name="Bea")
    assert lost(path, {}) == ["half of a transaction of a@example.com"]
