"""Whatever goes wrong while events are delivered, no personal value is told in logs, errors, dead letters or repr."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable

import pytest

from customercore import Customer, CustomerCore
from customercore.domain.message import Message
from customercore.errors import ConflictError, NotificationError
from customercore.testing.fakes import FixedClock, RecordingSubscriber, SteadyBackoff

CANARY = "Kanarienvogel"
EMAIL = f"{CANARY}@example.com"
MakeCore = Callable[..., CustomerCore]
Fails = Callable[[object], None]


class Rounds:
    """Is set after so many waits, in each of which a minute passes."""

    def __init__(self, most: int, clock: FixedClock) -> None:
        self._left = most
        self._clock = clock

    def is_set(self) -> bool:
        return self._left <= 0

    def wait(self, _: float) -> bool:
        self._left -= 1
        self._clock.advance(60)
        return self.is_set()


def strange(told: object) -> None:
    raise ValueError(f"{told!r} {_values(told)}")


def chained(told: object) -> None:
    try:
        strange(told)
    except ValueError as error:
        raise RuntimeError(CANARY) from error


def ours(told: object) -> None:
    try:
        strange(told)
    except ValueError:
        raise NotificationError("delivery_failed", "the receiver did not take it", retryable=True) from None


def lasting(told: object) -> None:
    raise ConflictError("write_conflict", "another call was faster") from ValueError(_values(told))


def unprintable(told: object) -> None:
    raise type("WrongError", (Exception,), {"__str__": strange})(_values(told))


def _values(told: object) -> str:
    return " ".join(str(getattr(told, name, "")) for name in ("personal", "reason", "recipient", "subject", "text"))


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """Give all that was logged and printed, with the tracebacks of log records."""
    caplog.set_level(logging.DEBUG)

    def everything() -> str:
        shown = [record.getMessage() + str(record.args) + _traceback(record) for record in caplog.records]
        printed = capsys.readouterr()
        return " ".join([caplog.text, *shown, printed.out, printed.err])

    return everything


def _traceback(record: logging.LogRecord) -> str:
    return "".join(traceback.format_exception(*record.exc_info)) if record.exc_info else ""


def lived(core: CustomerCore) -> Customer:
    core.templates.set("customer.welcome", subject="Hello ${customer.full_name}", text="To ${customer.email}")
    ada = core.customers.create(email=EMAIL, first_name=CANARY, last_name=CANARY, information=CANARY)
    core.addresses.add(ada, {"country": "SE", "city": CANARY})
    core.customers.add_note(ada, CANARY)
    core.customers.deactivate(ada, reason=CANARY)
    return ada


FAILURES: tuple[Fails, ...] = (strange, chained, ours, lasting, unprintable)


@pytest.mark.parametrize("fails", FAILURES, ids=lambda one: one.__name__)
@pytest.mark.parametrize("how", ["worker", "dispatcher"])
def test_a_failing_subscriber_makes_nobody_known(
    make: MakeCore, clock: FixedClock, told: Callable[[], str], how: str, fails: Fails
) -> None:
    crm = RecordingSubscriber("crm", refuses=fails)
    core = make(subscribers=[crm], backoff=SteadyBackoff(1, attempts=2))
    lived(core)
    _deliver(core, clock, how)
    _nothing_is_told(core, told())
    assert crm.events == []


@pytest.mark.parametrize("fails", FAILURES, ids=lambda one: one.__name__)
@pytest.mark.parametrize("how", ["worker", "dispatcher"])
def test_a_failing_notifier_makes_nobody_known(
    make: MakeCore, clock: FixedClock, told: Callable[[], str], how: str, fails: Fails
) -> None:
    messages: list[Message] = []

    class Failing:
        def send(self, message: Message) -> None:
            messages.append(message)
            fails(message)

    core = make(notifiers={"mail": Failing()}, backoff=SteadyBackoff(1, attempts=2))
    core.customers.create(email=EMAIL, first_name=CANARY, last_name=CANARY)
    core.templates.set("customer.welcome", subject="Hello ${customer.full_name}", text="To ${customer.email}")
    _deliver(core, clock, how)
    _nothing_is_told(core, told())
    assert {one.recipient for one in messages} == {EMAIL}
    assert CANARY in messages[0].subject
    assert CANARY not in repr(messages)


def _deliver(core: CustomerCore, clock: FixedClock, how: str) -> None:
    if how == "worker":
        core.events.run(Rounds(12, clock))
        return
    for _ in range(12):
        core.events.dispatch()
        clock.advance(60)


def _nothing_is_told(core: CustomerCore, told: str) -> None:
    dead = core.events.dead_letters()
    assert dead, "the failures were not felt"
    assert "is a dead letter of" in told, "nothing was logged"
    shown = [told, repr(dead), *(f"{one.error_code} {one.error}" for one in dead)]
    shown += [repr(core.events.replay(dead[0].event_id)), repr(core.events.subscriptions()), repr(core)]
    assert CANARY not in " ".join(shown)


def test_an_event_that_is_handed_on_shows_nobody(core: CustomerCore) -> None:
    shown = [f"{event!r} {event}" for event in core.events_of(lived(core))]
    assert len(shown) == 3
    assert CANARY not in " ".join(shown)
