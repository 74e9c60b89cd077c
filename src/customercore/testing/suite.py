"""The conformance suite: what every store does, as tests.

An author of an adapter writes one class and runs pytest::

    class TestMyStore(StoreConformance):
        @pytest.fixture
        def make_store(self, tmp_path):
            def make():
                store = MyStore(tmp_path / "db", catalogue_for_tests())
                store.prepare("create")
                return store

            return make

The store is opened with `samples.catalogue_for_tests`. Stores differ by `ports.store.CAPABILITIES`
only: the suite asks for them and never for a store's type or name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from customercore.errors import StorageError
from customercore.ports.store import CAPABILITIES, DURABLE, Store
from customercore.testing.account_suite import AccountConformance
from customercore.testing.arrangement import TENANT, keep, stored
from customercore.testing.claims_suite import ClaimConformance
from customercore.testing.concurrency_suite import ConcurrencyConformance
from customercore.testing.delivery_suite import DeliveryConformance
from customercore.testing.history_suite import HistoryConformance
from customercore.testing.holding_suite import HoldingConformance
from customercore.testing.index_suite import IndexConformance
from customercore.testing.info_suite import InfoConformance
from customercore.testing.journal_suite import JournalConformance
from customercore.testing.ledger_suite import LedgerConformance
from customercore.testing.meaning_suite import MeaningConformance
from customercore.testing.paging_suite import PagingConformance
from customercore.testing.reindex_suite import ReindexConformance
from customercore.testing.repository_suite import RepositoryConformance
from customercore.testing.samples import identifier, moment, shop
from customercore.testing.search_suite import SearchConformance
from customercore.testing.tenant_suite import TenantConformance
from customercore.testing.transaction_suite import TransactionConformance
from customercore.testing.trusting_suite import TrustingConformance
from customercore.testing.unique_suite import UniqueKeyConformance

__all__ = ["MakeStore", "StoreConformance"]

MakeStore = Callable[[], Store]
"""Opens a store: at each call in one test the same database, in the next test an empty one."""


class StoreConformance(
    RepositoryConformance,
    UniqueKeyConformance,
    SearchConformance,
    PagingConformance,
    IndexConformance,
    InfoConformance,
    ReindexConformance,
    ClaimConformance,
    MeaningConformance,
    TransactionConformance,
    ConcurrencyConformance,
    TrustingConformance,
    JournalConformance,
    DeliveryConformance,
    HistoryConformance,
    LedgerConformance,
    AccountConformance,
    HoldingConformance,
    TenantConformance,
):
    """All tests of a store. The subclass gives ``make_store``; its name starts with ``Test``."""

    @pytest.fixture
    def make_store(self) -> MakeStore:
        """Return what opens the store under test, prepared; each adapter overrides this."""
        raise NotImplementedError

    @pytest.fixture
    def store(self, make_store: MakeStore) -> Iterator[Store]:
        """Open the store for one test, and close it."""
        with closing(make_store()) as store:
            yield store

    def test_its_capabilities_are_known_ones(self, store: Store) -> None:
        assert store.capabilities <= CAPABILITIES

    def test_preparing_it_again_changes_nothing(self, store: Store) -> None:
        keep(store, [shop(1)])
        store.prepare("create")
        store.prepare("upgrade")
        store.prepare("never")
        assert stored(store, "shops", identifier(1)) == shop(1)

    def test_its_secret_is_its_own_and_stays(self, store: Store) -> None:
        assert len(store.secret()) == 32
        assert store.secret() == store.secret()
        assert len(set(store.secret())) > 8  # not a constant

    def test_it_finds_itself_in_order(self, store: Store) -> None:
        keep(store, [shop(1)])
        findings = store.check()
        assert findings
        assert [one for one in findings if not one.ok] == []
        assert all(one.name and one.detail for one in findings)

    @pytest.mark.parametrize("asked", ["prepare", "unit", "reading unit", "due", "due wallets", "key", "check"])
    def test_a_store_that_was_closed_says_so(self, make_store: MakeStore, asked: str) -> None:
        store = make_store()
        store.secret()
        store.close()
        store.close()
        calls: dict[str, Callable[[], object]] = {
            "prepare": lambda: store.prepare("create"),
            "unit": lambda: store.unit(TENANT, write=True),
            "reading unit": lambda: store.unit(TENANT, write=False),
            "due": lambda: store.due(["crm"], moment(1)),
            "due wallets": lambda: store.due_wallets(moment(1)),
            "key": store.secret,
            "check": store.check,
        }
        with pytest.raises(StorageError) as caught:
            calls[asked]()
        assert (caught.value.code, caught.value.retryable) == ("store_closed", False)

    def test_a_unit_that_is_open_when_its_store_is_closed_goes_on(self, make_store: MakeStore) -> None:
        store = make_store()
        uow = store.unit(TENANT, write=True)
        store.close()
        with uow:
            uow.shops.add(shop(1))
            uow.commit()

    def test_a_store_goes_on_when_another_one_of_the_same_data_is_closed(
        self, store: Store, make_store: MakeStore
    ) -> None:
        other = make_store()
        keep(store, [shop(1)])
        other.close()
        assert stored(store, "shops", identifier(1)) == shop(1)

    def test_what_is_committed_is_there_for_another_process(self, store: Store, make_store: MakeStore) -> None:
        if DURABLE not in store.capabilities:
            pytest.skip("this store is not durable")
        keep(store, [shop(1)])
        with closing(make_store()) as other:
            assert stored(other, "shops", identifier(1)) == shop(1)
            assert other.secret() == store.secret()
            keep(other, [shop(2)])
        assert stored(store, "shops", identifier(2)) == shop(2)
