"""The hook `customercore_register_notifiers`."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

import pytest

from customercore import open_core
from customercore.domain.message import Message
from customercore.errors import ExtensionError, InvalidValueError, NotificationError
from customercore.extension import hookimpl
from customercore.extension.built_in import BuiltIn
from customercore.extension.dispatch import Extensions
from customercore.extension.notifiers import GuardedNotifier
from customercore.services.notices import notices_of
from customercore.testing.fakes import RecordingNotifier

CANARY = "xanthippe"
MESSAGE = Message("7", "customer.welcome", f"{CANARY}@example.com", CANARY, CANARY)


def bringing(answer: Any, name: str = "acme") -> Any:
    @hookimpl
    def customercore_register_notifiers() -> Any:
        return answer

    return SimpleNamespace(__name__=name, customercore_register_notifiers=customercore_register_notifiers)


def refused(*plugins: Any) -> ExtensionError:
    with pytest.raises(ExtensionError) as caught:
        _ = Extensions(BuiltIn(), plugins).notifiers
    return caught.value


def test_a_customer_is_told_through_every_registered_notifier() -> None:
    mail, letter = RecordingNotifier(), RecordingNotifier()
    notifiers = Extensions(BuiltIn(), [bringing({"mail": mail}), bringing({"letter": letter}, "other")]).notifiers
    with open_core("memory://") as core:
        core.templates.set("customer.welcome")
        ada = core.customers.create(email="ada@example.com", first_name="Ada", last_name="Lovelace")
        notices = notices_of(notifiers, lambda _: core._context)  # noqa: SLF001  what wiring gives it
        assert [one.name for one in notices] == ["notify.letter", "notify.mail"]
        for one in notices:
            one.deliver(core.events_of(ada)[0], tenant="default")
    assert [one.recipient for one in mail.messages] == ["ada@example.com"]
    assert letter.messages == mail.messages


def test_without_plug_ins_there_is_no_notifier() -> None:
    assert Extensions(BuiltIn()).notifiers == {}


def test_a_notifier_that_a_host_passes_is_told_beside_those_of_plug_ins() -> None:
    mail, letter = RecordingNotifier(), RecordingNotifier()
    with open_core("memory://", notifiers={"mail": mail}, plugins=[bringing({"letter": letter})]) as core:
        core.templates.set("customer.welcome")
        core.customers.create(email="ada@example.com", first_name="Ada", last_name="Lovelace")
        assert {one.id for one in core.events.subscriptions()} == {"notify.letter", "notify.mail"}
        assert core.events.dispatch().delivered == 2
    assert [one.recipient for one in (*mail.messages, *letter.messages)] == ["ada@example.com"] * 2


@pytest.mark.parametrize(
    ("notifiers", "code"),
    [([RecordingNotifier()], "wrong_type"), ({"Mail": RecordingNotifier()}, "wrong_type"), ({7: 7}, "wrong_type"),
     ({"mail": 7}, "wrong_type"), ({"mail": RecordingNotifier()}, "notifier_taken")],
)  # fmt: skip
def test_what_is_passed_and_is_no_notifier_is_refused(notifiers: Any, code: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        open_core("memory://", notifiers=notifiers, plugins=[bringing({"mail": RecordingNotifier()})])
    assert caught.value.code == code
    assert (caught.value.field or "").startswith("notifiers")


@pytest.mark.parametrize("answer", [None, [RecordingNotifier()], {"Mail": RecordingNotifier()}, {7: 7}, {"mail": 7}])
def test_what_is_no_notifier_is_refused_by_name(answer: Any) -> None:
    error = refused(bringing(answer))
    assert (error.code, error.details["plugin"]) == ("plugin_invalid", "acme")
    assert error.details["hook"] == "customercore_register_notifiers"


def test_a_name_that_is_taken_is_refused_and_both_are_named() -> None:
    one = {"mail": RecordingNotifier()}
    error = refused(bringing(one), bringing(one, "other"))
    assert (error.code, error.details["plugin"], error.details["owner"]) == ("notifier_taken", "other", "acme")


def test_a_notifier_that_raises_is_named_and_nothing_personal_with_it() -> None:
    recording = RecordingNotifier()
    recording.failure = ValueError(CANARY)
    with pytest.raises(ExtensionError) as caught:
        GuardedNotifier(recording, "acme").send(MESSAGE)
    assert (caught.value.code, caught.value.details["plugin"]) == ("plugin_failed", "acme")
    assert CANARY not in f"{caught.value} {caught.value!r}"


def test_our_own_errors_keep_their_codes() -> None:
    recording = RecordingNotifier()
    recording.failure = NotificationError("delivery_refused", "no")
    with pytest.raises(NotificationError) as caught:
        GuardedNotifier(recording, "acme").send(MESSAGE)
    assert caught.value.code == "delivery_refused"


def test_a_notifier_that_hangs_is_not_waited_for() -> None:
    done = threading.Event()
    hanging = SimpleNamespace(send=lambda _: done.wait(20))
    try:
        with pytest.raises(ExtensionError) as caught:
            GuardedNotifier(hanging, "acme", 0.05).send(MESSAGE)
    finally:
        done.set()
    assert caught.value.code == "plugin_timeout"
