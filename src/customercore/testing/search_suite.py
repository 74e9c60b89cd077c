"""Criteria, compared with an oracle in plain Python."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
import pytest

from customercore.domain.address import Address
from customercore.domain.criteria.tree import AllOf, AnyOf, Criteria
from customercore.domain.criteria.where import where
from customercore.ports.store import Store
from customercore.testing.arrangement import TENANT, ids, keep, query
from customercore.testing.comparisons import comparisons
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

__all__ = ["SearchConformance"]

SIZE = 23
SORTABLE = [(plural, field.name) for plural in PLURALS for field in aggregate_of(plural).fields if field.sortable]


class SearchConformance:
    """Tests of criteria: each comparison of each field, and their combinations."""

    @pytest.mark.parametrize(("plural", "name"), SORTABLE)
    def test_every_comparison_answers_as_in_plain_python(self, store: Store, plural: str, name: str) -> None:
        aggregate, many = aggregate_of(plural), crowd(plural, SIZE)
        keep(store, many)
        with store.unit(TENANT, write=False) as uow:
            repository = uow.repository(plural)
            for criteria in comparisons(aggregate.by_name[name], many):
                right = expected(aggregate, many, criteria)
                found = repository.find(query(plural, criteria))
                assert ids(found.items) == right, criteria
                assert repository.count(query(plural, criteria)) == len(right), criteria

    def test_nothing_compares_with_a_missing_value(self, store: Store) -> None:
        keep(store, [customer(1, company_name=None), customer(2, company_name="Analytical")])
        equal = where.company_name == "analytical"
        assert self._found(store, equal) == [identifier(2)]
        assert self._found(store, ~equal) == []
        assert self._found(store, where.company_name.is_missing()) == [identifier(1)]
        assert self._found(store, ~where.company_name.is_missing()) == [identifier(2)]
        assert self._found(store, ~where.company_name.is_in([])) == [identifier(2)]

    def test_terms_are_found_whole_and_in_any_spelling(self, store: Store) -> None:
        many = crowd("customers", SIZE)
        keep(store, many)
        for criteria in (
            where.flag("vip"),
            where.flag("late_payer"),
            where.tag("strasse"),
            where.tag("Stra\u00dfe"),
            where.tag("sommer"),
            where.tag("100%"),
            where.tag("vip"),
        ):
            for side in (criteria, ~criteria):
                right = expected(aggregate_of("customers"), many, side)
                assert self._found(store, side) == right, side

    def test_terms_follow_what_is_saved(self, store: Store) -> None:
        was = customer(1, flags=frozenset({"vip", "wholesale"}))
        keep(store, [was])
        with store.unit(TENANT, write=True) as uow:
            uow.customers.save(next_version(was, flags=frozenset({"late_payer"})), was=was)
            uow.commit()
        assert self._found(store, where.flag("vip")) == []
        assert self._found(store, where.flag("late_payer")) == [identifier(1)]

    def test_criteria_combine(self, store: Store) -> None:
        many = crowd("customers", SIZE)
        keep(store, many)
        vip, dated = where.flag("vip"), where.birth_date.between(*self._dates(many))
        named, typed = where.company_name.startswith("a"), where.type("business")
        for criteria in (
            vip & dated,
            vip | named,
            ~(vip & dated) & ~typed,
            (vip | (named & ~dated)) & (typed | ~vip | where.language.is_missing()),
            AllOf(()),
            AnyOf(()),
            AllOf((vip, AnyOf(()))),
            AnyOf((vip, AllOf(()))),
        ):
            right = expected(aggregate_of("customers"), many, criteria)
            assert self._found(store, criteria) == right, criteria
            assert self._found(store, ~criteria) == expected(aggregate_of("customers"), many, ~criteria), criteria

    def test_alternatives_that_have_a_condition_in_common_are_still_told_apart(self, store: Store) -> None:
        """A store may find them by what they have in common; the rest is still to be tested."""
        many = [
            customer(1, flags=frozenset({"vip"}), addresses=(Address(id=identifier(9), city="Oslo", country="SE"),)),
            customer(2, flags=frozenset({"vip", "wholesale"}), language="sv"),
            customer(3, flags=frozenset({"wholesale"}), addresses=(Address(id=identifier(9), city="Oslo"),)),
        ]
        keep(store, many)
        vip, wholesale = where.flag("vip"), where.flag("wholesale")
        for criteria in (
            AnyOf((where.address.any(city="Oslo", country="SE"),)),
            AnyOf((where.address.any(city="Oslo", region="SE"),)),
            AnyOf((AllOf((vip, wholesale)),)),
            AnyOf((AllOf((vip, wholesale)), AllOf((vip, where.language == "en")))),
        ):
            right = expected(aggregate_of("customers"), many, criteria)
            assert self._found(store, criteria) == right, criteria
            with store.unit(TENANT, write=False) as uow:
                first = uow.customers.find(attrs.evolve(query("customers", criteria), order=(), limit=1))
                assert ids(first.items) == right[:1], criteria

    @pytest.mark.parametrize("part", ["%", "_", "\\", "\\%", '"', "'", "[", ".*", "{", "$", "*"])
    def test_wildcards_of_other_languages_are_plain_text(self, store: Store, part: str) -> None:
        texts = [*HARD_TEXTS, "%", "_", "\\", "[a]", ".*", "*", "$x"]
        many = [customer(number, last_name=text) for number, text in enumerate(texts)]
        keep(store, many)
        for criteria in (where.last_name.startswith(part), where.last_name.contains(part)):
            right = expected(aggregate_of("customers"), many, criteria)
            assert self._found(store, criteria) == right, criteria

    def test_text_is_found_without_case_and_marks(self, store: Store) -> None:
        keep(store, [customer(1, last_name="\u00d6mer"), customer(2, last_name="OMER")])
        assert self._found(store, where.last_name.startswith("omer")) == [
            identifier(1),
            identifier(2),
        ]
        assert self._found(store, where.last_name.contains("M\u00c9R")) == [
            identifier(1),
            identifier(2),
        ]
        assert self._found(store, where.last_name == "omer") == [identifier(2)]
        assert self._found(store, where.last_name == "o\u0308MER") == [identifier(1)]

    def test_a_list_of_a_thousand_values_is_searched(self, store: Store) -> None:
        keep(store, [customer(number, code=f"c{number}") for number in range(3)])
        criteria = where.code.is_in([f"C{number}" for number in range(1, 1_001)])
        assert self._found(store, criteria) == [identifier(1), identifier(2)]
        assert self._found(store, ~criteria) == [identifier(0)]

    def test_a_unit_finds_what_it_has_written(self, store: Store) -> None:
        was = customer(1, last_name="Before")
        keep(store, [was, customer(2, last_name="Before")])
        with store.unit(TENANT, write=True) as uow:
            uow.customers.save(next_version(was, last_name="After"), was=was)
            uow.customers.add(customer(3, last_name="Before"))
            asked = query("customers", where.last_name == "before")
            assert ids(uow.customers.find(asked).items) == [identifier(2), identifier(3)]
            assert uow.customers.count(asked) == 2
            assert ids(list(uow.customers.stream(asked))) == [identifier(2), identifier(3)]

    def _found(self, store: Store, criteria: Criteria) -> list[str]:
        with store.unit(TENANT, write=False) as uow:
            return ids(uow.customers.find(query("customers", criteria)).items)

    def _dates(self, many: Sequence[Any]) -> tuple[Any, Any]:
        dates = sorted({one.birth_date for one in many if one.birth_date is not None})
        return dates[1], dates[-2]
