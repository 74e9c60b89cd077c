"""What a customer is found by beside its fields: the words of its names and contacts, and where its addresses are.

Questions are divided as what is stored is divided: `words_of` and `asked_words` stand side by side.
"""

from __future__ import annotations

import functools
import re

from customercore.catalogue.bound_field import Index
from customercore.domain.address import Address
from customercore.domain.customer import Customer
from customercore.domain.text import search_key, text_keys

__all__ = ["ELEMENT_FIELDS", "WORD", "asked_words", "customer_index", "words_of"]

WORD = "word:"
"""What the terms of words start with; a search looks for terms that start with this and the word asked for."""
ELEMENT_FIELDS = ("postcode", "city", "region", "country")
"""The fields of addresses that customers are found by, those first that single out most."""

_MARKS = "@._-+/,;:()'\"\u2010\u2013\u2018\u2019"
_SEPARATORS = re.compile(rf"[\s{re.escape(_MARKS)}]+")
_NUMBER = re.compile(r"\(?\+[\d().\-/]*")
_REST_OF_NUMBER = re.compile(r"[\d().\-/]+")
_LONGEST = 64
_MOST = 60


@functools.lru_cache(maxsize=512)
def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text by their search keys; what has an ``@`` in it is a word as a whole too."""
    key = search_key(text)
    if key.isalnum():  # nothing in it separates words
        return (key,)
    words = _SEPARATORS.split(key)
    return (*words, *_wholes(key)) if "@" in key else (*words,)


def _wholes(key: str) -> list[str]:
    """Return what stands between spaces and has an ``@`` within it, without separators around it."""
    return [whole for part in key.split() if "@" in (whole := part.strip(_MARKS))]


def asked_words(text: str) -> tuple[str, ...]:
    """Return the words that a question consists of, each once; a customer must have words that start with them.

    A part with an ``@`` in it is one word, since that is how an e-mail address begins. Digits behind a
    ``+`` are one word, a telephone number, with all its spaces and signs and without a ``(0)``.
    """
    words, number = [], ""
    for part in search_key(text).split():
        if number and _REST_OF_NUMBER.fullmatch(part):
            number += part
            continue
        words.append(_digits(number))
        number = part if _NUMBER.fullmatch(part) else ""
        if not number:
            words += _wholes(part) or _SEPARATORS.split(part)
    return tuple(word for word in dict.fromkeys([*words, _digits(number)]) if word)


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number.replace("(0)", ""))


def customer_index(one: Customer) -> Index:
    """Return the words and the addresses' terms of a customer."""
    words: list[str] = []
    for text in (
        one.first_name,
        one.middle_name,
        one.last_name,
        one.code,
        one.company_name,
        one.company_name_2,
    ):
        if text:
            words += words_of(text)
    if one.email:  # domains are shared by too many to be worth a search
        words += [*_wholes(search_key(one.email)), *words_of(one.email.rpartition("@")[0])]
    words += ["".join(filter(str.isdigit, phone)) for phone in one.phones]
    known = dict.fromkeys([word[:_LONGEST] for word in words if word])
    terms = frozenset([WORD + word for word in list(known)[:_MOST]])
    return Index(terms, tuple([_address_terms(address) for address in one.addresses]))


def _address_terms(address: Address) -> frozenset[str]:
    state = address.__dict__
    return frozenset([f"address.{name}:{text_keys(state[name])[0]}" for name in ELEMENT_FIELDS if state[name]])
