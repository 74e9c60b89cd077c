"""Store credit on every store: one walk through all its rules, what is refused, and many callers in two processes."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from database_servers.databases import any_database
from processes import python

from customercore import CustomerCore, Entry, Hold, Money, Wallet
from customercore.domain.actor import BusinessUser, CustomerActor, System
from customercore.errors import CustomerCoreError
from customercore.testing.fakes import FixedClock
from customercore.wiring import open_core

STORES = ["memory", "sqlite", "postgresql-18", "mariadb", "mongodb"]
DAY = dt.timedelta(days=1)


@pytest.fixture(scope="module", params=STORES)
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Name a store of each sort, which the tests of this file share: each has a tenant of its own."""
    if request.param in ("memory", "sqlite"):
        folder = tmp_path_factory.mktemp("balances")
        yield "memory://balances-everywhere" if request.param == "memory" else f"sqlite:///{folder}/shop.db"
        return
    with any_database(request.param) as database:
        yield database.url


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def core(url: str, clock: FixedClock, request: pytest.FixtureRequest) -> Iterator[CustomerCore]:
    name = "".join(char if char.isalnum() else "-" for char in request.node.name)[-60:].strip("-")
    with open_core(url, tenant=name, clock=clock, timeout=30) as core:
        yield core


def sek(amount: str) -> Money:
    return Money(amount, "SEK")


def parts(entry: Entry | Hold) -> list[tuple[str, int]]:
    return [(one.lot, one.amount) for one in entry.parts]


def test_the_walk_through_every_rule(core: CustomerCore, clock: FixedClock) -> None:
    balances = core.balances
    ada = core.customers.create(email="ada@example.com", first_name="Ada", last_name="Lovelace")
    wallet = balances.open(ada, currency="SEK", credit_limit="10")
    assert balances.open(ada, currency="JPY").currency == "JPY"  # several currencies are several wallets
    now = clock.now()

    # Credits may expire; spending takes the soonest-expiring lot first, then what stays, then the limit.
    forever = balances.credit(wallet, "30")
    late = balances.credit(wallet, "20", expires_at=now + 60 * DAY)
    soon = balances.credit(wallet, "10", expires_at=now + 30 * DAY)
    assert (balances.posted(wallet), balances.available(wallet)) == (sek("60"), sek("70"))
    bought = balances.debit(wallet, "15", reference="order-1")
    assert parts(bought) == [(soon.id, 1_000), (late.id, 500)]
    assert (bought.sequence, bought.amount, bought.balance_after) == (4, sek("-15"), sek("45"))

    # A hold sets aside; available falls and posted does not. A capture takes at most the hold.
    hold = balances.authorize(wallet, "25", reference="order-2")
    assert parts(hold) == [(late.id, 1_500), (forever.id, 1_000)]
    assert (balances.posted(wallet), balances.held(wallet), balances.available(wallet)) == (
        sek("45"),
        sek("25"),
        sek("30"),
    )
    assert code_of(lambda: balances.capture(hold, "25.01")) == "over_hold"
    first = balances.capture(hold, "5", keep_open=True)
    second = balances.capture(hold, "10")  # and what is left of it is released
    assert [one.reference for one in (first, second)] == ["order-2", "order-2"]
    assert (balances.posted(wallet), balances.held(wallet)) == (sek("30"), sek("0"))
    for again in (lambda: balances.void(hold), lambda: balances.capture(hold)):
        assert code_of(again) == "hold_captured"

    # A void after a part was captured frees only what is left; a second one moves nothing.
    other = balances.authorize(wallet, "20")
    balances.capture(other, "12", keep_open=True)
    assert balances.void(other).held == sek("-8")
    assert (balances.posted(wallet), balances.held(wallet)) == (sek("18"), sek("0"))
    assert code_of(lambda: balances.void(other)) == "hold_voided"

    # Refunds go back where the money came from, and never exceed what was taken.
    refund = balances.refund(bought, "5")
    assert parts(refund) == [(late.id, 500)]
    assert parts(balances.refund(bought)) == [(soon.id, 1_000)]
    assert code_of(lambda: balances.refund(bought, "0.01")) == "fully_refunded"
    assert code_of(lambda: balances.refund(second, "10.01")) == "over_refund"
    assert code_of(lambda: balances.refund(refund)) == "not_refundable"
    assert balances.posted(wallet) == sek("33")

    # Held money does not expire, other money does, whether something swept or not.
    kept = balances.authorize(wallet, "4")
    assert parts(kept) == [(soon.id, 400)]
    clock.advance(days=30)
    assert (balances.posted(wallet), balances.held(wallet), balances.available(wallet)) == (
        sek("27"),
        sek("4"),
        sek("33"),
    )
    assert core.balances.expire_due().entries == 1
    assert balances.entries(wallet).items[-1].kind == "expiry"
    balances.capture(kept)
    assert code_of(lambda: balances.debit(wallet, "33.01")) == "insufficient_funds"
    limit = balances.debit(wallet, "33")
    assert (balances.posted(wallet), balances.available(wallet), parts(limit)[-1]) == (
        sek("-10"),
        sek("0"),
        ("", 1_000),
    )
    assert balances.statement(wallet).closing == sek("-10")
    assert balances.balance_at(wallet, now) == sek("33")
    assert balances.verify(wallet).fault is None


