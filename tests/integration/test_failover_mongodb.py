"""Drill R2 on MongoDB: the primary of three nodes is killed, steps down, or is left alone, under load.

Nothing that was acknowledged is lost, and no total is ever wrong. A short form runs with the tests;
``make drill-failover`` runs more rounds.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest
from bank import open_bank
from bank_drill import Clients, audit, check, figures
from database_servers.mongodb_set import ReplicaSet
from database_servers.nodes import Node, wait_until
from database_servers.sharing import MissingServerError

from customercore import open_core

ROUNDS = max(1, int(os.environ.get("CUSTOMERCORE_DRILL_FAILOVERS", "1")) // 3)
SHORT = ROUNDS == 1
LOAD = 0.5 if SHORT else 5.0
"""Seconds of undisturbed work before a fault."""
DEAF = 1.0
"""Seconds that the others hear nothing before the primary dies."""
MORE = 20
"""Acknowledgements after a fault that show that the writers go on."""


@pytest.fixture(scope="module")
def servers() -> Iterator[ReplicaSet]:
    try:
        made = ReplicaSet()
    except MissingServerError as error:
        pytest.skip(str(error))
    try:
        with open_core(made.url()) as core:
            open_bank(core)
        yield made
    finally:
        made.close()


def working(url: str, *, careless: bool = False) -> Clients:
    """Let two clients work, one of them in a hurry: its calls end while a commit waits for nodes that are deaf."""
    clients = Clients([url, url], within=[None, 0.4], careless=careless)
    clients.until_acknowledged(MORE, 30)
    clients.work(LOAD)
    return clients


def fail_over(servers: ReplicaSet, clients: Clients, *, deaf: bool) -> Node:
    """Kill the primary, and let the writers go on with the next one; return the dead one."""
    first = servers.primary()
    others = [node for node in servers.nodes if node is not first]
    if deaf:
        servers.hold_back(others)
        clients.work(DEAF)
    first.kill()
    if deaf:
        servers.follow(others)
    clients.until_acknowledged(MORE, 40)
    return first


@pytest.mark.parametrize("deaf", [True] if SHORT else [False, True])
@pytest.mark.parametrize("turn", range(ROUNDS))
def test_what_was_acknowledged_outlives_the_primary(servers: ReplicaSet, turn: int, deaf: bool) -> None:
    clients = working(servers.url())
    try:
        servers.join(fail_over(servers, clients, deaf=deaf))
    finally:
        check(clients, servers.url(), f"MongoDB, primary killed{', the others deaf' if deaf else ''}")


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_a_primary_may_step_down(servers: ReplicaSet, turn: int) -> None:
    clients = working(servers.url())
    try:
        first = servers.primary()
        servers.run(first, "replSetStepDown", 5, secondaryCatchUpPeriodSecs=2, force=True)
        clients.until_acknowledged(MORE, 30)
    finally:
        check(clients, servers.url(), "MongoDB, primary stepped down")


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_a_node_without_the_others_acknowledges_nothing(servers: ReplicaSet, turn: int) -> None:
    """Two of three nodes fall silent; the primary that is left gives up its place, and they go on when all are back."""
    clients = working(servers.url())
    first = servers.primary()
    others = [node for node in servers.nodes if node is not first]
    try:
        for node in others:
            node.signal(signal.SIGSTOP)
        wait_until(lambda: not servers.leads(first), "the primary is alone")
        alone = len(clients.told)
        clients.work(1 + LOAD)
        assert len(clients.told) == alone
        for node in others:
            node.signal(signal.SIGCONT)
        clients.until_acknowledged(MORE, 40)
    finally:
        for node in others:
            node.signal(signal.SIGCONT)
        check(clients, servers.url(), "MongoDB, two of three nodes silent for a while")


def test_with_commits_that_wait_for_one_node_the_drill_finds_losses(servers: ReplicaSet) -> None:
    """The control: the same fault, the others deaf for a while, loses what only one node had.

    It comes last: two nodes are left.
    """
    url = servers.url("control")
    with open_core(url) as core:
        open_bank(core)
    clients = working(url, careless=True)
    try:
        fail_over(servers, clients, deaf=True)
    finally:
        clients.stop()
    with open_core(url) as core:
        found = audit(core, clients.told)
    print(f"MongoDB, control, w:1: {figures(clients, found)}")  # noqa: T201  the drill's figures
    assert found.lost > 0
