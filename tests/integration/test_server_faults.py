"""Servers that are away, refuse, are slow, or lose a connection: each is told clearly, and nothing leaks."""

from __future__ import annotations

import os
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from database_servers.databases import Database, new_database
from sqlalchemy import create_engine, make_url, text

from customercore import CustomerCore, where
from customercore.errors import (
    ConflictError,
    CustomerCoreError,
    DuplicateError,
    ExtensionError,
    SchemaError,
    StorageUnavailableError,
)
from customercore.ports.store import Store
from customercore.testing.arrangement import TENANT, keep, query, stored
from customercore.testing.samples import catalogue_for_tests, counter, customer, identifier, next_version, shop
from customercore.wiring import open_core, open_store

NAME = {"first_name": "Ada", "last_name": "Lovelace"}
_END_OTHERS = {
    "postgresql": (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    ),
    "mariadb": "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()",
}
_SLEEP = {"postgresql": "SELECT pg_sleep(5)", "mariadb": "SELECT SLEEP(5) FROM customercore_meta"}


@pytest.fixture(scope="module", params=["postgresql-18", "mariadb"])
def made(request: pytest.FixtureRequest) -> Iterator[Database]:
    with new_database(request.param) as database:
        yield database


@pytest.fixture
def database(made: Database) -> Database:
    made.forget()
    return made


@pytest.fixture
def store(database: Database) -> Iterator[Store]:
    store = open_store(database.url, catalogue_for_tests(), timeout=1)
    store.prepare("create")
    yield store
    store.close()


@pytest.fixture
def core(store: Store, database: Database) -> Iterator[CustomerCore]:
    with open_core(database.url) as core:
        yield core


def product(database: Database) -> str:
    return database.url.partition("+")[0]


def end_connections(database: Database) -> int:
    """End every connection to the database but our own, as a restart or a fail-over does."""
    rows = database.rows(_END_OTHERS[product(database)])
    if product(database) == "mariadb":
        database.run(*(f"KILL CONNECTION {id}" for (id,) in rows))
    time.sleep(0.2)
    return len(rows)


def refused(url: str, **options: Any) -> CustomerCoreError:
    with pytest.raises(CustomerCoreError) as caught:
        open_core(url, timeout=2, **options)
    return caught.value


def test_a_database_that_is_not_there_is_missing(database: Database) -> None:
    error = refused(make_url(database.url).set(database="customercore_nowhere").render_as_string(hide_password=False))
    assert (type(error), error.code) == (StorageUnavailableError, "store_missing")


@pytest.mark.parametrize(
    "url", ["postgresql+psycopg://x:hidden@127.0.0.1:1/y", "mysql+pymysql://x:hidden@127.0.0.1:1/y"]
)
def test_a_server_that_does_not_answer_cannot_be_reached(url: str) -> None:
    error = refused(url)
    assert (type(error), error.code, error.retryable) == (StorageUnavailableError, "store_unreachable", True)
    assert "hidden" not in "".join(traceback.format_exception(error))


def test_a_user_that_is_not_known_is_refused(database: Database) -> None:
    error = refused(make_url(database.url).set(username="nobody_known").render_as_string(hide_password=False))
    assert (type(error), error.code) == (StorageUnavailableError, "access_denied")


@pytest.mark.parametrize(
    ("driver", "url", "extra"),
    [
        ("psycopg", "postgresql+psycopg://x/y", "postgres"),
        ("pymysql", "mysql+pymysql://x/y", "mysql"),
        ("pymysql", "mariadb+pymysql://x/y", "mysql"),
    ],
)
def test_a_driver_that_is_not_installed_is_named(
    driver: str, url: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, driver, None)
    for name in ("postgresql", "mariadb"):
        monkeypatch.delitem(sys.modules, f"customercore.adapters.sql.{name}", raising=False)
    with pytest.raises(ExtensionError) as caught:
        open_core(url)
    assert caught.value.code == "missing_extra"
    assert f"customercore[{extra}]" in str(caught.value)


def test_a_database_that_cannot_hold_every_text_is_refused() -> None:
    with new_database("postgresql-18") as database:
        name = f"{make_url(database.url).database}_latin"
        database.run(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")
        try:
            error = refused(make_url(database.url).set(database=name).render_as_string(hide_password=False))
        finally:
            database.run(f"DROP DATABASE {name} WITH (FORCE)")
    assert (type(error), error.code) == (SchemaError, "unsuitable_database")


_GRANTS = {
    "postgresql": (
        "CREATE ROLE {name} LOGIN",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}",
    ),
    "mariadb": (
        "CREATE USER {name}@localhost",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON {database}.* TO {name}@localhost",
    ),
}
_REVOKES = {"postgresql": ("DROP OWNED BY {name}", "DROP ROLE {name}"), "mariadb": ("DROP USER {name}@localhost",)}


