"""What a row changes of a customer that is there already: an empty cell changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from customercore.domain.address import Address
from customercore.domain.evolving import evolved
from customercore.domain.info_values import NO_INFO

__all__ = ["given_values", "with_info_of"]

_EMPTY: tuple[object, ...] = (None, (), frozenset())


def given_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a row that are not empty, those of info types too."""
    given = {name: value for name, value in values.items() if value not in _EMPTY}
    if "info" in given:
        given["info"] = {key: value for key, value in given["info"].items() if value not in _EMPTY}
        if not given["info"]:
            del given["info"]
    return given


def with_info_of(known: tuple[Address, ...], given: Sequence[Address]) -> tuple[tuple[Address, ...], Sequence[Address]]:
    """Return a book and the addresses for it, where those of one place have the same info.

    The info types that a given address has a value for change at the place it is; the others stay.
    Where several addresses of a place differ by their info only, they are as they were given.
    """
    if not any(one.info for one in (*known, *given)):
        return known, given
    book, told = list(known), list(given)
    for number, address in enumerate(given):
        there, here = _at_place(known, address), _at_place(given, address)
        if len(there) == len(here) == 1:
            info = known[there[0]].info.changed(address.info)
            book[there[0]] = evolved(known[there[0]], info=info)
            told[number] = evolved(address, info=info)
    return tuple(book), told


def _at_place(addresses: Sequence[Address], address: Address) -> list[int]:
    bare = evolved(address, info=NO_INFO)
    return [at for at, one in enumerate(addresses) if evolved(one, info=NO_INFO).same_place(bare)]
