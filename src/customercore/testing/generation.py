"""Random tenants for Hypothesis: info types of every kind, and customers whose values are hard to search.

Values come from small pools, so that customers share them, and from an alphabet of characters that
servers fold, sort or escape in ways of their own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import attrs
from hypothesis import strategies as st

from customercore.domain.address import PURPOSES, Address
from customercore.domain.customer import GUEST, REGISTERED, STATUSES, Customer
from customercore.domain.info_type import PENDING, READY, InfoType
from customercore.domain.info_values import InfoValues
from customercore.domain.kinds import RefusedError
from customercore.testing.generation_values import Theme, themes, value_for
from customercore.testing.oracle_values import same
from customercore.testing.sample_catalogue import FLAGS, SHOPS
from customercore.testing.sample_info import ALL_KINDS, Defined, defined, info_type, searchable_kinds
from customercore.testing.sample_values import identifier, moment

__all__ = ["World", "worlds"]

_FEWEST, _MOST = 1, 14
_MOST_INFO_TYPES = 8
_TELLING = 2 * ("integer", "decimal", "text")  # more can go wrong with these
_KEYS = ("a", "A", "a_b", "a_1", "points", "email", "id", "flags", "z" * 63, "Z9")
_CODES = ("S", "s", "\u00c5", "a:b", "100%", "S_", "\U0001f600")
_PLACES = ("Oslo", "OSLO", "\u00d6rebro", "O\u0308rebro", "100%", "_", "Stra\u00dfe", "ab c", "\U0001f600")


@attrs.frozen(slots=False, repr=False)
class World:
    """A tenant: what it has defined, its customers, and how each of them came to be stored as it is.

    ``before`` holds the first versions of those that are saved once; ``late`` are the ids of those
    that were stored before the info types were known, and are indexed anew.
    """

    theme: Theme
    known: Defined
    customers: tuple[Customer, ...]
    before: Mapping[str, Customer]
    late: frozenset[str]

    @cached_property
    def used(self) -> frozenset[str]:
        """The built-in fields that some customer has a value in."""
        fields = attrs.fields_dict(Customer)
        return frozenset(
            name for name, field in fields.items() if any(getattr(one, name) != field.default for one in self.customers)
        )

    def __repr__(self) -> str:
        """Show what is defined, and every value of every customer that is not empty."""
        lines = [f"  {field.name}: {_filled(field.info_type)}" for field in self.known.fields]
        for one in self.customers:
            first = self.before.get(one.id)
            way = (
                "indexed anew" if one.id in self.late else "added" if first is None else f"saved over {_filled(first)}"
            )
            lines.append(f"  {_filled(one)} {way}")
        return "\n".join(["<info types and customers:", *lines, ">"])

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: FBT001  as Hypothesis calls it
        printer.text(repr(self))


def _filled(one: Any) -> dict[str, Any]:
    fields = attrs.fields_dict(type(one))
    shown = {name: getattr(one, name) for name in fields if getattr(one, name) != fields[name].default}
    return {**shown, "addresses": [_filled(each) for each in one.addresses]} if "addresses" in shown else shown


@st.composite
def _info_types(draw: st.DrawFn) -> tuple[InfoType, ...]:
    kinds = draw(st.lists(st.sampled_from((*ALL_KINDS, *_TELLING)), max_size=_MOST_INFO_TYPES))
    keys = draw(st.permutations(_KEYS))
    found = []
    for key, kind in zip(keys, kinds, strict=False):
        can = kind in searchable_kinds()
        searchable = can and draw(st.integers(0, 7)) < 7
        unique = can and kind not in ("multi_choice", "boolean") and draw(st.integers(0, 3)) == 0
        state = PENDING if searchable and draw(st.integers(0, 7)) == 7 else READY
        codes = _CODES if kind.endswith("choice") else ()
        found.append(info_type(key, kind, searchable=searchable, unique=unique, state=state, choices=codes))
    return tuple(found)


@st.composite
def _info(draw: st.DrawFn, theme: Theme, known: Defined) -> InfoValues:
    optional = {field.info_type.key: value_for(field.field, theme) for field in known.fields}
    drawn = draw(st.fixed_dictionaries({}, optional=optional))
    values = {}
    for key, value in drawn.items():
        field = known.customers.by_name[f"info.{key}"]
        try:
            values[key] = field.parse(value, known.definitions)
        except RefusedError:
            continue
    return InfoValues({key: value for key, value in values.items() if value is not None})


_ADDRESSES = st.lists(
    st.fixed_dictionaries(
        {"country": st.sampled_from(("SE", "NO"))},
        optional={
            "city": st.sampled_from(_PLACES),
            "region": st.sampled_from(_PLACES[:4]),
            "postcode": st.sampled_from(("1_0", "100", "10%")),
            "purposes": st.sets(st.sampled_from(PURPOSES)).map(frozenset),
        },
    ),
    max_size=3,
)
_TEXT_FIELDS = ("salutation", "first_name", "middle_name", "last_name", "suffix", "department", "company_name")
_OTHER_FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "email_verified": st.booleans(),
    "phones": st.lists(st.sampled_from(("0701234", "+46701", "07", "112")), max_size=2, unique=True).map(tuple),
    "language": st.sampled_from(("sv", "sv-SE", "de-AT")),
    "birth_date": st.sampled_from((dt.date(2000, 2, 29), dt.date(1969, 12, 31), dt.date(9999, 12, 31))),
    "customer_type": st.sampled_from(("private", "business", "guest")),
    "pricing_policy": st.sampled_from(("Gold", "gold", "g%", "\u00c4")),
    "flags": st.sets(st.sampled_from(FLAGS)).map(frozenset),
    "tags": st.sets(st.sampled_from(("Stra\u00dfe", "100%", "10", "1_0", "\U0001f600", "a b"))).map(frozenset),
    "shop": st.sampled_from(SHOPS),
    "status": st.sampled_from(STATUSES),
    "created_at": st.integers(0, 3).map(moment),
    "deactivated_at": st.integers(0, 3).map(moment),
}
_LOCAL = ("Ada", "\u00c5da", "stra\u00dfe", "o'brien", "x_y%", "a+b")
_CODE = ("C", "c-", "\u00c4%", "{_")


@st.composite
def _customers(
    draw: st.DrawFn, theme: Theme, known: Defined, names: Sequence[str], number: int, *, first: bool = False
) -> Customer:
    """Draw a customer; of a ``first`` version nothing is unique, so that it is in nobody's way."""
    optional = {name: _OTHER_FIELDS.get(name, theme.lines) for name in names}
    values = draw(st.fixed_dictionaries({}, optional={**optional, "addresses": _ADDRESSES}))
    book = tuple(Address(id=identifier(at), **one) for at, one in enumerate(values.pop("addresses", ())))
    values["info"] = draw(_info(theme, known))
    values["kind"] = draw(st.sampled_from((REGISTERED, GUEST)))
    tail = f".{number}{'.first' if first else ''}"
    if draw(st.booleans()):
        values["email"] = draw(st.sampled_from(_LOCAL)) + f"{tail}@Example.com"
    if draw(st.booleans()):
        values["code"] = draw(st.sampled_from(_CODE)) + tail
    return Customer(id=identifier(number), version=1, addresses=book, **values)


