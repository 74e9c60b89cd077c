"""The set-up on MongoDB: what creating makes, what is refused, and what was cut off goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bson import json_util
from database_servers import mongodb
from database_servers.databases import MongoDatabase, new_mongo_database
from database_servers.sharing import MissingServerError, shared
from first_customers import expect, fill, stopped
from pymongo.errors import WriteError

from customercore.adapters.mongo import schema
from customercore.adapters.mongo.schema import HEAD, REVISIONS
from customercore.errors import CustomerCoreError, InvalidValueError, SchemaError
from customercore.wiring import open_core

ROOT = Path(__file__).parents[2]
STORED = Path(__file__).parent / "schemas"
NAME = {"first_name": "Ada", "last_name": "Lovelace"}


@pytest.fixture
def database() -> Iterator[MongoDatabase]:
    with new_mongo_database() as made:
        yield made


def refused(url: str, **options: Any) -> CustomerCoreError:
    with pytest.raises(CustomerCoreError) as caught:
        open_core(url, timeout=2, **options)
    return caught.value


def test_a_server_that_stands_alone_is_refused_and_told_how_to_make_a_replica_set() -> None:
    try:
        url = shared("mongodb-standalone", mongodb.standalone).format(database="shop")
    except MissingServerError as missing:
        pytest.skip(str(missing))
    error = refused(url)
    assert (type(error), error.code) == (SchemaError, "replica_set_needed")
    assert "--replSet" in error.message
    assert "rs.initiate()" in error.message


@pytest.mark.parametrize(
    "url",
    [
        "mongodb://hidden:secret@127.0.0.1/",
        "mongodb://hidden:secret@127.0.0.1/a b",
        "mongodb://hidden:secret@127.0.0.1:port/shop",
        "mongodb:///shop",
    ],
)
def test_a_url_without_a_host_or_a_database_is_refused(url: str) -> None:
    error = refused(url)
    assert (type(error), error.code) == (InvalidValueError, "invalid_url")
    assert "secret" not in str(error)
    assert error.__cause__ is None


def test_an_empty_database_is_left_alone_where_nothing_may_be_made(database: MongoDatabase) -> None:
    assert refused(database.url, migrate="never").code == "schema_missing"
    assert database.own.list_collection_names() == []


def test_collections_of_our_names_that_are_not_ours_are_refused(database: MongoDatabase) -> None:
    database.own["customercore_customers"].insert_one({"_id": 1})
    for migrate in ("create", "upgrade", "never"):
        assert refused(database.url, migrate=migrate).code == "schema_foreign"
    assert database.own.list_collection_names() == ["customercore_customers"]


@pytest.mark.parametrize(("revision", "code"), [("9999", "schema_newer"), ("0000", "schema_newer")])
def test_a_store_of_an_unknown_release_is_refused(database: MongoDatabase, revision: str, code: str) -> None:
    open_core(database.url).close()
    database.own["customercore_meta"].update_one({"_id": "schema"}, {"$set": {"value": revision}})
    assert refused(database.url).code == code


def test_a_store_of_an_older_release_is_told_from_a_newer_one(
    database: MongoDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_core(database.url).close()
    monkeypatch.setattr(schema, "REVISIONS", (*REVISIONS, "next"))
    monkeypatch.setattr(schema, "HEAD", "next")
    assert refused(database.url).code == "schema_older"


def dumped(database: MongoDatabase) -> dict[str, Any]:
    """Return every collection of a store: its wall, its indexes, and its documents in their order."""
    found = {}
    for one in sorted(database.own.list_collections(), key=lambda each: str(each["name"])):
        collection = database.own[one["name"]]
        indexes = [{**index, "key": [*index["key"].items()]} for index in collection.list_indexes()]
        documents = list(collection.find(sort=[("_id", 1)]))
        found[one["name"]] = {"options": one["options"], "indexes": indexes, "documents": documents}
    return found


def restore(database: MongoDatabase, stored: dict[str, Any]) -> None:
    """Fill an empty database with what `dumped` returned."""
    for name, one in stored.items():
        collection = database.own.create_collection(name, **one["options"])
        for index in one["indexes"]:
            if index["name"] != "_id_":
                rest = {word: value for word, value in index.items() if word not in ("key", "v")}
                collection.create_index([(path, order) for path, order in index["key"]], **rest)
        if one["documents"]:
            collection.insert_many(one["documents"])


def stored(revision: str) -> dict[str, Any]:
    """Return what a release has stored."""
    found: dict[str, Any] = json_util.loads((STORED / revision / "mongodb.json").read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_store_of_every_release_can_be_upgraded(database: MongoDatabase, revision: str) -> None:
    restore(database, stored(revision))
    with open_core(database.url, migrate="upgrade") as core:
        expect(core)
        made = core.customers.create(email="new@example.com", **NAME)
        assert core.customers.get(made) == made
    with open_core(database.url, migrate="never") as core:
        assert core.customers.count() == 3


def test_the_stored_set_up_is_what_this_release_makes(database: MongoDatabase) -> None:
    """Documents, walls and indexes of the newest one; not the secret and what it signs, nor which stripes were held."""
    with open_core(database.url, **stopped()) as core:
        fill(core)
    made = json_util.loads(json_util.dumps(dumped(database), json_options=json_util.CANONICAL_JSON_OPTIONS))
    assert [_settled(one) for one in made.items()] == [_settled(one) for one in stored(HEAD).items()]


def _settled(one: tuple[str, Any]) -> tuple[str, Any]:
    """Return a collection without what chance has a part in."""
    name, found = one
    # A card's code is signed with the secret, and is in what the card is found by.
    chance = {"held", "fingerprint", "code_digest", *(["search"] if name == "customercore_gift_cards" else [])}
    found["documents"] = [
        {word: value for word, value in each.items() if word not in chance and each["_id"] != "secret"}
        for each in found["documents"]
    ]
    return name, found


def test_every_index_leads_with_the_tenant_and_every_collection_has_a_wall(database: MongoDatabase) -> None:
    open_core(database.url).close()
    for one in database.own.list_collections():
        name = one["name"]
        if name == "customercore_meta":
            continue
        assert "$jsonSchema" in one["options"]["validator"], name
        assert one["options"].get("validationLevel", "strict") == "strict"
        keys = [list(index["key"]) for index in database.own[name].list_indexes()]
        assert {key[0] for key in keys} <= {"_id", "tenant"}, name
        assert len(keys) < 64


@pytest.mark.parametrize(
    "wrong",
    [
        {"$unset": {"tenant": ""}},
        {"$set": {"version": "1"}},
        {"$set": {"created_at": "2026-01-01"}},
        {"$set": {"search.terms": "word:ada"}},
        {"$set": {"search.int_0": 1.5}},
    ],
)
def test_the_server_takes_no_document_of_another_shape(database: MongoDatabase, wrong: dict[str, Any]) -> None:
    with open_core(database.url) as core:
        core.customers.create(email="ada@example.com", **NAME)
        with pytest.raises(WriteError):
            database.own["customercore_customers"].update_one({}, wrong)


def test_a_document_is_one_that_people_can_read(database: MongoDatabase) -> None:
    with open_core(database.url) as core:
        fill(core)
        expect(core)
    found = database.own["customercore_customers"].find_one({"email": "ada@example.com", "kind": "registered"})
    assert found is not None
    del found["search"]
    assert found.pop("_id")["t"] == found.pop("tenant") == "default"
    assert {type(found[name]).__name__ for name in ("created_at", "birth_date")} == {"datetime"}
    assert found["addresses"][0]["city"] == "Örebro"
    assert (found["info"]["points"], found["version"], found["status"]) == (42, 2, "active")


# Makes the set-up, and dies before its command of this number.
DYING = """
import os, signal, sys
from pymongo import monitoring
from customercore.wiring import open_core

