"""One key, one effect: however often and however concurrently a call is sent (R3)."""

from __future__ import annotations

import contextlib
import datetime as dt
import inspect
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from customercore import Address, Customer, CustomerCore
from customercore.catalogue.query import Query
from customercore.domain.record import IdempotencyRecord
from customercore.errors import (
    CustomerCoreError,
    DuplicateError,
    IdempotencyConflictError,
    InvalidValueError,
    NotFoundError,
)
from customercore.ports.store import Store
from customercore.testing.fakes import FixedClock

NAME = {"first_name": "Ada", "last_name": "Lovelace"}
ADA = "ada@example.com"
HOME = {"country": "SE", "city": "Lund"}
MakeCore = Callable[..., CustomerCore]


@pytest.fixture
def ada(core: CustomerCore) -> Customer:
    core.flags.define("vip")
    core.shops.create("se")
    core.customer_types.define("press")
    return core.customers.create(
        email="first@example.com", flags=["vip"], tags=["x"], addresses=[HOME, {"country": "NO"}], **NAME
    )


# Each call takes a core, a customer and the payload (the first, and another one).
CALLS: dict[str, Callable[[CustomerCore, Customer, int, str], object]] = {
    "customers.create": lambda core, _, n, key: core.customers.create(
        email=f"n{n}@example.com", **NAME, idempotency_key=key
    ),
    "customers.create_guest": lambda core, _, n, key: core.customers.create_guest(
        email=f"n{n}@example.com", idempotency_key=key
    ),
    "customers.at_checkout": lambda core, _, n, key: core.customers.at_checkout(
        f"n{n}@example.com", idempotency_key=key
    ),
    "customers.update": lambda core, ada, n, key: core.customers.update(ada, first_name=f"n{n}", idempotency_key=key),
    "customers.deactivate": lambda core, ada, n, key: core.customers.deactivate(
        ada, reason=f"n{n}", idempotency_key=key
    ),
    "customers.reactivate": lambda core, ada, n, key: core.customers.reactivate(
        ada, idempotency_key=key, expected_version=None if n == 1 else 7
    ),
    "customers.add_flags": lambda core, ada, n, key: core.customers.add_flags(
        ada, *["vip", "nobody"][:n], idempotency_key=key
    ),
    "customers.remove_flags": lambda core, ada, n, key: core.customers.remove_flags(ada, f"v{n}", idempotency_key=key),
    "customers.add_tags": lambda core, ada, n, key: core.customers.add_tags(ada, f"n{n}", idempotency_key=key),
    "customers.remove_tags": lambda core, ada, n, key: core.customers.remove_tags(ada, f"n{n}", idempotency_key=key),
    "addresses.add": lambda core, ada, n, key: core.addresses.add(
        ada, {"country": "SE", "city": f"n{n}"}, idempotency_key=key
    ),
    "addresses.update": lambda core, ada, n, key: core.addresses.update(
        ada, ada.addresses[0], city=f"n{n}", idempotency_key=key
    ),
    "addresses.remove": lambda core, ada, n, key: core.addresses.remove(ada, ada.addresses[n - 1], idempotency_key=key),
    "addresses.set_default": lambda core, ada, n, key: core.addresses.set_default(
        ada, ada.addresses[1], ["invoice", "delivery"][n - 1], idempotency_key=key
    ),
    "customers.add_note": lambda core, ada, n, key: core.customers.add_note(ada, f"n{n}", idempotency_key=key),
    "customers.remove_note": lambda core, _, n, key: core.customers.remove_note(
        f"00000000-0000-7000-8000-{n:012}", idempotency_key=key
    ),
    "customers.erase_notes": lambda core, ada, n, key: core.customers.erase_notes(
        ada if n == 1 else "0190a000-0000-7000-8000-000000000001", idempotency_key=key
    ),
    "templates.set": lambda core, _, n, key: core.templates.set(
        "customer.welcome", subject=f"n{n}", idempotency_key=key
    ),
    "templates.remove": lambda core, _, n, key: core.templates.remove(
        "customer.welcome", language=["en", "sv"][n - 1], idempotency_key=key
    ),
    "flags.define": lambda core, _, n, key: core.flags.define(f"n{n}", idempotency_key=key),
    "flags.update": lambda core, _, n, key: core.flags.update("vip", label=f"n{n}", idempotency_key=key),
    "customer_types.define": lambda core, _, n, key: core.customer_types.define(f"n{n}", idempotency_key=key),
    "customer_types.update": lambda core, _, n, key: core.customer_types.update(
        "press", label=f"n{n}", idempotency_key=key
    ),
    "shops.create": lambda core, _, n, key: core.shops.create(f"n{n}", idempotency_key=key),
    "shops.update": lambda core, _, n, key: core.shops.update("se", name=f"n{n}", idempotency_key=key),
    "settings.update": lambda core, _, n, key: core.settings.update(
        customers={"max_addresses": n + 5}, idempotency_key=key
    ),
}

