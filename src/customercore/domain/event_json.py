"""Events as JSON, for those outside of this process: a form that only ever gains members.

A reader of an older form finds in a newer one everything that it knew, under the same name and with the same
meaning; a reader of a newer form reads the older ones. What changes in another way gets another ``format``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from customercore.domain.actor import Actor, BusinessUser, CustomerActor, System
from customercore.domain.event import Changes, Event
from customercore.errors import InvalidValueError

__all__ = ["EVENT_FORMAT", "EVENT_JSON_SCHEMA", "event_from_json", "event_json"]

EVENT_FORMAT = 1
"""The form that `event_json` writes."""
_ACTORS: dict[str, type[Actor]] = {one.kind: one for one in (System, BusinessUser, CustomerActor)}
_TEXT, _MAYBE = {"type": "string"}, {"type": ["string", "null"]}
_CHANGES = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "required": ["from", "to"],
        "properties": {"from": {}, "to": {}},
    },
}
EVENT_JSON_SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "An event of customercore",
    "type": "object",
    "required": [
        "format", "id", "type", "schema", "tenant", "aggregate", "aggregate_id", "version", "ordinal", "customer_id",
        "at", "actor", "reason", "changes", "personal",
    ],
    "properties": {
        "format": {"const": EVENT_FORMAT},
        "id": _TEXT,
        "type": _TEXT,
        "schema": {"type": "integer", "minimum": 1},
        "tenant": _TEXT,
        "aggregate": _TEXT,
        "aggregate_id": _TEXT,
        "version": {"type": "integer", "minimum": 1},
        "ordinal": {"type": "integer", "minimum": 0},
        "customer_id": _MAYBE,
        "at": {"type": "string", "format": "date-time"},
        "actor": {
            "type": "object",
            "required": ["kind", "id", "on_behalf_of"],
            "properties": {"kind": {"enum": [*_ACTORS]}, "id": _MAYBE, "on_behalf_of": _MAYBE},
        },
        "reason": _MAYBE,
        "changes": _CHANGES,
        "personal": _CHANGES,
    },
}  # fmt: skip
"""The JSON Schema of what `event_json` returns. Members that it does not name may come: readers pass over them."""


def event_json(event: Event, *, tenant: str) -> dict[str, Any]:
    """Return an event as JSON knows it. ``personal`` and ``reason`` hold personal values."""
    actor = event.actor
    return {
        "format": EVENT_FORMAT,
        "id": event.id,
        "type": event.type,
        "schema": event.schema,
        "tenant": tenant,
        "aggregate": event.aggregate,
        "aggregate_id": event.aggregate_id,
        "version": event.version,
        "ordinal": event.ordinal,
        "customer_id": event.customer_id,
        "at": event.at.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "actor": {"kind": actor.kind, "id": actor.id, "on_behalf_of": actor.on_behalf_of},
        "reason": event.reason,
        "changes": _written(event.changes),
        "personal": _written(event.personal),
    }


def event_from_json(form: Mapping[str, Any]) -> Event:
    """Return the event of a form that any release has written, without its tenant; members not known are passed over.

    Raises `InvalidValueError` (``event``) for what is none, or of a later ``format``.
    """
    if not isinstance(form, Mapping) or form.get("format") != EVENT_FORMAT:
        raise InvalidValueError.of("event", "unknown_format", f"must be an event in the format {EVENT_FORMAT}")
    try:
        actor = form["actor"]
        return Event(
            **{
                name: form[name] for name in ("id", "type", "aggregate", "aggregate_id", "version", "ordinal", "schema")
            },
            customer_id=form["customer_id"],
            at=dt.datetime.fromisoformat(form["at"]),
            actor=_ACTORS[actor["kind"]](id=actor["id"], on_behalf_of=actor["on_behalf_of"]),
            reason=form["reason"],
            changes=_read(form["changes"]),
            personal=_read(form["personal"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise InvalidValueError.of("event", "invalid_event", "must have every member of its format") from None


def _written(changes: Changes) -> dict[str, dict[str, Any]]:
    return {path: {"from": before, "to": after} for path, (before, after) in changes.items()}


def _read(form: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {path: (one["from"], one["to"]) for path, one in form.items()}
