"""Jobs 1, 1b, 2 and 4 on MongoDB, against PyMongo alone on the same server: ``CUSTOMERCORE_BENCH_MONGO_URL`` names it.

The bare side works with collections that have the same documents, indexes and validators. It is given its
documents ready made and reads plain dictionaries: what the driver and the server cost, and nothing else.
"""

from __future__ import annotations

import itertools
import os
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from functools import partial
from typing import Any

from benchmarks.measure import Contest, Goal, Options, each
from benchmarks.people import FLAG, define_info, people_with_info
from pymongo import MongoClient, WriteConcern
from pymongo.collection import Collection
from pymongo.read_concern import ReadConcern

from customercore import CustomerCore, open_core, where

__all__ = ["create", "get", "search", "update"]

_URL = "CUSTOMERCORE_BENCH_MONGO_URL"
_GOAL = Goal("ratio", 1.3, 1.95)
_MAJORITY, _SNAPSHOT = WriteConcern("majority"), ReadConcern("snapshot")
_BATCH = 1_000
Document = dict[str, Any]


class _Bare:
    """PyMongo alone, on collections like ours."""

    def __init__(self, client: MongoClient[Document], core: CustomerCore) -> None:
        self._client = client
        self._own = client.get_default_database()
        self.customers = self._like("customercore_customers")
        self.events = self._like("customercore_events")
        made = core.customers.create(**next(people_with_info()))
        template = self._own["customercore_customers"].find_one({"_id.i": made.id})
        event = self._own["customercore_events"].find_one({"_id.i": made.id})
        assert template is not None
        assert event is not None
        self._template: Mapping[str, Any] = template
        self._event: Mapping[str, Any] = event

    def _like(self, name: str) -> Collection[Document]:
        (options,) = (one["options"] for one in self._own.list_collections(filter={"name": name}))
        copy = self._own.create_collection(f"bare_{name}", validator=options["validator"])
        for index in self._own[name].list_indexes():
            if index["name"] != "_id_":
                named = {word: index[word] for word in ("unique", "partialFilterExpression") if word in index}
                copy.create_index(list(index["key"].items()), name=index["name"], **named)
        return copy

    def documents(self, count: int) -> list[tuple[Document, Document]]:
        """Return customers and their events, ready to be stored."""
        made = []
        for _ in range(count):
            one, event, id = deepcopy(dict(self._template)), deepcopy(dict(self._event)), str(uuid.uuid4())
            one["_id"]["i"], event["_id"]["i"] = id, id
            one["email"] = f"{id}@example.com"
            one["search"]["claims"] = [f"email:{id}@example.com", f"code:{id}"]
            made.append((one, event))
        return made

    def create(self, pair: tuple[Document, Document]) -> None:
        with self._client.start_session() as session, session.start_transaction(_SNAPSHOT, _MAJORITY):
            self.customers.insert_one(pair[0], session=session)
            self.events.insert_one(pair[1], session=session)

    def update(self, pair: tuple[Document, Document]) -> None:
        one, event = pair
        with self._client.start_session() as session, session.start_transaction(_SNAPSHOT, _MAJORITY):
            event["_id"]["v"] += 1
            still = {"_id": one["_id"], "version": event["_id"]["v"] - 1}
            company, words = f"company {event['_id']['v']}", one["search"]["terms"]
            change = {
                "version": event["_id"]["v"],
                "company_name": company.title(),
                "search.company_name_key": company,
                "search.company_name_sort": company,
                "search.terms": [*words, "word:company", f"word:{event['_id']['v']}"],
            }
            assert self.customers.update_one(still, {"$set": change}, session=session).matched_count
            self.events.insert_one(event, session=session)


@contextmanager
def _both() -> Iterator[tuple[CustomerCore, _Bare]]:
    """Open a new store of ours, and the bare driver beside it."""
    url = os.environ[_URL]
    client: MongoClient[Document] = MongoClient(url)
    with client:
        client.drop_database(client.get_default_database().name)
        with open_core(url) as core:
            core.flags.define(FLAG)
            define_info(core)
            yield core, _Bare(client, core)
        client.drop_database(client.get_default_database().name)


