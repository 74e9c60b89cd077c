"""A core joins the host's own transaction: what both did is committed together, or neither is there."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from database_servers.databases import new_database
from sqlalchemy import Column, Engine, Integer, MetaData, String, Table, create_engine, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from customercore import BusinessUser, CustomerCore, open_core
from customercore.errors import (
    ConflictError,
    DuplicateError,
    InvalidValueError,
    NotFoundError,
    TransactionError,
    retryable,
)

ORDERS = Table("orders", MetaData(), Column("number", Integer, primary_key=True), Column("customer", String(64)))


class Base(DeclarativeBase):
    """The host's own classes."""


class Invoice(Base):
    """A row that the host's ORM writes."""

    __tablename__ = "invoices"
    number: Mapped[int] = mapped_column(primary_key=True)
    customer: Mapped[str] = mapped_column(String(64))


@pytest.fixture(scope="module", params=["sqlite", "postgresql-18", "mariadb"])
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Name a database that the host and the core share."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('bind')}/shop.db"
        return
    with new_database(request.param) as database:
        yield database.url


@pytest.fixture(scope="module")
def engine(url: str) -> Iterator[Engine]:
    """Give the host's engine, as a host would make it."""
    engine = create_engine(url)
    ORDERS.create(engine)
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def store(url: str, engine: Engine) -> Iterator[CustomerCore]:
    """Open the store, with connections of its own."""
    with open_core(url, timeout=2) as core:
        yield core


@pytest.fixture
def core(store: CustomerCore, request: pytest.FixtureRequest) -> CustomerCore:
    """Give a tenant of its own to each test."""
    name = "".join(char if char.isalnum() else "-" for char in request.node.name)[-60:].strip("-")
    return store.for_tenant(name)


def orders(engine: Engine, customer: str) -> int:
    with engine.connect() as connection:
        return connection.execute(select(func.count()).where(ORDERS.c.customer == customer)).scalar_one()


def person(number: int = 1) -> dict[str, str]:
    return {"email": f"p{number}@example.com", "first_name": "Pat", "last_name": f"Nr {number}"}


def test_what_the_host_commits_is_committed_with_it(core: CustomerCore, engine: Engine) -> None:
    with engine.begin() as connection:
        ada = core.bind(connection).customers.create(**person())
        connection.execute(ORDERS.insert().values(number=1, customer=ada.id))
    assert core.customers.get(ada.id).version == 1
    assert [event.type for event in core.events_of(ada)] == ["customer.created"]
    assert orders(engine, ada.id) == 1


def test_what_the_host_rolls_back_was_never_there(core: CustomerCore, engine: Engine) -> None:
    with contextlib.suppress(ZeroDivisionError), engine.begin() as connection:
        bound = core.bind(connection)
        connection.execute(ORDERS.insert().values(number=2, customer="nobody"))
        ada = bound.customers.create(**person())
        bound.customers.update(ada, first_name="Ada")
        assert bound.customers.get(ada.id).first_name == "Ada"
        raise ZeroDivisionError
    with pytest.raises(NotFoundError):
        core.customers.get(ada.id)
    assert core.events_of(ada.id) == []
    assert orders(engine, "nobody") == 0


def test_a_session_is_joined_too(core: CustomerCore, engine: Engine) -> None:
    with Session(engine) as session:
        bound = core.bind(session)
        ada = bound.customers.create(**person())
        session.add(Invoice(number=1, customer=ada.id))
        session.rollback()
        ada = bound.customers.create(**person())
        session.add(Invoice(number=2, customer=ada.id))
        session.commit()
    with Session(engine) as session:
        assert session.scalars(select(Invoice.number).where(Invoice.customer == ada.id)).all() == [2]
    assert core.customers.by_email("p1@example.com").id == ada.id


def test_a_connection_whose_transaction_is_not_begun_is_begun(core: CustomerCore, engine: Engine) -> None:
    with engine.connect() as connection:
        ada = core.bind(connection).customers.create(**person())
        connection.commit()
        core.bind(connection).customers.create(**person(2))
    assert core.customers.get(ada.id) == ada
    assert core.customers.count() == 1


