"""Writing the columns, keys and terms of stored records anew, and filling the index of a field that is pending."""

from __future__ import annotations

import attrs
import pytest

from customercore.catalogue.query import Leaf, OrderBy, Query
from customercore.domain.criteria.where import where
from customercore.domain.customer import Customer
from customercore.domain.info_type import PENDING, READY
from customercore.domain.info_values import InfoValues
from customercore.errors import DuplicateError, InvalidValueError
from customercore.ports.store import Store
from customercore.testing.arrangement import OTHER, TENANT, ids, keep, query, stored
from customercore.testing.info_suite import found, tell, told
from customercore.testing.repository_suite import assert_same
from customercore.testing.sample_info import Defined, defined, info_type, with_info
from customercore.testing.samples import PLURALS, aggregate_of, claiming, crowd, customer, identifier, next_version

__all__ = ["ReindexConformance"]

POINTS = info_type("points", "integer", slot="int_0")
SIZES = info_type("sizes", "multi_choice", choices=("S", "M"))
MEMBER = info_type("member", unique=True, slot="text_0")
KNOWN = defined(POINTS, SIZES, MEMBER)
NOTHING = defined()
BY_ID = (OrderBy("id", descending=False, nullable=False),)


def reindexed(store: Store, known: Defined, *many: Customer, tenant: str = TENANT) -> None:
    """Write the index of the customers anew in a unit that is told of the tenant's fields, and commit."""
    with told(store, known, tenant, write=True) as uow:
        for one in many:
            uow.customers.reindex(one)
        uow.commit()