FACADES = ("customers", "addresses", "flags", "customer_types", "shops", "settings", "templates")


State = Callable[[], list[Any]]


@pytest.fixture
def state(store: Store, tenant: str) -> State:
    """Give what returns everything that the tenant has, each with the number of events that tell of it."""
    kinds = {
        "customers": "customer",
        "shops": "shop",
        "flags": "flag",
        "customer_types": "customer_type",
        "tenants": "tenant",
        "notes": "note",
        "templates": "template",
    }

    def everything() -> list[Any]:
        found: list[Any] = []
        with store.unit(tenant, write=False) as uow:
            for plural, kind in kinds.items():
                records = uow.repository(plural).stream(Query())
                found += [(kind, one, len(uow.events.of(kind, one.id))) for one in records]
        return sorted(found, key=lambda one: (one[0], one[1].id))

    return everything


def test_every_call_that_takes_a_key_is_tried_here(core: CustomerCore) -> None:
    taking = {
        f"{facade}.{name}"
        for facade in FACADES
        for name, method in inspect.getmembers(getattr(core, facade), inspect.ismethod)
        if not name.startswith("_") and "idempotency_key" in inspect.signature(method).parameters
    }
    assert taking <= set(CALLS)


@pytest.mark.parametrize("name", CALLS)
def test_the_same_call_again_has_no_effect_and_the_same_answer(
    core: CustomerCore, make: MakeCore, state: State, ada: Customer, name: str
) -> None:
    first = CALLS[name](core, ada, 1, "key")
    after = state()
    for other in (core, make()):
        assert CALLS[name](other, ada, 1, "key") == first
        assert state() == after


@pytest.mark.parametrize("name", CALLS)
def test_the_same_key_with_another_payload_conflicts(
    core: CustomerCore, state: State, ada: Customer, name: str
) -> None:
    CALLS[name](core, ada, 1, "key")
    after = state()
    with pytest.raises(IdempotencyConflictError) as caught:
        CALLS[name](core, ada, 2, "key")
    assert (caught.value.code, caught.value.retryable) == ("idempotency_conflict", False)
    assert state() == after
    with contextlib.suppress(DuplicateError, NotFoundError):  # done already, but under another key it is tried
        CALLS[name](core, ada, 1, "another key")


@pytest.mark.parametrize("key", ["", "x" * 256, "a\x00", "\ud800", 5, True, b"key", ["key"], {"$gt": ""}, 0])
def test_a_bad_key_is_refused_by_every_call(core: CustomerCore, state: State, ada: Customer, key: Any) -> None:
    before = state()
    for call in CALLS.values():
        with pytest.raises(InvalidValueError) as caught:
            call(core, ada, 1, key)
        assert (caught.value.field, caught.value.code) == ("idempotency_key", "invalid_key")
    assert state() == before


