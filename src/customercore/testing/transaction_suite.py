"""Units of work: everything together or nothing at all, and an end."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from customercore.domain.shop import Shop
from customercore.errors import ConflictError, DuplicateError, NotFoundError, StaleVersionError, TransactionError
from customercore.ports.deliveries import Deliveries
from customercore.ports.journal import Journal
from customercore.ports.repository import Repository
from customercore.ports.store import Store
from customercore.testing.arrangement import TENANT, ids, keep, query, stored, verbs_of
from customercore.testing.samples import (
    aggregate_of,
    counter,
    customer,
    delivery,
    event,
    identifier,
    moment,
    next_version,
    shop,
)

__all__ = ["TransactionConformance"]

VERBS = [f"{port.__name__}.{verb}" for port in (Repository, Journal, Deliveries) for verb in verbs_of(port)]
WRITING = {"add", "save", "reindex", "remove", "load", "record", "rewrite", "purge", "due"}


def calls(shops: Repository[Shop], events: Journal, deliveries: Deliveries) -> dict[str, Callable[[], object]]:
    """Return a call of every verb; shop 1 is stored."""
    one = shop(1)
    return {
        "Repository.get": lambda: shops.get(one.id),
        "Repository.version": lambda: shops.version(one.id),
        "Repository.by": lambda: shops.by("code", one.code),
        "Repository.by_keys": lambda: shops.by_keys("code", [one.code]),
        "Repository.add": lambda: shops.add(shop(2)),
        "Repository.save": lambda: shops.save(next_version(one), was=one),
        "Repository.reindex": lambda: shops.reindex(one),
        "Repository.remove": lambda: shops.remove(one),
        "Repository.find": lambda: shops.find(query("shops")),
        "Repository.count": lambda: shops.count(query("shops")),
        "Repository.stream": lambda: list(shops.stream(query("shops"))),
        "Repository.load": lambda: shops.load([shop(2)]),
        "Journal.record": lambda: events.record(event(1)),
        "Journal.load": lambda: events.load([event(1)]),
        "Journal.of": lambda: events.of("customer", identifier(1)),
        "Deliveries.add": lambda: deliveries.add([delivery(1)]),
        "Deliveries.due": lambda: deliveries.due("crm", moment(1), 1),
        "Deliveries.save": lambda: deliveries.save(delivery(1), fence=0),
        "Deliveries.dead": deliveries.dead,
        "Deliveries.numbers": lambda: deliveries.numbers("crm", "customer", identifier(1)),
        "Deliveries.purge": lambda: deliveries.purge(moment(1), 1),
        "Deliveries.remove": lambda: deliveries.remove("crm", 1),
        "Journal.back": lambda: events.back("customer", identifier(1)),
        "Journal.rewrite": lambda: events.rewrite([event(1)]),
    }


def writes(verb: str) -> bool:
    """Tell whether a verb changes something."""
    return verb.partition(".")[2] in WRITING


class TransactionConformance:
    """Tests of `ports.unit_of_work.UnitOfWork` used alone."""

    def test_a_unit_sees_what_it_has_written(self, store: Store) -> None:
        with store.unit(TENANT, write=True) as uow:
            uow.shops.add(shop(1))
            assert uow.shops.get(identifier(1)) == shop(1)
            assert uow.shops.version(identifier(1)) == 1
            assert uow.shops.by("code", "shop1") == shop(1)
            assert dict(uow.shops.by_keys("code", ["shop1"])) == {"shop1": shop(1)}

    def test_what_is_not_committed_is_not_kept(self, store: Store) -> None:
        keep(store, [shop(1), counter("kept")])
        with store.unit(TENANT, write=True) as uow:
            uow.shops.add(shop(2))
            uow.shops.save(next_version(shop(1), code="renamed"), was=shop(1))
            uow.counters.remove(counter("kept"))
            uow.events.record(event(1))
        with store.unit(TENANT, write=False) as uow:
            assert uow.shops.get(identifier(2)) is None
            assert uow.shops.by("code", "shop2") is None
            assert uow.shops.by("code", "renamed") is None
            assert uow.shops.by("code", "shop1") == shop(1)
            assert uow.counters.get("kept") == counter("kept")
            assert uow.events.of("customer", identifier(1)) == []
        keep(store, [shop(2, code="renamed")])

    def test_everything_is_committed_together(self, store: Store) -> None:
        with store.unit(TENANT, write=True) as uow:
            uow.shops.add(shop(1))
            uow.customers.load([customer(1), customer(2)])
            uow.events.record(event(1))
            uow.commit()
        with store.unit(TENANT, write=False) as uow:
            assert uow.shops.get(identifier(1)) == shop(1)
            assert ids(uow.customers.find(query("customers", None, ["id"])).items) == [
                identifier(1),
                identifier(2),
            ]
            assert uow.events.of("customer", identifier(1)) == [event(1)]

    def test_a_unit_that_raises_keeps_nothing(self, store: Store) -> None:
        def fail() -> None:
            with store.unit(TENANT, write=True) as uow:
                uow.shops.add(shop(1))
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()
        assert stored(store, "shops", identifier(1)) is None

    def test_an_error_leaves_the_store_usable(self, store: Store) -> None:
        keep(store, [shop(1)])
        for _ in range(3):
            with store.unit(TENANT, write=True) as uow:
                uow.shops.add(shop(2))
                with pytest.raises(DuplicateError):
                    uow.shops.add(shop(3, code="shop1"))
        assert stored(store, "shops", identifier(2)) is None
        keep(store, [shop(2), shop(3)])
        assert stored(store, "shops", identifier(3)) == shop(3)

    @pytest.mark.parametrize("verb", VERBS)
    def test_a_unit_that_met_a_duplicate_is_doomed(self, store: Store, verb: str) -> None:
        keep(store, [shop(1)])
        with store.unit(TENANT, write=True) as uow:
            call = calls(uow.shops, uow.events, uow.deliveries)[verb]
            uow.counters.add(counter("lost"))
            with pytest.raises(DuplicateError):
                uow.shops.add(shop(3, code="shop1"))
            self._is_doomed(call)
            self._is_doomed(uow.commit)
            self._is_over(uow.commit)
        assert stored(store, "counters", "lost") is None

    @pytest.mark.parametrize("at_once", [False, True])
    def test_a_unit_that_met_a_taken_number_is_doomed(self, store: Store, *, at_once: bool) -> None:
        with store.unit(TENANT, write=True) as uow:
            uow.counters.add(counter("lost"))
            uow.events.record(event(1))
            with pytest.raises(ConflictError):
                uow.events.load([event(1)]) if at_once else uow.events.record(event(1))
            self._is_doomed(lambda: uow.counters.get("lost"))
            self._is_doomed(uow.commit)
        assert stored(store, "counters", "lost") is None

    def test_what_the_store_may_wait_with_is_seen_by_the_next_question(self, store: Store) -> None:
        with store.unit(TENANT, write=True) as uow:
            for number in (1, 2):
                uow.customers.load([customer(number)], deferred=True)
                uow.events.load([event(number)], deferred=True)
            assert uow.customers.get(identifier(2)) == customer(2)
            assert uow.events.of("customer", identifier(1)) == [event(1), event(2)]
            uow.customers.load([customer(3)], deferred=True)
            uow.commit()
        assert stored(store, "customers", identifier(3)) == customer(3)

    def test_what_the_store_waited_with_is_gone_with_its_unit(self, store: Store) -> None:
        with store.unit(TENANT, write=True) as uow:
            uow.customers.load([customer(1)], deferred=True)
            uow.rollback()
        assert stored(store, "customers", identifier(1)) is None

    @pytest.mark.parametrize("told_by", ["commit", "question"])
    def test_what_the_store_waited_with_may_be_refused_later(self, store: Store, told_by: str) -> None:
        keep(store, [shop(1)])
        with store.unit(TENANT, write=True) as uow:

            def stored_at_last() -> None:
                uow.shops.load([shop(2), shop(3, code="shop1")], deferred=True)
                if told_by == "question":
                    uow.shops.get(identifier(2))
                uow.commit()

            uow.counters.add(counter("lost"))
            with pytest.raises(DuplicateError) as caught:
                stored_at_last()
        assert caught.value.field == "code"
        assert (stored(store, "shops", identifier(2)), stored(store, "counters", "lost")) == (None, None)

    def test_a_taken_number_may_be_told_later_too(self, store: Store) -> None:
        with store.unit(TENANT, write=True) as uow:

            def recorded_at_last() -> None:
                uow.events.load([event(1)], deferred=True)
                uow.commit()

            uow.events.record(event(1))
            with pytest.raises(ConflictError) as caught:
                recorded_at_last()
        assert caught.value.code == "write_conflict"

    def test_what_is_not_as_expected_leaves_a_unit_usable(self, store: Store) -> None:
        keep(store, [shop(1)])
        with store.unit(TENANT, write=True) as uow:
            stale = next_version(shop(1))
            with pytest.raises(StaleVersionError):
                uow.shops.save(next_version(stale), was=stale)
            with pytest.raises(NotFoundError):
                uow.shops.save(next_version(shop(2)), was=shop(2))
            uow.counters.add(counter("kept"))
            uow.commit()
        assert stored(store, "counters", "kept") == counter("kept")

    def _is_doomed(self, call: Callable[[], object]) -> None:
        with pytest.raises(TransactionError) as caught:
            call()
        assert caught.value.code == "transaction_doomed"

    @pytest.mark.parametrize("verb", VERBS)
    def test_a_committed_unit_refuses_every_verb(self, store: Store, verb: str) -> None:
        keep(store, [shop(1)])
        with store.unit(TENANT, write=True) as uow:
            call = calls(uow.shops, uow.events, uow.deliveries)[verb]
            uow.commit()
            self._is_over(call)

    @pytest.mark.parametrize("verb", VERBS)
    def test_a_unit_that_was_rolled_back_refuses_every_verb(self, store: Store, verb: str) -> None:
        keep(store, [shop(1)])
        with store.unit(TENANT, write=not verb.endswith("get")) as uow:
            call = calls(uow.shops, uow.events, uow.deliveries)[verb]
        self._is_over(call)

    def test_a_unit_ends_once(self, store: Store) -> None:
        with store.unit(TENANT, write=True) as uow:
            uow.shops.add(shop(1))
            uow.commit()
            self._is_over(uow.commit)
            self._is_over(lambda: uow.shops.get(identifier(1)))
            self._is_over(lambda: uow.events.of("shop", identifier(1)))
            self._is_over(lambda: uow.describe(aggregate_of("customers")))
            uow.rollback()
            uow.rollback()
        assert stored(store, "shops", identifier(1)) == shop(1)

    def _is_over(self, call: Callable[[], object]) -> None:
        with pytest.raises(TransactionError) as caught:
            call()
        assert caught.value.code == "transaction_over"

    @pytest.mark.parametrize("verb", VERBS)
    def test_a_unit_that_only_reads_refuses_to_write(self, store: Store, verb: str) -> None:
        keep(store, [shop(1)])
        with store.unit(TENANT, write=False) as uow:
            call = calls(uow.shops, uow.events, uow.deliveries)[verb]
            if writes(verb):
                with pytest.raises(TransactionError) as caught:
                    call()
                assert caught.value.code == "read_only_unit"
            else:
                call()
        with store.unit(TENANT, write=False) as uow:
            assert uow.shops.find(query("shops")).items == [shop(1)]
            assert uow.events.of("customer", identifier(1)) == []

    def test_a_unit_that_only_reads_is_not_committed(self, store: Store) -> None:
        with store.unit(TENANT, write=False) as uow, pytest.raises(TransactionError) as caught:
            uow.commit()
        assert caught.value.code == "read_only_unit"
