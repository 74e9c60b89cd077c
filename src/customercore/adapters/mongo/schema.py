"""The set-up's life: collections, indexes and validators, made once and recognised when they are not ours (ruling 20).

Each step can be done twice, and by two at once: so nothing is locked, and what was cut off is gone on with.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any

from pymongo import IndexModel
from pymongo.database import Database
from pymongo.errors import OperationFailure

from customercore.adapters.mongo.deliveries import DELIVERY_SCHEMA, delivery_indexes
from customercore.adapters.mongo.journal import EVENT_SCHEMA
from customercore.adapters.mongo.layout import DELIVERIES, ENTRIES, EVENTS, HOLDS, META, PREFIX, Layout
from customercore.adapters.mongo.ledger import ENTRY_SCHEMA, entry_indexes
from customercore.domain.text import FOLD_VERSION
from customercore.errors import SchemaError, StorageError
from customercore.ports.store import Migrate

__all__ = ["HEAD", "REVISIONS", "UNFINISHED", "check_server", "create", "meta_value", "prepare", "revision_of"]

REVISIONS = ("0001", "0002", "0003", "0004", "0005")
"""Every revision of the set-up that was released, oldest first."""
HEAD = REVISIONS[-1]
UNFINISHED = "unfinished"
"""The revision of a store that is being made, or whose making was cut off: nobody has used it yet."""
_OLDEST = 13
"""The oldest wire version that will do: that of MongoDB 5.0, the first with snapshots outside of transactions."""
_EXISTS = 48

_Database = Database[dict[str, Any]]


def check_server(database: _Database) -> None:
    """Raise `SchemaError` for a server that has no transactions, or is too old."""
    told = database.command("hello")
    if "setName" not in told and told.get("msg") != "isdbgrid":
        raise SchemaError(
            "replica_set_needed",
            "this MongoDB server stands alone, and transactions need a replica set, of one node at least: start"
            " mongod with --replSet rs0, run rs.initiate() in mongosh once, and add ?replicaSet=rs0 to the URL",
        )
    if told.get("maxWireVersion", 0) < _OLDEST:
        raise SchemaError("unsuitable_database", "MongoDB 5.0 is the oldest that will do")


def prepare(database: _Database, layouts: Iterable[Layout], migrate: Migrate) -> None:
    """Bring the set-up to `HEAD` as far as ``migrate`` allows; raise `SchemaError` otherwise."""
    check_server(database)
    state = revision_of(database)
    if state in (None, UNFINISHED):
        if migrate == "never":
            raise SchemaError("schema_missing", "the store is empty: open it with migrate='create'")
        create(database, layouts)
    elif state not in REVISIONS:
        raise SchemaError("schema_newer", "the store is of a newer release than this one", wanted=HEAD)
    elif state != HEAD:
        if migrate != "upgrade":
            raise SchemaError(
                "schema_older",
                "the store is of an older release: back it up, then open it with migrate='upgrade'",
                found=state,
                wanted=HEAD,
            )
        _settle(database, layouts, state)


def revision_of(database: _Database) -> str | None:
    """Return the revision of the store's set-up, None when it has none of our collections.

    Raises `SchemaError` (``schema_foreign``) when something has our names but no revision.
    """
    ours = [name for name in database.list_collection_names() if name.startswith(PREFIX)]
    if not ours:
        return None
    marks = {one["_id"]: one.get("value") for one in database[META].find()}
    if "schema" in marks:
        return str(marks["schema"])
    if ours == [META] and not marks:
        return UNFINISHED  # somebody is about to mark it
    raise SchemaError("schema_foreign", "the store has collections of our names that this library did not make")


def create(database: _Database, layouts: Iterable[Layout]) -> None:
    """Make the set-up of `HEAD`; where it is there already, nothing changes.

    It is marked as `UNFINISHED` first, and last as `HEAD`.
    """
    meta = database[META]
    for name, value in (("schema", UNFINISHED), ("secret", secrets.token_hex(32)), ("fold", FOLD_VERSION)):
        meta.update_one({"_id": name}, {"$setOnInsert": {"value": value}}, upsert=True)
    _settle(database, layouts, UNFINISHED)


def _settle(database: _Database, layouts: Iterable[Layout], found: str) -> None:
    """Make the collections, walls and indexes of `HEAD` where they are missing, and mark a store that was ``found``."""
    for layout in layouts:
        _make(database, layout.name, layout.wall(), layout.indexes())
    _make(database, EVENTS, {"$jsonSchema": EVENT_SCHEMA}, [])
    _make(database, DELIVERIES, {"$jsonSchema": DELIVERY_SCHEMA}, delivery_indexes())
    _make(database, ENTRIES, {"$jsonSchema": ENTRY_SCHEMA}, entry_indexes())
    stripe = {"bsonType": "object", "required": ["tenant", "version"]}
    _make(database, HOLDS, {"$jsonSchema": stripe}, [])
    database[META].update_one({"_id": "schema", "value": found}, {"$set": {"value": HEAD}})


def _make(database: _Database, name: str, validator: dict[str, Any], indexes: list[IndexModel]) -> None:
    wall: dict[str, Any] = {
        "validator": validator,
        "validationLevel": "strict",
        "validationAction": "error",
    }
    try:
        database.create_collection(name, check_exists=False, **wall)
    except OperationFailure as error:
        if error.code != _EXISTS:
            raise
        database.command("collMod", name, **wall)
    if indexes:
        database[name].create_indexes(indexes)


def meta_value(database: _Database, name: str) -> str:
    """Return a value of the store's own."""
    found = database[META].find_one({"_id": name})
    if found is None:
        raise StorageError("store_damaged", f"the store's meta record {name} is missing")
    return str(found["value"])
