"""S8: a kind that raises, hangs or lies fails closed, on every store, and the error names plug-in and method."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import attrs
import pytest

from customercore import CustomerCore, where
from customercore.errors import ExtensionError, InvalidValueError, Problem, TransactionError
from customercore.extension import Definitions, Field, Kind, RefusedError, TextKind

MakePlugin = Callable[..., Any]
OpenCore = Callable[..., CustomerCore]
ADA = {"email": "ada@example.com", "first_name": "Ada", "last_name": "Lovelace"}


@attrs.frozen
class Size:
    """A value of a plug-in's own type."""

    width: int
    height: int


class SizeKind(Kind):
    """Sizes, compared by area. It is sound; the tests put one bad method in the place of a good one."""

    column = "integer"
    value_type = Size

    def parse(self, value: object, field: Field, definitions: Definitions) -> Any:
        if not isinstance(value, Size):
            raise RefusedError("wrong_type", "must be a size")
        return value

    def number(self, value: Any) -> int:
        area: int = value.width * value.height
        return area

    def to_document(self, value: Any) -> Any:
        return [value.width, value.height]

    def from_document(self, document: Any) -> Any:
        return Size(*document)

    def from_text(self, text: str) -> object:
        return Size(*map(int, text.split("x")))

    def to_text(self, value: Any) -> str:
        return f"{value.width}x{value.height}"


class WordKind(TextKind):
    """Texts. It is sound as well, and may doubt."""

    def doubts(self, value: Any, country: str | None) -> tuple[Problem, ...]:
        return ()


class Loud(str):
    """A text that is more than a text."""

    __slots__ = ()


class Bigger(Size):
    """A size that is more than a size."""


@attrs.define
class Loose:
    """A value that can be changed, so it cannot be hashed."""

    width: int = 1


class Unequal:
    """A value that is not even equal to itself."""

    def __eq__(self, other: object) -> bool:
        return False

    def __hash__(self) -> int:
        return 1


def raising(*_: Any, **__: Any) -> Any:
    raise RuntimeError("ada@example.com")


def hanging(*_: Any, **__: Any) -> Any:
    time.sleep(2 * SHORT)


SHORT = 0.5


def patience(instead: Callable[..., Any]) -> float:
    """Return how long a call may take: long enough for a busy machine, unless it is the one that hangs."""
    return SHORT if instead is hanging else 20


def exploding_late(*_: Any, **__: Any) -> Iterator[Problem]:
    yield Problem("", "odd", "looks odd")
    raise RuntimeError


def refusing(*problems: Any) -> Callable[..., Any]:
    """Return a method that refuses a value with these problems."""

    def method(*_: Any, **__: Any) -> Any:
        refused = RefusedError("bad", "is bad")
        refused.problems = problems
        raise refused

    return method


def giving(answer: Any) -> Callable[..., Any]:
    """Return a method that gives this answer, whatever is asked."""
    return lambda *_, **__: answer


def bad(sound: type[Kind], method: str, instead: Callable[..., Any], **declared: Any) -> Kind:
    """Return a sound kind with one bad method."""
    kind: Kind = type("Bad", (sound,), {method: instead, **declared})()
    return kind