class ReindexConformance:
    """Tests of `Repository.reindex`."""

    def test_a_record_is_found_by_new_fields_once_it_is_indexed_anew(self, store: Store) -> None:
        one = with_info(1, points=5, sizes=frozenset({"S"}), member="m")
        keep(store, [one, customer(2)])
        for criteria in (where.info("points") == 5, where.info("sizes") == "S", where.info("member") == "m"):
            assert found(store, KNOWN, criteria) == []
        tell(store, KNOWN, [with_info(3, member="other")])
        reindexed(store, KNOWN, one)
        for criteria in (where.info("points") == 5, where.info("sizes") == "S", where.info("member") == "M"):
            assert found(store, KNOWN, criteria) == [identifier(1)]
        with told(store, KNOWN, write=True) as uow, pytest.raises(DuplicateError) as caught:
            uow.customers.add(with_info(4, member="m"))
        assert caught.value.field == "info.member"

    @pytest.mark.parametrize("field", ["flags", "last_name"])
    def test_nothing_is_left_of_the_time_when_a_field_was_searchable_before(self, store: Store, field: str) -> None:
        first = with_info(1, sizes=frozenset({"S"}))
        tell(store, KNOWN, [first])
        changed = {"flags": frozenset({"vip"})} if field == "flags" else {"last_name": "Newer"}
        second = next_version(first, info=InfoValues({"sizes": frozenset({"M"})}), **changed)
        with told(store, NOTHING, write=True) as uow:
            uow.customers.save(second, was=first)
            uow.commit()
        reindexed(store, KNOWN, second)
        assert found(store, KNOWN, where.info("sizes") == "S") == []
        assert found(store, KNOWN, where.info("sizes") == "M") == [identifier(1)]

    @pytest.mark.parametrize("plural", PLURALS)
    def test_a_record_stays_as_it_is_when_it_is_indexed_anew(self, store: Store, plural: str) -> None:
        one, other = claiming(plural, 1), claiming(plural, 2)
        keep(store, [one, other])
        with store.unit(TENANT, write=True) as uow:
            uow.repository(plural).reindex(one)
            assert uow.repository(plural).version(one.id) == one.version
            uow.commit()
        assert_same(stored(store, plural, one.id), one)
        assert_same(stored(store, plural, other.id), other)
        with store.unit(TENANT, write=False) as uow:
            assert uow.repository(plural).find(query(plural, None, ["id"])).items == [one, other]
            for unique, key in aggregate_of(plural).project(one).uniques.items():
                assert uow.repository(plural).by(unique, key) == one

    def test_a_record_that_is_gone_is_not_indexed(self, store: Store) -> None:
        one = with_info(1, points=5, member="m")
        reindexed(store, KNOWN, one)
        assert stored(store, "customers", one.id) is None
        assert found(store, KNOWN, None) == []
        tell(store, KNOWN, [with_info(2, points=5, member="m")])
        assert found(store, KNOWN, where.info("points") == 5) == [identifier(2)]

    def test_an_older_version_does_not_come_back_when_it_is_indexed(self, store: Store) -> None:
        first = with_info(1, points=5, member="m")
        second = next_version(first, last_name="Newer", info=InfoValues({"points": 6, "member": "n"}))
        tell(store, KNOWN, [first])
        with told(store, KNOWN, write=True) as uow:
            uow.customers.save(second, was=first)
            uow.customers.reindex(first)
            uow.commit()
        reindexed(store, KNOWN, first)
        assert_same(stored(store, "customers", first.id), second)
        assert found(store, KNOWN, where.info("points") == 5) == []
        assert found(store, KNOWN, where.info("points") == 6) == [identifier(1)]
        tell(store, KNOWN, [with_info(2, member="m")])

    def test_a_field_that_is_gone_leaves_the_index(self, store: Store) -> None:
        one = with_info(1, points=5, sizes=frozenset({"S"}), member="m")
        tell(store, KNOWN, [one])
        reindexed(store, NOTHING, one)
        assert found(store, KNOWN, ~where.info("points").is_missing()) == []
        assert found(store, KNOWN, ~where.info("sizes").is_missing()) == []
        assert found(store, KNOWN, ~where.info("member").is_missing()) == []
        tell(store, KNOWN, [with_info(2, member="m")])
        assert_same(stored(store, "customers", one.id), one)

    def test_a_slot_serves_its_new_field_alone(self, store: Store) -> None:
        born = defined(info_type("score", "integer", slot="int_0"), info_type("nick", slot="text_0"))
        many = [
            with_info(1, points=5, member="m"),
            with_info(2, points=6, member="n", score=60, nick="Nick"),
            with_info(3, score=50),
        ]
        tell(store, KNOWN, many)
        reindexed(store, born, *many)
        assert found(store, born, None, ["info.score"]) == [identifier(at) for at in (3, 2, 1)]
        assert found(store, born, where.info("score") < 60) == [identifier(3)]
        assert found(store, born, where.info("score").is_missing()) == [identifier(1)]
        assert found(store, born, ~where.info("nick").is_missing()) == [identifier(2)]

    def test_a_record_whose_value_is_held_by_another_is_not_indexed(self, store: Store) -> None:
        one, other = with_info(1, member="m", points=1), with_info(2, member="M", points=2)
        keep(store, [one, other])
        reindexed(store, KNOWN, one)
        with told(store, KNOWN, write=True) as uow, pytest.raises(DuplicateError) as caught:
            uow.customers.reindex(other)
        assert (caught.value.field, caught.value.code) == ("info.member", "duplicate_info")
        assert found(store, KNOWN, where.info("member") == "m") == [identifier(1)]
        assert_same(stored(store, "customers", other.id), other)
        reindexed(store, KNOWN, one)  # it holds the value itself

    def test_words_and_addresses_stay_findable(self, store: Store) -> None:
        many = crowd("customers", 7)
        tell(store, KNOWN, many)
        cities = [address.city for one in many for address in one.addresses]
        asked = [where.flag("vip"), where.text("person"), *(where.address.city == city for city in cities)]
        before = [found(store, KNOWN, criteria) for criteria in asked]
        reindexed(store, KNOWN, *many)
        assert [found(store, KNOWN, criteria) for criteria in asked] == before

    def test_other_tenants_are_not_indexed(self, store: Store) -> None:
        ours, theirs = with_info(1, points=5, member="m"), with_info(1, points=5, member="m")
        keep(store, [ours])
        keep(store, [theirs, with_info(2, points=5)], OTHER)
        reindexed(store, KNOWN, ours)
        assert found(store, KNOWN, where.info("points") == 5) == [identifier(1)]
        assert found(store, KNOWN, where.info("points") == 5, tenant=OTHER) == []

    def test_a_pending_field_is_neither_searched_nor_sorted_by(self, store: Store) -> None:
        pending = defined(attrs.evolve(POINTS, state=PENDING), attrs.evolve(SIZES, state=PENDING))
        tell(store, pending, [with_info(1, points=5)])
        for criteria in (where.info("points") == 5, where.info("points").is_missing(), where.info("sizes") == "S"):
            for side in (criteria, ~criteria, criteria & where.flag("vip")):
                with pytest.raises(InvalidValueError) as caught:
                    found(store, pending, side)
                assert caught.value.code == "field_pending"
        for name in ("info.points", "-info.points"):
            with pytest.raises(InvalidValueError) as caught:
                found(store, pending, None, [name])
            assert (caught.value.field, caught.value.code) == ("sort", "field_pending")
        assert found(store, pending, where.last_name.startswith("love")) == [identifier(1)]

    def test_a_field_is_filled_beside_other_writes(self, store: Store) -> None:
        """Some customers are changed, added and removed while others are indexed, batch by batch."""
        pending = defined(attrs.evolve(POINTS, state=PENDING), attrs.evolve(SIZES, state=PENDING), MEMBER)
        many = [with_info(at, points=at, sizes=frozenset({"SM"[at % 2]}), member=f"m{at}") for at in range(10)]
        keep(store, many)
        at, batch = "", 0
        while True:
            with told(store, pending, write=True) as uow:
                behind = Leaf("id", "gt", at, negated=False)
                page = uow.customers.find(Query(where=behind, order=BY_ID, limit=3)).items
                for one in page:
                    uow.customers.reindex(one)
                uow.commit()
            if len(page) < 3:
                break
            at = page[-1].id
            many = self._disturbed(store, pending, many, batch)
            batch += 1
        known = defined(*(attrs.evolve(one, state=READY) for one in (POINTS, SIZES)), MEMBER)
        self._is_complete(store, known, many)

    def _disturbed(self, store: Store, pending: Defined, many: list[Customer], batch: int) -> list[Customer]:
        early, late = many[batch], many[-1 - batch]
        changes = {
            early: next_version(early, info=early.info.changed({"points": 100 + batch, "sizes": None})),
            late: next_version(late, last_name="Same values"),
        }
        with told(store, pending, write=True) as uow:
            for was, now in changes.items():
                uow.customers.save(now, was=was)
            new = with_info(50 + batch, points=-batch, sizes=frozenset("SM"), member=f"n{batch}")
            uow.customers.add(new)
            uow.commit()
        return [new, *(changes.get(one, one) for one in many)][:: -1 if batch % 2 else 1]

    def _is_complete(self, store: Store, known: Defined, many: list[Customer]) -> None:
        with told(store, known) as uow:
            for one in many:
                (alone,) = uow.customers.find(known.query(where.info("member") == one.info["member"])).items
                assert alone == one
            for value in {one.info["points"] for one in many}:
                right = sorted(one.id for one in many if one.info["points"] == value)
                assert ids(uow.customers.find(known.query(where.info("points") == value)).items) == right
            for code in "SM":
                right = sorted(one.id for one in many if code in one.info.get("sizes", ()))
                assert ids(uow.customers.find(known.query(where.info("sizes") == code)).items) == right
