"""The history of every aggregate: who, when, why, and each field from what to what."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from typing import Any

import pytest

from customercore import BusinessUser, Customer, CustomerCore, System
from customercore.domain.history import FieldChange, HistoryEntry
from customercore.errors import InvalidValueError, NotFoundError
from customercore.ports.store import Store
from customercore.services.history import erase_history
from customercore.testing.fakes import FixedClock

CLERK = BusinessUser("clerk", on_behalf_of="boss")
CANARY = "Xanthippe"
MakeCore = Callable[..., CustomerCore]


def made(core: CustomerCore, **fields: Any) -> Customer:
    return core.customers.create(**{"email": "ada@example.com", "first_name": "Ada", "last_name": "Byron", **fields})


def test_history_tells_who_when_why_and_what_from_what_to_what(core: CustomerCore, clock: FixedClock) -> None:
    ada = made(core)
    clock.advance(60)
    clerk = core.acting_as(CLERK)
    clerk.customers.update(ada, last_name="Lovelace", language="en", reason="she married")
    newest, first = core.history(ada).items
    assert (newest.type, newest.version, newest.reason) == ("customer.updated", 2, "she married")
    assert (newest.actor, newest.on_behalf_of) == (CLERK, "boss")
    assert newest.at == ada.created_at + dt.timedelta(seconds=60)
    assert newest.changes == (
        FieldChange("language", None, "en"),
        FieldChange("last_name", "Byron", "Lovelace", personal=True),
    )
    assert (first.type, first.actor, first.on_behalf_of, first.reason) == ("customer.created", System(), None, None)
    assert FieldChange("email", None, "ada@example.com", personal=True) in first.changes
    assert [one.id for one in core.events_of(ada)] == [first.id, newest.id]


def test_every_aggregate_has_a_history(core: CustomerCore) -> None:
    core.info_types.define("points", "integer")
    core.templates.set("customer.welcome", subject="Hello")
    own = core.acting_as(CLERK, reason="ticket 12")
    settings = own.settings.update(customers={"code_pattern": None})
    shop = own.shops.create("se", name="Web")
    shop = own.shops.update("se", name="Shop")
    flag = own.flags.define("vip", label="VIP")
    press = own.customer_types.define("press")
    info_type = own.info_types.update("points", position=3)
    template = own.templates.set("customer.welcome", subject="Welcome")
    note = own.customers.add_note(made(core), "likes tea")
    told = {
        one: next((entry.type, entry.actor, entry.reason) for entry in core.history(one).items)
        for one in (settings, shop, flag, press, info_type, template, note)
    }
    types = [type for type, actor, reason in told.values() if (actor, reason) == (CLERK, "ticket 12")]
    assert types == [
        "tenant.created", "shop.updated", "flag.created", "customer_type.created", "info_type.updated",
        "template.updated", "note.created",
    ]  # fmt: skip
    (newest, _) = core.history(shop).items
    assert newest.changes == (FieldChange("name", "Web", "Shop"),)


def test_a_reason_of_the_call_goes_before_that_of_the_actor(core: CustomerCore) -> None:
    ada = made(core)
    clerk = core.acting_as(CLERK, reason="ticket 12")
    clerk.customers.deactivate(ada, reason="she asked")
    clerk.customers.reactivate(ada)
    clerk.customers.reactivate(ada, reason="unused: nothing changed")
    assert [one.reason for one in core.history(ada).items] == ["ticket 12", "she asked", None]


@pytest.mark.parametrize("reason", ["x" * 1_001, "a\x00", 5])
def test_a_reason_that_cannot_be_kept_is_refused(core: CustomerCore, reason: Any) -> None:
    ada = made(core)
    calls: list[Callable[[], object]] = [
        lambda: core.acting_as(CLERK, reason=reason),
        lambda: core.customers.update(ada, last_name="x", reason=reason),
    ]
    for call in calls:
        with pytest.raises(InvalidValueError) as caught:
            call()
        assert [problem.field for problem in caught.value.problems] == ["reason"]
    assert core.customers.get(ada) == ada


def test_history_is_read_page_by_page(core: CustomerCore) -> None:
    ada = made(core)
    for number in range(7):
        core.customers.update(ada, last_name=f"name {number}")
    versions, cursor = [], None
    while True:
        page = core.history(ada.id, limit=3, cursor=cursor)
        versions.append([one.version for one in page])
        cursor = page.next
        if cursor is None:
            break
    assert versions == [[8, 7, 6], [5, 4, 3], [2, 1]]
    assert core.history(ada, limit=8).next is None


@pytest.mark.parametrize("limit", [0, 1_001, True, "5"])
def test_a_page_has_from_1_to_1000_entries(core: CustomerCore, limit: Any) -> None:
    ada = made(core)
    with pytest.raises(InvalidValueError, match="limit"):
        core.history(ada, limit=limit)
    with pytest.raises(InvalidValueError, match="limit"):
        core.customers.notes(ada, limit=limit)


def test_a_cursor_belongs_to_its_entity_and_its_tenant(core: CustomerCore, make: MakeCore) -> None:
    ada, other = made(core), made(core, email="bo@example.com")
    core.customers.update(ada, last_name="x")
    cursor = core.history(ada, limit=1).next
    for entity, asked in ((other, core), (ada, make("another"))):
        with pytest.raises(InvalidValueError) as caught:
            asked.history(entity, cursor=cursor)
        assert caught.value.problems[0].code == "cursor_mismatch"
    with pytest.raises(InvalidValueError) as caught:
        core.history(ada, cursor="nonsense")
    assert caught.value.problems[0].code == "invalid_cursor"


def test_what_is_no_entity_is_refused_and_what_is_not_there_has_no_history(core: CustomerCore, make: MakeCore) -> None:
    ada = made(core)
    with pytest.raises(InvalidValueError, match="entity"):
        core.history(5)
    with pytest.raises(NotFoundError):
        core.history("")
    assert core.history("0190a000-0000-7000-8000-000000000001").items == ()
    assert make("another").history(ada).items == ()


def test_erasing_leaves_what_happened_and_nothing_about_whom(core: CustomerCore, store: Store, tenant: str) -> None:
    ada = made(core, last_name=CANARY, addresses=[{"city": CANARY, "country": "SE"}])
    for number in range(3):
        core.customers.update(ada, last_name=f"{CANARY} {number}", language="sv" if number % 2 else "en")
    core.customers.deactivate(ada, reason=CANARY)
    before = core.history(ada).items
    with store.unit(tenant, write=True) as uow:
        erase_history(uow.events, "customer", ada.id)
        uow.commit()
    after = core.history(ada).items
    assert CANARY not in repr([_open(one) for one in after])
    assert CANARY in repr([_open(one) for one in before])
    assert [one.reason for one in after] == [None] * 5
    assert [(one.id, one.type, one.at, one.actor) for one in after] == [
        (one.id, one.type, one.at, one.actor) for one in before
    ]
    assert [[change.field for change in one.changes] for one in after] == [
        [change.field for change in one.changes] for one in before
    ]
    for old, new in zip(before, after, strict=True):
        assert [one for one in new.changes if not one.personal] == [one for one in old.changes if not one.personal]
        assert [one.erased for one in new.changes] == [one.personal for one in new.changes]


def test_erasing_reaches_a_long_history(core: CustomerCore, store: Store, tenant: str) -> None:
    ada, bo = made(core), made(core, email="bo@example.com")
    for number in range(450):
        core.customers.update(ada, last_name=f"{CANARY} {number}")
    with store.unit(tenant, write=True) as uow:
        erase_history(uow.events, "customer", ada.id)
        uow.commit()
    assert CANARY not in repr([one.personal for one in core.events_of(ada, limit=1_000)])
    assert FieldChange("last_name", None, "Byron", personal=True) in core.history(bo).items[0].changes


def test_personal_values_are_in_no_repr_and_no_log(core: CustomerCore, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    ada = made(core, last_name=CANARY)
    core.customers.deactivate(ada, reason=CANARY)
    note = core.customers.add_note(ada, CANARY)
    shown = [core.history(ada), *core.history(ada).items, note, core.customers.notes(ada), *core.history(note).items]
    assert CANARY not in repr(shown)
    assert CANARY not in repr([change for one in core.history(ada).items for change in one.changes])
    assert CANARY not in caplog.text


def _open(entry: HistoryEntry) -> object:
    return [(one.field, one.before, one.after) for one in entry.changes], entry.reason
