"""Flags, tags and customer types."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import pytest

from customercore import Customer, CustomerCore, where
from customercore.errors import DuplicateError, InvalidValueError, NotFoundError, StaleVersionError
from customercore.testing.fakes import FixedClock

MakeCore = Callable[..., CustomerCore]
BAD_CODES = [
    "",
    " ",
    "\t",
    "a b",
    "å",
    "-a",
    "a" * 64,
    "a\x00",
    "\ud800",
    "{$gt}",
    5,
    None,
    ["vip"],
    {"$gt": ""},
    b"vip",
    True,
]


@pytest.fixture
def ada(core: CustomerCore) -> Customer:
    for code in ("vip", "late"):
        core.flags.define(code)
    return core.customers.create(email="ada@example.com", first_name="Ada", last_name="Lovelace")


def test_a_flag_is_defined_once_and_known_everywhere(core: CustomerCore, make: MakeCore, clock: FixedClock) -> None:
    flag = core.flags.define(" VIP ", label="Very important")
    assert (flag.code, flag.label, flag.version, flag.created_at) == ("vip", "Very important", 1, clock.now())
    for other in (core, make()):
        assert other.flags.list() == (flag,)
        with pytest.raises(DuplicateError) as caught:
            other.flags.define("vip")
        assert caught.value.code == "duplicate_code"


def test_definitions_are_listed_by_code(core: CustomerCore) -> None:
    for code in ("b", "a.b", "a_b", "a-b", "10", "9"):
        core.flags.define(code)
    assert [one.code for one in core.flags.list()] == sorted(["b", "a.b", "a_b", "a-b", "10", "9"])


@pytest.mark.parametrize("code", BAD_CODES)
def test_a_definition_needs_a_code_of_the_right_shape(core: CustomerCore, code: Any) -> None:
    for define in (core.flags.define, core.customer_types.define, core.shops.create):
        with pytest.raises(InvalidValueError) as caught:
            define(code)
        assert {one.field for one in caught.value.problems} == {"code"}
    assert (core.flags.list(), core.shops.list(), len(core.customer_types.list())) == ((), (), 4)


def test_a_flag_gets_another_label(core: CustomerCore) -> None:
    core.flags.define("vip", label="one")
    assert core.flags.update("VIP", label="two").version == 2
    assert core.flags.update("vip", label="two").version == 2
    assert core.flags.update("vip", label=None).label is None
    with pytest.raises(StaleVersionError):
        core.flags.update("vip", label="three", expected_version=1)
    with pytest.raises(InvalidValueError, match="label"):
        core.flags.update("vip", label=5)  # type: ignore[arg-type]  # what is tested
    with pytest.raises(NotFoundError) as caught:
        core.flags.update("nobody", label="x")
    assert caught.value.code == "flag_not_found"


def test_flags_are_added_and_taken(core: CustomerCore, ada: Customer) -> None:
    assert core.customers.add_flags(ada, "VIP", "late").flags == {"vip", "late"}
    assert core.customers.add_flags(ada, "vip").version == 2
    assert core.customers.remove_flags(ada, "LATE").flags == {"vip"}
    assert core.customers.remove_flags(ada, "late", "nobody").version == 3
    assert core.customers.add_flags(ada).version == 3
    assert core.customers.update(ada, flags=None).flags == frozenset()


def test_an_unknown_flag_is_refused_and_nothing_is_stored(core: CustomerCore, ada: Customer) -> None:
    calls: list[Callable[[], object]] = [
        lambda: core.customers.add_flags(ada, "vip", "nobody"),
        lambda: core.customers.update(ada, flags=["nobody"]),
    ]
    for call in calls:
        with pytest.raises(InvalidValueError) as caught:
            call()
        assert [one.code for one in caught.value.problems] == ["unknown_flag"]
    assert core.customers.get(ada) == ada


@pytest.mark.parametrize("bad", [5, None, {"$gt": ""}, ["vip"], {"vip"}, b"vip", "a\x00", "\ud800"])
def test_what_is_no_flag_or_tag_is_refused(core: CustomerCore, ada: Customer, bad: Any) -> None:
    for add in (core.customers.add_flags, core.customers.add_tags):
        with pytest.raises(InvalidValueError):
            add(ada, bad)
    for remove in (core.customers.remove_flags, core.customers.remove_tags):
        with contextlib.suppress(InvalidValueError):
            assert remove(ada, bad) == ada
    assert core.customers.get(ada) == ada


@pytest.mark.parametrize("verb", ["add_flags", "remove_flags", "add_tags", "remove_tags"])
def test_a_misspelt_option_is_not_overlooked(core: CustomerCore, ada: Customer, verb: str) -> None:
    with pytest.raises((TypeError, InvalidValueError)):
        getattr(core.customers, verb)(ada, "vip", expected_versoin=7)


def test_spellings_of_a_tag_are_one(core: CustomerCore, ada: Customer) -> None:
    assert core.customers.add_tags(ada, "Sommer Ärger", "x").tags == {"Sommer Ärger", "x"}
    assert core.customers.add_tags(ada, "SOMMER A\u0308RGER").version == 2
    assert core.customers.search(where.tag("sommer ärger")).items == (core.customers.get(ada),)
    assert core.customers.remove_tags(ada, "sommer ärger").tags == {"x"}


def test_a_flag_known_to_another_core_since_is_known_here(core: CustomerCore, make: MakeCore, ada: Customer) -> None:
    other = make()
    assert len(core.flags.list()) == 2
    other.flags.define("new")
    assert core.customers.add_flags(ada, "new").flags == {"new"}
    assert core.customers.search(where.flag("new")).total is None


def test_every_tenant_has_the_built_in_types(core: CustomerCore) -> None:
    types = core.customer_types.list()
    assert [one.code for one in types] == ["business", "employee", "guest", "private"]
    assert [one.prices_without_tax for one in types] == [True, False, False, False]
    with pytest.raises(NotFoundError):
        core.customer_types.update("business", label="B2B")


def test_a_built_in_type_may_be_given_a_label_of_ones_own_once(core: CustomerCore) -> None:
    own = core.customer_types.define("private", label="Privat", prices_without_tax=True)
    assert [one.label for one in core.customer_types.list() if one.code == "private"] == ["Privat"]
    assert core.customer_types.update("PRIVATE", prices_without_tax=False).id == own.id
    with pytest.raises(DuplicateError):
        core.customer_types.define("private")
    assert len(core.customer_types.list()) == 4


def test_a_type_of_ones_own_is_used(core: CustomerCore, ada: Customer) -> None:
    with pytest.raises(InvalidValueError, match="unknown_type"):
        core.customers.update(ada, customer_type="press")
    core.customer_types.define("press")
    assert core.customers.update(ada, customer_type="PRESS").customer_type == "press"
    assert core.customers.search(where.type("press")).items == (core.customers.get(ada),)
    assert core.customers.update(ada, customer_type=None).customer_type == "private"


def test_what_a_type_has_not_is_refused(core: CustomerCore) -> None:
    core.customer_types.define("press")
    for fields in ({"colour": "red"}, {"id": "x"}, {"version": 5}, {"prices_without_tax": "yes"}):
        with pytest.raises(InvalidValueError) as caught:
            core.customer_types.update("press", **fields)
        assert [one.field for one in caught.value.problems] == list(fields)
