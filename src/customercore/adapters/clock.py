"""The machine's clock."""

from __future__ import annotations

import datetime as dt

__all__ = ["SystemClock"]


class SystemClock:
    """Tells the machine's time, in UTC and whole milliseconds."""

    def now(self) -> dt.datetime:
        """Return the present moment."""
        now = dt.datetime.now(dt.UTC)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)