ENDLESS: list[Any] = []
ENDLESS.append(ENDLESS)
LIES: dict[tuple[type[Kind], str], list[Any]] = {
    (WordKind, "parse"): [5, True, 1.5, b"x", Decimal(1), object(), ["x"], Loud("x"), "\x00", "\ud800"],
    (SizeKind, "parse"): ["1x1", 5, (1, 1), Bigger(1, 1), Decimal(1)],
    (WordKind, "equality"): [None, 5, b"x", True, Loud("x"), "\x00", "\ud800", object()],
    (WordKind, "order"): [None, 5, b"x", True, Loud("x"), "\x00", "\ud800", object()],
    (SizeKind, "number"): [None, "5", 5.0, True, 1 << 63, -(1 << 63) - 1, Decimal(5), object()],
    (WordKind, "doubts"): [5, ["odd"], [None], [Problem("", "Not a code", "m")], [Problem("", "odd", 5)], "odd"],  # type: ignore[arg-type]  # that is the lie
    (SizeKind, "to_document"): [object(), 1.5, (1, 1), {1: 1}, {"a": {1}}, 1 << 64, "\x00", [1], "1x1", None, ENDLESS],
    (SizeKind, "from_document"): [None, "1x1", [1, 1], Size(7, 7), Bigger(1, 1), (1, 1)],
}
CASES = [
    (sound, method, instead)
    for (sound, method), answers in LIES.items()
    for instead in (raising, hanging, *map(giving, answers))
]
CASES += [
    (WordKind, "doubts", exploding_late),
    *((WordKind, "parse", refusing(*problems)) for problems in ((), ("bad",), (Problem("", "", ""),))),
    (WordKind, "equality", refusing(Problem("", "wrong_type", "m"), None)),
]
VALUES = {WordKind: "amber", SizeKind: Size(1, 1)}


def blamed(call: Callable[[], object]) -> ExtensionError:
    with pytest.raises(ExtensionError) as caught:
        call()
    error = caught.value
    assert error.code in ("plugin_failed", "plugin_timeout", "plugin_invalid")
    assert error.details["plugin"] == "acme"
    assert "acme" in error.message
    assert "ada@" not in str(error)
    assert not error.retryable
    return error


def nothing_is_kept(core: CustomerCore) -> None:
    """Check that no customer is stored, and that the store is in order and can be written to."""
    assert core.customers.count(status="any") == 0
    assert [one for one in core.check() if not one.ok and not one.name.startswith("plug-in")] == []
    made = core.customers.create(**ADA)
    assert (made.version, made.info) == (1, {})
    assert len(core.events_of(made)) == 1


@pytest.mark.parametrize(("sound", "method", "instead"), CASES)
def test_a_bad_method_stores_nothing_and_is_named(
    open_with: OpenCore,
    plugin: MakePlugin,
    url: str,
    *,
    sound: type[Kind],
    method: str,
    instead: Callable[..., Any],
) -> None:
    core = open_with(url, plugin(odd=bad(sound, method, instead)), seconds=patience(instead))
    core.info_types.define("x", "odd", searchable=True, unique=True)
    error = blamed(lambda: core.customers.create(**ADA, info={"x": VALUES[sound]}))
    hook = str(error.details["hook"])
    assert hook.startswith("customercore_register_kinds: odd.")
    # What is stored is read back before it is stored, so a lie about documents shows when a value is parsed.
    shown = {"parse"} if "document" in method else {method, "keys"} if method in ("equality", "order") else {method}
    assert hook.removeprefix("customercore_register_kinds: odd.") in shown
    nothing_is_kept(core)
    (finding,) = [one for one in core.check() if one.name == "plug-in acme"]
    assert (finding.ok, finding.detail) == (False, error.message)


@pytest.mark.parametrize("value", [Loose(), Unequal()], ids=["not to be hashed", "not equal"])
def test_a_value_that_cannot_be_kept_is_the_plug_ins_fault(
    open_with: OpenCore, plugin: MakePlugin, url: str, value: Any
) -> None:
    kind = bad(
        SizeKind, "parse", giving(value), value_type=type(value), to_document=giving(1), from_document=giving(value)
    )
    core = open_with(url, plugin(odd=kind))
    core.info_types.define("x", "odd")
    assert blamed(lambda: core.customers.create(**ADA, info={"x": 1})).code == "plugin_invalid"
    nothing_is_kept(core)


def test_a_text_that_is_longer_than_the_field_is_refused_for_the_plug_in(
    open_with: OpenCore, plugin: MakePlugin, url: str
) -> None:
    core = open_with(url, plugin(odd=bad(WordKind, "parse", giving("x" * 11))))
    core.info_types.define("x", "odd", maximum=10)
    with pytest.raises(InvalidValueError) as caught:
        core.customers.create(**ADA, info={"x": "y"})
    assert [(one.field, one.code) for one in caught.value.problems] == [("info.x", "too_long")]
    nothing_is_kept(core)


