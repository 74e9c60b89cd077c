"""An order of the host's and what pays it are committed together, or neither is there."""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pymongo
import pytest
from database_servers.databases import any_database, new_database
from sqlalchemy import Column, Engine, Integer, MetaData, String, Table, create_engine, func, select

from customercore import CustomerCore, Money, open_core
from customercore.domain.entry import Entry
from customercore.domain.wallet import Hold, Wallet
from customercore.errors import ConflictError, InsufficientFundsError, retryable
from customercore.services.balances import Balances

ORDERS = Table("orders", MetaData(), Column("number", Integer, primary_key=True), Column("entry", String(64)))
TEN = Money(10, "SEK")


@pytest.fixture(params=["sqlite", "postgresql-18", "mariadb"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Name a database that the host and the core share."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/shop.db"
        return
    with new_database(request.param) as database:
        yield database.url


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """Give the host's engine, as a host would make it."""
    engine = create_engine(url)
    ORDERS.create(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def core(url: str, engine: Engine) -> Iterator[CustomerCore]:
    """Open the store, with connections of its own."""
    with open_core(url, timeout=5) as core:
        yield core


@pytest.fixture
def wallet(core: CustomerCore) -> Wallet:
    """Give a wallet with ten kronor."""
    wallet = core.balances.open("ada", currency="SEK")
    core.balances.credit(wallet, TEN)
    return wallet


class CrashError(Exception):
    """The host dies."""


@pytest.mark.parametrize("crashes", [False, True])
def test_an_order_and_its_debit_are_there_together(
    engine: Engine, core: CustomerCore, wallet: Wallet, crashes: bool
) -> None:
    with contextlib.suppress(CrashError), engine.begin() as connection:
        paid = core.bind(connection).balances.debit(wallet, 4, reference="O-1", idempotency_key="O-1")
        connection.execute(ORDERS.insert().values(number=1, entry=paid.id))
        if crashes:
            raise CrashError
    with engine.connect() as connection:
        orders = connection.scalar(select(func.count()).select_from(ORDERS))
    assert (orders, core.balances.posted(wallet).minor) == ((0, 1000) if crashes else (1, 600))
    assert core.balances.verify(wallet).ok


def test_a_refusal_leaves_the_hosts_transaction_usable(engine: Engine, core: CustomerCore, wallet: Wallet) -> None:
    with engine.begin() as connection:
        tx = core.bind(connection)
        with pytest.raises(InsufficientFundsError):
            tx.balances.debit(wallet, 11)
        covered = tx.balances.apply_to_order(wallet, 11, how="debit")
        connection.execute(ORDERS.insert().values(number=1, entry=covered.entry.id if covered.entry else ""))
    assert (covered.remains, core.balances.posted(wallet).minor) == (Money(1, "SEK"), 0)


def test_a_host_that_reads_an_old_state_refunds_no_more_than_was_taken(
    engine: Engine, core: CustomerCore, wallet: Wallet
) -> None:
    debit = core.balances.debit(wallet, 6)
    with engine.connect() as connection:
        connection.scalar(select(func.count()).select_from(ORDERS))  # MariaDB keeps showing this moment from here on
        core.bind(connection).balances.entry(debit.id)
        if engine.dialect.name != "sqlite":  # there the host has begun to read, and nobody else writes
            core.balances.refund(debit, 4)
            with pytest.raises(ConflictError) as caught:
                core.bind(connection).balances.refund(debit, 4)
            assert caught.value.code == "over_refund" or retryable(caught.value)
        connection.rollback()
    assert core.balances.verify(wallet).ok


@pytest.mark.parametrize("isolation", ["READ COMMITTED", "REPEATABLE READ"])
def test_one_key_in_two_hosts_transactions_has_one_effect_and_one_answer(
    engine: Engine, core: CustomerCore, wallet: Wallet, isolation: str
) -> None:
    host = engine if engine.dialect.name == "sqlite" else engine.execution_options(isolation_level=isolation)
    core.balances.debit(wallet, 1, idempotency_key="O-0")
    together, tries = threading.Barrier(2), itertools.count()

    def paid() -> Entry:
        next(tries)
        with host.begin() as connection:
            entry = core.bind(connection).balances.debit(wallet, 2, idempotency_key="O-1")
            with contextlib.suppress(threading.BrokenBarrierError):  # the other one waits for us
                together.wait(0.5)
        return entry

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: repeated(paid), range(2))
    assert first == second
    assert core.balances.posted(wallet).minor == 700
    assert core.balances.verify(wallet).ok
    if isolation == "READ COMMITTED":  # else the host's transaction sees no answer, and is run again
        assert next(tries) == 2


def repeated(call: Callable[[], Entry]) -> Entry:
    """Run it as a host does, again where that may help."""
    while True:
        try:
            return call()
        except Exception as error:
            if not retryable(error):
                raise


def test_a_key_that_was_used_since_a_host_began_is_answered_or_a_conflict(
    engine: Engine, core: CustomerCore, wallet: Wallet
) -> None:
    with engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            connection.scalar(select(func.count()).select_from(ORDERS))
        paid = core.balances.debit(wallet, 2, idempotency_key="O-1")
        try:
            assert core.bind(connection).balances.debit(wallet, 2, idempotency_key="O-1") == paid
        except ConflictError as error:
            assert retryable(error)  # noqa: PT017  either will do
        assert core.bind(connection).balances.debit(wallet, 1, idempotency_key="O-2").amount == Money(-1, "SEK")


Call = Callable[[Balances, Hold, Entry], object]
AGAIN: dict[str, tuple[str, Call]] = {
    "capture": ("hold_captured", lambda balances, hold, _: balances.capture(hold)),
    "void": ("hold_voided", lambda balances, hold, _: balances.void(hold)),
    "refund": ("over_refund", lambda balances, _, debit: balances.refund(debit, 3)),
}


@pytest.mark.parametrize("posted", [False, True], ids=["reads first", "posts first"])
@pytest.mark.parametrize("what", AGAIN)
def test_what_another_did_meanwhile_is_done_or_a_conflict(
    engine: Engine, core: CustomerCore, wallet: Wallet, what: str, posted: bool
) -> None:
    code, call = AGAIN[what]
    debit, hold = core.balances.debit(wallet, 4), core.balances.authorize(wallet, 2)
    with engine.connect() as connection:
        if engine.dialect.name != "sqlite":  # there nobody else writes once the host has begun
            connection.scalar(select(func.count()).select_from(ORDERS))  # MariaDB keeps showing this moment
        call(core.balances, hold, debit)
        bound = core.bind(connection).balances
        if posted:
            bound.debit(wallet, 1)  # which is the last entry that the host sees
        with pytest.raises(ConflictError) as caught:
            call(bound, hold, debit)
        assert caught.value.code == code or retryable(caught.value)
        connection.rollback()
    assert core.balances.verify(wallet).ok


def test_an_account_is_told_whole_or_not_at_all(engine: Engine, core: CustomerCore, wallet: Wallet) -> None:
    start = core.balances.get(wallet).created_at
    spans = [(None, None), (start, None), (None, start + dt.timedelta(days=1)), (start, start + dt.timedelta(days=1))]
    with engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            connection.scalar(select(func.count()).select_from(ORDERS))
        core.balances.debit(wallet, 2)
        bound = core.bind(connection).balances
        bound.debit(wallet, 1)
        for since, until in spans:
            try:
                told = bound.statement(wallet, since, until)
            except ConflictError as error:
                assert retryable(error)  # noqa: PT017  either will do
            else:
                assert [one.sequence for one in told.entries] == [1, 2, 3]
                assert told.opening.minor + sum(one.amount.minor for one in told.entries) == told.closing.minor == 700
        try:
            assert bound.verify(wallet).ok
        except ConflictError as error:
            assert retryable(error)  # noqa: PT017
        connection.rollback()


def test_one_key_in_two_sessions_of_mongodb_has_one_effect_and_one_answer() -> None:
    with (
        any_database("mongodb") as database,
        pymongo.MongoClient(database.url) as client,  # type: ignore[var-annotated]
        open_core(engine=client, tenant="keys") as core,
        client.start_session() as one,
        client.start_session() as other,
    ):
        wallet = core.balances.open("ada", currency="SEK")
        core.balances.credit(wallet, TEN)
        with one.start_transaction():
            first = core.bind(one).balances.debit(wallet, 4, idempotency_key="O-1")
            with pytest.raises(ConflictError) as caught, other.start_transaction():
                core.bind(other).balances.debit(wallet, 4, idempotency_key="O-1")
            assert retryable(caught.value)
        with other.start_transaction():
            assert core.bind(other).balances.debit(wallet, 4, idempotency_key="O-1") == first
        assert core.balances.posted(wallet).minor == 600


@pytest.mark.parametrize("crashes", [False, True])
def test_on_mongodb_too(crashes: bool) -> None:
    with any_database("mongodb") as database, pymongo.MongoClient(database.url) as client:  # type: ignore[var-annotated]
        orders = client.get_default_database()["orders"]
        with open_core(engine=client) as core:
            wallet = core.balances.open("ada", currency="SEK")
            core.balances.credit(wallet, TEN)
            with contextlib.suppress(CrashError), client.start_session() as session, session.start_transaction():
                core.bind(session).balances.debit(wallet, 4)
                orders.insert_one({"number": 1}, session=session)
                if crashes:
                    raise CrashError
            found = (orders.count_documents({}), core.balances.posted(wallet).minor)
            assert found == ((0, 1000) if crashes else (1, 600))
            assert core.balances.verify(wallet).ok
