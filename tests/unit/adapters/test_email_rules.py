from __future__ import annotations

import csv
import subprocess
import sys
import unicodedata
from pathlib import Path

import email_validator
import idna
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from customercore.adapters.email_rules import LibraryEmailRules
from customercore.ports.email_rules import EmailRules

RULES: EmailRules = LibraryEmailRules()
CHINOOK = next(
    filter(
        Path.is_file,
        (up / "shared/data/chinook_customers.csv" for up in Path(__file__).resolve().parents),
    ),
    None,
)


def library_accepts(value: str, *, test_environment: bool = False) -> bool:
    try:
        email_validator.validate_email(value, check_deliverability=False, test_environment=test_environment)
    except email_validator.EmailNotValidError:
        return False
    return True


@pytest.mark.parametrize(
    "value",
    [
        "ada@example.com",
        "stanisław.wójcik@wp.pl",
        "o'reilly+shop@apple.ie",
        "用户@例子.广告",
        "ada@straße.de",
        f"{'a' * 242}@example.com",
    ],
)
def test_a_deliverable_shape_is_accepted(value: str) -> None:
    assert RULES.check(value) is None


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("", "must have an @-sign"),
        ("ada", "must have an @-sign"),
        ("ada＠example.com", "must have an @-sign"),
        ("@example.com", "the part before the @-sign is not a mailbox name"),
        ("ada..l@example.com", "the part before the @-sign is not a mailbox name"),
        ('"ada l"@example.com', "must not hold spaces"),
        ('"ada"@example.com', "the part before the @-sign is not a mailbox name"),
        ("ada l@example.com", "must not hold spaces"),
        (" ada@example.com", "must not hold spaces"),
        ("Ada <ada@example.com>", "must not hold spaces"),
        (
            "<ada@example.com>",
            "the part after the @-sign is not a domain that can receive e-mail",
        ),
        ("ada@", "the part after the @-sign is not a domain that can receive e-mail"),
        ("ada@example", "the part after the @-sign is not a domain that can receive e-mail"),
        ("ada@localhost", "the part after the @-sign is not a domain that can receive e-mail"),
        ("ada@[127.0.0.1]", "the part after the @-sign is not a domain that can receive e-mail"),
        ("ada@b@example.com", "the part after the @-sign is not a domain that can receive e-mail"),
        (f"{'a' * 243}@example.com", "must have 254 bytes at most"),
        (f"{'ż' * 122}@example.com", "must have 254 bytes at most"),
    ],
)
def test_another_shape_is_refused_and_the_message_says_why(value: str, message: str) -> None:
    assert RULES.check(value) == message


@pytest.mark.parametrize("domain", ["shop.test", "shop.local", "shop.invalid", "shop.TEST"])
def test_a_special_domain_is_accepted_only_when_asked_for(domain: str) -> None:
    for local in ("ada", "adą"):
        assert "reserved" in str(RULES.check(f"{local}@{domain}"))
        assert RULES.check(f"{local}@{domain}", special_domains=True) is None
        assert RULES.key(f"{local.upper()}@{domain}") == f"{local}@{domain.lower()}"
    assert RULES.check(f"a..b@{domain}", special_domains=True) is not None
    assert RULES.check(f"ada@-{domain}", special_domains=True) is not None
    assert RULES.check(f"ada@{domain.partition('.')[2]}", special_domains=True) is not None


ALPHABET = st.sampled_from("aZ09._-+'!#@ \"<>()[]\\,:;\t\n\x00éßſİαж中😀\u00ad\u0301\u200b\u3002．＠Ａ\ud800´")
LOCALS = st.text("abAB01._-+'", min_size=1, max_size=8) | st.text(ALPHABET, max_size=8)
DOMAINS = (
    st.sampled_from(
        [
            "example.com",
            "EXAMPLE.COM",
            "straße.de",
            "xn--strae-oqa.de",
            "xn--a.de",
            "例子。广告",
            "a-.de",
            "a.b.test",
            "x.local",
            "ab--c.de",
            f"{'a' * 63}.{'b' * 63}.{'c' * 63}.de",
        ]
    )
    | st.text(ALPHABET, max_size=10).map("{}.com".format)
    | st.text(ALPHABET, max_size=10)
    | st.text(max_size=10)
)
VALUES = (
    st.builds("{}@{}".format, LOCALS, DOMAINS)
    | st.emails()
    | st.text(ALPHABET, max_size=20)
    | st.builds("{}{}@{}".format, st.integers(0, 260).map("a".__mul__), LOCALS, DOMAINS)
)


