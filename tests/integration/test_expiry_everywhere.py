"""A wallet that cannot be settled, or not even be read, does not keep the others from being settled, on any store."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from database_servers.databases import Database, MongoDatabase, any_database
from sqlalchemy import make_url

from customercore import CustomerCore, Wallet
from customercore.errors import ConflictError
from customercore.services.units import Work
from customercore.testing.fakes import FixedClock, SequentialIdentifiers
from customercore.wiring import open_core

DAY = dt.timedelta(days=1)
Ruin = Callable[[Wallet], None]
"""Makes the stored document of a wallet one that nobody can read."""


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture(params=["memory", "sqlite", "postgresql-18", "mariadb", "mongodb"])
def opened(request: pytest.FixtureRequest, tmp_path: Path, clock: FixedClock) -> Iterator[tuple[CustomerCore, Ruin]]:
    """Give a core on a store of each sort, and what ruins one of its wallets; memory keeps no documents."""
    options: dict[str, Any] = {"clock": clock, "identifiers": SequentialIdentifiers()}

    def nothing(_: Wallet) -> None:
        pytest.skip("what is in memory can always be read")

    if request.param == "memory":
        with open_core("memory://", **options) as core:
            yield core, nothing
        return
    if request.param == "sqlite":
        file = Database(make_url(f"sqlite:///{tmp_path}/shop.db"))
        with open_core(file.url, **options) as core:
            yield core, ruining(file)
        file.close()
        return
    with any_database(request.param) as database, open_core(database.url, **options) as core:
        yield core, ruining(database)


def ruining(database: Database | MongoDatabase) -> Ruin:
    def ruin(wallet: Wallet) -> None:
        if isinstance(database, MongoDatabase):
            database.own["customercore_wallets"].update_one(
                {"_id.i": wallet.id}, {"$set": {"lots": "none"}}, bypass_document_validation=True
            )
        else:
            database.run(f"UPDATE customercore_wallets SET document = '[' WHERE id = '{wallet.id}'")  # noqa: S608  ours

    return ruin


def wallets_due(core: CustomerCore, clock: FixedClock, count: int) -> list[Wallet]:
    """Make wallets of each of which a credit is due, in the order of their ids."""
    made = [core.balances.open(f"owner-{number}", currency="SEK") for number in range(count)]
    for one in made:
        core.balances.credit(one, 10, expires_at=clock.now() + DAY)
    clock.advance(days=2)
    return made


def miscount(core: CustomerCore, wallet: Wallet) -> None:
    """Let a wallet count one entry less than it has: whatever is posted to it takes a number that is taken."""

    def use_case(work: Work) -> None:
        was = work.uow.wallets.get(wallet.id, held=True)
        assert was is not None
        work.uow.wallets.save(attrs.evolve(was, version=was.version + 1, last_sequence=0), was=was)

    core.balances._context.units.write(use_case)  # noqa: SLF001  no call of ours does such a thing


def posted(core: CustomerCore, wallets: list[Wallet]) -> list[int]:
    return [len(core.balances.entries(one).items) for one in wallets]


def test_the_others_are_settled_and_the_report_and_the_log_name_what_failed(
    opened: tuple[CustomerCore, Ruin], clock: FixedClock, caplog: pytest.LogCaptureFixture
) -> None:
    core, _ = opened
    wallets = wallets_due(core, clock, 5)
    for one in (wallets[0], wallets[2]):
        miscount(core, one)
    for entries in (3, 0):  # what was settled is not settled again; what failed is tried again
        caplog.clear()
        with caplog.at_level(logging.ERROR, "customercore"):
            report = core.balances.expire_due()
        assert (report.wallets, report.entries, report.failed, report.after) == (entries, entries, 2, None)
        assert [(one.wallet, one.code) for one in report.unsettled] == [
            (wallets[0].id, "write_conflict"),
            (wallets[2].id, "write_conflict"),
        ]
        assert [one.wallet in told for one, told in zip(report.unsettled, caplog.messages, strict=True)] == [True, True]
    assert posted(core, wallets) == [1, 2, 1, 2, 2]


def test_wallets_that_cannot_be_read_are_passed_by(opened: tuple[CustomerCore, Ruin], clock: FixedClock) -> None:
    core, ruin = opened
    wallets = wallets_due(core, clock, 6)
    for one in (wallets[0], wallets[3], wallets[4]):
        ruin(one)
    report = core.balances.expire_due()
    assert (report.wallets, report.entries, report.failed) == (3, 3, 3)
    assert [(one.wallet, one.code) for one in report.unsettled] == [
        (wallets[at].id, "corrupt_record") for at in (0, 3, 4)
    ]
    assert posted(core, [wallets[at] for at in (1, 2, 5)]) == [2, 2, 2]
    told = {one.wallet: one.fault for one in core.balances.verify_all()}
    assert list(told) == [one.id for one in wallets]
    wrong = {id: fault.what for id, fault in told.items() if fault is not None}
    assert wrong == {wallets[at].id: "unreadable" for at in (0, 3, 4)}
    assert core.balances.verify(wallets[0].id).fault == told[wallets[0].id]


def test_a_limit_counts_what_was_tried_and_the_next_call_goes_on_behind_it(
    opened: tuple[CustomerCore, Ruin], clock: FixedClock
) -> None:
    core, _ = opened
    wallets = wallets_due(core, clock, 7)
    for at in (0, 1, 4):
        miscount(core, wallets[at])
    seen, after = [], ""
    for _ in range(4):
        report = core.balances.expire_due(limit=2, after=after)
        seen.append((report.wallets, report.failed, report.after))
        after = report.after or ""
    assert seen == [(0, 2, wallets[1].id), (2, 0, wallets[3].id), (1, 1, wallets[5].id), (1, 0, None)]


def test_a_limit_counts_wallets_that_cannot_be_read_too(opened: tuple[CustomerCore, Ruin], clock: FixedClock) -> None:
    core, ruin = opened
    wallets = wallets_due(core, clock, 4)
    for at in (0, 2):
        ruin(wallets[at])
    first = core.balances.expire_due(limit=1)
    second = core.balances.expire_due(limit=2, after=first.after or "")
    third = core.balances.expire_due(limit=2, after=second.after or "")
    assert [(one.wallets, one.failed, one.after) for one in (first, second, third)] == [
        (0, 1, wallets[0].id),
        (1, 1, wallets[2].id),
        (1, 0, None),
    ]


def test_inside_a_transaction_it_is_raised(opened: tuple[CustomerCore, Ruin], clock: FixedClock) -> None:
    core, _ = opened
    miscount(core, wallets_due(core, clock, 2)[1])
    with pytest.raises(ConflictError), core.transaction() as tx:
        tx.balances.expire_due()
    assert core.balances.expire_due().entries == 1
