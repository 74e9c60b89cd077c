"""Waiting between tries: exponential with full jitter, so that units that collided once do not collide again."""

from __future__ import annotations

import random
import time

__all__ = ["JitteredPause"]


class JitteredPause:
    """Waits up to ``first`` seconds before the second try, doubling up to ``most`` seconds."""

    def __init__(self, first: float = 0.005, most: float = 0.25) -> None:
        self._first = first
        self._most = most

    def before(self, attempt: int) -> None:
        """Wait before try number ``attempt``."""
        ceiling = min(self._most, self._first * 2.0 ** (attempt - 2))
        time.sleep(random.uniform(0, ceiling))  # noqa: S311  jitter, not a secret
