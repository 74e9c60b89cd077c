"""What customers are found by beside their fields: the words of names and contacts, and each of the addresses."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from customercore.catalogue.query import Position
from customercore.domain.address import Address
from customercore.domain.criteria.tree import AnyOf, Criteria
from customercore.domain.criteria.where import where
from customercore.domain.customer import Customer
from customercore.errors import InvalidValueError
from customercore.ports.store import Store
from customercore.testing.arrangement import OTHER, TENANT, ids, keep, query
from customercore.testing.oracle import expected
from customercore.testing.oracle_values import pieces_of
from customercore.testing.samples import HARD_TEXTS, aggregate_of, crowd, customer, identifier, next_version

__all__ = ["IndexConformance"]

CUSTOMERS = aggregate_of("customers")
UNSTORABLE = ("\x00", "a\x07", "\ud800", "b\udfff", "\x85")


def found(store: Store, criteria: Criteria, sort: tuple[str, ...] = ()) -> list[str]:
    """Return the ids of what a new unit finds."""
    with store.unit(TENANT, write=False) as uow:
        return ids(uow.customers.find(query("customers", criteria, sort)).items)


def living(number: int, *addresses: tuple[str, str], **values: Any) -> Customer:
    """Return a customer with addresses in these countries and cities."""
    book = tuple(
        Address(id=identifier(at), country=country, city=city or None) for at, (country, city) in enumerate(addresses)
    )
    return customer(number, addresses=book, **values)


class IndexConformance:
    """Tests of ``where.text`` and ``where.address``."""

    def test_each_word_of_a_text_starts_a_word_of_the_customer(self, store: Store) -> None:
        ada = customer(
            1,
            first_name="Ada",
            middle_name="Anne-Marie",
            last_name="Lovelace",
            email="countess@example.com",
            code="C-17",
            company_name="Analytical Engines (Gr\u00f6na) Ltd.",
            company_name_2="Difference",
            phones=("+46 (0)70-123", "08999"),
        )
        keep(store, [ada, customer(2, first_name="Adam", last_name="Smith", email="smith@example.org")])
        for text in (
            "ada lovelace", "LOVE ad", "anne marie", "marie", "countess@ex", "engines anal", "grona", "17", "diff ad",
            "4607", "46070123", "08999 ada", "ltd",
        ):  # fmt: skip
            assert found(store, where.text(text)) == [identifier(1)], text
        for text in ("adam lovelace", "da", "lovelacee", "7", "lace", "ada love smith"):
            assert found(store, where.text(text)) == [], text
        assert found(store, where.text("ad")) == [identifier(1), identifier(2)]

    @pytest.mark.parametrize(
        ("text", "right"),
        [
            ("o'brien", [1]), ("O\u2019Brien", [1]), ("O'B", [1]), ("brien-o", [1]), ("marie-claire", [1]),
            ("claire-marie", [1]), ("Marie-Claire O'Brien", [1]), ("marie_claire, o'brien;", [1]), ("jean-claire", []),
            ("ada@example.com", [1]), ("ADA@EX", [1]), ("(ada@example.com)", [1]), ("ada@", [1, 2]), ("@ada", [1, 2]),
            ("ada.b@example.org", [2]), ("ada.b@", [1, 2]), ("ada+shop@example.com", []), ("@example", []),
            ("ada@org", []), ("ada@ marie", [1]), ("+44 20 7946 0000", [1]), ("+44 (0)20 7946-0000", [1]),
            ("(+44) 20/79", [1]), ("+4420", [1]), ("+44 20 79 marie", [1]), ("marie +44 2", [1]), ("44 20", []),
            ("442079460000", [1]), ("+44 21", []), ("+44 20 +46 70", []), ("+46 70 +44", []),
            ("+46", [2]), ("+ada", [1, 2]), ("ada +", [1, 2]), ("C-17", [2]), ("c\u201317", [2]), ("at@work", [2]),
            ("work at", [2]), ("at@work ltd", [2]), ("'work'", [2]),
        ],
    )  # fmt: skip
    def test_a_question_is_divided_as_what_is_stored(self, store: Store, text: str, right: list[int]) -> None:
        marie = customer(
            1, first_name="Marie-Claire Anne", last_name="O'Brien Smith", email="ada@example.com", code="D-1",
            phones=("+442079460000",),
        )  # fmt: skip
        ada = customer(
            2, first_name="Ada", last_name="B", email="ada.b@example.org", code="C-17", company_name="AT@Work Ltd",
            phones=("+46 70-12",),
        )  # fmt: skip
        keep(store, [marie, ada])
        assert found(store, where.text(text)) == [identifier(number) for number in right]
        assert expected(CUSTOMERS, [marie, ada], where.text(text)) == [identifier(number) for number in right]
        negated = [number for number in (1, 2) if number not in right]
        assert found(store, ~where.text(text)) == [identifier(number) for number in negated]

    def test_words_are_counted_when_the_question_has_been_divided(self, store: Store) -> None:
        keep(store, [customer(1, company_name=" ".join("abcdefghijklmnop"))])
        assert found(store, where.text("-".join("abcdefghijklmnop"))) == [identifier(1)]
        assert found(store, where.text("a-a-a " * 20)) == [identifier(1)]
        with pytest.raises(InvalidValueError) as caught:
            found(store, where.text("-".join("abcdefghijklmnopq")))
        assert (caught.value.field, caught.value.code) == ("where.text", "required")

    def test_a_text_that_is_negated_is_what_it_does_not_find(self, store: Store) -> None:
        keep(store, [customer(1, last_name="Smith"), customer(2, last_name="Lovelace"), customer(3, first_name="Adam")])
        assert found(store, where.text("ada love")) == [identifier(2), identifier(3)]
        assert found(store, ~where.text("ada love")) == [identifier(1)]
        assert found(store, where.text("ada") & ~where.text("smith")) == [identifier(2), identifier(3)]

    def test_words_are_found_without_case_and_marks(self, store: Store) -> None:
        many = [customer(at, first_name=None, last_name=text, email=f"p{at}@x.y") for at, text in enumerate(HARD_TEXTS)]
        keep(store, many)
        words = {piece for text in HARD_TEXTS for piece in pieces_of(text)}
        for word in sorted({*words, *(word[:2] for word in words)}):
            for criteria in (where.text(word), where.text(word.upper()), ~where.text(word)):
                assert found(store, criteria) == expected(CUSTOMERS, many, criteria), word

    @pytest.mark.parametrize("text", ["%", "_a", "a%", "a_", "\\", "*", '{"$gt":', "[a-z]"])
    def test_wildcards_in_words_are_plain_text(self, store: Store, text: str) -> None:
        many = [customer(at, last_name=name) for at, name in enumerate(("%ab", "_ab", "\\ab", "ab", "a_b", "[a-z]"))]
        keep(store, many)
        assert found(store, where.text(text)) == expected(CUSTOMERS, many, where.text(text))

    @pytest.mark.parametrize("tag", ["a'b", "a\\b", "a\\'b", "a:*", "a & b", "a|b", "!a", "(a)", "a <0> b", "a:1,2"])
    def test_signs_of_a_query_language_in_tags_are_plain_text(self, store: Store, tag: str) -> None:
        keep(store, [customer(1, tags={tag}), customer(2, tags={"a", "b", "ab"})])
        assert found(store, where.tag(tag)) == [identifier(1)]
        assert found(store, ~where.tag(tag)) == [identifier(2)]
        both = Address(id=identifier(1), country="SE", city=tag)
        keep(store, [customer(3, addresses=(both,)), living(4, ("SE", "a"), ("SE", "b"))])
        assert found(store, where.address.any(country="SE", city=tag)) == [identifier(3)]

    def test_each_of_very_many_addresses_is_told_from_the_others(self, store: Store) -> None:
        book = [("SE" if at % 2 else "NO", f"City {at}") for at in range(1000)]
        keep(store, [living(1, *book), living(2, ("NO", "City 999"))])
        for at in (0, 1, 249, 250, 251, 255, 256, 257, 511, 513, 750, 999):
            country, city = book[at]
            here = [identifier(1)] if at < 999 or country == "SE" else []
            assert found(store, where.address.any(country=country, city=city)) == here, at
            other = "NO" if country == "SE" else "SE"
            there = [identifier(2)] if at == 999 else []
            assert found(store, where.address.any(country=other, city=city)) == there, at
        assert found(store, where.address.city == "City 999") == [identifier(1), identifier(2)]

    def test_words_of_equal_beginning_are_told_apart_up_to_64_characters(self, store: Store) -> None:
        stem = "x" * 62
        keep(store, [customer(at, last_name=f"{stem}{tail}") for at, tail in enumerate(("ab", "ac", "acd", "b"))])
        assert found(store, where.text(stem)) == [identifier(at) for at in range(4)]
        assert found(store, where.text(f"{stem}a")) == [identifier(at) for at in range(3)]
        assert found(store, where.text(f"{stem}ac")) == [identifier(1), identifier(2)]
        assert found(store, where.text("x" * 63)) == []

    def test_words_follow_what_is_saved(self, store: Store) -> None:
        first = customer(1, last_name="Before")
        keep(store, [first])
        with store.unit(TENANT, write=True) as uow:
            uow.customers.save(next_version(first, last_name="After"), was=first)
            uow.commit()
        assert found(store, where.text("before")) == []
        assert found(store, where.text("after")) == [identifier(1)]

    @pytest.mark.parametrize(
        "text", ["", " ", "\u0301", "\u00ad", "'-.", "@", "+ ()", "+(0)", *UNSTORABLE, 5, None, ["ada"]]
    )
    def test_a_text_without_a_word_is_refused(self, store: Store, text: Any) -> None:
        with pytest.raises(InvalidValueError) as caught:
            found(store, where.text(text))
        assert caught.value.field == "where.text"

    @pytest.mark.parametrize("text", UNSTORABLE)
    def test_what_cannot_be_stored_is_not_searched_for(self, store: Store, text: str) -> None:
        for criteria in (
            where.last_name == text,
            where.last_name < text,
            where.last_name.is_in([text]),
            where.last_name.between("a", text),
            where.last_name.startswith(text),
            where.last_name.contains(text),
            where.tag(text),
            where.address.city == text,
        ):
            with pytest.raises(InvalidValueError):
                found(store, criteria)

    def test_all_values_are_asked_of_one_and_the_same_address(self, store: Store) -> None:
        keep(store, [living(1, ("SE", "Stockholm"), ("NO", "Oslo")), living(2, ("SE", "Oslo")), living(3)])
        assert found(store, where.address.any(country="SE", city="oslo")) == [identifier(2)]
        assert found(store, where.address.any(country="no", city="OSLO")) == [identifier(1)]
        assert found(store, where.address.any(country="Sweden")) == [identifier(1), identifier(2)]
        both = (where.address.country == "SE") & (where.address.city == "Oslo")
        assert found(store, both) == [identifier(1), identifier(2)]
        assert found(store, where.address.any(country="NO", city="Stockholm")) == []

    def test_no_address_has_what_is_negated(self, store: Store) -> None:
        keep(store, [living(1, ("SE", "Stockholm"), ("NO", "Oslo")), living(2, ("SE", "Oslo")), living(3)])
        assert found(store, ~where.address.any(country="SE", city="oslo")) == [identifier(1), identifier(3)]
        assert found(store, where.address.country != "NO") == [identifier(2), identifier(3)]
        assert found(store, ~where.address.city.is_in(["Oslo", "Stockholm"])) == [identifier(3)]
        assert found(store, where.address.city.is_in([])) == []
        assert found(store, AnyOf(()) | (where.address.city == "Oslo")) == [identifier(1), identifier(2)]

    def test_places_are_compared_by_identity_not_by_parts(self, store: Store) -> None:
        texts = [text for text in HARD_TEXTS if len(text) < 200]
        many = [living(at, ("SE", text)) for at, text in enumerate(texts)]
        keep(store, many)
        for text in texts:
            for criteria in (where.address.city == text, where.address.city == text[:1], where.address.city != text):
                assert found(store, criteria) == expected(CUSTOMERS, many, criteria), text

    def test_addresses_follow_what_is_saved(self, store: Store) -> None:
        first = living(1, ("SE", "Stockholm"), ("NO", "Oslo"))
        keep(store, [first])
        for book in (first.addresses[::-1], first.addresses[1:], (attrs.evolve(first.addresses[0], city="Oslo"),), ()):
            second = next_version(first, addresses=book)
            with store.unit(TENANT, write=True) as uow:
                uow.customers.save(second, was=first)
                uow.commit()
            first = second
            for country in ("SE", "NO"):
                for city in ("Stockholm", "Oslo"):
                    right = any((one.country, one.city) == (country, city) for one in book)
                    assert bool(found(store, where.address.any(country=country, city=city))) is right

    def test_other_fields_of_an_address_are_refused(self, store: Store) -> None:
        for criteria in (where.address.any(line1="x"), where.address.any(), where.address.city == 5):
            with pytest.raises(InvalidValueError) as caught:
                found(store, criteria)
            assert caught.value.field.startswith("where.address")

    def test_words_and_addresses_of_another_tenant_are_not_found(self, store: Store) -> None:
        keep(store, [living(1, ("SE", "Oslo"), last_name="Other")], OTHER)
        keep(store, [living(1, ("NO", "Bergen"))])
        for criteria in (where.text("other"), where.address.city == "Oslo", where.address.country == "SE"):
            assert found(store, criteria) == []
            assert found(store, ~criteria) == [identifier(1)]

    @pytest.mark.parametrize("sort", [(), ("last_name",), ("-company_name", "birth_date")])
    def test_what_words_and_addresses_find_is_sorted_counted_and_paged(
        self, store: Store, sort: tuple[str, ...]
    ) -> None:
        many = crowd("customers", 23)
        keep(store, many)
        for criteria in (where.text("person"), where.text("c"), where.address.country == "SE", ~where.text("back")):
            right = expected(CUSTOMERS, many, criteria, sort)
            assert right
            asked = query("customers", criteria, sort)
            with store.unit(TENANT, write=False) as uow:
                assert uow.customers.count(asked) == len(right)
                after: Position | None = None
                paged: list[str] = []
                while len(paged) < len(right):
                    page = uow.customers.find(attrs.evolve(asked, limit=4, after=after))
                    paged, after = paged + ids(page.items), page.after
                    assert (after is None) is (len(paged) >= len(right))
            assert paged == right
