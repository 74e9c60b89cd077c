"""One session with the server, held by one unit of work: every exchange goes through here, and fails as ours do."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext, suppress
from functools import partial
from typing import Any, TypeVar

import pymongo
from pymongo import MongoClient, ReadPreference, WriteConcern
from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.errors import PyMongoError
from pymongo.read_concern import ReadConcern

from customercore.adapters.lanes import Lane, Lanes, Record
from customercore.adapters.meanings import MEANINGS, doomed, meant, over, reading
from customercore.adapters.mongo.errors import DRIVER, UNKNOWN_COMMIT, bare, translated
from customercore.errors import ConflictError, CustomerCoreError
from customercore.ports.store import deadline_exceeded, outcome_unknown

__all__ = ["CHUNK", "MAJORITY", "SNAPSHOT", "Wire"]

T = TypeVar("T")
Refusal = Callable[[], AbstractContextManager[None]]
MAJORITY = WriteConcern("majority")
SNAPSHOT = ReadConcern("snapshot")
CHUNK = 500
"""How many records of a stream are in memory at once."""
_COMMITS = 8
"""How often a commit is sent whose answer is lost, the first time included."""
_MOST_TURNS = 8
"""At how many records a unit takes turns."""
_LAST = 1.0
"""How many seconds a call may take beyond its time to undo what it did."""


class Wire:
    """Exchanges with one server in one session.

    A unit that writes has a transaction, which begins with its first exchange. One that reads has no session
    until it `snapshot`s. ``end`` is when its time is up, by `time.monotonic`; ``limit`` how many
    milliseconds the server may take over one search.
    """

    def __init__(
        self, client: MongoClient[Any], *, write: bool, end: float, limit: int, lanes: Lanes | None = None
    ) -> None:
        self._client = client
        self._write = write
        self._end = end
        self._limit = limit
        self._session: ClientSession | None = None
        self._lanes = lanes
        self._turns: list[Lane] = []
        self._lined_up: list[Record] = []
        self._repeatable = False
        self.failed = False
        """Whether the server has refused something: the unit is doomed."""
        self._put_off: list[tuple[Collection[Any], list[dict[str, Any]], Refusal]] = []
        self.over = False
        self.wrote = False
        """Whether anything was written."""
        self._last: Callable[[], object] | None = None

    @property
    def begun(self) -> bool:
        """Whether the unit has a session, so that it sees nothing of what others make from now on."""
        return self._session is not None

    @property
    def limits(self) -> dict[str, int]:
        """The options that end a search on the server; a call with a deadline has one already."""
        return {"max_time_ms": self._limit} if self._end == math.inf else {}

    @property
    def pipeline_limits(self) -> dict[str, Any]:
        """The same for what the driver does by a pipeline."""
        return {"maxTimeMS": self._limit} if self._end == math.inf else {}

    def alive(self) -> None:
        """Raise `TransactionError` when the unit has ended."""
        if self.over:
            raise over()

    def writing(self) -> None:
        """Raise `TransactionError` when the unit may not write."""
        self.alive()
        if not self._write:
            raise reading()

    def snapshot(self) -> None:
        """See one state of the store from now on: what is read in several exchanges belongs together."""
        self.alive()
        if self._session is None and not self._write:
            self._session = self._client.start_session(snapshot=True)

    def _current(self) -> ClientSession | None:
        if self._session is None and self._write:
            # What is written in a transaction is ordered by it: nothing more has to be told to the server.
            self._session = self._client.start_session(causal_consistency=False)
            self._session.start_transaction(SNAPSHOT, MAJORITY, ReadPreference.PRIMARY)
        return self._session

    def line_up(self, tenant: str, id: str) -> None:
        """Wait until no other unit of this process is about to change a record that this one is going to change.

        Only a unit whose transaction has not begun waits, for its first record: it sees then what the one before it
        has made of it. Later on it takes its turn if that is free. If it is not, a unit that is run again has lost
        the race: it would cost the other one its turn.
        """
        record = (tenant, id)
        if self._lanes is None or record in self._lined_up or len(self._lined_up) == _MOST_TURNS:
            return
        first = self._session is None and not self._lined_up
        self._lined_up.append(record)
        if first:
            self._enter(self._lanes)
        elif (lane := self._lanes.entered(tenant, id, 0.0)) is not None:
            self._turns.append(lane)
        elif self._repeatable:
            self.failed = True
            raise self._lost(meant(MEANINGS["lost_race"]))

    def _enter(self, lanes: Lanes) -> None:
        most = max(0.0, min(self._limit / 1000, self._end - time.monotonic()))
        self._turns = lanes.all_entered(self._lined_up, most)

    def repeatable(self) -> None:
        """Hear that the unit is run again where it loses a race: after one that did it begins with all of its turns."""
        self._repeatable = True
        if self._lanes is not None and (late := self._lanes.late()):
            self._lined_up = [*late]
            self._enter(self._lanes)

    def _lost(self, failure: CustomerCoreError) -> CustomerCoreError:
        if self._lanes is not None and self._repeatable and isinstance(failure, ConflictError) and failure.retryable:
            self._lanes.missed(self._lined_up)
        return failure

    def run(self, exchange: Callable[[ClientSession | None], T]) -> T:
        """Do one exchange, in the unit's session."""
        if self.failed:
            raise doomed()
        self.alive()
        if self._put_off:
            self.settle()
        try:
            with self._timed():
                return exchange(self._current())
        except DRIVER as error:
            failure, cause = self._failure(error), bare(error)
        raise failure from cause

    def change(self, exchange: Callable[[ClientSession | None], T]) -> T:
        """Do one exchange that writes."""
        self.writing()
        self.wrote = True
        return self.run(exchange)

    def later(
        self, collection: Collection[Any], documents: list[dict[str, Any]], refusal: Refusal = nullcontext
    ) -> None:
        """Store documents, with others for the same collection, before anything else is asked or committed.

        ``refusal`` surrounds the exchange: it says what an error means.
        """
        if self.failed:
            raise doomed()
        self.writing()
        known = next((many for one, many, _ in self._put_off if one == collection), None)
        if known is None:
            self._put_off.append((collection, documents, refusal))
        else:
            known += documents

    def settle(self) -> None:
        """Store what was put off."""
        put_off, self._put_off = self._put_off, []
        for collection, documents, refusal in put_off:
            with refusal():
                self.change(partial(_stored, collection, documents))

    def stream(self, exchange: Callable[[ClientSession | None], Any]) -> Iterator[dict[str, Any]]:
        """Yield what a cursor gives, fetched a few at a time: other exchanges may be done meanwhile."""
        cursor = self.run(exchange)
        with cursor:
            while chunk := self.run(lambda _: _taken(cursor)):
                yield from chunk
                self.alive()

    def _timed(self) -> AbstractContextManager[None]:
        """Keep the driver to the time that is left; where there is no end, its client has limits of its own."""
        if self._end == math.inf:
            return nullcontext()
        left = self._end - time.monotonic()
        if left <= 0:
            self.failed = True
            raise deadline_exceeded()
        return pymongo.timeout(left)

    def _failure(self, error: BaseException) -> CustomerCoreError:
        self.failed = True
        if self._end != math.inf and getattr(error, "timeout", False):
            return deadline_exceeded()
        return self._lost(translated(error))

    def commit(self) -> None:
        """Make everything durable. Where nobody knows whether that happened, the commit alone is repeated."""
        session = self._session
        if session is None:
            return
        until = min(self._end, time.monotonic() + self._limit / 1000)
        failure: CustomerCoreError = deadline_exceeded()
        cause: BaseException | None = None
        unknown = False
        for _ in range(_COMMITS):
            if time.monotonic() >= until:
                break
            try:
                with self._timed():
                    session.commit_transaction()
            except DRIVER as error:
                unknown = isinstance(error, PyMongoError) and error.has_error_label(UNKNOWN_COMMIT)
                failure, cause = outcome_unknown() if unknown else self._lost(translated(error)), bare(error)
                if not unknown:
                    break
            else:
                return
        self.abort()
        if unknown:
            self._forget(session)
        raise failure from cause

    def _forget(self, session: ClientSession) -> None:
        """Have the server end what it knows of a session: a commit that never arrived would leave a transaction there.

        That would hold its records until its time is up, 60 s by default. What is committed stays.
        """
        with suppress(*DRIVER), pymongo.timeout(_LAST):
            self._client.admin.command("killSessions", [session.session_id])

    def beside(self, exchange: Callable[[], object]) -> None:
        """Do one exchange outside of the unit, which has failed, for a moment at most; no matter how it ends."""
        left = min(_LAST, self._end - time.monotonic())
        if left > 0:
            with suppress(*DRIVER), pymongo.timeout(left):
                exchange()

    def at_end(self, exchange: Callable[[], object]) -> None:
        """Do one exchange outside of the unit when it has ended, whichever way."""
        self._last = exchange

    def abort(self) -> None:
        """Undo everything; what cannot be told to the server it undoes by itself, when the transaction's time is up."""
        if self._write and self._session is not None and self._session.in_transaction:
            with suppress(*DRIVER), pymongo.timeout(_LAST):
                self._session.abort_transaction()

    def close(self) -> None:
        """Give the session back."""
        self.over = True
        self._put_off.clear()
        session, self._session = self._session, None
        turns, self._turns = self._turns, []
        if session is not None:
            session.end_session()
        if self._last is not None:
            with suppress(*DRIVER), pymongo.timeout(_LAST):
                self._last()
        for lane in turns:
            lane.release()


def _stored(collection: Collection[Any], documents: list[dict[str, Any]], session: ClientSession | None) -> None:
    collection.insert_many(documents, session=session)


def _taken(cursor: Any) -> list[dict[str, Any]]:
    taken: list[dict[str, Any]] = cursor.to_list(CHUNK)
    return taken
