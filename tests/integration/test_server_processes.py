"""Several processes on one server: nobody wins twice, nobody works with old definitions, what was said is kept."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import attrs
import processes
import pytest
from database_servers.databases import AnyDatabase, any_database
from processes import Workers, python

from customercore import CustomerCore, where
from customercore.errors import CustomerCoreError
from customercore.wiring import open_core

NAME = {"first_name": "Ada", "last_name": "Lovelace"}
PRODUCTS = ["postgresql-18", "mariadb", "mongodb"]


@attrs.frozen
class Shared:
    """A store, a core on it, and the processes that work on it too."""

    database: AnyDatabase
    core: CustomerCore
    workers: Workers

    @property
    def url(self) -> str:
        return self.database.url

    def at_once(self, what: str, **order: object) -> list[Any]:
        return self.workers.at_once(what, self.url, **order)


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with processes.workers() as started:
        yield started


@pytest.fixture(scope="module", params=PRODUCTS)
def kept(request: pytest.FixtureRequest, workers: Workers) -> Iterator[Shared]:
    with any_database(request.param) as database:
        open_core(database.url).close()
        with open_core(database.url, timeout=20) as core:
            yield Shared(database, core, workers)
        workers.at_once("leave", database.url)


@pytest.fixture
def shared(kept: Shared) -> Shared:
    kept.database.forget()
    kept.at_once("leave")  # what a worker knows of the store before is gone with it
    return kept


@pytest.mark.parametrize("product", PRODUCTS)
def test_of_those_who_make_a_store_at_once_all_get_the_same_one(workers: Workers, product: str) -> None:
    for _ in range(2):
        with any_database(product) as database:
            assert workers.at_once("open", database.url) == [0, 0, 0, 0]
            assert database.marks("secret") == 1
            ids = workers.at_once("key", database.url)
            assert len(set(ids)) == 1  # one key, signed by one secret
            workers.at_once("leave", database.url)


def test_of_those_who_take_an_email_at_once_exactly_one_wins(shared: Shared) -> None:
    for turn in range(8):
        ends = shared.at_once("register", email=f"Same{turn}@Example.com")
        assert ends.count("duplicate_email") == 3, ends
        (won,) = [end for end in ends if end != "duplicate_email"]
        assert shared.core.customers.by_email(f"same{turn}@example.com").id == won
    assert shared.core.customers.count() == 8


def test_of_those_who_expect_a_version_exactly_one_wins(shared: Shared) -> None:
    for turn in range(5):
        ada = shared.core.customers.create(email=f"ada{turn}@example.com", **NAME)
        ends = shared.at_once("stale", id=ada.id)
        assert sorted(ends, key=str) == [2, *["stale_version"] * 3]
        assert [event.version for event in shared.core.events_of(ada)] == [1, 2]


def test_codes_made_by_several_processes_are_unique(shared: Shared) -> None:
    answers = shared.at_once("codes")
    codes = [code for made in answers for code in made]
    assert len(codes) == len(set(codes)) == 240
    assert shared.core.customers.count() == 240


def test_one_key_in_several_processes_has_one_effect(shared: Shared) -> None:
    ids = shared.at_once("key")
    assert len(set(ids)) == shared.core.customers.count() == 1
    assert len(shared.core.events_of(ids[0])) == 1


def test_one_customer_at_several_tills_is_one(shared: Shared) -> None:
    assert len(set(shared.at_once("till"))) == shared.core.customers.count() == 1


def test_changes_from_several_processes_are_all_kept(shared: Shared) -> None:
    ada = shared.core.customers.create(email="ada@example.com", **NAME)
    assert sorted(shared.at_once("tag", id=ada.id)) == [2, 3, 4, 5]
    assert shared.core.customers.get(ada).tags == {f"word{number}" for number in range(4)}
    assert [event.version for event in shared.core.events_of(ada)] == [1, 2, 3, 4, 5]


def test_a_definition_of_one_process_binds_the_next_write_of_another(shared: Shared) -> None:
    ada = shared.core.customers.create(email="ada@example.com", **NAME)
    assert shared.at_once("flag", id=ada.id, flag="late") == ["unknown_flag"] * 4
    shared.core.flags.define("late")
    assert shared.at_once("flag", id=ada.id, flag="late") == [["late"]] * 4


def test_no_writer_commits_after_a_definition_that_it_has_not_seen(shared: Shared) -> None:
    """A field that becomes searchable while others write is filled in for every record (ruling 11)."""
    core = shared.core
    core.info_types.define("points", "integer")
    with ThreadPoolExecutor(3) as threads:

        def write(number: int) -> None:
            for turn in range(30):
                core.customers.create(email=f"p{number}.{turn}@example.com", info={"points": turn}, **NAME)

        writing = [threads.submit(write, number) for number in range(2)]
        time.sleep(0.05)
        with open_core(shared.url, timeout=20) as other:
            other.info_types.update("points", searchable=True)
            other.info_types.backfill("points")
        for one in writing:
            one.result(60)
    assert core.customers.count(where.info("points") >= 0) == core.customers.count() == 60


def test_an_export_is_one_state_whatever_others_write_meanwhile(shared: Shared) -> None:
    core = shared.core
    for number in range(30):
        core.customers.create(email=f"c{number}@example.com", **NAME)
    streamed = core.customers.iterate(sort="email")
    first = next(streamed)
    assert shared.at_once("register", email="a@example.com").count("duplicate_email") == 3
    assert len([first, *streamed]) == 30
    assert core.customers.count() == 31


WRITER = """
import sys
from customercore import open_core
url, mark = sys.argv[1:]
core = open_core(url, timeout=20)
number = 0
while True:
    number += 1
    email = f"{mark}.{number}@example.com"
    made = core.customers.create(email=email, first_name="Ada", last_name="x", tags=[mark], idempotency_key=email)
    print(email, 1, flush=True)
    with core.transaction() as tx:
        tx.customers.update(made, first_name="Eve")
        tx.customers.create_guest(email=email)
    print(email, 2, flush=True)
