"""Unique keys, and storing many records at once."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from customercore.domain.customer import ACTIVE, GUEST, REGISTERED
from customercore.errors import DuplicateError
from customercore.ports.store import Store
from customercore.testing.arrangement import TENANT, keep, stored
from customercore.testing.samples import (
    PLURALS,
    aggregate_of,
    claiming,
    counter,
    customer,
    holding,
    identifier,
    next_version,
    shop,
)

__all__ = ["UniqueKeyConformance"]

UNIQUES = [(plural, one.name) for plural in PLURALS for one in aggregate_of(plural).uniques]


class UniqueKeyConformance:
    """Tests of unique keys, and of storing many at once."""

    @pytest.mark.parametrize(("plural", "unique"), UNIQUES)
    def test_a_record_is_found_by_its_unique_keys(self, store: Store, plural: str, unique: str) -> None:
        many = [claiming(plural, number, unique) for number in range(5)]
        keep(store, many)
        key_of = aggregate_of(plural).unique(unique).key
        keys = [str(key_of(one)) for one in many]
        with store.unit(TENANT, write=False) as uow:
            repository = uow.repository(plural)
            assert [repository.by(unique, key) for key in keys] == many
            found = repository.by_keys(unique, [*keys[:3], "nobody", keys[0]])
            assert dict(found) == dict(zip(keys[:3], many[:3], strict=True))
            assert dict(repository.by_keys(unique, [])) == {}
            assert dict(repository.by_keys(unique, {str(at) for at in range(1_000)})) == {}

    @pytest.mark.parametrize(("plural", "unique"), UNIQUES)
    def test_a_unique_key_is_held_once(self, store: Store, plural: str, unique: str) -> None:
        owner = claiming(plural, 1, unique)
        keep(store, [owner])
        twin = holding(plural, 2, unique, owner)
        with store.unit(TENANT, write=True) as uow, pytest.raises(DuplicateError) as caught:
            uow.repository(plural).add(twin)
        assert (caught.value.field, caught.value.code) == (unique, f"duplicate_{unique}")
        assert stored(store, plural, twin.id) is None

    def test_of_two_unique_keys_that_are_taken_the_first_by_name_is_told_of(self, store: Store) -> None:
        keep(store, [customer(1, email="ada@example.com"), customer(2, code="C-2"), customer(3)])
        taken = {"email": "ada@example.com", "code": "C-2"}
        with store.unit(TENANT, write=True) as uow, pytest.raises(DuplicateError) as added:
            uow.customers.add(customer(4, **taken))
        with store.unit(TENANT, write=True) as uow, pytest.raises(DuplicateError) as saved:
            uow.customers.save(customer(3, version=2, **taken), was=customer(3))
        assert (added.value.field, saved.value.field) == ("code", "code")

    @pytest.mark.parametrize(("plural", "unique"), UNIQUES)
    def test_a_save_cannot_take_the_unique_key_of_another(self, store: Store, plural: str, unique: str) -> None:
        owner, other = claiming(plural, 1, unique), claiming(plural, 2, unique)
        keep(store, [owner, other])
        taking = attrs.evolve(holding(plural, 2, unique, owner), version=2)
        with store.unit(TENANT, write=True) as uow, pytest.raises(DuplicateError) as caught:
            uow.repository(plural).save(taking, was=other)
        assert caught.value.field == unique
        assert stored(store, plural, other.id) == other

    @pytest.mark.parametrize(("plural", "unique"), UNIQUES)
    def test_a_unique_key_that_was_given_up_is_free(self, store: Store, plural: str, unique: str) -> None:
        owner = claiming(plural, 1, unique)
        renamed = attrs.evolve(holding(plural, 1, unique, claiming(plural, 3, unique)), version=2)
        keep(store, [owner])
        heir = holding(plural, 2, unique, owner)
        with store.unit(TENANT, write=True) as uow:
            uow.repository(plural).save(renamed, was=owner)
            uow.repository(plural).add(heir)  # in the same unit already
            uow.commit()
        key = aggregate_of(plural).unique(unique).key
        with store.unit(TENANT, write=False) as uow:
            assert uow.repository(plural).by(unique, str(key(owner))) == heir
            assert uow.repository(plural).by(unique, str(key(renamed))) == renamed

    def test_records_without_a_key_do_not_clash(self, store: Store) -> None:
        guests = [customer(number, kind=GUEST, email="same@example.com", code="same") for number in range(3)]
        nameless = [customer(number, email=None) for number in range(3, 6)]
        keep(store, [*guests, *nameless, customer(7, email="same@example.com", code="same")])
        with store.unit(TENANT, write=False) as uow:
            owner = uow.customers.by("email", "same@example.com")
            assert owner is not None
            assert owner.id == identifier(7)

    def test_the_same_email_may_be_used_in_two_scopes(self, store: Store) -> None:
        scopes = ("", "main", "outlet")
        many = [customer(number, email="same@example.com", identity_scope=scope) for number, scope in enumerate(scopes)]
        keep(store, many)
        key = aggregate_of("customers").unique("email").key
        with store.unit(TENANT, write=False) as uow:
            assert [uow.customers.by("email", str(key(one))) for one in many] == many
        with store.unit(TENANT, write=True) as uow, pytest.raises(DuplicateError):
            uow.customers.add(customer(9, email="SAME@example.com", identity_scope="main"))

    def test_a_guest_who_registers_takes_the_key(self, store: Store) -> None:
        guest = customer(1, kind=GUEST, email="same@example.com")
        registered = next_version(guest, kind=REGISTERED, status=ACTIVE)
        keep(store, [guest])
        with store.unit(TENANT, write=True) as uow:
            assert uow.customers.by("email", "same@example.com") is None
            uow.customers.save(registered, was=guest)
            assert uow.customers.by("email", "same@example.com") == registered
            uow.commit()
        with store.unit(TENANT, write=True) as uow, pytest.raises(DuplicateError):
            uow.customers.add(customer(2, email="same@example.com"))

    @pytest.mark.parametrize("plural", PLURALS)
    def test_many_are_stored_at_once(self, store: Store, plural: str) -> None:
        many = [claiming(plural, number) for number in range(300)]
        with store.unit(TENANT, write=True) as uow:
            uow.repository(plural).load([])
            uow.repository(plural).load(many)
            uow.commit()
        assert [stored(store, plural, one.id) for one in many[::50]] == many[::50]

    @pytest.mark.parametrize(
        ("clash", "field"),
        [
            (shop(1, code="new"), "id"),
            (shop(2, code="shop1"), "code"),
            (shop(3, code="new"), "id"),
            (shop(4, code="shop3"), "code"),
        ],
    )
    def test_of_many_at_once_all_are_stored_or_none(self, store: Store, clash: Any, field: str) -> None:
        keep(store, [shop(1)])
        with store.unit(TENANT, write=True) as uow:
            uow.counters.add(counter("range"))
            with pytest.raises(DuplicateError) as caught:
                uow.shops.load([shop(3), shop(5), clash])
        assert caught.value.field == field
        assert stored(store, "shops", identifier(3)) is None
        assert stored(store, "shops", identifier(1)) == shop(1)
