"""What `customercore doctor` looks at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bson.max_key import MaxKey
from pymongo.database import Database

from customercore.adapters.mongo.layout import EVENTS, PREFIX, TENANT
from customercore.adapters.mongo.schema import HEAD, meta_value, revision_of
from customercore.domain.text import FOLD_VERSION
from customercore.ports.store import Finding

__all__ = ["findings"]


def findings(database: Database[dict[str, Any]]) -> Iterator[Finding]:
    """Yield what is found, and whether it is in order."""
    revision = revision_of(database)
    yield Finding("schema", revision == HEAD, f"revision {revision}, this release has {HEAD}")
    fold = meta_value(database, "fold")
    yield Finding("text keys", fold == FOLD_VERSION, f"folded by {fold}, this release folds by {FOLD_VERSION}")
    silent = _silent(database)
    yield Finding("events", silent == 0, f"{silent} customers have a version without an event")
    told = database.command("hello")
    version = database.client.server_info()["version"]
    yield Finding("server", ok=True, detail=str(version))
    members = told.get("hosts", ())
    place = f"{len(members)} nodes with data in {told['setName']}" if "setName" in told else "sharded"
    yield Finding("replica set", "setName" in told or told.get("msg") == "isdbgrid", place)
    writable = bool(told.get("isWritablePrimary"))
    yield Finding("writable", writable, "the primary answers" if writable else "no primary answers")


def _silent(database: Database[dict[str, Any]]) -> int:
    """Count the customers with fewer events than versions."""
    one = {"t": f"${TENANT}", "a": "customer", "i": "$_id.i"}
    between = [{"$gt": ["$_id", "$$first"]}, {"$lt": ["$_id", "$$end"]}]
    steps: list[dict[str, Any]] = [
        {"$project": {"version": 1, "first": one, "end": {**one, "v": {"$literal": MaxKey()}}}},
        {
            "$lookup": {
                "from": EVENTS,
                "let": {"first": "$first", "end": "$end"},
                "pipeline": [{"$match": {"$expr": {"$and": between}}}, {"$count": "count"}],
                "as": "events",
            }
        },
        {"$match": {"$expr": {"$gt": ["$version", {"$ifNull": [{"$first": "$events.count"}, 0]}]}}},
        {"$count": "count"},
    ]
    return next((int(found["count"]) for found in database[f"{PREFIX}customers"].aggregate(steps)), 0)
