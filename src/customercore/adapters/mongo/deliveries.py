"""What is on its way to subscribers, as documents of one collection."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection as Names
from collections.abc import Mapping, Sequence
from typing import Any

import attrs
from bson.max_key import MaxKey
from pymongo import IndexModel
from pymongo.collection import Collection

from customercore.adapters.mongo.form import moment
from customercore.adapters.mongo.layout import DELIVERIES, TENANT, index
from customercore.adapters.mongo.wire import Wire
from customercore.domain.delivery import DEAD, DELIVERED, WAITING, Candidate, Delivery, Number

__all__ = ["DELIVERY_SCHEMA", "MongoDeliveries", "delivery_indexes", "tenants_due"]

_TEXT = {"bsonType": "string"}
_WHOLE = {"bsonType": ["int", "long"]}
_MOMENT = {"bsonType": "date"}
_PLACE = {"s": "subscriber", "a": "aggregate", "i": "aggregate_id", "v": "version", "o": "ordinal"}
"""How the parts of a delivery's place are called in its ``_id``, behind the tenant."""
DELIVERY_SCHEMA: dict[str, Any] = {
    "bsonType": "object",
    "required": [TENANT, "s", "event_id", "type", "at", "state", "attempts", "fence"],
    "properties": {
        "_id": {
            "bsonType": "object",
            "required": ["t", *_PLACE],
            "properties": {"t": _TEXT, "s": _TEXT, "a": _TEXT, "i": _TEXT, "v": _WHOLE, "o": _WHOLE},
        },
        **dict.fromkeys((TENANT, "s", "event_id", "type", "state", "error_code", "error"), _TEXT),
        **dict.fromkeys(("attempts", "fence"), _WHOLE),
        **dict.fromkeys(("at", "due", "settled_at"), _MOMENT),
    },
}
"""What every delivery has to be, for the server to check."""
_FIELDS = [one.name for one in attrs.fields(Delivery) if one.name not in _PLACE.values()]


def delivery_indexes() -> list[IndexModel]:
    """Return the indexes of what is due, and of dead letters in the order of their list; the delivered are in none."""
    due = index("due_order", "s", "due", "_id.v", "_id.o", present="due")
    return [due, index("dead_order", "_id", of={"state": DEAD})]


