"""Events: what is recorded, in which order it is read, and that a number is given once."""

from __future__ import annotations

import pytest

from customercore.catalogue.changes import changes_between
from customercore.domain.actor import Actor, BusinessUser, CustomerActor, System
from customercore.domain.event import Event
from customercore.errors import ConflictError
from customercore.ports.store import Store
from customercore.testing.arrangement import TENANT
from customercore.testing.samples import HARD_TEXTS, catalogue_for_tests, customer, event, filled, identifier, moment

__all__ = ["JournalConformance"]


def record(store: Store, *events: Event, at_once: bool = False) -> None:
    """Record the events, one by one or at once, and commit."""
    with store.unit(TENANT, write=True) as uow:
        if at_once:
            uow.events.load(events)
        else:
            for one in events:
                uow.events.record(one)
        uow.commit()


def events_of(store: Store, aggregate: str = "customer", id: str = identifier(1)) -> list[Event]:
    """Return what a new unit reads."""
    with store.unit(TENANT, write=False) as uow:
        return uow.events.of(aggregate, id)


class JournalConformance:
    """Tests of `ports.journal.Journal`."""

    def test_an_event_comes_back_as_it_was_recorded(self, store: Store) -> None:
        one = event(
            1,
            type="customer.created",
            schema=3,
            at=moment(5),
            customer_id=identifier(1),
            reason=HARD_TEXTS[0],
            changes={"status": (None, "active"), "count": (2**53 + 1, -1), "on": (False, True)},
            personal={f"addresses.{n}.city": (None, text) for n, text in enumerate(HARD_TEXTS)},
        )
        record(store, one, event(2))
        assert events_of(store) == [one, event(2)]

    @pytest.mark.parametrize("text", HARD_TEXTS)
    def test_hard_text_in_changes_comes_back(self, store: Store, text: str) -> None:
        one = event(1, personal={f"addresses.{text}": (text, None)}, reason=text)
        record(store, one)
        assert events_of(store) == [one]

    @pytest.mark.parametrize("number", range(4))
    def test_the_changes_of_every_field_come_back(self, store: Store, number: int) -> None:
        catalogue = catalogue_for_tests()
        was, now = filled("customers", number), filled("customers", number + 1)
        for before in (None, was):
            changes, personal = changes_between(catalogue.customers, catalogue.addresses, before, now)
            assert changes
            assert personal
            one = event(1 if before is None else 2, changes=changes, personal=personal)
            record(store, one)
            assert events_of(store)[-1] == one

    @pytest.mark.parametrize(
        "actor",
        [
            System(),
            System(id="job-7"),
            BusinessUser(id="42"),
            BusinessUser(id="42", on_behalf_of="43"),
            CustomerActor(id=identifier(1)),
        ],
    )
    def test_it_is_known_who_acted(self, store: Store, actor: Actor) -> None:
        record(store, event(1, actor=actor))
        (back,) = events_of(store)
        assert back.actor == actor
        assert type(back.actor) is type(actor)

    def test_events_are_read_in_the_order_of_their_numbers(self, store: Store) -> None:
        numbered = [event(1), event(2), event(2, 1), event(2, 2), event(3), event(10)]
        record(store, *[numbered[at] for at in (4, 1, 0, 3, 2, 5)])
        assert events_of(store) == numbered

    def test_events_are_read_on_from_a_number(self, store: Store) -> None:
        record(store, event(1), event(2), event(2, 1), event(3))
        with store.unit(TENANT, write=False) as uow:
            read = uow.events.of
            assert read("customer", identifier(1), after=(2, 0)) == [event(2, 1), event(3)]
            assert read("customer", identifier(1), after=(2, 7)) == [event(3)]
            assert read("customer", identifier(1), after=(3, 0)) == []
            assert read("customer", identifier(1), limit=2) == [event(1), event(2)]
            assert read("customer", identifier(1), after=(1, 0), limit=2) == [
                event(2),
                event(2, 1),
            ]

    def test_a_hundred_events_are_read_unless_asked_otherwise(self, store: Store) -> None:
        many = [event(version) for version in range(1, 151)]
        with store.unit(TENANT, write=True) as uow:
            uow.events.load(many)
            uow.commit()
        assert events_of(store) == many[:100]
        with store.unit(TENANT, write=False) as uow:
            assert uow.events.of("customer", identifier(1), after=(100, 0)) == many[100:]
            assert uow.events.of("customer", identifier(1), limit=200) == many

    def test_every_aggregate_has_events_of_its_own(self, store: Store) -> None:
        other_id = event(1, id=identifier(7), aggregate_id=identifier(2))
        other_type = event(1, id=identifier(8), aggregate="shop")
        record(store, event(1), other_id, other_type)
        assert events_of(store) == [event(1)]
        assert events_of(store, id=identifier(2)) == [other_id]
        assert events_of(store, "shop") == [other_type]
        assert events_of(store, "flag") == []

    def test_an_event_commits_and_rolls_back_with_its_change(self, store: Store) -> None:
        with store.unit(TENANT, write=True) as uow:
            uow.customers.add(customer(1))
            uow.events.record(event(1))
            assert uow.events.of("customer", identifier(1)) == [event(1)]
        assert events_of(store) == []
        with store.unit(TENANT, write=True) as uow:
            uow.customers.add(customer(1))
            uow.events.record(event(1))
            uow.commit()
        assert events_of(store) == [event(1)]

    @pytest.mark.parametrize("at_once", [False, True])
    def test_a_number_is_given_once(self, store: Store, *, at_once: bool) -> None:
        record(store, event(1), event(2))
        twin = event(2, id=identifier(99))
        with pytest.raises(ConflictError) as caught:
            record(store, event(3), twin, at_once=at_once)
        assert (caught.value.code, caught.value.retryable) == ("write_conflict", True)
        assert events_of(store) == [event(1), event(2)]

    @pytest.mark.parametrize("at_once", [False, True])
    def test_a_number_is_given_once_in_a_unit(self, store: Store, *, at_once: bool) -> None:
        with pytest.raises(ConflictError) as caught:
            record(store, event(1), event(1, id=identifier(99)), at_once=at_once)
        assert (caught.value.code, caught.value.retryable) == ("write_conflict", True)
        assert events_of(store) == []