def test_a_call_that_raises_leaves_the_transaction_usable(core: CustomerCore, engine: Engine) -> None:
    core.customers.create(**person(1))
    with engine.begin() as connection:
        bound = core.bind(connection)
        two = bound.customers.create(**person(2))
        with pytest.raises(DuplicateError) as caught:
            bound.customers.create(**person(1))
        assert caught.value.field == "email"
        with pytest.raises(InvalidValueError):
            bound.customers.create(email="x")
        connection.execute(ORDERS.insert().values(number=3, customer=two.id))
        bound.customers.create(**person(3))
    assert core.customers.count() == 3
    assert orders(engine, two.id) == 1


def test_definitions_that_are_rolled_back_bind_nobody(core: CustomerCore, engine: Engine) -> None:
    core.flags.define("old")
    with contextlib.suppress(ZeroDivisionError), engine.begin() as connection:
        bound = core.bind(connection)
        bound.flags.define("vip")
        assert bound.customers.create(**person(), flags={"vip"}).flags == {"vip"}
        raise ZeroDivisionError
    with pytest.raises(InvalidValueError):
        core.customers.create(**person(), flags={"vip"})
    core.flags.define("new")  # with the version that the other definition had
    assert core.customers.create(**person(), flags={"new"}).flags == {"new"}
    with engine.begin() as connection:
        assert core.bind(connection).customers.create(**person(2), flags={"new"}).flags == {"new"}


def test_a_key_is_used_up_when_the_host_commits(core: CustomerCore, engine: Engine) -> None:
    with contextlib.suppress(ZeroDivisionError), engine.begin() as connection:
        core.bind(connection).customers.create(**person(), idempotency_key="k")
        raise ZeroDivisionError
    with engine.begin() as connection:
        ada = core.bind(connection).customers.create(**person(), idempotency_key="k")
    with engine.begin() as connection:
        assert core.bind(connection).customers.create(**person(), idempotency_key="k") == ada
    assert core.customers.create(**person(), idempotency_key="k") == ada


def test_the_core_of_another_actor_is_bound_too(core: CustomerCore, engine: Engine) -> None:
    with engine.begin() as connection:
        ada = core.acting_as(BusinessUser("kim")).bind(connection).customers.create(**person())
    assert core.events_of(ada)[0].actor == BusinessUser("kim")


def test_searches_and_pages_see_what_the_host_wrote(core: CustomerCore, engine: Engine) -> None:
    with engine.begin() as connection:
        bound = core.bind(connection)
        for number in range(5):
            bound.customers.create(**person(number))
        assert [one.last_name for one in bound.customers.search(sort="last_name", limit=2).items] == ["Nr 0", "Nr 1"]
        assert len(list(bound.customers.iterate())) == 5
        assert core.customers.count() == 0
    assert core.customers.count() == 5


@pytest.mark.parametrize("wrong", [None, 1, "sqlite://", object()])
def test_what_is_no_connection_is_refused(core: CustomerCore, wrong: object) -> None:
    with pytest.raises(InvalidValueError) as caught:
        core.bind(wrong).customers.count()
    assert (caught.value.field, caught.value.code) == ("connection", "wrong_type")


def test_a_connection_that_commits_each_statement_is_refused(core: CustomerCore, engine: Engine) -> None:
    with (
        engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection,
        pytest.raises(InvalidValueError) as caught,
    ):
        core.bind(connection).customers.create(**person())
    assert caught.value.code == "autocommit"
    assert core.customers.count() == 0


def test_a_connection_to_another_product_is_refused(core: CustomerCore, tmp_path: Path, url: str) -> None:
    if url.startswith("sqlite"):
        pytest.skip("the other product is this one")
    with create_engine(f"sqlite:///{tmp_path}/other.db").connect() as other, pytest.raises(InvalidValueError) as caught:
        core.bind(other).customers.count()
    assert caught.value.code == "other_database"


