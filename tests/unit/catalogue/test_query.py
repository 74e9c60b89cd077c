"""Criteria and sorts against the catalogue: what stores get, and what is refused with every field named."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from customercore import Criteria, where
from customercore.catalogue.query import All, Leaf, OrderBy, Some, TermLeaf
from customercore.catalogue.resolve import resolve, resolve_sort
from customercore.domain.criteria.tree import AllOf, Comparison, HasTerm
from customercore.domain.customer import Customer
from customercore.domain.field import fields_of
from customercore.errors import InvalidValueError
from customercore.testing.samples import catalogue_for_tests, definitions_for_tests

CUSTOMERS = catalogue_for_tests().customers


def resolved(criteria: Criteria) -> Any:
    return resolve(CUSTOMERS, criteria, definitions_for_tests())


def refused(criteria: Any) -> list[tuple[str, str]]:
    with pytest.raises(InvalidValueError) as caught:
        resolved(criteria)
    assert "CANARY" not in str(caught.value)
    return [(one.field, one.code) for one in caught.value.problems]


def test_equality_is_asked_of_the_identity_key_and_order_of_the_search_key() -> None:
    assert resolved(where.middle_name == "ÅNG") == Leaf("middle_name_key", "eq", "ång", negated=False)
    assert resolved(where.last_name < "ÅNG") == Leaf("last_name_sort", "lt", "ang", negated=False)
    assert resolved(where.last_name.startswith("ÅN")) == Leaf("last_name_sort", "startswith", "an", negated=False)
    assert resolved(~where.last_name.contains("N")) == Leaf("last_name_sort", "contains", "n", negated=True)
    assert resolved(where.code.is_in(["A", "a", "b"])) == Leaf("code_key", "in", ("a", "b"), negated=False)
    assert resolved(where.last_name.between("A", "Ö")) == Leaf("last_name_sort", "between", ("a", "o"), negated=False)
    assert (resolved(where.last_name.is_missing()).op, resolved(~where.code.is_missing()).negated) == ("missing", True)


def implied(column: str, op: str, value: Any) -> Leaf:
    return Leaf(column, op, value, negated=False, implied=True)


def test_where_the_order_has_an_index_equality_is_asked_of_both_keys() -> None:
    one, some = where.last_name == "ÅNG", where.company_name.is_in(["Ö", "o", "A"])
    key = Leaf("last_name_key", "eq", "ång", negated=False)
    assert resolved(one) == All((key, implied("last_name_sort", "eq", "ang")))
    keys = Leaf("company_name_key", "in", ("ö", "o", "a"), negated=False)
    assert resolved(some) == All((keys, implied("company_name_sort", "in", ("a", "o"))))
    assert resolved(~one) == Leaf("last_name_key", "eq", "ång", negated=True)
    assert resolved(where.last_name.is_in([])) == Leaf("last_name_key", "in", (), negated=False)


def test_equal_mailboxes_are_looked_for_where_all_their_spellings_stand() -> None:
    key = Leaf("email_key", "eq", "info@shop.example", negated=False)
    start = implied("email_sort", "startswith", "info@shop")
    assert resolved(where.email == "Info@SHOP.example") == All((key, start))
    two = Some((implied("email_sort", "startswith", "a@b"), start))
    keys = Leaf("email_key", "in", ("info@shop.example", "a@b.c"), negated=False)
    assert resolved(where.email.is_in(["info@shop.example", "a@b.c"])) == All((keys, two))
    many = resolved(where.email.is_in([f"{number}@shop.example" for number in range(101)]))
    assert isinstance(many, Leaf), "so many ranges would take a store longer than reading on"


def test_values_are_normalised_like_stored_ones() -> None:
    assert resolved(where.type(" BUSINESS ")) == Leaf("customer_type", "eq", "business", negated=False)
    assert resolved(where.language == "SV_se") == Leaf("language", "eq", "sv-SE", negated=False)
    east = dt.timezone(dt.timedelta(hours=1))
    moment = dt.datetime(2026, 1, 1, 1, 0, 0, 999, tzinfo=east)
    assert resolved(where.created_at >= moment).value == dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def test_flags_and_tags_are_terms() -> None:
    assert resolved(where.flag("VIP")) == TermLeaf("flag:vip", negated=False)
    assert resolved(~where.tag("SOMMER")) == TermLeaf("tag:sommer", negated=True)


def test_trees_keep_their_shape() -> None:
    tree = (where.version == 1) & (where.flag("vip") | ~(where.version == 2))
    assert resolved(tree) == All(
        (
            Leaf("version", "eq", 1, negated=False),
            Some((TermLeaf("flag:vip", negated=False), Leaf("version", "eq", 2, negated=True))),
        )
    )


@pytest.mark.parametrize(
    ("criteria", "problem"),
    [
        (where.nobody == 1, ("where.nobody", "unknown_field")),
        (where.identity_scope == "x", ("where.identity_scope", "unknown_field")),
        (where.field("$where") == "CANARY", ("where.$where", "unknown_field")),
        (where.flag("nobody"), ("where.flags", "unknown_flag")),
        (where.type("nobody"), ("where.customer_type", "unknown_type")),
        (where.shop("nobody"), ("where.shop", "unknown_shop")),
        (where.status == "CANARY", ("where.status", "unknown_choice")),
        (where.version == "1", ("where.version", "wrong_type")),
        (where.version == True, ("where.version", "wrong_type")),  # noqa: E712  a truth is the value
        (where.last_name == 5, ("where.last_name", "wrong_type")),
        (where.last_name == None, ("where.last_name", "wrong_type")),  # noqa: E711  None is the value
        (where.last_name == "", ("where.last_name", "required")),
        (where.last_name == "CANARY\x00", ("where.last_name", "control_character")),
        (where.last_name == "CANARY\ud800", ("where.last_name", "control_character")),
        (where.last_name == {"$gt": ""}, ("where.last_name", "wrong_type")),
        (where.last_name.is_in(["a", 5]), ("where.last_name", "wrong_type")),
        (where.last_name.startswith(""), ("where.last_name", "required")),
        (where.last_name.startswith(" \u200b"), ("where.last_name", "required")),
        (where.last_name.startswith("\u0301"), ("where.last_name", "required")),
        (where.last_name.contains(5), ("where.last_name", "wrong_type")),  # type: ignore[arg-type]  # what is tested
        (where.birth_date == "1815-12-10", ("where.birth_date", "wrong_type")),
        (where.birth_date.startswith("1815"), ("where.birth_date", "unsupported_operator")),
        (where.email_verified < True, ("where.email_verified", "unsupported_operator")),
        (where.information.contains("CANARY"), ("where.information", "unsupported_operator")),
        (where.phones == "1", ("where.phones", "unsupported_operator")),
        (HasTerm("last_name", "x"), ("where.last_name", "unsupported_operator")),
        (HasTerm("tags", ""), ("where.tags", "required")),
        (HasTerm("tags", {"$gt": ""}), ("where.tags", "wrong_type")),
        (Comparison("version", "between", (1,)), ("where.version", "wrong_type")),
        (Comparison("version", "in", 5), ("where.version", "wrong_type")),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_by_name(criteria: Criteria, problem: tuple[str, str]) -> None:
    assert refused(criteria) == [problem]


@pytest.mark.parametrize("text", ["CANARY\x00", "CANARY\ud800", "\udfff"])
@pytest.mark.parametrize("op", ["startswith", "contains"])
def test_parts_of_texts_are_as_storable_as_texts(op: str, text: str) -> None:
    assert refused(Comparison("last_name", op, text)) == [("where.last_name", "control_character")]


def test_every_problem_is_named_at_once() -> None:
    tree = (where.nobody == 1) & ~((where.version == "x") | where.flag("nobody")) & (where.last_name == "ok")
    assert refused(tree) == [
        ("where.nobody", "unknown_field"),
        ("where.version", "wrong_type"),
        ("where.flags", "unknown_flag"),
    ]


def test_what_was_not_built_with_where_is_refused() -> None:
    assert refused("last_name") == [("criteria", "invalid_criteria")]
    assert refused(AllOf((where.version == 1, True))) == [("criteria", "invalid_criteria")]  # type: ignore[arg-type]  # what is tested


@pytest.mark.parametrize("name", [one.name for one in fields_of(Customer) if not one.hidden])
def test_every_field_can_be_sorted_by_or_says_that_it_cannot(name: str) -> None:
    field = CUSTOMERS.by_name[name]
    if field.sortable:
        (order,) = resolve_sort(CUSTOMERS, f"-{name}")
        assert order == OrderBy(field.order_column, descending=True, nullable=field.nullable)
        assert order.column in CUSTOMERS.position
    else:
        with pytest.raises(InvalidValueError, match="not_sortable"):
            resolve_sort(CUSTOMERS, [name])


def test_the_default_sort_is_the_aggregates_own() -> None:
    assert [one.column for one in resolve_sort(CUSTOMERS, None)] == ["last_name_sort"]
    assert resolve_sort(CUSTOMERS, []) == ()


def test_a_column_is_sorted_by_once() -> None:
    found = resolve_sort(CUSTOMERS, ["last_name", "-last_name", "id"])
    assert [(one.column, one.descending) for one in found] == [("last_name_sort", False), ("id", False)]


@pytest.mark.parametrize(
    ("sort", "code"),
    [
        ("nobody", "unknown_field"), ("identity_scope", "unknown_field"), ("--last_name", "unknown_field"),
        ("", "unknown_field"), ("-", "unknown_field"), ([None], "wrong_type"), ([["last_name"]], "wrong_type"),
        ("information", "not_sortable"), (["last_name", "addresses"], "not_sortable"), (5, "wrong_type"),
        (b"id", "wrong_type"), (True, "wrong_type"), ({"last_name": 1}, "wrong_type"),
    ],
)  # fmt: skip
def test_what_cannot_be_sorted_by_is_refused(sort: Any, code: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        resolve_sort(CUSTOMERS, sort)
    assert (caught.value.field, caught.value.code) == ("sort", code)
