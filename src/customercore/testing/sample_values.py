"""Values for every kind of field, the hard ones among them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from customercore.catalogue.bound_field import BoundField
from customercore.domain.classification import BUILT_IN_TYPES
from customercore.domain.entry import Part
from customercore.domain.field import Field
from customercore.domain.info_type import InfoType
from customercore.domain.info_values import InfoValues
from customercore.domain.money import Money
from customercore.domain.wallet import Hold, Lot
from customercore.testing.sample_catalogue import SHOPS, catalogue_for_tests

__all__ = ["DECIMALS", "HARD_TEXTS", "INTEGERS", "MONIES", "every_info_type", "identifier", "moment", "value_of"]

HARD_TEXTS = (
    "\u00c5ngstr\u00f6m",  # Å and ö, composed
    "A\u030angstro\u0308m",  # the same, decomposed: another text, and the same key
    "Stra\u00dfe",  # ß folds to ss
    "\u0130stanbul",  # the dotted İ folds to two code points
    "\u0141\u00f3d\u017a",  # Ł has no decomposition
    "\U0001f600 \U0001d49cda",  # outside the basic plane: surrogate pairs in UTF-16
    "\ue000private",  # above the last one in UTF-16, below it by code point
    "\ufb01nca",  # a ligature
    "\u039f\u03b4\u03c5\u03c3\u03c3\u03b5\u03cd\u03c2",  # a final sigma
    "\u05e9\u05dc\u05d5\u05dd",  # right to left
    "a\u200db",  # an invisible joiner
    "\u0e1e\u0e23\u0e30",  # marks that follow their letter
    "100%",
    "1_0%",
    "back\\slash \\% \\_",
    'O\'Brien "Q" `x`',
    '{"$gt": ""}',
    "'; DROP TABLE customers; --",
    "ab",
    "ab c",
    "ab\tc",  # below a space, which some servers pad with
    "null",
    "=1+1",
    "z" * 200,  # keys are cut for sorting
)
"""Texts that stores have been known to change, to take for something else, or to sort wrongly."""

INTEGERS = (0, 7, -1, 2**63 - 1, -(2**63), 2**53 + 1)
"""Whole numbers, to both ends of 64 bits and past those that a float holds."""

DECIMALS = (
    Decimal(0),
    Decimal("0.1"),
    Decimal("-0.0001"),
    Decimal("12.5"),
    Decimal("922337203685477.5807"),
    Decimal("-922337203685477.5808"),
)
"""Decimals in the form their kind gives them, to both ends of a scaled 64-bit integer."""

MONIES = (
    Money(0, "SEK"),
    Money("50.00", "SEK"),
    Money("-0.01", "SEK"),
    Money(50, "JPY"),
    Money("49.99", "EUR"),
    Money("1.005", "BHD"),
    Money.of_minor(2**63 - 1, "EUR"),
    Money.of_minor(-(2**63), "EUR"),
)
"""Amounts in currencies with different numbers of decimals."""

_DATES = (
    dt.date(1815, 12, 10),
    dt.date(2000, 2, 29),
    dt.date(1969, 12, 31),
    dt.date(9999, 12, 31),
    dt.date(1582, 10, 10),
)
_EPOCH = dt.datetime(2026, 1, 31, 23, 59, 59, 999_000, tzinfo=dt.UTC)
_CHOICES = ("S", "s", "\u00c5", "a:b", "100%")
_ANYTHING = (DECIMALS[1], MONIES[1], _DATES[0], _EPOCH, True, INTEGERS[3], HARD_TEXTS[0], frozenset(_CHOICES[1:]))


def moment(number: int) -> dt.datetime:
    """Return a moment in whole milliseconds; later numbers are later moments."""
    return _EPOCH + dt.timedelta(hours=number, milliseconds=number)


def identifier(number: int) -> str:
    """Return an identifier; later numbers sort after earlier ones."""
    return f"0190a000-0000-7000-8000-{number:012x}"


def every_info_type(applies_to: str) -> tuple[InfoType, ...]:
    """Return an info type of every kind there is, with key ``my_<kind>``; none is searchable."""
    return tuple(
        InfoType(
            id=f"{applies_to}-{kind}",
            version=1,
            key=f"my_{kind}",
            kind=kind,
            applies_to=applies_to,
            choices=InfoValues({code: InfoValues() for code in _CHOICES} if kind.endswith("choice") else {}),
        )
        for kind in catalogue_for_tests().info_kinds
    )


def _text(field: Field, number: int) -> str:
    return HARD_TEXTS[number % len(HARD_TEXTS)][: field.max_length].strip()


def _choice(field: Field, number: int) -> str:
    choices = field.choices or ("Mx", "Dr", "Prof")
    return choices[number % len(choices)]


def _choices(field: Field, number: int) -> frozenset[str]:
    return frozenset(field.choices[number % 2 :])


def _info(number: int) -> InfoValues:
    """Return values of every kind, but for some gaps; the number decides which."""
    values = {}
    for kind in catalogue_for_tests().info_kinds:
        field = Field(name=f"info.my_{kind}", kind=kind, choices=_CHOICES)
        if (len(kind) + number) % 7:
            values[f"my_{kind}"] = _VALUES[kind](field, number)
    return InfoValues(values)


def _labels(number: int) -> InfoValues:
    return InfoValues({"en": f"Label {number}", "sv-SE": HARD_TEXTS[number % len(HARD_TEXTS)]})


def _addresses(number: int) -> tuple[Any, ...]:
    fields = catalogue_for_tests().addresses.fields
    return tuple(
        catalogue_for_tests().addresses.type(
            **{one.name: value_of(one, number + step) for one in fields if one.name != "id"},
            id=identifier(900 + step),
        )
        for step in range(1 + number % 2)
    )


def _lots(number: int) -> tuple[Lot, ...]:
    return (
        Lot(id=identifier(number), left=INTEGERS[3], held=number, expires_at=moment(number)),
        *(Lot(id=identifier(number + step), left=step + 1) for step in range(number % 3)),
    )


def _holds(number: int) -> tuple[Hold, ...]:
    parts = (Part(identifier(number), 5, moment(number)), Part("", INTEGERS[5]))
    held: dict[str, Any] = {"wallet": identifier(1), "currency": "SEK", "created_at": moment(number)}
    return (
        Hold(
            id=identifier(number),
            amount_minor=INTEGERS[3],
            parts=parts,
            expires_at=moment(9),
            reference="R-\u00c4",
            **held,
        ),
        *(
            Hold(id=identifier(number + step), amount_minor=step, parts=parts[:step], **held)
            for step in range(number % 3)
        ),
    )


def _one(*values: Any) -> Callable[[Field, int], Any]:
    return lambda _, number: values[number % len(values)]


_VALUES: dict[str, Callable[[Field, int], Any]] = {
    "text": _text,
    "long_text": lambda _, number: f"{HARD_TEXTS[number % len(HARD_TEXTS)]}\n\tsecond line",
    "code": lambda _, number: f"C-{number}-\u00c4",
    "slug": lambda _, number: f"slug_{number}.x-y",
    "slugs": _one(("customer.created", "shop.updated"), ("a_b",)),
    "id": lambda _, number: identifier(number),
    "choice": _choice,
    "choices": _choices,
    "multi_choice": _choices,
    "pattern": lambda _, number: f"K{number}-{{number:05d}}",
    "integer": _one(*INTEGERS),
    "decimal": _one(*DECIMALS),
    "money": _one(*MONIES),
    "boolean": lambda _, number: number % 2 == 0,
    "date": _one(*_DATES),
    "datetime": lambda _, number: moment(number * 1000),
    "email": lambda _, number: f"Person.{number}+\u00e9@Example.com",
    "phone": lambda _, number: f"+46 (0)70-{number:07d}",
    "phones": lambda _, number: tuple(f"070-{number + step}" for step in range(1 + number % 2)),
    "url": lambda _, number: f"https://Example.com/{number}?q=100%25_\u00c4",
    "reference": _text,
    "country": _one("SE", "DE", "US"),
    "countries": _one(("SE", "NO"), ("DE",)),
    "currency": _one("SEK", "EUR", "JPY"),
    "language": _one("sv", "de-AT", "en"),
    "languages": _one(("sv", "en"), ("de-AT",)),
    "flags": _one(frozenset({"vip"}), frozenset({"vip", "late_payer"}), frozenset({"wholesale"})),
    "tags": _one(frozenset({"Sommer \u00c4rger", "100%"}), frozenset({"STRASSE"})),
    "customer_type": _one(*BUILT_IN_TYPES),
    "shop": _one(*SHOPS),
    "shops": _one(SHOPS[:2], SHOPS[2:]),
    "addresses": lambda _, number: _addresses(number),
    "info": lambda _, number: _info(number),
    "info_key": lambda _, number: f"Key_{number}",
    "labels": lambda _, number: _labels(number),
    "choice_labels": lambda _, number: InfoValues({code: _labels(number) for code in _CHOICES[number % 3 :]}),
    "secret": lambda _, number: f"md5:{number:032x}",
    "value": _one(*_ANYTHING),
    "lots": lambda _, number: _lots(number),
    "holds": lambda _, number: _holds(number),
}


def value_of(field: BoundField, number: int) -> Any:
    """Return a value of a field as its kind parses it; different numbers give several values."""
    return _VALUES[field.field.kind](field.field, number)
