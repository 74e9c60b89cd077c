"""Values for Hypothesis, by the kind of their field: few and hard, so that records share them or nearly do."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import attrs
from hypothesis import strategies as st

from customercore.domain.classification import BUILT_IN_TYPES
from customercore.domain.field import Field
from customercore.domain.money import Money
from customercore.testing.sample_catalogue import FLAGS, SHOPS
from customercore.testing.sample_values import DECIMALS, HARD_TEXTS, INTEGERS, MONIES, identifier, moment

__all__ = ["MISTAKES", "Theme", "element_of", "respelled", "themes", "value_for"]

_ALPHABET = (
    "aAbo1 \t"
    "\u00f6\u00c5"  # composed
    "\u0308\u0301\u0331"  # marks, alone and behind a letter
    "\u00dfsS\u0130iI\u0131\u0141lL"  # what folds to more or other letters, and what has no decomposition
    "\u03c3\u03c2\u03a3\ufb01\u017f"  # sigmas, a ligature, a long s
    "\ue000\ufffd\U0001f600\U0001d49c\U00010400"  # where UTF-16 and code points are ordered differently
    "\u200d\u00ad"  # invisible
    "%_\\'\"`{}[]$*.^-@:"  # what query languages and patterns mean something by
)
"""Characters that stores have been known to fold, order or escape in ways of their own."""

_TEXTS = (
    ("a", "A", "\u00e5", "\u00c5", "a\u030a", "\u00e1", "ab", "ab c", "ab\tc", "abc", "b", "B"),
    ("\ue000", "\ufffd", "\U0001f600", "\U0001f601", "a\ue000", "a\U0001f600", "a\U00010400", "a\U00010428", "a"),
    ("%", "a%", "a%b", "ab", "a_b", "_", "a_", "\\%", "\\", "a*", ".*", "$", '{"$gt": ""}', "[ab]", "'", '"'),
    tuple("z" * size + tail for size in (63, 126, 127, 128, 199) for tail in ("", "a", "b")),
    (
        "stra\u00dfe",
        "STRASSE",
        "\u0130",
        "i",
        "I",
        "\u0131",
        "\u0141",
        "l",
        "\ufb01",
        "fi",
        "\u03c3",
        "\u03a3",
        "\u03c2",
    ),
    HARD_TEXTS,
)
"""Groups of texts that are easily taken for each other, or put into the wrong order."""

_INTEGERS = (
    (0, 1, -1, 2, -2),
    (2**53, 2**53 + 1, 2**53 - 1, -(2**53), -(2**53) - 1),  # where floats lose the last digit
    (2**63 - 1, 2**63 - 2, -(2**63), 1 - 2**63, 0),
    INTEGERS,
)


@attrs.frozen
class Theme:
    """What most values of one tenant are taken from."""

    texts: tuple[str, ...]
    integers: tuple[int, ...]

    @property
    def lines(self) -> st.SearchStrategy[str]:
        """Lines of text as they are stored: trimmed, and not empty."""
        own = st.sampled_from(self.texts)
        return st.one_of(own, own, own, st.text(_ALPHABET, min_size=1, max_size=4).map(str.strip).filter(bool))


def themes() -> st.SearchStrategy[Theme]:
    """Return the strategy that draws a theme; of texts that are ordered or escaped wrongly twice as often."""
    return st.builds(Theme, st.sampled_from((*_TEXTS, *_TEXTS[1:4])), st.sampled_from(_INTEGERS))


def _of(*values: Any) -> Callable[[Field, Theme], st.SearchStrategy[Any]]:
    return lambda _field, _theme: st.sampled_from(values)


def _decimals(_: Field, theme: Theme) -> st.SearchStrategy[Any]:
    return st.sampled_from((*DECIMALS, *(Decimal(one).scaleb(-4) for one in theme.integers)))


def _monies(_: Field, theme: Theme) -> st.SearchStrategy[Any]:
    amounts = [Money.of_minor(one, currency) for one in theme.integers for currency in ("SEK", "EUR")]
    return st.sampled_from((*MONIES, *amounts))


_DATES = (dt.date(2000, 2, 29), dt.date(1969, 12, 31), dt.date(1970, 1, 1), dt.date(9999, 12, 31), dt.date(1000, 1, 1))
_MOMENTS = (
    *(moment(0) + dt.timedelta(microseconds=micro) for micro in (-1, 0, 1, 999, 1_000, 1_001)),
    dt.datetime(1969, 12, 31, 23, 59, 59, 999_000, tzinfo=dt.UTC),
    dt.datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=dt.UTC),
    dt.datetime(1000, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=-14))),
)

_VALUES: dict[str, Callable[[Field, Theme], st.SearchStrategy[Any]]] = {
    "text": lambda _, theme: theme.lines,
    "long_text": lambda _, theme: theme.lines,
    "reference": lambda _, theme: theme.lines,
    "code": _of("C.1", "c-.2", "Gold", "gold", "g%", "\u00c4"),
    "id": lambda _field, _theme: st.integers(0, 30).map(identifier),
    "choice": lambda field, _: st.sampled_from(field.choices or ("Mx", "Dr")),
    "multi_choice": lambda field, _: st.sets(st.sampled_from(field.choices), max_size=3),
    "integer": lambda _, theme: st.sampled_from((*theme.integers, 3)),
    "decimal": _decimals,
    "money": _monies,
    "boolean": lambda _field, _theme: st.booleans(),
    "date": _of(*_DATES),
    "datetime": _of(*_MOMENTS),
    "email": _of("Ada@Example.com", "\u00c5da@x.y", "a\u030ada@X.y", "x_y%@x.y", "ada.1@example.com"),
    "phone": _of("0701234", "+46 (0)70-1", "07", "1_0"),
    "url": _of("https://a.b", "HTTPS://a.b/%_\u00c4", "http://a.b:1/A", "https://a.b/" + "z" * 150),
    "country": _of("SE", "NO", "Sweden", "de"),
    "language": _of("sv", "sv_se", "SV-SE", "de-AT", "en"),
    "flags": _of(*FLAGS, "VIP"),
    "tags": _of("STRASSE", "100%", "10", "1_0", "a b", "A  B", "x"),
    "customer_type": _of(*BUILT_IN_TYPES, "PRIVATE"),
    "shop": _of(*SHOPS, "MAIN"),
}

MISTAKES: tuple[Any, ...] = (
    None, True, 7, 2**63, 1.5, "", "  ", "\u00ad", "a\x00", "\ud800", "nobody's", "z" * 20_001, {"$gt": ""}, (), ("a",),
    dt.date(2000, 1, 1), dt.datetime(2000, 1, 1), Decimal("0.00001"), Decimal("Infinity"), Money(1, "SEK"),  # noqa: DTZ001  the mistake
)  # fmt: skip
"""Values that most fields refuse."""


def value_for(field: Field, theme: Theme) -> st.SearchStrategy[Any]:
    """Return the strategy of values for a field, not always in the form in which they are stored."""
    return _VALUES[field.kind](field, theme)


def element_of(field: Field, theme: Theme) -> st.SearchStrategy[Any]:
    """Return the strategy of what one may ask for in a field: of many values, for one of them."""
    return st.sampled_from(field.choices) if field.kind == "multi_choice" else value_for(field, theme)


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