def test_a_hold_expires_by_itself(core: CustomerCore, clock: FixedClock) -> None:
    wallet = core.balances.open("ada", currency="SEK")
    core.balances.credit(wallet, "10")
    hold = core.balances.authorize(wallet, "10", expires_at=clock.now() + DAY)
    clock.advance(days=1)
    assert (core.balances.held(wallet), core.balances.available(wallet)) == (sek("0"), sek("10"))
    assert code_of(lambda: core.balances.capture(hold)) == "hold_expired"
    assert core.balances.expire_due().entries == 1
    assert code_of(lambda: core.balances.void(hold)) == "hold_expired"
    assert core.balances.verify(wallet).fault is None


def test_what_is_left_does_not_depend_on_the_sweep(core: CustomerCore, clock: FixedClock) -> None:
    """What a hold releases repays on the day it runs out, also when its money has expired before anybody looks."""
    balances, now = core.balances, clock.now()
    wallets = [balances.open(owner, currency="SEK", credit_limit="10") for owner in ("swept", "unswept")]
    for wallet in wallets:
        balances.credit(wallet, "10", expires_at=now + 10 * DAY)
        balances.authorize(wallet, "10", expires_at=now + 5 * DAY)
        balances.debit(wallet, "10")
    clock.advance(days=6)
    assert [balances.available(one) for one in wallets] == [sek("10")] * 2
    swept, unswept = wallets
    core.balances.set_credit_limit(swept, "20")  # which settles it
    core.balances.set_credit_limit(swept, "10")
    clock.advance(days=6)
    for _ in range(2):
        assert [balances.available(one) for one in (swept, unswept)] == [sek("10")] * 2
        assert [balances.posted(one) for one in (swept, unswept)] == [sek("0")] * 2
        assert [balances.verify(one).fault for one in (swept, unswept)] == [None] * 2
        assert balances.expire_due().failed == 0


def test_a_wallet_of_which_something_is_due_can_be_changed_as_it_was_read(
    core: CustomerCore, clock: FixedClock
) -> None:
    balances = core.balances
    wallet = balances.open("ada", currency="SEK")
    balances.credit(wallet, "10", expires_at=clock.now() + DAY)
    clock.advance(days=2)
    read = balances.get(wallet)
    assert read == balances.find("ada", currency="SEK") == balances.of("ada")[0]
    assert (read.version, read.last_sequence, read.posted) == (2, 1, sek("0"))
    assert read.updated_at == clock.now() - 2 * DAY
    changed = balances.set_credit_limit(read, "5", expected_version=read.version)
    assert (changed.version, changed.last_sequence, changed.available) == (3, 2, sek("5"))


