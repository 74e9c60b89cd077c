"""What a core did in a host's transaction is told after the host's commit, and never after its rollback."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from database_servers.databases import new_database, new_mongo_database
from sqlalchemy import create_engine

from customercore import CustomerCore, open_core
from customercore.domain.report import DispatchReport
from customercore.testing.fakes import RecordingSubscriber

Joined = Callable[[], AbstractContextManager[object]]
"""Begins a transaction of the host's, which ends with the block; gives what ``bind`` takes."""


@pytest.fixture(scope="module", params=["sqlite", "postgresql-18", "postgresql-16", "mariadb", "mongodb"])
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Joined]]:
    """Give a database that the host and the core share, and the host's transactions in it."""
    if request.param == "mongodb":
        with new_mongo_database() as made:

            @contextlib.contextmanager
            def session() -> Iterator[object]:
                with made.client.start_session() as one, one.start_transaction():
                    yield one

            yield made.url, session
        return
    with contextlib.ExitStack() as stack:
        if request.param == "sqlite":
            url = f"sqlite:///{tmp_path_factory.mktemp('bind') / Path('shop.db')}"
        else:
            url = stack.enter_context(new_database(request.param)).url
        engine = create_engine(url)
        stack.callback(engine.dispose)
        yield url, engine.begin


@pytest.fixture
def crm() -> RecordingSubscriber:
    """Give a subscriber."""
    return RecordingSubscriber("crm")


@pytest.fixture
def core(place: tuple[str, Joined], crm: RecordingSubscriber, request: pytest.FixtureRequest) -> Iterator[CustomerCore]:
    """Give a core with the subscriber, and a tenant of its own to each test."""
    name = request.node.originalname.replace("_", "-")[-60:].strip("-")
    with open_core(place[0], timeout=5, tenant=name, subscribers=[crm]) as core:
        core.flags.define("vip")
        core.events.dispatch()
        crm.events.clear()
        yield core


def heard(crm: RecordingSubscriber) -> list[tuple[str, int]]:
    return [(one.type, one.version) for one in crm.events]


def person(name: str) -> dict[str, str]:
    return {"email": f"{name}@example.com", "first_name": name, "last_name": "Test"}


def test_what_the_host_commits_is_delivered_afterwards(
    core: CustomerCore, crm: RecordingSubscriber, place: tuple[str, Joined]
) -> None:
    with place[1]() as joined:
        bound = core.bind(joined)
        ada = bound.customers.create(**person("ada"))
        bound.customers.add_flags(ada, "vip")
        if not place[0].startswith("sqlite"):  # there the host holds the one lock for writing
            assert core.events.dispatch() == DispatchReport()
        assert heard(crm) == []
    assert core.events.dispatch() == DispatchReport(delivered=2)
    assert heard(crm) == [("customer.created", 1), ("customer.updated", 2)]
    assert crm.events == core.events_of(ada)
    assert core.events.dispatch() == DispatchReport()


def test_what_the_host_rolls_back_is_never_delivered(
    core: CustomerCore, crm: RecordingSubscriber, place: tuple[str, Joined]
) -> None:
    ada = core.customers.create(**person("ada"))
    with contextlib.suppress(ZeroDivisionError), place[1]() as joined:
        bound = core.bind(joined)
        bound.customers.update(ada, first_name="Eve")
        bound.customers.create(**person("bo"))
        raise ZeroDivisionError
    assert core.events.dispatch() == DispatchReport(delivered=1)
    core.customers.update(ada, language="en")
    core.events.dispatch()
    assert heard(crm) == [("customer.created", 1), ("customer.updated", 2)]
    assert crm.events == core.events_of(ada)


def test_a_process_that_has_no_subscribers_leaves_it_to_one_that_has(
    core: CustomerCore, crm: RecordingSubscriber, place: tuple[str, Joined], request: pytest.FixtureRequest
) -> None:
    name = request.node.originalname.replace("_", "-")[-60:].strip("-")
    with open_core(place[0], timeout=5, tenant=name) as shop, place[1]() as joined:
        shop.bind(joined).customers.create(**person("ada"))
    assert core.events.dispatch() == DispatchReport(delivered=1)
    assert heard(crm) == [("customer.created", 1)]