def test_a_closed_connection_is_refused(core: CustomerCore, engine: Engine) -> None:
    with engine.connect() as connection:
        bound = core.bind(connection)
    with pytest.raises(TransactionError):
        bound.customers.count()


def test_a_bound_core_opens_no_transaction(core: CustomerCore, engine: Engine) -> None:
    with engine.begin() as connection:
        bound = core.bind(connection)
        with pytest.raises(TransactionError), bound.transaction():
            pass
        with pytest.raises(TransactionError):
            bound.bind(connection)
        with pytest.raises(TransactionError), core.transaction() as tx:
            tx.bind(connection)


def test_memory_joins_nobody(engine: Engine) -> None:
    with engine.begin() as connection, pytest.raises(InvalidValueError) as caught:
        open_core("memory://").bind(connection).customers.count()
    assert caught.value.code == "not_joinable"


def test_the_store_runs_on_the_hosts_engine(engine: Engine, request: pytest.FixtureRequest) -> None:
    tenant = "on-engine"
    with open_core(engine=engine, tenant=tenant) as core:
        ada = core.customers.create(**person())
        with pytest.raises(DuplicateError):
            core.customers.create(**person())
        with core.transaction() as tx:
            tx.customers.update(ada, first_name="Ada")
        with engine.begin() as connection:
            core.bind(connection).customers.update(ada, last_name="L")
        assert core.customers.get(ada.id).version == 3
        assert len(list(core.customers.iterate())) == 1
        assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]  # a pool of the usual sort
        assert all(finding.ok for finding in core.check())
    with engine.connect() as connection:  # the pool gives connections as the host had them
        connection.execute(ORDERS.insert().values(number=99, customer="x"))
        connection.rollback()
    assert orders(engine, "x") == 0


def test_an_engine_and_a_url_are_one_too_many(engine: Engine, url: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        open_core(url, engine=engine)
    assert caught.value.field == "url"
    with pytest.raises(InvalidValueError) as caught:
        open_core(engine="sqlite:///x.db")
    assert (caught.value.field, caught.value.code) == ("engine", "wrong_type")


def test_two_hosts_that_change_the_same_customer_do_not_lose_a_change(core: CustomerCore, engine: Engine) -> None:
    """The second one is told to run again, or makes its change after the first one's."""
    ada = core.customers.create(**person())
    with engine.connect() as one, engine.connect() as two:
        if engine.dialect.name != "sqlite":
            core.bind(two).customers.get(ada.id)  # its snapshot, where it keeps one, is older than the first change
        core.bind(one).customers.update(ada, first_name="One")
        one.commit()
        try:
            core.bind(two).customers.update(ada, last_name="Two")
        except ConflictError as error:
            again = retryable(error)
            two.rollback()
            core.bind(two).customers.update(ada, last_name="Two")
        else:
            again = True
        two.commit()
    now = core.customers.get(ada.id)
    assert again
    assert (now.first_name, now.last_name, now.version) == ("One", "Two", 3)


def test_two_tenants_in_one_transaction_of_the_host_never_meet(
    core: CustomerCore, store: CustomerCore, engine: Engine
) -> None:
    name = "other" + core.customers.create(**person()).id[-12:]
    with engine.begin() as connection:
        ours, theirs = core.bind(connection), store.for_tenant(name).bind(connection)
        mine = ours.customers.by_email("p1@example.com")
        theirs.flags.define("vip")
        neighbour = theirs.customers.create(**person(), flags=["vip"])
        for reader, one, stranger in ((ours, mine, neighbour), (theirs, neighbour, mine)):
            assert [each.id for each in reader.customers.search().items] == [one.id]
            assert reader.customers.by_email("P1@example.com").id == one.id
            with pytest.raises(NotFoundError):
                reader.customers.get(stranger.id)
            with pytest.raises(NotFoundError):
                reader.customers.update(stranger.id, last_name="Taken")
        assert [flag.code for flag in ours.flags.list()] == []
    assert core.customers.count() == store.for_tenant(name).customers.count() == 1