def test_what_is_handed_out_is_taken_back_for_the_same_amount(core: CustomerCore) -> None:
    balances = core.balances
    wallet = balances.open("ada", currency="SEK", credit_limit="10.50")
    read = balances.get(wallet)
    assert wallet.credit_limit == read.credit_limit == sek("10.50")
    assert balances.set_credit_limit(read, read.credit_limit).version == read.version
    (opened,) = core.history(wallet).items
    assert [one.after for one in opened.changes if one.field == "credit_limit"] == [1_050]  # in minor units
    balances.credit(wallet, "50")
    hold = balances.authorize(wallet, "25")
    (kept,) = balances.get(wallet).holds
    assert hold.amount == kept.amount == sek("25")
    balances.void(hold)
    assert balances.debit(wallet, hold.amount).amount == sek("-25")


def test_a_grace_is_cut_to_milliseconds_as_times_are(core: CustomerCore, clock: FixedClock) -> None:
    wallet = core.balances.open("ada", currency="SEK")
    core.balances.credit(wallet, "10", expires_at=clock.now() + DAY)
    debit = core.balances.debit(wallet, "10")
    clock.advance(days=2)
    refund = core.balances.refund(debit, "5", grace=DAY + dt.timedelta(microseconds=999))
    assert refund.parts[0].expires_at == clock.now() + DAY
    assert core.balances.entry(refund.id) == refund
    clock.advance(days=1)
    assert core.balances.posted(wallet) == sek("0")


def test_nobody_is_put_down_for_what_runs_out_by_itself(core: CustomerCore, clock: FixedClock) -> None:
    """Whoever posts next, and whoever lets the sweep run, is named for what they asked for and for nothing else."""
    clerk = core.acting_as(BusinessUser(id="clerk-7"), reason="goodwill")
    first, second = (core.balances.open(owner, currency="SEK") for owner in ("ada", "bo"))
    for wallet in (first, second):
        clerk.balances.credit(wallet, "10", expires_at=clock.now() + DAY)
        clerk.balances.authorize(wallet, "1", expires_at=clock.now() + DAY)
    asked = clerk.balances.authorize(first, "2")
    clock.advance(days=2)
    clerk.balances.expire_due()
    clerk.balances.void(asked)  # what it held has run out meanwhile
    mine = [("credit", "clerk-7"), ("hold", "clerk-7")]
    gone = [("void", None), ("expiry", None)]
    wanted = [
        (first, [*mine, ("hold", "clerk-7"), *gone, ("void", "clerk-7"), ("expiry", None)]),
        (second, mine + gone),
    ]
    for wallet, told in wanted:
        entries = core.balances.entries(wallet).items
        assert [(one.kind, one.actor.id) for one in entries] == told
        assert all((one.actor == System()) == (one.actor.id is None) for one in entries)
        changes = [(one, change) for one in core.history(wallet).items for change in one.changes]
        events = {change.after: one for one, change in changes if change.field == "entry"}
        assert [events[one.id].actor for one in entries] == [one.actor for one in entries]
        assert [events[one.id].reason for one in entries] == ["goodwill" if one.actor.id else None for one in entries]


def test_a_statement_opens_where_the_one_before_closed(core: CustomerCore, clock: FixedClock) -> None:
    wallet = core.balances.open("ada", currency="SEK")
    months = [clock.now()]
    for _ in range(3):
        core.balances.credit(wallet, "10")
        clock.advance(days=10)
        core.balances.debit(wallet, "3")
        clock.advance(days=21)
        months.append(clock.now())
    told = [core.balances.statement(wallet, months[at], months[at + 1]) for at in range(3)]
    assert [(one.opening, one.closing, len(one.entries)) for one in told] == [
        (sek("0"), sek("7"), 2), (sek("7"), sek("14"), 2), (sek("14"), sek("21"), 2),
    ]  # fmt: skip
    (total,) = core.balances.liability()
    assert (total.currency, total.wallets, total.credit, total.owed, total.held) == ("SEK", 1, 2_100, 0, 0)


def test_bounds_between_two_milliseconds_and_at_the_end_of_time(core: CustomerCore, clock: FixedClock) -> None:
    wallet = core.balances.open("ada", currency="SEK")
    core.balances.credit(wallet, "10")
    now, bit, end = clock.now(), dt.timedelta(microseconds=500), dt.datetime.max.replace(tzinfo=dt.UTC)
    for at, before, later in ((now, 0, 1), (now + bit, 1, 0), (now - bit, 0, 1), (end, 1, 0)):
        assert len(core.balances.statement(wallet, None, at).entries) == before
        assert len(core.balances.statement(wallet, at).entries) == later
        assert len(core.balances.entries(wallet, to=at).items) == before
        assert len(core.balances.entries(wallet, from_=at).items) == later
    assert [core.balances.balance_at(wallet, at) for at in (now - bit, now, now + bit, end)] == [
        sek("0"), sek("10"), sek("10"), sek("10")
    ]  # fmt: skip


