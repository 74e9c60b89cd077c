"""What the state machine gives to calls: few values and hard ones, so that calls meet, and mistakes among them."""

from __future__ import annotations

from typing import Any

import attrs
from hypothesis import strategies as st

from customercore.domain.address import PURPOSES
from customercore.domain.field import Field
from customercore.testing.generation_values import MISTAKES, Theme, value_for
from customercore.testing.sample_catalogue import FLAGS, SHOPS
from customercore.testing.sample_values import DECIMALS, HARD_TEXTS, INTEGERS

__all__ = [
    "ADDRESS",
    "CODES",
    "CUSTOMER",
    "EMAILS",
    "FIELDS",
    "FLAG_CODES",
    "INFO",
    "KEYS",
    "KINDS",
    "LABELS",
    "OPTIONS",
    "PARTS",
    "SETTINGS",
    "SHOP_CODES",
    "TAGS",
    "THEME",
    "TYPES",
    "WAYS",
    "WHO",
    "Way",
    "info_value",
]

THEME = Theme((*HARD_TEXTS[:6], "ab", "AB", "ab c", "100%", "a_b", "\ue000", "z" * 130), INTEGERS)
"""What most texts and numbers are taken from."""
_MISTAKE = st.integers(0, len(MISTAKES) - 1).map(lambda at: MISTAKES[at])


def _mostly(good: st.SearchStrategy[Any], bad: st.SearchStrategy[Any] = _MISTAKE) -> st.SearchStrategy[Any]:
    return st.integers(0, 23).flatmap(lambda chance: bad if chance == 23 else good)


def _some(*values: Any) -> st.SearchStrategy[Any]:
    return _mostly(st.sampled_from(values))


WHO = st.integers(0, 9)
"""Which of the known customers, addresses or searches; 9 is one that is not there."""


@attrs.frozen
class Way:
    """How a call is made: its expected version, so far from the last one seen, its idempotency key, through which core.

    Few keys, so that they come again with the same arguments and with other ones.
    """

    version: int | None
    key: str | None
    through: int


# Every strategy here is named after the parameter that it gives.
WAYS = st.builds(
    Way,
    st.sampled_from((*[None] * 8, *[0] * 6, -1, 1)),
    st.sampled_from((*[None] * 9, *["k1", "k2"] * 3, "")),
    st.integers(0, 1),
)

_LINE = _mostly(st.one_of(st.sampled_from(THEME.texts), st.sampled_from(THEME.texts), THEME.lines))
_LINE_OR_NONE = _mostly(st.one_of(_LINE, st.none()))
EMAILS = _mostly(
    st.one_of(
        st.sampled_from(("p0@example.com", "P1@Example.com ", "\u00c5da@example.com", "o'b@example.com", "x")),
        st.integers(0, 40).map("p{}@example.com".format),
    )
)
"""Mailboxes, in several spellings."""
CODES = _some("C1", "c1", "\u00c4%", "C0000001", "C0000003", "{_", None)
"""Customers' codes; some are what a pattern makes."""
FLAG_CODES = st.sampled_from((*[*FLAGS, "VIP"] * 4, "nobody's", None))
"""Codes of flags, mostly defined ones."""
TAGS = _some("Stra\u00dfe", "STRASSE", "100%", "1_0", "\U0001f600", "a b", "a  b")
"""Tags, some of them equal."""
SHOP_CODES = st.sampled_from((*SHOPS[:2] * 3, "MAIN ", SHOPS[2], None, None))
"""Codes of shops, mostly defined ones."""
TYPES = st.sampled_from(("private", "business", "guest", "Club", "club", "nobody", None))
"""Codes of customer types."""
LABELS = _some("Label", " \u00c5 ", None, "")
"""Labels of definitions."""

KINDS = {
    "points": "integer",
    "score": "decimal",
    "note": "text",
    "story": "long_text",
    "size": "choice",
    "sizes": "multi_choice",
    "saved": "money",
    "since": "date",
    "seen": "datetime",
    "agreed": "boolean",
    "mail": "email",
    "site": "url",
    "Z9": "text",
}
"""The keys of info types, and the kind that each mostly has."""
KEYS = st.sampled_from((*KINDS, "nobody", "9x", ""))
"""Keys of info types, and a few that cannot be."""
_SIZES = ("S", "s", "\u00c5", "100%")


def info_value(key: str) -> st.SearchStrategy[Any]:
    """Return the strategy of values for an info type."""
    field = Field(name=key, kind=KINDS.get(key, "text"), choices=_SIZES)
    return _mostly(st.one_of(value_for(field, THEME), st.none()))


