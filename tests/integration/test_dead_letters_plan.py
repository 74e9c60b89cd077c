"""Dead letters are few among what was delivered: each database says itself that it lists them by their own index."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from told_plans import TOLD_BY, Plans, filled_store

from customercore.domain.delivery import DEAD, DELIVERED, Delivery
from customercore.ports.store import Store
from customercore.testing.arrangement import TENANT
from customercore.testing.samples import delivery

MANY, STEP = 3_000, 500
ROWS = [
    delivery(1, of=number, due=None, settled_at=delivery(1).at, state=DELIVERED if number % STEP else DEAD)
    for number in range(1, MANY + 1)
]
LETTERS = [one for one in ROWS if one.state == DEAD]


@pytest.fixture(params=TOLD_BY)
def filled(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Store, Plans]]:
    """Give a store in which two tenants have many deliveries and few dead letters."""
    with filled_store(request.param, tmp_path, monkeypatch, lambda uow: uow.deliveries.add(ROWS)) as told:
        yield told


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, LETTERS),
        ({"limit": 2}, LETTERS[:2]),
        ({"after": LETTERS[1]}, LETTERS[2:]),
        ({"subscriber": "crm"}, LETTERS),
        ({"event_id": LETTERS[3].event_id}, LETTERS[3:4]),
    ],
    ids=["all", "a page", "the next page", "of one subscriber", "of one event"],
)
def test_dead_letters_are_read_by_their_index(
    filled: tuple[Store, Plans], asked: dict[str, Any], expected: list[Delivery]
) -> None:
    store, plans = filled
    with store.unit(TENANT, write=False) as uow:
        assert uow.deliveries.dead(**asked) == expected
    told = plans()[-1]
    assert "dead_order" in told
    assert "COLLSCAN" not in told
