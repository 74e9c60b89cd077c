"""The comparison with plain Python notices a store that gets a meaning wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import copy
from typing import Any

import attrs
import pytest

from customercore.adapters.memory import repository, unit_of_work
from customercore.adapters.memory.repository import MemoryRepository
from customercore.adapters.memory.store import MemoryStore
from customercore.adapters.memory.tables import Row
from customercore.catalogue import evaluation
from customercore.catalogue.bound_field import Projection
from customercore.catalogue.query import ElementLeaf, Leaf, Query, TermLeaf
from customercore.errors import CustomerCoreError
from customercore.testing.meaning_suite import EXAMPLES, compare_meanings
from customercore.testing.samples import catalogue_for_tests

Test = Callable[[Projection], bool]
Mutate = Callable[[pytest.MonkeyPatch], None]

_arranged, _behind = evaluation.arranged, evaluation.behind
_leaf: Callable[[int, Leaf], Test] = vars(evaluation)["_leaf"]
_of_terms: Callable[[TermLeaf | ElementLeaf], Test] = vars(evaluation)["_of_terms"]
_comparison: Callable[[str, Any], Callable[[Any], bool]] = vars(evaluation)["_comparison"]
_replace: Callable[..., None] = vars(MemoryRepository)["_replace"]


def _with(row: Row, projection: Projection) -> Row:
    other = copy(row)
    other.projection = projection
    return other


def _ordered_by(key: Callable[[Any], Any]) -> Callable[[Iterable[Row], Query, Mapping[str, int]], list[Row]]:
    """Return an arrangement by other keys than the values themselves."""

    def arranged(rows: Iterable[Row], query: Query, columns: Mapping[str, int]) -> list[Row]:
        originals = {row.id: row for row in rows}
        turned = [
            _with(row, attrs.evolve(row.projection, values=tuple(map(key, row.projection.values))))
            for row in originals.values()
        ]
        return [originals[row.id] for row in _arranged(turned, query, columns)]

    return arranged


def ties_always_ascend(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Query, "id_descending", property(lambda _: False))


def missing_values_come_first_when_descending(patch: pytest.MonkeyPatch) -> None:
    def arranged(rows: Iterable[Row], query: Query, columns: Mapping[str, int]) -> list[Row]:
        found = _arranged(rows, query, columns)
        if not query.order or not query.order[0].descending:
            return found
        at = columns[query.order[0].column]
        return sorted(found, key=lambda row: row.projection.values[at] is not None)

    patch.setattr(repository, "arranged", arranged)


def texts_are_ordered_as_utf_16(patch: pytest.MonkeyPatch) -> None:
    def key(value: Any) -> Any:
        return value.encode("utf-16-be") if isinstance(value, str) else value

    patch.setattr(repository, "arranged", _ordered_by(key))


def texts_are_ordered_by_their_first_hundred_characters(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(repository, "arranged", _ordered_by(lambda value: value[:100] if isinstance(value, str) else value))


def numbers_are_floats(patch: pytest.MonkeyPatch) -> None:
    def comparison(op: str, operand: Any) -> Callable[[Any], bool]:
        if type(operand) is int:
            operand = float(operand)
        test = _comparison(op, operand)
        return lambda value: test(float(value) if type(value) is int else value)

    patch.setattr(evaluation, "_comparison", comparison)


def what_is_negated_matches_missing_values(patch: pytest.MonkeyPatch) -> None:
    def leaf(at: int, one: Leaf) -> Test:
        if not one.negated:
            return _leaf(at, one)
        test = _leaf(at, attrs.evolve(one, negated=False))
        return lambda projection: not test(projection)

    patch.setattr(evaluation, "_leaf", leaf)


def addresses_are_mixed(patch: pytest.MonkeyPatch) -> None:
    def of_terms(node: TermLeaf | ElementLeaf) -> Test:
        if isinstance(node, TermLeaf):
            return _of_terms(node)
        wanted = frozenset(node.terms)
        return lambda projection: (wanted <= frozenset().union(*projection.elements)) is not node.negated

    patch.setattr(evaluation, "_of_terms", of_terms)


def words_are_found_whole_only(patch: pytest.MonkeyPatch) -> None:
    def of_terms(node: TermLeaf | ElementLeaf) -> Test:
        if isinstance(node, TermLeaf) and node.term.startswith("word:"):
            node = attrs.evolve(node, prefix=False)
        return _of_terms(node)

    patch.setattr(evaluation, "_of_terms", of_terms)


def a_percent_sign_stands_for_anything(patch: pytest.MonkeyPatch) -> None:
    def comparison(op: str, operand: Any) -> Callable[[Any], bool]:
        return _comparison(op, operand.replace("%", "") if op == "contains" else operand)

    patch.setattr(evaluation, "_comparison", comparison)


def a_page_begins_with_the_last_record_of_the_one_before(patch: pytest.MonkeyPatch) -> None:
    def behind(query: Query, columns: Mapping[str, int]) -> Callable[[Row], bool] | None:
        test, after = _behind(query, columns), query.after
        return None if test is None or after is None else lambda row: row.id == after.id or test(row)

    patch.setattr(repository, "behind", behind)


def a_page_ends_where_values_are_missing(patch: pytest.MonkeyPatch) -> None:
    def behind(query: Query, columns: Mapping[str, int]) -> Callable[[Row], bool] | None:
        test = _behind(query, columns)
        names = [columns[one.column] for one in query.order]
        if test is None:
            return None
        return lambda row: test(row) and all(row.projection.values[at] is not None for at in names)

    patch.setattr(repository, "behind", behind)


def a_count_goes_past_its_most(patch: pytest.MonkeyPatch) -> None:
    counted = MemoryRepository.count
    patch.setattr(MemoryRepository, "count", lambda self, query, _=None: counted(self, query))


def a_stream_has_its_own_order(patch: pytest.MonkeyPatch) -> None:
    def stream(self: MemoryRepository[Any], query: Query) -> Iterator[Any]:
        return iter(self.find(attrs.evolve(query, order=())).items)

    patch.setattr(MemoryRepository, "stream", stream)


def custom_fields_are_not_indexed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(unit_of_work.MemoryUnitOfWork, "describe", lambda _self, _aggregate: None)


def nothing_is_indexed_anew(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(MemoryRepository, "reindex", lambda _self, _one: None)


def a_saved_record_keeps_its_terms(patch: pytest.MonkeyPatch) -> None:
    def replace(self: MemoryRepository[Any], old: Row, row: Row, at: int) -> None:
        kept = attrs.evolve(row.projection, terms=old.projection.terms, elements=old.projection.elements)
        _replace(self, old, _with(row, kept), at)

    patch.setattr(MemoryRepository, "_replace", replace)


MUTATIONS: list[Mutate] = [
    ties_always_ascend,
    missing_values_come_first_when_descending,
    texts_are_ordered_as_utf_16,
    texts_are_ordered_by_their_first_hundred_characters,
    numbers_are_floats,
    what_is_negated_matches_missing_values,
    addresses_are_mixed,
    words_are_found_whole_only,
    a_percent_sign_stands_for_anything,
    a_page_begins_with_the_last_record_of_the_one_before,
    a_page_ends_where_values_are_missing,
    a_count_goes_past_its_most,
    a_stream_has_its_own_order,
    custom_fields_are_not_indexed,
    nothing_is_indexed_anew,
    a_saved_record_keeps_its_terms,
]


@pytest.mark.parametrize("mutate", MUTATIONS, ids=lambda mutate: mutate.__name__)
def test_a_store_that_is_wrong_is_noticed(mutate: Mutate, monkeypatch: pytest.MonkeyPatch) -> None:
    mutate(monkeypatch)
    with pytest.raises((AssertionError, CustomerCoreError)):
        # What is drawn depends on which modules are loaded too, so a rare mistake may take more examples than usual.
        compare_meanings(MemoryStore(catalogue_for_tests()), 3 * EXAMPLES, simplify=False)
