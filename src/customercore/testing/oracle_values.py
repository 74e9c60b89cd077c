"""What values mean to a search, in plain Python: when two are equal, which comes first, which words a record has.

Only text has keys here. Numbers, dates and amounts are compared as themselves, so that whatever a
store compares in their place has to agree with them.
"""

from __future__ import annotations

import re
from typing import Any

import attrs

from customercore.catalogue.bound_field import BoundField
from customercore.domain.address import Address
from customercore.domain.countries import country_code
from customercore.domain.customer import Customer
from customercore.domain.money import Money
from customercore.domain.tenant import Definitions
from customercore.domain.text import SORT_LENGTH, fold, identity_key, search_key

__all__ = ["comparable", "fits", "has_word", "operand", "pieces_of", "rank", "same", "starts_in", "value_in"]

_LONGEST = 20_000
_WORD = 64
_NO_PIECE = re.compile(r"""[\s@._\-+/,;:()'"\u2010\u2013\u2018\u2019]+""")
_EMAIL = re.compile(
    r"""[^\s@._\-+/,;:()'"\u2010\u2013\u2018\u2019]\S*?@\S*[^\s@._\-+/,;:()'"\u2010\u2013\u2018\u2019]"""
)
_PHONE = re.compile(r"""(?<!\S)\(?\+[\d().\-/]*(?!\S)(?:\s+[\d().\-/]+(?!\S))*""")


def value_in(one: Any, field: BoundField) -> Any:
    """Return the value of a field of a record; None for a custom field that it has no value of."""
    holder, _, key = field.name.partition("info.")
    return one.info.get(key) if key else getattr(one, holder)


def operand(field: BoundField, value: Any, definitions: Definitions) -> Any:
    """Return a value asked for in its normal form, None when it is empty; raise `RefusedError`."""
    if field.kind.many:
        return next(iter(field.kind.parse([value], field.field, definitions) or ()), None)
    return field.kind.parse(value, attrs.evolve(field.field, max_length=_LONGEST), definitions)


def same(field: BoundField, value: Any) -> Any:
    """Return what two values have in common exactly when they are equal."""
    if field.field.kind == "email":
        return fold(value)
    return identity_key(value) if field.kind.keyed or field.field.kind == "tags" else value


def rank(field: BoundField, value: Any) -> Any:
    """Return what values are ordered by, and texts are searched in."""
    if isinstance(value, Money):
        return (value.currency, value.minor)
    if isinstance(value, str):
        return (search_key(value) if field.kind.keyed else value)[:SORT_LENGTH]
    return value


def comparable(value: Any, *others: Any) -> bool:
    """Tell whether order means something between a value and others: amounts of two currencies have none."""
    return not isinstance(value, Money) or {value.currency} == {one.currency for one in others}


def pieces_of(text: str) -> list[str]:
    """Return the words of a text by their search keys."""
    return [piece for piece in _NO_PIECE.split(search_key(text)) if piece]


def starts_in(text: str) -> list[str]:
    """Return what words must start with for a question: numbers behind ``+``, then addresses, then what is left."""
    rest = search_key(text)
    numbers = [number.replace("(0)", "") for number in _PHONE.findall(rest)]
    starts = ["".join(char for char in number if char.isdecimal()) for number in numbers]
    rest = _PHONE.sub(" ", rest)
    starts += _EMAIL.findall(rest)
    starts += _NO_PIECE.split(_EMAIL.sub(" ", rest))
    return [start for start in dict.fromkeys(starts) if start]


def has_word(one: Customer, start: str) -> bool:
    """Tell whether a word of the customer's names, e-mail, code, phones or company starts so; 64 characters count.

    What has an ``@`` within it is a word as a whole too; the domain of the e-mail is none of its own.
    """
    words = ["".join(char for char in phone if char.isdigit()) for phone in one.phones]
    for text in (one.first_name, one.middle_name, one.last_name, one.code, one.company_name, one.company_name_2):
        words += pieces_of(text or "") + _EMAIL.findall(search_key(text or ""))
    if one.email:
        words += [*_EMAIL.findall(search_key(one.email)), *pieces_of(one.email.rpartition("@")[0])]
    return any(word[:_WORD].startswith(start[:_WORD]) for word in words)


def fits(address: Address, name: str, value: str) -> bool:
    """Tell whether an address has this value, in any spelling of it; countries also go by their names."""
    stored: str | None = getattr(address, name)
    wanted = (country_code(value) or value) if name == "country" else value
    return stored is not None and identity_key(stored) == identity_key(wanted)
