"""What time it is."""

from __future__ import annotations

import datetime as dt
from typing import Protocol

__all__ = ["Clock"]


class Clock(Protocol):
    """Tells the time, so that tests need not wait for it."""

    def now(self) -> dt.datetime:
        """Return the present moment in UTC, cut to whole milliseconds."""
