"""A core joins the transaction of a host's MongoDB session: what both did is there together, or neither is."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import pytest
from database_servers import mongodb
from database_servers.databases import MongoDatabase, new_mongo_database
from database_servers.sharing import MissingServerError, shared
from pymongo import MongoClient
from pymongo.client_session import ClientSession
from pymongo.errors import InvalidOperation, OperationFailure

from customercore import CustomerCore, open_core
from customercore.errors import (
    ConflictError,
    DuplicateError,
    InvalidValueError,
    NotFoundError,
    TransactionError,
    retryable,
)


@pytest.fixture(scope="module")
def database() -> Iterator[MongoDatabase]:
    """Give a database that the host and the core share."""
    with new_mongo_database() as made:
        made.own.create_collection("orders")
        yield made


@pytest.fixture(scope="module")
def store(database: MongoDatabase) -> Iterator[CustomerCore]:
    """Open the store, with a client of its own."""
    with open_core(database.url, timeout=2) as core:
        yield core


@pytest.fixture
def core(store: CustomerCore, request: pytest.FixtureRequest) -> CustomerCore:
    """Give a tenant of its own to each test."""
    name = "".join(char if char.isalnum() else "-" for char in request.node.name)[-60:].strip("-")
    return store.for_tenant(name)


@pytest.fixture
def session(database: MongoDatabase) -> Iterator[ClientSession]:
    """Give a session of the host's."""
    with database.client.start_session() as session:
        yield session


def orders(database: MongoDatabase, customer: str) -> int:
    return database.own["orders"].count_documents({"customer": customer})


def person(number: int = 1) -> dict[str, str]:
    return {"email": f"p{number}@example.com", "first_name": "Pat", "last_name": f"Nr {number}"}


def test_what_the_host_commits_is_committed_with_it(
    core: CustomerCore, database: MongoDatabase, session: ClientSession
) -> None:
    with session.start_transaction():
        ada = core.bind(session).customers.create(**person())
        database.own["orders"].insert_one({"customer": ada.id}, session=session)
        with pytest.raises(NotFoundError):
            core.customers.get(ada.id)
    assert core.customers.get(ada.id) == ada
    assert [event.type for event in core.events_of(ada)] == ["customer.created"]
    assert orders(database, ada.id) == 1


def test_what_the_host_rolls_back_was_never_there(
    core: CustomerCore, database: MongoDatabase, session: ClientSession
) -> None:
    made = []
    with contextlib.suppress(ZeroDivisionError), session.start_transaction():
        bound = core.bind(session)
        made.append(bound.customers.create(**person()))
        bound.customers.update(made[0], first_name="Ada")
        assert bound.customers.get(made[0].id).first_name == "Ada"
        database.own["orders"].insert_one({"customer": made[0].id}, session=session)
        raise ZeroDivisionError
    with pytest.raises(NotFoundError):
        core.customers.get(made[0].id)
    assert core.events_of(made[0].id) == []
    assert orders(database, made[0].id) == 0


def test_the_drivers_own_way_of_repeating_a_transaction_works(
    core: CustomerCore, database: MongoDatabase, session: ClientSession
) -> None:
    core.flags.define("buyer")
    ada = core.customers.create(**person())

    def place(session: ClientSession) -> None:
        core.bind(session).customers.add_flags(ada, "buyer")
        database.own["orders"].insert_one({"customer": ada.id}, session=session)

    session.with_transaction(place)
    assert core.customers.get(ada).flags == {"buyer"}
    assert orders(database, ada.id) == 1


def test_a_transaction_that_is_not_begun_is_begun(core: CustomerCore, session: ClientSession) -> None:
    ada = core.bind(session).customers.create(**person())
    assert session.in_transaction
    assert core.customers.count() == 0
    session.commit_transaction()
    core.bind(session).customers.create(**person(2))
    session.abort_transaction()
    assert core.customers.get(ada.id) == ada
    assert core.customers.count() == 1


def duplicate(core: CustomerCore) -> None:
    core.customers.create(**person(1))


@pytest.mark.parametrize("swallowed", [True, False])
def test_an_error_after_a_write_leaves_nothing_of_the_hosts_transaction(
    core: CustomerCore, database: MongoDatabase, session: ClientSession, *, swallowed: bool
) -> None:
    """MongoDB has no savepoints (ruling 14): whatever the host does next fails, also its commit."""
    duplicate(core)
    session.start_transaction()
    bound = core.bind(session)
    two = bound.customers.create(**person(2))
    with pytest.raises(DuplicateError) as caught:
        duplicate(bound)
    assert caught.value.field == "email"
    if swallowed:
        with pytest.raises(OperationFailure):
            database.own["orders"].insert_one({"customer": two.id}, session=session)
    with pytest.raises(OperationFailure) as refused:
        session.commit_transaction()
    assert retryable(refused.value)
    assert core.customers.count() == 1
    assert orders(database, two.id) == 0


