"""Lost races over records that the caller did not name."""

from __future__ import annotations

from collections.abc import Collection
from types import TracebackType

from customercore.errors import ConflictError, DuplicateError, StaleVersionError

__all__ = ["contested", "lost_race"]


def lost_race(what: str = "changed") -> ConflictError:
    """Return the error of a unit that may be run again, since another one changed, or made, a record meanwhile."""
    return ConflictError("write_conflict", f"another unit of work {what} the same record", retryable=True)


class contested:  # noqa: N801  used like a function
    """Says of a lost race over a record that the caller did not name: the unit may be run again.

    ``made`` are the unique keys whose values the caller did not give. Every unit is surrounded by it; one made by
    `contextlib.contextmanager` takes six times as long.
    """

    __slots__ = ("_made",)

    def __init__(self, made: Collection[str] = ("id",)) -> None:
        self._made = made

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            return
        if isinstance(error, StaleVersionError):
            raise lost_race() from error
        if isinstance(error, DuplicateError) and error.field in self._made:
            raise lost_race("made") from error
