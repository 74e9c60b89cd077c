"""What every test of the extension room is given: plug-ins made in a line, and cores that use them."""

from __future__ import annotations

import importlib.metadata
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from customercore import CustomerCore
from customercore.catalogue.catalogue import build_catalogue
from customercore.extension import Kind, KindRules, hookimpl
from customercore.extension.built_in import BuiltIn
from customercore.extension.discovery import installed
from customercore.extension.dispatch import Extensions
from customercore.testing.fakes import FixedClock
from customercore.wiring import _standard, core_on, open_store

Plugin = Any
MakePlugin = Callable[..., Plugin]
OpenCore = Callable[..., CustomerCore]


@pytest.fixture(autouse=True)
def _nothing_installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let no plug-in that is installed on this machine take part."""
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda *, group: [])  # noqa: ARG005  that keyword is used
    _forget()
    yield
    _forget()


def _forget() -> None:
    """Have what is installed looked up anew, and the catalogue made anew that has its kinds."""
    installed.cache_clear()
    _standard.cache_clear()


@pytest.fixture
def rules() -> KindRules:
    """Give rules that find nothing wrong."""
    return KindRules(
        check_email=lambda *_, **__: None,
        email_key=str.lower,
        check_phone=lambda *_: None,
    )


@pytest.fixture
def plugin() -> MakePlugin:
    """Give what makes a plug-in with a name, kinds by name, and perhaps a listener."""

    def make(name: str = "acme", listener: Callable[..., Any] | None = None, **kinds: Kind) -> Plugin:
        made = SimpleNamespace(__name__=name)
        if kinds:
            made.customercore_register_kinds = hookimpl(lambda: kinds)
        if listener is not None:
            made.customercore_on_event = hookimpl(listener)
        return made

    return make


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give an SQLite file that has its schema and nothing in it: copying it is quicker than making it."""
    path = tmp_path_factory.mktemp("extension") / "empty.db"
    extensions = Extensions(BuiltIn())
    rules = KindRules(check_email=lambda *_, **__: None, email_key=str.lower, check_phone=lambda *_: None)
    store = open_store(f"sqlite:///{path}", build_catalogue(extensions.kinds(rules)))
    store.prepare("create")
    store.close()
    return path


@pytest.fixture(params=["memory", "sqlite"])
def url(request: pytest.FixtureRequest) -> str:
    """Give the address of an empty store."""
    if request.param == "memory":
        return "memory://"
    target: Path = request.getfixturevalue("tmp_path") / "shop.db"
    shutil.copy(request.getfixturevalue("empty_database"), target)
    return f"sqlite:///{target}"


@pytest.fixture
def open_with(rules: KindRules) -> Iterator[OpenCore]:
    """Give what opens a core with plug-ins; ``seconds`` is how long one of their calls may take."""
    opened: list[CustomerCore] = []

    def make(url: str, *plugins: Plugin, seconds: float = 20) -> CustomerCore:
        extensions = Extensions(BuiltIn(), plugins, seconds=seconds)
        catalogue = build_catalogue(extensions.kinds(rules))
        store = open_store(url, catalogue)
        store.prepare("create")
        opened.append(core_on(store, catalogue, clock=FixedClock(), extensions=extensions))
        return opened[-1]

    yield make
    for core in opened:
        core.close()