@pytest.mark.parametrize("key", ["x" * 255, " ", "\U0001f600", "%", "'; --", "a\nb"])
def test_any_other_text_is_a_key(core: CustomerCore, key: str) -> None:
    assert core.flags.define("vip", idempotency_key=key) == core.flags.define("vip", idempotency_key=key)


def test_keys_belong_to_their_operation_and_tenant(core: CustomerCore, make: MakeCore, tenant: str) -> None:
    core.flags.define("vip", idempotency_key="key")
    core.shops.create("vip", idempotency_key="key")
    customer = core.customers.create(email=ADA, **NAME, idempotency_key="key")
    other = make(f"{tenant}-b")
    assert other.customers.create(email=ADA, **NAME, idempotency_key="key").id != customer.id
    assert other.flags.define("late", idempotency_key="key").code == "late"
    with pytest.raises(IdempotencyConflictError):
        core.customers.create(email="eve@example.com", **NAME, idempotency_key="key")


def test_keys_are_told_apart_exactly(core: CustomerCore) -> None:
    for number, key in enumerate(["key", "KEY", "key ", "k\u00e9y", "ke\u0301y"]):
        core.flags.define(f"f{number}", idempotency_key=key)
    assert len(core.flags.list()) == 5


def test_a_refused_call_does_not_burn_its_key(core: CustomerCore, ada: Customer) -> None:
    refused: list[Callable[[], object]] = [
        lambda: core.customers.create(email="nobody", **NAME, idempotency_key="key"),
        lambda: core.customers.create(email="first@example.com", **NAME, idempotency_key="key"),
        lambda: core.flags.define("vip", idempotency_key="key"),
        lambda: core.customers.update("nobody", first_name="x", idempotency_key="key"),
        lambda: core.customers.update(ada, first_name="x", expected_version=9, idempotency_key="key"),
        lambda: core.customers.at_checkout("first@example.com", shop="nope", idempotency_key="key"),
    ]
    for call in refused:
        with pytest.raises(CustomerCoreError) as caught:
            call()
        assert not isinstance(caught.value, IdempotencyConflictError)
    assert core.customers.create(email=ADA, **NAME, idempotency_key="key").version == 1
    assert core.flags.define("late", idempotency_key="key").code == "late"
    assert core.customers.update(ada, first_name="Eve", idempotency_key="key").first_name == "Eve"
    assert core.customers.at_checkout("first@example.com", idempotency_key="key").kind == "guest"


def test_a_key_is_kept_for_30_days(core: CustomerCore, clock: FixedClock, ada: Customer) -> None:
    def tagged(word: str) -> frozenset[str]:
        return core.customers.add_tags(ada, word, idempotency_key="key").tags

    tagged("one")
    core.customers.remove_tags(ada, "one")
    clock.advance(days=30, seconds=-0.001)
    assert tagged("one") == {"x"}
    with pytest.raises(IdempotencyConflictError):
        tagged("two")
    clock.advance(0.001)
    assert tagged("two") == {"x", "two"}
    assert tagged("two") == {"x", "two"}
    with pytest.raises(IdempotencyConflictError):
        tagged("one")
    clock.advance(days=29)
    with pytest.raises(IdempotencyConflictError):
        tagged("one")


@pytest.mark.parametrize("guest", [True, False])
def test_the_answer_at_the_till_is_the_first_one(core: CustomerCore, guest: bool) -> None:
    def order() -> Customer:
        return core.customers.at_checkout(ADA, guest=guest, idempotency_key="order-1", **NAME)

    first = order()
    core.customers.update(first, email="moved@example.com")
    core.customers.create_guest(email=ADA)
    assert order().id == first.id
    core.customers.deactivate(first)
    assert order().id == first.id
    assert core.customers.count(status=None) == (0 if guest else 1)


