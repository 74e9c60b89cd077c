"""A posting goes by the definitions that its process knows, and notices when they are others by now."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
from database_servers.databases import any_database
from sqlalchemy import create_engine

from customercore import CustomerCore, Money, open_core
from customercore.adapters.sql.store import SqlStore
from customercore.errors import ConflictError, DuplicateError, InsufficientFundsError, InvalidValueError
from customercore.testing.fakes import RecordingSubscriber, SequentialIdentifiers

PERSON = {"email": "a@example.com", "first_name": "Ada", "last_name": "Berg"}


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


def test_what_another_process_has_defined_meanwhile_counts_for_the_next_customer(url: str) -> None:
    with open_core(url, tenant="defined") as first, open_core(url, tenant="defined") as second:
        first.customers.create(**PERSON)
        second.flags.define("vip")
        customer = first.customers.create(**PERSON | {"email": "b@example.com"}, flags=["vip"])
        second.flags.define("old")
        with first.transaction() as tx:
            changed = tx.customers.update(customer, flags=["vip", "old"])
        with pytest.raises(InvalidValueError):
            first.customers.create(**PERSON | {"email": "c@example.com"}, flags=["none"])
        assert first.customers.get(customer).flags == changed.flags == {"vip", "old"}
        assert first.customers.count() == 2


def test_a_second_try_makes_the_same_records(url: str) -> None:
    def made(email: str) -> list[int]:
        customer = first.customers.create(**PERSON | {"email": email}, addresses=[{"country": "SE"}])
        ids = (customer.id, customer.addresses[0].id, first.events_of(customer)[0].id)
        return [UUID(id).int for id in ids]

    open_here = partial(open_core, url, tenant="ids")
    with open_here(identifiers=SequentialIdentifiers()) as first, open_here() as second:
        made("a@example.com")
        before = made("b@example.com")
        second.flags.define("vip")
        assert made("c@example.com") == [id + len(before) for id in before]


def test_a_lost_race_takes_no_second_code(url: str) -> None:
    with open_core(url, tenant="codes") as first, open_core(url, tenant="codes") as second:
        codes = [first.customers.create(**PERSON).code]
        for number in range(3):
            second.flags.define(f"flag{number}")
            codes.append(first.customers.create(**PERSON | {"email": f"p{number}@example.com"}).code)
        second.settings.update(customers={"code_pattern": "K{number}"})
        codes.append(first.customers.create(**PERSON | {"email": "k@example.com"}).code)
        assert codes == ["C0000001", "C0000002", "C0000003", "C0000004", "K5"]
        second.customers.create(**PERSON | {"email": "six@example.com"}, code="k6")
        second.flags.define("more")
        assert first.customers.create(**PERSON | {"email": "seven@example.com"}).code == "K7"


def test_what_another_process_has_given_meanwhile_can_be_spent(url: str) -> None:
    with open_core(url, tenant="given") as first, open_core(url, tenant="given") as second:
        wallet = first.balances.open("party", currency="SEK")
        first.balances.credit(wallet, "5.00")
        first.balances.debit(wallet, "5.00")
        second.balances.credit(wallet, "7.00")
        first.balances.debit(wallet, "6.00")
        second.balances.debit(wallet, "1.00")
        with pytest.raises(InsufficientFundsError):
            first.balances.debit(wallet, "1.00")
        assert first.balances.verify(wallet).ok


def test_a_taken_address_is_refused_and_its_key_can_be_used_again(url: str) -> None:
    with open_core(url, tenant="taken") as core:
        core.customers.create(**PERSON)
        with pytest.raises(DuplicateError) as caught:
            core.customers.create(**PERSON, idempotency_key="k")
        assert (caught.value.code, caught.value.field) == ("duplicate_email", "email")
        other = core.customers.create(**PERSON | {"email": "b@example.com"}, idempotency_key="k")
        assert core.customers.create(**PERSON | {"email": "b@example.com"}, idempotency_key="k") == other
        with pytest.raises(DuplicateError):
            core.customers.update(other, email=PERSON["email"])
        assert [one.type for one in core.events_of(other)] == ["customer.created"]


def test_a_wallet_that_a_server_has_lost_and_made_anew_is_not_gone_on_from(url: str) -> None:
    """A version alone does not tell that a wallet is the same: after a fail-over it may be another one's."""
    if not url.startswith("postgresql"):
        pytest.skip("nothing is handed on here")
    with open_core(url, tenant="lost") as core:
        wallet = core.balances.open("party", currency="SEK")
        core.balances.credit(wallet, "5.00")
        core.balances.debit(wallet, "1.00")
        engine = create_engine(url)
        with engine.begin() as connection:
            document = "SELECT document FROM customercore_wallets WHERE tenant = 'lost'"
            text = connection.exec_driver_sql(document).scalar_one()
            connection.exec_driver_sql(
                "UPDATE customercore_wallets SET posted_minor = 300, document = %s WHERE tenant = 'lost'",
                (text.replace('"posted_minor":400', '"posted_minor":300').replace(",400,0,", ",300,0,"),),
            )
        engine.dispose()
        assert core.balances.debit(wallet, "3.00").balance_after == Money("0.00", "SEK")


