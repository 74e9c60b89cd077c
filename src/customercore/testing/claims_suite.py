"""Unique custom fields: a value is claimed by one record of a tenant, and free again when it is given up."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest

from customercore.domain.criteria.where import where
from customercore.domain.customer import Customer
from customercore.domain.info_values import NO_INFO, InfoValues
from customercore.domain.money import Money
from customercore.errors import DuplicateError, retryable
from customercore.ports.store import Store
from customercore.ports.unit_of_work import UnitOfWork
from customercore.testing.arrangement import OTHER, repeat, stored
from customercore.testing.concurrency_suite import THREADS, two_units_write
from customercore.testing.info_suite import found, tell, told
from customercore.testing.sample_info import SEARCHABLE, defined, info_type, with_info
from customercore.testing.sample_values import every_info_type, moment
from customercore.testing.samples import customer, filled, identifier, next_version

__all__ = ["ClaimConformance"]

MEMBERS = defined(
    info_type("member", unique=True),
    info_type("card", searchable=False, unique=True),
    info_type("points", "integer", unique=True),
)
"""A tenant with a searchable, a not searchable and a numeric unique field."""
WITHOUT = defined(info_type("member", slot="text_0"))
"""The same tenant while ``member`` is not unique."""

SAME = [
    ("text", "Stra\u00dfe", "STRASSE"),
    ("text", "\u00c5", "a\u030a"),
    ("email", "Ada@Example.com", "ada@example.com"),
    ("url", "https://Example.com/A", "https://example.com/a"),
    ("decimal", Decimal("1.5"), Decimal("1.50")),
    ("money", Money("50.00", "SEK"), Money(50, "SEK")),
    ("integer", 2**63 - 1, 2**63 - 1),
    ("boolean", False, False),
    ("date", moment(0).date(), moment(0).date()),
    ("datetime", moment(0), moment(0)),
]
OTHERS = [
    ("text", "Angstrom", "\u00c5ngstrom"),
    ("reference", "Ada", "ada"),
    ("phone", "070-1", "0701"),
    ("money", Money(50, "SEK"), Money(50, "EUR")),
    ("integer", 2**53, 2**53 + 1),
    ("boolean", False, True),
]


def changed(one: Customer, **info: Any) -> Any:
    """Return the customer with other values of info types, as its next version; None takes a value away."""
    return next_version(one, info=one.info.changed(info))


class ClaimConformance:
    """Tests of unique info types."""

    @pytest.mark.parametrize("key", ["member", "card"])
    def test_a_unique_custom_value_is_held_once(self, store: Store, key: str) -> None:
        tell(store, MEMBERS, [with_info(1, **{key: "M-1"})])
        twin, other = with_info(2, **{key: "m-1"}), with_info(2, **{key: "M-2"})
        for write in (
            lambda uow: uow.customers.add(twin),
            lambda uow: uow.customers.load([with_info(3), twin]),
            lambda uow: uow.customers.load([with_info(2, **{key: "x"}), with_info(3, **{key: "X"})]),
        ):
            self._is_refused(store, write, f"info.{key}")
        assert stored(store, "customers", identifier(2)) is None
        assert stored(store, "customers", identifier(3)) is None
        tell(store, MEMBERS, [other])
        self._is_refused(
            store, lambda uow: uow.customers.save(changed(other, **{key: "m-1"}), was=other), f"info.{key}"
        )
        assert stored(store, "customers", identifier(2)) == other

    def _is_refused(self, store: Store, write: Callable[[UnitOfWork], None], field: str) -> None:
        with told(store, MEMBERS, write=True) as uow, pytest.raises(DuplicateError) as caught:
            write(uow)
        assert (caught.value.field, caught.value.code) == (field, "duplicate_info")

    @pytest.mark.parametrize(("kind", "first", "second"), SAME)
    def test_equal_values_are_one(self, store: Store, kind: str, first: Any, second: Any) -> None:
        known = defined(info_type("one", kind, unique=True))
        tell(store, known, [with_info(1, one=first)])
        with told(store, known, write=True) as uow, pytest.raises(DuplicateError):
            uow.customers.add(with_info(2, one=second))

    @pytest.mark.parametrize(("kind", "first", "second"), OTHERS)
    def test_values_that_differ_are_two(self, store: Store, kind: str, first: Any, second: Any) -> None:
        known = defined(info_type("one", kind, unique=True))
        tell(store, known, [with_info(1, one=first), with_info(2, one=second)])
        assert found(store, known, where.info("one") == second) == [identifier(2)]

    def test_records_without_a_value_do_not_clash(self, store: Store) -> None:
        tell(store, MEMBERS, [with_info(number) for number in range(3)])
        assert found(store, MEMBERS, where.info("member").is_missing()) == [identifier(number) for number in range(3)]

    def test_one_value_may_be_held_in_two_fields(self, store: Store) -> None:
        tell(store, MEMBERS, [with_info(1, member="7", card="8"), with_info(2, member="8", card="7", points=7)])
        assert found(store, MEMBERS, where.info("points") == 7) == [identifier(2)]

    def test_the_holder_keeps_its_value_when_it_changes_otherwise(self, store: Store) -> None:
        first = with_info(1, member="m")
        tell(store, MEMBERS, [first])
        second = next_version(first, last_name="Other", info=InfoValues({"member": "M"}))
        with told(store, MEMBERS, write=True) as uow:
            uow.customers.save(second, was=first)
            uow.customers.save(next_version(second, last_name="Third"), was=second)
            uow.commit()
        with told(store, MEMBERS, write=True) as uow, pytest.raises(DuplicateError):
            uow.customers.add(with_info(2, member="m"))

    @pytest.mark.parametrize("info", [NO_INFO, InfoValues({"member": "other"})])
    def test_a_custom_value_that_was_given_up_is_free(self, store: Store, info: InfoValues) -> None:
        first = with_info(1, member="m", points=1)
        tell(store, MEMBERS, [first])
        with told(store, MEMBERS, write=True) as uow:
            uow.customers.save(next_version(first, info=info), was=first)
            uow.customers.add(with_info(2, member="m", points=1))  # in the same unit already
            uow.commit()
        assert found(store, MEMBERS, where.info("member") == "M") == [identifier(2)]
        with told(store, MEMBERS, write=True) as uow, pytest.raises(DuplicateError):
            uow.customers.add(with_info(3, points=1))

    @pytest.mark.parametrize(("name", "key"), [("info.member", "m"), ("info.card", "c"), ("info.points", "7")])
    def test_the_holder_of_a_custom_value_is_found_by_its_key(self, store: Store, name: str, key: str) -> None:
        one, bare = with_info(1, member="M", card="C", points=7), with_info(2)
        tell(store, MEMBERS, [one, bare])
        tell(store, MEMBERS, [with_info(3, member="M", card="C", points=7), with_info(4)], OTHER)
        with told(store, MEMBERS) as uow:
            assert uow.customers.by(name, key) == one
            assert uow.customers.by(name, "nobody") is None
            assert uow.customers.by_keys(name, [key, "nobody", key]) == {key: one}
            assert uow.customers.by_keys(name, []) == {}
            assert uow.customers.by_keys("email", ["nobody@example.com"]) == {}
        later = changed(one, member=None, card=None, points=None)
        with told(store, MEMBERS, write=True) as uow:
            uow.customers.save(later, was=one)
            assert uow.customers.by(name, key) is None  # in the same unit already
            uow.customers.save(changed(bare, member="M", card="C", points=7), was=bare)
            assert uow.customers.by(name, key) == changed(bare, member="M", card="C", points=7)
        with told(store, MEMBERS) as uow:
            assert uow.customers.by(name, key) == one

    def test_the_holders_of_many_custom_values_are_found_at_once(self, store: Store) -> None:
        many = [with_info(number, card=f"c{number}") for number in range(1_203)]
        with told(store, MEMBERS, write=True) as uow:
            uow.customers.load(many)
            uow.commit()
        wanted = [f"c{number}" for number in range(5, 1_400)]
        with told(store, MEMBERS) as uow:
            assert uow.customers.by_keys("info.card", wanted) == {one.info["card"]: one for one in many[5:]}

    @pytest.mark.parametrize("name", ["info.nobody", "info.member", "nobody", ""])
    def test_what_is_no_unique_key_finds_nobody(self, store: Store, name: str) -> None:
        with told(store, WITHOUT) as uow, pytest.raises(KeyError):
            uow.customers.by(name, "m")
        with told(store, WITHOUT) as uow, pytest.raises(KeyError):
            uow.customers.by_keys(name, ["m"])

    def test_the_custom_values_of_a_removed_record_are_free(self, store: Store) -> None:
        first = with_info(1, member="m", card="c", points=1)
        tell(store, MEMBERS, [first])
        with told(store, MEMBERS, write=True) as uow:
            uow.customers.remove(first)
            uow.commit()
        tell(store, MEMBERS, [with_info(2, member="m", card="c", points=1)])
        assert found(store, MEMBERS, where.info("points") == 1) == [identifier(2)]

    def test_a_write_that_was_rolled_back_claims_nothing(self, store: Store) -> None:
        with told(store, MEMBERS, write=True) as uow:
            uow.customers.add(with_info(1, member="m"))
        tell(store, MEMBERS, [with_info(2, member="m")])

    def test_each_tenant_has_its_own_unique_values(self, store: Store) -> None:
        tell(store, MEMBERS, [with_info(1, member="m")])
        tell(store, MEMBERS, [with_info(1, member="m"), with_info(2, member="n")], OTHER)
        tell(store, MEMBERS, [with_info(2, member="n")])
        assert found(store, MEMBERS, where.info("member") == "m", tenant=OTHER) == [identifier(1)]

    def test_of_two_units_that_claim_a_value_one_wins(self, store: Store) -> None:
        tell(store, MEMBERS, [customer(3)])

        def claim(was: Customer | None, one: Customer) -> Callable[[UnitOfWork], None]:
            def use_case(uow: UnitOfWork) -> None:
                uow.describe(MEMBERS.customers)
                if was is None:
                    uow.customers.add(one)
                else:
                    uow.customers.save(one, was=was)

            return use_case

        error = two_units_write(
            store, claim(customer(3), changed(customer(3), member="m")), claim(None, with_info(2, member="m"))
        )
        assert isinstance(error, DuplicateError) or retryable(error or AssertionError())
        assert found(store, MEMBERS, where.info("member") == "m") == [identifier(3)]
        assert stored(store, "customers", identifier(2)) is None

    def test_one_of_many_threads_claims_a_value(self, store: Store) -> None:
        def take(number: int) -> str:
            def use_case(uow: UnitOfWork) -> None:
                uow.describe(MEMBERS.customers)
                uow.customers.add(with_info(number, card="same"))

            try:
                repeat(store, use_case)
            except DuplicateError as error:
                return error.field
            return "won"

        with ThreadPoolExecutor(THREADS) as threads:
            ends = list(threads.map(take, range(THREADS * 3)))
        assert sorted(ends) == [*["info.card"] * (THREADS * 3 - 1), "won"]
        assert found(store, MEMBERS, None) == [identifier(ends.index("won"))]

    def test_a_field_that_is_unique_again_knows_who_holds_what_by_now(self, store: Store) -> None:
        first, second = with_info(1, member="a"), with_info(2)
        tell(store, MEMBERS, [first, second])
        with told(store, WITHOUT, write=True) as uow:
            uow.customers.save(changed(first, member="b"), was=first)
            uow.customers.save(changed(second, member="a"), was=second)
            uow.commit()
        with told(store, MEMBERS, write=True) as uow:
            uow.customers.reindex(changed(second, member="a"))
            uow.customers.reindex(changed(first, member="b"))
            uow.commit()
        for value in ("a", "b"):
            with told(store, MEMBERS, write=True) as uow, pytest.raises(DuplicateError):
                uow.customers.add(with_info(3, member=value))

    def test_a_value_of_every_kind_can_be_unique(self, store: Store) -> None:
        one = filled("customers", 3)
        known = defined(
            *(
                info_type(each.key, each.kind, searchable=False, unique=True, choices=tuple(each.choices))
                for each in every_info_type("customer")
                if SEARCHABLE.customers.by_name[each.name].sortable
            )
        )
        tell(store, known, [one])
        for name in (field.name for field in known.fields if field.info_type.key in one.info):
            key = name.removeprefix("info.")
            with told(store, known, write=True) as uow, pytest.raises(DuplicateError) as caught:
                uow.customers.add(with_info(2, **{key: one.info[key]}))
            assert caught.value.field == name
