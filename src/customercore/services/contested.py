"""Lost races over records that the caller did not name."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from customercore.errors import ConflictError, DuplicateError, StaleVersionError

__all__ = ["contested"]


@contextmanager
def contested(made: Collection[str] = ("id",)) -> Iterator[None]:
    """Say of a lost race over a record that the caller did not name: the unit may be run again.

    ``made`` are the unique keys whose values the caller did not give.
    """
    try:
        yield
    except StaleVersionError as error:
        raise ConflictError("write_conflict", "another unit of work changed the same record", retryable=True) from error
    except DuplicateError as error:
        if error.field not in made:
            raise
        raise ConflictError("write_conflict", "another unit of work made the same record", retryable=True) from error
