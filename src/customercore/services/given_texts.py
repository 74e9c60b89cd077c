"""Free texts as callers give them beside what they do (reasons, references, notes), and names of files."""

from __future__ import annotations

import os

import attrs

from customercore.domain.kinds import RefusedError, text_of
from customercore.errors import InvalidValueError

__all__ = ["given_path", "given_text"]


def given_path(given: object) -> str:
    """Return the name of a file to write; raise `InvalidValueError` (``path``) for what can be none."""
    path = os.fspath(given) if isinstance(given, str | os.PathLike) else None
    if not isinstance(path, str):
        raise InvalidValueError.of("path", "wrong_type", "must be a text or a path")
    return path


def given_text(field: str, given: str | None, longest: int, *, lines: bool = False) -> str | None:
    """Return a text trimmed, None for an empty one; raise `InvalidValueError` for what is none."""
    if given is None:
        return None
    try:
        return text_of(given, longest, lines=lines)
    except RefusedError as refused:
        raise InvalidValueError(attrs.evolve(one, field=field) for one in refused.problems) from None