def test_an_error_before_any_write_leaves_the_transaction_usable(core: CustomerCore, session: ClientSession) -> None:
    with session.start_transaction():
        bound = core.bind(session)
        two = bound.customers.create(**person(2))
        with pytest.raises(NotFoundError):
            bound.customers.get("nobody")
        with pytest.raises(InvalidValueError):
            bound.customers.search(sort="nothing")
    assert core.customers.get(two) == two


def test_definitions_that_are_rolled_back_bind_nobody(core: CustomerCore, session: ClientSession) -> None:
    core.flags.define("old")
    with contextlib.suppress(ZeroDivisionError), session.start_transaction():
        bound = core.bind(session)
        bound.flags.define("vip")
        assert bound.customers.create(**person(), flags={"vip"}).flags == {"vip"}
        raise ZeroDivisionError
    with pytest.raises(InvalidValueError):
        core.customers.create(**person(), flags={"vip"})
    core.flags.define("new")  # with the version that the other definition had
    assert core.customers.create(**person(), flags={"new"}).flags == {"new"}


def test_a_key_is_used_up_when_the_host_commits(core: CustomerCore, session: ClientSession) -> None:
    with contextlib.suppress(ZeroDivisionError), session.start_transaction():
        core.bind(session).customers.create(**person(), idempotency_key="k")
        raise ZeroDivisionError
    with session.start_transaction():
        ada = core.bind(session).customers.create(**person(), idempotency_key="k")
    assert core.customers.create(**person(), idempotency_key="k") == ada


def test_searches_and_pages_see_what_the_host_wrote(core: CustomerCore, session: ClientSession) -> None:
    with session.start_transaction():
        bound = core.bind(session)
        for number in range(5):
            bound.customers.create(**person(number))
        assert [one.last_name for one in bound.customers.search(sort="last_name", limit=2).items] == ["Nr 0", "Nr 1"]
        assert len(list(bound.customers.iterate())) == 5
        assert core.customers.count() == 0
    assert core.customers.count() == 5


@pytest.mark.parametrize("wrong", [None, 1, "mongodb://", object()])
def test_what_is_no_session_is_refused(core: CustomerCore, wrong: object) -> None:
    with pytest.raises(InvalidValueError) as caught:
        core.bind(wrong).customers.count()
    assert (caught.value.field, caught.value.code) == ("connection", "wrong_type")


def test_a_session_that_has_ended_is_refused(core: CustomerCore, database: MongoDatabase) -> None:
    with database.client.start_session() as session:
        bound = core.bind(session)
    with pytest.raises(TransactionError):
        bound.customers.count()


def test_a_session_to_another_store_is_refused(core: CustomerCore, database: MongoDatabase) -> None:
    try:
        url = shared("mongodb-other", mongodb.plan).format(database=database.own.name)
    except MissingServerError as error:
        pytest.skip(str(error))
    client: MongoClient[dict[str, object]] = MongoClient(url)
    with client, client.start_session() as session:
        with pytest.raises(InvalidValueError) as caught:
            core.bind(session).customers.count()
        assert (caught.value.field, caught.value.code) == ("connection", "other_database")
        assert not session.in_transaction


def snapshots(core: CustomerCore, session: ClientSession, id: str) -> Callable[[], object]:
    bound = core.bind(session)
    bound.customers.get(id)
    return lambda: bound.customers.update(id, last_name="Two")


def test_two_hosts_that_change_the_same_customer_do_not_lose_a_change(
    core: CustomerCore, database: MongoDatabase, session: ClientSession
) -> None:
    ada = core.customers.create(**person())
    with database.client.start_session() as other:
        late = snapshots(core, other, ada.id)
        core.bind(session).customers.update(ada, first_name="One")
        session.commit_transaction()
        with pytest.raises(ConflictError) as caught:
            late()
        assert retryable(caught.value)
        with pytest.raises((OperationFailure, InvalidOperation)):
            other.commit_transaction()
        core.bind(other).customers.update(ada, last_name="Two")
        other.commit_transaction()
    now = core.customers.get(ada.id)
    assert (now.first_name, now.last_name, now.version) == ("One", "Two", 3)