left = [int(sys.argv[2])]

class Count(monitoring.CommandListener):
    def started(self, event):
        if event.command_name in ("update", "create", "createIndexes", "collMod"):
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
    def succeeded(self, event): pass
    def failed(self, event): pass

monitoring.register(Count())
open_core(sys.argv[1], migrate=sys.argv[3]).close()
"""


def dies(url: str, number: int, migrate: str = "create") -> bool:
    """Let a process make the set-up and die on the way; tell whether it did."""
    path = os.pathsep.join([str(ROOT / "src"), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        [sys.executable, "-c", DYING, url, str(number), migrate],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        check=False,
    )
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode != 0


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 9, 16])
def test_a_creation_that_was_killed_is_gone_on_with(database: MongoDatabase, number: int) -> None:
    assert dies(database.url, number)
    assert refused(database.url, migrate="never").code == "schema_missing"
    with open_core(database.url) as core:
        assert core.customers.create(email="ada@example.com", **NAME).version == 1
        assert [finding for finding in core.check() if not finding.ok] == []
    assert not dies(database.url, 1)  # there is nothing left to make


@pytest.mark.parametrize("number", [1, 3, 43, 44, 45, 50])
def test_an_upgrade_that_was_killed_is_gone_on_with(database: MongoDatabase, number: int) -> None:
    restore(database, stored(REVISIONS[-2]))
    assert dies(database.url, number, "upgrade")
    assert refused(database.url).code == "schema_older"
    with open_core(database.url, migrate="upgrade") as core:
        expect(core)
        indexes = database.own["customercore_deliveries"].index_information()
        assert {*indexes} == {"_id_", "due_order", "dead_order"}
    assert not dies(database.url, 1, "upgrade")  # there is nothing left to make
