"""What history asks of a journal: reading it from its end, and taking out what it says about a person."""

from __future__ import annotations

import attrs
import pytest

from customercore.domain.event import ERASED
from customercore.errors import ConflictError
from customercore.ports.store import SEPARATE_WRITES, Store
from customercore.testing.arrangement import TENANT
from customercore.testing.journal_suite import events_of, record
from customercore.testing.samples import HARD_TEXTS, event, identifier

__all__ = ["HistoryConformance"]

NUMBERED = [event(1), event(2), event(2, 1), event(3), event(10)]
PERSONAL = event(
    4,
    changes={"status": ("active", "inactive")},
    personal={"last_name": (None, "Lovelace"), f"addresses.{identifier(5)}.city": ("Lund", HARD_TEXTS[1])},
    reason="she asked for it",
)


class HistoryConformance:
    """Tests of `ports.journal.Journal` beside recording."""

    def test_events_are_read_back_from_the_newest(self, store: Store) -> None:
        record(store, *NUMBERED, event(1, id=identifier(7), aggregate_id=identifier(2)))
        with store.unit(TENANT, write=False) as uow:
            back = uow.events.back
            assert back("customer", identifier(1)) == NUMBERED[::-1]
            assert back("customer", identifier(1), limit=2) == [event(10), event(3)]
            assert back("customer", identifier(1), before=(3, 0)) == [event(2, 1), event(2), event(1)]
            assert back("customer", identifier(1), before=(2, 1), limit=1) == [event(2)]
            assert back("customer", identifier(1), before=(1, 0)) == []
            assert back("customer", identifier(9)) == []
            assert back("shop", identifier(1)) == []

    def test_a_hundred_events_are_read_back_unless_asked_otherwise(self, store: Store) -> None:
        many = [event(version) for version in range(1, 151)]
        with store.unit(TENANT, write=True) as uow:
            uow.events.load(many)
            uow.commit()
        with store.unit(TENANT, write=False) as uow:
            assert uow.events.back("customer", identifier(1)) == many[:49:-1]
            assert uow.events.back("customer", identifier(1), limit=200) == many[::-1]

    def test_own_events_are_read_back_too(self, store: Store) -> None:
        record(store, event(1))
        with store.unit(TENANT, write=True) as uow:
            uow.events.record(event(2))
            assert uow.events.back("customer", identifier(1)) == [event(2), event(1)]

    def test_only_what_is_personal_is_rewritten(self, store: Store) -> None:
        record(store, event(3), PERSONAL, event(5, reason="kept"))
        with store.unit(TENANT, write=True) as uow:
            wrong = attrs.evolve(PERSONAL.erased(), changes={}, type="customer.created", customer_id=identifier(3))
            uow.events.rewrite([wrong])
            uow.commit()
        erased = attrs.evolve(PERSONAL, reason=None, personal=dict.fromkeys(PERSONAL.personal, ERASED))
        assert events_of(store) == [event(3), erased, event(5, reason="kept")]

    def test_a_reason_and_values_can_be_written_anew(self, store: Store) -> None:
        record(store, PERSONAL, event(5))
        again = [attrs.evolve(event(5), personal={"suffix": ("a", None)}, reason=HARD_TEXTS[0])]
        with store.unit(TENANT, write=True) as uow:
            uow.events.rewrite(again)
            assert uow.events.of("customer", identifier(1)) == [PERSONAL, *again]
            uow.commit()
        assert events_of(store) == [PERSONAL, *again]

    def test_an_event_of_this_unit_can_be_rewritten(self, store: Store) -> None:
        with store.unit(TENANT, write=True) as uow:
            uow.events.record(PERSONAL)
            uow.events.rewrite([PERSONAL.erased()])
            assert uow.events.of("customer", identifier(1)) == [PERSONAL.erased()]
            uow.commit()
        assert events_of(store) == [PERSONAL.erased()]

    def test_what_was_rewritten_and_not_committed_is_as_it_was(self, store: Store) -> None:
        record(store, PERSONAL)
        with store.unit(TENANT, write=True) as uow:
            uow.events.rewrite([PERSONAL.erased()])
            assert uow.events.back("customer", identifier(1)) == [PERSONAL.erased()]
        assert events_of(store) == [PERSONAL]

    def test_rewriting_makes_no_events(self, store: Store) -> None:
        record(store, event(1))
        with store.unit(TENANT, write=True) as uow:
            uow.events.rewrite([PERSONAL, attrs.evolve(event(1), aggregate="shop")])
            uow.events.rewrite([])
            uow.commit()
        assert events_of(store) == [event(1)]
        assert events_of(store, "shop") == []

    def test_of_two_units_that_rewrite_an_event_both_or_one_is_kept(self, store: Store) -> None:
        if SEPARATE_WRITES not in store.capabilities:
            pytest.skip("this store has one writer at a time")
        record(store, PERSONAL)
        with store.unit(TENANT, write=True) as first:
            first.events.of("customer", identifier(1))
            with store.unit(TENANT, write=True) as second:
                second.events.rewrite([attrs.evolve(PERSONAL, reason="second")])
                second.commit()
            conflict = None
            try:
                first.events.rewrite([PERSONAL.erased()])
                first.commit()
            except ConflictError as error:
                conflict = error
        if conflict is None:
            assert events_of(store) == [PERSONAL.erased()]
        else:
            assert (conflict.code, conflict.retryable) == ("write_conflict", True)
            assert events_of(store) == [attrs.evolve(PERSONAL, reason="second")]