INFO = st.lists(st.sampled_from((*KINDS, "nobody")), max_size=4, unique=True).flatmap(
    lambda keys: st.fixed_dictionaries({key: info_value(key) for key in keys})
)
"""Values by key; the machine leaves out most that nobody has defined."""

OPTIONS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "searchable": st.sampled_from((True, True, False)),
        "unique": st.booleans(),
        "choices": st.sampled_from((_SIZES, _SIZES[:2], ())),
        "required": st.booleans(),
        "default": st.one_of(st.sampled_from((*INTEGERS[:3], *DECIMALS[:3], "S", "ab", None)), _MISTAKE),
        "minimum": st.sampled_from((0, 1, -1, None, "x")),
        "maximum": st.sampled_from((7, 2, None, 0)),
        "pattern": st.sampled_from((None, "[a-z]*", "(")),
        "shops": st.sampled_from(((), ("main",), ("nowhere",))),
        "label": st.sampled_from(({"en": "One"}, None, "Two", 7)),
        "position": st.integers(0, 2),
    },
)
"""Options of an info type."""

_PARTS: dict[str, st.SearchStrategy[Any]] = {
    "line1": _LINE_OR_NONE,
    "city": _some("Oslo", "OSLO", "\u00d6rebro", "O\u0308rebro", "100%", None),
    "postcode": _some("0150", "1_0", None, "z" * 40),
    "country": _some("SE", "NO", "Norway", "xx"),
    "phone": _some("+4687654321", "070", None),
    "purposes": st.sampled_from((PURPOSES, (), ("invoice",), ("moon",))),
    "default_for": st.sampled_from(((), ("invoice",), ("delivery",), PURPOSES)),
    "first_name": _LINE,
}
PARTS = st.fixed_dictionaries({}, optional=_PARTS)
"""Changes of an address."""
ADDRESS = st.builds(lambda parts: {"country": "SE", **parts}, PARTS)
"""A new address; few of them differ, so that some are there already."""

_FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "email_verified": st.booleans(),
    "code": CODES,
    "salutation": _LINE_OR_NONE,
    "middle_name": _LINE_OR_NONE,
    "company_name": _LINE_OR_NONE,
    "phones": st.lists(_some("0701234", "+46701", "07"), max_size=2),
    "language": _some("sv", "sv_se", "de-AT", None),
    "birth_date": value_for(Field(name="birth_date", kind="date"), THEME),
    "customer_type": TYPES,
    "pricing_policy": _some("Gold", "gold", "g%", None),
    "flags": st.lists(FLAG_CODES, max_size=2),
    "tags": st.lists(TAGS, max_size=2),
    "shop": SHOP_CODES,
    "nobody": st.just(1),
    "version": st.just(7),
}
_FEW = st.lists(st.sampled_from((*tuple(_FIELDS)[:-2] * 4, *tuple(_FIELDS)[-2:])), max_size=4, unique=True)
_NAMES: dict[str, st.SearchStrategy[Any]] = {"email": EMAILS, "first_name": _LINE, "last_name": _LINE}


def _with(wanted: dict[str, st.SearchStrategy[Any]], optional: tuple[str, ...] = ()) -> st.SearchStrategy[Any]:
    """Return the strategy of fields: those wanted, and a few others."""

    def drawn(names: list[str]) -> st.SearchStrategy[Any]:
        return st.fixed_dictionaries(
            {**wanted, **{name: _FIELDS[name] for name in names}}, optional={name: _NAMES[name] for name in optional}
        )

    return _FEW.flatmap(drawn)


CUSTOMER = st.builds(
    lambda fields, info, book: {**fields, "info": info, **({"addresses": book} if book else {})},
    _with({**_NAMES, "first_name": st.sampled_from(THEME.texts), "last_name": _LINE}),
    INFO,
    st.lists(ADDRESS, max_size=2),
)
"""A new customer."""
FIELDS = st.builds(lambda fields, info: {**fields, **({"info": info} if info else {})}, _with({}, tuple(_NAMES)), INFO)
"""Changes of a customer."""

SETTINGS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "email": st.fixed_dictionaries(
            {}, optional={"scope": _some("tenant", "shop"), "special_domains": st.booleans(), "nobody": st.none()}
        ),
        "customers": st.fixed_dictionaries(
            {},
            optional={
                "code_pattern": _some("C{number:07d}", "K-{number}", None, "x"),
                "max_addresses": st.sampled_from((1, 2, 100, 0)),
            },
        ),
    },
)
"""Changes of a tenant's settings."""
