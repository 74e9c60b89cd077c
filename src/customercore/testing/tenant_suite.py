"""Tenants never meet: every verb of every port is tried with ids and keys that two tenants share.

The verbs come from the ports themselves, so that a verb added tomorrow fails until it has a probe.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import pytest

from customercore.errors import ConflictError
from customercore.ports.deliveries import Deliveries
from customercore.ports.journal import Journal
from customercore.ports.ledger import Ledger
from customercore.ports.repository import Repository
from customercore.ports.store import Store
from customercore.ports.unit_of_work import UnitOfWork
from customercore.testing.arrangement import OTHER, TENANT, keep, query, stored, verbs_of
from customercore.testing.own_rows_probes import DELIVERY_PROBES, JOURNAL_PROBES, LEDGER_PROBES
from customercore.testing.samples import (
    PLURALS,
    aggregate_of,
    catalogue_for_tests,
    claiming,
    counter,
    delivery,
    entry,
    event,
    filled,
    identifier,
    moment,
    next_version,
    sharing,
    wallet,
)

__all__ = ["TenantConformance"]


@attrs.frozen
class Neighbours:
    """Records: ``ours`` and ``theirs`` share id and unique keys; ``stranger`` is theirs alone."""

    plural: str
    ours: Any
    theirs: Any
    stranger: Any

    @property
    def keys(self) -> dict[str, str]:
        """The unique keys of the stranger, by name."""
        return aggregate_of(self.plural).project(self.stranger).uniques

    @property
    def shared_keys(self) -> dict[str, str]:
        """The unique keys that both tenants use, by name."""
        return aggregate_of(self.plural).project(self.ours).uniques


def neighbours(plural: str) -> Neighbours:
    """Return records of one type."""
    ours = claiming(plural, 1)
    theirs = attrs.evolve(claiming(plural, 2), id=ours.id, version=7)
    for unique in aggregate_of(plural).project(ours).uniques:
        theirs = sharing(plural, theirs, unique, ours)
    return Neighbours(plural, ours, theirs, claiming(plural, 3))


def _get(repository: Repository[Any], they: Neighbours) -> None:
    for held in (False, True):
        assert repository.get(they.ours.id, held=held) == they.ours
        assert repository.get(they.stranger.id, held=held) is None


def _version(repository: Repository[Any], they: Neighbours) -> None:
    assert repository.version(they.ours.id) == they.ours.version
    assert repository.version(they.stranger.id) is None


def _by(repository: Repository[Any], they: Neighbours) -> None:
    for unique, key in they.shared_keys.items():
        assert repository.by(unique, key) == they.ours
    for unique, key in they.keys.items():
        assert repository.by(unique, key) is None


def _by_keys(repository: Repository[Any], they: Neighbours) -> None:
    for unique, key in they.shared_keys.items():
        found = repository.by_keys(unique, [key, they.keys[unique]])
        assert dict(found) == {key: they.ours}


def _add(repository: Repository[Any], they: Neighbours) -> None:
    repository.add(attrs.evolve(they.stranger, version=2))
    assert repository.version(they.stranger.id) == 2


def _load(repository: Repository[Any], they: Neighbours) -> None:
    repository.load([attrs.evolve(they.stranger, version=2)])
    assert repository.version(they.stranger.id) == 2


def _save(repository: Repository[Any], they: Neighbours) -> None:
    changed = attrs.evolve(filled(they.plural, 4), id=they.ours.id, version=2)
    repository.save(changed, was=they.ours)
    assert repository.get(they.ours.id) == changed


def _reindex(repository: Repository[Any], they: Neighbours) -> None:
    repository.reindex(they.ours)
    repository.reindex(they.stranger)
    assert repository.get(they.ours.id) == they.ours
    assert repository.get(they.stranger.id) is None


def _remove(repository: Repository[Any], they: Neighbours) -> None:
    repository.remove(they.ours)
    repository.remove(they.stranger)
    assert repository.get(they.ours.id) is None


def _find(repository: Repository[Any], they: Neighbours) -> None:
    for sort in ([], ["id"], ["-version"]):
        found = repository.find(query(they.plural, None, sort, limit=10))
        assert (found.items, found.after) == ([they.ours], None)


def _count(repository: Repository[Any], they: Neighbours) -> None:
    assert repository.count(query(they.plural)) == 1
    assert repository.count(query(they.plural), 2) == 1


def _stream(repository: Repository[Any], they: Neighbours) -> None:
    assert list(repository.stream(query(they.plural))) == [they.ours]


PROBES: dict[str, Callable[[Repository[Any], Neighbours], None]] = {
    "get": _get,
    "version": _version,
    "by": _by,
    "by_keys": _by_keys,
    "add": _add,
    "load": _load,
    "save": _save,
    "reindex": _reindex,
    "remove": _remove,
    "find": _find,
    "count": _count,
    "stream": _stream,
}


UNITS = {"unit", "joined"}
"""The verbs of a store that are told a tenant; whatever is reached by them is tried by the probes."""
OF_THE_STORE = {"prepare", "due", "due_wallets", "secret", "check", "close"}
"""The verbs of a store that are about all of its tenants, and return nothing of any but their names."""
OF_A_UNIT = {"repository", "describe", "expect", "repeatable", "commit", "rollback"}
"""The verbs of a unit, which is one tenant's; only `expect` takes an id. Its properties are repositories."""


def _expect_and_commit(uow: UnitOfWork, plural: str, id: str, version: int) -> None:
    uow.expect(plural, id, version)
    uow.commit()


