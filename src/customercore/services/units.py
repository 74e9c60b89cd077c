"""Running a use case in a unit of work: its own, repeated where that is safe, or one that is open already."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Protocol, TypeVar, cast

from customercore.catalogue.catalogue import Catalogue
from customercore.domain.event import Event
from customercore.domain.tenant import Definitions
from customercore.errors import (
    ConflictError,
    DuplicateError,
    StaleVersionError,
    TransactionError,
)
from customercore.ports.pause import Pause
from customercore.ports.store import Store
from customercore.ports.unit_of_work import UnitOfWork
from customercore.services.commits import CommitBehind
from customercore.services.known import DefinitionsCache, Known, Load

__all__ = ["JoinedUnits", "OwnUnits", "Units", "Work", "contested"]

T = TypeVar("T")
S = TypeVar("S")
Tell = Callable[[Event], None]
ATTEMPTS = 8
"""How often a unit that met a transient conflict is run, the first time included."""


@contextmanager
def contested() -> Iterator[None]:
    """Say of a lost race over a record that the caller did not name: the unit may be run again."""
    try:
        yield
    except StaleVersionError as error:
        raise ConflictError("write_conflict", "another unit of work changed the same record", retryable=True) from error
    except DuplicateError as error:
        if error.field != "id":
            raise
        raise ConflictError("write_conflict", "another unit of work made the same record", retryable=True) from error


class Work:
    """What a use case works with: the unit, the definitions it sees, and what is to happen once it has committed."""

    def __init__(
        self, uow: UnitOfWork, cache: DefinitionsCache, load: Load, tell: Tell | None = None, *, write: bool
    ) -> None:
        self.uow = uow
        self._write = write
        self.after_commit: list[Callable[[], None]] = []
        self._cache = cache
        self._load = load
        self._tell = tell
        self._known: Known | None = None
        self._changed = False

    @property
    def definitions(self) -> Definitions:
        """The tenant's definitions as this unit sees them."""
        return self.known.definitions

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue with the fields that the tenant has defined."""
        return self.known.catalogue

    @property
    def known(self) -> Known:
        """What this unit knows of its tenant."""
        if self._known is None:
            # Definitions that this unit changed are not committed yet: no other unit may see them.
            self._known = (
                self._load(self.uow) if self._changed else self._cache.of(self.uow, self._load, held=self._write)
            )
            self.uow.describe(self._known.catalogue.customers)
        return self._known

    def definitions_changed(self) -> None:
        """Forget the definitions: this unit has changed them."""
        self._changed = True
        self._known = None

    def record(self, *events: Event) -> None:
        """Record what happened; listeners hear of it once the unit has committed."""
        if len(events) == 1:
            self.uow.events.record(events[0])
        else:
            self.uow.events.load(events)
        tell = self._tell
        if tell is not None:
            self.after_commit += [partial(tell, event) for event in events]

    def committed(self) -> None:
        """Do what was to happen after the commit."""
        for action in self.after_commit:
            action()
        self.after_commit.clear()


class Units(Protocol):
    """Runs use cases."""

    @property
    def joined(self) -> bool:
        """Whether the unit belongs to somebody else, who commits it."""

    def write(self, use_case: Callable[[Work], T]) -> T:
        """Run a use case that changes something, and commit it."""

    def write_behind(self, use_case: Callable[[Work], T]) -> Callable[[], T]:
        """Do as `write` does, but commit while the caller goes on: what comes back waits for it and must be called."""

    def read(self, use_case: Callable[[Work], T]) -> T:
        """Run a use case that only reads."""


class OwnUnits:
    """Opens a unit for each use case. A transient conflict runs the whole use case again, a bounded number of times."""

    joined = False

    def __init__(
        self,
        store: Store,
        tenant: str,
        cache: DefinitionsCache,
        load: Load,
        *,
        pause: Pause,
        tell: Tell | None = None,
    ) -> None:
        self._store = store
        self._tenant = tenant
        self._cache = cache
        self._load = load
        self._pause = pause
        self._tell = tell

    def write(self, use_case: Callable[[Work], T]) -> T:
        """Run the use case in a unit of its own and commit it."""
        attempt = 1
        while True:
            try:
                return self._once(use_case)
            except ConflictError as error:  # a store that stayed locked has used up the time-out already
                if attempt == ATTEMPTS or not error.retryable:
                    raise
            attempt += 1
            self._pause.before(attempt)

    def _once(self, use_case: Callable[[Work], T]) -> T:
        with self._store.unit(self._tenant, write=True) as uow:
            work = Work(uow, self._cache, self._load, self._tell, write=True)
            result = use_case(work)
            with contested():
                uow.commit()
        work.committed()
        return result

    def write_behind(self, use_case: Callable[[Work], T]) -> Callable[[], T]:
        """Run the use case in a unit of its own, which a thread commits; after a lost conflict run it all again."""
        work = self.open()
        try:
            result = use_case(work)
            commit = CommitBehind(work.uow)
        except ConflictError as error:
            work.uow.rollback()
            if not error.retryable:
                raise
            return lambda: self.write(use_case)
        except BaseException:
            work.uow.rollback()
            raise

        def answer() -> T:
            try:
                with contested():
                    commit.wait()
            except ConflictError as error:
                if not error.retryable:
                    raise
                return self.write(use_case)
            work.committed()
            return result

        return answer

    def read(self, use_case: Callable[[Work], T]) -> T:
        """Run the use case in a unit that only reads."""
        with self._store.unit(self._tenant, write=False) as uow:
            return use_case(Work(uow, self._cache, self._load, self._tell, write=False))

    def open(self) -> Work:
        """Open a unit that several calls will share."""
        return Work(self._store.unit(self._tenant, write=True), self._cache, self._load, self._tell, write=True)


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
