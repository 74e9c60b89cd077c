"""Free texts as callers give them beside what they do: reasons, references, notes."""

from __future__ import annotations

import attrs

from customercore.domain.kinds import RefusedError, text_of
from customercore.errors import InvalidValueError

__all__ = ["given_text"]


def given_text(field: str, given: str | None, longest: int, *, lines: bool = False) -> str | None:
    """Return a text trimmed, None for an empty one; raise `InvalidValueError` for what is none."""
    if given is None:
        return None
    try:
        return text_of(given, longest, lines=lines)
    except RefusedError as refused:
        raise InvalidValueError(attrs.evolve(one, field=field) for one in refused.problems) from None
