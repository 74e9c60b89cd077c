"""All spellings of a mailbox stand where a search for one of them looks, although their sort keys differ."""

from __future__ import annotations

import itertools
import unicodedata

import idna
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customercore.adapters.email_rules import LibraryEmailRules
from customercore.domain.text_kinds import EmailKind

RULES = LibraryEmailRules()
KIND = EmailKind(RULES.check, RULES.key)
DOMAINS = [
    ["bücher.example.com", "BU\u0308CHER.example.com", "xn--bcher-kva.example.com", "XN--BCHER-KVA.EXAMPLE。COM"],
    ["shop.bücher.de", "shop.xn--bcher-kva.de", "ｓｈｏｐ。bücher.de"],
    ["straße.de", "stra\u1e9ee.de", "xn--strae-oqa.de"],
    ["example.com", "EXAMPLE.com", "example。com", "example｡com", "ｅxample．com"],
    ["例子。广告", "例子.广告", "xn--fsqu00a.xn--4rr70v"],
]
SPELLINGS = st.sampled_from(DOMAINS).flatmap(
    lambda domain: st.tuples(
        st.text("abAB01._-+'éßſİ中Ａ´．ﷺ", min_size=1, max_size=20), st.sampled_from(domain), st.sampled_from(domain)
    )
)


def stands_there(asked: str, stored: str) -> bool:
    place = KIND.stands(asked)
    assert place is not None
    op, start = place
    assert op == "startswith"
    return bool(KIND.order(stored).startswith(start))


@pytest.mark.parametrize("domain", DOMAINS, ids=lambda domain: domain[0])
def test_every_spelling_of_a_domain_is_found_by_every_other(domain: list[str]) -> None:
    assert len({KIND.equality(f"ada@{one}") for one in domain}) == 1
    assert all(stands_there(f"ada@{one}", f"ADA@{other}") for one in domain for other in domain)


@settings(max_examples=300, deadline=None)
@given(SPELLINGS)
def test_equal_mailboxes_stand_where_they_are_looked_for(spelling: tuple[str, str, str]) -> None:
    local, one, other = spelling
    for typed in (local, local.upper(), unicodedata.normalize("NFD", local)):
        asked, stored = f"{local}@{one}", f"{typed}@{other}"
        if RULES.check(stored) is None and KIND.equality(asked) == KIND.equality(stored):
            assert stands_there(asked, stored)


def test_a_character_that_domains_write_in_ascii_is_folded_to_the_same_or_refused() -> None:
    """The search takes the first label as it is encoded, the sort key as it is folded: two tables that must agree."""
    assigned = (range(0x80, 0xD800), range(0xE000, 0x34000), range(0xE0000, 0xE1000))  # other planes hold nothing yet
    for number in itertools.chain(*assigned):
        typed = f"a{chr(number)}b"
        try:
            encoded = idna.uts46_remap(typed, std3_rules=True)
        except idna.IDNAError:
            continue
        if encoded.isascii() and not KIND.order(typed).startswith(encoded.partition(".")[0]):
            dot = encoded == "a.b" and KIND.order(typed).startswith("a")
            assert dot or RULES.check(f"x@{typed}.com") is not None, ascii(typed)
