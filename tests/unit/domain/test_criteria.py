"""The criteria language: a tree that negates at its leaves, written with `where` or as JSON."""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customercore import Criteria, criteria_from_dict, where
from customercore.domain.criteria.tree import OPERATORS, AllOf, AnyOf, Comparison, HasTerm, fields_in
from customercore.errors import InvalidValueError

NAMES = ("first_name", "last_name", "version")
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=20)
    | st.floats(allow_nan=False)
    | st.dates()
    | st.datetimes(timezones=st.just(dt.UTC))
)


def comparisons() -> st.SearchStrategy[Criteria]:
    return st.sampled_from(OPERATORS).flatmap(
        lambda op: st.builds(
            Comparison,
            field=st.text(max_size=12),
            op=st.just(op),
            value={
                "missing": st.none(),
                "in": st.lists(SCALARS, max_size=4).map(tuple),
                "between": st.tuples(SCALARS, SCALARS),
            }.get(op, SCALARS),
            negated=st.booleans(),
        )
    )


def leaves() -> st.SearchStrategy[Criteria]:
    words = st.text(max_size=20)
    terms = st.builds(HasTerm, field=st.sampled_from(["flags", "tags"]), value=words, negated=st.booleans())
    return comparisons() | terms


def trees(leaf: st.SearchStrategy[Criteria]) -> st.SearchStrategy[Criteria]:
    return st.recursive(
        leaf,
        lambda inner: (
            st.lists(inner, max_size=4).map(lambda parts: AllOf(tuple(parts)))
            | st.lists(inner, max_size=4).map(lambda parts: AnyOf(tuple(parts)))
        ),
        max_leaves=12,
    )


def holds(criteria: Criteria, record: Mapping[str, Any]) -> bool:
    """Evaluate criteria of ``==`` alone, as the language says: a missing value matches nothing."""
    if isinstance(criteria, AllOf):
        return all(holds(part, record) for part in criteria.parts)
    if isinstance(criteria, AnyOf):
        return any(holds(part, record) for part in criteria.parts)
    assert isinstance(criteria, Comparison)
    value = record[criteria.field]
    return value is not None and (value == criteria.value) is not criteria.negated


FLAT = trees(st.builds(lambda name, value: where.field(name) == value, st.sampled_from(NAMES), st.integers(0, 2)))
FULL = [dict(zip(NAMES, values, strict=True)) for values in itertools.product((0, 1, 2), repeat=len(NAMES))]


@settings(deadline=None)
@given(FLAT, FLAT)
def test_de_morgan_holds_on_records_without_gaps(one: Criteria, other: Criteria) -> None:
    for record in FULL:
        assert holds(~(one & other), record) == holds(~one | ~other, record)
        assert holds(~(one | other), record) == holds(~one & ~other, record)
        assert holds(~one, record) is not holds(one, record)
        assert holds(one & other, record) == (holds(one, record) and holds(other, record))
        assert holds(one | other, record) == (holds(one, record) or holds(other, record))


@settings(deadline=None)
@given(trees(leaves()))
def test_negating_twice_changes_nothing(criteria: Criteria) -> None:
    assert ~~criteria == criteria


@settings(deadline=None)
@given(trees(leaves()))
def test_negation_goes_to_the_leaves(criteria: Criteria) -> None:
    def negations(node: Criteria) -> list[bool]:
        if isinstance(node, AllOf | AnyOf):
            return [one for part in node.parts for one in negations(part)]
        assert isinstance(node, Comparison | HasTerm)
        return [node.negated]

    assert negations(~criteria) == [not one for one in negations(criteria)]
    assert list(fields_in(~criteria)) == list(fields_in(criteria))


def test_a_missing_value_matches_neither_a_comparison_nor_its_negation() -> None:
    nobody = dict.fromkeys(NAMES)
    assert not holds(where.version == 1, nobody)
    assert not holds(~(where.version == 1), nobody)
    assert not holds(where.version != 1, nobody)


def test_not_equal_is_the_negation_of_equal() -> None:
    assert (where.email != "a@example.com") == ~(where.email == "a@example.com")


def test_ands_and_ors_stay_flat() -> None:
    a, b, c = (where.field(name) == 1 for name in "abc")
    assert (a & b) & c == a & (b & c) == AllOf((a, b, c))
    assert (a | b) | c == a | (b | c) == AnyOf((a, b, c))
    assert a & (b | c) == AllOf((a, AnyOf((b, c))))


@pytest.mark.parametrize(
    "criteria",
    [where.email == "x", where.flag("vip"), AllOf(()), AnyOf(()), where.email.is_missing(), ~where.tag("x")],
)
def test_criteria_have_no_truth_value(criteria: Criteria) -> None:
    with pytest.raises(TypeError, match="no truth value"):
        bool(criteria)
    with pytest.raises(TypeError):
        assert not criteria


def test_a_chained_comparison_is_refused_rather_than_halved() -> None:
    with pytest.raises(TypeError):
        assert 1 < where.version < 5


def test_a_bare_field_can_be_neither_negated_nor_asked_for_its_truth() -> None:
    with pytest.raises(TypeError, match="bare field"):
        ~where.email  # noqa: B018  the operator is what is tested
    with pytest.raises(TypeError, match="no truth value"):
        assert not where.email
    with pytest.raises(TypeError, match="unhashable"):
        hash(where.email)


