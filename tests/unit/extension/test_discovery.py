from __future__ import annotations

import importlib.metadata
from collections.abc import Callable, Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from customercore.errors import ExtensionError
from customercore.extension import Event, Kind, hookimpl
from customercore.extension.discovery import BUILT_IN, installed, registered


@hookimpl
def no_kinds() -> dict[str, Kind]:
    """Return none."""
    return {}


BUILT = SimpleNamespace(customercore_register_kinds=no_kinds)


def unmarked(event: Event) -> None:
    """Hear nothing, and without the mark of a hook."""


def listener(event: Event) -> None:
    """Hear nothing."""


def haggling(event: Event, price: int) -> None:
    """Ask for what no hook gives."""


def names(*plugins: Any) -> list[str]:
    """Return the names under which plug-ins are registered, in order, ours left out."""
    return [name for name, _ in registered(BUILT, plugins).list_name_plugin() if name != BUILT_IN]


def error_of(*plugins: Any) -> ExtensionError:
    with pytest.raises(ExtensionError) as caught:
        registered(BUILT, plugins)
    return caught.value


class Audit:
    """A plug-in that is an object."""

    @hookimpl
    def customercore_on_event(self, event: Event) -> None:
        """Hear nothing."""


@pytest.fixture
def module() -> ModuleType:
    """Give a plug-in that is a module."""
    made = ModuleType("acme_kinds")
    vars(made)["customercore_on_event"] = hookimpl(lambda: None)
    return made


class Point:
    """An entry point, as `importlib.metadata` gives it."""

    def __init__(self, name: str, load: Callable[[], Any]) -> None:
        self.name = self.value = name
        self.load = load


class Installed(list[Point]):
    """What is installed, and how often it was asked for."""

    scans = 0

    def scan(self, *, group: str) -> list[Point]:
        assert group == "customercore"
        self.scans += 1
        return self


@pytest.fixture
def entry_points(monkeypatch: pytest.MonkeyPatch) -> Iterator[Installed]:
    """Give the list of what is installed."""
    points = Installed()
    monkeypatch.setattr(importlib.metadata, "entry_points", points.scan)
    installed.cache_clear()
    yield points
    installed.cache_clear()


def test_objects_and_modules_are_plug_ins(entry_points: Installed, module: ModuleType) -> None:
    assert names(Audit(), module) == ["Audit", "acme_kinds"]


def test_a_plug_in_that_is_passed_twice_is_registered_once(entry_points: Installed, module: ModuleType) -> None:
    audit = Audit()
    assert names(audit, module, audit, module) == ["Audit", "acme_kinds"]


def test_two_plug_ins_of_one_class_have_two_names(entry_points: Installed) -> None:
    assert names(Audit(), Audit(), Audit()) == ["Audit", "Audit-2", "Audit-3"]


def test_installed_plug_ins_are_found_in_the_order_of_their_names(entry_points: Installed) -> None:
    entry_points += [Point("zeta", Audit), Point("alpha", Audit)]
    assert names(Audit()) == ["alpha", "zeta", "Audit"]


def test_an_installed_plug_in_that_is_also_passed_is_registered_once(
    entry_points: Installed, module: ModuleType
) -> None:
    entry_points.append(Point("acme", lambda: module))
    assert names(module) == ["acme"]


def test_two_installed_plug_ins_may_have_one_name(entry_points: Installed) -> None:
    entry_points += [Point("acme", Audit), Point("acme", Audit)]
    assert names() == ["acme", "acme-2"]


def test_nobody_takes_our_own_name(entry_points: Installed) -> None:
    entry_points.append(Point(BUILT_IN, Audit))
    assert names() == [f"{BUILT_IN}-2"]


def test_entry_points_are_scanned_once(entry_points: Installed) -> None:
    loaded: list[int] = []

    def load() -> Audit:
        loaded.append(1)
        return Audit()

    entry_points.append(Point("acme", load))
    for _ in range(3):
        assert names() == ["acme"]
    assert (entry_points.scans, len(loaded)) == (1, 1)


@pytest.mark.parametrize("error", [ImportError("no module"), SyntaxError("bad"), SystemExit(3)])
def test_a_broken_entry_point_is_named(entry_points: Installed, error: BaseException) -> None:
    def load() -> None:
        raise error

    entry_points += [Point("good", Audit), Point("broken", load)]
    found = error_of()
    assert (found.code, found.details["plugin"], found.details["hook"]) == (
        "plugin_failed",
        "broken",
        "its entry point",
    )
    assert found.__cause__ is error


def test_a_plug_in_that_was_mended_is_found_the_next_time(entry_points: Installed) -> None:
    entry_points.append(Point("acme", lambda: 1 / 0))
    assert error_of().details["plugin"] == "acme"
    entry_points[:] = [Point("acme", Audit)]
    assert names() == ["acme"]


def named(**hooks: Any) -> SimpleNamespace:
    return SimpleNamespace(__name__="acme", **hooks)


async def asynchronous(event: Event) -> None:
    """Never run."""


def wrapping(event: Event) -> Iterator[None]:
    yield


class Explosive:
    """Cannot be looked at."""

    @property
    def customercore_on_event(self) -> None:
        """Explode."""
        raise RuntimeError


@pytest.mark.parametrize(
    ("plugin", "code"),
    [
        (named(customercore_on_evnt=hookimpl(listener)), "unknown_hook"),
        (named(customercore_on_event=hookimpl(haggling)), "plugin_invalid"),
        (named(customercore_on_event=unmarked), "plugin_invalid"),
        (named(), "plugin_invalid"),
        (named(customercore_on_event=hookimpl(asynchronous)), "plugin_invalid"),
        (named(customercore_on_event=hookimpl(wrapping, wrapper=True)), "plugin_invalid"),
        (named(customercore_on_event=hookimpl(wrapping, hookwrapper=True)), "plugin_invalid"),
        (Audit, "plugin_invalid"),
        (Explosive(), "plugin_invalid"),
        (None, "plugin_invalid"),
        ("acme_kinds", "plugin_invalid"),
        (3, "plugin_invalid"),
    ],
)
def test_what_is_no_plug_in_of_ours_is_refused_and_named(entry_points: Installed, plugin: Any, code: str) -> None:
    found = error_of(plugin)
    assert found.code == code
    name = str(getattr(plugin, "__name__", type(plugin).__name__))
    assert found.details["plugin"] == name
    assert name in found.message


def test_an_unknown_hook_is_named(entry_points: Installed) -> None:
    found = error_of(named(customercore_on_evnt=hookimpl(listener)))
    assert found.details["hook"] == "customercore_on_evnt"
    assert "customercore_on_evnt" in found.message


def test_a_hook_of_another_release_may_be_marked_optional(entry_points: Installed) -> None:
    both = named(customercore_on_event=hookimpl(listener), customercore_on_moon=hookimpl(listener, optionalhook=True))
    assert names(both) == ["acme"]
