"""Running use cases in a transaction that is open already: of `core.transaction()`, or of the host's."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar, cast

from customercore.errors import TransactionError
from customercore.ports.unit_of_work import UnitOfWork
from customercore.services.contested import contested
from customercore.services.known import BorrowedCache, Load
from customercore.services.work import Work, alone

__all__ = ["BoundUnits", "JoinedUnits"]

T = TypeVar("T")
S = TypeVar("S")


class _Joined(ABC):
    """What is alike in units that somebody else commits."""

    joined = True
    savepoints = False

    @abstractmethod
    def write(self, use_case: Callable[[Work], T]) -> T:
        """Run the use case."""

    def redefine(self, use_case: Callable[[Work], T]) -> T:
        """Run the use case like `write`, alone with the tenant's definitions."""
        return self.write(partial(alone, use_case))

    def write_behind(self, use_case: Callable[[Work], T]) -> Callable[[], T]:
        """Run the use case like `write`: somebody else commits."""
        result = self.write(use_case)
        return lambda: result


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


class JoinedUnits(_Joined):
    """Runs every use case in one open unit. Any error dooms the unit, on every store (ruling 14)."""

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
        with contested(self.work.made):
            self.work.uow.commit()
        self.work.committed()

    def abandon(self) -> None:
        """Roll the unit back."""
        self.over = True
        self.work.uow.rollback()


class BoundUnits(_Joined):
    """Runs each use case in a savepoint of the host's transaction, which the host commits (ruling 14).

    What goes wrong is raised, and nothing is tried again: the transaction is the host's. Nobody is told
    of events, since nobody here learns whether the host has committed.
    """

    def __init__(
        self, unit: Callable[[bool], UnitOfWork], cache: BorrowedCache, load: Load, *, savepoints: bool
    ) -> None:
        self.savepoints = savepoints
        self._unit = unit
        self._cache = cache
        self._load = load

    def write(self, use_case: Callable[[Work], T]) -> T:
        """Run the use case, and keep what it did for the host's commit."""
        with self._unit(True) as uow:  # noqa: FBT003  write
            result = use_case(Work(uow, self._cache, self._load, write=True))
            with contested():
                uow.commit()
        return result

    def read(self, use_case: Callable[[Work], T]) -> T:
        """Run a use case that only reads; it sees what the host has written."""
        with self._unit(False) as uow:  # noqa: FBT003  read
            return use_case(Work(uow, self._cache, self._load, write=False))