def test_what_an_order_is_paid_with(core: CustomerCore) -> None:
    wallet = core.balances.open("ada", currency="SEK")
    core.balances.credit(wallet, "30")
    told = core.balances.apply_to_order(wallet, "50")
    assert (told.covered, told.remains, told.entry) == (sek("30"), sek("20"), None)
    held = core.balances.apply_to_order(wallet, "20", how="hold", reference="order-1")
    assert held.hold is not None
    assert core.balances.capture(held.hold).amount == sek("-20")
    paid = core.balances.apply_to_order(wallet, "50", how="debit", idempotency_key="order-2")
    assert (paid.covered, paid.remains) == (sek("10"), sek("40"))
    assert core.balances.apply_to_order(wallet, "50", how="debit", idempotency_key="order-2") == paid
    assert core.balances.apply_to_order(wallet, "50", how="debit").covered == sek("0")


def test_merchants_adjust_with_a_reason_and_customers_do_not(core: CustomerCore) -> None:
    wallet = core.balances.open("ada", currency="SEK")
    clerk = core.acting_as(BusinessUser(id="clerk-7")).balances
    assert clerk.adjust(wallet, "5", reason="goodwill").actor == BusinessUser(id="clerk-7")
    assert clerk.adjust(wallet, "-2", reason="mistake").balance_after == sek("3")
    assert code_of(lambda: clerk.adjust(wallet, "-4", reason="mistake")) == "insufficient_funds"
    ada = core.acting_as(CustomerActor(id="ada")).balances
    assert code_of(lambda: ada.adjust(wallet, "100", reason="mine")) == "not_for_customers"


Call = Callable[[CustomerCore, Wallet, str], object]
BAD: dict[str, tuple[str, Call]] = {
    "negative": ("negative", lambda core, one, key: core.balances.debit(one, "-1", idempotency_key=key)),
    "zero": ("zero", lambda core, one, key: core.balances.credit(one, 0, idempotency_key=key)),
    "currency": (
        "currency_mismatch",
        lambda core, one, key: core.balances.credit(one, Money(1, "EUR"), idempotency_key=key),
    ),
    "decimals": ("too_many_decimals", lambda core, one, key: core.balances.credit(one, "0.001", idempotency_key=key)),
    "float": ("wrong_type", lambda core, one, key: core.balances.credit(one, 1.0, idempotency_key=key)),  # type: ignore[arg-type]  # the mistake
    "over the limit": (
        "insufficient_funds",
        lambda core, one, key: core.balances.debit(one, "100.01", idempotency_key=key),
    ),
    "held over the limit": (
        "insufficient_funds",
        lambda core, one, key: core.balances.authorize(one, "100.01", idempotency_key=key),
    ),
    "past expiry": (
        "in_the_past",
        lambda core, one, key: core.balances.credit(one, 1, expires_at=one.created_at - DAY, idempotency_key=key),
    ),
    "unknown wallet": (
        "wallet_not_found",
        lambda core, _, key: core.balances.credit("nobody", 1, idempotency_key=key),
    ),
    "somebody else's": (
        "other_owner",
        lambda core, one, key: core.balances.debit(one, 1, owner="bo", idempotency_key=key),
    ),
    "64 bits": (
        "balance_overflow",
        lambda core, one, key: core.balances.credit(one, Money.of_minor(2**63 - 1, "SEK"), idempotency_key=key),
    ),
    "beyond 64 bits": ("out_of_range", lambda core, one, key: core.balances.credit(one, 2**63, idempotency_key=key)),
    "unknown hold": ("hold_not_found", lambda core, _, key: core.balances.capture("nothing", idempotency_key=key)),
    "unknown entry": ("entry_not_found", lambda core, _, key: core.balances.refund("nothing", idempotency_key=key)),
    "code": ("mistyped_code", lambda core, one, key: core.gift_cards.redeem("AB", one, idempotency_key=key)),
}


