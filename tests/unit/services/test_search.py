"""Finding customers: what matches, in which order, page by page."""

from __future__ import annotations

import datetime as dt
import decimal
import random
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from customercore import Criteria, Customer, CustomerCore, Page, where
from customercore.domain.criteria.tree import AllOf, AnyOf
from customercore.domain.text import identity_key, search_key
from customercore.errors import InvalidValueError
from customercore.testing.fakes import FixedClock

MakeCore = Callable[..., CustomerCore]
EVERYBODY = where.kind.is_in(["registered", "guest"])
LAST_NAMES = ["Ångström", "angst", "Zorn", "zorn", "Öst", "Ost", None, "Łódź", "Straße", "STRASSE", None, "a", "Zörn"]
FIRST_NAMES = ["Ada", "ada", None, "Eve", "Bea", "Ömer"]


def crowd(core: CustomerCore, clock: FixedClock) -> list[Customer]:
    """Make customers whose names collide, have gaps, and come in no order."""
    for code in ("vip", "late"):
        core.flags.define(code)
    for code in ("se", "no"):
        core.shops.create(code)
    made = []
    dice = random.Random(7)
    with core.transaction() as tx:
        for number in range(39):
            clock.advance(dice.choice([0, 1]))
            made.append(
                tx.customers.create_guest(
                    email=f"person{number}@example.com",
                    last_name=LAST_NAMES[number % len(LAST_NAMES)],
                    first_name=FIRST_NAMES[number % len(FIRST_NAMES)],
                    birth_date=None if number % 3 else dt.date(1990 + number % 4, 1, 1),
                    flags=["vip"] if number % 4 == 0 else ["late", "vip"] if number % 7 == 0 else [],
                    tags=["Sommer"] if number % 5 == 0 else [],
                    shop=[None, "se", "no"][number % 3],
                    email_verified=number % 2 == 0,
                )
            )
    return made


def in_order(people: Sequence[Customer], *keys: tuple[Callable[[Customer], Any], bool]) -> list[Customer]:
    """Sort by hand: missing values last either way, ties by id in the direction of the first key."""
    found = sorted(people, key=lambda one: one.id, reverse=bool(keys) and keys[0][1])
    for key, descending in reversed(keys):
        present = [one for one in found if key(one) is not None]
        missing = [one for one in found if key(one) is None]
        found = sorted(present, key=key, reverse=descending) + missing
    return found


def text_key(name: str) -> Callable[[Customer], Any]:
    return lambda one: None if getattr(one, name) is None else search_key(getattr(one, name))


def value_key(name: str) -> Callable[[Customer], Any]:
    return lambda one: getattr(one, name)


def pages(core: CustomerCore, limit: int, **options: Any) -> list[Customer]:
    found: list[Customer] = []
    cursor = None
    for _ in range(200):
        page = core.customers.search(limit=limit, cursor=cursor, **options)
        assert len(page) <= limit
        assert (page.next is None) or len(page) == limit
        found += page.items
        cursor = page.next
        if cursor is None:
            return found
    raise AssertionError("no end of pages")


SORTS: list[tuple[str | list[str] | None, list[tuple[Callable[[Customer], Any], bool]]]] = [
    (None, [(text_key("last_name"), False)]),
    ("last_name", [(text_key("last_name"), False)]),
    ("-last_name", [(text_key("last_name"), True)]),
    ([], []),
    ("id", [(value_key("id"), False)]),
    (["-id"], [(value_key("id"), True)]),
    (["last_name", "-first_name"], [(text_key("last_name"), False), (text_key("first_name"), True)]),
    (["-first_name", "last_name"], [(text_key("first_name"), True), (text_key("last_name"), False)]),
    (["birth_date", "-last_name"], [(value_key("birth_date"), False), (text_key("last_name"), True)]),
    (["-birth_date"], [(value_key("birth_date"), True)]),
    (["-created_at"], [(value_key("created_at"), True)]),
    (["email_verified", "-birth_date"], [(value_key("email_verified"), False), (value_key("birth_date"), True)]),
    (["shop", "full_name"], [(value_key("shop"), False), (text_key("full_name"), False)]),
    (["version", "-full_name"], [(value_key("version"), False), (text_key("full_name"), True)]),
    (
        ["status", "-version", "email"],
        [(value_key("status"), False), (value_key("version"), True), (text_key("email"), False)],
    ),
]