def test_where_has_no_private_fields() -> None:
    with pytest.raises(AttributeError):
        where.__deepcopy__  # noqa: B018  the look-up is what is tested


def test_every_way_to_write_criteria() -> None:
    day = dt.date(2000, 1, 1)
    written = [
        where.last_name < "a", where.last_name <= "a", where.last_name > "a", where.last_name >= "a",
        where.last_name.startswith("Lo"), where.last_name.contains("ve"), where.email.is_in(iter(["a", "b"])),
        where.birth_date.between(day, day), where.code.is_missing(), where.flag("vip"), where.tag("x"),
        where.type("business"), where.shop("se"), where.field("shop") == "se",
    ]  # fmt: skip
    assert written == [
        Comparison("last_name", "lt", "a"), Comparison("last_name", "le", "a"), Comparison("last_name", "gt", "a"),
        Comparison("last_name", "ge", "a"), Comparison("last_name", "startswith", "Lo"),
        Comparison("last_name", "contains", "ve"), Comparison("email", "in", ("a", "b")),
        Comparison("birth_date", "between", (day, day)), Comparison("code", "missing"), HasTerm("flags", "vip"),
        HasTerm("tags", "x"), Comparison("customer_type", "eq", "business"), Comparison("shop", "eq", "se"),
        Comparison("shop", "eq", "se"),
    ]  # fmt: skip


def test_criteria_show_no_value_that_somebody_may_log() -> None:
    for criteria in (where.email == "CANARY", where.tag("CANARY"), (where.email == "CANARY") & where.tag("CANARY")):
        assert "CANARY" not in repr(criteria)


@settings(deadline=None)
@given(trees(leaves()))
def test_the_json_form_gives_equal_criteria_back(criteria: Criteria) -> None:
    assert criteria_from_dict(criteria.to_dict()) == criteria
    assert criteria_from_dict(json.loads(json.dumps(criteria.to_dict()))) == criteria


def test_the_json_form_is_the_documented_one() -> None:
    criteria = (
        where.last_name.startswith("Lo") & ~where.flag("vip") | (where.birth_date < dt.date(2000, 1, 2))
    ) & ~where.code.is_missing()
    assert criteria.to_dict() == {
        "all": [
            {
                "any": [
                    {
                        "all": [
                            {"field": "last_name", "op": "startswith", "value": "Lo"},
                            {"has": "flags", "value": "vip", "not": True},
                        ]
                    },
                    {"field": "birth_date", "op": "lt", "value": {"date": "2000-01-02"}},
                ]
            },
            {"field": "code", "op": "missing", "not": True},
        ]
    }


GOOD = {"field": "email", "op": "eq", "value": "x"}


@pytest.mark.parametrize(
    "form",
    [
        None, 5, "x", [], [GOOD], {}, {"all": GOOD}, {"all": None}, {"any": "x"}, {"all": [], "any": []},
        {"all": [5]}, {"all": [GOOD], "not": True}, {"all": [], "x": 1},
        {"field": "email"}, {"field": "email", "op": "eq"}, {"op": "eq", "value": 1},
        {"field": 5, "op": "eq", "value": 1},
        {**GOOD, "op": "like"}, {**GOOD, "op": "EQ"}, {**GOOD, "op": None}, {**GOOD, "op": []}, {**GOOD, "op": {}},
        {**GOOD, "not": 1}, {**GOOD, "not": None}, {**GOOD, "not": "true"}, {**GOOD, "extra": 1},
        {"field": "email", "op": "missing", "value": None}, {"field": "email", "op": "missing", "value": 1},
        {"field": "a", "op": "in", "value": "abc"}, {"field": "a", "op": "in", "value": {"a": 1}},
        {"field": "a", "op": "between", "value": 5}, {"field": "a", "op": "between", "value": None},
        {"has": "flags"}, {"has": 5, "value": "x"}, {"has": "flags", "value": "x", "op": "eq"},
        {"has": None, "value": "x"},
        {**GOOD, "value": {"date": "yesterday"}}, {**GOOD, "value": {"date": 5}}, {**GOOD, "value": {"date": None}},
        {**GOOD, "value": {"datetime": "2026-13-01"}}, {**GOOD, "value": {"datetime": []}},
        {1: 2}, {"field": "email", "op": "eq", "value": 1, 5: 6}, {"$where": "1"},
    ],
)  # fmt: skip
def test_a_malformed_json_form_is_refused(form: object) -> None:
    with pytest.raises(InvalidValueError) as caught:
        criteria_from_dict(form)
    assert (caught.value.code, caught.value.field) == ("invalid_criteria", "criteria")


@settings(deadline=None)
@given(st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner), max_leaves=8))
def test_any_json_is_either_criteria_or_refused(form: object) -> None:
    for tried in (form, {"all": [form]}, {"field": "email", "op": "eq", "value": form}):
        with contextlib.suppress(InvalidValueError):
            assert isinstance(criteria_from_dict(tried), Criteria)


@pytest.mark.parametrize("depth", [33, 500, 100_000])
def test_criteria_that_are_nested_too_deeply_are_refused(depth: int) -> None:
    form: dict[str, Any] = GOOD
    for _ in range(depth):
        form = {"all": [form]}
    with pytest.raises(InvalidValueError, match="too deeply"):
        criteria_from_dict(form)
