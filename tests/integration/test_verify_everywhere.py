"""What `verify` sees of accounts and wallets that were tampered with behind our back, on every store."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import attrs
import pytest
from database_servers.databases import AnyDatabase, Database, MongoDatabase, any_database
from sqlalchemy import make_url

import customercore_lmdb
from customercore import CustomerCore, Entry, Money, Wallet
from customercore.adapters.key_value.view import key_of
from customercore.domain.actor import BusinessUser
from customercore.domain.verifying import Fault, Verdict
from customercore.domain.wallet import Lot
from customercore.errors import ConflictError, NotFoundError
from customercore.services.units import Work
from customercore.testing.fakes import FixedClock
from customercore.wiring import open_core
from customercore_lmdb.environment import environment_of

DAY = dt.timedelta(days=1)
_TRIGGERS = {
    "sqlite": ("DROP TRIGGER customercore_entries_no_update", "DROP TRIGGER customercore_entries_no_delete"),
    "mariadb": ("DROP TRIGGER customercore_entries_no_update", "DROP TRIGGER customercore_entries_no_delete"),
    "postgresql": ("DROP TRIGGER customercore_entries_stay ON customercore_entries",),
}
"""What an administrator does who tampers with entries, by the scheme of the store's URL."""


Forge = Callable[[Wallet, Entry], tuple[Wallet, Entry | None]]
"""Makes of a wallet and its last entry another wallet and, maybe, one more entry."""


class Store:
    """A store of one sort, and a way to its data that asks nobody of us; None for memory."""

    def __init__(self, url: str, database: AnyDatabase | Path | None) -> None:
        self.url = url
        self._database = database

    def open(self, tenant: str, clock: FixedClock) -> CustomerCore:
        return open_core(self.url, tenant=tenant, clock=clock, timeout=30, plugins=[customercore_lmdb])

    def ruin(self, wallet: Wallet, number: int, tenant: str) -> None:
        """Make an entry one that cannot be read back: by somebody of a kind that there is not."""
        if self._database is None:
            pytest.skip("what is in memory can always be read")
        if isinstance(self._database, MongoDatabase):
            ours = {"_id.w": wallet.id, "_id.s": number}
            entries = self._database.own["customercore_entries"]
            assert entries.update_one(ours, {"$set": {"actor.kind": "clerk"}}).modified_count == 1
        elif isinstance(self._database, Database):
            where = f"wallet = '{wallet.id}' AND sequence = {number}"
            self.run(f"UPDATE customercore_entries SET actor_kind = 'clerk' WHERE {where}")  # noqa: S608  ours
        else:
            key = key_of("entries", tenant, wallet.id) + number.to_bytes(8)
            with environment_of(str(self._database)).files.begin(write=True) as files:
                files.put(key, (files.get(key) or b"").replace(b'"system"', b'"clerk"'))

    def remove(self, entry: Entry) -> None:
        """Delete an entry."""
        if isinstance(self._database, MongoDatabase):
            assert self._database.own["customercore_entries"].delete_one({"id": entry.id}).deleted_count == 1
        else:
            self.run(f"DELETE FROM customercore_entries WHERE id = '{entry.id}'")  # noqa: S608  ours

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """Ask SQL."""
        if not isinstance(self._database, Database):
            pytest.skip("it is no SQL store")
        return self._database.rows(statement)

    def run(self, *statements: str) -> None:
        """Execute SQL."""
        if not isinstance(self._database, Database):
            pytest.skip("it is no SQL store")
        self._database.run(*statements)