class TenantConformance:
    """Tests that what one tenant does, no other tenant notices."""

    def test_every_verb_of_a_store_and_of_a_unit_is_known(self) -> None:
        assert set(verbs_of(Store)) == UNITS | OF_THE_STORE
        assert set(verbs_of(UnitOfWork)) == OF_A_UNIT
        properties = {name for name, value in vars(UnitOfWork).items() if isinstance(value, property)}
        assert properties == {*PLURALS, "events", "deliveries", "ledger"}

    def test_every_repository_of_the_catalogue_is_tried(self) -> None:
        assert set(PLURALS) == {one.plural for one in catalogue_for_tests().stored}

    @pytest.mark.parametrize("plural", PLURALS)
    def test_what_is_expected_is_the_tenants_own(self, store: Store, plural: str) -> None:
        they = neighbours(plural)
        keep(store, [they.ours], TENANT)
        keep(store, [they.theirs, they.stranger], OTHER)
        with store.unit(TENANT, write=True) as uow:
            uow.expect(plural, they.ours.id, they.ours.version)
            uow.commit()
        for id, version in ((they.ours.id, they.theirs.version), (they.stranger.id, they.stranger.version)):
            with store.unit(TENANT, write=True) as uow:
                with pytest.raises(ConflictError) as caught:
                    _expect_and_commit(uow, plural, id, version)
                assert (caught.value.code, caught.value.retryable) == ("write_conflict", True)

    @pytest.mark.parametrize("verb", verbs_of(Repository))
    @pytest.mark.parametrize("plural", PLURALS)
    def test_no_verb_reaches_the_records_of_another_tenant(self, store: Store, plural: str, verb: str) -> None:
        they = neighbours(plural)
        keep(store, [they.ours], TENANT)
        keep(store, [they.theirs, they.stranger], OTHER)
        with store.unit(TENANT, write=True) as uow:
            PROBES[verb](uow.repository(plural), they)
            uow.commit()
        with store.unit(OTHER, write=False) as uow:
            repository = uow.repository(plural)
            found = repository.find(query(plural, None, ["id"])).items
            assert found == [they.theirs, they.stranger]
            for unique, key in they.shared_keys.items():
                assert repository.by(unique, key) == they.theirs

    @pytest.mark.parametrize("verb", verbs_of(Journal))
    def test_no_verb_reaches_the_events_of_another_tenant(self, store: Store, verb: str) -> None:
        theirs = [event(1), event(2), event(2, 1)]
        for tenant, events in ((TENANT, [event(1, type="customer.created")]), (OTHER, theirs)):
            with store.unit(tenant, write=True) as uow:
                uow.events.load(events)
                uow.commit()
        with store.unit(TENANT, write=True) as uow:
            JOURNAL_PROBES[verb](uow.events)
            uow.commit()
        with store.unit(OTHER, write=False) as uow:
            assert uow.events.of("customer", identifier(1)) == theirs

    @pytest.mark.parametrize("verb", verbs_of(Deliveries))
    def test_no_verb_reaches_the_deliveries_of_another_tenant(self, store: Store, verb: str) -> None:
        dead = delivery(3).failed("boom", "raised", again=None, now=moment(2))
        done = delivery(4).delivered(moment(2))
        theirs = [delivery(1), delivery(2), dead, done]
        for tenant, many in ((TENANT, theirs[:1]), (OTHER, theirs)):
            with store.unit(tenant, write=True) as uow:
                uow.deliveries.add(many)
                uow.commit()
        with store.unit(TENANT, write=True) as uow:
            DELIVERY_PROBES[verb](uow.deliveries)
            uow.commit()
        with store.unit(OTHER, write=True) as uow:
            assert [one.delivery for one in uow.deliveries.due("crm", moment(9), 9)] == theirs[:2]
            assert uow.deliveries.dead() == [dead]
            assert len(uow.deliveries.numbers("crm", "customer", identifier(1))) == len(theirs)

    @pytest.mark.parametrize("verb", verbs_of(Ledger))
    def test_no_verb_reaches_the_accounts_of_another_tenant(self, store: Store, verb: str) -> None:
        first = entry(1, about=identifier(5))
        theirs = [first, entry(2, about=identifier(5)), entry(3)]
        now = {
            tenant: wallet(1, version=2, posted_minor=100 * len(many), last_sequence=len(many))
            for tenant, many in ((TENANT, theirs[:1]), (OTHER, theirs))
        }
        for tenant, one in now.items():
            keep(store, [wallet(1)], tenant)
            with store.unit(tenant, write=True) as uow:
                uow.ledger.post(one, theirs[: one.last_sequence], was=wallet(1))
                uow.commit()
        with store.unit(TENANT, write=True) as uow:
            LEDGER_PROBES[verb](uow.ledger)
            uow.commit()
        with store.unit(OTHER, write=False) as uow:
            assert uow.ledger.entries(identifier(1)) == theirs
            assert uow.wallets.get(identifier(1)) == now[OTHER]

    def test_names_of_tenants_are_compared_as_they_are(self, store: Store) -> None:
        names = ["acme", "ACME", "acme2", "acm\u00e9", "acm_", "acm%"]
        for at, name in enumerate(names):
            keep(store, [counter("range", next=at)], name)
        found = [stored(store, "counters", "range", name).next for name in names]
        assert found == list(range(len(names)))
        assert stored(store, "counters", "range", "Acme") is None

    def test_a_conflict_in_one_tenant_is_none_in_another(self, store: Store) -> None:
        for tenant in (TENANT, OTHER):
            keep(store, [counter("range")], tenant)
        was = counter("range")
        for tenant in (TENANT, OTHER):
            with store.unit(tenant, write=True) as uow:
                uow.counters.save(next_version(was, next=9), was=was)
                uow.commit()
        assert stored(store, "counters", "range", TENANT) == next_version(was, next=9)
        assert stored(store, "counters", "range", OTHER) == next_version(was, next=9)
