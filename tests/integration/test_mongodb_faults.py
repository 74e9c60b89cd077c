"""What MongoDB refuses, and when it is away: it is told clearly, tried again where that is safe, and nothing leaks."""

from __future__ import annotations

import itertools
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from threading import Event
from typing import Any

import pytest
from database_servers.databases import MongoDatabase, new_mongo_database
from sqlalchemy import make_url
from wire_proxy import WireProxy

from customercore import CustomerCore, adapters
from customercore.errors import (
    ConflictError,
    CustomerCoreError,
    DuplicateError,
    ExtensionError,
    StorageUnavailableError,
    retryable,
)
from customercore.wiring import open_core

TRANSIENT, UNKNOWN = "TransientTransactionError", "UnknownTransactionCommitResult"
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def database() -> Iterator[MongoDatabase]:
    with new_mongo_database() as made:
        yield made


@pytest.fixture(scope="module")
def core(database: MongoDatabase) -> Iterator[CustomerCore]:
    with open_core(named(database)) as core:
        core.flags.define("first")
        yield core


def named(database: MongoDatabase) -> str:
    """Return a URL whose clients a fail point knows: the server has clients of other processes' tests too."""
    url = make_url(database.url).update_query_dict({"appName": database.own.name})
    return url.render_as_string(hide_password=False)


def person() -> dict[str, str]:
    return {"email": f"person-{next(_numbers)}@example.com", "first_name": "Pat", "last_name": "Hidden"}


@contextmanager
def failing(database: MongoDatabase, command: str, *, times: int = 1, **how: object) -> Iterator[None]:
    """Have the server fail the next commands of this name that our clients send."""
    data = {"failCommands": [command], "appName": database.own.name, **how}
    database.client.admin.command("configureFailPoint", "failCommand", mode={"times": times}, data=data)
    try:
        yield
    finally:
        database.client.admin.command("configureFailPoint", "failCommand", mode="off")


def kept_once(core: CustomerCore, fields: dict[str, str]) -> bool:
    one = core.customers.by_email(fields["email"])
    return [event.version for event in core.events_of(one)] == list(range(1, one.version + 1)) == [1]


@pytest.mark.parametrize("command", ["findAndModify", "insert", "commitTransaction"])
@pytest.mark.parametrize("code", [112, 251])
def test_a_transaction_that_another_one_has_beaten_is_run_again(
    core: CustomerCore, database: MongoDatabase, command: str, code: int
) -> None:
    fields = person()
    with failing(database, command, times=3, errorCode=code, errorLabels=[TRANSIENT]):
        core.customers.create(**fields)
    assert kept_once(core, fields)


@pytest.mark.parametrize(
    "how",
    [
        {"closeConnection": True},
        {"errorCode": 50, "errorLabels": [UNKNOWN]},
        {"writeConcernError": {"code": 64, "errmsg": "waiting for replication timed out"}},
    ],
    ids=str,
)
def test_a_commit_that_nobody_knows_of_is_repeated_and_nothing_else_is(
    core: CustomerCore, database: MongoDatabase, how: dict[str, object]
) -> None:
    fields = person()
    with failing(database, "commitTransaction", times=3, **how), core.transaction() as tx:
        tx.customers.create(**fields)
    assert kept_once(core, fields)


