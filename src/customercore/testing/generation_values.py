"""Values for Hypothesis, by the kind of their field: few and hard, so that records share them."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from customercore.domain.classification import BUILT_IN_TYPES
from customercore.domain.field import Field
from customercore.domain.money import Money
from customercore.testing.sample_catalogue import FLAGS, SHOPS
from customercore.testing.sample_values import DECIMALS, HARD_TEXTS, INTEGERS, MONIES, identifier, moment

__all__ = ["HARD_ALPHABET", "HARD_LINES", "MISTAKES", "RAW", "respelled"]

HARD_ALPHABET = (
    "aAbo1 \t"
    "\u00f6\u00c5"  # composed
    "\u0308\u0301\u0331"  # marks, alone and behind a letter
    "\u00dfsS\u0130iI\u0131\u0141lL"  # what folds to more or other letters, and what has no decomposition
    "\u03c3\u03c2\u03a3\ufb01\u017f"  # sigmas, a ligature, a long s
    "\ue000\uffee\U0001f600\U0001d49c\U00010400"  # where UTF-16 and code points are ordered differently
    "\u200d\u00ad"  # invisible
    "%_\\'\"`{}[]$*.^-@:"  # what query languages and patterns mean something by
)
"""Characters that stores have been known to fold, order or escape in ways of their own."""

_LONG = tuple("z" * size + tail for size in (126, 127, 128, 199) for tail in ("", "a", "b"))
"""Texts that differ only near the length where keys are cut."""
_SHORT = ("a", "A", "ab", "ab c", "b", "\u00e5", "a\u030a", "\U0001f600", "\uffee", "%", "_", "a%", "a_b", "\\", "ss")

HARD_LINES = st.one_of(
    st.sampled_from(_SHORT),
    st.sampled_from(_SHORT),
    st.sampled_from((*HARD_TEXTS, *_LONG)),
    st.text(HARD_ALPHABET, min_size=1, max_size=5).map(str.strip).filter(bool),
)
"""Lines of text as they are stored: trimmed, and not empty."""

_INTEGERS = st.one_of(st.sampled_from(INTEGERS), st.integers(-3, 3))
_DECIMALS = st.one_of(st.sampled_from(DECIMALS), st.integers(-30, 30).map(lambda units: Decimal(units).scaleb(-1)))
_MONIES = st.one_of(
    st.sampled_from(MONIES), st.builds(Money.of_minor, st.integers(-2, 2), st.sampled_from(("SEK", "EUR", "JPY")))
)
_DATES = st.one_of(
    st.sampled_from((dt.date(2000, 2, 29), dt.date(1969, 12, 31), dt.date(9999, 12, 31))), st.dates(dt.date(1000, 1, 1))
)
_MOMENTS = st.one_of(
    st.integers(-2, 2).map(moment),
    st.integers(0, 2_000).map(lambda micro: moment(0) + dt.timedelta(microseconds=micro)),
    st.sampled_from(
        (
            dt.datetime(1969, 12, 31, 23, 59, 59, 999_000, tzinfo=dt.UTC),
            dt.datetime(9999, 12, 31, 23, 59, 59, 999_000, tzinfo=dt.UTC),
            dt.datetime(1000, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=-14))),
        )
    ),
)


def _always(strategy: st.SearchStrategy[Any]) -> Callable[[Field], st.SearchStrategy[Any]]:
    return lambda _: strategy


def _choice(field: Field) -> st.SearchStrategy[Any]:
    return st.sampled_from(field.choices or ("Mx", "Dr"))


def _choices(field: Field) -> st.SearchStrategy[Any]:
    return st.sets(st.sampled_from(field.choices), max_size=3)


RAW: dict[str, Callable[[Field], st.SearchStrategy[Any]]] = {
    "text": _always(HARD_LINES),
    "long_text": _always(HARD_LINES),
    "code": _always(st.sampled_from(("C.1", "c-.2", "Gold", "gold", "g%", "\u00c4"))),
    "slug": _always(st.sampled_from(tuple(BUILT_IN_TYPES))),
    "id": _always(st.integers(0, 30).map(identifier)),
    "choice": _choice,
    "multi_choice": _choices,
    "integer": _always(_INTEGERS),
    "decimal": _always(_DECIMALS),
    "money": _always(_MONIES),
    "boolean": _always(st.booleans()),
    "date": _always(_DATES),
    "datetime": _always(_MOMENTS),
    "email": _always(
        st.sampled_from(("Ada@Example.com", "\u00c5da@x.y", "a\u030ada@X.y", "x_y%@x.y", "ada.1@example.com"))
    ),
    "phone": _always(st.sampled_from(("0701234", "+46 (0)70-1", "07", "1_0"))),
    "url": _always(
        st.sampled_from(("https://a.b", "HTTPS://a.b/%_\u00c4", "http://a.b:1/A", "https://a.b/" + "z" * 150))
    ),
    "reference": _always(HARD_LINES),
    "country": _always(st.sampled_from(("SE", "NO", "Sweden", "de"))),
    "language": _always(st.sampled_from(("sv", "sv_se", "SV-SE", "de-AT", "en"))),
    "flags": _always(st.sampled_from((*FLAGS, "VIP"))),
    "tags": _always(st.sampled_from(("STRASSE", "100%", "10", "1_0", "a b", "A  B", "x"))),
    "customer_type": _always(st.sampled_from((*BUILT_IN_TYPES, "PRIVATE"))),
    "shop": _always(st.sampled_from((*SHOPS, "MAIN"))),
}
"""By the name of a kind: values to store and to ask for, not always in the form in which they are stored."""

MISTAKES: tuple[Any, ...] = (
    None, True, 7, 2**63, 1.5, "", "  ", "\u00ad", "a\x00", "\ud800", "nobody's", "z" * 20_001, {"$gt": ""}, (), ("a",),
    dt.date(2000, 1, 1), dt.datetime(2000, 1, 1), Decimal("0.00001"), Decimal("Infinity"), Money(1, "SEK"),  # noqa: DTZ001  the mistake
)  # fmt: skip
"""Values that most fields refuse."""


def respelled(text: str, way: int) -> str:
    """Return a text in another spelling: its case, its composition or the space around it."""
    match way:
        case 1:
            return text.swapcase()
        case 2:
            return unicodedata.normalize("NFD", text)
        case 3:
            return f" {unicodedata.normalize('NFC', text)} "
    return text