def create(options: Options) -> Iterator[Contest]:
    """Create a customer with an address, three info values, a flag, a tag and its event, in one transaction."""
    with _both() as (core, bare):
        people = people_with_info()
        next(people)
        yield Contest(
            "m1",
            "MongoDB: create a customer",
            _GOAL,
            each(lambda one: core.customers.create(**one), lambda: list(itertools.islice(people, options.calls))),
            each(bare.create, lambda: bare.documents(options.calls)),
        )


def update(options: Options) -> Iterator[Contest]:
    """Change a customer's company, checking its version, with the event."""
    with _both() as (core, bare):
        given = list(itertools.islice(people_with_info(), 1, options.calls + 1))
        ours = {core.customers.create(**fields).id: 1 for fields in given}
        pairs = bare.documents(options.calls)
        for pair in pairs:
            bare.create(pair)

        def update_ours(id: str) -> None:
            core.customers.update(id, expected_version=ours[id], company_name=f"Company {ours[id]}")
            ours[id] += 1

        yield Contest(
            "m1b",
            "MongoDB: update a customer at a known version",
            _GOAL,
            each(update_ours, lambda: list(ours)),
            each(bare.update, lambda: pairs),
        )


def get(options: Options) -> Iterator[Contest]:
    """Read each of some customers, by id and by e-mail address."""
    with _both() as (core, bare):
        given = list(itertools.islice(people_with_info(), 1, options.calls + 1))
        ours = [core.customers.create(**fields).id for fields in given]
        pairs = bare.documents(options.calls)
        bare.customers.insert_many([one for one, _ in pairs])
        claims = [one["search"]["claims"][0] for one, _ in pairs]
        whole = {"search": False}
        yield Contest(
            "m2",
            "MongoDB: get a customer by id",
            _GOAL,
            each(core.customers.get, lambda: ours),
            each(lambda pair: bare.customers.find_one({"_id": pair[0]["_id"]}, whole), lambda: pairs),
        )
        yield Contest(
            "m2",
            "MongoDB: get a customer by e-mail",
            _GOAL,
            each(core.customers.by_email, lambda: [fields["email"] for fields in given]),
            each(
                lambda claim: bare.customers.find_one({"tenant": "default", "search.claims": claim}, whole),
                lambda: claims,
            ),
        )


def search(options: Options) -> Iterator[Contest]:
    """Find page 1 of customers with a flag and points from a number on, by name."""
    with _both() as (core, bare):
        _fill(core, options.customers)
        ours, own = bare.customers.database["customercore_customers"], {"tenant": "default"}
        by = [("search.last_name_sort", 1), ("_id", 1)]
        for share, least in ((0.5, 500), (0.01, 990)):
            asked = {"search.terms": f"flag:{FLAG}", "search.int_0": {"$gte": least}}
            matching = {**own, **asked, "status": "active", "kind": "registered"}
            criteria = where.flag(FLAG) & (where.info("points") >= least)
            yield Contest(
                "m4",
                f"MongoDB: page 1 of {options.customers:,} customers, points of {share:.0%}",
                _GOAL,
                each(lambda one: core.customers.search(one, limit=50), partial(_twenty, criteria)),
                each(
                    lambda one: ours.find(one, {"search": False}, sort=by, limit=51, batch_size=51).to_list(),
                    partial(_twenty, matching),
                ),
            )


def _twenty(asked: Any) -> list[Any]:
    return [asked] * 20


def _fill(core: CustomerCore, count: int) -> None:
    people = itertools.islice(people_with_info(), 1, count + 1)
    while batch := list(itertools.islice(people, _BATCH)):
        with core.transaction() as tx:
            for one in batch:
                tx.customers.create(**one)
