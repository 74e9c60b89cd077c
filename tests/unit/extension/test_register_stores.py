"""The hook `customercore_register_stores`."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from customercore import open_core
from customercore.catalogue.catalogue import Catalogue
from customercore.errors import CustomerCoreError, ExtensionError, InvalidValueError, StorageUnavailableError
from customercore.extension import hookimpl
from customercore.extension.built_in import BuiltIn
from customercore.extension.dispatch import Extensions
from customercore.extension.stores import GuardedStores
from customercore.ports.store import Store
from customercore.testing.samples import catalogue_for_tests
from customercore.wiring import open_store


class Shelves:
    """Opens stores in memory, and notes what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, float]] = []

    def open(self, url: str, catalogue: Catalogue, *, timeout: float) -> Store:
        self.asked.append((url, timeout))
        return open_store("memory://", catalogue)


class Answering:
    def __init__(self, answer: Callable[[], Any]) -> None:
        self._answer = answer

    def open(self, url: str, catalogue: Catalogue, *, timeout: float) -> Any:
        return self._answer()


def bringing(answer: Any, name: str = "acme") -> Any:
    @hookimpl
    def customercore_register_stores() -> Any:
        return answer

    return SimpleNamespace(__name__=name, customercore_register_stores=customercore_register_stores)


def raising(error: Exception) -> Any:
    def answer() -> Any:
        raise error

    return Answering(answer)


def error_of(*plugins: Any, url: str = "memory://") -> CustomerCoreError:
    with pytest.raises(CustomerCoreError) as caught:
        open_core(url, plugins=plugins)
    return caught.value


def test_a_store_of_a_plug_in_is_opened_by_its_scheme() -> None:
    shelves = Shelves()
    with open_core("shelf+fast://here", plugins=[bringing({"shelf": shelves})], timeout=3) as core:
        assert core.customers.create_guest(email="ada@example.com").version == 1
    assert shelves.asked == [("shelf+fast://here", 3)]


def test_a_scheme_that_nobody_registers_is_refused_with_those_that_are() -> None:
    error = error_of(bringing({"shelf": Shelves()}), url="moon://")
    assert isinstance(error, InvalidValueError)
    assert error.code == "unknown_store"
    assert "mariadb, memory, mongodb, mysql, postgresql, shelf, sqlite" in str(error)


def test_our_own_stores_come_through_the_same_hook() -> None:
    shelves = Shelves()
    assert Extensions(BuiltIn({"shelf": shelves})).stores == {"shelf": shelves}
    assert Extensions(SimpleNamespace(customercore_on_event=hookimpl(lambda: None))).stores == {}


def test_a_plug_ins_store_is_called_with_a_guard() -> None:
    stores = Extensions(BuiltIn({"a": Shelves()}), [bringing({"b": Shelves()})]).stores
    assert [type(stores[one]) for one in ("a", "b")] == [Shelves, GuardedStores]


@pytest.mark.parametrize("scheme", ["memory", "sqlite", "mysql"])
def test_a_scheme_that_is_taken_is_refused(scheme: str) -> None:
    error = error_of(bringing({scheme: Shelves()}))
    assert error.code == "store_taken"
    assert error.details["owner"] == "customercore"
    assert error.details["plugin"] == "acme"


def test_a_scheme_of_two_plug_ins_is_refused_and_both_are_named() -> None:
    error = error_of(bringing({"shelf": Shelves()}), bringing({"shelf": Shelves()}, "zeta"))
    assert (error.code, error.details["plugin"], error.details["owner"]) == ("store_taken", "zeta", "acme")


@pytest.mark.parametrize(
    "answer", [None, ["shelf"], {7: Shelves()}, {"Shelf": Shelves()}, {"a b": Shelves()}, {"shelf": 7}]
)
def test_an_answer_that_is_no_mapping_of_factories_lets_no_core_open(answer: Any) -> None:
    error = error_of(bringing(answer))
    assert isinstance(error, ExtensionError)
    assert (error.code, error.details["hook"]) == ("plugin_invalid", "customercore_register_stores")


def test_a_factory_that_raises_is_named() -> None:
    error = error_of(bringing({"shelf": raising(OSError("secret"))}), url="shelf://")
    assert (error.code, error.details["plugin"]) == ("plugin_failed", "acme")
    assert "secret" not in str(error)


def test_our_own_errors_pass() -> None:
    away = StorageUnavailableError("store_unreachable", "it is away")
    assert error_of(bringing({"shelf": raising(away)}), url="shelf://") is away


@pytest.mark.parametrize("answer", [None, 7, object()])
def test_what_is_opened_must_be_a_store(answer: Any) -> None:
    error = error_of(bringing({"shelf": Answering(lambda: answer)}), url="shelf://")
    assert (error.code, error.details["plugin"]) == ("plugin_invalid", "acme")


def test_a_factory_that_hangs_is_not_waited_for() -> None:
    forever = threading.Event()
    stores = GuardedStores(Answering(forever.wait), "acme", seconds=0.05)
    with pytest.raises(ExtensionError) as caught:
        stores.open("shelf://", catalogue_for_tests(), timeout=1)
    forever.set()
    assert caught.value.code == "plugin_timeout"
