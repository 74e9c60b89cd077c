"""Which way a page is read: decided by what was met so far, without a database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from customercore.adapters.sql.conditions import named
from customercore.adapters.sql.hints import Limits
from customercore.adapters.sql.layout import Layout, Sql, layout_of
from customercore.adapters.sql.planning import Plan, plan
from customercore.adapters.sql.search import search
from customercore.adapters.sql.sqlite import SqliteDialect
from customercore.adapters.sql.tables import tables_for
from customercore.catalogue.query import Query
from customercore.catalogue.resolve import resolve, resolve_sort
from customercore.domain.criteria.tree import Criteria
from customercore.domain.criteria.where import where
from customercore.testing.sample_info import defined, info_type

KNOWN = defined(info_type("points", "integer"), info_type("word"))
WANTED = 51
MANY = 1 << 30
TAGS = where.tags.is_in(["a", "b"])
POINTS = where.info("points") > 7
ACTIVE = where.status == "active"
WORD = where.info("word") == "x"


def _layout() -> Layout:
    dialect = SqliteDialect()
    assert dialect.hints is not None
    return layout_of(KNOWN.customers, tables_for(KNOWN.catalogue, dialect), SQLiteDialect_pysqlite(), dialect.hints)


LAYOUT = _layout()


def _plan(criteria: Criteria | None, sort: str = "") -> tuple[Plan, dict[str, Any]]:
    node = resolve(KNOWN.customers, criteria, KNOWN.definitions)
    order = resolve_sort(KNOWN.customers, sort.split() or None)
    shape, values = named(Query(where=node, order=order), lambda _, value: value)
    return plan(shape, LAYOUT), values


class _Store:
    """Answers the statements of a plan. ``sizes``: how many records a statement with such a text finds near by."""

    def __init__(self, parts: Plan, sizes: Mapping[str, int], *, pages: tuple[int, ...], more: bool = True) -> None:
        self.taken: list[str] = []
        self._pages = list(pages)
        self._sizes = sizes
        self._more = more
        self._names: dict[int, str] = {}
        for segment in parts:
            for walk in segment.walks:
                self._name("walk", *walk.page.values())
                self._name("place", *walk.place.values())
            for choice in segment.choices:
                self._name("count", choice.count)
                self._name("choice", *choice.page.values())
            if segment.covered is not None and segment.covered not in segment.walks:
                self._name("covered", *segment.covered.page.values())
            self._name("scan", *segment.scan.page.values())

    def _name(self, name: str, *statements: Sql) -> None:
        self._names.update((id(one), name) for one in statements)

    def ask(self, sql: Sql, values: dict[str, Any]) -> list[Any]:
        name = self._names[id(sql)]
        self.taken.append(name)
        assert all(one in values for one in sql.names)
        if name == "count":
            names = [str(values.get(one)) for one in sql.names]
            size = min((size for text, size in self._sizes.items() if any(text in one for one in names)), default=MANY)
            return [(min(size, values["most"]),)]
        if name == "place":
            return [(b"key", "id")[-_width(sql) :]] if self._more else []
        return [("{}", "id")] * min(self._pages.pop(0), values["most"])


def _width(sql: Sql) -> int:
    return sql.text.partition(" FROM ")[0].count(",") + 1


def _ways(
    criteria: Criteria | None,
    sort: str = "",
    *,
    pages: tuple[int, ...],
    sizes: Mapping[str, int] | None = None,
    more: bool = True,
) -> list[str]:
    parts, values = _plan(criteria, sort)
    store = _Store(parts, sizes or {}, pages=pages, more=more)
    search(parts, store.ask, {**values, "tenant": "acme"}, WANTED, Limits())
    return store.taken


def test_a_page_that_one_walk_only_can_fill_takes_one_statement() -> None:
    assert _ways(where.flag("vip"), pages=(WANTED,)) == ["walk"]
    assert _ways(None, pages=(WANTED,)) == ["walk"]
    assert _ways(where.company_name.contains("x"), "-created_at", pages=(WANTED,)) == ["walk"]


def test_a_page_that_is_full_near_by_is_done_before_anything_large_is_counted() -> None:
    assert _ways(POINTS & where.flag("vip"), pages=(WANTED,)) == ["count", "place", "walk"]
    assert _ways(None, "-created_at", pages=(WANTED,)) == ["place", "walk"]


def test_what_ends_near_by_is_read_to_its_end_in_both_parts_of_the_order() -> None:
    assert _ways(POINTS & where.flag("vip"), pages=(3, 0), more=False) == ["count", "place", "walk"] * 2


def test_of_several_terms_each_tells_its_place_and_one_is_walked() -> None:
    assert _ways(where.flag("vip") & where.tag("a"), pages=(WANTED,)) == ["place", "place", "walk"]


def test_terms_of_which_one_is_asked_are_merged_and_tell_their_place_only_if_they_are_too_few() -> None:
    assert _ways(TAGS, pages=(WANTED,)) == ["walk"]
    assert _ways(TAGS, pages=(30, 21)) == ["walk", "place", "walk"]


def test_a_tiny_choice_is_sorted_before_anything_is_walked() -> None:
    assert _ways(POINTS & where.flag("vip"), pages=(3,), sizes={"7": 3}) == ["count", "choice"]


def test_a_small_choice_is_sorted_once_walking_is_seen_to_be_long() -> None:
    taken = _ways(POINTS & where.flag("vip"), pages=(1, WANTED), sizes={"7": 5_000})
    assert taken == ["count", "place", "walk", "count", "choice"]


def test_the_walk_goes_on_while_it_meets_enough() -> None:
    taken = _ways(POINTS & where.flag("vip"), pages=(30, 21), sizes={"7": 100_000})
    assert taken == ["count", "place", "walk", "place", "walk"]


def test_dense_conditions_that_never_meet_are_looked_for_along_the_index_that_holds_them() -> None:
    assert _ways(POINTS & where.flag("vip"), pages=(0, 0, 0, 0))[-1] == "covered"
    assert _ways(POINTS & where.flag("vip"), "-created_at", pages=(0, 0))[-1] == "scan"


def test_what_no_index_holds_is_looked_for_in_the_smallest_choice_at_last() -> None:
    criteria = WORD & where.last_name.contains("x")
    assert _ways(criteria, "-created_at", pages=(0, 0), sizes={"x": 400_000})[-1] == "choice"


def test_an_order_of_two_columns_is_sorted() -> None:
    assert _ways(where.flag("vip"), "last_name -created_at", pages=(3,), sizes={"vip": 3}) == ["count", "choice"]
    assert _ways(where.flag("vip"), "last_name -created_at", pages=(3,)) == ["count", "scan"]


@pytest.mark.parametrize(
    "criteria", [where.flag("vip"), where.flag("vip") & ACTIVE, TAGS, where.address.city == "Oslo"]
)
def test_the_default_order_follows_the_terms(criteria: Criteria) -> None:
    parts, _ = _plan(criteria)
    assert all(walk.terms and walk.index is None for segment in parts for walk in segment.walks)
    assert len(parts) == 2


def test_other_orders_follow_their_index_and_what_is_missing_the_ids() -> None:
    parts, _ = _plan(where.flag("vip"), "info.points")
    assert [walk.index for segment in parts for walk in segment.walks] == [
        "customercore_customers_int_0_slot",
        "sqlite_autoindex_customercore_customers_1",
    ]


def test_searches_that_differ_in_values_only_share_a_plan() -> None:
    one, other = (named(_query(name), lambda _, value: value) for name in ("a", "b"))
    assert one[0] == other[0]
    assert hash(one[0]) == hash(other[0])
    assert one[1] != other[1]


def _query(tag: str) -> Query:
    node = resolve(KNOWN.customers, where.tag(tag) & (where.info("points") > len(tag)), KNOWN.definitions)
    return Query(where=node, order=resolve_sort(KNOWN.customers, None))
