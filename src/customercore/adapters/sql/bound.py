"""Calls in a transaction of the host's: each in a savepoint of its own, and the host commits (ruling 14)."""

from __future__ import annotations

from typing import Any, Self

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from customercore.adapters.sql.dialect import Dialect
from customercore.adapters.sql.unit_of_work import SqlUnitOfWork
from customercore.errors import InvalidValueError, StorageError, TransactionError

__all__ = ["BoundUnitOfWork", "connection_of"]

_SAVEPOINT = "SAVEPOINT customercore"


def connection_of(host: object, dialect: Dialect, driver: str) -> Any:
    """Return the driver connection of a `Connection` or `Session` of SQLAlchemy's, whose transaction is begun.

    Raises `InvalidValueError` (``connection``) for anything else, for one to another database product
    or by another ``driver``, and for one that commits each statement by itself.
    """
    try:
        if not isinstance(host, Connection) and hasattr(host, "get_bind"):
            host = host.connection()  # type: ignore[attr-defined]  # a Session, or what stands for one
        if not isinstance(host, Connection):
            raise InvalidValueError.of("connection", "wrong_type", "must be a Connection or a Session of SQLAlchemy's")
        if host.dialect.name not in dialect.products or host.dialect.driver != driver:
            raise InvalidValueError.of("connection", "other_database", f"must be to {dialect.name}, by {driver}")
        if not host.in_transaction():
            host.begin()  # so that the host's commit commits what is done here
        connection = host.connection
    except SQLAlchemyError as error:
        raise TransactionError("transaction_over", "the host's transaction cannot be joined any more") from error
    if dialect.autocommits(connection):
        raise InvalidValueError.of("connection", "autocommit", "commits each statement by itself: there is no joining")
    return connection


class BoundUnitOfWork(SqlUnitOfWork):
    """A savepoint on a connection of the host's."""

    def open(self) -> Self:
        """Set the savepoint, in the host's transaction."""
        dialect = self._dialect
        if not dialect.in_transaction(self._lease.connection):
            self._begin(dialect.begin_joined if self._write else ())
        self._begin((_SAVEPOINT,))
        return self

    def commit(self) -> None:
        """Keep what was done, for the host to commit."""
        self._committable()
        try:
            self._wire.settle()
        except BaseException:
            self.rollback()
            raise
        try:
            self._wire.control(f"RELEASE {_SAVEPOINT}")
        finally:
            self._give_back()

    def rollback(self) -> None:
        """Undo what was done, and nothing before it."""
        if self._over:
            return
        try:
            self._wire.control(f"ROLLBACK TO {_SAVEPOINT}")
            self._wire.control(f"RELEASE {_SAVEPOINT}")
        except StorageError:
            pass  # the database has undone the whole transaction, and the error that led here is the host's to see
        finally:
            self._give_back()

    def _snapshot(self) -> bool:
        """Do nothing: what is seen together is for the host's transaction to say."""
        return False

    def _let_go(self) -> None:
        """Nothing: the connection is the host's."""
