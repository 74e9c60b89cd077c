"""Searches are pushed down: a page of 50 out of thousands takes 51 documents out of the driver, whatever is asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import attrs
import pytest
from database_servers.databases import MongoDatabase, any_database
from pymongo import MongoClient
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

from customercore.adapters.mongo.store import MongoStore
from customercore.adapters.sql.statements import Statement
from customercore.adapters.sql.wire import Wire
from customercore.catalogue.query import Query
from customercore.catalogue.resolve import resolve, resolve_sort
from customercore.domain.address import Address
from customercore.domain.criteria.tree import Criteria
from customercore.domain.criteria.where import where
from customercore.domain.customer import Customer
from customercore.ports.store import Store
from customercore.testing.arrangement import TENANT, ids
from customercore.testing.sample_info import defined, info_type
from customercore.testing.samples import customer
from customercore.wiring import open_store

COUNT, LIMIT = 2_000, 50
KNOWN = defined(
    info_type("points", "integer", searchable=True),
    info_type("colour", "choice", searchable=True, choices=("red", "blue")),
    info_type("sizes", "multi_choice", searchable=True, choices=("s", "m", "l")),
)
CRITERIA: dict[str, Criteria] = {
    "==": where.status == "active",
    "!=": where.first_name != "Name 3",
    "<": where.info("points") < 1_000,
    "<=": where.info("points") <= 900,
    ">": where.info("points") > 100,
    ">=": where.created_at >= dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    "between": where.info("points").between(200, 1_500),
    "is_in": where.info("colour").is_in(["red", "blue"]),
    "startswith": where.last_name.startswith("fam"),
    "contains": where.last_name.contains("mily 1"),
    "is_missing": where.company_name.is_missing(),
    "a custom number, exactly": where.info("points") == 7,
    "a custom choice": where.info("colour") == "red",
    "custom choices": where.info("sizes") == "m",
    "no custom choices": ~(where.info("sizes") == "m"),
    "flag": where.flag("vip"),
    "no flag": ~where.flag("vip"),
    "tag": where.tag("third"),
    "a rare tag": where.tag("only 7"),
    "some tags": where.tags.is_in(["third", "only 7", "only 8"]),
    "text": where.text("fam 12"),
    "no text": ~where.text("999"),
    "address": where.address.city == "Oslo",
    "one address": where.address.any(country="NO", city="Oslo"),
    "no such address": ~where.address.any(country="NO", city="Oslo"),
    "and": where.flag("vip") & (where.info("points") >= 500) & where.tag("third"),
    "or": where.flag("vip") | (where.info("points") >= 1_900),
    "not": ~(where.flag("vip") | (where.info("points") < 1_000)),
    "dense, and never together": where.flag("vip") & (where.info("colour") == "blue"),
}
SORTS = ("", "last_name", "-last_name", "info.points", "-created_at", "first_name", "last_name -info.points")


def _customer(number: int) -> Customer:
    even = number % 2 == 0
    book = (Address(id=f"a{number}", country="NO" if even else "SE", city="Oslo" if number % 3 else "Kiruna"),)
    at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=number * 7919 % COUNT)
    values: dict[str, Any] = {"colour": "red" if even else "blue", "sizes": frozenset("sml"[number % 3])}
    if number % 5:
        values["points"] = number * 31 % COUNT
    return attrs.evolve(
        customer(number),
        first_name=f"Name {number % 10}",
        last_name=None if number % 50 == 7 else f"Family {number * 17 % COUNT}",
        flags=frozenset({"vip"} if even else ()),
        tags=frozenset({f"only {number}", *(["third"] if number % 3 == 0 else [])}),
        addresses=book,
        info=Customer().info.changed(values),
        created_at=at,
    )


class Documents(CommandListener):
    """Counts the documents that leave the driver, exchange by exchange."""

    def __init__(self) -> None:
        self.counted: list[int] = []

    def started(self, event: CommandStartedEvent) -> None:
        """Count nothing yet."""

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """Count what MongoDB answered."""
        if event.command_name in ("find", "getMore", "aggregate"):
            cursor: dict[str, Any] = event.reply["cursor"]
            batch = cursor["nextBatch" if event.command_name == "getMore" else "firstBatch"]
            self.counted.append(sum(set(one) != {"_id", "n"} for one in batch))  # that is a count

    def failed(self, event: CommandFailedEvent) -> None:
        """Let the test fail by itself."""


@pytest.fixture(scope="module")
def documents() -> Documents:
    """Give what counts documents."""
    return Documents()


@pytest.fixture(scope="module", params=["sqlite", "postgresql-18", "mariadb", "mongodb"])
def empty(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, documents: Documents
) -> Iterator[Store]:
    """Give an empty store of each product."""
    if request.param == "sqlite":
        yield open_store(f"sqlite:///{tmp_path_factory.mktemp('fetched') / 'store.db'}", KNOWN.catalogue)
        return
    with any_database(request.param) as database:
        if isinstance(database, MongoDatabase):
            with MongoClient[dict[str, Any]](database.url, event_listeners=[documents]) as client:
                yield MongoStore.on(client, KNOWN.catalogue, timeout=10)
        else:
            yield open_store(database.url, KNOWN.catalogue)


@pytest.fixture(scope="module")
def store(empty: Store) -> Iterator[Store]:
    with closing(empty) as store:
        store.prepare("create")
        with store.unit(TENANT, write=True) as uow:
            uow.describe(KNOWN.customers)
            uow.customers.load([_customer(number) for number in range(COUNT)])
            uow.commit()
        yield store


@pytest.fixture(autouse=True)
def _counting(monkeypatch: pytest.MonkeyPatch, documents: Documents) -> None:
    """Count the rows with a document that leave the driver of a SQL store, statement by statement."""
    documents.counted.clear()
    rows = Wire.rows

    def counting(wire: Wire, statement: Statement, values: dict[str, Any], **how: Any) -> list[Any]:
        found = rows(wire, statement, values, **how)
        if statement.sql.startswith("EXPLAIN"):
            return found
        if "document" in statement.sql:
            documents.counted.append(len(found))
        else:
            assert len(found) <= 1, "what is no document is a count or a place in the order"
        return found

    monkeypatch.setattr(Wire, "rows", counting)


def _asked(criteria: Criteria, sort: str) -> Query:
    return Query(
        where=resolve(KNOWN.customers, criteria, KNOWN.definitions),
        order=resolve_sort(KNOWN.customers, sort.split() or None),
        limit=LIMIT,
    )


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("name", CRITERIA)
def test_no_more_than_the_page_and_one_leave_the_driver(
    store: Store, documents: Documents, name: str, sort: str
) -> None:
    asked = _asked(CRITERIA[name], sort)
    with store.unit(TENANT, write=False) as uow:
        uow.describe(KNOWN.customers)
        first = uow.customers.find(asked)
        assert sum(documents.counted) == len(first.items) + (first.after is not None) <= LIMIT + 1
        if first.after is None:
            return
        documents.counted.clear()
        second = uow.customers.find(attrs.evolve(asked, after=first.after))
        assert sum(documents.counted) == len(second.items) + (second.after is not None) <= LIMIT + 1
        assert not set(ids(first.items)) & set(ids(second.items))


def test_a_count_and_a_capped_count_fetch_one_row(store: Store, documents: Documents) -> None:
    with store.unit(TENANT, write=False) as uow:
        uow.describe(KNOWN.customers)
        for criteria in CRITERIA.values():
            assert uow.customers.count(_asked(criteria, ""), 10) <= 10
    assert sum(documents.counted) == 0
