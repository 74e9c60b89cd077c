"""Deliveries: what is due, who may change it, and that no two units deliver the same at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from contextlib import suppress

import attrs
import pytest

from customercore.domain.delivery import CLAIMED, Candidate, Delivery, chosen
from customercore.errors import ConflictError, CustomerCoreError, retryable
from customercore.ports.store import SEPARATE_WRITES, Store
from customercore.testing.arrangement import OTHER, TENANT
from customercore.testing.samples import HARD_TEXTS, delivery, moment

__all__ = ["DeliveryConformance"]

NOW = moment(100)
_SECOND = dt.timedelta(seconds=1)


def put(store: Store, *many: Delivery, tenant: str = TENANT) -> None:
    """Store deliveries and commit."""
    with store.unit(tenant, write=True) as uow:
        uow.deliveries.add(many)
        uow.commit()


def saved(store: Store, one: Delivery, fence: int) -> bool:
    """Save a delivery and commit; tell whether it was stored."""
    with store.unit(TENANT, write=True) as uow:
        answer = uow.deliveries.save(one, fence=fence)
        uow.commit()
    return answer


def due(store: Store, now: dt.datetime = NOW, limit: int = 100, subscriber: str = "crm") -> list[Candidate]:
    """Return what a unit finds due."""
    with store.unit(TENANT, write=True) as uow:
        return uow.deliveries.due(subscriber, now, limit)


def claim(store: Store, limit: int = 100) -> list[Delivery]:
    """Claim what can be delivered, as a dispatcher does."""
    with store.unit(TENANT, write=True) as uow:
        claimed, put_off = chosen(uow.deliveries.due("crm", NOW, limit), NOW, NOW + 60 * _SECOND)
        for one in claimed:
            assert uow.deliveries.save(one, fence=one.fence - 1)
        for one in put_off:
            assert uow.deliveries.save(one, fence=one.fence)
        uow.commit()
    return claimed


def numbers(many: Sequence[Candidate]) -> list[tuple[str, int, int, int]]:
    """Return the subscriber, version, ordinal of what was found, and how many are ahead of it."""
    return [(one.delivery.subscriber, *one.delivery.number, one.ahead) for one in many]


class DeliveryConformance:
    """Tests of `ports.deliveries.Deliveries`."""

    def test_a_delivery_comes_back_as_it_was_stored(self, store: Store) -> None:
        one = delivery(1)
        put(store, one)
        assert due(store) == [Candidate(one)]
        told = one.failed("boom", HARD_TEXTS[0], again=NOW, now=NOW)
        assert saved(store, told, 0)
        assert due(store) == [Candidate(told)]

    def test_what_is_due_later_is_not_found_and_the_longest_due_comes_first(self, store: Store) -> None:
        many = [delivery(1, of=at, due=moment(place)) for at, place in enumerate((7, 3, 101, 5))]
        put(store, *many)
        assert [one.delivery for one in due(store)] == [many[1], many[3], many[0]]
        assert [one.delivery for one in due(store, limit=2)] == [many[1], many[3]]
        assert due(store, moment(2)) == []
        assert len(due(store, moment(101))) == 4

    def test_what_is_due_at_once_comes_in_the_order_of_its_numbers(self, store: Store) -> None:
        put(store, *[delivery(version, ordinal) for version, ordinal in ((10, 0), (2, 1), (3, 0), (2, 0), (9, 0))])
        assert numbers(due(store)) == [
            ("crm", 2, 0, 0), ("crm", 2, 1, 1), ("crm", 3, 0, 2), ("crm", 9, 0, 3), ("crm", 10, 0, 4),
        ]  # fmt: skip
        assert numbers(due(store, limit=2)) == [("crm", 2, 0, 0), ("crm", 2, 1, 1)]

    def test_what_is_ahead_is_of_the_same_aggregate_and_subscriber_and_open(self, store: Store) -> None:
        others = [delivery(1, of=2), delivery(1, subscriber="erp"), delivery(1, aggregate="shop")]
        put(store, *others, delivery(2), delivery(3, due=moment(101)), delivery(4))
        put(store, delivery(1), tenant=OTHER)
        found = {one.delivery: one.ahead for one in due(store)}
        assert found[delivery(2)] == 0
        assert found[delivery(4)] == 2
        assert saved(store, delivery(2).delivered(NOW), 0)
        found = {one.delivery: one.ahead for one in due(store)}
        assert found[delivery(4)] == 1
        assert delivery(2) not in found

    def test_it_is_told_how_long_those_ahead_wait_not_how_long_they_are_claimed(self, store: Store) -> None:
        put(store, delivery(1, due=moment(103)), delivery(2, due=moment(102)), delivery(3))
        assert [(one.ahead, one.until) for one in due(store)] == [(2, moment(103))]
        assert saved(store, delivery(1).claimed(moment(104)), 0)
        assert [(one.ahead, one.until) for one in due(store)] == [(2, moment(102))]
        assert saved(store, delivery(2).claimed(moment(104)), 0)
        assert [(one.ahead, one.until) for one in due(store)] == [(2, None)]

    def test_whoever_holds_an_older_fence_changes_nothing(self, store: Store) -> None:
        put(store, delivery(1))
        first = delivery(1).claimed(moment(99))
        assert saved(store, first, 0)
        second = first.claimed(moment(200))
        assert saved(store, second, 1)
        assert not saved(store, first.delivered(NOW), first.fence)
        assert saved(store, second.delivered(NOW), second.fence)
        assert due(store, moment(500)) == []

    def test_what_is_not_there_is_not_saved(self, store: Store) -> None:
        assert not saved(store, delivery(1).delivered(NOW), 0)

    def test_a_claim_that_has_run_out_is_due_again(self, store: Store) -> None:
        put(store, delivery(1))
        (one,) = claim(store)
        assert (one.state, one.fence) == (CLAIMED, 1)
        assert claim(store) == []
        assert [found.delivery for found in due(store, NOW + 60 * _SECOND)] == [one]

    def test_a_delivery_that_is_committed_later_is_found_though_its_event_is_older(self, store: Store) -> None:
        put(store, delivery(1, of=2, due=moment(50)))
        claim(store)
        put(store, delivery(1, of=1, due=moment(1)))
        assert [one.delivery.aggregate_id for one in due(store)] == [delivery(1, of=1).aggregate_id]

    def test_what_is_rolled_back_is_not_delivered(self, store: Store) -> None:
        with store.unit(TENANT, write=True) as uow:
            uow.deliveries.add([delivery(1)])
        assert due(store) == []

    def test_two_units_that_claim_at_once_never_get_the_same(self, store: Store) -> None:
        if SEPARATE_WRITES not in store.capabilities:
            pytest.skip("this store has one writer at a time")
        put(store, *[delivery(1, of=number) for number in range(6)])
        with store.unit(TENANT, write=True) as first, store.unit(TENANT, write=True) as second:
            got: list[Delivery] = []
            late: list[Delivery] = []
            for uow, taken in ((first, got), (second, late)):
                try:
                    claimed, _ = chosen(uow.deliveries.due("crm", NOW, 3), NOW, NOW + _SECOND)
                    taken += [one for one in claimed if uow.deliveries.save(one, fence=one.fence - 1)]
                except CustomerCoreError as error:
                    assert retryable(error)  # noqa: PT017  a store may let the second one wait its turn
                    taken.clear()
            for uow, taken in ((first, got), (second, late)):
                try:
                    uow.commit()
                except CustomerCoreError:
                    taken.clear()
        assert not {one.event_id for one in got} & {one.event_id for one in late}
        assert got or late

    @pytest.mark.parametrize("trusting", [False, True])
    def test_what_one_unit_was_shown_no_other_one_begins_with_meanwhile(self, store: Store, *, trusting: bool) -> None:
        """Else the first one would go on with the second event of a stream before the first one is delivered."""
        if SEPARATE_WRITES not in store.capabilities:
            pytest.skip("this store has one writer at a time")
        put(store, delivery(1), delivery(2))
        taken: list[list[Delivery]] = [[], []]
        with store.unit(TENANT, write=True) as first, store.unit(TENANT, write=True) as second:
            for uow in (first, second):
                uow.repeatable(trusting=trusting)
            shown = first.deliveries.due("crm", NOW, 2)
            for number, uow in ((1, second), (0, first)):
                with suppress(ConflictError):  # a store may find out later, or at the commit
                    found = shown if uow is first else uow.deliveries.due("crm", NOW, 1)
                    claimed, _ = chosen(found, NOW, NOW + _SECOND)
                    claimed = [one for one in claimed if uow.deliveries.save(one, fence=one.fence - 1)]
                    uow.commit()
                    taken[number] = claimed
        assert [len(one) for one in taken] in ([2, 0], [0, 1])

    def test_dead_letters_are_listed_in_their_order_and_page_by_page(self, store: Store) -> None:
        many = [delivery(version, of=at) for at in (1, 2) for version in (1, 2)] + [delivery(1, subscriber="erp")]
        put(store, *many, delivery(9))
        dead = [one.failed("boom", "raised", again=None, now=NOW) for one in many]
        for one in dead:
            assert saved(store, one, 0)
        with store.unit(TENANT, write=False) as uow:
            assert uow.deliveries.dead() == dead
            assert uow.deliveries.dead(limit=2) == dead[:2]
            assert uow.deliveries.dead(after=dead[1], limit=2) == dead[2:4]
            assert uow.deliveries.dead(subscriber="erp") == dead[4:]
            assert uow.deliveries.dead(event_id=many[1].event_id) == [dead[1]]
            assert uow.deliveries.dead(subscriber="erp", event_id=many[1].event_id) == []

    def test_a_dead_letter_is_not_due_until_it_is_replayed_and_keeps_its_number(self, store: Store) -> None:
        put(store, delivery(1), delivery(2))
        dead = delivery(1).failed("boom", "raised", again=None, now=NOW)
        assert saved(store, dead, 0)
        assert numbers(due(store)) == [("crm", 2, 0, 0)]
        assert saved(store, dead.replayed(NOW - _SECOND), 0)
        assert numbers(due(store)) == [("crm", 2, 0, 1), ("crm", 1, 0, 0)]

    def test_what_was_delivered_before_a_moment_is_purged_and_nothing_else(self, store: Store) -> None:
        put(store, *[delivery(number) for number in range(1, 6)])
        for number in (1, 2, 3):
            assert saved(store, delivery(number).delivered(moment(number)), 0)
        assert saved(store, delivery(4).failed("boom", "raised", again=None, now=moment(1)), 0)
        with store.unit(TENANT, write=True) as uow:
            assert uow.deliveries.purge(moment(3), 1) == 1
            assert uow.deliveries.purge(moment(3), 100) == 1
            assert uow.deliveries.purge(moment(3), 100) == 0
            assert sorted(uow.deliveries.numbers("crm", "customer", delivery(1).aggregate_id)) == [
                (3, 0), (4, 0), (5, 0),
            ]  # fmt: skip
            uow.commit()
        with store.unit(TENANT, write=False) as uow:
            assert len(uow.deliveries.dead()) == 1

    def test_the_numbers_are_those_of_one_subscriber_and_aggregate(self, store: Store) -> None:
        put(store, delivery(1), delivery(2, 1), delivery(3, subscriber="erp"), delivery(4, of=2))
        assert saved(store, delivery(1).delivered(NOW), 0)
        with store.unit(TENANT, write=False) as uow:
            assert sorted(uow.deliveries.numbers("crm", "customer", delivery(1).aggregate_id)) == [(1, 0), (2, 1)]

    def test_what_a_subscriber_has_can_be_removed(self, store: Store) -> None:
        put(store, delivery(1), delivery(2), delivery(3), delivery(1, subscriber="erp"))
        assert saved(store, delivery(1).failed("boom", "raised", again=None, now=NOW), 0)
        with store.unit(TENANT, write=True) as uow:
            assert uow.deliveries.remove("crm", 2) == 2
            assert uow.deliveries.remove("crm", 100) == 1
            uow.commit()
        assert due(store) == []
        assert numbers(due(store, subscriber="erp")) == [("erp", 1, 0, 0)]

    def test_the_store_names_the_tenants_with_something_due(self, store: Store) -> None:
        assert store.due(["crm", "erp"], NOW) == []
        put(store, delivery(1))
        put(store, delivery(1, subscriber="erp", due=moment(101)), tenant=OTHER)
        assert store.due(["crm"], NOW) == [TENANT]
        assert store.due(["erp"], NOW) == []
        assert store.due(["crm", "erp", "other"], moment(101)) == sorted([TENANT, OTHER])
        assert saved(store, attrs.evolve(delivery(1).delivered(NOW)), 0)
        assert store.due(["crm"], NOW) == []