@pytest.fixture(scope="module", params=["memory", "sqlite", "postgresql-18", "mariadb", "mongodb", "lmdb"])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Give a store of each sort without triggers, which the tests share: each has a tenant of its own."""
    folder = tmp_path_factory.mktemp("verified")
    if request.param in ("memory", "lmdb"):
        lmdb = request.param == "lmdb"
        yield Store(f"lmdb:///{folder}" if lmdb else "memory://verified", folder if lmdb else None)
        return
    if request.param == "sqlite":
        file = Database(make_url(f"sqlite:///{folder}/shop.db"))
        yield _bare(file)
        file.close()
        return
    with any_database(request.param) as database:
        yield _bare(database)


def _bare(database: AnyDatabase) -> Store:
    open_core(database.url).close()
    if isinstance(database, Database):
        database.run(*_TRIGGERS[make_url(database.url).get_backend_name()])
    return Store(database.url, database)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def tenant(request: pytest.FixtureRequest) -> str:
    return "".join(char if char.isalnum() else "-" for char in request.node.name)[-60:].strip("-")


@pytest.fixture
def core(store: Store, tenant: str, clock: FixedClock) -> Iterator[CustomerCore]:
    with store.open(tenant, clock) as core:
        yield core


def account(core: CustomerCore, count: int, owner: str = "ada") -> Wallet:
    """Open a wallet with so many credits."""
    wallet = core.balances.open(owner, currency="SEK")
    for _ in range(count):
        core.balances.credit(wallet, 10)
    return wallet


def fault_of(core: CustomerCore, wallet: Wallet | str) -> Fault:
    """Return what is wrong with a wallet, as all ways to ask say."""
    verdict = core.balances.verify(wallet)
    assert verdict.fault is not None
    assert verdict in list(core.balances.verify_all())
    return verdict.fault


def forge(core: CustomerCore, wallet: Wallet, forged: Forge) -> None:
    """Store what no rule of ours would give."""

    def use_case(work: Work) -> None:
        was = work.uow.wallets.get(wallet.id, held=True)
        assert was is not None
        now, entry = forged(was, work.uow.ledger.back(was.id, limit=1)[0])
        work.uow.ledger.post(attrs.evolve(now, version=was.version + 1), [entry] if entry else [], was=was)

    core.balances._context.units.write(use_case)  # noqa: SLF001  no call of ours does such a thing


def named(fault: Fault) -> tuple[Any, ...]:
    return fault.what, fault.sequence


def test_an_entry_that_cannot_be_read_is_a_fault_of_its_wallet_and_the_others_are_verified(
    store: Store, core: CustomerCore, tenant: str
) -> None:
    wallets = [account(core, 3, owner) for owner in ("ada", "bob", "eve")]
    store.ruin(wallets[1], 2, tenant)
    assert core.balances.verify(wallets[1]).fault is not None
    assert [one.ok for one in core.balances.verify_all()] == [True, False, True]


def test_a_wrong_entry_is_named_before_a_later_one_that_cannot_be_read(
    store: Store, core: CustomerCore, tenant: str
) -> None:
    wallet = account(core, 3)

    def wrong(was: Wallet, last: Entry) -> tuple[Wallet, Entry]:
        entry = attrs.evolve(last, id="forged", sequence=4, balance_after=last.balance_after)
        return attrs.evolve(was, last_sequence=4), entry

    forge(core, wallet, wrong)
    for _ in range(3):
        core.balances.credit(wallet, 10)
    store.ruin(wallet, 6, tenant)
    fault = fault_of(core, wallet)
    assert (fault.what, fault.entry, fault.sequence) == ("balance", "forged", 4)


def test_an_entry_that_cannot_be_read_is_named_by_its_number(store: Store, core: CustomerCore, tenant: str) -> None:
    wallet = account(core, 11)
    id = core.balances.entries(wallet).items[6].id
    store.ruin(wallet, 7, tenant)
    assert named(fault_of(core, wallet)) == ("unreadable", 7)
    assert core.balances.verify(wallet).entries == 6
    if not store.url.startswith("lmdb"):  # which knows its entries by their numbers
        assert fault_of(core, wallet).entry == id
    with core.transaction() as tx:
        assert tx.balances.verify(wallet) == core.balances.verify(wallet)
        tx.balances.credit(wallet, 1)


def test_an_entry_behind_the_last_one_that_the_wallet_knows_of_is_named(core: CustomerCore) -> None:
    wallet = account(core, 2)

    def behind(was: Wallet, last: Entry) -> tuple[Wallet, Entry]:
        return was, attrs.evolve(last, id="forged", sequence=3)

    forge(core, wallet, behind)
    fault = fault_of(core, wallet)
    assert (fault.what, fault.entry, fault.sequence) == ("behind", "forged", 3)


def test_an_entry_before_the_time_of_the_one_before_it_is_wrong(core: CustomerCore, clock: FixedClock) -> None:
    wallet = account(core, 2)
    clock.advance(days=1)
    core.balances.credit(wallet, 10)

    def earlier(was: Wallet, last: Entry) -> tuple[Wallet, Entry]:
        return attrs.evolve(was, last_sequence=4), attrs.evolve(last, id="forged", sequence=4, at=last.at - DAY)

    forge(core, wallet, earlier)
    assert named(fault_of(core, wallet)) == ("moment", 4)


def test_a_wallet_put_back_as_it_was_is_seen_by_the_entries_made_since(core: CustomerCore) -> None:
    wallet = account(core, 2)
    before = core.balances.get(wallet)
    core.balances.credit(wallet, 1)
    core.balances.debit(wallet, 1)
    forge(core, wallet, lambda was, _: (attrs.evolve(before, version=was.version), None))
    assert named(fault_of(core, wallet)) == ("behind", 3)


def lose(id: str, work: Work) -> None:
    was = work.uow.wallets.get(id)
    assert was is not None
    work.uow.wallets.remove(was)


def test_entries_whose_wallet_is_gone_are_not_forgotten(core: CustomerCore) -> None:
    wallets = [account(core, 2, owner) for owner in ("ada", "bob", "eve")]
    core.balances.open("none", currency="SEK")
    for one in (wallets[0], wallets[2]):
        core.balances._context.units.write(partial(lose, one.id))  # noqa: SLF001  no call of ours does such a thing
    first = core.balances._context.units.read(lambda work: work.uow.ledger.entries(wallets[2].id))[0]  # noqa: SLF001
    fault = fault_of(core, wallets[2])
    assert (fault.what, fault.entry, fault.sequence) == ("orphaned", first.id, 1)
    verdicts = list(core.balances.verify_all())
    assert [one.ok for one in verdicts] == [False, True, False, True]
    assert [one.wallet for one in verdicts] == sorted(one.wallet for one in verdicts)
    with pytest.raises(NotFoundError):
        core.balances.verify("nobody")


def test_an_entry_before_the_first_is_seen(store: Store, core: CustomerCore) -> None:
    wallet = account(core, 2)
    where = f"wallet = '{wallet.id}' AND sequence = 2"
    names = "kind, currency, amount, balance_after, held, held_after, at, actor_kind"
    store.run(
        f"INSERT INTO customercore_entries (tenant, wallet, sequence, id, {names})"  # noqa: S608  ours
        f" SELECT tenant, wallet, 0, 'forged', {names} FROM customercore_entries WHERE {where}"
    )
    assert named(fault_of(core, wallet)) == ("gap", 0)


@pytest.mark.parametrize(
    ("what", "forged"),
    [
        ("due_at", {"due_at": None}),
        ("due_at", {"due_at": dt.datetime(2099, 1, 1, tzinfo=dt.UTC)}),
        ("floor", {"credit_limit_minor": 100_000}),
        ("floor", {"floor_minor": -100_000}),
        ("updated_at", {"updated_at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)}),
        ("balance", {"posted_minor": 100_000}),
        ("last_sequence", {"last_sequence": 100}),
    ],
)
def test_each_figure_of_a_wallet_is_counted_again(
    core: CustomerCore, clock: FixedClock, what: str, forged: dict[str, Any]
) -> None:
    wallet = account(core, 1)
    core.balances.credit(wallet, 10, expires_at=clock.now() + DAY)
    assert core.balances.verify(wallet).ok
    forge(core, wallet, lambda was, _: (attrs.evolve(was, **forged), None))
    fault = fault_of(core, wallet)
    assert (fault.what, fault.entry) == (what, None)


def test_a_lowered_limit_and_holds_of_it_are_right(core: CustomerCore, clock: FixedClock) -> None:
    wallet = core.balances.open("ada", currency="SEK", credit_limit=30)
    core.balances.debit(wallet, 10)
    hold = core.balances.authorize(wallet, 15, expires_at=clock.now() + DAY)
    for change in (
        lambda: core.balances.set_credit_limit(wallet, 5),
        lambda: core.balances.credit(wallet, 12, expires_at=clock.now() + 2 * DAY),
        lambda: core.balances.capture(hold, 1, keep_open=True),
        lambda: clock.advance(days=1),
        core.balances.expire_due,
        lambda: core.balances.set_credit_limit(wallet, 0),
        lambda: core.balances.credit(wallet, 100),
    ):
        change()
        assert core.balances.verify(wallet).ok


@pytest.mark.parametrize(
    "change",
    [
        "posted_minor = posted_minor + 1", "held_minor = 1", "due_at = NULL", "credit_limit = 7", "version = 9",
        "currency = 'EUR'", "owner = 'eve'", "owner_unique = NULL", "last_sequence = 1",
    ],
)  # fmt: skip
def test_columns_that_say_something_else_than_the_document_are_a_fault(
    store: Store, core: CustomerCore, clock: FixedClock, change: str
) -> None:
    wallets = [account(core, 1, owner) for owner in ("ada", "bob")]
    for one in wallets:
        core.balances.credit(one, 10, expires_at=clock.now() + DAY)
    store.run(f"UPDATE customercore_wallets SET {change} WHERE id = '{wallets[0].id}'")  # noqa: S608  ours
    fault = fault_of(core, wallets[0])
    assert (fault.what, fault.entry) == ("columns", None)
    assert core.balances.verify(wallets[1]).ok


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("floor_minor", '"no"'), ("lots", '[["a","b",0,null]]'), ("credit_limit", "1e3"), ("owner", "5"),
        ("created_at", '"2026-01-01T00:00:00"'), ("version", "null"), ("id", '"another"'), ("updated_at", "[]"),
        ("credit_limit", "100000000000000000000"), ("holds", "[]"), ("currency", '"\\u0000"'),
    ],
)  # fmt: skip
def test_whatever_a_document_says_there_is_a_verdict(store: Store, core: CustomerCore, name: str, value: str) -> None:
    wallets = [account(core, 1, owner) for owner in ("ada", "bob")]
    core.balances.authorize(wallets[0], 5)
    where = f"WHERE id = '{wallets[0].id}'"
    ((document,),) = store.rows(f"SELECT document FROM customercore_wallets {where}")  # noqa: S608  ours
    backslash = 2 * "\\" if "mariadb" in store.url else "\\"
    told = f'{document[:-1]},"{name}":{value}}}'.replace("\\", backslash).replace("%", "%%")
    store.run(f"UPDATE customercore_wallets SET document = '{told}' {where}")  # noqa: S608  ours
    assert not core.balances.verify(wallets[0]).ok
    assert [one.ok for one in core.balances.verify_all()].count(True) == 1


@pytest.mark.parametrize("into", [0, 1])
def test_a_gift_card_that_was_redeemed_twice_is_seen(core: CustomerCore, into: int) -> None:
    wallets = [account(core, 1, owner) for owner in ("ada", "bob")]
    card, other = (core.gift_cards.issue(Money(5, "SEK")) for _ in range(2))
    first = core.gift_cards.redeem(card.code or "", wallets[0])
    core.balances.credit(wallets[0], 3, reason="gift_card", reference="a card of plastic")
    core.gift_cards.redeem(other.code or "", wallets[0])
    assert all(one.ok for one in core.balances.verify_all())
    core.balances._context.units.write(partial(unredeem, card.card.id))  # noqa: SLF001  no call of ours does
    assert (fault_of(core, wallets[0]).what, fault_of(core, wallets[0]).entry) == ("gift_card", first.id)
    again = core.gift_cards.redeem(card.code or "", wallets[into])
    wrong = (first, again)[1 - into]  # of two wallets, the one that the card does not name
    assert (fault_of(core, wallets[0]).what, fault_of(core, wallets[0]).entry) == ("gift_card", wrong.id)
    assert core.balances.verify(wallets[1]).ok


def unredeem(id: str, work: Work) -> None:
    was = work.uow.gift_cards.get(id)
    assert was is not None
    now = attrs.evolve(was, version=was.version + 1, wallet=None, redeemed_at=None)
    work.uow.gift_cards.save(now, was=was)


def test_a_last_entry_that_is_gone_without_a_trace_in_the_wallet_is_told_of_by_its_event(
    store: Store, core: CustomerCore, clock: FixedClock, tenant: str
) -> None:
    wallet = account(core, 2)
    before = core.balances.get(wallet)
    clock.advance(days=1)
    last = core.balances.credit(wallet, 10)
    forge(core, wallet, lambda was, _: (attrs.evolve(before, version=was.version), None))
    store.remove(last)
    fault = fault_of(core, wallet)
    assert (fault.what, fault.entry, fault.sequence) == ("event", last.id, 3)


@pytest.mark.parametrize(
    "forged",
    [
        {"credit_limit_minor": 100_000, "floor_minor": -100_000},
        {"updated_at": dt.datetime(2099, 1, 1, tzinfo=dt.UTC)},
        {},  # but another version
    ],
)
def test_what_entries_do_not_tell_of_a_wallet_its_events_do(core: CustomerCore, forged: dict[str, Any]) -> None:
    wallet = account(core, 1)
    core.balances.set_credit_limit(wallet, 30)
    assert core.balances.verify(wallet).ok
    forge(core, wallet, lambda was, _: (attrs.evolve(was, **forged), None))
    assert (fault_of(core, wallet).what, fault_of(core, wallet).entry) == ("event", None)


@pytest.mark.parametrize("change", [{"reference": "order-2"}, {"reason": "gift"}, {"actor": BusinessUser("c-7")}])
def test_who_why_and_for_what_is_compared_with_the_event(core: CustomerCore, change: dict[str, Any]) -> None:
    wallet = account(core, 1)

    def forged(was: Wallet, last: Entry) -> tuple[Wallet, Entry]:
        return attrs.evolve(was, last_sequence=2, posted_minor=2_000, lots=twice(was)), attrs.evolve(
            last, id="forged", sequence=2, balance_after=Money(20, "SEK"), **change
        )

    forge(core, wallet, forged)
    assert named(fault_of(core, wallet)) == ("event", 2)


def twice(wallet: Wallet) -> tuple[Lot, ...]:
    return tuple(attrs.evolve(one, left=2 * one.left) for one in wallet.lots)


def test_a_wallet_that_is_posted_to_all_the_time_is_right(core: CustomerCore) -> None:
    wallet = core.balances.open("ada", currency="SEK", credit_limit=5)

    def post() -> None:
        for _ in range(15):
            core.balances.credit(wallet, 10)
            hold = core.balances.authorize(wallet, 12)
            core.balances.capture(hold, 8)

    verdicts: list[Verdict] = []
    with ThreadPoolExecutor(1) as pool:
        posting = pool.submit(post)
        while not posting.done():
            verdicts += [core.balances.verify(wallet), *core.balances.verify_all()]
            with suppress(ConflictError), core.transaction() as tx:
                verdicts.append(tx.balances.verify(wallet))
        posting.result()
    assert [one for one in verdicts if not one.ok] == []
    assert core.balances.verify(wallet).entries == 45
