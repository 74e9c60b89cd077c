"""Waiting before a delivery is tried again: doubling, with jitter, so that what failed together does not return so."""

from __future__ import annotations

import datetime as dt
import random

__all__ = ["JitteredBackoff"]


class JitteredBackoff:
    """Implements `ports.backoff.Backoff`.

    After attempt n, between a half and all of ``first * 2 ** (n - 1)`` seconds, of at most ``most`` seconds;
    nothing after ``attempts``. With the defaults the last attempt is made three to six hours after the first.
    """

    def __init__(self, first: float = 1.0, most: float = 3_600.0, attempts: int = 16) -> None:
        self._first = first
        self._most = most
        self._attempts = attempts

    def after(self, attempts: int) -> dt.timedelta | None:
        """Return how long to wait, None after the last attempt."""
        if attempts >= self._attempts:
            return None
        ceiling = min(self._most, self._first * 2.0 ** (attempts - 1))
        return dt.timedelta(milliseconds=round(ceiling * random.uniform(500, 1_000)))  # noqa: S311  no secret
