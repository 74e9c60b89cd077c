"""Every hook is documented, and has a test file of its own."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pluggy
import pytest

from customercore import extension
from customercore.domain.kinds import Kind
from customercore.extension import checks, specs
from customercore.extension.calls import SECONDS
from customercore.extension.guard import GuardedKind

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "reference" / "hooks.md"
TESTS = Path(__file__).parent
Hooks = dict[str, Callable[..., Any]]


def hooks_of(module: ModuleType) -> Hooks:
    """Return the hook specifications of a module by name."""
    found = pluggy.PluginManager(specs.PROJECT)
    found.add_hookspecs(module)
    return {name: getattr(module, name) for name in vars(found.hook) if name.startswith(f"{specs.PROJECT}_")}


def undocumented(hooks: Hooks, page: str) -> list[str]:
    """Return the hooks that say nothing, and those whose section of the page leaves out a parameter."""
    complaints = []
    for name, hook in hooks.items():
        section = re.search(rf"^## `{name}`\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
        if len((hook.__doc__ or "").split()) < 10:
            complaints.append(f"{name} has no docstring")
        elif section is None:
            complaints.append(f"{name} has no section in {PAGE.name}")
        else:
            wanted = [f"`{one}`" for one in inspect.signature(hook).parameters]
            complaints += [f"{name} does not tell of {one}" for one in wanted if one not in section[1]]
    return complaints


def untested(hooks: Hooks, folder: Path) -> list[str]:
    """Return the hooks without a file ``test_<hook>.py`` that names the hook and has tests."""
    complaints = []
    for name in hooks:
        path = folder / f"test_{name.removeprefix(f'{specs.PROJECT}_')}.py"
        text = path.read_text("utf-8") if path.exists() else ""
        if name not in text or "\ndef test_" not in text:
            complaints.append(f"{name} has no {path.name}")
    return complaints


HOOKS = hooks_of(specs)


def test_there_are_hooks() -> None:
    assert {"customercore_register_kinds", "customercore_on_event"} <= set(HOOKS)


def test_every_hook_is_documented() -> None:
    assert undocumented(HOOKS, PAGE.read_text("utf-8")) == []


def test_every_hook_has_tests_of_its_own() -> None:
    assert untested(HOOKS, TESTS) == []


def test_a_hook_without_docs_or_tests_is_found(tmp_path: Path) -> None:
    module = ModuleType("more")

    def customercore_on_moon(phase: int) -> None:
        """Hear of one phase of the moon, as many words as that are needed here."""

    def customercore_on_sun() -> None: ...

    for hook in (customercore_on_moon, customercore_on_sun):
        setattr(module, hook.__name__, specs.hookspec(hook))
    hooks = hooks_of(module)
    assert undocumented(hooks, "") == [
        "customercore_on_moon has no section in hooks.md",
        "customercore_on_sun has no docstring",
    ]
    assert (
        undocumented(hooks, "## `customercore_on_moon`\n\nHear.\n")[0]
        == "customercore_on_moon does not tell of `phase`"
    )
    assert untested(hooks, tmp_path) == [
        "customercore_on_moon has no test_on_moon.py",
        "customercore_on_sun has no test_on_sun.py",
    ]


def test_the_page_tells_of_everything_a_plug_in_can_import_and_of_the_time_limit() -> None:
    page = PAGE.read_text("utf-8")
    assert [name for name in extension.__all__ if f"`{name}`" not in page] == []
    assert f"{SECONDS:g} seconds" in page


def members(cls: type[Any]) -> set[str]:
    return {name for name in vars(cls) if not name.startswith("_")}


def test_the_page_tells_of_everything_a_kind_may_have() -> None:
    page = PAGE.read_text("utf-8")
    assert [name for name in sorted(members(Kind)) if f"`{name}`" not in page] == []


def test_nothing_of_a_plug_ins_kind_is_reached_past_its_guard() -> None:
    methods = {name for name in members(Kind) if callable(getattr(Kind, name)) or name == "doubtful"}
    assert methods <= members(GuardedKind)
    declared = {one for one in members(Kind) - methods if one != "term"}  # the key of the info type makes the terms
    assert declared == {one for one in checks.Declaration.__annotations__ if one != "doubtful"}


@pytest.mark.parametrize("name", sorted(members(Kind)))
def test_everything_a_kind_may_have_says_what_it_is(name: str) -> None:
    member = inspect.getattr_static(Kind, name)
    if callable(member) or isinstance(member, property):
        assert inspect.getdoc(member)
