"""Running use cases in one unit of work that is open already."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast

from customercore.errors import TransactionError
from customercore.services.work import Work

__all__ = ["JoinedUnits"]

T = TypeVar("T")
S = TypeVar("S")


class _Watched:
    """Stands for a service in an open unit: an error of any of its calls dooms the unit, wherever it was raised."""

    def __init__(self, service: object, units: JoinedUnits) -> None:
        self._service = service
        self._units = units

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._service, name)
        if not callable(found):
            return found

        def call(*arguments: Any, **named: Any) -> Any:
            with self._units.dooming():
                return found(*arguments, **named)

        return call


class JoinedUnits:
    """Runs every use case in one open unit. Any error dooms the unit, on every store (ruling 14)."""

    joined = True

    def __init__(self, work: Work) -> None:
        self.work = work
        self.doomed = False
        self.over = False

    def write(self, use_case: Callable[[Work], T]) -> T:
        """Run the use case in the open unit."""
        if self.over:
            raise TransactionError("transaction_over", "the transaction has ended")
        if self.doomed:
            raise TransactionError("transaction_doomed", "an earlier error has doomed the transaction")
        with self.dooming():
            return use_case(self.work)

    read = write

    def write_behind(self, use_case: Callable[[Work], T]) -> Callable[[], T]:
        """Run the use case in the open unit, which somebody else commits."""
        result = self.write(use_case)
        return lambda: result

    def watched(self, service: S) -> S:
        """Return the service as it is used in this unit: whatever it raises dooms the unit (ruling 14)."""
        return cast("S", _Watched(service, self))

    @contextmanager
    def dooming(self) -> Iterator[None]:
        """Doom the unit when the block raises."""
        try:
            yield
        except BaseException:
            self.doomed = True
            raise

    def finish(self) -> None:
        """Commit the unit, or roll it back and say so when it is doomed."""
        self.over = True
        if self.doomed:
            self.work.uow.rollback()
            raise TransactionError(
                "transaction_doomed", "an earlier error has doomed the transaction: nothing was kept"
            )
        self.work.uow.commit()
        self.work.committed()

    def abandon(self) -> None:
        """Roll the unit back."""
        self.over = True
        self.work.uow.rollback()