def test_a_user_without_rights_to_the_schema_can_work(core: CustomerCore, database: Database) -> None:
    url = make_url(database.url)
    if os.environ.get("CUSTOMERCORE_TEST_POSTGRES_URL") or os.environ.get("CUSTOMERCORE_TEST_MARIADB_URL"):
        pytest.skip("users are made on servers of the tests' own only")
    names = {"name": f"plain_{os.getpid()}", "database": url.database}
    database.run(*(one.format(**names) for one in _GRANTS[product(database)]))
    try:
        with open_core(url.set(username=names["name"]).render_as_string(hide_password=False), migrate="never") as plain:
            plain.flags.define("vip")
            ada = plain.customers.create(email="ada@example.com", flags=["vip"], **NAME)
            plain.customers.update(ada, last_name="King")
            assert plain.customers.count(where.flag("vip")) == 1
            assert [finding for finding in plain.check() if not finding.ok] == []
        assert core.customers.get(ada).last_name == "King"
    finally:
        database.run(*(one.format(**names) for one in _REVOKES[product(database)]))


def test_connections_that_were_lost_are_replaced(store: Store, database: Database) -> None:
    keep(store, [shop(1)])
    for _ in range(3):
        assert end_connections(database) >= 1
        with pytest.raises(StorageUnavailableError) as caught:
            stored(store, "shops", identifier(1))
        assert (caught.value.code, caught.value.retryable) == ("store_unreachable", True)
        assert stored(store, "shops", identifier(1)) == shop(1)


