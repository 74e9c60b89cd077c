"""Notes on customers: written by the merchant's people, read newest first, gone when removed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import attrs
import pytest

from customercore import BusinessUser, Customer, CustomerActor, CustomerCore, System
from customercore.domain.actor import Actor
from customercore.errors import IdempotencyConflictError, InvalidValueError, NotFoundError
from customercore.ports.store import Store
from customercore.testing.fakes import FixedClock

MakeCore = Callable[..., CustomerCore]
CANARY = "Xanthippe"


@pytest.fixture
def ada(core: CustomerCore) -> Customer:
    return core.customers.create(email="ada@example.com", first_name="Ada", last_name="Lovelace")


@pytest.mark.parametrize(
    "actor", [System(), System("nightly"), BusinessUser("clerk", on_behalf_of="boss"), CustomerActor("me")]
)
def test_a_note_has_its_author_and_its_time(core: CustomerCore, clock: FixedClock, ada: Customer, actor: Actor) -> None:
    clock.advance(3)
    note = core.acting_as(actor).customers.add_note(ada, "  two\nlines; Ö 'quotes'  ")
    assert (note.text, note.author, note.created_at) == ("two\nlines; Ö 'quotes'", actor, clock.now())
    assert core.customers.notes(ada).items == (note,)


def test_notes_are_read_newest_first_in_pages(core: CustomerCore, clock: FixedClock, ada: Customer) -> None:
    other = core.customers.create_guest(email="bo@example.com")
    core.customers.add_note(other, "another one's")
    for number in range(5):
        clock.advance(1)
        core.customers.add_note(ada.id, f"note {number}")
    first = core.customers.notes(ada, limit=2)
    second = core.customers.notes(ada.id, limit=2, cursor=first.next)
    last = core.customers.notes(ada, limit=2, cursor=second.next)
    assert [[one.text[-1] for one in page] for page in (first, second, last)] == [["4", "3"], ["2", "1"], ["0"]]
    assert last.next is None
    with pytest.raises(InvalidValueError) as caught:
        core.customers.notes(other, cursor=first.next)
    assert caught.value.problems[0].code == "cursor_mismatch"


def test_a_note_leaves_the_customer_as_it_is(core: CustomerCore, ada: Customer) -> None:
    core.customers.add_note(ada, "hello")
    assert core.customers.get(ada) == ada
    assert len(core.events_of(ada)) == 1


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "required"), ("  \n ", "required"), (None, "required"), (5, "wrong_type"), ("x" * 20_001, "too_long"),
     ("a\x00b", "control_character")],
)  # fmt: skip
def test_a_note_is_a_text(core: CustomerCore, ada: Customer, text: Any, code: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        core.customers.add_note(ada, text)
    assert [(one.field, one.code) for one in caught.value.problems] == [("text", code)]
    assert core.customers.notes(ada).items == ()


def test_only_a_customer_of_this_tenant_has_notes(core: CustomerCore, make: MakeCore, ada: Customer) -> None:
    note = core.customers.add_note(ada, "hello")
    other = make("another")
    calls: list[Callable[[], object]] = [
        lambda: core.customers.add_note("0190a000-0000-7000-8000-000000000001", "x"),
        lambda: core.customers.notes("0190a000-0000-7000-8000-000000000001"),
        lambda: other.customers.add_note(ada, "x"),
        lambda: other.customers.notes(ada),
        lambda: core.customers.remove_note(""),
    ]
    for call in calls:
        with pytest.raises(NotFoundError):
            call()
    other.customers.remove_note(note)
    assert other.customers.erase_notes(ada) == 0
    assert core.customers.notes(ada).items == (note,)


def test_a_note_that_was_removed_is_gone_and_its_removal_is_told(
    core: CustomerCore, ada: Customer, store: Store, tenant: str
) -> None:
    kept, gone = core.customers.add_note(ada, "kept"), core.customers.add_note(ada, CANARY)
    clerk = core.acting_as(BusinessUser("clerk"), reason="wrong customer")
    clerk.customers.remove_note(gone)
    clerk.customers.remove_note(gone.id)
    assert core.customers.notes(ada).items == (kept,)
    removed, made = core.history(gone).items
    assert (removed.type, removed.version, removed.actor.id, removed.reason) == (
        "note.removed", 2, "clerk", "wrong customer",
    )  # fmt: skip
    assert (made.type, made.version) == ("note.created", 1)
    with store.unit(tenant, write=False) as uow:
        events = uow.events.of("note", gone.id)
    assert {one.customer_id for one in events} == {ada.id}
    assert CANARY not in repr([attrs.asdict(one) for one in events])


def test_all_notes_on_a_customer_are_erased_at_once(core: CustomerCore, ada: Customer) -> None:
    other = core.customers.create_guest(email="bo@example.com")
    kept = core.customers.add_note(other, "kept")
    for number in range(205):
        core.customers.add_note(ada, f"{CANARY} {number}")
    assert core.customers.erase_notes(ada, idempotency_key="e") == 205
    assert core.customers.erase_notes(ada, idempotency_key="e") == 205
    assert core.customers.erase_notes(ada) == 0
    assert core.customers.notes(ada).items == ()
    assert core.customers.notes(other).items == (kept,)


def test_a_key_makes_one_note(core: CustomerCore, ada: Customer) -> None:
    note = core.customers.add_note(ada, "once", idempotency_key="k")
    assert core.customers.add_note(ada, "once", idempotency_key="k") == note
    with pytest.raises(IdempotencyConflictError):
        core.customers.add_note(ada, "twice", idempotency_key="k")
    core.customers.remove_note(note)
    with pytest.raises(NotFoundError) as caught:
        core.customers.add_note(ada, "once", idempotency_key="k")
    assert caught.value.code == "note_not_found"


def test_notes_commit_and_roll_back_with_their_transaction(core: CustomerCore, ada: Customer) -> None:
    with core.transaction() as tx:
        tx.customers.add_note(ada, "kept")
    with suppress(RuntimeError), core.transaction() as tx:
        tx.customers.add_note(ada, "lost")
        raise RuntimeError
    assert [one.text for one in core.customers.notes(ada)] == ["kept"]


def test_a_refused_note_is_not_told(core: CustomerCore, ada: Customer) -> None:
    with pytest.raises(InvalidValueError) as caught:
        core.customers.add_note(ada, f"{CANARY}\x00")
    assert CANARY not in str(caught.value) + repr(caught.value)
