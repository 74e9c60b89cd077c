"""Values of a plug-in's own types are stored, searched, sorted, bounded and told in events like ours."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import attrs
import pytest

from customercore import Customer, CustomerCore, where
from customercore.domain.info_type import ADDRESS
from customercore.errors import DuplicateError, InvalidValueError
from customercore.extension import Definitions, Event, Field, Kind, RefusedError

MakePlugin = Callable[..., Any]
OpenCore = Callable[..., CustomerCore]


@attrs.frozen
class Weight:
    """A weight, compared by a number. It has no order of its own."""

    grams: int


@attrs.frozen
class Colour:
    """A colour, compared by a text."""

    code: str


class WeightKind(Kind):
    """Weights: ``"1.5 kg"``, ``"200 g"``."""

    column = "integer"
    value_type = Weight

    def parse(self, value: object, field: Field, definitions: Definitions) -> Any:
        if isinstance(value, Weight):
            return value
        match = re.fullmatch(r"([0-9]+) ?(k?)g", value) if isinstance(value, str) else None
        if match is None:
            raise RefusedError("wrong_type", "must be a weight such as 2 kg")
        return Weight(int(match[1]) * (1000 if match[2] else 1))

    def number(self, value: Any) -> int:
        grams: int = value.grams
        return grams

    def to_document(self, value: Any) -> Any:
        return value.grams

    def from_document(self, document: Any) -> Any:
        return Weight(document)

    def to_text(self, value: Any) -> str:
        return f"{value.grams} g"


class ColourKind(Kind):
    """Colours: ``#ff8000``."""

    value_type = Colour

    def parse(self, value: object, field: Field, definitions: Definitions) -> Any:
        code = value.code if isinstance(value, Colour) else value
        if not isinstance(code, str) or not re.fullmatch(r"#[0-9a-fA-F]{6}", code):
            raise RefusedError("wrong_type", "must be a colour such as #ff8000")
        return Colour(code.lower())

    def equality(self, value: Any) -> Any:
        return value.code

    order = equality

    def to_document(self, value: Any) -> Any:
        return {"code": value.code}

    def from_document(self, document: Any) -> Any:
        return Colour(document["code"])

    def to_text(self, value: Any) -> str:
        code: str = value.code
        return code


class WaysKind(Kind):
    """Any of the ways north, east, south and west."""

    column = "none"
    many = True
    value_type = frozenset

    def parse(self, value: object, field: Field, definitions: Definitions) -> Any:
        if not isinstance(value, list | tuple | set | frozenset) or not set(value) <= {"n", "e", "s", "w"}:
            raise RefusedError("wrong_type", "must be a list of ways")
        return frozenset(value)

    def from_text(self, text: str) -> object:
        return list(text)

    def to_text(self, value: Any) -> str:
        return "".join(sorted(value))


@pytest.fixture
def kinds(plugin: MakePlugin) -> Any:
    """Give the plug-in with the three kinds."""
    return plugin("acme", weight=WeightKind(), colour=ColourKind(), ways=WaysKind())


@pytest.fixture
def core(open_with: OpenCore, kinds: Any, url: str) -> CustomerCore:
    """Give a core with a field of each kind, and one of addresses."""
    core = open_with(url, kinds)
    core.info_types.define("weight", "weight", searchable=True, maximum="10 kg", default="5 kg")
    core.info_types.define("colour", "colour", searchable=True, unique=True)
    core.info_types.define("ways", "ways", searchable=True)
    core.info_types.define("tint", "colour", applies_to=ADDRESS, personal=True)
    return core


def heard_by(events: list[Event]) -> Callable[[Event], None]:
    """Return a listener that notes what it hears of."""

    def listener(event: Event) -> None:
        events.append(event)

    return listener


def create(core: CustomerCore, name: str, **info: object) -> Customer:
    return core.customers.create(email=f"{name}@example.com", first_name=name, last_name="Test", info=info)


def found(core: CustomerCore, *args: Any, **options: Any) -> list[str | None]:
    return [one.first_name for one in core.customers.search(*args, **options).items]


def test_values_are_normalised_stored_and_read_back(
    core: CustomerCore, open_with: OpenCore, kinds: Any, url: str
) -> None:
    ada = create(core, "ada", weight="2 kg", colour="#FF8000", ways=["n", "e", "n"])
    assert ada.info == {"weight": Weight(2000), "colour": Colour("#ff8000"), "ways": frozenset("ne")}
    assert core.customers.get(ada) == ada
    assert hash(core.customers.get(ada)) == hash(ada)
    if url.startswith("sqlite"):
        assert open_with(url, kinds).customers.get(ada) == ada


def test_a_default_is_a_value_of_its_kind(core: CustomerCore) -> None:
    assert create(core, "ada").info == {"weight": Weight(5000)}
    assert core.info_types.get("weight").default == Weight(5000)
    assert core.info_types.get("weight").maximum == Weight(10_000)


def test_bounds_hold_for_a_type_without_an_order_of_its_own(core: CustomerCore) -> None:
    core.info_types.define("load", "weight", minimum="2 g")
    for info in ({"weight": "11 kg"}, {"load": "1 g"}):
        with pytest.raises(InvalidValueError) as caught:
            create(core, "ada", **info)
        assert [(one.field, one.code) for one in caught.value.problems] == [
            (f"info.{next(iter(info))}", "out_of_range")
        ]
    create(core, "ada", weight="10 kg", load="2 g")