def test_an_idle_connection_that_was_lost_is_not_noticed(
    store: Store, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(store, [shop(1)])
    monkeypatch.setattr("customercore.adapters.sql.connections._IDLE", 0.0)
    for _ in range(3):
        end_connections(database)
        assert stored(store, "shops", identifier(1)) == shop(1)
        end_connections(database)
        keep(store, [counter(f"c{time.monotonic_ns()}")])


def test_a_unit_that_loses_its_connection_keeps_nothing(store: Store, database: Database) -> None:
    with store.unit(TENANT, write=True) as uow:
        uow.shops.add(shop(1))
        end_connections(database)
        with pytest.raises(StorageUnavailableError):
            uow.shops.add(shop(2))
    assert stored(store, "shops", identifier(1)) is None
    keep(store, [shop(1)])


def test_a_commit_whose_answer_is_lost_says_so(store: Store, database: Database) -> None:
    with store.unit(TENANT, write=True) as uow:
        uow.shops.add(shop(1))
        end_connections(database)
        with pytest.raises(StorageUnavailableError) as caught:
            uow.commit()
    assert (caught.value.code, caught.value.retryable) == ("outcome_unknown", False)
    keep(store, [shop(2)])


def test_a_statement_that_takes_too_long_is_ended(store: Store, database: Database) -> None:
    hasty = open_store(database.url, catalogue_for_tests(), timeout=0.2)
    began = time.monotonic()
    with hasty.unit(TENANT, write=True) as uow, pytest.raises(StorageUnavailableError) as caught:
        uow._wire.run(_SLEEP[product(database)])  # type: ignore[attr-defined]  # noqa: SLF001  # no verb is so slow
    assert time.monotonic() - began < 4
    assert (caught.value.code, caught.value.retryable) == ("too_slow", False)
    hasty.close()


def test_a_statement_that_the_end_of_a_call_ends_is_told_of_as_that(store: Store, database: Database) -> None:
    """The server ends it a little sooner than the call would be cut off."""
    with store.unit(TENANT, write=True, within=0.5) as uow, pytest.raises(StorageUnavailableError) as caught:
        uow._wire.run(_SLEEP[product(database)])  # type: ignore[attr-defined]  # noqa: SLF001  # no verb is so slow
    assert (caught.value.code, caught.value.retryable) == ("deadline_exceeded", True)


def test_who_waited_for_a_turn_is_not_told_of_an_end_that_nobody_knows(core: CustomerCore, database: Database) -> None:
    """The server gives up before the call does, however little was left when the statement was sent."""
    wallet = core.balances.open("party", currency="SEK")
    core.balances.credit(wallet, "100.00")
    core.balances.debit(wallet, "1.00")

    def debit(number: int) -> str:
        time.sleep(0.15 * number)
        with pytest.raises(StorageUnavailableError) as caught:
            core.with_timeout(0.8).balances.debit(wallet, "5.00")
        return caught.value.code

    engine = create_engine(database.url)
    with engine.connect() as host, ThreadPoolExecutor(4) as pool:
        host.execute(text("SELECT 1 FROM customercore_wallets FOR UPDATE")).all()
        codes = set(pool.map(debit, range(4)))
        host.rollback()
    engine.dispose()
    assert codes <= {"deadline_exceeded", "store_busy"}
    assert core.balances.posted(wallet).minor == 9_900


@pytest.mark.parametrize("timeout", [0.001, 31_535_999])
def test_a_timeout_may_be_very_short_or_very_long(core: CustomerCore, database: Database, timeout: float) -> None:
    try:
        with open_core(database.url, timeout=timeout) as other:
            assert other.customers.count() == core.customers.count()
    except StorageUnavailableError as error:
        assert (timeout, error.code) == (0.001, "too_slow")  # noqa: PT017  # a busy machine may take longer than that


def test_a_connection_that_an_interruption_has_broken_is_not_used_again(store: Store) -> None:
    keep(store, [shop(1)])
    for _ in range(3):
        with store.unit(TENANT, write=True) as uow:
            uow.shops.add(shop(2))
            uow._lease.connection.driver_connection.close()  # type: ignore[attr-defined]  # noqa: SLF001  # as drivers do then
        assert stored(store, "shops", identifier(1)) == shop(1)
        assert stored(store, "shops", identifier(2)) is None


def test_of_two_units_that_wait_for_each_other_one_is_told_to_run_again(database: Database) -> None:
    store = open_store(database.url, catalogue_for_tests(), timeout=10)
    store.prepare("create")
    first, second = counter("first"), counter("second")
    keep(store, [first, second])
    meeting, errors = threading.Barrier(2), list[ConflictError]()

    def change(one: Any, other: Any) -> None:
        with store.unit(TENANT, write=True) as uow:
            uow.counters.save(next_version(one), was=one)
            meeting.wait(10)
            try:
                uow.counters.save(next_version(other), was=other)
                uow.commit()
            except ConflictError as error:
                errors.append(error)

    threads = [threading.Thread(target=change, args=pair) for pair in ((first, second), (second, first))]
    for one in threads:
        one.start()
    for one in threads:
        one.join(20)
    assert [(error.code, error.retryable) for error in errors] == [("write_conflict", True)]
    store.close()


def test_a_connection_is_given_back_whatever_goes_wrong(store: Store, database: Database) -> None:
    keep(store, [shop(1)])
    for turn in range(120):
        with store.unit(TENANT, write=bool(turn % 5)) as uow:
            assert next(uow.shops.stream(query("shops"))) == shop(1)
            with pytest.raises(CustomerCoreError):
                uow.shops.add(shop(2, code="shop1"))
    assert len(database.rows(_OTHERS[product(database)])) <= 3
    keep(store, [shop(2)])


_OTHERS = {**_END_OTHERS, "postgresql": _END_OTHERS["postgresql"].replace("pg_terminate_backend(pid)", "pid")}


def test_no_error_shows_a_value(store: Store) -> None:
    keep(store, [customer(1, email="canary@example.com", code="canary-code")])
    for twin in (
        customer(2, email="canary@example.com"),
        customer(3, code="canary-code", email=None),
        customer(1, last_name="canary-name"),
    ):
        for verb in ("add", "load"):
            with store.unit(TENANT, write=True) as uow, pytest.raises(DuplicateError) as caught:
                getattr(uow.customers, verb)(twin if verb == "add" else [twin])
            shown = "".join(traceback.format_exception(caught.value))
            assert "canary" not in shown
            assert "63616e617279" not in shown  # as PostgreSQL writes bytes
    long = "canary" * 2_000
    with store.unit(TENANT, write=True) as uow, pytest.raises(CustomerCoreError) as refusal:
        uow.counters.add(counter(long))
    assert "canary" not in "".join(traceback.format_exception(refusal.value))


def test_an_email_that_differs_by_a_space_at_its_end_is_another_key(store: Store) -> None:
    keep(store, [counter("a"), counter("a "), counter("A"), counter("\u00e4"), counter("a\u0308")])
    with store.unit(TENANT, write=False) as uow:
        assert [one.id for one in uow.counters.find(query("counters", None, ["id"])).items] == [
            "A", "a", "a ", "a\u0308", "\u00e4",
        ]  # fmt: skip


def test_a_document_may_be_larger_than_64_kilobytes(core: CustomerCore) -> None:
    made = core.customers.create(
        email="ada@example.com",
        information="\U0001f600" * 20_000,
        addresses=[{"country": "SE", "city": "x" * 200, "line1": "y" * 200} for _ in range(90)],
        **NAME,
    )
    assert core.customers.get(made) == made
    assert core.events_of(made)[0].version == 1
