"""When a delivery that failed is tried again."""

from __future__ import annotations

import datetime as dt
from typing import Protocol

__all__ = ["Backoff"]


class Backoff(Protocol):
    """Says how long to wait, so that tests can foresee it."""

    def after(self, attempts: int) -> dt.timedelta | None:
        """Return how long to wait after so many failed attempts, at least 1; None: it is not tried any more."""