def test_an_address_that_was_changed_since_is_still_the_answer(core: CustomerCore, ada: Customer) -> None:
    def add() -> Address:
        return core.addresses.add(ada, {"country": "SE", "city": "Malmö"}, idempotency_key="key")

    added = add()
    changed = core.addresses.update(ada, added, city="Ystad")
    assert add() == changed


def test_an_address_that_was_removed_since_is_not_found(core: CustomerCore, ada: Customer) -> None:
    def add() -> Address:
        return core.addresses.add(ada, {"country": "SE", "city": "Malmö"}, idempotency_key="key")

    core.addresses.remove(ada, add())
    with pytest.raises(NotFoundError):
        add()
    assert len(core.addresses.book(ada)) == 2


def test_equal_arguments_in_other_containers_are_the_same_call(core: CustomerCore, ada: Customer) -> None:
    def create(flags: Any, tags: Any, addresses: Any) -> Customer:
        return core.customers.create(
            email=ADA,
            birth_date=dt.date(1815, 12, 10),
            flags=flags,
            tags=tags,
            addresses=addresses,
            idempotency_key="key",
            **NAME,
        )

    first = create(["vip"], {"a", "b"}, [HOME])
    assert create(("vip",), frozenset({"b", "a"}), iter([dict(reversed(HOME.items()))])) == first


def test_an_iterator_given_to_an_address_is_read_like_a_list(core: CustomerCore, ada: Customer) -> None:
    given = [iter(["invoice"]), iter(["invoice"])]  # both are there at once: no two have one address in memory
    answers = [core.addresses.update(ada, ada.addresses[0], purposes=one, idempotency_key="key") for one in given]
    assert answers[0] == answers[1]


def test_what_is_kept_of_a_call_says_nothing_of_its_arguments(core: CustomerCore, store: Store, tenant: str) -> None:
    customer = core.customers.create(
        email="CANARY@example.com", first_name="CANARY", last_name="x", idempotency_key="CANARY"
    )
    with store.unit(tenant, write=False) as uow:
        (record,) = uow.idempotency_records.stream(Query())
    assert isinstance(record, IdempotencyRecord)
    assert "CANARY" not in repr(record)
    assert "canary" not in repr(record).lower()
    assert record.result == customer.id


@pytest.mark.parametrize(
    "name",
    [
        "customers.create",
        "customers.at_checkout",
        "customers.add_tags",
        "addresses.add",
        "shops.create",
        "settings.update",
    ],
)
def test_fifty_at_once_have_one_effect_and_fifty_equal_answers(
    core: CustomerCore, make: MakeCore, state: State, ada: Customer, name: str
) -> None:
    cores, start = [core, make()], threading.Barrier(50)

    def send(number: int) -> object:
        start.wait()
        return CALLS[name](cores[number % 2], ada, 1, "key")

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(send, range(50)))
    assert all(answer == answers[0] for answer in answers)
    after = state()
    assert CALLS[name](core, ada, 1, "key") == answers[0]
    assert state() == after
    before_and_one = sum(count for _, _, count in after)
    assert before_and_one == 5  # vip, se, press, ada, and the one effect


def test_of_many_payloads_under_one_key_one_takes_effect(core: CustomerCore) -> None:
    start = threading.Barrier(16)

    def send(number: int) -> str:
        start.wait()
        try:
            return core.customers.create(email=f"n{number}@example.com", **NAME, idempotency_key="key").id
        except IdempotencyConflictError as error:
            return error.code

    with ThreadPoolExecutor(16) as pool:
        ends = list(pool.map(send, range(16)))
    assert ends.count("idempotency_conflict") == 15
    assert core.customers.count() == 1


def test_a_duplicate_under_a_key_is_still_a_duplicate(core: CustomerCore, ada: Customer) -> None:
    with pytest.raises(DuplicateError) as caught:
        core.customers.create(email="FIRST@example.com", **NAME, idempotency_key="key")
    assert caught.value.field == "email"
