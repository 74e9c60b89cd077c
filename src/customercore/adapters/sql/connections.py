"""The connections that units of work take and give back."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import Connection, Engine, QueuePool

from customercore.adapters.meanings import closed
from customercore.adapters.sql.dialect import Dialect

__all__ = ["Connections", "Lease"]

_KEPT = 10
"""How many connections wait for the next unit of work, however long; more of them while they are wanted."""
_IDLE = 10.0
"""After how many seconds a waiting connection is asked whether it is still there, or is one too many."""


class Lease:
    """The connection of a unit of work, taken when it is first needed: whoever waits for a turn holds none.

    Of units that change one record one after the other, each has the connection of the one before then.
    """

    def __init__(self, take: Callable[[], Any]) -> None:
        self._take = take
        self.taken: Any = None
        """The connection; None as long as nothing was asked of the database."""

    @property
    def connection(self) -> Any:
        """The connection."""
        if self.taken is None:
            self.taken = self._take()
        return self.taken


class Connections:
    """Hands out the connections of an engine's pool.

    What a unit of work gives back in good order waits here for the next one, because a pass through
    the pool costs as much as reading a row (docs/performance.md). All others go back to the pool,
    which knows how to mend them. One that was lost takes those with it that waited beside it: what
    ended it (a restart, a fail-over) has most likely ended them too.
    """

    def __init__(self, engine: Engine, dialect: Dialect, *, lent: bool = False) -> None:
        self._engine = engine
        self._dialect = dialect
        self.lent = lent
        """Whether the engine is a host's: nothing of its pool is kept here, and it is not closed."""
        self._closed = False
        self._wanting = 0
        """How many are about to wait for one of the pool."""
        self._counting = threading.Lock()
        self._waiting: list[tuple[Any, float]] = []  # taking from its end and adding to it is safe between threads

    def take(self) -> Any:
        """Return a connection; wait for one, or open it, when none is left here.

        Units that were opened before these were closed may still take theirs.
        """
        while True:
            try:
                connection, since = self._waiting.pop()
            except IndexError:
                with self._wanted():
                    # By way of the engine where its options matter: on going back to the pool they are undone.
                    return self._engine.connect().connection if self.lent else self._engine.raw_connection()
            if self._answers(connection, since):
                return connection
            self._drop(connection)

    def connect(self) -> Connection:
        """Return a connection of SQLAlchemy's, for what is no unit of work."""
        with self._wanted():
            return self._engine.connect()

    @contextmanager
    def _wanted(self) -> Iterator[None]:
        """Surround waiting for the pool, which has none while they all wait here: it is given what becomes free."""
        with self._counting:
            self._wanting += 1
        try:
            if self._exhausted():
                self._pass_on()  # one that was given back before who did so could know of us
            yield
        finally:
            with self._counting:
                self._wanting -= 1

    def _exhausted(self) -> bool:
        pool = self._engine.pool
        return isinstance(pool, QueuePool) and pool.checkedin() == 0

    def _pass_on(self) -> None:
        """Give the connection that was used last to the pool."""
        with suppress(IndexError):
            connection, since = self._waiting.pop()
            if self._answers(connection, since):
                connection.close()
            else:
                self._drop(connection)

    def _answers(self, connection: Any, since: float) -> bool:
        return time.monotonic() - since < _IDLE or self._dialect.answers(connection)

    def give_back(self, connection: Any, *, sound: bool, astray: bool = False) -> None:
        """Take a connection back.

        ``sound`` says that no statement on it has failed, ``astray`` that it leads to a server that cannot be used.
        """
        valid = connection.is_valid
        if valid and (astray or not self._dialect.usable(connection)):
            self._drop(connection)
        elif sound and valid and not (self.lent or self._closed):
            now = time.monotonic()
            self._waiting.append((connection, now))
            if self._wanting:
                self._pass_on()
            elif len(self._waiting) > _KEPT:
                self._spare(now)
        else:
            if self._closed:
                connection.invalidate()  # the pool is not used again, so nobody else would end it
            connection.close()

    def _spare(self, now: float) -> None:
        """Give the connection that has waited longest back to the pool, if nobody has wanted it for a while."""
        with suppress(IndexError):
            longest = self._waiting.pop(0)
            if now - longest[1] < _IDLE:
                self._waiting.insert(0, longest)
            else:
                longest[0].close()

    def _drop(self, connection: Any) -> None:
        connection.invalidate()
        connection.close()
        while self._waiting:
            other, _ = self._waiting.pop()
            other.invalidate()
            other.close()

    def check_open(self) -> None:
        """Raise `StorageError` (``store_closed``) once they are closed."""
        if self._closed:
            raise closed()

    def close(self) -> None:
        """Give all of them back to the pool and close it; units that are open go on to their end."""
        self._closed = True
        while self._waiting:
            self._waiting.pop()[0].close()
        if not self.lent:
            self._engine.dispose()
