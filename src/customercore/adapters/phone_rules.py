"""Phone numbers by the phonenumberslite library (extra `phone`), quickly for ordinary ones.

Asked is whether a number is *possible*, which is a matter of its length, and not whether it is
*valid*: numbering plans change faster than libraries do.
"""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

import phonenumbers

from customercore.adapters.plain_rules import PlainPhoneRules

__all__ = ["LibraryPhoneRules"]

_PLAIN = re.compile(r"\+[0-9 ().\-]+\Z", re.ASCII)
_START = re.compile(r"\s*[+(\uff0b\d]")
_NOT_DIGITS = re.compile(r"[^0-9]+")
_CODE_LENGTHS = (1, 2, 3)
_LENGTHS = range(2, 18)  # of a national number, by ITU-T E.164 and some leeway of the library

_IMPOSSIBLE = "is not a possible telephone number"
_IMPOSSIBLE_HERE = "is not a possible telephone number of its country"


class LibraryPhoneRules:
    """Implements `ports.phone_rules.PhoneRules` by phonenumberslite's `is_possible_number`.

    Beyond that, a number begins with a digit, a plus or a bracket: the library would overlook any
    text in front of it.
    """

    def __init__(self) -> None:
        self._plain = PlainPhoneRules()

    def check(self, value: str, country: str | None = None) -> str | None:
        """Return None for a possible number, else what is wrong (see `PhoneRules`)."""
        if _quickly_possible(value):
            return None
        if not _START.match(value):
            return _IMPOSSIBLE
        international = value.lstrip(" (")[:1] in ("+", "\uff0b")
        if not international and country not in phonenumbers.SUPPORTED_REGIONS:
            return self._plain.check(value)
        if _possible(value, country):
            return None
        return _IMPOSSIBLE if international else _IMPOSSIBLE_HERE


def _possible(value: str, country: str | None) -> bool:
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(value, country))
    except phonenumbers.NumberParseException:
        return False


class _Plan(NamedTuple):
    """The lengths of one calling code's national numbers, and the prefix to be taken off before."""

    lengths: frozenset[int]
    prefix: re.Pattern[str] | None


@functools.cache
def _plan(calling_code: int) -> _Plan | None:
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(calling_code)
    if regions is None:
        return None
    metadata = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(calling_code, regions[0])
    if metadata is None or metadata.general_desc is None:
        return None
    general = metadata.general_desc
    lengths = {*general.possible_length, *general.possible_length_local_only}
    prefix = metadata.national_prefix_for_parsing
    return _Plan(frozenset(lengths & {*_LENGTHS}), re.compile(prefix) if prefix else None)


def _quickly_possible(value: str) -> bool:
    """Tell whether the library surely finds this international number possible; False says nothing.

    It is what the library does for a number in which only a plus, ASCII digits and the commonest
    punctuation occur, and from which it has no national prefix to take off.
    """
    if not _PLAIN.match(value):
        return False
    digits = _NOT_DIGITS.sub("", value)
    if digits[:1] == "0":
        return False
    for length in _CODE_LENGTHS:
        plan = _plan(int(digits[:length])) if len(digits) > length else None
        if plan is not None:
            national = digits[length:]
            if plan.prefix is not None and plan.prefix.match(national):
                return False
            return len(national) in plan.lengths
    return False
