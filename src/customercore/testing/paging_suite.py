"""Orders, pages, counts and streams, compared with an oracle in plain Python."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
import pytest

from customercore.catalogue.query import Position, Query
from customercore.domain.criteria.where import where
from customercore.ports.repository import Repository
from customercore.ports.store import Store
from customercore.testing.arrangement import TENANT, ids, keep, query
from customercore.testing.oracle import expected
from customercore.testing.samples import (
    HARD_TEXTS,
    PLURALS,
    aggregate_of,
    crowd,
    customer,
    identifier,
    next_version,
)

__all__ = ["PagingConformance"]

SIZE = 23
CUSTOMERS = aggregate_of("customers")
SORTABLE = [(plural, field.name) for plural in PLURALS for field in aggregate_of(plural).fields if field.sortable]
SORTS = [
    (),
    ("id",),
    ("-id",),
    ("birth_date",),
    ("-birth_date",),
    ("company_name", "-birth_date", "language"),
    ("-company_name", "birth_date", "-email_verified"),
    ("-email_verified", "status", "-deactivated_at"),
    ("full_name", "-code"),
]


def pages(repository: Repository[Any], asked: Query, limit: int) -> Iterator[list[Any]]:
    """Yield page after page; give up when there are more pages than records."""
    after: Position | None = None
    for _ in range(SIZE + 1):
        found = repository.find(attrs.evolve(asked, limit=limit, after=after))
        yield found.items
        after = found.after
        if after is None:
            return
    raise AssertionError("the last page must have no position")


class PagingConformance:
    """Tests of orders, pages, counts and streams."""

    @pytest.mark.parametrize(("plural", "name"), SORTABLE)
    def test_every_sortable_field_sorts_in_both_directions(self, store: Store, plural: str, name: str) -> None:
        many = crowd(plural, SIZE)
        keep(store, many)
        with store.unit(TENANT, write=False) as uow:
            repository = uow.repository(plural)
            for sort in ([name], [f"-{name}"]):
                asked = query(plural, None, sort)
                right = expected(aggregate_of(plural), many, None, sort)
                assert ids(repository.find(asked).items) == right, sort
                paged = [one for page in pages(repository, asked, 4) for one in page]
                assert ids(paged) == right, sort

    def test_texts_sort_by_the_code_points_of_their_keys(self, store: Store) -> None:
        texts = [*HARD_TEXTS, "a!", "A", "\u00e4", "a b", "Z", "z" * 200 + "a", "\uffee", "1", "10"]
        many = [customer(number, last_name=text) for number, text in enumerate(texts)]
        keep(store, many)
        with store.unit(TENANT, write=False) as uow:
            for sort in (["last_name"], ["-last_name"]):
                found = uow.customers.find(query("customers", None, sort))
                assert ids(found.items) == expected(CUSTOMERS, many, None, sort)

    @pytest.mark.parametrize("sort", SORTS)
    def test_pages_of_every_size_join_to_the_whole(self, store: Store, sort: tuple[str, ...]) -> None:
        many = crowd("customers", SIZE)
        keep(store, many)
        right = expected(CUSTOMERS, many, None, sort)
        asked = query("customers", None, sort)
        with store.unit(TENANT, write=False) as uow:
            for limit in range(1, SIZE + 2):
                paged = [ids(page) for page in pages(uow.customers, asked, limit)]
                # A full last page says already that nothing follows.
                assert paged == [right[at : at + limit] for at in range(0, SIZE, limit)], limit

    def test_a_search_is_paged_like_a_list(self, store: Store) -> None:
        many = crowd("customers", SIZE)
        keep(store, many)
        criteria = ~where.birth_date.is_missing() & ~where.flag("wholesale")
        right = expected(CUSTOMERS, many, criteria, ["-birth_date"])
        asked = query("customers", criteria, ["-birth_date"])
        with store.unit(TENANT, write=False) as uow:
            paged = [one for page in pages(uow.customers, asked, 3) for one in page]
        assert len(right) > 6
        assert ids(paged) == right

    def test_a_page_goes_on_although_its_last_record_has_moved(self, store: Store) -> None:
        many = [customer(number, last_name=f"L{number}") for number in range(6)]
        keep(store, many)
        asked = query("customers", None, ["last_name"], limit=3)
        with store.unit(TENANT, write=True) as uow:
            first = uow.customers.find(asked)
            moved = first.items[-1]
            uow.customers.save(next_version(moved, last_name="A"), was=moved)
            uow.commit()
        with store.unit(TENANT, write=False) as uow:
            second = uow.customers.find(attrs.evolve(asked, after=first.after))
        assert ids(second.items) == [identifier(number) for number in (3, 4, 5)]
        assert second.after is None

    def test_nothing_found_is_an_empty_last_page(self, store: Store) -> None:
        with store.unit(TENANT, write=False) as uow:
            found = uow.customers.find(query("customers", None, ["last_name"], limit=5))
            assert (found.items, found.after) == ([], None)
            assert uow.customers.count(query("customers")) == 0
            assert list(uow.customers.stream(query("customers"))) == []

    def test_a_count_stops_at_the_most_that_was_asked_for(self, store: Store) -> None:
        many = crowd("customers", SIZE)
        keep(store, many)
        criteria = where.email_verified == True  # noqa: E712  a query language's ==
        right = len(expected(CUSTOMERS, many, criteria))
        assert 3 < right < SIZE
        with store.unit(TENANT, write=False) as uow:
            asked = query("customers", criteria, ["-birth_date"], limit=2)
            assert uow.customers.count(asked) == right
            for most in (1, right - 1, right, right + 1):
                assert uow.customers.count(asked, most) == min(most, right)
            assert uow.customers.count(query("customers")) == SIZE

    @pytest.mark.parametrize("sort", SORTS)
    def test_a_stream_yields_everything_in_order(self, store: Store, sort: tuple[str, ...]) -> None:
        many = crowd("customers", SIZE)
        keep(store, many)
        criteria = where.email_verified == False  # noqa: E712  a query language's ==
        with store.unit(TENANT, write=False) as uow:
            everyone = ids(uow.customers.stream(query("customers", None, sort)))
            some = ids(uow.customers.stream(query("customers", criteria, sort)))
        assert everyone == expected(CUSTOMERS, many, None, sort)
        assert some == expected(CUSTOMERS, many, criteria, sort)

    def test_a_stream_is_longer_than_any_page(self, store: Store) -> None:
        with store.unit(TENANT, write=True) as uow:
            uow.customers.load([customer(number) for number in range(2_500)])
            uow.commit()
        with store.unit(TENANT, write=False) as uow:
            streamed = ids(uow.customers.stream(query("customers", None, ["-created_at"])))
        assert streamed == [identifier(number) for number in reversed(range(2_500))]

    def test_a_stream_may_be_left_early(self, store: Store) -> None:
        keep(store, [customer(number) for number in range(5)])
        with store.unit(TENANT, write=False) as uow:
            stream = uow.customers.stream(query("customers", None, ["id"]))
            assert next(stream).id == identifier(0)
            assert uow.customers.count(query("customers")) == 5
        keep(store, [customer(6)])
