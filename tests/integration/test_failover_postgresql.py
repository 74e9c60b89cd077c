"""Drill R2 on PostgreSQL: the primary is killed under load, the standby takes its place, nothing acknowledged is lost.

A short form runs with the tests; ``make drill-failover`` runs more and longer rounds.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from bank import open_bank
from bank_drill import Audit, Clients, audit, figures
from database_servers.postgresql_pair import Pair
from database_servers.sharing import MissingServerError

from customercore import open_core

ROUNDS = int(os.environ.get("CUSTOMERCORE_DRILL_FAILOVERS", "2"))
LOAD = 1.5 if ROUNDS < 5 else 5.0
"""Seconds of undisturbed work before a fault."""
DEAF = 1.0
"""Seconds that the standby hears nothing before the primary dies."""
MORE = 30
"""Acknowledgements after a fault that show that the writers go on."""


@contextmanager
def pair(synchronous_commit: str) -> Iterator[Pair]:
    try:
        made = Pair(18, synchronous_commit)  # type: ignore[arg-type]  # one of two words below
    except MissingServerError as error:
        pytest.skip(str(error))
    try:
        with open_core(made.url) as core:
            open_bank(core)
        yield made
    finally:
        made.close()


def failed_over(pair: Pair, *, deaf: bool) -> tuple[Clients, Audit]:
    """Kill the primary under load, promote the standby, let the writers go on, and look at what is left."""
    # One client is in a hurry: its calls end while a commit waits for a standby that is deaf.
    clients = Clients([pair.url, pair.url], within=[None, 0.4])
    try:
        clients.until_acknowledged(MORE, 20)
        clients.work(LOAD)
        if deaf:
            pair.hold_back()
            clients.work(DEAF)
        pair.fail_over()
        clients.until_acknowledged(MORE, 30)
    finally:
        clients.stop()
    with open_core(pair.url) as core:
        return clients, audit(core, clients.told)


def test_what_was_acknowledged_outlives_the_primary() -> None:
    with pair("on") as servers:
        for number in range(ROUNDS):
            if number:
                servers.join()
            deaf = number % 2 == 1
            clients, found = failed_over(servers, deaf=deaf)
            print(f"PostgreSQL, synchronous{', standby deaf' if deaf else ''}: {figures(clients, found)}")  # noqa: T201  the drill's figures
            assert found.right
            assert clients.wrong == []
            assert clients.leaked == []


def test_with_commits_that_wait_for_nobody_the_drill_finds_losses() -> None:
    """The control: the fault does lose what was not awaited."""
    with pair("local") as servers:
        clients, found = failed_over(servers, deaf=True)
    print(f"PostgreSQL, control, asynchronous: {figures(clients, found)}")  # noqa: T201  the drill's figures
    assert found.lost > 0
