"""What a time-out means on a server."""

from __future__ import annotations

__all__ = ["waits"]

_SLOWEST = 6
"""How many times the time-out for locks a single statement may take: it may sort, where a lock only waits."""
_LONGEST = 2_000_000.0
"""How many seconds every server's settings can hold: some count milliseconds in 32 bits."""


def waits(timeout: float) -> tuple[float, float]:
    """Return how many seconds a lock may be waited for, and how many a statement may take."""
    return min(timeout, _LONGEST), min(timeout * _SLOWEST, _LONGEST)
