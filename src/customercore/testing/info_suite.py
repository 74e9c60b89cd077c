"""Custom fields: a unit that is told of them finds, sorts and pages by them as by built-in ones."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs
import pytest

from customercore.catalogue.query import Position
from customercore.domain.criteria.tree import Criteria
from customercore.domain.criteria.where import where
from customercore.domain.customer import Customer
from customercore.domain.money import Money
from customercore.ports.store import Store
from customercore.ports.unit_of_work import UnitOfWork
from customercore.testing.arrangement import OTHER, TENANT, ids, keep, stored
from customercore.testing.comparisons import comparisons
from customercore.testing.oracle import Oracle
from customercore.testing.repository_suite import assert_same
from customercore.testing.sample_info import ALL_KINDS, SEARCHABLE, Defined, defined, info_type, with_info
from customercore.testing.sample_values import DECIMALS, INTEGERS, MONIES
from customercore.testing.samples import HARD_TEXTS, crowd, customer, filled, identifier, moment, next_version

__all__ = ["InfoConformance", "found", "tell", "told"]

SIZE = 23
NAMES = [field.name for field in SEARCHABLE.fields if field.sortable or field.term]
SORTABLE = [field.name for field in SEARCHABLE.fields if field.sortable]
SORTS = [
    ("info.my_integer", "-info.my_money"),
    ("-info.my_boolean", "info.my_text", "birth_date"),
    ("company_name", "-info.my_decimal", "info.my_date"),
    ("-info.my_datetime", "-last_name"),
]


def tell(store: Store, known: Defined, many: Iterable[Customer], tenant: str = TENANT) -> None:
    """Add customers in a unit that is told of the tenant's custom fields, and commit."""
    with store.unit(tenant, write=True) as uow:
        uow.describe(known.customers)
        for one in many:
            uow.customers.add(one)
        uow.commit()


def told(store: Store, known: Defined, tenant: str = TENANT, *, write: bool = False) -> UnitOfWork:
    """Open a unit that is told of the tenant's custom fields."""
    uow = store.unit(tenant, write=write)
    uow.describe(known.customers)
    return uow


def found(
    store: Store, known: Defined, criteria: Criteria | None, sort: Iterable[str] = (), tenant: str = TENANT
) -> list[str]:
    """Return the ids of what a new unit finds that is told of the tenant's custom fields."""
    with told(store, known, tenant) as uow:
        return ids(uow.customers.find(known.query(criteria, list(sort))).items)