ACCEPTED = st.builds(
    "{}@{}".format,
    st.text("abAB01._-+'éßſİ中😀Ａ´．", min_size=1, max_size=8),
    st.sampled_from(["example.com", "EXAMPLE.com", "straße.de", "xn--strae-oqa.de", "例子。广告"]),
).filter(library_accepts)


@settings(max_examples=300, deadline=None)
@given(VALUES)
@example("a@\u0338b.com")
@example('a"@"b@example.com')
@example("<a@example.com>")
def test_the_quick_way_and_the_library_agree(value: str) -> None:
    assert (RULES.check(value) is None) == library_accepts(value)


@settings(max_examples=200, deadline=None)
@given(st.builds("{}@{}.test".format, LOCALS, DOMAINS))
def test_special_domains_are_accepted_as_in_the_librarys_test_environment(value: str) -> None:
    accepted = RULES.check(value, special_domains=True) is None
    assert accepted == library_accepts(value, test_environment=True)


@settings(max_examples=200, deadline=None)
@given(ACCEPTED)
def test_the_key_of_an_accepted_address_ends_in_its_encoded_domain(value: str) -> None:
    encoded = idna.encode(value.partition("@")[2], uts46=True, transitional=False).decode()
    assert RULES.key(value).rpartition("@")[2] == encoded


@settings(max_examples=200, deadline=None)
@given(ACCEPTED, st.integers(0, 20), ALPHABET | st.just(""))
def test_the_key_of_a_refused_value_equals_no_key_of_an_accepted_one(value: str, place: int, char: str) -> None:
    key = RULES.key(value)
    for text in (value, key):
        near = text[:place] + char + text[place:]
        if RULES.check(near, special_domains=True) is not None:
            assert RULES.key(near) != key


def test_two_spellings_of_one_mailbox_have_one_key() -> None:
    assert RULES.key("ADA@EXAMPLE.COM") == RULES.key("ada@example.com") == "ada@example.com"
    assert RULES.key("ＡＤＡ@ｅｘａｍｐｌｅ．com") == "ada@example.com"
    polish = "stanisław.wójcik@wójcik.pl"
    assert RULES.key(unicodedata.normalize("NFD", polish)) == RULES.key(polish)
    assert RULES.key(polish) == "stanisław.wójcik@xn--wjcik-0ta.pl"
    assert RULES.key("ada@xn--wjcik-0ta.pl") == RULES.key("ada@Wójcik.PL")


def test_sharp_s_and_double_s_are_two_domains_and_one_local_part() -> None:
    assert RULES.key("ada@straße.de") == "ada@xn--strae-oqa.de"
    assert RULES.key("ada@strasse.de") == "ada@strasse.de"
    assert RULES.key("strauß@example.com") == RULES.key("strauss@example.com")


@pytest.mark.parametrize("value", ["ada＠example.com", "ad\u200ba@example.com", "ada@exam ple.com"])
def test_what_is_no_address_is_found_under_no_stored_key(value: str) -> None:
    assert RULES.check(value) is not None
    assert RULES.key(value).endswith("@")


@settings(max_examples=300, deadline=None)
@given(st.text('xqz\u00ad\u200b żé"@', min_size=6, max_size=20), st.booleans())
def test_no_message_holds_anything_of_the_value(text: str, in_domain: bool) -> None:
    value = f"ada@{text}.com" if in_domain else f"{text}@example.com"
    message = RULES.check(value)
    assume(message is not None)
    assert not any(char in str(message) for char in 'qz\u00ad\u200bżé"')


def test_importing_the_package_does_not_load_the_library() -> None:
    command = "import customercore, sys; sys.exit('email_validator' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", command], check=False).returncode == 0


@pytest.mark.skipif(CHINOOK is None, reason="the Chinook file is not there")
def test_every_address_of_the_chinook_file_is_accepted() -> None:
    assert CHINOOK is not None
    with CHINOOK.open(encoding="utf-8", newline="") as file:
        values = [row["Email"] for row in csv.DictReader(file)]
    assert len(values) == 59
    assert [RULES.check(value) for value in values] == [None] * 59
    assert len({RULES.key(value) for value in values}) == 59
