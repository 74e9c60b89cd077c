"""Several calls in one transaction: all of them or none, and any error dooms them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from customercore import BusinessUser, Customer, CustomerCore, where
from customercore.errors import (
    ConflictError,
    CustomerCoreError,
    DuplicateError,
    IdempotencyConflictError,
    InvalidValueError,
    NotFoundError,
    TransactionError,
)
from customercore.ports.store import SEPARATE_WRITES, Store

NAME = {"first_name": "Ada", "last_name": "Lovelace"}
ADA = "ada@example.com"
MakeCore = Callable[..., CustomerCore]


def made(core: CustomerCore, **fields: Any) -> Customer:
    return core.customers.create(**{"email": ADA, **NAME, **fields})


def rolled_back(core: CustomerCore, work: Callable[[CustomerCore], object]) -> None:
    """Do the work in a transaction that is then rolled back."""

    def fail() -> None:
        with core.transaction() as tx:
            work(tx)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()


def test_what_is_done_in_a_transaction_is_kept_together(core: CustomerCore, make: MakeCore) -> None:
    other = make()
    with core.transaction() as tx:
        tx.shops.create("se")
        tx.flags.define("vip")
        ada = made(tx, shop="se", flags=["vip"])
        home = tx.addresses.add(ada, {"country": "SE"})
        changed = tx.customers.update(ada, first_name="Eve")
        assert tx.customers.get(ada) == tx.customers.by_email(ADA) == changed
        assert tx.customers.search(where.flag("vip")).items == (changed,)
        assert tx.customers.count() == 1
        assert other.customers.count() == other.customers.count(status=None) == 0
        assert (other.shops.list(), other.flags.list()) == ((), ())
    assert changed.addresses == (home,)
    for one in (core, other):
        assert one.customers.get(ada) == changed
        assert [event.version for event in one.events_of(ada)] == [1, 2, 3]
        assert len(one.shops.list()) == len(one.flags.list()) == 1


def test_what_raises_keeps_nothing(core: CustomerCore, make: MakeCore) -> None:
    ada = made(core)

    def work(tx: CustomerCore) -> None:
        tx.customers.update(ada, first_name="Eve")
        made(tx, email="new@example.com")
        tx.settings.update(customers={"max_addresses": 3})

    rolled_back(core, work)
    for one in (core, make()):
        assert one.customers.get(ada) == ada
        assert one.customers.count(status=None) == 1
        assert one.settings.get().version == 0
        assert len(one.events_of(ada)) == 1
    assert made(core, email="new@example.com").version == 1


def test_an_interrupt_rolls_back_too(core: CustomerCore) -> None:
    def interrupted() -> None:
        with core.transaction() as tx:
            made(tx)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert core.customers.count() == 0
    assert made(core).version == 1


def test_an_error_of_ours_is_raised_as_itself(core: CustomerCore) -> None:
    def fail() -> None:
        with core.transaction() as tx:
            made(tx)
            made(tx)

    with pytest.raises(DuplicateError):
        fail()
    assert core.customers.count() == 0


DOOMING: dict[str, Callable[[CustomerCore], object]] = {
    "duplicate": made,
    "invalid value": lambda tx: tx.customers.create(email="nobody"),
    "not found": lambda tx: tx.customers.get("nobody"),
    "no id": lambda tx: tx.customers.get(5),  # type: ignore[arg-type]  # what is tested
    "no id to change": lambda tx: tx.customers.update(None),  # type: ignore[arg-type]  # the same
    "unknown code": lambda tx: tx.customers.by_code("nobody"),
    "code that is none": lambda tx: tx.customers.by_code(5),  # type: ignore[arg-type]  # the same
    "stale version": lambda tx: tx.customers.update(tx.customers.by_email(ADA), expected_version=7),
    "unknown field in a search": lambda tx: tx.customers.search(where.nobody == 1),
    "limit of a search": lambda tx: tx.customers.search(limit=0),
    "sort of a search": lambda tx: tx.customers.search(sort="nobody"),
    "cursor": lambda tx: tx.customers.search(cursor="garbage"),
    "reason": lambda tx: tx.customers.deactivate(tx.customers.by_email(ADA), reason="\x00"),
    "idempotency key": lambda tx: tx.flags.define("late", idempotency_key=""),
    "purpose": lambda tx: tx.addresses.set_default(tx.customers.by_email(ADA), "x", "gift"),
    "unknown shop": lambda tx: tx.shops.get("nobody"),
    "bad flag": lambda tx: tx.flags.define("a b"),
    "bad setting": lambda tx: tx.settings.update(email={"scope": "planet"}),
    "events": lambda tx: tx.events_of(5),
    "another tenant": lambda tx: tx.for_tenant("other"),
    "a transaction in it": lambda tx: tx.transaction().__enter__(),
}


@pytest.mark.parametrize("error", DOOMING)
def test_any_error_dooms_it_even_a_caught_one(core: CustomerCore, error: str) -> None:
    def block() -> None:
        with core.transaction() as tx:
            made(tx)
            with pytest.raises(CustomerCoreError):
                DOOMING[error](tx)

    with pytest.raises(TransactionError) as caught:
        block()
    assert caught.value.code == "transaction_doomed"
    assert not caught.value.retryable
    assert core.customers.count(status=None) == 0


def test_a_doomed_transaction_refuses_every_further_call(core: CustomerCore) -> None:
    calls: list[Callable[[CustomerCore], object]] = [
        lambda tx: made(tx, email="eve@example.com"),
        lambda tx: tx.customers.count(),
        lambda tx: tx.flags.list(),
        lambda tx: tx.settings.get(),
        lambda tx: tx.events_of("x"),
    ]

    def block() -> None:
        with core.transaction() as tx:
            made(tx)
            with pytest.raises(DuplicateError):
                made(tx)
            for call in calls:
                with pytest.raises(TransactionError) as refused:
                    call(tx)
                assert refused.value.code == "transaction_doomed"

    with pytest.raises(TransactionError, match="transaction_doomed"):
        block()


@pytest.mark.parametrize("end", ["committed", "rolled back"])
def test_a_transaction_that_has_ended_is_over(core: CustomerCore, end: str) -> None:
    kept: list[CustomerCore] = []
    if end == "committed":
        with core.transaction() as tx:
            kept.append(tx)
    else:
        rolled_back(core, kept.append)
    (over,) = kept
    calls: list[Callable[[], object]] = [
        lambda: over.shops.create("x"), over.customers.count, over.flags.list, lambda: over.customers.get("x"),
        over.acting_as(BusinessUser("1")).customers.count,
    ]  # fmt: skip
    for call in calls:
        with pytest.raises(TransactionError) as caught:
            call()
        assert caught.value.code == "transaction_over"
    assert made(core).version == 1


def test_transactions_are_not_nested(core: CustomerCore) -> None:
    def nested() -> None:
        with core.transaction() as tx, tx.transaction():
            pass

    def elsewhere() -> None:
        with core.transaction() as tx:
            tx.for_tenant("other")

    for block in (nested, elsewhere):
        with pytest.raises(TransactionError) as caught:
            block()
        assert caught.value.code == "nested_transaction"


def test_the_actor_of_a_transaction_is_recorded(core: CustomerCore) -> None:
    clerk = BusinessUser("clerk")
    with core.acting_as(clerk).transaction() as tx:
        ada = made(tx)
        tx.acting_as(BusinessUser("boss")).customers.update(ada, first_name="Eve")
    assert [event.actor for event in core.events_of(ada)] == [clerk, BusinessUser("boss")]


def test_an_empty_transaction_is_fine(core: CustomerCore) -> None:
    with core.transaction():
        pass
    with core.transaction() as tx:
        assert tx.customers.count() == 0


def test_definitions_of_a_transaction_that_is_rolled_back_are_known_to_nobody(
    core: CustomerCore, make: MakeCore
) -> None:
    core.flags.define("vip")
    other = make()

    def work(tx: CustomerCore) -> None:
        tx.flags.define("late")
        tx.shops.create("se")
        tx.settings.update(email={"special_domains": True})
        made(tx, email="a@example.test", flags=["late", "vip"], shop="se")
        assert [one.code for one in other.flags.list()] == ["vip"]
        assert [one.code for one in core.flags.list()] == ["vip"]

    rolled_back(core, work)
    core.flags.define("third")  # the same version of the definitions as the one that was never kept
    for one in (core, other):
        assert [flag.code for flag in one.flags.list()] == ["third", "vip"]
        assert (one.shops.list(), one.settings.get().email.special_domains) == ((), False)
        with pytest.raises(InvalidValueError) as caught:
            made(one, email="a@example.test", flags=["late"], shop="se")
        assert {problem.field for problem in caught.value.problems} == {"email", "flags[0]", "shop"}


def test_definitions_of_a_transaction_are_known_after_it(core: CustomerCore, make: MakeCore) -> None:
    other = make()
    assert other.flags.list() == ()
    with core.transaction() as tx:
        tx.flags.define("late")
    for one, email in ((core, "a@example.com"), (other, "b@example.com")):
        assert made(one, email=email, flags=["late"]).flags == {"late"}


def test_an_idempotency_key_commits_and_rolls_back_with_its_effect(core: CustomerCore) -> None:
    rolled_back(core, lambda tx: made(tx, idempotency_key="k"))
    with core.transaction() as tx:
        first = made(tx, email="other@example.com", idempotency_key="k")
        assert made(tx, email="other@example.com", idempotency_key="k") == first
    assert made(core, email="other@example.com", idempotency_key="k") == first
    assert core.customers.count() == 1

    def conflict() -> None:
        with core.transaction() as tx:
            made(tx, idempotency_key="k")

    with pytest.raises(IdempotencyConflictError):
        conflict()


def test_changes_of_one_customer_in_one_transaction_are_numbered_without_gaps(core: CustomerCore) -> None:
    with core.transaction() as tx:
        ada = made(tx)
        for number in range(5):
            tx.customers.update(ada, first_name=f"Ada {number}")
        tx.customers.deactivate(ada)
    assert [(event.version, event.ordinal) for event in core.events_of(ada)] == [(number, 0) for number in range(1, 8)]
    assert core.customers.get(ada).version == 7


def test_two_transactions_side_by_side_conflict_and_may_be_repeated(core: CustomerCore, store: Store) -> None:
    if SEPARATE_WRITES not in store.capabilities:
        pytest.skip("this store has one writer at a time")
    ada = made(core)

    def late() -> None:
        with core.transaction() as tx:
            tx.customers.update(ada, first_name="Late")
            core.customers.update(ada, first_name="Early")

    with pytest.raises(ConflictError) as caught:
        late()
    assert caught.value.retryable
    assert core.customers.get(ada).first_name == "Early"
    with core.transaction() as tx:
        tx.customers.update(ada, first_name="Late")
    assert core.customers.get(ada).first_name == "Late"


def test_a_transaction_does_not_write_by_definitions_that_have_changed_since(core: CustomerCore, store: Store) -> None:
    if SEPARATE_WRITES not in store.capabilities:
        pytest.skip("this store has one writer at a time")
    core.shops.create("se")

    def block() -> None:
        with core.transaction() as tx:
            made(tx, shop="se")
            core.settings.update(email={"scope": "shop"})  # allowed: nobody is there yet

    with pytest.raises(ConflictError) as caught:
        block()
    assert caught.value.retryable
    made(core, shop="se")
    with pytest.raises(DuplicateError):
        made(core, shop="se")


def test_a_call_beside_a_transaction_waits_or_conflicts_but_loses_nothing(core: CustomerCore) -> None:
    ada = made(core)
    opened, written = threading.Event(), threading.Event()

    def aside() -> Any:
        opened.wait(5)
        written.set()
        return core.customers.add_tags(ada, "aside")

    with ThreadPoolExecutor(1) as pool:
        job = pool.submit(aside)
        try:
            with core.transaction() as tx:
                tx.customers.add_tags(ada, "inside")
                opened.set()
                written.wait(5)
        except ConflictError as error:
            assert error.retryable  # noqa: PT017  memory: whoever was second
        job.result()
    tags = core.customers.get(ada).tags
    assert "aside" in tags
    assert len(core.events_of(ada)) == core.customers.get(ada).version


def test_reading_beside_a_transaction_sees_what_was_before_it(core: CustomerCore) -> None:
    ada = made(core)
    with core.transaction() as tx:
        tx.customers.update(ada, first_name="Eve")
        assert core.customers.get(ada) == ada
        assert core.customers.search().items == (ada,)
        with pytest.raises(NotFoundError):
            core.customers.by_email("eve@example.com")
    assert core.customers.get(ada).first_name == "Eve"