class MongoDeliveries:
    """Implements `ports.deliveries.Deliveries` in one unit of work."""

    def __init__(self, collection: Collection[dict[str, Any]], wire: Wire, tenant: str) -> None:
        self._collection = collection
        self._wire = wire
        self._tenant = tenant

    def add(self, many: Sequence[Delivery]) -> None:
        """Store new ones."""
        self._wire.writing()
        documents = [self._document(one) for one in many]
        if documents:
            self._wire.change(lambda session: self._collection.insert_many(documents, session=session))

    def due(self, subscriber: str, now: dt.datetime, limit: int) -> list[Candidate]:
        """Return what is open and due."""
        self._wire.writing()
        steps: list[dict[str, Any]] = [
            {"$match": {TENANT: self._tenant, "s": subscriber, "due": {"$lte": now}}},
            {"$sort": {"due": 1, "_id.v": 1, "_id.o": 1}},
            {"$limit": limit},
            {"$lookup": _AHEAD},
        ]
        found = self._wire.run(lambda session: self._collection.aggregate(steps, session=session).to_list())
        return [_candidate(document) for document in found]

    def save(self, one: Delivery, *, fence: int) -> bool:
        """Store a delivery in place of the one with this fence."""
        document = self._document(one)
        key = document.pop("_id")
        gone = {name: "" for name in _FIELDS if name not in document}
        change = {"$set": document, **({"$unset": gone} if gone else {})}
        wanted = {"_id": key, TENANT: self._tenant, "fence": fence}
        was = self._wire.change(
            lambda session: self._collection.find_one_and_update(wanted, change, projection={"_id": 1}, session=session)
        )
        return was is not None

    def dead(
        self, *, subscriber: str = "", event_id: str = "", after: Delivery | None = None, limit: int = 100
    ) -> list[Delivery]:
        """Return dead letters in the order of subscriber, aggregate, id and number."""
        behind: Mapping[str, Any] = {"t": self._tenant} if after is None else self._key(after)
        where: dict[str, Any] = {
            TENANT: self._tenant,
            "_id": {"$gt": behind, "$lt": {"t": self._tenant, "s": MaxKey()}},
        }
        where |= {"state": DEAD, **({"s": subscriber} if subscriber else {})}
        where |= {"event_id": event_id} if event_id else {}
        return [_read(document) for document in self._found(where, limit)]

    def numbers(self, subscriber: str, aggregate: str, aggregate_id: str) -> list[Number]:
        """Return the numbers of one aggregate's events that have a row."""
        stream = {"t": self._tenant, "s": subscriber, "a": aggregate, "i": aggregate_id}
        where = {TENANT: self._tenant, "_id": {"$gt": stream, "$lt": {**stream, "v": MaxKey()}}}
        return [(one["_id"]["v"], one["_id"]["o"]) for one in self._found(where, 0)]

    def purge(self, before: dt.datetime, limit: int) -> int:
        """Delete delivered ones."""
        return self._deleted({TENANT: self._tenant, "state": DELIVERED, "settled_at": {"$lt": before}}, limit)

    def remove(self, subscriber: str, limit: int) -> int:
        """Delete a subscriber's."""
        return self._deleted({TENANT: self._tenant, "s": subscriber}, limit)

    def _found(self, where: Mapping[str, Any], limit: int) -> list[dict[str, Any]]:
        return self._wire.run(
            lambda session: self._collection.find(
                where, session=session, sort=[("_id", 1)], limit=limit, **self._wire.limits
            ).to_list()
        )

    def _deleted(self, where: Mapping[str, Any], limit: int) -> int:
        self._wire.writing()
        keys = [one["_id"] for one in self._found(where, limit)]
        gone = {TENANT: self._tenant, "_id": {"$in": keys}}
        if keys:
            self._wire.change(lambda session: self._collection.delete_many(gone, session=session))
        return len(keys)

    def _key(self, one: Delivery) -> dict[str, Any]:
        return {"t": self._tenant, **{short: getattr(one, name) for short, name in _PLACE.items()}}

    def _document(self, one: Delivery) -> dict[str, Any]:
        values = {name: value for name in _FIELDS if (value := getattr(one, name)) is not None}
        return {"_id": self._key(one), TENANT: self._tenant, "s": one.subscriber, **values}


_STREAM = {"t": "$_id.t", "s": "$_id.s", "a": "$_id.a", "i": "$_id.i"}
_AHEAD: dict[str, Any] = {
    "from": DELIVERIES,
    "let": {"first": _STREAM, "here": "$_id"},
    "pipeline": [
        {"$match": {"$expr": {"$and": [{"$gt": ["$_id", "$$first"]}, {"$lt": ["$_id", "$$here"]}]}}},
        {"$match": {"due": {"$exists": True}}},
        {
            "$group": {
                "_id": None,
                "count": {"$sum": 1},
                "until": {"$max": {"$cond": [{"$eq": ["$state", WAITING]}, "$due", None]}},
            }
        },
    ],
    "as": "ahead",
}
"""Counts what of a document's stream is open ahead of it."""


def tenants_due(collection: Collection[dict[str, Any]], subscribers: Names[str], now: dt.datetime) -> list[str]:
    """Return the tenants with a delivery to one of these subscribers that is due: `ports.store.Store.due`."""
    # Any tenant: so that the index, which a tenant leads, can be used.
    where = {TENANT: {"$gte": ""}, "s": {"$in": [*subscribers]}, "due": {"$lte": now}}
    return sorted(collection.distinct(TENANT, where))


def _candidate(document: dict[str, Any]) -> Candidate:
    ahead: dict[str, Any] = next(iter(document["ahead"]), {"count": 0, "until": None})
    return Candidate(_read(document), ahead["count"], None if ahead["until"] is None else moment(ahead["until"]))


def _read(document: dict[str, Any]) -> Delivery:
    place = {name: document["_id"][short] for short, name in _PLACE.items()}
    values = {name: document[name] for name in _FIELDS if name in document}
    moments = {name: moment(value) for name, value in values.items() if isinstance(value, dt.datetime)}
    return Delivery(**place | values | moments)
