"""Running a use case in a unit of its own, again where that is safe and may help."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Generic, TypeVar

import attrs

from customercore.errors import CustomerCoreError, StorageError, StorageUnavailableError, retryable
from customercore.ports.pause import Pause
from customercore.ports.store import OUTCOME_UNKNOWN, SAVEPOINTS, SEPARATE_WRITES, UNREACHABLE, Store, outcome_unknown
from customercore.ports.unit_of_work import UnitOfWork
from customercore.services.commits import Behind
from customercore.services.contested import contested
from customercore.services.deadline import Deadline
from customercore.services.drawn import DrawnIdentifiers
from customercore.services.enrolment import Enrolment
from customercore.services.joined_units import BoundUnits
from customercore.services.known import BorrowedCache, DefinitionsCache, Load
from customercore.services.work import Tell, Work, alone

__all__ = ["OwnUnits"]

T = TypeVar("T")
ATTEMPTS = 8
"""How often a unit is run that met a transient conflict or lost its connection, the first time included."""


@attrs.frozen
class _Done(Generic[T]):
    """A use case that was run, and is not known to be committed."""

    work: Work
    result: T


class OwnUnits:
    """Opens a unit for each use case.

    A transient conflict, or a connection lost before the commit, runs the whole use case again, a
    bounded number of times. Where the answer to a commit was lost, its own event is looked for first:
    what was kept is not done again (ruling 16). Ids and times are fixed before the first try.
    """

    joined = False
    savepoints = False

    def __init__(
        self,
        store: Store,
        tenant: str,
        cache: DefinitionsCache,
        load: Load,
        *,
        pause: Pause,
        drawn: DrawnIdentifiers,
        tell: Tell | None = None,
        enrolment: Enrolment | None = None,
        timeout: float | None = None,
    ) -> None:
        self._store = store
        self._tenant = tenant
        self._cache = cache
        self._load = load
        self._pause = pause
        self._drawn = drawn
        self._tell = tell
        self._enrolment = enrolment
        self.timeout = timeout
        """How many seconds each of them has; None without an end."""

    def within(self, seconds: float | None) -> OwnUnits:
        """Return the same units, each of which has so many seconds for all of its tries together."""
        return OwnUnits(
            self._store,
            self._tenant,
            self._cache,
            self._load,
            pause=self._pause,
            drawn=self._drawn,
            tell=self._tell,
            enrolment=self._enrolment,
            timeout=seconds,
        )

    def _enrolled(self) -> None:
        """Make this process's subscribers known, before the first unit that writes."""
        enrolment = self._enrolment
        if enrolment is not None and not enrolment.done:
            self._settled(enrolment.run, None)
            enrolment.done = True

    def _unit(self, *, write: bool, deadline: Deadline) -> UnitOfWork:
        return self._store.unit(self._tenant, write=write, within=deadline.left())

    def _work(self, *, write: bool, deadline: Deadline) -> Work:
        uow = self._unit(write=write, deadline=deadline)
        return Work(uow, self._cache, self._load, self._tell, write=write, deadline=deadline)

    def write(self, use_case: Callable[[Work], T]) -> T:
        """Run the use case in a unit of its own and commit it."""
        self._enrolled()
        return self._settled(use_case, None)

    def redefine(self, use_case: Callable[[Work], T]) -> T:
        """Do as `write` does, alone with the tenant's definitions."""
        self._enrolled()
        return self._settled(partial(alone, use_case), None, trusting=False)

    def _settled(self, use_case: Callable[[Work], T], unanswered: _Done[T] | None, *, trusting: bool = True) -> T:
        """Run the use case until it is committed; ``unanswered`` is a try whose commit may have happened."""
        deadline, tries = Deadline(self.timeout), 0

        def once() -> T:
            nonlocal unanswered, tries
            tries += 1
            if unanswered is not None and self._kept(unanswered.work, deadline):
                return _committed(unanswered)
            done = self._tried(use_case, deadline, trusting=trusting and tries == 1)
            try:
                with contested(done.work.made):
                    done.work.uow.commit()
            except StorageUnavailableError as error:
                if error.code == OUTCOME_UNKNOWN:
                    unanswered = done
                raise
            return _committed(done)

        def again(error: CustomerCoreError) -> bool:
            # With an answer missing, what a second try runs into may be the first one.
            return unanswered is not None or _repeatable(error)

        try:
            with self._drawn.tries():
                return self._repeated(once, again, deadline, attempt=1 if unanswered is None else 2)
        except CustomerCoreError as error:
            if unanswered is None or not retryable(error):
                raise
            raise outcome_unknown() from error  # the try without an answer may have happened, and may yet

    def _repeated(
        self, once: Callable[[], T], again: Callable[[CustomerCoreError], bool], deadline: Deadline, *, attempt: int = 1
    ) -> T:
        """Do something until it raises nothing that another try may mend, a bounded number of times and in time."""
        while True:
            try:
                return once()
            except CustomerCoreError as error:
                if attempt >= ATTEMPTS or deadline.passed or not again(error):
                    raise
            attempt += 1
            self._pause.before(attempt)

    def _tried(self, use_case: Callable[[Work], T], deadline: Deadline, *, trusting: bool) -> _Done[T]:
        """Run the use case in a new unit, which stays open; when it raises, nothing is left of it.

        An error for what a unit has read that trusts it is raised only if a unit that does not comes to it, too.
        """
        self._drawn.again()
        work = self._work(write=True, deadline=deadline)
        work.trusting = work.uow.repeatable(trusting=trusting)
        try:
            return _Done(work, use_case(work))
        except CustomerCoreError as error:
            work.uow.rollback()
            if not work.trusting or isinstance(error, StorageError) or retryable(error):
                raise
        except BaseException:
            work.uow.rollback()
            raise
        return self._tried(use_case, deadline, trusting=False)

    def _kept(self, work: Work, deadline: Deadline) -> bool:
        """Tell whether a unit was committed: whether the last event that it recorded is there."""
        event = work.recorded
        if event is None:
            return False
        with self._unit(write=False, deadline=deadline) as uow:
            behind = (event.version, event.ordinal - 1)
            found = uow.events.of(event.aggregate, event.aggregate_id, after=behind, limit=1)
        return [one.id for one in found] == [event.id]

    def write_behind(self, use_case: Callable[[Work], T]) -> Callable[[], T]:
        """Run the use case in a unit of its own, which a thread commits; whatever ends it early is seen to then."""
        self._enrolled()
        try:
            with self._drawn.tries():
                done = self._tried(use_case, Deadline(self.timeout), trusting=False)
        except CustomerCoreError as error:
            if not _repeatable(error):
                raise
            return lambda: self._settled(use_case, None, trusting=False)
        commit = Behind(done.work.uow.commit)

        def answer() -> T:
            try:
                with contested(done.work.made):
                    commit.wait()
            except CustomerCoreError as error:
                unknown = isinstance(error, StorageError) and error.code == OUTCOME_UNKNOWN
                if not unknown and not _repeatable(error):
                    raise
                return self._settled(use_case, done if unknown else None, trusting=False)
            return _committed(done)

        return answer

    def read(self, use_case: Callable[[Work], T]) -> T:
        """Run the use case in a unit that only reads."""
        deadline = Deadline(self.timeout)

        def once() -> T:
            work = self._work(write=False, deadline=deadline)
            with work.uow:
                return use_case(work)

        return self._repeated(once, _repeatable, deadline)

    def bound_to(self, host: object) -> BoundUnits:
        """Return the units that run in a transaction of the host's."""
        self._enrolled()
        cache = BorrowedCache(self._cache, lambda: self.read(lambda work: work.known))

        def unit(write: bool) -> UnitOfWork:  # noqa: FBT001  told by position
            if write and not self._cache.begun and SEPARATE_WRITES in self._store.capabilities:
                # What is held must be there: a lock on what is missing holds up others, by way of the gap it is in.
                self.write(lambda work: work.known)
            return self._store.joined(host, self._tenant, write=write)

        return BoundUnits(unit, cache, self._load, savepoints=SAVEPOINTS in self._store.capabilities)

    def open(self) -> Work:
        """Open a unit that several calls will share."""
        self._enrolled()
        return self._work(write=True, deadline=Deadline(self.timeout))


def _committed(done: _Done[T]) -> T:
    done.work.committed()
    return done.result


def _repeatable(error: CustomerCoreError) -> bool:
    """Tell whether running the unit again at once may help. A store that stayed locked has used up the time-out."""
    return retryable(error) and (not isinstance(error, StorageError) or error.code == UNREACHABLE)