class InfoConformance:
    """Tests of custom fields in the columns and terms of a store."""

    @pytest.mark.parametrize("name", NAMES)
    def test_every_comparison_of_a_custom_field_answers_as_in_plain_python(self, store: Store, name: str) -> None:
        many, oracle = crowd("customers", SIZE), Oracle(SEARCHABLE.customers, SEARCHABLE.definitions)
        tell(store, SEARCHABLE, many)
        with told(store, SEARCHABLE) as uow:
            for criteria in comparisons(SEARCHABLE.customers.by_name[name], many):
                right = oracle.finds(many, criteria)
                asked = SEARCHABLE.query(criteria)
                assert ids(uow.customers.find(asked).items) == right, criteria
                assert uow.customers.count(asked) == len(right), criteria

    @pytest.mark.parametrize("name", SORTABLE)
    def test_every_custom_field_sorts_in_both_directions(self, store: Store, name: str) -> None:
        many = crowd("customers", SIZE)
        tell(store, SEARCHABLE, many)
        for sort in ((name,), (f"-{name}",)):
            self._is_sorted_and_paged(store, many, sort)

    @pytest.mark.parametrize("sort", SORTS)
    def test_custom_and_other_fields_sort_together(self, store: Store, sort: tuple[str, ...]) -> None:
        many = crowd("customers", SIZE)
        tell(store, SEARCHABLE, many)
        self._is_sorted_and_paged(store, many, sort)

    def _is_sorted_and_paged(self, store: Store, many: list[Any], sort: tuple[str, ...]) -> None:
        right = Oracle(SEARCHABLE.customers, SEARCHABLE.definitions).finds(many, None, sort)
        with told(store, SEARCHABLE) as uow:
            asked = SEARCHABLE.query(None, sort)
            assert ids(uow.customers.find(asked).items) == right, sort
            assert ids(uow.customers.stream(asked)) == right, sort
            for limit in (1, 4, SIZE - 1):
                after: Position | None = None
                paged: list[str] = []
                while len(paged) < SIZE:
                    page = uow.customers.find(attrs.evolve(asked, limit=limit, after=after))
                    paged += ids(page.items)
                    after = page.after
                    assert (after is None) is (len(paged) >= SIZE), sort
                assert paged == right, sort

    def test_missing_values_come_last_in_both_directions(self, store: Store) -> None:
        known = defined(info_type("points", "integer"))
        tell(store, known, [with_info(1), with_info(2, points=5), with_info(3, points=-5), with_info(4)])
        assert found(store, known, None, ["info.points"]) == [identifier(at) for at in (3, 2, 1, 4)]
        assert found(store, known, None, ["-info.points"]) == [identifier(at) for at in (2, 3, 4, 1)]

    def test_nothing_compares_with_a_missing_value_of_a_custom_field(self, store: Store) -> None:
        known = defined(info_type("points", "integer"), info_type("sizes", "multi_choice", choices=("S", "M")))
        tell(store, known, [with_info(1), with_info(2, points=0, sizes=frozenset({"S"}))])
        points, sizes = where.info("points"), where.info("sizes")
        assert found(store, known, points < 100) == [identifier(2)]
        assert found(store, known, ~(points < 100)) == []
        assert found(store, known, ~(points == 7)) == [identifier(2)]
        assert found(store, known, points.is_missing()) == [identifier(1)]
        assert found(store, known, ~points.is_missing()) == [identifier(2)]
        assert found(store, known, ~points.is_in([])) == [identifier(2)]
        # Of many values, none is the one asked for: that holds where there is none at all (ruling 8).
        assert found(store, known, ~(sizes == "S")) == [identifier(1)]
        assert found(store, known, sizes.is_missing()) == [identifier(1)]
        assert found(store, known, ~sizes.is_missing()) == [identifier(2)]
        assert found(store, known, sizes.is_in(["M", "S"])) == [identifier(2)]
        assert found(store, known, ~sizes.is_in(["M", "S"])) == [identifier(1)]

    def test_keys_of_fields_that_start_alike_are_told_apart(self, store: Store) -> None:
        known = defined(*(info_type(key, "multi_choice", choices=("S",)) for key in ("size", "size_2", "Size")))
        tell(store, known, [with_info(1, size=frozenset("S")), with_info(2, size_2=frozenset("S"))])
        assert found(store, known, where.info("size") == "S") == [identifier(1)]
        assert found(store, known, where.info("size_2") == "S") == [identifier(2)]
        assert found(store, known, ~where.info("size").is_missing()) == [identifier(1)]
        assert found(store, known, where.info("Size").is_missing()) == [identifier(1), identifier(2)]

    def test_money_compares_within_its_currency(self, store: Store) -> None:
        known = defined(info_type("limit", "money"))
        amounts = [Money("50.00", "SEK"), Money("60.00", "SEK"), Money("-1.00", "SEK"), Money("55.00", "EUR")]
        tell(store, known, [with_info(at, limit=amount) for at, amount in enumerate(amounts)])
        limit, fifty = where.info("limit"), Money("50.00", "SEK")
        assert found(store, known, limit > fifty) == [identifier(1)]
        assert found(store, known, ~(limit > fifty)) == [identifier(0), identifier(2)]
        assert found(store, known, limit <= fifty) == [identifier(0), identifier(2)]
        assert found(store, known, ~(limit <= fifty)) == [identifier(1)]
        assert found(store, known, limit == fifty) == [identifier(0)]
        assert found(store, known, ~(limit == fifty)) == [identifier(1), identifier(2), identifier(3)]
        assert found(store, known, limit.between(fifty, Money("70.00", "SEK"))) == [identifier(0), identifier(1)]
        assert found(store, known, ~limit.between(fifty, Money("70.00", "SEK"))) == [identifier(2)]
        assert found(store, known, limit > Money(0, "JPY")) == []
        assert found(store, known, None, ["info.limit"]) == [identifier(at) for at in (3, 2, 0, 1)]

    def test_amounts_between_two_currencies_there_are_none(self, store: Store) -> None:
        known = defined(info_type("limit", "money"))
        amounts = [Money(50, code) for code in ("EUR", "GBP", "SEK")]
        tell(store, known, [with_info(at, limit=amount) for at, amount in enumerate(amounts)])
        between = where.info("limit").between(Money(10, "EUR"), Money(90, "SEK"))
        assert found(store, known, between) == []
        assert found(store, known, ~between) == []

    @pytest.mark.parametrize("kind", ["integer", "decimal", "money"])
    def test_the_ends_of_64_bits_are_found_exactly(self, store: Store, kind: str) -> None:
        values: tuple[Any, ...] = {"integer": INTEGERS, "decimal": DECIMALS, "money": MONIES}[kind]
        known = defined(info_type("amount", kind))
        many = [with_info(at, amount=value) for at, value in enumerate(values)]
        tell(store, known, many)
        assert found(store, known, None, ["info.amount"]) == self._plain(known, many, None, ["info.amount"])
        for at, value in enumerate(values):
            assert found(store, known, where.info("amount") == value) == [identifier(at)]
            for criteria in (where.info("amount") < value, where.info("amount") >= value):
                assert found(store, known, criteria) == self._plain(known, many, criteria)

    @pytest.mark.parametrize("kind", ["text", "reference"])
    def test_hard_texts_are_found_in_custom_fields(self, store: Store, kind: str) -> None:
        known = defined(info_type("note", kind))
        many = [with_info(at, note=text) for at, text in enumerate(HARD_TEXTS)]
        tell(store, known, many)
        for sort in (["info.note"], ["-info.note"]):
            assert found(store, known, None, sort) == self._plain(known, many, None, sort)
        for text in HARD_TEXTS:
            for criteria in (where.info("note") == text, where.info("note") <= text):
                assert found(store, known, criteria) == self._plain(known, many, criteria), text

    def _plain(
        self, known: Defined, many: list[Customer], criteria: Criteria | None, sort: Iterable[str] = ()
    ) -> list[str]:
        return Oracle(known.customers, known.definitions).finds(many, criteria, list(sort))

    def test_a_custom_field_follows_what_is_saved(self, store: Store) -> None:
        known = defined(info_type("points", "integer"), info_type("sizes", "multi_choice", choices=("S", "M")))
        first = with_info(1, points=1, sizes=frozenset({"S"}))
        second = next_version(first, info=first.info.changed({"points": 2, "sizes": frozenset({"M"})}))
        third = next_version(second, info=second.info.changed({"points": None, "sizes": None}))
        tell(store, known, [first])
        for was, now, points, sizes in ((first, second, [2], ["M"]), (second, third, [], [])):
            with told(store, known, write=True) as uow:
                uow.customers.save(now, was=was)
                uow.commit()
            for value in (1, 2):
                assert bool(found(store, known, where.info("points") == value)) is (value in points)
            for code in ("S", "M"):
                assert bool(found(store, known, where.info("sizes") == code)) is (code in sizes)
        assert found(store, known, where.info("points").is_missing()) == [identifier(1)]

    def test_a_repository_that_was_handed_out_is_told_too(self, store: Store) -> None:
        known = defined(info_type("points", "integer"))
        with store.unit(TENANT, write=True) as uow:
            customers = uow.customers
            uow.describe(known.customers)
            customers.add(with_info(1, points=5))
            assert ids(customers.find(known.query(where.info("points") == 5)).items) == [identifier(1)]
            uow.commit()
        assert found(store, known, where.info("points") == 5) == [identifier(1)]

    def test_what_one_tenant_defines_says_nothing_to_another(self, store: Store) -> None:
        ours = defined(info_type("points", "integer", slot="int_0"), info_type("size", slot="text_0"))
        theirs = defined(info_type("born", "date", slot="int_0"), info_type("code", "reference", slot="text_0"))
        mine, other = with_info(1, points=5, size="M"), with_info(1, points=6, born=moment(0).date(), code="m")
        with told(store, ours, write=True) as uow:
            uow.customers.add(mine)
            uow.commit()
        tell(store, theirs, [other], OTHER)
        assert found(store, ours, where.info("points") > 0) == [identifier(1)]
        assert found(store, ours, where.info("points") == 6) == []
        assert found(store, theirs, where.info("born") == moment(0).date(), tenant=OTHER) == [identifier(1)]
        assert found(store, theirs, where.info("code") == "M", tenant=OTHER) == []
        assert found(store, ours, where.info("size") == "m") == [identifier(1)]
        assert stored(store, "customers", identifier(1)) == mine
        assert stored(store, "customers", identifier(1), OTHER) == other

    def test_a_unit_that_was_not_told_reads_and_keeps_every_value(self, store: Store) -> None:
        one = filled("customers", 1)
        assert set(one.info) <= {f"my_{kind}" for kind in ALL_KINDS}
        tell(store, SEARCHABLE, [one])
        assert_same(stored(store, "customers", one.id), one)
        keep(store, [customer(7, info=one.info)], OTHER)
        assert_same(stored(store, "customers", identifier(7), OTHER).info, one.info)

    @pytest.mark.parametrize("kind", ALL_KINDS)
    def test_values_whose_definition_is_gone_are_still_read(self, store: Store, kind: str) -> None:
        known = defined(*(one.info_type for one in SEARCHABLE.fields if one.info_type.kind == kind))
        gone = defined(info_type("another"))
        one = next(one for number in range(7) if f"my_{kind}" in (one := filled("customers", number)).info)
        tell(store, known, [one])
        with told(store, gone) as uow:
            assert_same(uow.customers.get(one.id), one)
            (streamed,) = uow.customers.stream(gone.query())
            assert_same(streamed, one)
        renamed = next_version(one, last_name="Other")
        with told(store, gone, write=True) as uow:
            uow.customers.save(renamed, was=one)
            uow.commit()
        assert_same(stored(store, "customers", one.id), renamed)