@st.composite
def _ways(
    draw: st.DrawFn, theme: Theme, known: Defined, names: Sequence[str]
) -> tuple[Customer, Customer | None, bool]:
    """Draw a customer, its first version where it is saved over one, and whether it is indexed anew."""
    number = draw(st.integers(0, 30))
    way = draw(st.sampled_from(("new", "new", "saved", "late")))
    one = draw(_customers(theme, known, names, number))
    if way != "saved":
        return one, None, way == "late"
    first = draw(_customers(theme, known, names, number, first=True))
    unique = [field.info_type.key for field in known.fields if field.field.unique]
    first = attrs.evolve(first, info=first.info.changed(dict.fromkeys(unique)))
    return attrs.evolve(one, version=2), first, False


def _distinct(known: Defined, many: list[Customer]) -> tuple[Customer, ...]:
    """Return the customers without the values of unique info types that an earlier one holds."""
    taken: set[tuple[str, Any]] = set()
    found = []
    for one in many:
        for field in known.fields:
            value = one.info.get(field.info_type.key)
            if field.field.unique and value is not None:
                claim = (field.name, same(field, value))
                if claim in taken:
                    one = attrs.evolve(one, info=one.info.changed({field.info_type.key: None}))
                taken.add(claim)
        found.append(one)
    return tuple(found)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Draw what a tenant has defined and which customers it has."""
    theme, known = draw(themes()), defined(*draw(_info_types()))
    names = draw(st.lists(st.sampled_from(_TEXT_FIELDS), min_size=1, max_size=3, unique=True))
    names += draw(st.lists(st.sampled_from(tuple(_OTHER_FIELDS)), max_size=6, unique=True))
    # All that belongs to a customer is drawn together, so that Hypothesis can leave customers out.
    each = _ways(theme, known, names)
    many = draw(st.lists(each, min_size=_FEWEST, max_size=_MOST, unique_by=lambda way: way[0].id))
    return World(
        theme,
        known,
        _distinct(known, [one for one, _, _ in many]),
        {one.id: first for one, first, _ in many if first is not None},
        frozenset(one.id for one, _, late in many if late),
    )
