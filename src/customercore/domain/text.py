"""How text is compared: the same keys on every store (rulings 1 and 2).

Text is never compared by a server's collation. It has two keys, both made here and compared code
point by code point: the *identity key* decides equality and uniqueness, the *search key* decides
``startswith``, ``contains`` and order.
"""

from __future__ import annotations

import functools
import hashlib
import re
import unicodedata

__all__ = [
    "FOLD_VERSION",
    "SORT_LENGTH",
    "bounded",
    "fold",
    "identity_key",
    "search_key",
    "sort_key",
    "text_keys",
    "unstorable",
]

FOLD_VERSION = f"1/{unicodedata.unidata_version}"
"""The version of the fold and of the Unicode tables it used; kept in the store's meta row."""

SORT_LENGTH = 128
"""How many code points of a search key take part in sorting, on every store."""

_LONGEST_KEY = 255
# Unicode's Default_Ignorable_Code_Point: invisible, so two spellings that differ by one look the same.
_IGNORABLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)
_UNSTORABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def fold(text: str) -> str:
    """Return ``text`` without case, compatibility forms and invisible characters.

    It is NFKC(casefold(NFKC(casefold(NFD(text))))) of ruling 1, and folding twice changes nothing.
    """
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFD", text).casefold()
    folded = unicodedata.normalize("NFKC", folded).casefold()
    return unicodedata.normalize("NFKC", _IGNORABLE.sub("", folded))


@functools.lru_cache(maxsize=512)
def identity_key(text: str) -> str:
    """Return the key by which two texts are one: trimmed, NFKC, case-folded.

    Every store can index it: one of more than 255 code points is cut and ends in a digest of the whole.
    """
    return bounded(_folded(text))


def _folded(text: str) -> str:
    if text.isascii():
        return text.strip().lower()
    return fold(text.strip()).strip()


def bounded(key: str) -> str:
    """Return a key that every store can index: one of more than 255 code points is cut and ends in its digest."""
    if len(key) <= _LONGEST_KEY:
        return key
    digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
    return key[: _LONGEST_KEY - len(digest)] + digest


def search_key(text: str) -> str:
    """Return the identity key, decomposed and with its marks removed: ``Ömer`` gives ``omer``."""
    return _unmarked(_folded(text))


def _unmarked(key: str) -> str:
    if key.isascii():
        return key
    decomposed = unicodedata.normalize("NFD", key)
    return "".join([char for char in decomposed if char.isascii() or unicodedata.category(char)[0] != "M"])


def sort_key(text: str) -> str:
    """Return the search key cut to `SORT_LENGTH` code points: what stores keep, sort and match prefixes by."""
    return search_key(text)[:SORT_LENGTH]


@functools.lru_cache(maxsize=512)
def text_keys(text: str) -> tuple[str, str]:
    """Return `identity_key` and `sort_key` together, for little more than one of them costs."""
    key = _folded(text)
    return bounded(key), _unmarked(key)[:SORT_LENGTH]


def unstorable(text: str) -> bool:
    """Tell whether ``text`` holds NUL, a lone surrogate or a control character other than tab and newline."""
    return _UNSTORABLE.search(text) is not None
