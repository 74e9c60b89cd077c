"""Events reach subscribers: at least once, in the order of their aggregate; what cannot be delivered is set aside."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from customercore import Customer, CustomerCore
from customercore.domain.delivery import DEAD
from customercore.domain.event import Event
from customercore.domain.report import DispatchReport
from customercore.errors import ConflictError, InvalidValueError, NotFoundError, TransactionError
from customercore.ports.store import Store
from customercore.services.deliveries import LEASE
from customercore.testing.fakes import FixedClock, RecordingSubscriber, SteadyBackoff
from customercore.testing.samples import delivery

MakeCore = Callable[..., CustomerCore]
WAIT = 10


@pytest.fixture
def crm() -> RecordingSubscriber:
    """Give a subscriber."""
    return RecordingSubscriber("crm")


@pytest.fixture
def core(make: MakeCore, crm: RecordingSubscriber) -> CustomerCore:
    """Give a core with the subscriber; what fails is tried again after ten seconds, three times in all."""
    return make(subscribers=[crm], backoff=SteadyBackoff(WAIT, attempts=3))


def created(core: CustomerCore, name: str = "ada") -> Customer:
    return core.customers.create(email=f"{name}@example.com", first_name=name, last_name="Test")


def heard(subscriber: RecordingSubscriber) -> list[tuple[str, int]]:
    return [(one.type, one.version) for one in subscriber.events]


class Refusing:
    """Raises for events with one of these ids or versions."""

    def __init__(self, *versions: int) -> None:
        self.versions = versions
        self.called = 0

    def __call__(self, event: Event) -> None:
        if event.version in self.versions:
            self.called += 1
            raise ValueError("ada@example.com is not welcome")


def test_what_happened_is_delivered_once_and_as_it_was_recorded(
    core: CustomerCore, crm: RecordingSubscriber, tenant: str
) -> None:
    ada = created(core)
    core.customers.update(ada, first_name="Eve")
    assert core.events.dispatch() == DispatchReport(delivered=2)
    assert crm.events == core.events_of(ada)
    assert set(crm.tenants) == {tenant}
    assert core.events.dispatch() == DispatchReport()


def test_nothing_is_delivered_that_was_not_committed(core: CustomerCore, crm: RecordingSubscriber) -> None:
    def fail() -> None:
        with core.transaction() as tx:
            created(tx)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with core.transaction() as tx:
        created(tx, "bo")
    core.events.dispatch()
    assert heard(crm) == [("customer.created", 1)]


def test_at_most_as_many_are_delivered_as_asked(core: CustomerCore, crm: RecordingSubscriber) -> None:
    ada = created(core)
    for number in range(4):
        core.customers.update(ada, first_name=f"n{number}")
    for _ in range(4):
        core.events.dispatch(limit=2)
    assert [version for _, version in heard(crm)] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("limit", [0, 1_001, True, "2", None])
def test_a_limit_out_of_range_is_refused(core: CustomerCore, limit: Any) -> None:
    with pytest.raises(InvalidValueError) as caught:
        core.events.dispatch(limit=limit)
    assert caught.value.field == "limit"


def test_later_events_of_an_aggregate_wait_while_one_is_tried_again_and_others_flow(
    core: CustomerCore, crm: RecordingSubscriber, clock: FixedClock
) -> None:
    crm.refuses = Refusing(2)
    ada, bo = created(core), created(core, "bo")
    core.customers.update(ada, first_name="x")
    core.customers.update(ada, last_name="y")
    assert core.events.dispatch() == DispatchReport(delivered=2, failed=1)
    core.customers.deactivate(ada)
    assert core.events.dispatch() == DispatchReport()
    assert [one.aggregate_id for one in crm.events] == [ada.id, bo.id]
    crm.refuses = lambda _: None
    clock.advance(WAIT)
    core.events.dispatch()
    assert [one.version for one in crm.events if one.aggregate_id == ada.id] == [1, 2, 3, 4]


def test_after_the_last_attempt_an_event_is_a_dead_letter_and_the_later_ones_flow(
    core: CustomerCore, crm: RecordingSubscriber, clock: FixedClock
) -> None:
    refusing = crm.refuses = Refusing(2)
    ada = created(core)
    core.customers.update(ada, first_name="x")
    core.customers.update(ada, last_name="y")
    reports = []
    for _ in range(4):
        reports.append(core.events.dispatch())
        clock.advance(WAIT)
    assert reports == [
        DispatchReport(delivered=1, failed=1),
        DispatchReport(failed=1),
        DispatchReport(dead=1, delivered=1),
        DispatchReport(),
    ]
    assert refusing.called == 3
    assert [version for _, version in heard(crm)] == [1, 3]
    (dead,) = core.events.dead_letters()
    assert (dead.state, dead.subscriber, dead.number, dead.attempts) == (DEAD, "crm", (2, 0), 3)
    assert dead.event_id == core.events_of(ada)[1].id


def test_what_is_said_of_a_failure_holds_no_message_of_the_subscriber(
    core: CustomerCore, crm: RecordingSubscriber, clock: FixedClock, caplog: pytest.LogCaptureFixture
) -> None:
    crm.refuses = Refusing(1)
    created(core)
    for _ in range(3):
        core.events.dispatch()
        clock.advance(WAIT)
    (dead,) = core.events.dead_letters()
    assert dead.error_code == "subscriber_failed"
    assert dead.error is not None
    assert dead.error.startswith("raised ValueError (test_dispatch.py, line ")
    assert "dead letter of crm" in caplog.text
    assert "ada@" not in repr(dead) + caplog.text


def test_an_error_of_ours_keeps_its_code(core: CustomerCore, crm: RecordingSubscriber, clock: FixedClock) -> None:
    def refuse(_: Event) -> None:
        raise ConflictError("not_now", "the other side is busy")

    crm.refuses = refuse
    created(core)
    for _ in range(3):
        core.events.dispatch()
        clock.advance(WAIT)
    (dead,) = core.events.dead_letters()
    assert (dead.error_code, dead.error) == ("not_now", "the other side is busy")


def test_a_replay_is_delivered_under_its_own_number(
    core: CustomerCore, crm: RecordingSubscriber, clock: FixedClock
) -> None:
    crm.refuses = Refusing(1)
    ada = created(core)
    core.customers.update(ada, first_name="x")
    for _ in range(3):
        core.events.dispatch()
        clock.advance(WAIT)
    (dead,) = core.events.dead_letters()
    with pytest.raises(NotFoundError) as caught:
        core.events.replay(dead.event_id, subscriber="erp")
    assert caught.value.code == "dead_letter_not_found"
    crm.refuses = lambda _: None
    (again,) = core.events.replay(dead.event_id)
    assert again.place == dead.place
    assert core.events.dead_letters() == []
    assert core.events.dispatch() == DispatchReport(delivered=1)
    assert crm.events == [core.events_of(ada)[1], core.events_of(ada)[0]]
    with pytest.raises(NotFoundError):
        core.events.replay(dead.event_id)


def test_each_subscriber_has_a_state_of_its_own_and_its_types(make: MakeCore, clock: FixedClock) -> None:
    crm = RecordingSubscriber("crm", refuses=Refusing(1))
    mail = RecordingSubscriber("mail", ["customer.deactivated"])
    core = make(subscribers=[crm, mail], backoff=SteadyBackoff(WAIT))
    ada = created(core)
    core.customers.deactivate(ada)
    core.events.dispatch()
    assert heard(crm) == []
    assert heard(mail) == [("customer.deactivated", 2)]
    crm.refuses = lambda _: None
    clock.advance(WAIT)
    core.events.dispatch()
    assert heard(crm) == [("customer.created", 1), ("customer.deactivated", 2)]


def test_a_process_without_the_subscriber_writes_for_it_too(make: MakeCore, crm: RecordingSubscriber) -> None:
    web = make()
    created(web, "before")
    worker = make(subscribers=[crm])
    worker.events.dispatch()
    bo = created(web, "bo")
    assert worker.events.dispatch() == DispatchReport(delivered=1)
    assert [one.aggregate_id for one in crm.events] == [bo.id]
    assert [one.id for one in web.events.subscriptions()] == ["crm"]


def test_a_subscriber_that_is_asked_to_hears_of_the_past_once(make: MakeCore, crm: RecordingSubscriber) -> None:
    web = make()
    web.flags.define("vip")
    ada = created(web)
    web.customers.update(ada, flags=["vip"])
    core = make(subscribers=[crm])
    created(core, "bo")
    assert core.events.backfill("crm") == 3
    assert core.events.backfill("crm") == 0
    core.events.dispatch()
    assert len(crm.events) == 4
    assert [one.version for one in crm.events if one.aggregate_id == ada.id] == [1, 2]
    with pytest.raises(NotFoundError) as caught:
        core.events.backfill("erp")
    assert caught.value.code == "subscriber_not_found"


def test_types_that_changed_hold_from_the_next_opening_on(make: MakeCore) -> None:
    created(make(subscribers=[RecordingSubscriber("crm", ["customer.updated"])]))
    crm = RecordingSubscriber("crm", ["customer.created"])
    core = make(subscribers=[crm])
    created(core, "bo")
    core.events.dispatch()
    assert heard(crm) == [("customer.created", 1)]
    assert [one.types for one in core.events.subscriptions()] == [("customer.created",)]


def test_a_claim_that_ran_out_is_delivered_by_somebody_else_and_the_late_one_changes_nothing(
    make: MakeCore, clock: FixedClock
) -> None:
    other = RecordingSubscriber("crm")
    second = make(subscribers=[other], backoff=SteadyBackoff(WAIT))

    def hang(_: Event) -> None:
        clock.advance(LEASE.total_seconds() + 1)
        assert second.events.dispatch() == DispatchReport(delivered=2)

    slow = RecordingSubscriber("crm", refuses=hang)
    core = make(subscribers=[slow], backoff=SteadyBackoff(WAIT))
    ada = created(core)
    core.customers.update(ada, first_name="x")
    assert core.events.dispatch() == DispatchReport(lost=1)
    assert [one.version for one in slow.events] == [1]
    assert [one.version for one in other.events] == [1, 2]
    assert second.events.dispatch() == DispatchReport()


def test_a_dispatcher_that_is_stopped_gives_back_what_it_claimed(core: CustomerCore, crm: RecordingSubscriber) -> None:
    for name in ("ada", "bo", "cy"):
        created(core, name)
    assert core.events.dispatch(stopped=lambda: len(crm.events) == 1) == DispatchReport(delivered=1)
    assert core.events.dispatch() == DispatchReport(delivered=2)


def test_delivered_ones_can_be_purged_and_dead_letters_stay(
    core: CustomerCore, crm: RecordingSubscriber, clock: FixedClock, store: Store, tenant: str
) -> None:
    crm.refuses = Refusing(2)
    ada = created(core)
    core.customers.update(ada, first_name="x")
    for _ in range(3):
        core.events.dispatch()
        clock.advance(WAIT)
    assert core.events.purge(older_than=dt.timedelta(days=1)) == 0
    assert core.events.purge(older_than=dt.timedelta(0)) == 1
    with store.unit(tenant, write=False) as uow:
        assert uow.deliveries.numbers("crm", "customer", ada.id) == [(2, 0)]
    assert len(core.events_of(ada)) == 2


def test_a_subscriber_that_is_gone_can_be_removed(make: MakeCore, crm: RecordingSubscriber) -> None:
    core = make(subscribers=[crm])
    created(core)
    assert make().events.unsubscribe("crm") == 1
    assert make().events.subscriptions() == ()
    assert core.events.dispatch() == DispatchReport()
    created(make(), "bo")
    assert core.events.dispatch() == DispatchReport()


def test_an_event_that_is_gone_is_a_dead_letter(make: MakeCore, store: Store, tenant: str, clock: FixedClock) -> None:
    core = make(subscribers=[RecordingSubscriber("crm")])
    created(core)
    core.events.dispatch()
    with store.unit(tenant, write=True) as uow:
        uow.deliveries.add([delivery(1, due=clock.now())])
        uow.commit()
    assert core.events.dispatch() == DispatchReport(dead=1)
    assert [one.error_code for one in core.events.dead_letters()] == ["event_missing"]


def test_deliveries_are_not_made_inside_a_transaction(core: CustomerCore) -> None:
    given: dict[str, dict[str, Any]] = {
        "dispatch": {},
        "purge": {"older_than": dt.timedelta(1)},
        "backfill": {"subscriber": "crm"},
        "unsubscribe": {"subscriber": "crm"},
        "run": {"stop": None},
    }
    for call, arguments in given.items():
        with pytest.raises(TransactionError) as caught, core.transaction() as tx:
            getattr(tx.events, call)(**arguments)
        assert caught.value.code == "nested_transaction", call


@pytest.mark.parametrize("wrong", [dt.timedelta(-1), 3, None])
def test_an_age_that_is_none_is_refused(core: CustomerCore, wrong: Any) -> None:
    with pytest.raises(InvalidValueError) as caught:
        core.events.purge(older_than=wrong)
    assert caught.value.field == "older_than"


def test_an_import_tells_subscribers_too(core: CustomerCore, crm: RecordingSubscriber, tmp_path: Any) -> None:
    file = tmp_path / "c.csv"
    file.write_text("email,first_name,last_name\na@example.com,A,B\nb@example.com,C,D\n")
    assert core.imports.run(str(file)).created == 2
    assert core.events.dispatch() == DispatchReport(delivered=2)