@pytest.mark.parametrize(("sort", "keys"), SORTS, ids=[str(sort) for sort, _ in SORTS])
def test_every_sort_gives_its_order_in_pages_of_any_size(
    core: CustomerCore,
    clock: FixedClock,
    sort: str | list[str] | None,
    keys: list[tuple[Callable[[Customer], Any], bool]],
) -> None:
    people = crowd(core, clock)
    expected = in_order(people, *keys)
    for limit in (1, 4, 13, 39, 1_000):
        assert pages(core, limit, criteria=EVERYBODY, sort=sort) == expected
    assert list(core.customers.iterate(EVERYBODY, sort=sort)) == expected


CASES: list[tuple[Criteria, Callable[[Customer], bool]]] = [
    (where.last_name == "ZORN", lambda one: identity_key(one.last_name or "") == "zorn"),
    (where.last_name != "ZORN", lambda one: one.last_name is not None and identity_key(one.last_name) != "zorn"),
    (where.last_name == "strasse", lambda one: one.last_name in ("Straße", "STRASSE")),
    (where.last_name < "o", lambda one: one.last_name is not None and search_key(one.last_name) < "o"),
    (~(where.last_name < "o"), lambda one: one.last_name is not None and search_key(one.last_name) >= "o"),
    (where.last_name >= "Öst", lambda one: one.last_name is not None and search_key(one.last_name) >= "ost"),
    (where.last_name.startswith("ÖS"), lambda one: one.last_name in ("Öst", "Ost")),
    (where.last_name.contains("ÖR"), lambda one: one.last_name in ("Zorn", "zorn", "Zörn")),
    (~where.last_name.contains("o"), lambda one: one.last_name is not None and "o" not in search_key(one.last_name)),
    (
        where.last_name.between("angst", "ost"),
        lambda one: one.last_name is not None and "angst" <= search_key(one.last_name) <= "ost",
    ),
    (where.last_name.is_in(["a", "Zorn"]), lambda one: one.last_name in ("a", "Zorn", "zorn")),
    (~where.last_name.is_in(["a", "Zorn"]), lambda one: one.last_name not in (None, "a", "Zorn", "zorn")),
    (where.last_name.is_in([]), lambda _: False),
    (~where.last_name.is_in([]), lambda one: one.last_name is not None),
    (where.last_name.is_missing(), lambda one: one.last_name is None),
    (~where.last_name.is_missing(), lambda one: one.last_name is not None),
    (
        where.birth_date > dt.date(1990, 1, 1),
        lambda one: one.birth_date is not None and one.birth_date > dt.date(1990, 1, 1),
    ),
    (where.birth_date.between(dt.date(1991, 1, 1), dt.date(1990, 1, 1)), lambda _: False),
    (where.email_verified == True, lambda one: one.email_verified),  # noqa: E712  a truth is the value
    (where.email_verified != True, lambda one: not one.email_verified),  # noqa: E712  the same
    (where.flag("vip"), lambda one: "vip" in one.flags),
    (~where.flag("vip"), lambda one: "vip" not in one.flags),
    (where.flag("vip") & where.flag("late"), lambda one: {"vip", "late"} <= one.flags),
    (where.tag("SOMMER") | where.flag("late"), lambda one: bool(one.tags) or "late" in one.flags),
    (~(where.tag("sommer") | (where.last_name == "a")), lambda one: not one.tags and one.last_name not in (None, "a")),
    (where.shop("SE"), lambda one: one.shop == "se"),
    (where.field("shop").is_missing(), lambda one: one.shop is None),
    (where.type("guest"), lambda _: True),
    (where.full_name.startswith("ada a"), lambda one: search_key(one.full_name or "").startswith("ada a")),
    (
        where.email.is_in(["PERSON1@example.com", "person2@EXAMPLE.com"]),
        lambda one: one.email in ("person1@example.com", "person2@example.com"),
    ),
    (AllOf(()), lambda _: True),
    (AnyOf(()), lambda _: False),
]


def test_criteria_match_what_they_say(core: CustomerCore, clock: FixedClock) -> None:
    people = crowd(core, clock)
    for criteria, matches in CASES:
        expected = [one for one in people if matches(one)]
        whole = criteria & EVERYBODY
        assert list(core.customers.search(whole, sort="id", limit=100)) == expected, criteria.to_dict()
        assert core.customers.count(whole) == len(expected)
        assert pages(core, 3, criteria=whole, sort="last_name") == in_order(expected, (text_key("last_name"), False))


