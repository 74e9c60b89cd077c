"""Customers in, found, changed and out of sight again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import attrs
import pytest

from customercore import Address, Customer, CustomerCore, where
from customercore.errors import (
    ConflictError,
    DuplicateError,
    InvalidValueError,
    NotFoundError,
    StaleVersionError,
)
from customercore.testing.fakes import FixedClock

NAME = {"first_name": "Ada", "last_name": "Lovelace"}
MakeCore = Callable[..., CustomerCore]


def ada(core: CustomerCore, **fields: Any) -> Customer:
    return core.customers.create(**{"email": "ada@example.com", **NAME, **fields})


def problems(error: InvalidValueError) -> set[tuple[str, str]]:
    return {(one.field, one.code) for one in error.problems}


def everything(core: CustomerCore) -> dict[str, Any]:
    core.flags.define("vip")
    core.shops.create("se")
    return {
        "email": " Ada@Example.com ",
        "email_verified": True,
        "salutation": "Countess",
        "middle_name": "King",
        "suffix": "I",
        "phones": ["+46 8 123 456 00"],
        "language": "sv_se",
        "birth_date": dt.date(1815, 12, 10),
        "company_name": "Analytical Engines",
        "company_name_2": "Ltd",
        "department": "Notes",
        "customer_type": "business",
        "pricing_policy": "gold",
        "information": "line 1\r\nline 2",
        "flags": ["VIP"],
        "tags": {"Summer"},
        "shop": "SE",
        "code": "A-1",
        "use_invoice_for_delivery": True,
        "addresses": [{"line1": "1 St James", "city": "London", "postcode": "SW1Y 4JH", "country": "United Kingdom"}],
        **NAME,
    }


def test_a_customer_is_kept_as_given_and_read_back_equal(core: CustomerCore, make: MakeCore) -> None:
    made = core.customers.create(**everything(core))
    assert (made.email, made.language, made.information) == ("Ada@Example.com", "sv-SE", "line 1\nline 2")
    assert (made.flags, made.tags, made.shop, made.code) == (frozenset({"vip"}), frozenset({"Summer"}), "se", "A-1")
    assert (made.version, made.status, made.kind) == (1, "active", "registered")
    assert made.full_name == "Ada King Lovelace I"
    (address,) = made.addresses
    assert address.country == "GB"
    assert address.default_for == {"invoice", "delivery"}
    for other in (core, make()):
        for found in (
            other.customers.get(made), other.customers.get(made.id), other.customers.by_email("ADA@EXAMPLE.COM"),
            other.customers.by_code("a-1"), *other.customers.search(),
        ):  # fmt: skip
            assert found == made
            assert attrs.asdict(found) == attrs.asdict(made)


def test_times_are_the_clocks_and_updated_at_moves(core: CustomerCore, clock: FixedClock) -> None:
    made = ada(core)
    assert made.created_at == made.updated_at == clock.now()
    clock.advance(61)
    changed = core.customers.update(made, first_name="Eve")
    assert (changed.created_at, changed.updated_at) == (made.created_at, clock.now())
    assert core.customers.get(made).updated_at == clock.now()


@pytest.mark.parametrize("missing", ["email", "first_name", "last_name"])
@pytest.mark.parametrize("empty", [None, "", "  ", "absent"])
def test_email_and_names_are_needed(core: CustomerCore, missing: str, empty: str | None) -> None:
    given: dict[str, Any] = {"email": "ada@example.com", **NAME, missing: empty}
    if empty == "absent":
        del given[missing]
    with pytest.raises(InvalidValueError) as caught:
        core.customers.create(**given)
    assert problems(caught.value) == {(missing, "required")}
    assert core.customers.count(status=None) == 0


def test_every_invalid_field_is_named_and_nothing_is_stored(core: CustomerCore) -> None:
    with pytest.raises(InvalidValueError) as caught:
        core.customers.create(
            email="nobody", first_name=5, flags=["nope"], customer_type="nope", shop="nope", colour="red",
            version=3, phones="1", addresses=[{"city": "Lund"}, {"country": "SE", "postcode": 5}], birth_date="1815",
        )  # fmt: skip
    assert problems(caught.value) == {
        ("email", "invalid_email"), ("first_name", "wrong_type"), ("last_name", "required"),
        ("flags[0]", "unknown_flag"), ("customer_type", "unknown_type"), ("shop", "unknown_shop"),
        ("colour", "unknown_field"),
        ("version", "read_only"), ("phones", "wrong_type"), ("addresses[0].country", "required"),
        ("addresses[1].postcode", "wrong_type"), ("birth_date", "wrong_type"),
    }  # fmt: skip
    assert set(caught.value.details["fields"]) == {field for field, _ in problems(caught.value)}  # type: ignore[call-overload]  # a tuple
    assert core.customers.count(status=None) == 0


@pytest.mark.parametrize(
    "other",
    ["ADA@example.com", " ada@EXAMPLE.com ", "ａｄａ@example.com", "ada@\uff45xample.com"],
)
def test_no_spelling_of_a_mailbox_yields_a_second_customer(core: CustomerCore, other: str) -> None:
    first = ada(core)
    with pytest.raises((DuplicateError, InvalidValueError)) as caught:
        ada(core, email=other)
    assert caught.value.code in ("duplicate_email", "invalid_email")
    assert core.customers.search().items == (first,)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("straße@example.com", "STRASSE@example.com"),
        ("ü@example.com", "u\u0308@example.com"),
        ("a@bücher.example", "A@xn--bcher-kva.example"),
    ],
)
def test_case_folded_and_decomposed_spellings_are_one_mailbox(core: CustomerCore, one: str, other: str) -> None:
    first = ada(core, email=one)
    with pytest.raises(DuplicateError):
        ada(core, email=other)
    assert core.customers.by_email(other) == first


def test_domains_that_idna_tells_apart_are_two(core: CustomerCore) -> None:
    assert ada(core, email="a@straße.de") != ada(core, email="a@strasse.de")
    assert core.customers.count() == 2


def test_a_given_code_is_unique_without_case(core: CustomerCore) -> None:
    first = ada(core, code="Å-1")
    for code in ("å-1", " A\u030a-1 "):
        with pytest.raises(DuplicateError) as caught:
            ada(core, email="eve@example.com", code=code)
        assert (caught.value.code, caught.value.field) == ("duplicate_code", "code")
    assert core.customers.by_code("å-1") == first


@pytest.mark.parametrize(
    "wanted", ["nobody", "", "0190a000-0000-7000-8000-00000000abcd", "%", "\x00", "å", "\ud800", "x" * 10_000]
)
def test_who_is_not_there_is_not_found(core: CustomerCore, wanted: str) -> None:
    ada(core)
    for call in (core.customers.get, core.customers.by_code, core.customers.by_email):
        with pytest.raises(NotFoundError) as caught:
            call(wanted)
        assert caught.value.code == "customer_not_found"
    for change in (
        core.customers.update,
        core.customers.deactivate,
        core.customers.reactivate,
        core.customers.add_flags,
    ):
        with pytest.raises(NotFoundError):
            change(wanted)


@pytest.mark.parametrize("wanted", [None, 5, b"x", ["x"], {"$gt": ""}, where.id == "x"])
def test_what_is_no_id_is_not_found(core: CustomerCore, wanted: Any) -> None:
    for call in (core.customers.get, core.customers.by_code, core.customers.by_email, core.customers.update):
        with pytest.raises(NotFoundError):
            call(wanted)


def test_an_update_changes_what_is_named_and_nothing_else(core: CustomerCore) -> None:
    made = core.customers.create(**everything(core))
    changed = core.customers.update(made.id, first_name="Eve", tags=["a"], birth_date=None, phones=[])
    assert changed == attrs.evolve(made, version=2, first_name="Eve", tags=frozenset({"a"}), birth_date=None, phones=())
    assert core.customers.get(made) == changed


def test_an_update_without_an_effect_writes_nothing(core: CustomerCore, clock: FixedClock) -> None:
    made = core.customers.create(**everything(core))
    clock.advance(5)
    again = core.customers.update(
        made, first_name=" Ada ", flags=["vip"], tags=["SUMMER", "Summer"][1:], code="A-1", addresses=made.addresses
    )
    assert again == made
    assert core.customers.update(made) == made
    assert [one.version for one in core.events_of(made)] == [1]


@pytest.mark.parametrize("field", ["email", "first_name", "last_name"])
def test_what_is_needed_cannot_be_emptied(core: CustomerCore, field: str) -> None:
    made = ada(core)
    for empty in (None, "", " "):
        with pytest.raises(InvalidValueError) as caught:
            core.customers.update(made, **{field: empty})  # type: ignore[arg-type]  # a name of a field
        assert problems(caught.value) == {(field, "required")}
    assert core.customers.get(made) == made


def test_a_bad_update_names_every_field_and_stores_nothing(core: CustomerCore) -> None:
    made = ada(core)
    with pytest.raises(InvalidValueError) as caught:
        core.customers.update(made, email="x", first_name="", colour="red", id="7", middle_name="ok")
    assert {field for field, _ in problems(caught.value)} == {"email", "first_name", "colour", "id"}
    assert core.customers.get(made) == made


def test_an_update_cannot_take_what_another_has(core: CustomerCore) -> None:
    first, second = ada(core, code="A"), ada(core, email="eve@example.com", code="E")
    taken: list[dict[str, Any]] = [{"email": "ADA@example.com"}, {"code": "a"}]
    for fields in taken:
        with pytest.raises(DuplicateError):
            core.customers.update(second, **fields)
    assert core.customers.get(second) == second
    moved = core.customers.update(first, email="ada2@example.com", code="A2")
    assert core.customers.update(second, email="ada@example.com", code="a").version == 2
    assert core.customers.by_email("ada2@example.com") == moved
    assert core.customers.by_email("ada@example.com").id == second.id


def test_a_new_email_is_unverified_unless_said_otherwise(core: CustomerCore) -> None:
    made = ada(core)
    assert not core.customers.update(made, email="new@example.com").email_verified
    assert core.customers.update(made, email="newer@example.com", email_verified=True).email_verified
    assert core.customers.update(made, first_name="Eve").email_verified


def test_an_unverified_email_never_replaces_a_verified_one(core: CustomerCore) -> None:
    made = ada(core, email_verified=True)
    with pytest.raises(InvalidValueError) as caught:
        core.customers.update(made, email="new@example.com")
    assert (caught.value.field, caught.value.code) == ("email", "unverified_email")
    spelt = core.customers.update(made, email="ADA@Example.com")
    assert spelt.email_verified
    assert core.customers.update(made, email="new@example.com", email_verified=True).email_verified


def test_the_expected_version_is_compared(core: CustomerCore) -> None:
    made = ada(core)
    changed = core.customers.update(made, first_name="Eve", expected_version=1)
    assert changed.version == 2
    stale: list[Callable[[], object]] = [
        lambda: core.customers.update(made, first_name="Bea", expected_version=1),
        lambda: core.customers.deactivate(made, expected_version=1),
        lambda: core.customers.reactivate(made, expected_version=3),
        lambda: core.customers.add_tags(made, "x", expected_version=1),
        lambda: core.customers.update(made, first_name="Eve", expected_version=1),
        lambda: core.addresses.add(made, {"country": "SE"}, expected_version=1),
    ]
    for call in stale:
        with pytest.raises(StaleVersionError) as caught:
            call()
        assert caught.value.code == "stale_version"
        assert not caught.value.retryable
    assert core.customers.get(made) == changed


def test_the_bin_hides_and_gives_back(core: CustomerCore, clock: FixedClock) -> None:
    made = ada(core)
    clock.advance(7)
    binned = core.customers.deactivate(made, reason="asked for it")
    assert (binned.status, binned.deactivated_at, binned.version) == ("inactive", clock.now(), 2)
    assert core.customers.search().items == ()
    assert core.customers.search(status="inactive").items == (binned,)
    assert core.customers.search(status="any").items == (binned,)
    assert core.customers.get(made) == core.customers.by_email("ada@example.com") == binned
    assert core.customers.deactivate(made) == binned
    with pytest.raises(DuplicateError):
        ada(core)
    back = core.customers.reactivate(made)
    assert (back.status, back.deactivated_at, back.version) == ("active", None, 3)
    assert core.customers.reactivate(made) == back
    assert core.customers.search().items == (back,)
    assert [one.version for one in core.events_of(made)] == [1, 2, 3]


@pytest.mark.parametrize("reason", [5, "a\x00", "\ud800", "x" * 1_001, {"$gt": ""}])
def test_a_reason_is_a_text(core: CustomerCore, reason: Any) -> None:
    made = ada(core)
    with pytest.raises(InvalidValueError) as caught:
        core.customers.deactivate(made, reason=reason)
    assert caught.value.field == "reason"
    assert core.customers.get(made) == made


def test_doubts_are_warnings_of_the_answer_and_not_stored(core: CustomerCore) -> None:
    made = ada(core, phones=["none"], addresses=[{"country": "SE", "postcode": "nonsense"}])
    warned = {one.field for one in made.warnings}
    assert {"phones[0]", "addresses[0].postcode", "addresses[0].city"} <= warned
    found = core.customers.get(made)
    assert found.warnings == ()
    assert found == made
    assert core.customers.update(made, first_name="Eve").warnings == ()
    assert {one.field for one in core.customers.update(made, phones=["none", "neither"]).warnings} == {
        "phones[0]",
        "phones[1]",
    }


def test_addresses_given_to_an_update_replace_the_book_and_keep_their_ids(core: CustomerCore) -> None:
    made = ada(core, addresses=[{"country": "SE", "city": "Lund"}, {"country": "SE", "city": "Malmö"}])
    lund, malmo = made.addresses
    changed = core.customers.update(
        made, addresses=[attrs.evolve(malmo, city="Kiruna"), {"country": "SE", "city": "Lund"}]
    )
    assert [(one.id, one.city) for one in changed.addresses] == [(malmo.id, "Kiruna"), (lund.id, "Lund")]
    assert core.customers.update(made, addresses=()).addresses == ()


def test_an_address_of_somebody_else_gets_an_id_of_its_own(core: CustomerCore) -> None:
    hers = ada(core, addresses=[{"country": "SE", "city": "Lund"}]).addresses[0]
    other = ada(core, email="eve@example.com", addresses=[hers, Address(id=hers.id, country="SE", city="Malmö")])
    ids = {one.id for one in other.addresses}
    assert len(ids) == 2
    assert hers.id not in ids


def test_a_generator_is_read_once_and_for_all(core: CustomerCore) -> None:
    made = ada(core, tags=(word for word in ("a", "b")), phones=iter(["1", "2"]), addresses=iter([{"country": "SE"}]))
    assert (made.tags, made.phones, len(made.addresses)) == (frozenset({"a", "b"}), ("1", "2"), 1)


@pytest.mark.parametrize("threads", [16])
def test_of_many_who_take_an_email_at_once_one_wins(core: CustomerCore, threads: int) -> None:
    def take(number: int) -> str:
        try:
            return ada(core, email="Same@example.com" if number % 2 else "same@EXAMPLE.com").id
        except DuplicateError as error:
            return error.code

    with ThreadPoolExecutor(threads) as pool:
        ends = list(pool.map(take, range(threads)))
    assert ends.count("duplicate_email") == threads - 1
    assert core.customers.count() == 1


def test_changes_made_at_once_are_all_kept(core: CustomerCore) -> None:
    made = ada(core)
    words = [f"word{number}" for number in range(16)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda word: core.customers.add_tags(made, word), words))
    found = core.customers.get(made)
    assert found.tags == set(words)
    assert [one.version for one in core.events_of(made)] == list(range(1, 18))


def test_of_many_who_expect_a_version_one_wins(core: CustomerCore) -> None:
    made = ada(core)

    def rename(number: int) -> str:
        try:
            core.customers.update(made, first_name=f"Ada {number}", expected_version=1)
        except ConflictError as error:
            return error.code
        return "won"

    with ThreadPoolExecutor(8) as pool:
        ends = list(pool.map(rename, range(8)))
    assert sorted(ends) == [*["stale_version"] * 7, "won"]
