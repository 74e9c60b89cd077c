"""Who defines while others write, on every store: what they commit is looked at, and nobody loses for good."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from typing import Any

import pytest

from customercore import CustomerCore, where
from customercore.errors import ConflictError, DuplicateError
from customercore.ports.store import Store
from customercore.services import info_definitions, settings

MakeCore = Callable[..., CustomerCore]
NAME = {"first_name": "Ada", "last_name": "Lovelace"}
MEANWHILE = 0.3
DEFINERS, TIMES = 6, 4


@pytest.fixture
def store(every_store: Store) -> Store:
    """Give each store, the servers' too."""
    return every_store


@pytest.fixture
def core(make: MakeCore) -> CustomerCore:
    core = make()
    core.info_types.define("number", "integer")
    return core


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(DEFINERS) as threads:
        yield threads


class Meanwhile:
    """Does something in another thread once a function has been called, and waits for it, but not for long."""

    def __init__(self, threads: ThreadPoolExecutor, patch: pytest.MonkeyPatch) -> None:
        self._threads = threads
        self._patch = patch
        self._done: Future[object] | None = None
        self.waited = False
        """Whether it had to wait until the calls that follow the function were done."""

    def after(self, owner: object, name: str, what: Callable[[], object]) -> None:
        looked = getattr(owner, name)

        def call(*arguments: Any, **named: Any) -> Any:
            answer = looked(*arguments, **named)
            if self._done is None:
                self._done = self._threads.submit(what)
                self.waited = bool(wait([self._done], MEANWHILE).not_done)
            return answer

        self._patch.setattr(owner, name, call)

    def ended(self) -> object:
        """Return what came of it, or the error that it raised."""
        assert self._done is not None
        try:
            return self._done.result(30)
        except (ConflictError, DuplicateError) as error:
            return error


@pytest.fixture
def meanwhile(threads: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    return Meanwhile(threads, monkeypatch)


def test_a_value_that_is_written_while_its_field_becomes_unique_stays_unique(
    core: CustomerCore, meanwhile: Meanwhile
) -> None:
    core.customers.create(email="a@example.com", info={"number": 7}, **NAME)
    meanwhile.after(
        info_definitions, "impact_of", lambda: core.customers.create(email="b@example.com", info={"number": 7}, **NAME)
    )
    with suppress(ConflictError):
        core.info_types.update("number", unique=True, searchable=True)
    ended = meanwhile.ended()
    unique = core.info_types.get("number").unique
    assert core.customers.count() == (1 if unique else 2)
    assert isinstance(ended, DuplicateError) is unique


def test_nobody_waits_while_values_are_compared_with_a_narrower_definition(
    core: CustomerCore, meanwhile: Meanwhile
) -> None:
    core.customers.create(email="a@example.com", info={"number": 7}, **NAME)
    meanwhile.after(
        info_definitions, "impact_of", lambda: core.customers.create(email="b@example.com", info={"number": 8}, **NAME)
    )
    assert core.info_types.update("number", maximum=10).maximum == 10
    assert not meanwhile.waited
    meanwhile.ended()
    with pytest.raises(ConflictError, match="1 stored values"):
        core.info_types.update("number", maximum=7)
    assert core.info_types.update("number", maximum=7, break_values=True).maximum == 7


def test_a_value_that_is_written_while_its_field_becomes_searchable_is_found(
    core: CustomerCore, meanwhile: Meanwhile
) -> None:
    meanwhile.after(
        info_definitions.InfoDefinitions,
        "_placed",
        lambda: core.customers.create(email="b@example.com", info={"number": 7}, **NAME),
    )
    core.info_types.update("number", searchable=True)
    meanwhile.ended()
    core.info_types.backfill("number")
    assert core.customers.count(where.info("number") == 7) == core.customers.count() == 1


def test_a_customer_who_is_made_while_the_scope_of_addresses_changes_has_the_key_of_it(
    core: CustomerCore, meanwhile: Meanwhile
) -> None:
    for code in ("se", "no"):
        core.shops.create(code)
    meanwhile.after(settings, "_changed", lambda: core.customers.create(email="b@example.com", shop="se", **NAME))
    with suppress(ConflictError):
        core.settings.update(email={"scope": "shop"})
    meanwhile.ended()
    again = {"email": "b@example.com", "shop": "no", **NAME}
    if core.settings.get().email.scope == "shop":
        core.customers.create(**again)
    else:
        with pytest.raises(DuplicateError):
            core.customers.create(**again)


def test_those_who_define_at_once_all_do(make: MakeCore, core: CustomerCore, threads: ThreadPoolExecutor) -> None:
    cores = [make() for _ in range(DEFINERS)]

    def define(number: int) -> None:
        for turn in range(TIMES):
            cores[number].flags.define(f"flag-{number}-{turn}")
            cores[number].customers.create(email=f"c{number}.{turn}@example.com", info={"number": 1}, **NAME)

    for one in [threads.submit(define, number) for number in range(DEFINERS)]:
        one.result(60)
    assert len(core.flags.list()) == DEFINERS * TIMES == core.customers.count()
