"""What a repository keeps, and what it refuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
import pytest

from customercore.errors import DuplicateError, NotFoundError, Problem, StaleVersionError
from customercore.ports.store import Store
from customercore.testing.arrangement import TENANT, keep, stored
from customercore.testing.samples import (
    HARD_TEXTS,
    PLURALS,
    aggregate_of,
    bare,
    claiming,
    counter,
    customer,
    filled,
    identifier,
    moment,
    next_version,
)

__all__ = ["RepositoryConformance"]


def assert_same(left: Any, right: Any) -> None:
    """Compare two records, or values in them, down to the types of the innermost values."""
    assert type(left) is type(right)
    assert left == right
    if attrs.has(type(left)):
        for field in attrs.fields(type(left)):
            assert_same(getattr(left, field.name), getattr(right, field.name))
    elif isinstance(left, Mapping):
        for key in left:
            assert_same(left[key], right[key])
    elif isinstance(left, tuple):
        for first, second in zip(left, right, strict=True):
            assert_same(first, second)


class RepositoryConformance:
    """Tests of reading and writing one record at a time."""

    @pytest.mark.parametrize("plural", PLURALS)
    def test_every_field_comes_back_as_it_was_given(self, store: Store, plural: str) -> None:
        many = [filled(plural, number) for number in range(len(HARD_TEXTS))]
        keep(store, many)
        for one in many:
            assert_same(stored(store, plural, one.id), one)

    @pytest.mark.parametrize("plural", PLURALS)
    def test_empty_fields_come_back_empty(self, store: Store, plural: str) -> None:
        one = bare(plural, 1)
        keep(store, [one])
        assert_same(stored(store, plural, one.id), one)

    @pytest.mark.parametrize("text", HARD_TEXTS)
    def test_hard_text_comes_back_code_point_by_code_point(self, store: Store, text: str) -> None:
        one = customer(1, last_name=text, information=f"{text}\n{text}", tags=frozenset({text}))
        keep(store, [one])
        back = stored(store, "customers", one.id)
        assert [ord(char) for char in back.last_name] == [ord(char) for char in text]
        assert_same(back, one)

    def test_a_text_whose_key_is_many_times_longer_is_kept(self, store: Store) -> None:
        text = "\ufdfa" * 85  # each becomes 18 code points when it is folded
        keep(store, [customer(1, last_name=text, code=text)])
        assert stored(store, "customers", identifier(1)).last_name == text

    @pytest.mark.parametrize("number", [0, 1, -1, 2**53 + 1, 2**63 - 1, -(2**63)])
    def test_64_bit_numbers_come_back_exactly(self, store: Store, number: int) -> None:
        keep(store, [counter("range", next=number)])
        assert stored(store, "counters", "range").next == number

    def test_moments_come_back_in_utc_and_whole_milliseconds(self, store: Store) -> None:
        keep(store, [customer(1, created_at=moment(3))])
        back = stored(store, "customers", identifier(1)).created_at
        assert (back, back.microsecond) == (moment(3), moment(3).microsecond)
        assert back.utcoffset() == moment(3).utcoffset()

    def test_warnings_are_not_stored(self, store: Store) -> None:
        doubt = Problem("phones", "invalid_phone", "looks odd")
        one = filled("customers", 5)
        addresses = tuple(attrs.evolve(address, warnings=(doubt,)) for address in one.addresses)
        assert addresses
        keep(store, [attrs.evolve(one, warnings=(doubt,), addresses=addresses)])
        back = stored(store, "customers", one.id)
        assert back == one
        assert back.warnings == ()
        assert [address.warnings for address in back.addresses] == [()] * len(addresses)

    @pytest.mark.parametrize("plural", PLURALS)
    def test_what_is_not_there_is_none(self, store: Store, plural: str) -> None:
        with store.unit(TENANT, write=False) as uow:
            repository = uow.repository(plural)
            assert repository.get(identifier(1)) is None
            assert repository.version(identifier(1)) is None
            for unique in aggregate_of(plural).uniques:
                assert repository.by(unique.name, "nobody") is None
                assert dict(repository.by_keys(unique.name, ["nobody"])) == {}

    def test_ids_are_compared_as_they_are(self, store: Store) -> None:
        names = ("range", "RANGE", "r\u00e4nge", "ra\u0308nge", "range%", "rang_")
        keep(store, [counter(name, next=at) for at, name in enumerate(names)])
        assert [stored(store, "counters", name).next for name in names] == [0, 1, 2, 3, 4, 5]
        assert stored(store, "counters", "Range") is None

    @pytest.mark.parametrize("plural", PLURALS)
    def test_a_saved_record_replaces_the_one_before(self, store: Store, plural: str) -> None:
        was = filled(plural, 1)
        now = attrs.evolve(filled(plural, 2), id=was.id, version=2)
        keep(store, [was])
        with store.unit(TENANT, write=True) as uow:
            uow.repository(plural).save(now, was=was)
            assert uow.repository(plural).version(was.id) == 2
            uow.commit()
        assert_same(stored(store, plural, was.id), now)

    def test_a_record_can_be_saved_more_than_once_in_a_unit(self, store: Store) -> None:
        first = counter("range")
        second = next_version(first, next=2)
        third = next_version(second, next=3)
        with store.unit(TENANT, write=True) as uow:
            uow.counters.add(first)
            uow.counters.save(second, was=first)
            uow.counters.save(third, was=second)
            assert uow.counters.get("range") == third
            uow.commit()
        assert stored(store, "counters", "range") == third

    @pytest.mark.parametrize("plural", PLURALS)
    def test_a_record_that_has_changed_since_is_not_saved(self, store: Store, plural: str) -> None:
        first = filled(plural, 1)
        second = next_version(first)
        keep(store, [first])
        with store.unit(TENANT, write=True) as uow:
            uow.repository(plural).save(second, was=first)
            uow.commit()
        with (
            store.unit(TENANT, write=True) as uow,
            pytest.raises(StaleVersionError) as caught,
        ):
            uow.repository(plural).save(second, was=first)
        assert caught.value.code == "stale_version"
        assert caught.value.details["expected"] == 1
        assert stored(store, plural, first.id) == second

    @pytest.mark.parametrize("plural", PLURALS)
    def test_a_record_that_is_not_there_is_not_saved(self, store: Store, plural: str) -> None:
        one = filled(plural, 1)
        with store.unit(TENANT, write=True) as uow, pytest.raises(NotFoundError) as caught:
            uow.repository(plural).save(next_version(one), was=one)
        assert caught.value.code == f"{aggregate_of(plural).name}_not_found"
        assert stored(store, plural, one.id) is None

    @pytest.mark.parametrize("plural", PLURALS)
    def test_an_id_is_taken_once(self, store: Store, plural: str) -> None:
        one = filled(plural, 1)
        keep(store, [one])
        with store.unit(TENANT, write=True) as uow, pytest.raises(DuplicateError) as caught:
            uow.repository(plural).add(attrs.evolve(filled(plural, 2), id=one.id))
        assert caught.value.field == "id"
        assert stored(store, plural, one.id) == one

    @pytest.mark.parametrize("plural", PLURALS)
    def test_a_removed_record_is_gone_and_its_id_is_free(self, store: Store, plural: str) -> None:
        one, other = claiming(plural, 1), claiming(plural, 2)
        keep(store, [one, other])
        with store.unit(TENANT, write=True) as uow:
            uow.repository(plural).remove(one)
            uow.repository(plural).remove(one)
            assert uow.repository(plural).get(one.id) is None
            uow.commit()
        assert stored(store, plural, one.id) is None
        assert stored(store, plural, other.id) == other
        keep(store, [one])
        assert stored(store, plural, one.id) == one
