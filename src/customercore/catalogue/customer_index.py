"""What a customer is found by beside its fields: the words of its names and contacts, and where its addresses are."""

from __future__ import annotations

import functools
import re

from customercore.catalogue.bound_field import Index
from customercore.domain.address import Address
from customercore.domain.customer import Customer
from customercore.domain.text import search_key, text_keys

__all__ = ["ELEMENT_FIELDS", "WORD", "customer_index", "words_of"]

WORD = "word:"
"""What the terms of words start with; a search looks for terms that start with this and the word asked for."""
ELEMENT_FIELDS = ("postcode", "city", "region", "country")
"""The fields of addresses that customers are found by, those first that single out most."""

_SEPARATORS = re.compile(r"[\s@._\-+/,;:()'\"]+")
_LONGEST = 64
_MOST = 60


@functools.lru_cache(maxsize=512)
def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text by their search keys, and the whole of it where it has no space."""
    key = search_key(text)
    if key.isalnum():  # nothing in it separates words
        return (key,)
    words = _SEPARATORS.split(key)
    return (*words,) if " " in key else (*words, key)


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
        words += [search_key(one.email), *words_of(one.email.rpartition("@")[0])]
    words += ["".join(filter(str.isdigit, phone)) for phone in one.phones]
    known = dict.fromkeys([word[:_LONGEST] for word in words if word])
    terms = frozenset([WORD + word for word in list(known)[:_MOST]])
    return Index(terms, tuple([_address_terms(address) for address in one.addresses]))


def _address_terms(address: Address) -> frozenset[str]:
    state = address.__dict__
    return frozenset([f"address.{name}:{text_keys(state[name])[0]}" for name in ELEMENT_FIELDS if state[name]])