def test_a_commit_that_is_never_answered_is_unknown(
    core: CustomerCore, database: MongoDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: repeating it is what helps above."""
    monkeypatch.setattr("customercore.adapters.mongo.wire._COMMITS", 1)

    def work() -> None:
        with core.transaction() as tx:
            tx.customers.create(**person())

    with (
        failing(database, "commitTransaction", times=2, closeConnection=True),
        pytest.raises(StorageUnavailableError) as caught,
    ):
        work()
    assert (caught.value.code, caught.value.retryable) == ("outcome_unknown", False)


@pytest.mark.parametrize("code", [10107, 189, 11602])
def test_a_primary_that_steps_down_is_not_noticed(core: CustomerCore, database: MongoDatabase, code: int) -> None:
    fields = person()
    with failing(database, "insert", errorCode=code, errorLabels=[TRANSIENT]):
        core.customers.create(**fields)
    assert kept_once(core, fields)
    with failing(database, "find", errorCode=code):
        assert core.customers.by_email(fields["email"]).last_name == "Hidden"


@pytest.mark.parametrize(
    ("code", "kind", "ours", "again"),
    [
        (112, ConflictError, "write_conflict", True),
        (50, StorageUnavailableError, "too_slow", False),
        (13, StorageUnavailableError, "access_denied", False),
        (14031, StorageUnavailableError, "store_full", False),
    ],
)
def test_what_the_server_refuses_is_told_by_its_code(
    core: CustomerCore, database: MongoDatabase, code: int, kind: type[CustomerCoreError], ours: str, *, again: bool
) -> None:
    with failing(database, "insert", times=100, errorCode=code), pytest.raises(kind) as caught:
        core.customers.create(**person())
    assert (caught.value.code, retryable(caught.value)) == (ours, again)


def test_no_value_of_a_record_is_shown_by_an_error_or_its_causes(core: CustomerCore) -> None:
    fields = person()
    core.customers.create(**fields)
    with pytest.raises(DuplicateError) as caught:
        core.customers.create(**fields)
    assert caught.value.field == "email"
    error: BaseException | None = caught.value
    while error is not None:
        shown = repr(error) + str(error) + "".join(traceback.format_exception_only(error))
        assert fields["email"] not in shown
        assert "Hidden" not in shown
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize("url", ["mongodb://x:hidden@127.0.0.1:1/y?replicaSet=rs0"])
def test_a_server_that_does_not_answer_cannot_be_reached(url: str) -> None:
    with pytest.raises(StorageUnavailableError) as caught:
        open_core(url, timeout=0.5)
    assert (caught.value.code, caught.value.retryable) == ("store_unreachable", True)
    assert "hidden" not in "".join(traceback.format_exception(caught.value))


def test_a_driver_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    # What is imported anew here becomes the package's own; the old one comes back with its modules.
    monkeypatch.setattr(adapters, "mongo", sys.modules["customercore.adapters.mongo"])
    for name in [one for one in sys.modules if one.startswith("customercore.adapters.mongo")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pymongo", None)
    with pytest.raises(ExtensionError) as caught:
        open_core("mongodb://127.0.0.1/shop")
    assert caught.value.code == "missing_extra"
    assert "customercore[mongo]" in str(caught.value)


def test_no_transaction_is_left_open_however_a_unit_ends(core: CustomerCore, database: MongoDatabase) -> None:
    fields = person()
    ends: list[Callable[[], object]] = [
        lambda: core.customers.create(**person()),
        lambda: core.customers.create(**fields),
        lambda: core.customers.update("nobody", first_name="x"),
        lambda: core.with_timeout(0.001).customers.create(**person()),
        lambda: next(core.customers.iterate()),
    ]
    ours = {"appName": database.own.name, "transaction": {"$exists": True}}
    open_ones: list[dict[str, Any]] = [{"$currentOp": {"allUsers": True, "idleSessions": True}}, {"$match": ours}]
    with core.transaction() as tx:
        tx.customers.create(**person())
        assert list(database.client.admin.aggregate(open_ones)), "an open one is seen"
    for end in ends * 3:
        with suppress(CustomerCoreError):
            end()
    until = time.monotonic() + 10
    while (left := list(database.client.admin.aggregate(open_ones))) and time.monotonic() < until:
        time.sleep(0.1)
    assert left == []


def test_a_commit_that_never_arrived_holds_nothing(core: CustomerCore, database: MongoDatabase) -> None:
    made = core.customers.create(**person())
    proxy = WireProxy(database.url)
    with open_core(proxy.url) as far:
        far.customers.update(made, last_name="Known")
        proxy.next("stall")
        with pytest.raises(StorageUnavailableError) as caught:
            far.with_timeout(0.5).customers.update(made.id, last_name="Lost", expected_version=2)
        assert caught.value.code == "outcome_unknown"
        # Whoever met what it left behind would be refused until the server ends it, five seconds later here.
        kept = core.with_timeout(1.0).customers.update(made.id, last_name="Kept", expected_version=2)
    assert (kept.version, kept.last_name) == (3, "Kept")
    proxy.close()


def test_whoever_defines_gets_through_while_others_write_without_a_pause(core: CustomerCore) -> None:
    """MongoDB has no queue for a record: without a moment in which nobody may hold it nobody could change it."""
    over = Event()

    def write() -> int:
        made = 0
        while not over.is_set():
            core.customers.create(**person())
            made += 1
        return made

    with ThreadPoolExecutor(4) as threads:
        writing = [threads.submit(write) for _ in range(4)]
        try:
            for number in range(5):
                core.flags.define(f"flag{number}")
        finally:
            over.set()
        assert min(one.result(30) for one in writing) > 0
    assert {f"flag{number}" for number in range(5)} <= {one.code for one in core.flags.list()}
