"""A posting goes by the definitions that its process knows, and notices when they are others by now."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from database_servers.databases import any_database

from customercore import CustomerCore, Money, open_core
from customercore.errors import ConflictError
from customercore.testing.fakes import RecordingSubscriber


@pytest.fixture(scope="module", params=["sqlite", "postgresql-18", "postgresql-16", "mariadb", "mongodb"])
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the URL of a database that several cores share, as processes would."""
    with contextlib.ExitStack() as stack:
        if request.param == "sqlite":
            yield f"sqlite:///{tmp_path_factory.mktemp('wallets') / Path('shop.db')}"
        else:
            yield stack.enter_context(any_database(request.param)).url


def test_who_subscribes_meanwhile_hears_of_the_next_posting(url: str) -> None:
    with open_core(url, tenant="told") as first:
        wallet = first.balances.open("party", currency="SEK")
        first.balances.credit(wallet, "10.00")
        crm = RecordingSubscriber("crm")
        with open_core(url, tenant="told", subscribers=[crm]) as second:
            second.flags.define("vip")  # its first write makes the subscriber known
            entry = first.balances.debit(wallet, "1.00")
            second.events.dispatch()
    assert entry.balance_after == Money("9.00", "SEK")
    assert [one.type for one in crm.events if one.aggregate == "wallet"] == ["wallet.debited"]


def test_in_one_transaction_the_definitions_are_those_of_its_own(url: str) -> None:
    with open_core(url, tenant="own") as core:
        wallet = core.balances.open("party", currency="SEK")
        with core.transaction() as tx:
            tx.flags.define("vip")
            tx.balances.credit(wallet, "10.00")
            tx.balances.debit(wallet, "4.00")
        assert core.balances.posted(wallet) == Money("6.00", "SEK")
        assert core.balances.verify(wallet).ok


def test_many_threads_on_one_wallet_all_come_to_their_turn(url: str) -> None:
    with open_core(url, tenant="hot") as core:
        wallet = core.balances.open("party", currency="SEK")
        core.balances.credit(wallet, "64.00")
        with ThreadPoolExecutor(32) as pool:
            entries = list(pool.map(lambda _: core.balances.debit(wallet, "1.00"), range(64)))
        assert sorted(one.sequence for one in entries) == list(range(2, 66))
        assert core.balances.posted(wallet) == Money("0.00", "SEK")
        assert core.balances.verify(wallet).ok


def test_a_wallet_that_was_read_without_being_held_is_a_lost_race(url: str) -> None:
    """Even a posting that the store puts off notices that its wallet has changed."""
    with open_core(url, tenant="stale") as core:
        wallet = core.balances.open("party", currency="SEK")
        core.balances.credit(wallet, "5.00")
        assert _postings_of_one_version(core, wallet.id) == ["kept", "write_conflict"]
        assert core.balances.verify(wallet).ok


def _postings_of_one_version(core: CustomerCore, id: str) -> list[str]:
    """Post twice to the same version of a wallet, in a unit each."""
    from customercore.domain.posting import Occasion  # noqa: PLC0415  what services do is done by hand here
    from customercore.domain.spending import debited  # noqa: PLC0415

    context = core.balances._context  # noqa: SLF001
    was, ends = core.balances.get(id), []
    for _ in range(2):
        new = context.identifiers.new
        posted = debited(was, 100, Occasion(new(), context.clock.now(), context.actor, new, None, None))
        with context.units._store.unit("stale", write=True) as uow:  # type: ignore[attr-defined]  # noqa: SLF001
            try:
                uow.ledger.post(posted.wallet, posted.entries, was=was, deferred=True)
                uow.commit()
                ends.append("kept")
            except ConflictError as error:
                ends.append("write_conflict" if error.code == "stale_version" else error.code)
    return ends
