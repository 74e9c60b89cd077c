"""Events as documents, in the order of their aggregate's versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from bson.max_key import MaxKey
from bson.min_key import MinKey
from pymongo.collection import Collection

from customercore.adapters.documents import event_actor
from customercore.adapters.meanings import numbered
from customercore.adapters.mongo.form import moment
from customercore.adapters.mongo.layout import TENANT
from customercore.adapters.mongo.wire import Wire
from customercore.domain.event import Event
from customercore.errors import CorruptRecordError

__all__ = ["EVENT_SCHEMA", "MongoJournal"]

_TEXT = {"bsonType": "string"}
_WHOLE = {"bsonType": ["int", "long"]}
EVENT_SCHEMA: dict[str, Any] = {
    "bsonType": "object",
    "required": [TENANT, "id", "type", "schema", "at", "actor"],
    "properties": {
        "_id": {
            "bsonType": "object",
            "required": ["t", "a", "i", "v", "o"],
            "properties": {"t": _TEXT, "a": _TEXT, "i": _TEXT, "v": _WHOLE, "o": _WHOLE},
        },
        TENANT: _TEXT,
        "id": _TEXT,
        "type": _TEXT,
        "schema": _WHOLE,
        "at": {"bsonType": "date"},
        "actor": {"bsonType": "object", "required": ["kind"]},
        "customer_id": _TEXT,
        "reason": _TEXT,
        "changes": {"bsonType": "array"},
        "personal": {"bsonType": "array"},
    },
}
"""What every event has to be, for the server to check."""


class MongoJournal:
    """The events of one tenant, in one unit of work; their numbers lead with tenant and aggregate in their ``_id``."""

    def __init__(self, collection: Collection[dict[str, Any]], wire: Wire, tenant: str) -> None:
        self._collection = collection
        self._wire = wire
        self._tenant = tenant

    def record(self, event: Event) -> None:
        """Append one event."""
        document = _document(self._tenant, event)
        with numbered():
            self._wire.change(lambda session: self._collection.insert_one(document, session=session))

    def load(self, events: Sequence[Event], *, deferred: bool = False) -> None:
        """Append many events at once."""
        self._wire.writing()
        documents = [_document(self._tenant, event) for event in events]
        if documents:
            self._wire.later(self._collection, documents, numbered)
            if not deferred:
                self._wire.settle()

    def of(self, aggregate: str, id: str, *, after: tuple[int, int] = (0, -1), limit: int = 100) -> list[Event]:
        """Return the events of one aggregate behind ``after``, oldest first."""
        one = self._key(aggregate, id)
        return self._between({**one, "v": after[0], "o": after[1]}, {**one, "v": MaxKey()}, limit, order=1)

    def back(self, aggregate: str, id: str, *, before: tuple[int, int] | None = None, limit: int = 100) -> list[Event]:
        """Return the events of one aggregate before a number, None for all of them, newest first."""
        one = self._key(aggregate, id)
        end: dict[str, Any] = {"v": MaxKey()} if before is None else {"v": before[0], "o": before[1]}
        return self._between({**one, "v": MinKey()}, {**one, **end}, limit, order=-1)

    def rewrite(self, events: Sequence[Event]) -> None:
        """Give stored events the personal part and the reason that these have."""
        self._wire.writing()
        for event in events:
            document = _document(self._tenant, event)
            put = {name: document[name] for name in ("personal", "reason") if name in document}
            gone = {} if "reason" in document else {"$unset": {"reason": ""}}
            which: dict[str, Any] = {TENANT: self._tenant, "_id": document["_id"]}
            change = partial(self._collection.update_one, which, {"$set": put, **gone})
            self._wire.change(lambda session: change(session=session))  # noqa: B023  called at once

    def _key(self, aggregate: str, id: str) -> dict[str, Any]:
        return {"t": self._tenant, "a": aggregate, "i": id}

    def _between(self, start: dict[str, Any], end: dict[str, Any], limit: int, *, order: int) -> list[Event]:
        where = {TENANT: self._tenant, "_id": {"$gt": start, "$lt": end}}
        found = self._wire.run(
            lambda session: self._collection.find(
                where, session=session, sort=[("_id", order)], limit=limit, batch_size=limit, **self._wire.limits
            ).to_list()
        )
        return [_read(document) for document in found]


def _document(tenant: str, event: Event) -> dict[str, Any]:
    actor = {"kind": event.actor.kind, "id": event.actor.id, "on_behalf_of": event.actor.on_behalf_of}
    document: dict[str, Any] = {
        "_id": {"t": tenant, "a": event.aggregate, "i": event.aggregate_id, "v": event.version, "o": event.ordinal},
        TENANT: tenant,
        "id": event.id,
        "type": event.type,
        "schema": event.schema,
        "at": event.at,
        "actor": {name: value for name, value in actor.items() if value is not None},
        "changes": _listed(event.changes),
        "personal": _listed(event.personal),
    }
    further = {"customer_id": event.customer_id, "reason": event.reason}
    return document | {name: value for name, value in further.items() if value is not None}


def _listed(changes: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return changes as a list: a path has dots, and may have whatever a key may have."""
    return [{"path": path, "was": was, "now": now} for path, (was, now) in changes.items()]


def _read(document: dict[str, Any]) -> Event:
    number = document["_id"]
    try:
        actor = document["actor"]
        return Event(
            aggregate=number["a"],
            aggregate_id=number["i"],
            version=number["v"],
            ordinal=number["o"],
            id=document["id"],
            type=document["type"],
            schema=document["schema"],
            customer_id=document.get("customer_id"),
            at=moment(document["at"]),
            actor=event_actor(actor["kind"], actor.get("id"), actor.get("on_behalf_of")),
            changes={one["path"]: (one["was"], one["now"]) for one in document["changes"]},
            personal={one["path"]: (one["was"], one["now"]) for one in document["personal"]},
            reason=document.get("reason"),
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise CorruptRecordError(
            "corrupt_record", "a stored event cannot be read back", kind="event", id=str(document.get("id"))
        ) from error
