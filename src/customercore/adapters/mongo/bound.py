"""Calls in a transaction of the host's: the host commits, and an error leaves nothing of it (ruling 14)."""

from __future__ import annotations

from pymongo import ReadPreference
from pymongo.client_session import ClientSession
from pymongo.errors import PyMongoError

from customercore.adapters.mongo.errors import bare, translated
from customercore.adapters.mongo.unit_of_work import MongoUnitOfWork
from customercore.adapters.mongo.wire import MAJORITY, SNAPSHOT, Wire
from customercore.errors import InvalidValueError, TransactionError

__all__ = ["BoundUnitOfWork", "BoundWire", "begun", "session_of"]


def session_of(host: object) -> ClientSession:
    """Return a session of the host's.

    Raises `InvalidValueError` (``connection``) for anything else, `TransactionError` for one that has ended.
    """
    if not isinstance(host, ClientSession):
        raise InvalidValueError.of("connection", "wrong_type", "must be a ClientSession of PyMongo's")
    if host.has_ended:
        raise TransactionError("transaction_over", "the host's transaction cannot be joined any more")
    return host


def begun(session: ClientSession) -> ClientSession:
    """Begin the transaction of a session where it is not yet, so that the host's commit commits what is done here."""
    if not session.in_transaction:
        try:
            session.start_transaction(SNAPSHOT, MAJORITY, ReadPreference.PRIMARY)
        except PyMongoError as error:
            failure, cause = translated(error), bare(error)
        else:
            return session
        raise failure from cause
    return session


class BoundWire(Wire):
    """Exchanges in a session of the host's."""

    def __init__(self, session: ClientSession, *, write: bool, end: float, limit: int) -> None:
        super().__init__(session.client, write=write, end=end, limit=limit)
        self._session = session

    def commit(self) -> None:
        """Nothing: the host commits."""

    def abort(self) -> None:
        """End the host's transaction on the server, if anything was written: there is no undoing a part of it.

        The host's session is not told. So it believes itself in a transaction, and whatever it does
        next in it, the commit too, fails: nothing can slip out of the transaction that it was meant for.
        """
        session = self._session
        if session is not None and session.in_transaction and (self.wrote or self.failed):
            self.beside(lambda: session.client.admin.command("abortTransaction", session=session))

    def close(self) -> None:
        """Let go of the session, which stays the host's."""
        self.over = True
        self._session = None


class BoundUnitOfWork(MongoUnitOfWork):
    """A part of a transaction of the host's."""

    def commit(self) -> None:
        """Keep what was done, for the host to commit."""
        self._committable()
        self._give_back()
