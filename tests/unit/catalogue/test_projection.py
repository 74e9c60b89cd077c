"""What follows from a declaration: columns, keys, unique keys, terms and validation."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
import pytest

from customercore.catalogue.aggregate import Aggregate
from customercore.domain.address import Address
from customercore.domain.customer import GUEST, STATUSES, Customer
from customercore.domain.field import fields_of
from customercore.errors import Problem
from customercore.testing.samples import (
    PLURALS,
    aggregate_of,
    bare,
    catalogue_for_tests,
    definitions_for_tests,
    filled,
)

CUSTOMERS = catalogue_for_tests().customers


def columns(one: Customer) -> dict[str, Any]:
    names = [spec.name for spec in CUSTOMERS.columns]
    return dict(zip(names, CUSTOMERS.project(one).values, strict=True))


def parsed(aggregate: Aggregate[Any], **given: object) -> tuple[dict[str, Any], list[Problem]]:
    problems: list[Problem] = []
    return aggregate.parse(given, definitions_for_tests(), problems), problems


@pytest.mark.parametrize("plural", PLURALS)
def test_every_projection_has_a_value_for_every_column(plural: str) -> None:
    aggregate = aggregate_of(plural)
    for one in (filled(plural, 1), filled(plural, 2), bare(plural, 3)):
        values = aggregate.project(one).values
        assert len(values) == len(aggregate.columns)
        for spec, value in zip(aggregate.columns, values, strict=True):
            assert value is not None or spec.nullable, spec.name
            assert aggregate.position[spec.name] == aggregate.columns.index(spec)


@pytest.mark.parametrize("plural", PLURALS)
def test_every_column_has_a_name_of_its_own(plural: str) -> None:
    names = [spec.name for spec in aggregate_of(plural).columns]
    assert len(names) == len(set(names))
    assert not {"tenant", "document"} & set(names)  # the stores' own


@pytest.mark.parametrize("plural", PLURALS)
def test_every_scalar_field_has_a_column(plural: str) -> None:
    aggregate = aggregate_of(plural)
    names = {spec.name for spec in aggregate.columns}
    for field in fields_of(aggregate.type):
        bound = aggregate.by_name[field.name]
        assert (field.key in names) is (bound.kind.column != "none")
        if bound.sortable:
            assert {bound.equality_column, bound.order_column} <= names


def test_texts_have_two_keys_beside_them() -> None:
    ada = attrs.evolve(Customer(), last_name="Ångström ", email="ADA@Example.com", code="Ö-1")
    found = columns(ada)
    assert (found["last_name"], found["last_name_key"], found["last_name_sort"]) == (
        "Ångström ",
        "ångström",
        "angstrom",
    )
    assert (found["code_key"], found["code_sort"]) == ("ö-1", "o-1")
    assert found["email_key"] == "ada@example.com"
    assert found["first_name_key"] is None
    assert found["first_name_sort"] is None


def test_the_full_name_is_a_column_though_no_field_of_the_document() -> None:
    found = columns(Customer(first_name="Ada", last_name="Öst"))
    assert (found["full_name"], found["full_name_sort"]) == ("Ada Öst", "ada ost")
    assert "full_name" not in {field.name for field in fields_of(Customer)}


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("kind", ["registered", GUEST])
def test_unique_keys_are_held_by_registered_customers_that_are_there(status: str, kind: str) -> None:
    one = Customer(email="Ada@Example.com", code="C-1", status=status, kind=kind)
    held = CUSTOMERS.project(one).uniques
    if kind == "registered" and status in ("active", "inactive"):
        assert held == {"email": "ada@example.com", "code": "c-1"}
    else:
        assert held == {}


def test_an_email_is_unique_within_its_scope() -> None:
    keys = [
        CUSTOMERS.project(Customer(email="a@example.com", identity_scope=scope)).uniques["email"]
        for scope in ("", "se", "no")
    ]
    assert len(set(keys)) == 3


def test_without_a_code_there_is_no_claim_on_one() -> None:
    assert "code" not in CUSTOMERS.project(Customer(email="a@example.com")).uniques
    assert CUSTOMERS.project(Customer()).uniques == {}


def test_flags_and_tags_are_terms() -> None:
    one = Customer(flags=frozenset({"vip", "late"}), tags=frozenset({"Sommer Ärger", "STRASSE"}))
    found = {term for term in CUSTOMERS.project(one).terms if term.startswith(("flag:", "tag:"))}
    assert found == {"flag:vip", "flag:late", "tag:sommer ärger", "tag:strasse"}


def test_a_projection_does_not_change_the_record() -> None:
    one = filled("customers", 1)
    before = attrs.asdict(one, recurse=False)
    CUSTOMERS.project(one)
    assert attrs.asdict(one, recurse=False) == before


def test_only_good_values_are_returned_and_every_bad_one_is_named() -> None:
    values, problems = parsed(
        CUSTOMERS, first_name=" Ada ", last_name=5, email="nobody", phones=["1", 2], nope=1, id="x", full_name="x",
        identity_scope="x", version=3, status="active",
    )  # fmt: skip
    assert values == {"first_name": "Ada"}
    assert {(one.field, one.code) for one in problems} == {
        ("last_name", "wrong_type"), ("email", problems[1].code), ("phones[1]", "wrong_type"),
        ("nope", "unknown_field"), ("id", "read_only"), ("full_name", "read_only"), ("identity_scope", "unknown_field"),
        ("version", "read_only"), ("status", "read_only"),
    }  # fmt: skip


@pytest.mark.parametrize("field", [one.name for one in fields_of(Customer) if not (one.read_only or one.hidden)])
@pytest.mark.parametrize("empty", [None, ""])
def test_nothing_empties_a_field(field: str, empty: object) -> None:
    kind = CUSTOMERS.by_name[field].kind
    if empty == "" and (kind.many or kind.column in ("boolean", "date", "integer", "none")):
        pytest.skip("no text")
    values, problems = parsed(CUSTOMERS, **{field: empty})
    assert problems == []
    assert values == {field: CUSTOMERS.empty[field]}


def test_an_address_needs_a_country_and_names_what_is_wrong_in_it() -> None:
    _, problems = parsed(
        CUSTOMERS, addresses=[{"city": "Lund"}, {"country": "Atlantis", "line1": 5}, 7, {"country": "SE", "x": 1}]
    )
    assert {(one.field, one.code) for one in problems} == {
        ("addresses[0].country", "required"), ("addresses[1].country", "unknown_country"),
        ("addresses[1].line1", "wrong_type"), ("addresses[2]", "wrong_type"), ("addresses[3].x", "unknown_field"),
    }  # fmt: skip


def test_a_given_address_keeps_its_id_and_is_checked_like_a_mapping() -> None:
    values, problems = parsed(CUSTOMERS, addresses=[Address(id="7", country="sweden", city=" Lund ")])
    assert problems == []
    assert values["addresses"] == (Address(id="7", country="SE", city="Lund"),)
    _, problems = parsed(CUSTOMERS, addresses=[Address(id="7")])
    assert [(one.field, one.code) for one in problems] == [("addresses[0].country", "required")]


def test_the_id_in_a_mapping_is_not_the_callers_to_choose() -> None:
    _, problems = parsed(CUSTOMERS, addresses=[{"id": "7", "country": "SE"}])
    assert [(one.field, one.code) for one in problems] == [("addresses[0].id", "read_only")]


def test_doubts_are_named_by_the_path_of_the_value() -> None:
    one = Customer(phones=("1", "none"), addresses=(Address(country="", phone="none"),))
    assert {doubt.field for doubt in CUSTOMERS.doubts(one)} == {"phones[1]", "addresses[0].phone"}


def test_dates_and_truths_are_columns_as_they_are() -> None:
    day = dt.date(1815, 12, 10)
    found = columns(Customer(birth_date=day, email_verified=True))
    assert (found["birth_date"], found["email_verified"]) == (day, True)
