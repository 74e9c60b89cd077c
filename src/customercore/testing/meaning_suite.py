"""The meaning is the test: random tenants and random searches, compared with an oracle in plain Python.

The examples are the same in every run. ``CUSTOMERCORE_MEANING_EXAMPLES`` in the environment asks for
another number of them than the usual one.
"""

from __future__ import annotations

import itertools
import json
import os

import attrs
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from customercore.catalogue.query import Position, Query
from customercore.domain.criteria.json_form import criteria_from_dict
from customercore.domain.customer import Customer
from customercore.errors import ConflictError, InvalidValueError
from customercore.ports.repository import Repository
from customercore.ports.store import Store
from customercore.testing.arrangement import ids
from customercore.testing.generation import World, worlds
from customercore.testing.generation_questions import Question, questions
from customercore.testing.oracle import Oracle
from customercore.testing.oracle_refusals import Refusals

__all__ = ["EXAMPLES", "MeaningConformance", "compare_meanings"]

EXAMPLES = int(os.environ.get("CUSTOMERCORE_MEANING_EXAMPLES", "200"))
"""How many tenants are made; each is asked several questions."""
_QUESTIONS = 9
_TRIES = 5
_ROUND = 10
"""How many examples come from one seed. Longer rounds repeat parts of earlier examples instead of making new ones."""


def compare_meanings(store: Store, examples: int = EXAMPLES, *, simplify: bool = True) -> None:
    """Ask the store what random searches find; raise for a wrong answer, with ``simplify`` the simplest one found."""
    numbers = itertools.count()

    @settings(
        max_examples=_ROUND,
        database=None,
        deadline=None,
        report_multiple_bugs=False,
        phases=(Phase.generate, Phase.shrink) if simplify else (Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def compare(data: st.DataObject) -> None:
        world = data.draw(worlds())
        tenant = f"meaning-{next(numbers)}"  # each example has a tenant, so that the store need not be emptied
        arrange(store, tenant, world)
        for question in data.draw(st.lists(questions(world), min_size=1, max_size=_QUESTIONS)):
            answer(store, tenant, world, question)

    for start in range(0, examples, _ROUND):
        seed(start)(compare)()


def arrange(store: Store, tenant: str, world: World) -> None:
    """Store the customers of a world, each in its way; a busy server may give up a unit, which is done again."""
    for unit in (_arrange_late, _arrange_others):
        for left in reversed(range(_TRIES)):
            try:
                unit(store, tenant, world)
                break
            except ConflictError:
                if left == 0:
                    raise


def _arrange_late(store: Store, tenant: str, world: World) -> None:
    late = [one for one in world.customers if one.id in world.late]
    with store.unit(tenant, write=True) as uow:
        uow.customers.load(late)
        uow.commit()


def _arrange_others(store: Store, tenant: str, world: World) -> None:
    with store.unit(tenant, write=True) as uow:
        uow.describe(world.known.customers)
        uow.customers.load(list(world.before.values()))
        for one in world.customers:
            if one.id in world.before:
                uow.customers.save(one, was=world.before[one.id])
            elif one.id in world.late:
                uow.customers.reindex(one)
            else:
                uow.customers.add(one)
        uow.commit()


def answer(store: Store, tenant: str, world: World, question: Question) -> None:
    """Ask one question, and compare every form of its answer."""
    oracle = Oracle(world.known.customers, world.known.definitions)
    refused = Refusals(oracle).of_question(question.criteria, question.sort)
    if refused:
        with pytest.raises(InvalidValueError) as caught:
            world.known.query(question.criteria, question.sort)
        found = [(one.field, one.code) for one in caught.value.problems]
        assert found == refused, "what is wrong with the question"
        return
    if question.criteria is not None:
        form = question.criteria.to_dict()
        assert criteria_from_dict(json.loads(json.dumps(form))) == question.criteria, "criteria come back from JSON"
    right = oracle.finds(world.customers, question.criteria, question.sort)
    asked = world.known.query(question.criteria, question.sort)
    with store.unit(tenant, write=False) as uow:
        uow.describe(world.known.customers)
        assert ids(uow.customers.find(asked).items) == right, "the order of everything"
        assert uow.customers.count(asked) == len(right), "the count"
        assert uow.customers.count(asked, question.most) == min(len(right), question.most or len(right))
        assert ids(uow.customers.stream(asked)) == right, "the order of a stream"
        walk(uow.customers, attrs.evolve(asked, limit=question.limit), right)


def walk(customers: Repository[Customer], asked: Query, right: list[str]) -> None:
    """Read page after page from each position on, and compare them with slices of the whole."""
    limit, after = asked.limit or len(right), None
    for at in range(0, max(len(right), 1), limit):
        page = customers.find(attrs.evolve(asked, after=after))
        assert ids(page.items) == right[at : at + limit], f"the page behind {at} of {right}"
        after = page.after
        assert (after is None) is (at + limit >= len(right)), "whether more pages follow"
        _is_plain(after)


def _is_plain(position: Position | None) -> None:
    """Check that a cursor can be made of a position."""
    for value in () if position is None else position.values:
        assert value is None or type(value).__name__ in ("str", "int", "bool", "date", "datetime"), value


class MeaningConformance:
    """The comparison of a store with the oracle."""

    meaning_examples = EXAMPLES
    """How many tenants are made; a slow store, or a second version of one, may have fewer in the usual run."""

    def test_every_search_finds_what_plain_python_finds(self, store: Store) -> None:
        compare_meanings(store, self.meaning_examples)