@pytest.mark.parametrize("bad", BAD)
def test_what_is_refused_stores_nothing_and_burns_no_key(core: CustomerCore, bad: str) -> None:
    wallet = core.balances.open("ada", currency="SEK")
    core.balances.credit(wallet, "100")
    was, events = core.balances.get(wallet), core.history(wallet).items
    code, call = BAD[bad]
    for _ in range(2):
        assert code_of(lambda: call(core, wallet, "key-1")) == code
    assert core.balances.get(wallet) == was
    assert core.history(wallet).items == events
    assert core.balances.debit(wallet, 1, idempotency_key="key-1").sequence == 2


def test_one_key_fifty_times_at_once_has_one_effect_and_fifty_equal_answers(core: CustomerCore) -> None:
    wallet = core.balances.open("ada", currency="SEK")
    core.balances.credit(wallet, "100")
    answers = at_once(lambda _: core.balances.debit(wallet, "30", idempotency_key="order-1"))
    assert isinstance(answers[0], Entry)
    assert answers == [answers[0]] * 50
    assert core.balances.posted(wallet) == sek("70")
    others = at_once(lambda _: core.balances.debit(wallet, "31", idempotency_key="order-1"))
    assert others == ["idempotency_conflict"] * 50
    assert core.balances.verify(wallet).fault is None


CALLS: dict[str, Callable[[CustomerCore, Wallet, Any], object]] = {
    "credit": lambda core, one, amount: core.balances.credit(one, amount, idempotency_key="key"),
    "debit": lambda core, one, amount: core.balances.debit(one, amount, idempotency_key="key"),
    "authorize": lambda core, one, amount: core.balances.authorize(one, amount, idempotency_key="key"),
    "set_credit_limit": lambda core, one, amount: core.balances.set_credit_limit(one, amount, idempotency_key="key"),
    "apply_to_order": lambda core, one, amount: core.balances.apply_to_order(
        one, amount, how="debit", idempotency_key="key"
    ),
}
SAME = ["50", "50.00", "+50", 50, Decimal("5E+1"), Decimal("50.000000"), Money(50, "SEK")]
OTHER = [
    "50.01", "-50", 51, Money(50, "EUR"), Money(50, "JPY"), 50.0, "50,00", "50.000", Decimal("NaN"), 10**5000,
    Decimal("1E+5000000000"), Decimal("0E-300000000"), [50], object(),
]  # fmt: skip


@pytest.mark.parametrize("what", CALLS)
def test_an_amount_in_another_form_is_the_same_call_and_in_another_currency_is_not(
    core: CustomerCore, what: str
) -> None:
    wallet = core.balances.open("ada", currency="SEK")
    core.balances.credit(wallet, "100")
    first = CALLS[what](core, wallet, "50")
    for amount in SAME:
        assert CALLS[what](core, wallet, amount) == first
    for other in OTHER:
        assert code_of(lambda other=other: CALLS[what](core, wallet, other)) == "idempotency_conflict"  # type: ignore[misc]  # bound now


@pytest.mark.parametrize("key", [None, "key-1"])
@pytest.mark.parametrize(
    "amount", [10**5000, Decimal("1E+5000000000"), Decimal("1E-300000000"), Decimal("0E-300000000")], ids=range(4)
)
def test_no_number_is_too_large_or_too_long_to_be_refused(
    core: CustomerCore, amount: int | Decimal, key: str | None
) -> None:
    wallet = core.balances.open("ada", currency="SEK")
    code = code_of(lambda: core.balances.credit(wallet, amount, idempotency_key=key))
    assert code in ("out_of_range", "too_many_decimals", "zero")


