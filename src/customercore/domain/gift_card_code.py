"""The codes of gift cards: 130 bits in Crockford's base 32, with two characters that tell a slip of the hand."""

from __future__ import annotations

from customercore.errors import InvalidValueError

__all__ = ["code_of_bits", "normal_code"]

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without I, L, O and U: people take them for others."""
_READ_AS = str.maketrans("OIL", "011", " -\u2010\u2011\u2013")
_LENGTH, _CHECK, _GROUP = 26, 2, 4
_PRIME = 1021
"""The largest prime that two characters can count up to: it finds every wrong character, and every two swapped."""


def code_of_bits(random: bytes) -> str:
    """Return the code of 17 random bytes, in seven groups of four: ``7ZK3-…``; 130 bits of them count."""
    number = int.from_bytes(random, "big") % (1 << 5 * _LENGTH)
    text = _text(number, _LENGTH) + _text(number % _PRIME, _CHECK)
    return "-".join(text[at : at + _GROUP] for at in range(0, len(text), _GROUP))


def normal_code(given: object) -> str:
    """Return a code as it is digested: whatever its case, spaces and hyphens, with O read as 0, I and L as 1.

    Raises `InvalidValueError` (``code``, ``mistyped_code``) for what no card can have.
    """
    text = given.upper().translate(_READ_AS) if isinstance(given, str) and len(given) < 100 else ""  # noqa: PLR2004
    if len(text) == _LENGTH + _CHECK and set(text) <= set(_ALPHABET):
        number = _number(text[:_LENGTH])
        if number % _PRIME == _number(text[_LENGTH:]):
            return text
    raise InvalidValueError.of("code", "mistyped_code", "is no gift card's code: a character is wrong or missing")


def _text(number: int, length: int) -> str:
    return "".join(_ALPHABET[number >> 5 * at & 31] for at in reversed(range(length)))


def _number(text: str) -> int:
    number = 0
    for one in text:
        number = number << 5 | _ALPHABET.index(one)
    return number