@pytest.mark.parametrize("prefix", ["%", "_", "a%", "\\", "'", '"', "*", "?", "[a]", "{", "\x7e"])
def test_wildcards_are_plain_characters(core: CustomerCore, prefix: str) -> None:
    name = {"first_name": "Ada"}
    core.customers.create(email="a@example.com", last_name="abc", **name)
    hit = core.customers.create(email="b@example.com", last_name=f"{prefix}x", **name)
    assert core.customers.search(where.last_name.startswith(prefix)).items == (hit,)
    assert core.customers.search(where.last_name.contains(prefix)).items == (hit,)
    assert core.customers.search(where.last_name == f"{prefix}X").items == (hit,)


def test_the_status_is_active_unless_asked_or_mentioned(core: CustomerCore) -> None:
    name = {"first_name": "Ada", "last_name": "x"}
    active = core.customers.create(email="a@example.com", **name)
    binned = core.customers.deactivate(core.customers.create(email="b@example.com", **name))
    everybody = (active, binned)

    def found(criteria: Criteria | None = None, **options: Any) -> tuple[Customer, ...]:
        assert core.customers.count(criteria, **options) == len(core.customers.search(criteria, **options))
        return core.customers.search(criteria, sort="id", **options).items

    assert found() == (active,)
    assert found(status="inactive") == (binned,)
    assert found(status="any") == found(status=None) == everybody
    assert found(where.status == "inactive") == (binned,)
    assert found(where.status.is_in(["active", "inactive"]) & (where.last_name == "x")) == everybody
    assert found(status="merged") == ()


@pytest.mark.parametrize("status", ["", "ACTIVE", "nobody", 5, {"$gt": ""}, ["active"], "active\x00"])
def test_a_status_that_is_none_is_refused(core: CustomerCore, status: Any) -> None:
    for call in (core.customers.search, core.customers.count):
        with pytest.raises(InvalidValueError):
            call(status=status)


def test_a_shop_keeps_its_own_customers(core: CustomerCore, clock: FixedClock) -> None:
    people = crowd(core, clock)
    expected = [one for one in people if one.shop == "se"]
    assert list(core.customers.search(EVERYBODY, shop="SE", sort="id")) == expected
    assert core.customers.count(EVERYBODY, shop="se") == len(expected)
    assert list(core.customers.iterate(EVERYBODY, shop="se", sort="id")) == expected
    for shop in ("nobody", 5, ""):
        with pytest.raises(InvalidValueError):
            core.customers.search(shop=shop)  # type: ignore[arg-type]  # what is tested


@pytest.mark.parametrize("limit", [0, -1, 1_001, True, "5", None, 1.0, 2**70, [5]])
def test_a_limit_is_from_1_to_1000(core: CustomerCore, limit: Any) -> None:
    with pytest.raises(InvalidValueError) as caught:
        core.customers.search(limit=limit)
    assert caught.value.field == "limit"


def test_a_total_is_counted_only_when_asked_for(core: CustomerCore, clock: FixedClock) -> None:
    crowd(core, clock)
    page = core.customers.search(EVERYBODY, limit=10)
    assert page.total is None
    asked = core.customers.search(EVERYBODY, limit=10, with_total=True)
    assert (asked.total, asked.items, asked.next) == (39, page.items, page.next)
    last = core.customers.search(EVERYBODY & where.last_name.is_missing(), with_total=True)
    assert (last.total, len(last), last.next) == (6, 6, None)
    assert core.customers.search(with_total=True) == Page((), None, 0)


def test_counting_stops_at_most(core: CustomerCore, clock: FixedClock) -> None:
    crowd(core, clock)
    assert [core.customers.count(EVERYBODY, most=most) for most in (None, 1_000, 39, 38, 1, 0)] == [
        39,
        39,
        39,
        38,
        1,
        0,
    ]


@pytest.mark.parametrize("most", [-1, "5", 1.5, {"$gt": ""}])
def test_the_most_to_count_is_a_number(core: CustomerCore, most: Any) -> None:
    with pytest.raises(InvalidValueError) as caught:
        core.customers.count(most=most)
    assert caught.value.field == "most"


def test_the_most_to_count_may_be_any_number(core: CustomerCore) -> None:
    try:
        assert core.customers.count(most=2**70) == 0
    except InvalidValueError as error:
        assert error.field == "most"  # noqa: PT017  either is right


def test_a_page_says_whether_there_is_more(core: CustomerCore, clock: FixedClock) -> None:
    crowd(core, clock)
    assert core.customers.search(EVERYBODY, limit=39).next is None
    page = core.customers.search(EVERYBODY, limit=38)
    assert page.next is not None
    assert len(core.customers.search(EVERYBODY, limit=38, cursor=page.next)) == 1
    assert "Ångström" not in repr(page)