def test_a_wallet_remembered_for_long_is_right_though_another_process_has_posted_since(url: str) -> None:
    with open_core(url, tenant="long") as first, open_core(url, tenant="long") as second:
        wallet = first.balances.open("party", currency="SEK")
        first.balances.credit(wallet, "10.00")
        first.balances.debit(wallet, "1.00")
        second.balances.debit(wallet, "2.00")
        _an_hour_later(first)
        hold = first.balances.authorize(wallet, "7.00")
        second.balances.capture(hold.id, "3.00")
        _an_hour_later(first)
        first.balances.debit(wallet, "4.00")
        second.balances.credit(wallet, "1.00")
        _an_hour_later(first)
        assert first.balances.debit(wallet, "1.00").balance_after == Money("0.00", "SEK")
        with pytest.raises(InsufficientFundsError):
            first.balances.debit(wallet, "0.01")
        assert first.balances.verify(wallet).ok


def _an_hour_later(core: CustomerCore) -> None:
    """Let all that the process remembers be old, where it remembers anything."""
    store = core.balances._context.units._store  # type: ignore[attr-defined]  # noqa: SLF001  nobody is shown it
    if isinstance(store, SqlStore):  # the others remember nothing
        turns = store._shared.turns  # noqa: SLF001  what it remembers is nobody's to see
        now = turns._now  # noqa: SLF001  a store takes no clock
        turns._now = lambda: now() + 3_600  # noqa: SLF001  the same


def test_many_threads_on_one_wallet_all_come_to_their_turn(url: str) -> None:
    with open_core(url, tenant="hot") as core:
        wallet = core.balances.open("party", currency="SEK")
        core.balances.credit(wallet, "64.00")
        with ThreadPoolExecutor(32) as pool:
            entries = list(pool.map(lambda _: core.balances.debit(wallet, "1.00"), range(64)))
        assert sorted(one.sequence for one in entries) == list(range(2, 66))
        assert core.balances.posted(wallet) == Money("0.00", "SEK")
        assert core.balances.verify(wallet).ok


def test_transfers_that_share_wallets_all_come_to_their_turns(url: str) -> None:
    """Each is about two wallets, and under a key its unit has begun before it knows them."""
    with open_core(url, tenant="shared", timeout=30) as core:
        wallets = [core.balances.open(owner, currency="SEK") for owner in ("ada", "bob", "cleo")]
        for wallet in wallets:
            core.balances.credit(wallet, 1_000)

        def move(at: int) -> None:
            source, target = wallets[at % 3], wallets[(at + 1 + at % 2) % 3]
            core.balances.transfer(source, 1, to=target, idempotency_key=str(at) if at % 4 else None)

        with ThreadPoolExecutor(12) as pool:
            list(pool.map(move, range(120)))
        assert sum(core.balances.posted(wallet).minor for wallet in wallets) == 300_000
        assert all(verdict.ok and verdict.entries == 81 for verdict in core.balances.verify_all())


def test_a_wallet_that_was_read_without_being_held_is_a_lost_race(url: str) -> None:
    """Even a posting that the store puts off notices that its wallet has changed."""
    with open_core(url, tenant="stale") as core:
        wallet = core.balances.open("party", currency="SEK")
        core.balances.credit(wallet, "5.00")
        assert _postings_of_one_version(core, wallet.id) == ["kept", "write_conflict"]
        assert core.balances.posted(wallet) == Money("4.00", "SEK")
        fault = core.balances.verify(wallet).fault
        assert fault is not None
        assert (fault.what, fault.sequence) == ("event", 2)  # by hand nothing was told of it; all else is right


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
