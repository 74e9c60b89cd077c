"""What happened, as it was recorded."""

from __future__ import annotations

from customercore.domain.event import Event
from customercore.errors import InvalidValueError
from customercore.services.context import Context, id_of
from customercore.services.cursors import page_size

__all__ = ["Events"]

_INT64 = 1 << 63


def _number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -_INT64 <= value < _INT64


class Events:
    """The reading side of the journal."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def of(self, one: object, *, after: tuple[int, int] = (0, -1), limit: int = 100) -> list[Event]:
        """Return the events of a customer behind ``after`` (version, ordinal), oldest first, at most ``limit``."""
        id = id_of(one, "customer")
        page_size(limit)
        if not isinstance(after, tuple) or len(after) != 2 or not all(map(_number, after)):  # noqa: PLR2004  a pair
            raise InvalidValueError.of("after", "wrong_type", "must be a version and an ordinal")
        return self._context.units.read(lambda work: work.uow.events.of("customer", id, after=after, limit=limit))