def test_every_problem_of_a_search_is_named_at_once(core: CustomerCore) -> None:
    with pytest.raises(InvalidValueError) as caught:
        core.customers.search((where.nobody == 1) & (where.version == "x") & where.flag("nope"))
    assert [one.field for one in caught.value.problems] == ["where.nobody", "where.version", "where.flags"]


NO_CRITERIA: list[Any] = [False, where.first_name]  # the first is what `where.shop == "se"` gives: a method
UNCLEAR: list[Any] = [
    "last_name", 5, where.last_name, {"field": "last_name"}, [], False,
    (where.last_name == "x") & NO_CRITERIA[0], (where.last_name == "x") & NO_CRITERIA[1],
    where.last_name == {b"x": 1}, where.last_name == {1: 2, "a": 3},
    where.last_name == object(), where.last_name.is_in([["a"]]), where.last_name == b"x", where.last_name == "\ud800",
    where.last_name == decimal.Decimal("NaN"), where.version == 2**63,
    where.version.is_in([2**70]), where.field("") == 1,
    where.created_at > dt.datetime.min.replace(tzinfo=dt.timezone(dt.timedelta(hours=14))),
    where.created_at > dt.datetime(2026, 1, 1), where.last_name.startswith("\ud800"), where.last_name.contains("a\x00"),  # noqa: DTZ001  what is refused
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(UNCLEAR)))
def test_what_is_no_question_is_refused(core: CustomerCore, number: int) -> None:
    for call in (core.customers.search, core.customers.count):
        with pytest.raises(InvalidValueError):
            call(UNCLEAR[number])


def many_words(size: int) -> Criteria:
    return AnyOf(tuple(where.last_name == f"word{number}" for number in range(size)))


def deep(size: int) -> Criteria:
    criteria: Criteria = where.last_name == "a"
    for number in range(size):
        criteria = (criteria & (where.last_name != f"a{number}")) | (where.last_name == "b")
    return criteria


@pytest.mark.parametrize(
    "criteria",
    [
        many_words(2_000), ~many_words(2_000), many_words(400) & deep(10), deep(600),
        where.last_name.is_in([f"word{number}" for number in range(40_000)]),
        AllOf(tuple(~where.tag(f"t{number}") for number in range(1_200))),
    ],
    ids=["2000 or", "2000 and not", "400 or", "600 deep", "in 40000", "1200 tags"],
)  # fmt: skip
def test_a_huge_question_is_answered_or_refused_as_invalid(core: CustomerCore, criteria: Criteria) -> None:
    core.customers.create(email="a@example.com", first_name="Ada", last_name="b")
    try:
        assert core.customers.count(criteria) in (0, 1)
    except InvalidValueError as error:
        assert error.code  # noqa: PT017  either is right


def test_what_changes_meanwhile_is_found_as_it_is_now(core: CustomerCore) -> None:
    name = {"first_name": "Ada"}
    people = [core.customers.create(email=f"{word}@example.com", last_name=word, **name) for word in "abcdef"]
    page = core.customers.search(limit=2)
    core.customers.deactivate(people[1])
    core.customers.update(people[3], last_name="zz")
    core.customers.create(email="bb@example.com", last_name="bb", **name)
    rest = core.customers.search(limit=10, cursor=page.next)
    assert [one.last_name for one in rest] == ["bb", "c", "e", "f", "zz"]


def test_a_page_and_its_total_are_of_one_moment(core: CustomerCore, make: MakeCore) -> None:
    ada = core.customers.create(email="ada@example.com", first_name="Ada", last_name="x")
    guest = core.customers.create_guest(email="guest@example.com", last_name="x")
    core.customers.create(email="eve@example.com", first_name="Eve", last_name="y")
    over = threading.Event()

    def disturb() -> None:
        other, turn = make(), 0
        while not over.is_set():
            turn += 1
            (other.customers.reactivate if turn % 2 else other.customers.deactivate)(ada)
            other.customers.update(guest, last_name=None if turn % 2 else "x")  # from one end of the order to the other

    with ThreadPoolExecutor(1) as pool:
        job = pool.submit(disturb)
        try:
            wrong = []
            for _ in range(250):
                page = core.customers.search(limit=10, with_total=True)
                guests = core.customers.search(where.kind == "guest", limit=10)
                wrong += [(len(page), page.total)] if len(page) != page.total else []
                wrong += [] if len(guests) == 1 else [(len(guests), 1)]
        finally:
            over.set()
        job.result()
    assert wrong == []
