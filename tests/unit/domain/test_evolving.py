"""`evolved` is `attrs.evolve`, only quicker."""

from __future__ import annotations

import attrs
import pytest

from customercore.domain.customer import Customer
from customercore.domain.evolving import assembled, evolved
from customercore.testing.samples import PLURALS, filled


@pytest.mark.parametrize("plural", PLURALS)
def test_it_gives_what_attrs_gives_for_every_aggregate(plural: str) -> None:
    one, other = filled(plural, 1), filled(plural, 2)
    for field in attrs.fields(type(one)):
        changes = {field.name: getattr(other, field.name)}
        assert evolved(one, **changes) == attrs.evolve(one, **changes)
        assert hash(type(evolved(one, **changes))) == hash(type(one))


def test_the_original_is_left_as_it_was() -> None:
    one = filled("customers", 1)
    before = attrs.asdict(one, recurse=False)
    evolved(one, first_name="Other", version=9)
    assert attrs.asdict(one, recurse=False) == before


def test_what_comes_out_is_frozen() -> None:
    one = evolved(Customer(), first_name="Ada")
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        one.first_name = "Eve"  # type: ignore[misc]  # that is what is tested


def test_an_assembled_aggregate_equals_a_constructed_one() -> None:
    state = {field.name: field.default for field in attrs.fields(Customer)}
    assert assembled(Customer, state | {"id": "1"}) == Customer(id="1")
