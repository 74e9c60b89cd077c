"""The hook `customercore_on_event`."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from customercore import BusinessUser, Customer, CustomerCore
from customercore.errors import DuplicateError, InvalidValueError
from customercore.extension import Event
from customercore.ports.store import Finding

MakePlugin = Callable[..., Any]
OpenCore = Callable[..., CustomerCore]
Heard = list[tuple[str, str]]


class Listener:
    """Notes what it hears of."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def __call__(self, event: Event) -> None:
        self.events.append(event)

    @property
    def heard(self) -> list[str]:
        return [one.type for one in self.events]


def listening(listener: Listener) -> Callable[[Event], None]:
    """Return the listener as a function, which is what takes the mark of a hook."""

    def hear(event: Event) -> None:
        listener(event)

    return hear


def create(core: CustomerCore, name: str = "ada") -> Customer:
    return core.customers.create(email=f"{name}@example.com", first_name=name, last_name="Test")


@pytest.fixture
def listener() -> Listener:
    """Give a listener."""
    return Listener()


@pytest.fixture
def core(open_with: OpenCore, plugin: MakePlugin, listener: Listener, url: str) -> CustomerCore:
    """Give a core whose plug-in listens."""
    return open_with(url, plugin("acme", listener=listening(listener)))


def test_a_listener_hears_of_every_event_with_all_it_says(core: CustomerCore, listener: Listener) -> None:
    ada = create(core.acting_as(BusinessUser(id="jane")))
    core.customers.update(ada, last_name="King")
    core.shops.create("se", name="Web", currency="SEK", countries=["SE"])
    assert listener.heard == ["customer.created", "customer.updated", "shop.created"]
    assert listener.events[:2] == core.events_of(ada)
    assert listener.events[0].actor == BusinessUser(id="jane")


def test_nothing_is_heard_of_what_was_not_kept(core: CustomerCore, listener: Listener) -> None:
    create(core)
    with pytest.raises(DuplicateError):
        create(core)
    with pytest.raises(InvalidValueError):
        core.customers.create(email="x")
    core.customers.update(core.customers.by_email("ada@example.com"), last_name="Test")  # changes nothing
    assert listener.heard == ["customer.created"]


def test_what_is_heard_is_committed(open_with: OpenCore, plugin: MakePlugin, url: str) -> None:
    seen: list[int] = []

    def look(event: Event) -> None:
        seen.append(len(the_core.events_of(event.aggregate_id)))

    core = the_core = open_with(url, plugin("acme", listener=look))
    core.customers.update(create(core), last_name="King")
    assert seen == [1, 2]


def test_the_events_of_a_transaction_are_heard_at_its_commit_in_order(core: CustomerCore, listener: Listener) -> None:
    with core.transaction() as tx:
        ada = create(tx)
        tx.customers.update(ada, last_name="King")
        create(tx, "bob")
        assert listener.events == []
    assert listener.heard == ["customer.created", "customer.updated", "customer.created"]
    assert [one.version for one in listener.events] == [1, 2, 1]


def test_nothing_is_heard_of_a_transaction_that_was_rolled_back(core: CustomerCore, listener: Listener) -> None:
    def block() -> None:
        with core.transaction() as tx:
            create(tx)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        block()
    assert listener.events == []
    create(core)
    assert listener.heard == ["customer.created"]


def test_a_repeated_call_is_heard_of_once(core: CustomerCore, listener: Listener) -> None:
    for _ in range(3):
        core.customers.create(email="a@example.com", first_name="a", last_name="b", idempotency_key="k")
    assert listener.heard == ["customer.created"]


def test_a_listener_may_call_the_core(open_with: OpenCore, plugin: MakePlugin, url: str) -> None:
    def tag(event: Event) -> None:
        if event.type == "customer.created":
            the_core.customers.add_tags(event.aggregate_id, "new")

    core = the_core = open_with(url, plugin("acme", listener=tag))
    ada = create(core)
    assert core.customers.get(ada).tags == {"new"}
    with core.transaction() as tx:
        bob = create(tx, "bob")
    assert core.customers.get(bob).tags == {"new"}