"""


def killed(url: str, mark: str, moment: float) -> dict[str, int]:
    """Let a writer run for a moment, kill it, and return what it had said."""
    with python(WRITER, url, mark) as writer:
        assert writer.stdout is not None
        said = [writer.stdout.readline()]
        time.sleep(moment)
        os.kill(writer.pid, signal.SIGKILL)
        said += writer.stdout.readlines()
    return {line.split()[0]: int(line.split()[1]) for line in said if line.endswith("\n")}


def test_what_was_acknowledged_survives_the_death_of_its_writer(shared: Shared) -> None:
    dice, acknowledged = random.Random(11), dict[str, int]()
    for turn in range(4):
        acknowledged |= killed(shared.url, f"w{turn}", dice.uniform(0.05, 0.3))
    assert len(acknowledged) >= 4
    core = shared.core
    stored = {one.email: one for one in core.customers.iterate(sort="email")}
    for email, version in acknowledged.items():
        assert stored[email].version >= version
    for one in stored.values():
        assert [event.version for event in core.events_of(one)] == list(range(1, one.version + 1))
        guests = core.customers.count((where.kind == "guest") & (where.email == one.email))
        assert guests == one.version - 1  # a transaction is there whole or not at all
    assert [finding for finding in core.check() if not finding.ok] == []


def test_a_record_that_somebody_else_locks_is_busy_within_the_timeout(shared: Shared) -> None:
    ada = shared.core.customers.create(email="ada@example.com", **NAME)
    with open_core(shared.url, timeout=1) as hasty, shared.core.transaction() as tx:
        tx.customers.update(ada, first_name="Eve")
        began = time.monotonic()
        with pytest.raises(CustomerCoreError) as caught:
            hasty.customers.update(ada, first_name="Bea")
        assert time.monotonic() - began < 4
        # MongoDB has no locks to wait for: it refuses at once.
        code = "write_conflict" if shared.url.startswith("mongodb") else "store_busy"
        assert (caught.value.code, caught.value.retryable) == (code, True)
        assert hasty.customers.get(ada).first_name == "Ada"
    assert shared.core.customers.get(ada).first_name == "Eve"
