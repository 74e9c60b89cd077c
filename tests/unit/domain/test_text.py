"""Text keys: what is the same to a person is the same key, on every store."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from customercore.domain.text import (
    FOLD_VERSION,
    SORT_LENGTH,
    fold,
    identity_key,
    search_key,
    sort_key,
    unstorable,
)

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
# Where folding goes wrong it does so with marks, ligatures, iota subscripts and invisible characters.
DIFFICULT = st.text(
    st.sampled_from(
        "aAßẞıİiIſKÅåŁłﬁϊΐᾳᾼΣσςǅǆﷺｆＦ①ªﾊﾞ한ᄒ\u0345\u0307\u0301\u0323\u0327\u00ad\u200b\u200d\ufe0f\ufeff\u3164 \u00a0¨"
    ),
    max_size=12,
)


@settings(deadline=None)
@given(ANY_TEXT | DIFFICULT)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert identity_key(identity_key(text)) == identity_key(text)


def has_iota_subscript(text: str) -> bool:
    """Tell whether case folding turns a mark of the text into a letter: there Unicode itself gives no one form."""
    return "\u0345" in unicodedata.normalize("NFD", text)


@settings(deadline=None)
@given(ANY_TEXT | DIFFICULT)
def test_every_normal_form_of_a_text_has_the_same_keys(text: str) -> None:
    compatible = () if has_iota_subscript(text) else ("NFKC", "NFKD")
    for form in ("NFC", "NFD", *compatible):
        other = unicodedata.normalize(form, text)
        assert identity_key(other) == identity_key(text)
        assert search_key(other) == search_key(text)


@settings(deadline=None)
@given(st.text(st.characters(max_codepoint=127), max_size=40))
def test_ascii_texts_take_the_same_way_as_all_others(text: str) -> None:
    slowly = fold(text + "\u00ad")  # a soft hyphen: invisible, and not ASCII
    assert fold(text) == slowly


@settings(deadline=None)
@given(ANY_TEXT | DIFFICULT, st.sampled_from(["\u00ad", "\u200b", "\u200d", "\u2060", "\ufeff", "\ufe0f"]))
def test_an_invisible_character_anywhere_changes_no_key(text: str, invisible: str) -> None:
    assume(not has_iota_subscript(text))
    for place in range(len(text) + 1):
        spelled = text[:place] + invisible + text[place:]
        assert identity_key(spelled) == identity_key(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Straße", "STRASSE"),
        ("Stra\u1e9ee", "strasse"),
        ("Ångström", "A\u030angstro\u0308m"),
        ("ÅNGSTRÖM", "\u212bngström"),
        ("ΟΔΥΣΣΕΥΣ", "Οδυσσεύς".replace("ύ", "υ")),
        ("ＡＤＡ", "ada"),
        ("ﬁnca", "FINCA"),
        ("a\u200db", "AB"),
        ("  ada\t", "Ada"),
        ("\u00a0ada\u3000", "ada"),
        ("İstanbul", "i\u0307stanbul"),
        ("①", "1"),
        ("ŁÓDŹ", "łódź"),
    ],
)
def test_spellings_that_are_one(one: str, other: str) -> None:
    assert identity_key(one) == identity_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("ada", "adá"), ("Łódź", "Lodz"), ("İ", "I"), ("İ", "ı"), ("I", "ı"), ("a b", "ab"), ("0", "O"), ("ａ", "а")],
)
def test_texts_that_are_two(one: str, other: str) -> None:
    assert identity_key(one) != identity_key(other)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Ömer", "omer"),
        ("O\u0308mer", "omer"),
        ("Ångström", "angstrom"),
        ("İstanbul", "istanbul"),
        ("Łódź", "łodz"),  # ł has no decomposition: it is a letter of its own
        ("Straße", "strasse"),
        ("  Šimić ", "simic"),
        ("ＯＭＥＲ", "omer"),
        ("\u0301", ""),
        ("", ""),
        (" \u200b ", ""),
    ],
)
def test_the_search_key_has_neither_case_nor_marks(text: str, key: str) -> None:
    assert search_key(text) == key


@settings(deadline=None)
@given(ANY_TEXT | DIFFICULT)
def test_equal_identity_keys_have_equal_search_keys(text: str) -> None:
    assert search_key(identity_key(text)) == search_key(text)


@settings(deadline=None)
@given(ANY_TEXT)
def test_no_mark_is_left_in_a_search_key(text: str) -> None:
    assert not [char for char in search_key(text) if unicodedata.category(char).startswith("M")]


def test_sort_keys_are_cut_to_128_code_points() -> None:
    assert SORT_LENGTH == 128
    assert sort_key("A" * 300) == "a" * 128
    assert sort_key("\U0001f600" * 300) == "\U0001f600" * 128
    assert sort_key("ß" * 100) == "s" * 128
    assert sort_key("short") == "short"


@settings(deadline=None)
@given(st.text(st.sampled_from("aßÅ\u0301\U0001f600"), max_size=200))
def test_the_sort_key_is_the_start_of_the_search_key(text: str) -> None:
    assert search_key(text).startswith(sort_key(text))
    assert len(sort_key(text)) <= SORT_LENGTH


@pytest.mark.parametrize("char", ["\x00", "\x01", "\x08", "\x0b", "\r", "\x1b", "\x1f", "\x7f", "\x85", "\x9f"])
def test_control_characters_cannot_be_stored(char: str) -> None:
    assert unstorable(f"a{char}b")


@pytest.mark.parametrize("code_point", [0xD800, 0xDBFF, 0xDC00, 0xDFFF])
def test_lone_surrogates_cannot_be_stored(code_point: int) -> None:
    assert unstorable(f"a{chr(code_point)}b")


@settings(deadline=None)
@given(ANY_TEXT)
def test_what_can_be_stored_can_be_encoded(text: str) -> None:
    if not unstorable(text):
        assert "\x00" not in text
        assert identity_key(text).encode().decode() == identity_key(text)
        assert not unstorable(search_key(text))


@pytest.mark.parametrize("text", ["", "a\tb", "a\nb", "\u00a0", "\U0001f600", "\ue000", "\ufffd", "{$gt}", "%_\\"])
def test_everything_else_can_be_stored(text: str) -> None:
    assert not unstorable(text)


def test_the_version_of_the_fold_names_the_unicode_tables() -> None:
    assert FOLD_VERSION.endswith(unicodedata.unidata_version)