@pytest.mark.parametrize("instead", [raising, hanging, giving(5)])
def test_a_failed_change_leaves_the_customer_as_it_was(
    open_with: OpenCore, plugin: MakePlugin, url: str, instead: Callable[..., Any]
) -> None:
    core = open_with(url, plugin(odd=bad(WordKind, "order", instead)), seconds=patience(instead))
    core.info_types.define("x", "odd", searchable=True)
    made = core.customers.create(**ADA)
    blamed(lambda: core.customers.update(made, first_name="Eve", info={"x": "amber"}))
    assert core.customers.get(made) == made
    assert len(core.events_of(made)) == 1


@pytest.mark.parametrize("instead", [raising, giving(5)])
def test_a_failure_dooms_a_transaction(
    open_with: OpenCore, plugin: MakePlugin, url: str, instead: Callable[..., Any]
) -> None:
    core = open_with(url, plugin(odd=bad(WordKind, "parse", instead)), seconds=patience(instead))
    core.info_types.define("x", "odd")

    def block() -> None:
        with core.transaction() as tx:
            tx.customers.create(**{**ADA, "email": "bob@example.com"})
            blamed(lambda: tx.customers.create(**ADA, info={"x": "amber"}))

    with pytest.raises(TransactionError):
        block()
    nothing_is_kept(core)


@pytest.mark.parametrize("instead", [raising, hanging, giving(5)])
@pytest.mark.parametrize("method", ["parse", "equality", "order"])
def test_a_search_by_a_bad_kind_fails(
    open_with: OpenCore, plugin: MakePlugin, url: str, method: str, instead: Callable[..., Any]
) -> None:
    core = open_with(url, plugin(odd=bad(WordKind, method, instead)), seconds=patience(instead))
    core.info_types.define("x", "odd", searchable=True)
    criteria = where.info("x") >= "amber" if method == "order" else where.info("x") == "amber"
    blamed(lambda: core.customers.search(criteria))


@pytest.mark.parametrize("instead", [raising, hanging, giving(5), giving("\ud800")])
def test_a_search_by_a_range_without_a_sound_limit_fails(
    open_with: OpenCore, plugin: MakePlugin, url: str, instead: Callable[..., Any]
) -> None:
    core = open_with(url, plugin(odd=bad(WordKind, "limit", instead)), seconds=patience(instead))
    core.info_types.define("x", "odd", searchable=True)
    blamed(lambda: core.customers.search(where.info("x") >= "amber"))


@pytest.mark.parametrize("instead", [raising, hanging, giving(None), giving("1x1"), giving(Bigger(1, 1))])
def test_reading_a_value_that_its_kind_cannot_read_any_more_fails_by_name(
    open_with: OpenCore, plugin: MakePlugin, url: str, instead: Callable[..., Any]
) -> None:
    if url.startswith("memory"):
        pytest.skip("the store in memory keeps values, not documents")
    core = open_with(url, plugin(odd=SizeKind()))
    core.info_types.define("x", "odd")
    made = core.customers.create(**ADA, info={"x": Size(1, 1)})
    later = open_with(url, plugin(odd=bad(SizeKind, "from_document", instead)), seconds=patience(instead))
    assert blamed(lambda: later.customers.get(made)).details["hook"] == "customercore_register_kinds: odd.from_document"
    assert core.customers.get(made) == made


def test_a_sound_kind_with_keys_of_its_own_is_searched_by_what_it_stores(
    open_with: OpenCore, plugin: MakePlugin, url: str
) -> None:
    # Only `equality` is overridden, so the inherited `keys` gives another key.
    core = open_with(url, plugin(odd=bad(WordKind, "equality", lambda _, value: value[:1])))
    core.info_types.define("x", "odd", searchable=True)
    made = core.customers.create(**ADA, info={"x": "amber"})
    assert core.customers.search(where.info("x") == "apple").items == (made,)
