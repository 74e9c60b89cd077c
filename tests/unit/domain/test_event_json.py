"""Events as JSON: what was written once can always be read, by old readers and by new ones."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from customercore import BusinessUser, CustomerActor, System
from customercore.domain.event import Event
from customercore.domain.event_json import EVENT_FORMAT, EVENT_JSON_SCHEMA, event_from_json, event_json
from customercore.errors import InvalidValueError
from customercore.testing.samples import HARD_TEXTS, event, identifier, moment

STORED = Path(__file__).parent / "events"
DOCUMENTS = sorted(STORED.glob("*.json"))
UPDATED = event(
    2, 1, actor=BusinessUser(id="jane", on_behalf_of="42"), customer_id=identifier(1), reason="asked for it",
    at=dt.datetime(2026, 1, 31, 12, tzinfo=dt.UTC),
    changes={"status": ("active", "inactive"), "flags": (None, ["vip"]), "info.points": (1, 2)},
    personal={"last_name": ("Byron", "King")},
)  # fmt: skip
KNOWN: dict[str, Event] = {
    "1-customer-updated": UPDATED,
    "1-shop-created": event(1, type="shop.created", aggregate="shop", at=UPDATED.at, changes={"code": (None, "se")}),
}
"""What each stored document tells. A file is never made anew: whoever got it has it."""


def told_to_an_old_reader(form: Mapping[str, Any]) -> list[str]:
    """Read as a consumer of the first format does, by hand; return who changed what."""
    assert form["format"] == 1
    at = dt.datetime.strptime(form["at"], "%Y-%m-%dT%H:%M:%S.%f%z")
    who = form["actor"]["on_behalf_of"] or form["actor"]["id"] or form["actor"]["kind"]
    head = f"{form['tenant']} {form['id']} {form['type']}/{form['schema']} {at.year} {who} {form['reason']}"
    place = (form["aggregate"], form["aggregate_id"], form["version"], form["ordinal"], form["customer_id"])
    changes = [
        f"{path}: {one['from']}>{one['to']}" for part in ("changes", "personal") for path, one in form[part].items()
    ]
    return [head, str(place), *changes]


def test_there_is_a_stored_document_of_every_format() -> None:
    assert {one.stem for one in DOCUMENTS} == set(KNOWN)
    assert {int(one.stem.partition("-")[0]) for one in DOCUMENTS} == set(range(1, EVENT_FORMAT + 1))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_a_stored_document_is_read_by_this_release(path: Path) -> None:
    assert event_from_json(json.loads(path.read_text("utf-8"))) == KNOWN[path.stem]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_a_reader_of_the_first_format_reads_what_this_release_writes_as_it_read_the_stored_one(path: Path) -> None:
    stored = json.loads(path.read_text("utf-8"))
    now = json.loads(json.dumps(event_json(KNOWN[path.stem], tenant="acme")))
    assert told_to_an_old_reader(now) == told_to_an_old_reader(stored)
    assert {name: now[name] for name in stored} == stored


@pytest.mark.parametrize(
    "actor", [System(), System(id="job"), CustomerActor(id="7"), BusinessUser(id="1", on_behalf_of="2")]
)
def test_what_is_written_is_read_back(actor: Any) -> None:
    personal = {f"addresses.{text}": (None, text) for text in HARD_TEXTS}
    one = event(3, actor=actor, at=moment(5), personal=personal, changes={"n": (2**53 + 1, None)})
    assert event_from_json(json.loads(json.dumps(event_json(one, tenant="acme")))) == one


def test_members_that_a_later_release_adds_are_passed_over() -> None:
    form = {**event_json(UPDATED, tenant="acme"), "later": {"more": 1}}
    assert event_from_json(form) == UPDATED


@pytest.mark.parametrize(
    "wrong", [None, {}, {"format": 2}, {"format": 1}, {**event_json(UPDATED, tenant="a"), "at": "soon"}]
)
def test_what_is_no_event_is_refused(wrong: Any) -> None:
    with pytest.raises(InvalidValueError) as caught:
        event_from_json(wrong)
    assert caught.value.field == "event"


def test_the_schema_names_every_member_that_is_written() -> None:
    form = event_json(UPDATED, tenant="acme")
    assert set(EVENT_JSON_SCHEMA["required"]) == set(EVENT_JSON_SCHEMA["properties"]) == set(form)
    types = {"string": str, "integer": int, "object": dict, "null": type(None)}
    for name, rule in EVENT_JSON_SCHEMA["properties"].items():
        allowed = rule.get("type", "integer")
        assert isinstance(form[name], tuple(types[one] for one in ([allowed] if isinstance(allowed, str) else allowed)))
