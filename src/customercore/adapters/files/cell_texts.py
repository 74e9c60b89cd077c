"""How a value becomes the text of one cell, in every format of cells."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from typing import Any

from customercore.catalogue.addresses import AddressesKind
from customercore.domain.kinds import Kind
from customercore.domain.many_valued import ListKind

__all__ = ["cell_text"]


def cell_text(kind: Kind) -> Callable[[Any], str]:
    """Return what makes the text of a value of this kind; it is `str` itself where that is all.

    Lists are separated by ``;``, and written as JSON where one of their elements holds a semicolon;
    ``addresses``, which come in plain form, are always JSON.
    """
    if isinstance(kind, AddressesKind):
        return lambda value: _json(value) if value else ""
    if not isinstance(kind, ListKind):
        return str if type(kind).to_text is Kind.to_text else kind.to_text

    @functools.lru_cache(maxsize=256)  # flags, tags and purposes are few, and repeat from row to row
    def listed(value: Any) -> str:
        if not value:
            return ""
        text = kind.to_text(value)
        if ";" not in text and text[0] != "[":
            return text
        unclear = text[0] == "[" or text.count(";") >= len(value)
        return _json(sorted(value) if isinstance(value, frozenset) else list(value)) if unclear else text

    return listed


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
