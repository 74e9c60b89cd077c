"""The hook `customercore_register_kinds`."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType, SimpleNamespace
from typing import Any

import pytest

from customercore import open_core
from customercore.catalogue.kinds import built_in_kinds
from customercore.domain.info_type import APPLIES_TO
from customercore.errors import ExtensionError, InvalidValueError
from customercore.extension import Kind, KindRules, TextKind, hookimpl
from customercore.extension.built_in import BuiltIn
from customercore.extension.dispatch import RESERVED, Extensions
from customercore.extension.guard import GuardedKind

MakePlugin = Callable[..., Any]
OpenCore = Callable[..., Any]


def returning(answer: Callable[[], Any], name: str = "acme") -> Any:
    """Return a plug-in that answers the hook with whatever is given."""

    @hookimpl
    def customercore_register_kinds() -> Any:
        return answer()

    return SimpleNamespace(__name__=name, customercore_register_kinds=customercore_register_kinds)


def error_of(rules: KindRules, *plugins: Any, seconds: float = 0.2) -> ExtensionError:
    with pytest.raises(ExtensionError) as caught:
        Extensions(BuiltIn(), plugins, seconds=seconds).kinds(rules)
    return caught.value


def declaring(**declared: Any) -> Kind:
    """Return a kind that declares something about itself."""
    kind: Kind = type("Declaring", (Kind,), declared)()
    return kind


def test_a_kind_can_be_used_by_info_types(open_with: OpenCore, plugin: MakePlugin, url: str) -> None:
    core = open_with(url, plugin(card=TextKind()))
    for applies_to in APPLIES_TO:
        assert core.info_types.define("card_no", "card", applies_to=applies_to).kind == "card"


def test_a_kind_of_a_core_without_the_plug_in_is_unknown(open_with: OpenCore, url: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        open_with(url).info_types.define("card_no", "card")
    assert caught.value.code == "unknown_kind"


def test_our_own_kinds_come_through_the_same_hook(rules: KindRules) -> None:
    built_in = built_in_kinds(check_email=rules.check_email, email_key=rules.email_key, check_phone=rules.check_phone)
    assert dict(Extensions(BuiltIn()).kinds(rules)).keys() == built_in.keys()
    assert Extensions(returning(dict)).kinds(rules) == {}
    assert BuiltIn.customercore_register_kinds.customercore_impl["specname"] is None  # type: ignore[attr-defined]  # the mark


def test_our_own_kinds_are_called_directly(rules: KindRules, plugin: MakePlugin) -> None:
    kinds = Extensions(BuiltIn(), [plugin(card=TextKind())]).kinds(rules)
    assert {name for name, kind in kinds.items() if isinstance(kind, GuardedKind)} == {"card"}


def test_several_plug_ins_register_several_kinds(rules: KindRules, plugin: MakePlugin) -> None:
    plugins = [plugin("acme", card=TextKind(), shelf=Kind()), plugin("zeta", boat=Kind())]
    assert set(Extensions(BuiltIn(), plugins).kinds(rules)) >= {"card", "shelf", "boat", "text"}


def test_a_plug_in_may_ask_for_the_rules_or_leave_them(rules: KindRules) -> None:
    given: list[KindRules] = []

    @hookimpl
    def customercore_register_kinds(rules: KindRules) -> Mapping[str, Kind]:
        given.append(rules)
        return MappingProxyType({"mailbox": TextKind()})

    asking = SimpleNamespace(customercore_register_kinds=customercore_register_kinds)
    assert "mailbox" in Extensions(BuiltIn(), [asking]).kinds(rules)
    assert given == [rules]


@pytest.mark.parametrize("name", ["text", "money", *sorted(RESERVED - {"text", "money"})])
def test_a_name_of_ours_cannot_be_taken(rules: KindRules, plugin: MakePlugin, name: str) -> None:
    error = error_of(rules, plugin("acme", **{name: TextKind()}))
    assert (error.code, error.details["plugin"], error.details["owner"]) == ("kind_taken", "acme", "customercore")
    assert "acme" in error.message
    assert "customercore" in error.message
    assert name in error.message


def test_a_name_that_another_plug_in_has_cannot_be_taken(rules: KindRules, plugin: MakePlugin) -> None:
    error = error_of(rules, plugin("zeta", card=TextKind()), plugin("acme", card=TextKind()))
    assert (error.code, error.details["plugin"], error.details["owner"]) == ("kind_taken", "zeta", "acme")
    assert error.details["kind"] == "card"


@pytest.mark.parametrize(
    "answer",
    [
        lambda: None,
        TextKind,
        lambda: [("card", TextKind())],
        lambda: {"card": TextKind},
        lambda: {"card": "text"},
        lambda: {"card": None},
        lambda: {"Card": TextKind()},
        lambda: {"my card": TextKind()},
        lambda: {"": TextKind()},
        lambda: {"card\n": TextKind()},
        lambda: {"c" * 64: TextKind()},
        lambda: {7: TextKind()},
        lambda: {"card": SimpleNamespace(parse=lambda value: value)},
        lambda: {"card": declaring(column="varchar")},
        lambda: {"card": declaring(column=None)},
        lambda: {"card": declaring(column="date")},
        lambda: {"card": declaring(column="datetime")},
        lambda: {"card": declaring(column="integer", keyed=True)},
        lambda: {"card": declaring(many=True)},
        lambda: {"card": declaring(many=True, value_type=dict)},
        lambda: {"card": declaring(value_type="Card")},
        lambda: {"card": declaring(value_type=str)},
        lambda: {"card": declaring(column="integer", value_type=float)},
    ],
)
def test_a_wrong_answer_is_refused_and_named(rules: KindRules, answer: Callable[[], Any]) -> None:
    error = error_of(rules, returning(answer))
    assert (error.code, error.details["plugin"]) == ("plugin_invalid", "acme")
    assert error.details["hook"] == "customercore_register_kinds"
    assert "acme" in error.message


@pytest.mark.parametrize(
    "kind",
    [
        declaring(column="date", value_type=dt.date),
        declaring(column="integer"),
        declaring(column="none", many=True, value_type=frozenset),
        declaring(column="none", many=True, value_type=tuple),
        declaring(keyed=True, value_type=SimpleNamespace),
        declaring(column="long_text"),
    ],
)
def test_what_fits_together_is_registered(rules: KindRules, plugin: MakePlugin, kind: Kind) -> None:
    found = Extensions(BuiltIn(), [plugin(card=kind)]).kinds(rules)["card"]
    declared = ("column", "keyed", "many", "value_type", "doubtful")
    assert [getattr(found, name) for name in declared] == [getattr(kind, name) for name in declared]
    assert found.term is None


class Exploding(Kind):
    """A kind whose declaration raises."""

    @property
    def doubtful(self) -> bool:
        """Explode."""
        raise RuntimeError


def test_a_plug_in_that_raises_is_named(rules: KindRules) -> None:
    error = error_of(rules, returning(lambda: 1 / 0))
    assert (error.code, error.details["plugin"]) == ("plugin_failed", "acme")
    assert isinstance(error.__cause__, ZeroDivisionError)
    assert error_of(rules, returning(lambda: {"card": Exploding()})).code == "plugin_failed"


def test_a_plug_in_that_hangs_is_named(rules: KindRules) -> None:
    error = error_of(rules, returning(lambda: time.sleep(1)), seconds=0.05)
    assert (error.code, error.details["plugin"]) == ("plugin_timeout", "acme")


def test_a_plug_in_at_fault_keeps_a_core_from_opening(plugin: MakePlugin) -> None:
    with pytest.raises(ExtensionError) as caught:
        open_core("memory://", plugins=[plugin("acme", text=TextKind())])
    assert caught.value.code == "kind_taken"
    with pytest.raises(ExtensionError) as caught:
        open_core("memory://", plugins=[object()])
    assert caught.value.code == "plugin_invalid"


def test_each_core_has_the_plug_ins_it_was_opened_with(open_with: OpenCore, plugin: MakePlugin) -> None:
    one, other = open_with("memory://", plugin("a", card=TextKind())), open_with("memory://", plugin("a", boat=Kind()))
    one.info_types.define("x", "card")
    other.info_types.define("x", "boat")
    with pytest.raises(InvalidValueError):
        other.info_types.define("y", "card")
    assert [[one.name for one in core.check() if one.name.startswith("plug-in")] for core in (one, other)] == [
        ["plug-in a"],
        ["plug-in a"],
    ]
