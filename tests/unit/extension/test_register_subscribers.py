"""The hook `customercore_register_subscribers`, and subscribers that a host passes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from customercore import open_core
from customercore.domain.report import DispatchReport
from customercore.errors import ConflictError, ExtensionError, InvalidValueError
from customercore.extension import hookimpl
from customercore.extension.subscribers import GuardedSubscriber
from customercore.testing.fakes import RecordingNotifier, RecordingSubscriber
from customercore.testing.samples import event


def bringing(answer: Any, name: str = "acme") -> Any:
    @hookimpl
    def customercore_register_subscribers() -> Any:
        return answer

    return SimpleNamespace(__name__=name, customercore_register_subscribers=customercore_register_subscribers)


def test_a_subscriber_of_a_plug_in_and_one_of_the_host_hear_of_events() -> None:
    theirs, ours = RecordingSubscriber("crm"), RecordingSubscriber("own")
    with open_core("memory://", plugins=[bringing([theirs])], subscribers=[ours]) as core:
        core.flags.define("vip")
        assert core.events.dispatch() == DispatchReport(delivered=2)
    assert [one.type for one in theirs.events] == ["flag.created"]
    assert ours.events == theirs.events


@pytest.mark.parametrize(
    "answer",
    [
        "crm",
        5,
        [object()],
        [RecordingSubscriber("Not lower")],
        [RecordingSubscriber("crm", [])],
        [SimpleNamespace(name="crm", types=None)],
        [SimpleNamespace(name="crm", types=["customer.created"], deliver=print)],
    ],
)
def test_what_is_no_subscriber_is_refused_by_the_name_of_its_plug_in(answer: Any) -> None:
    with pytest.raises(ExtensionError) as caught:
        open_core("memory://", plugins=[bringing(answer)])
    assert caught.value.code == "plugin_invalid"
    assert caught.value.details["plugin"] == "acme"
    if isinstance(answer, list):
        with pytest.raises(InvalidValueError) as refused:
            open_core("memory://", subscribers=answer)
        assert (refused.value.field, refused.value.code) == ("subscribers[0]", "wrong_type")


def test_a_name_that_is_taken_is_refused() -> None:
    crm = RecordingSubscriber("crm")
    with pytest.raises(ExtensionError) as caught:
        open_core("memory://", plugins=[bringing([crm]), bringing([crm], "other")])
    assert caught.value.code == "subscriber_taken"
    assert {caught.value.details["plugin"], caught.value.details["owner"]} == {"acme", "other"}
    with pytest.raises(InvalidValueError) as refused:
        open_core("memory://", plugins=[bringing([crm])], subscribers=[crm])
    assert refused.value.code == "subscriber_taken"


def test_the_name_of_what_tells_a_notifier_of_events_is_taken() -> None:
    notifiers, mail = {"mail": RecordingNotifier()}, RecordingSubscriber("notify.mail")
    with pytest.raises(InvalidValueError, match=r"notify\.mail, which is taken by the notifier mail") as refused:
        open_core("memory://", notifiers=notifiers, subscribers=[RecordingSubscriber("crm"), mail])
    assert (refused.value.field, refused.value.code) == ("subscribers[1]", "subscriber_taken")
    with pytest.raises(ExtensionError) as caught:
        open_core("memory://", notifiers=notifiers, plugins=[bringing([mail])])
    assert (caught.value.code, caught.value.details["owner"]) == ("subscriber_taken", "the notifier mail")
    assert caught.value.details["plugin"] == "acme"
    for name in ("notify.sms", "mail"):  # nobody else's
        open_core("memory://", notifiers=notifiers, subscribers=[RecordingSubscriber(name)]).close()


@pytest.fixture
def release() -> Iterator[threading.Event]:
    """Give what lets a subscriber that hangs go on, at the end at the latest."""
    event = threading.Event()
    yield event
    event.set()


def test_a_subscriber_that_hangs_or_raises_is_named(release: threading.Event) -> None:
    hanging = GuardedSubscriber(RecordingSubscriber("crm", refuses=lambda _: release.wait(20)), "acme", seconds=0.05)
    with pytest.raises(ExtensionError) as caught:
        hanging.deliver(event(1), tenant="t")
    assert caught.value.code == "plugin_timeout"

    def fail(_: object) -> None:
        raise ZeroDivisionError("ada@example.com")

    failing = GuardedSubscriber(RecordingSubscriber("crm", refuses=fail), "acme")
    with pytest.raises(ExtensionError) as caught:
        failing.deliver(event(1), tenant="t")
    assert (caught.value.code, caught.value.details["plugin"]) == ("plugin_failed", "acme")
    assert "ada@" not in str(caught.value)


def test_our_own_errors_pass_with_their_codes() -> None:
    def refuse(_: object) -> None:
        raise ConflictError("not_now", "busy")

    with pytest.raises(ConflictError):
        GuardedSubscriber(RecordingSubscriber("crm", refuses=refuse), "acme").deliver(event(1), tenant="t")
