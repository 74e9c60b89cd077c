"""The random searches reach every kind, every operator and every refusal, and are the same in every run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from customercore.domain.criteria.tree import OPERATORS, AllOf, AnyOf, Comparison, Criteria
from customercore.testing.generation import World, worlds
from customercore.testing.generation_questions import Question, questions
from customercore.testing.meaning_suite import EXAMPLES
from customercore.testing.oracle import Oracle
from customercore.testing.oracle_refusals import Refusals
from customercore.testing.sample_info import searchable_kinds

Asked = list[tuple[World, Question]]


def drawn(rounds: int) -> Asked:
    """Return what the first rounds of the comparison ask."""
    found: Asked = []

    @settings(
        max_examples=10, database=None, deadline=None, phases=(Phase.generate,), suppress_health_check=list(HealthCheck)
    )
    @given(st.data())
    def collect(data: st.DataObject) -> None:
        world = data.draw(worlds())
        found.extend((world, one) for one in data.draw(st.lists(questions(world), min_size=1, max_size=9)))

    for number in range(rounds):
        seed(number * 10)(collect)()
    return found


@pytest.fixture(scope="module")
def asked() -> Asked:
    return drawn(EXAMPLES // 10)


def leaves(criteria: Criteria | None) -> Iterator[Criteria]:
    if isinstance(criteria, AllOf | AnyOf):
        for part in criteria.parts:
            yield from leaves(part)
    elif criteria is not None:
        yield criteria


def accepted(asked: Asked) -> Asked:
    return [(world, one) for world, one in asked if not refused(world, one)]


def refused(world: World, one: Question) -> list[tuple[str, str]]:
    return Refusals(Oracle(world.known.customers, world.known.definitions)).of_question(one.criteria, one.sort)


def test_every_operator_is_asked_plain_and_negated(asked: Asked) -> None:
    found = {
        (leaf.op if isinstance(leaf, Comparison) else type(leaf).__name__, leaf.negated)  # type: ignore[attr-defined]  # every leaf has it
        for _, one in accepted(asked)
        for leaf in leaves(one.criteria)
    }
    wanted = {(op, negated) for op in (*OPERATORS, "HasTerm", "HasText", "HasAddress") for negated in (False, True)}
    assert wanted <= found


def test_every_searchable_kind_is_asked_for_and_sorted_by(asked: Asked) -> None:
    criteria, sorts = set(), set()
    for world, one in accepted(asked):
        kinds = {field.name: field.field.kind for field in world.known.fields}
        criteria |= {kinds[leaf.field] for leaf in leaves(one.criteria) if getattr(leaf, "field", "") in kinds}  # type: ignore[attr-defined]  # a comparison's
        sorts |= {kinds[name.lstrip("-")] for name in one.sort or () if name.lstrip("-") in kinds}
    assert criteria == set(searchable_kinds())
    assert sorts == set(searchable_kinds()) - {"multi_choice"}


def test_most_refusals_occur(asked: Asked) -> None:
    codes = Counter(code for world, one in asked for _, code in refused(world, one))
    wanted = {"unknown_field", "not_searchable", "field_pending", "not_sortable", "unsupported_operator", "wrong_type"}
    missing = {*wanted, "required", "control_character"} - set(codes)
    assert len(missing) <= 1, "what is drawn a few times may once be left out: it depends on what else is loaded"


@pytest.mark.parametrize(
    "tells",
    [
        lambda right, _: not right,
        lambda right, everything: right == everything > 0,
        lambda right, everything: 0 < right < everything,
        lambda right, everything: 5 < right < everything,
    ],
    ids=["nothing", "everything", "a part", "a part of several pages"],
)
def test_searches_find(asked: Asked, tells: Callable[[int, int], bool]) -> None:
    found = 0
    for world, one in accepted(asked):
        oracle = Oracle(world.known.customers, world.known.definitions)
        found += tells(len(oracle.finds(world.customers, one.criteria, one.sort)), len(world.customers))
    assert found > EXAMPLES // 20


def test_the_searches_are_the_same_in_every_run() -> None:
    assert [repr(one) for one in drawn(2)] == [repr(one) for one in drawn(2)]
