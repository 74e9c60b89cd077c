"""Waiting before another try."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Pause"]


class Pause(Protocol):
    """Waits between the tries of a unit of work, so that tests need not."""

    def before(self, attempt: int) -> None:
        """Wait before try number ``attempt`` (the second try is 2)."""