def test_a_listener_may_leave_the_event_out(open_with: OpenCore, plugin: MakePlugin, url: str) -> None:
    rings: list[int] = []
    create(open_with(url, plugin("bell", listener=lambda: rings.append(1))))
    assert rings == [1]


def test_every_core_tells_its_own_listeners(open_with: OpenCore, plugin: MakePlugin, url: str) -> None:
    mine, yours = Listener(), Listener()
    create(open_with(url, plugin("mine", listener=listening(mine))), "ada")
    create(open_with(url, plugin("yours", listener=listening(yours))), "bob")
    assert [len(one.events) for one in (mine, yours)] == [1, 1]


def test_the_events_of_several_threads_are_all_heard(core: CustomerCore, listener: Listener) -> None:
    def work(number: int) -> None:
        for each in range(5):
            create(core, f"c{number}-{each}")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len({one.id for one in listener.events}) == len(listener.events) == 20


def test_no_listener_can_change_what_another_one_hears(open_with: OpenCore, plugin: MakePlugin, url: str) -> None:
    listener = Listener()

    def spoil(event: Event) -> None:
        for part in (event.changes, event.personal):
            part.clear()  # type: ignore[attr-defined]  # a mapping, says its type; a dict, says a rude plug-in

    core = open_with(url, plugin("a", listener=spoil), plugin("b", listener=listening(listener)))
    ada = create(core)
    assert listener.events == core.events_of(ada)
    assert listener.events[0].personal["email"] == (None, "ada@example.com")


def raising(event: Event) -> None:
    raise RuntimeError(event.personal["email"])


def hanging(event: Event) -> None:
    time.sleep(2)


def leaving(event: Event) -> None:
    raise SystemExit


@pytest.mark.parametrize("bad", [raising, hanging, leaving])
def test_a_listener_that_fails_is_named_and_the_others_still_hear(
    open_with: OpenCore,
    plugin: MakePlugin,
    url: str,
    caplog: pytest.LogCaptureFixture,
    bad: Callable[[Event], None],
) -> None:
    first, last = Listener(), Listener()
    core = open_with(
        url,
        plugin("aaa", listener=listening(first)),
        plugin("broken", listener=bad),
        plugin("zzz", listener=listening(last)),
        seconds=0.5,
    )
    ada = create(core)
    assert core.customers.get(ada) == ada
    assert first.heard == last.heard == ["customer.created"]
    (logged,) = [one for one in caplog.records if one.name == "customercore"]
    assert logged.levelno == logging.ERROR
    assert "the plug-in broken" in logged.getMessage()
    assert "customercore_on_event" in logged.getMessage()
    assert last.events[0].id in logged.getMessage()
    assert "ada@" not in caplog.text
    findings = {one.name: one for one in core.check() if one.name.startswith("plug-in")}
    assert {name: one.ok for name, one in findings.items()} == {
        "plug-in aaa": True,
        "plug-in broken": False,
        "plug-in zzz": True,
    }
    assert "customercore_on_event" in findings["plug-in broken"].detail


def test_a_listener_that_hangs_is_waited_for_once(open_with: OpenCore, plugin: MakePlugin, url: str) -> None:
    release, heard = threading.Event(), list[str]()

    def wait(event: Event) -> None:
        release.wait(30)
        heard.append(event.type)

    core = open_with(url, plugin("slow", listener=wait), seconds=0.5)
    began = time.monotonic()
    ada = create(core)
    for number in range(10):
        core.customers.update(ada, last_name=f"Test {number}")
    assert time.monotonic() - began < 5  # eleven events, and not eleven times half a second
    release.set()
    deadline = time.monotonic() + 10
    while len(heard) < 2 and time.monotonic() < deadline:
        core.customers.update(ada, last_name=f"King {time.monotonic()}")
    assert heard[:2] == ["customer.created", "customer.updated"]


def test_a_plug_in_in_order_is_found_in_order(core: CustomerCore) -> None:
    create(core)
    assert core.check()[-1] == Finding("plug-in acme", ok=True, detail="in order")
