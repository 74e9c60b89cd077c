"""Page cursors: opaque texts that name a position, and the query and tenant they belong to (ruling 10).

A cursor may hold a person's name, so it is never logged.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from typing import Any

from customercore.catalogue.aggregate import Aggregate
from customercore.catalogue.query import OrderBy, Position
from customercore.domain.text import unstorable
from customercore.errors import InvalidValueError

__all__ = ["decode", "decode_values", "encode", "fingerprint", "page_size"]

MOST = 1_000
"""The longest page."""


_LONGEST = 8_192
_INT64 = (1 << 63) - 1


def fingerprint(tenant: str, *parts: object) -> str:
    """Return a short digest of a tenant's query; a cursor of another query or tenant is refused by it."""
    text = json.dumps([tenant, *parts], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def encode(position: Position, query: str) -> str:
    """Return the cursor of a position in the query with this fingerprint."""
    values = [value.isoformat() if isinstance(value, dt.date) else value for value in position.values]
    text = json.dumps([query, position.id, values], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(cursor: object, query: str, aggregate: Aggregate[Any], order: Sequence[OrderBy]) -> Position:
    """Return the position of a cursor.

    Raises `InvalidValueError` for the field ``cursor``: ``invalid_cursor`` when it is none of ours,
    ``cursor_mismatch`` when it belongs to another query, or to another tenant.
    """
    columns = [aggregate.columns[aggregate.position[one.column]].type for one in order]
    return decode_values(cursor, query, [(type, one.nullable) for type, one in zip(columns, order, strict=True)])


def decode_values(cursor: object, query: str, types: Sequence[tuple[str, bool]]) -> Position:
    """Return the position of a cursor whose values have these types, each of which may be nullable."""
    try:
        known, id, values = _parts(cursor)
        if known == query:
            sound = [_value(one, type, nullable=null) for one, (type, null) in zip(values, types, strict=True)]
            return Position(tuple(sound), id)
    except (TypeError, ValueError, KeyError, RecursionError, binascii.Error):
        raise InvalidValueError.of("cursor", "invalid_cursor", "is not a cursor of a search") from None
    raise InvalidValueError.of("cursor", "cursor_mismatch", "belongs to another search")


def page_size(limit: object) -> None:
    """Raise `InvalidValueError` (``limit``) unless a page can have this length."""
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= MOST:
        raise InvalidValueError.of("limit", "out_of_range", f"must be from 1 to {MOST}")


def _parts(cursor: object) -> tuple[str, str, list[object]]:
    if not isinstance(cursor, str) or len(cursor) > _LONGEST:
        raise TypeError
    text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    known, id, values = json.loads(text)
    if not (isinstance(known, str) and isinstance(id, str) and isinstance(values, list)) or unstorable(id):
        raise TypeError
    return known, id, values


def _value(value: object, type: str, *, nullable: bool) -> Any:
    if value is None and nullable:
        return None
    wanted = {"integer": int, "boolean": bool}.get(type, str)
    if not isinstance(value, wanted):
        raise TypeError
    if (isinstance(value, str) and unstorable(value)) or (type == "integer" and abs(int(str(value))) > _INT64):
        raise ValueError
    if type == "datetime":
        moment = dt.datetime.fromisoformat(str(value))
        if moment.tzinfo is None:
            raise ValueError
        return moment
    return dt.date.fromisoformat(str(value)) if type == "date" else value
