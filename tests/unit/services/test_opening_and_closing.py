"""A core that was closed says so; cores that share a store in memory by its name agree on their kinds."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from customercore import CustomerCore, open_core, where
from customercore.domain.scalar_kinds import IntegerKind
from customercore.errors import ExtensionError, StorageError
from customercore.extension import Kind, TextKind, hookimpl
from customercore.wiring import default_catalogue, open_store

ADA = {"email": "ada@example.com", "first_name": "Ada", "last_name": "Lovelace"}
CALLS: dict[str, Callable[[CustomerCore], object]] = {
    "get": lambda core: core.customers.get("x"),
    "create": lambda core: core.customers.create(**ADA),
    "search": lambda core: core.customers.search(),
    "iterate": lambda core: list(core.customers.iterate()),
    "shops": lambda core: core.shops.list(),
    "define": lambda core: core.info_types.define("x", "text"),
    "backfill": lambda core: core.info_types.backfill("x"),
    "settings": lambda core: core.settings.get(),
    "events": lambda core: core.events_of("x"),
    "import": lambda core: core.imports.run(__file__),
    "export": lambda core: core.exports.run("customers.csv"),
    "transaction": lambda core: core.transaction().__enter__(),
    "check": lambda core: core.check(),
    "another tenant": lambda core: core.for_tenant("other").customers.count(),
    "another actor": lambda core: core.acting_as(core._context.actor).customers.count(),  # noqa: SLF001  any actor
    "with a key": lambda core: core.customers.create(**ADA, idempotency_key="k"),
}
_names = itertools.count()


@pytest.fixture
def name() -> str:
    return f"memory://shared-{next(_names)}"


def plugin(**kinds: Kind) -> SimpleNamespace:
    return SimpleNamespace(__name__="acme", customercore_register_kinds=hookimpl(lambda: kinds))


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("kept", ["memory", "file"])
def test_a_core_that_was_closed_says_so(kept: str, call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    core = open_core("memory://" if kept == "memory" else "sqlite:///shop.db")
    core.customers.create(**ADA)
    core.close()
    core.close()
    with pytest.raises(StorageError) as caught:
        CALLS[call](core)
    assert caught.value.code == "store_closed"
    assert not (tmp_path / "customers.csv").exists()


def test_a_core_is_closed_by_its_block() -> None:
    with open_core("memory://") as core:
        core.customers.create(**ADA)
    with pytest.raises(StorageError):
        core.customers.count()


@pytest.mark.parametrize("kept", ["memory", "file"])
def test_a_transaction_that_is_open_when_the_core_is_closed_goes_on(kept: str, tmp_path: Path) -> None:
    url = f"memory://{tmp_path}" if kept == "memory" else f"sqlite:///{tmp_path / 'shop.db'}"
    core = open_core(url)
    with core.transaction() as tx:
        tx.customers.create(**ADA)
        core.close()
    with open_core(url) as again:
        assert again.customers.count() == 1


def test_a_store_in_memory_with_a_name_outlives_each_of_its_cores(name: str) -> None:
    first, second = open_core(name), open_core(name)
    first.customers.create(**ADA)
    first.close()
    assert second.customers.by_email("ada@example.com").first_name == "Ada"
    second.close()
    with open_core(name) as third:
        assert third.customers.count() == 1


def test_cores_of_one_name_and_the_same_plug_ins_share_values(name: str) -> None:
    with open_core(name, plugins=[plugin(card=TextKind())]) as first:
        first.info_types.define("card", "card", searchable=True)
        with open_core(name, plugins=[plugin(card=TextKind())]) as second:
            second.customers.create(**ADA, info={"card": "A7"})
        assert first.customers.count(where.info("card") == "a7") == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ([], [plugin(card=TextKind())]),
        ([plugin(card=TextKind())], []),
        ([plugin(card=TextKind())], [plugin(card=IntegerKind())]),
    ],
)
def test_a_name_that_was_opened_with_other_plug_ins_is_refused(
    first: list[object], second: list[object], name: str
) -> None:
    with open_core(name, plugins=first) as core:
        core.customers.create(**ADA)
        with pytest.raises(ExtensionError) as caught:
            open_core(name, plugins=second)
        assert caught.value.code == "other_plugins"
        assert core.customers.count() == 1
    with open_core(f"{name}-other", plugins=second) as other:
        assert other.customers.count() == 0


def test_stores_of_one_name_share_what_is_in_them(name: str) -> None:
    first, second = (open_store(name, default_catalogue()) for _ in range(2))
    assert first.secret() == second.secret()
    assert first.secret() != open_store("memory://", default_catalogue()).secret()
