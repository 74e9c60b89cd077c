"""Every kind of value: what it takes, what it refuses, and that a cell of a file gives the value back."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
from collections.abc import Iterable
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customercore.catalogue.kinds import built_in_kinds, core_kinds
from customercore.domain.classification import Flag
from customercore.domain.field import Field
from customercore.domain.kinds import Kind, RefusedError, text_of
from customercore.domain.shop import Shop
from customercore.domain.tenant import Definitions, Tenant

KNOWN = Definitions(
    shops={"se": Shop(id="1", code="se")}, flags={code: Flag(id=code, code=code) for code in ("vip", "late.payer_2")}
)
SURROGATE = "a\ud800"
LIST_KINDS = ("choices", "phones", "countries", "languages", "flags", "tags")
TEXT_KINDS = (
    "text", "long_text", "code", "slug", "id", "choice", "pattern", "email", "phone", "country", "currency",
    "language", "customer_type", "shop",
)  # fmt: skip


def _check_email(value: str, *, special_domains: bool = False) -> str | None:
    return None if "@" in value and (special_domains or not value.endswith(".test")) else "must have an @-sign"


def _check_phone(value: str, country: str | None) -> str | None:
    return None if any(char.isdigit() for char in value) else "must hold a digit"


KINDS = core_kinds(built_in_kinds(check_email=_check_email, email_key=str.lower, check_phone=_check_phone))


def parsed(name: str, value: object, definitions: Definitions = KNOWN, **options: Any) -> Any:
    choices = ("invoice", "delivery") if name in ("choice", "choices") else ()
    return KINDS[name].parse(value, Field("it", name, choices=choices, **options), definitions)


def refusal(name: str, value: object, **options: Any) -> list[tuple[str, str]]:
    with pytest.raises(RefusedError) as caught:
        parsed(name, value, **options)
    for problem in caught.value.problems:
        assert problem.message
        assert "CANARY" not in problem.message
    return [(problem.field, problem.code) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("name", "value", "stored"),
    [
        ("text", "  Ada King\t ", "Ada King"),
        ("text", "a\tb", "a\tb"),
        ("long_text", "a\r\nb\rc\n", "a\nb\nc"),
        ("code", " Ab-1 ", "Ab-1"),
        ("slug", " VIP ", "vip"),
        ("slug", "a.b_c-9", "a.b_c-9"),
        ("choice", "invoice", "invoice"),
        ("pattern", "C{number:07d}", "C{number:07d}"),
        ("pattern", "x-{number}-y", "x-{number}-y"),
        ("integer", -(2**63), -(2**63)),
        ("integer", 2**63 - 1, 2**63 - 1),
        ("boolean", True, True),
        ("date", dt.date(1815, 12, 10), dt.date(1815, 12, 10)),
        ("email", " Ada@Example.com ", "Ada@Example.com"),
        ("phone", " +46 (0)70-1 ", "+46 (0)70-1"),
        ("country", "se", "SE"),
        ("country", " United Kingdom ", "GB"),
        ("currency", "sek", "SEK"),
        ("language", "SV", "sv"),
        ("language", "sv_se", "sv-SE"),
        ("language", "ZH-hant-tw", "zh-Hant-TW"),
        ("language", "es-419", "es-419"),
        ("customer_type", "Business", "business"),
        ("shop", "SE", "se"),
        ("phones", ["1", " 2 ", "1", ""], ("1", "2")),
        ("countries", ("se", "Norway", "SE"), ("SE", "NO")),
        ("languages", ["sv", "en_gb"], ("sv", "en-GB")),
        ("flags", {"VIP", "late.payer_2"}, frozenset({"vip", "late.payer_2"})),
        ("tags", ["Sommer", "SOMMER", " x "], frozenset({"Sommer", "x"})),
        ("choices", ("invoice", "invoice"), frozenset({"invoice"})),
    ],
)
def test_values_are_normalised(name: str, value: object, stored: object) -> None:
    assert parsed(name, value) == stored


def test_a_moment_is_kept_in_utc_and_whole_milliseconds() -> None:
    east = dt.timezone(dt.timedelta(hours=2))
    given_one = dt.datetime(2026, 1, 31, 14, 0, 0, 123_999, tzinfo=east)
    assert parsed("datetime", given_one) == dt.datetime(2026, 1, 31, 12, 0, 0, 123_000, tzinfo=dt.UTC)
    assert parsed("datetime", given_one).tzinfo is dt.UTC


@pytest.mark.parametrize("name", TEXT_KINDS)
@pytest.mark.parametrize("value", ["", " ", "\t \u00a0"])
def test_a_blank_text_is_no_value(name: str, value: str) -> None:
    assert parsed(name, value) is None


@pytest.mark.parametrize("name", TEXT_KINDS)
@pytest.mark.parametrize("value", [5, True, 1.5, b"a", ["a"], {"$gt": ""}, {"a"}, object(), decimal.Decimal(1)])
def test_a_text_is_nothing_but_a_text(name: str, value: object) -> None:
    assert refusal(name, value) == [("", "wrong_type")]


@pytest.mark.parametrize("name", TEXT_KINDS)
@pytest.mark.parametrize("value", ["CANARY\x00", "\x01CANARY\x01", SURROGATE, "\udfffCANARY", "a\x7fb", "a\x9fb"])
def test_control_characters_and_surrogates_are_refused_in_every_text(name: str, value: str) -> None:
    assert refusal(name, value) == [("", "control_character")]


@pytest.mark.parametrize("name", [name for name in TEXT_KINDS if name != "long_text"])
@pytest.mark.parametrize("value", ["CANARY\nb", "a\r\nb", "a\rb"])
def test_only_long_texts_have_lines(name: str, value: str) -> None:
    assert refusal(name, value) == [("", "control_character")]


@pytest.mark.parametrize("name", TEXT_KINDS)
def test_a_text_that_is_too_long_is_refused(name: str) -> None:
    assert refusal(name, "CANARY" * 2_000) == [("", "too_long")]


def test_the_longest_text_is_counted_in_code_points_after_trimming() -> None:
    assert parsed("text", " " + "\U0001f600" * 255 + " ") == "\U0001f600" * 255
    assert refusal("text", "a" * 256) == [("", "too_long")]
    assert parsed("text", "a" * 32, max_length=32)
    assert refusal("text", "a" * 33, max_length=32) == [("", "too_long")]


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("slug", "-a", "invalid_code"), ("slug", "a b", "invalid_code"), ("slug", "å", "invalid_code"),
        ("slug", "İ", "invalid_code"), ("slug", "a/b", "invalid_code"), ("slug", "$where", "invalid_code"),
        ("slug", "a" * 64, "too_long"),
        ("choice", "CANARY", "unknown_choice"), ("choice", "INVOICE", "unknown_choice"),
        ("pattern", "C", "invalid_pattern"), ("pattern", "{number}{number}", "invalid_pattern"),
        ("pattern", "{number:x}", "invalid_pattern"), ("pattern", "{number.real}", "invalid_pattern"),
        ("pattern", "{number!r}", "invalid_pattern"), ("pattern", "{0}", "invalid_pattern"),
        ("pattern", "{number:999d}", "invalid_pattern"), ("pattern", "{number}}", "invalid_pattern"),
        ("pattern", "{{number}}", "invalid_pattern"), ("pattern", "{other}{number}", "invalid_pattern"),
        ("integer", 2**63, "out_of_range"), ("integer", -(2**63) - 1, "out_of_range"),
        ("integer", True, "wrong_type"), ("integer", 1.0, "wrong_type"), ("integer", "1", "wrong_type"),
        ("integer", decimal.Decimal(1), "wrong_type"), ("integer", {"$gt": ""}, "wrong_type"),
        ("boolean", 1, "wrong_type"), ("boolean", "true", "wrong_type"), ("boolean", [], "wrong_type"),
        ("date", "1815-12-10", "wrong_type"), ("date", dt.datetime(1815, 12, 10, tzinfo=dt.UTC), "wrong_type"),
        ("date", 5, "wrong_type"), ("datetime", dt.date(2026, 1, 1), "wrong_type"),
        ("datetime", dt.datetime(2026, 1, 1), "wrong_type"),  # noqa: DTZ001  a naive one is what is refused
        ("datetime", "2026-01-31T12:00:00Z", "wrong_type"),
        ("email", "CANARY", "invalid_email"), ("email", "a@example.test", "invalid_email"),
        ("country", "CANARY", "unknown_country"), ("country", "ZZ", "unknown_country"),
        ("country", "XX", "unknown_country"), ("currency", "CANARY", "unknown_currency"),
        ("currency", "XXX", "unknown_currency"), ("language", "CANARY", "invalid_language"),
        ("language", "s", "invalid_language"), ("language", "sv--SE", "invalid_language"),
        ("customer_type", "nobody", "unknown_type"), ("shop", "no", "unknown_shop"),
    ],
)  # fmt: skip
def test_what_is_none_of_the_kind_is_refused(name: str, value: object, code: str) -> None:
    assert refusal(name, value) == [("", code)]


def test_special_domains_are_a_setting() -> None:
    allowed = attrs.evolve(KNOWN, settings=Tenant(email_special_domains=True))
    assert parsed("email", "a@example.test", allowed) == "a@example.test"


@pytest.mark.parametrize("name", LIST_KINDS)
@pytest.mark.parametrize("value", ["vip", b"vip", 5, None, True, object(), 1.5])
def test_a_list_is_neither_a_text_nor_anything_else(name: str, value: object) -> None:
    assert refusal(name, value) == [("", "wrong_type")]


@pytest.mark.parametrize("name", LIST_KINDS)
def test_a_mapping_is_no_list_of_its_keys(name: str) -> None:
    assert refusal(name, {"$gt": ""}) == [("", "wrong_type")]


@pytest.mark.parametrize("name", LIST_KINDS)
def test_every_bad_element_of_a_list_is_named(name: str) -> None:
    good = {"choices": "invoice", "phones": "1", "countries": "SE", "languages": "sv", "flags": "vip", "tags": "x"}[
        name
    ]
    found = refusal(name, [good, 5, good, "a\x00", {"$gt": ""}, SURROGATE])
    assert found == [
        ("[1]", "wrong_type"), ("[3]", "control_character"), ("[4]", "wrong_type"), ("[5]", "control_character"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", LIST_KINDS)
def test_a_list_is_bounded(name: str) -> None:
    assert refusal(name, ["1"] * 1_001) == [("", "too_many")]


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("flags", "nobody", "unknown_flag"),
        ("choices", "CANARY", "unknown_choice"),
        ("countries", "ZZ", "unknown_country"),
    ],
)
def test_an_unknown_element_is_named(name: str, value: str, code: str) -> None:
    assert refusal(name, [value]) == [("[0]", code)]


def test_a_tag_holds_no_separator() -> None:
    assert refusal("tags", ["a;b"])[0][1] == "invalid_tag"


def test_texts_are_equal_without_case_and_ordered_without_marks() -> None:
    text, code = KINDS["text"], KINDS["code"]
    assert text.equality("Ömer") == text.equality("öMER") != text.equality("Omer")
    assert text.order("Ömer") == text.order("OMER")
    for kind in (text, code):
        for value in ("Ada", "Ömer", "x" * 300, "ß" * 100):
            assert kind.keys(value) == (kind.equality(value), kind.order(value))


def test_a_doubtful_phone_is_a_doubt_and_no_refusal() -> None:
    assert parsed("phone", "none") == "none"
    assert [one.code for one in KINDS["phone"].doubts("none", None)] == ["invalid_phone"]
    assert [(one.field, one.code) for one in KINDS["phones"].doubts(("1", "none"), None)] == [("[1]", "invalid_phone")]


def test_only_flags_and_tags_make_search_terms() -> None:
    assert {name: kind.term for name, kind in KINDS.items() if kind.term} == {"flags": "flag", "tags": "tag"}
    assert KINDS["tags"].equality("SOMMER") == KINDS["tags"].equality("Sommer")


def test_a_text_of_a_subclass_is_stored_as_a_plain_text() -> None:
    class Colour(enum.StrEnum):
        RED = "red"

    assert type(text_of(Colour.RED, 10)) is str


WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30)
MOMENTS = st.datetimes(dt.datetime(1000, 1, 1), dt.datetime(9999, 12, 30), timezones=st.just(dt.UTC))  # noqa: DTZ001  bounds
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": WORDS,
    "long_text": st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    "code": WORDS,
    "slug": st.from_regex(r"[a-z0-9][a-z0-9_.\-]{0,20}", fullmatch=True),
    "id": WORDS,
    "choice": st.sampled_from(["invoice", "delivery"]),
    "choices": st.frozensets(st.sampled_from(["invoice", "delivery"])),
    "pattern": st.sampled_from(["{number}", "C{number:07d}", "a-{number:3d}"]),
    "integer": st.integers(-(2**63), 2**63 - 1),
    "boolean": st.booleans(),
    "date": st.dates(),
    "datetime": MOMENTS,
    "email": WORDS.map(lambda text: f"{text}@example.com"),
    "phone": st.text("0123456789+ ()-.;", max_size=20),
    "phones": st.lists(st.text("0123456789+ ()-.ext=", max_size=20), max_size=4),
    "country": st.sampled_from(["SE", "GB", "US"]),
    "countries": st.lists(st.sampled_from(["SE", "GB", "US"]), max_size=3),
    "currency": st.sampled_from(["SEK", "JPY"]),
    "language": st.sampled_from(["sv", "en-GB", "zh-Hant-TW", "es-419"]),
    "languages": st.lists(st.sampled_from(["sv", "en-GB", "zh-Hant-TW"]), max_size=3),
    "flags": st.frozensets(st.sampled_from(["vip", "late.payer_2"])),
    "tags": st.frozensets(WORDS, max_size=4),
    "customer_type": st.sampled_from(["private", "business"]),
    "shop": st.just("se"),
}


@pytest.mark.parametrize("name", sorted(VALUES))
def test_a_cell_of_a_file_gives_the_value_back(name: str) -> None:
    kind = KINDS[name]

    @settings(deadline=None)
    @given(VALUES[name])
    def check(value: Any) -> None:
        try:
            stored = parsed(name, value)
        except RefusedError:
            return
        if stored is None:
            return
        assert parsed(name, kind.from_text(kind.to_text(stored))) == stored
        assert parsed(name, stored) == stored  # parsing is idempotent

    check()


def test_a_moment_in_the_first_millennium_gives_itself_back() -> None:
    kind, long_ago = KINDS["datetime"], dt.datetime(476, 9, 4, 12, tzinfo=dt.UTC)
    assert kind.from_text(kind.to_text(long_ago)) == long_ago


def test_a_phone_with_an_extension_gives_itself_back_from_a_list() -> None:
    phones = parsed("phones", ["+46 8 123;ext=5", "070-1"])  # RFC 3966
    assert parsed("phones", KINDS["phones"].from_text(KINDS["phones"].to_text(phones))) == phones


@pytest.mark.parametrize("name", sorted(VALUES))
def test_a_cell_that_cannot_be_read_is_refused_and_nothing_else(name: str) -> None:
    kind: Kind = KINDS[name]

    @settings(deadline=None)
    @given(st.text(max_size=20) | st.text("0123456789-:TZ+. ;", max_size=30))
    def check(cell: str) -> None:
        try:
            value = kind.from_text(cell)
            if not (isinstance(value, Iterable) and not value):
                parsed(name, value)
        except RefusedError as refused:
            assert refused.problems  # noqa: PT017  either outcome is right

    check()


@pytest.mark.parametrize(
    ("name", "cell", "value"),
    [
        ("boolean", "YES", True), ("boolean", "0", False), ("integer", "+007", 7),
        ("date", "1815-12-10", dt.date(1815, 12, 10)),
        ("datetime", "2026-01-31T12:00:00Z", dt.datetime(2026, 1, 31, 12, tzinfo=dt.UTC)),
        ("datetime", "2026-01-31T14:00:00+02:00", dt.datetime(2026, 1, 31, 12, tzinfo=dt.UTC)),
        ("phones", "1 ; 2;;", ["1", "2"]), ("flags", "", []),
    ],
)  # fmt: skip
def test_how_cells_are_read(name: str, cell: str, value: object) -> None:
    assert KINDS[name].from_text(cell) == value


@pytest.mark.parametrize(
    "cell", ["2026-01-31", "31/01/2026", "2026-01-31T12:00:00", "12:00", "now", "0000-01-01T00:00:00Z"]
)
def test_a_moment_in_a_file_has_a_date_a_time_and_a_zone(cell: str) -> None:
    with pytest.raises(RefusedError):
        parsed("datetime", KINDS["datetime"].from_text(cell))


@settings(deadline=None)
@given(st.datetimes(timezones=st.timezones() | st.just(dt.timezone(dt.timedelta(hours=14)))))
def test_any_moment_is_kept_or_refused(moment: dt.datetime) -> None:
    try:
        assert parsed("datetime", moment).tzinfo is dt.UTC
    except RefusedError as refused:
        assert refused.problems  # noqa: PT017  either outcome is right


@pytest.mark.parametrize(
    "moment",
    [
        dt.datetime.min.replace(tzinfo=dt.timezone(dt.timedelta(hours=14))),
        dt.datetime.max.replace(tzinfo=dt.timezone(dt.timedelta(hours=-12))),
    ],
)
def test_a_moment_outside_the_calendar_in_utc_is_refused(moment: dt.datetime) -> None:
    assert refusal("datetime", moment)[0][1] in ("wrong_type", "out_of_range")
