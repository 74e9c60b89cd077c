"""A plug-in that is taken away takes no customer with it: its values stay, and are values again when it is back."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from database_servers.databases import new_mongo_database

from customercore import Customer, CustomerCore, where
from customercore.catalogue.values import UnknownValue, ValueCodec
from customercore.domain.info_type import ADDRESS
from customercore.errors import DuplicateError, InvalidValueError
from customercore.extension import Definitions, Field, Kind, TextKind

MakePlugin = Callable[..., Any]
OpenCore = Callable[..., CustomerCore]


@attrs.frozen
class Shelf:
    """A place in a warehouse."""

    row: str
    number: int


class ShelfKind(Kind):
    """Shelves."""

    value_type = Shelf

    def parse(self, value: object, field: Field, definitions: Definitions) -> Any:
        return value

    def equality(self, value: Any) -> Any:
        return f"{value.row}{value.number:04d}"

    order = equality

    def to_document(self, value: Any) -> Any:
        return {"row": value.row, "number": value.number}

    def from_document(self, document: Any) -> Any:
        return Shelf(document["row"], document["number"])


HERE = Shelf("Ö", 7)


@pytest.fixture(params=["sqlite", "mongodb"])
def url(request: pytest.FixtureRequest, empty_database: Path, tmp_path: Path) -> Iterator[str]:
    """Give a store whose data outlives the core that its plug-ins came with."""
    if request.param == "mongodb":
        with new_mongo_database() as database:
            yield database.url
        return
    shutil.copy(empty_database, tmp_path / "shop.db")
    yield f"sqlite:///{tmp_path / 'shop.db'}"


@pytest.fixture
def shelves(plugin: MakePlugin) -> Any:
    """Give the plug-in."""
    return plugin("acme", shelf=ShelfKind(), card=TextKind())


@pytest.fixture
def ada(open_with: OpenCore, shelves: Any, url: str) -> Customer:
    """Give a customer with values of the plug-in's kinds."""
    core = open_with(url, shelves)
    core.info_types.define("shelf", "shelf", searchable=True, unique=True, default=None)
    core.info_types.define("card_no", "card", searchable=True)
    core.info_types.define("box", "shelf", applies_to=ADDRESS)
    address = {"country": "SE", "city": "Lund", "info": {"box": HERE}}
    return core.customers.create(
        email="ada@example.com",
        first_name="Ada",
        last_name="Lovelace",
        info={"shelf": HERE, "card_no": "4711"},
        addresses=[address],
    )


def test_customers_can_be_read(ada: Customer, open_with: OpenCore, url: str) -> None:
    found = open_with(url).customers.get(ada)
    assert found.info["card_no"] == "4711"
    assert found.info["shelf"] == UnknownValue("shelf", '{"row": "Ö", "number": 7}')
    assert found.addresses[0].info["box"] == found.info["shelf"]
    assert attrs.evolve(found, info=ada.info, addresses=ada.addresses) == ada


def test_values_come_through_every_write_unchanged(ada: Customer, open_with: OpenCore, shelves: Any, url: str) -> None:
    without = open_with(url)
    changed = without.customers.update(ada, last_name="King", flags=[])
    assert without.customers.deactivate(without.customers.reactivate(changed)).info == changed.info
    (lund,) = changed.addresses
    without.addresses.update(ada, lund, city="Malmö")
    back = open_with(url, shelves).customers.get(ada)
    assert (back.last_name, back.info, back.addresses[0].city) == ("King", ada.info, "Malmö")
    assert back.addresses[0].info == {"box": HERE}


def test_a_write_does_not_mention_what_it_does_not_know(ada: Customer, open_with: OpenCore, url: str) -> None:
    without = open_with(url)
    without.customers.update(ada, last_name="King")
    event = without.events_of(ada)[-1]
    assert set(event.changes) | set(event.personal) == {"last_name"}


def test_they_are_found_again_once_the_plug_in_is_back(
    ada: Customer, open_with: OpenCore, shelves: Any, url: str
) -> None:
    open_with(url).customers.update(ada, last_name="King")
    core = open_with(url, shelves)
    assert [one.id for one in core.customers.search(where.info("shelf") == HERE).items] == [ada.id]
    assert [one.id for one in core.customers.search(where.info("card_no") == "4711").items] == [ada.id]
    with pytest.raises(DuplicateError):
        core.customers.create(email="bob@example.com", first_name="Bob", last_name="Berg", info={"shelf": HERE})


def test_such_a_field_takes_no_values_and_is_not_searched(ada: Customer, open_with: OpenCore, url: str) -> None:
    without = open_with(url)
    for value in ("9", None, without.customers.get(ada).info["shelf"]):
        with pytest.raises(InvalidValueError) as caught:
            without.customers.update(ada, info={"shelf": value})
        assert [(one.field, one.code) for one in caught.value.problems] == [("info.shelf", "unknown_field")]
    with pytest.raises(InvalidValueError):
        without.customers.search(where.info("card_no") == "4711")


def test_its_definition_can_be_read_and_retired(ada: Customer, open_with: OpenCore, shelves: Any, url: str) -> None:
    open_with(url, shelves).info_types.update("shelf", default=Shelf("A", 1))
    without = open_with(url)
    assert without.info_types.get("shelf").default == UnknownValue("shelf", '{"row": "A", "number": 1}')
    assert {one.key for one in without.info_types.list()} == {"shelf", "card_no", "box"}
    assert without.info_types.retire("shelf").retired
    assert open_with(url, shelves).info_types.get("shelf").default == Shelf("A", 1)


def test_an_unknown_value_is_a_value_like_others() -> None:
    codec = ValueCodec({})
    for document in (None, True, 5, "x", [1, ["y"]], {"b": 1, "a": None}):
        value = codec.decode({"shelf": document})
        assert codec.encode(value) == {"shelf": document}
        assert value == codec.decode({"shelf": document})
        assert hash(value) == hash(codec.decode({"shelf": document}))
        assert codec.decode({"other": document}) != value


def test_an_unknown_value_does_not_show_what_it_holds() -> None:
    assert "ada" not in repr(UnknownValue("shelf", '"ada@example.com"'))


@pytest.mark.parametrize("document", [{}, {"a": 1, "b": 2}])
def test_what_no_kind_can_have_written_is_corrupt(document: Any) -> None:
    with pytest.raises(ValueError, match="unpack"):
        ValueCodec({}).decode(document)
