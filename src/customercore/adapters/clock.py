"""The machine's clock."""

from __future__ import annotations

import datetime as dt

from customercore.domain.kinds import utc

__all__ = ["SystemClock"]


class SystemClock:
    """Tells the machine's time, in UTC and whole milliseconds."""

    def now(self) -> dt.datetime:
        """Return the present moment."""
        return utc(dt.datetime.now(dt.UTC))