def test_one_key_in_two_transactions_at_once_has_one_effect_and_one_answer(core: CustomerCore) -> None:
    wallet = core.balances.open("ada", currency="SEK")
    core.balances.credit(wallet, "100")
    core.balances.debit(wallet, "1", idempotency_key="order-0")
    together = threading.Barrier(2)

    def pay() -> Entry:
        with core.transaction() as tx:
            paid = tx.balances.debit(wallet, "30", idempotency_key="order-1")
            with contextlib.suppress(threading.BrokenBarrierError):  # on most stores the other one waits for us
                together.wait(0.5)
        return paid

    answers = at_once(lambda _: pay(), 2)
    assert isinstance(answers[0], Entry)
    assert answers == [answers[0]] * 2
    assert core.balances.posted(wallet) == sek("69")
    assert core.balances.verify(wallet).fault is None


def test_a_gift_card_is_redeemed_once_under_fifty_tries_at_once(core: CustomerCore) -> None:
    wallets = [core.balances.open(f"owner-{number}", currency="SEK") for number in range(5)]
    issued = core.gift_cards.issue(sek("25"))
    answers = at_once(lambda number: core.gift_cards.redeem(issued.code or "", wallets[number % 5]))
    assert sorted(type(one).__name__ for one in answers) == ["Entry", *["str"] * 49]
    assert {one for one in answers if isinstance(one, str)} == {"gift_card_redeemed"}
    (total,) = core.balances.liability()
    assert total.credit == 2_500


def at_once(call: Callable[[int], object], many: int = 50) -> list[object]:
    """Return what so many calls in as many threads answer, the codes of errors among them; lost races run again."""

    def run(number: int) -> object:
        while True:
            try:
                return call(number)
            except CustomerCoreError as error:
                if not error.retryable:
                    return error.code

    with ThreadPoolExecutor(many) as pool:
        return list(pool.map(run, range(many)))


def code_of(call: Callable[[], object]) -> str:
    """Return the code that a call is refused with."""
    with pytest.raises(CustomerCoreError) as caught:
        call()
    return caught.value.code


# Opens the store, says so, waits for a word, and then does the same thing fifty times from ten threads.
TEAM = """
import json, sys
from concurrent.futures import ThreadPoolExecutor
from customercore import CustomerCoreError, open_core
url, wallet, what, code = sys.argv[1:]
core = open_core(url, timeout=30)
calls = {
    "key": lambda: core.balances.debit(wallet, "30", idempotency_key="order-1").id,
    "card": lambda: core.gift_cards.redeem(code, wallet).id,
    "spend": lambda: core.balances.debit(wallet, "1").id,
}
def run(_):
    while True:
        try:
            return calls[what]()
        except CustomerCoreError as error:
            if not error.retryable:
                return error.code
print("ready", flush=True)
sys.stdin.readline()
with ThreadPoolExecutor(10) as pool:
    print(json.dumps(list(pool.map(run, range(50)))), flush=True)
"""


@pytest.fixture(scope="module", params=["sqlite", "postgresql-18"])
def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Name a store that two processes are on."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('two')}/shop.db"
        return
    with any_database(request.param) as database:
        yield database.url


def in_two_processes(url: str, wallet: str, what: str, code: str = "") -> list[Any]:
    """Let two processes begin together, and return what all their calls answered."""
    teams: list[subprocess.Popen[str]] = [python(TEAM, url, wallet, what, code) for _ in range(2)]
    answers: list[Any] = []
    for one in teams:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in teams:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    for one in teams:
        told, _ = one.communicate(timeout=120)
        answers += json.loads(told)
    return answers


def test_two_processes_spend_one_key_once_a_card_once_and_nothing_twice(shared: str) -> None:
    with open_core(shared, timeout=30) as core:
        wallet = core.balances.open("ada", currency="SEK")
        core.balances.credit(wallet, "50")
        assert len(set(in_two_processes(shared, wallet.id, "key"))) == 1
        assert core.balances.posted(wallet) == sek("20")
        issued = core.gift_cards.issue(sek("5"))
        redeemed = in_two_processes(shared, wallet.id, "card", issued.code or "")
        assert redeemed.count("gift_card_redeemed") == 99
        assert core.balances.posted(wallet) == sek("25")
        spent = in_two_processes(shared, wallet.id, "spend")
        assert spent.count("insufficient_funds") == 75
        assert core.balances.posted(wallet) == sek("0")
        assert core.balances.get(wallet).last_sequence == 1 + 1 + 1 + 25
        assert core.balances.verify(wallet).fault is None