def test_a_minimum_is_not_more_than_the_maximum(core: CustomerCore) -> None:
    core.info_types.define("load", "weight", minimum="2 g", maximum="2 kg")
    with pytest.raises(InvalidValueError) as caught:
        core.info_types.define("lift", "weight", minimum="2 kg", maximum="2 g")
    assert caught.value.code == "out_of_range"


def test_values_are_searched_and_sorted_by_what_their_kind_compares_by(core: CustomerCore) -> None:
    create(core, "a", weight="2 kg", colour="#0000ff")
    create(core, "b", weight="300 g", colour="#00ff00")
    create(core, "c", weight="10 kg")
    assert found(core, where.info("weight") == "2000 g") == ["a"]
    assert found(core, where.info("weight") >= Weight(2000), sort="info.weight") == ["a", "c"]
    assert found(core, where.info("weight").between("1 g", "2 kg"), sort="-info.weight") == ["a", "b"]
    assert found(core, where.info("colour").is_in(["#00FF00", "#ffffff"])) == ["b"]
    assert found(core, sort="info.colour") == ["a", "b", "c"]
    assert found(core, sort="-info.colour") == ["b", "a", "c"]
    assert found(core, where.info("colour").is_missing()) == ["c"]
    page = core.customers.search(sort="info.colour", limit=2)
    assert found(core, sort="info.colour", limit=2, cursor=page.next) == ["c"]


def test_values_of_many_elements_are_found_by_each(core: CustomerCore) -> None:
    create(core, "a", ways=["n", "e"])
    create(core, "b", ways=["s"])
    create(core, "c")
    assert found(core, where.info("ways") == "n") == ["a"]
    assert found(core, where.info("ways").is_in(["e", "s"])) == ["a", "b"]
    assert found(core, ~(where.info("ways") == "n")) == ["b", "c"]
    assert found(core, where.info("ways").is_missing()) == ["c"]


def test_unique_values_are_unique(core: CustomerCore) -> None:
    ada, bob = create(core, "ada", colour="#0000ff"), create(core, "bob")
    with pytest.raises(DuplicateError):
        core.customers.update(bob, info={"colour": "#0000FF"})
    core.customers.update(ada, info={"colour": None})
    assert core.customers.update(bob, info={"colour": "#0000FF"}).info["colour"] == Colour("#0000ff")


def test_a_value_is_written_in_events_as_json_knows_it(core: CustomerCore) -> None:
    ada = create(core, "ada", weight="2 kg", ways=["n"])
    address = {"country": "SE", "info": {"tint": "#0000ff"}}
    core.customers.update(ada, info={"weight": Weight(3), "ways": None}, addresses=[address])
    created, updated = core.events_of(ada)
    assert created.changes["info.weight"] == (None, {"weight": 2000})
    assert updated.changes["info.weight"] == ({"weight": 2000}, {"weight": 3})
    assert updated.changes["info.ways"][1] is None
    tints = [change for path, change in updated.personal.items() if path.endswith(".info.tint")]
    assert tints == [(None, {"colour": {"code": "#0000ff"}})]


def test_values_of_addresses_are_kept(core: CustomerCore) -> None:
    address = {"country": "SE", "city": "Lund", "info": {"tint": "#0000FF"}}
    ada = core.customers.create(email="a@example.com", first_name="a", last_name="b", addresses=[address])
    assert core.customers.get(ada).addresses[0].info == {"tint": Colour("#0000ff")}


def test_a_filled_field_is_made_searchable(core: CustomerCore) -> None:
    core.info_types.define("tone", "colour")
    create(core, "a", tone="#0000ff")
    create(core, "b", tone="#00ff00")
    core.info_types.update("tone", searchable=True)
    core.info_types.backfill("tone")
    assert found(core, where.info("tone") == "#00ff00") == ["b"]


def test_what_a_changed_definition_breaks_is_told(core: CustomerCore) -> None:
    ada = create(core, "ada", weight="2 kg")
    impact = core.info_types.impact("weight", maximum="1 kg", default=None)
    assert (impact.broken, impact.ids) == (1, (ada.id,))


def test_a_doubt_is_a_warning(open_with: OpenCore, plugin: MakePlugin, url: str) -> None:
    from customercore.extension import Problem  # noqa: PLC0415

    class Doubtful(WeightKind):
        """Doubts whatever is heavy."""

        def doubts(self, value: Any, country: str | None) -> tuple[Problem, ...]:
            return (Problem("", "heavy", "is heavy"),) if value.grams > 1000 else ()

    core = open_with(url, plugin(weight=Doubtful()))
    core.info_types.define("weight", "weight")
    assert create(core, "a", weight="1 kg").warnings == ()
    assert [(one.field, one.code) for one in create(core, "b", weight="2 kg").warnings] == [("info.weight", "heavy")]


def test_a_listener_hears_of_a_plug_ins_values(open_with: OpenCore, plugin: MakePlugin, url: str) -> None:
    heard: list[Event] = []
    core = open_with(url, plugin("acme", listener=heard_by(heard), weight=WeightKind()))
    core.info_types.define("weight", "weight", default="1 g")
    create(core, "ada")
    assert [one.changes.get("info.weight") for one in heard] == [None, (None, {"weight": 1})]
    assert heard[0].changes["default"] == (None, {"weight": 1})
