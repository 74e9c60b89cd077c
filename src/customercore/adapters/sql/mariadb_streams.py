"""Reading rows from MariaDB as they are asked for, on a connection that others use meanwhile."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pymysql
from pymysql.cursors import SSCursor

if TYPE_CHECKING:
    _Driver = pymysql.connections.Connection[Any]
else:
    _Driver = pymysql.connections.Connection

__all__ = ["StreamCursor", "StreamingConnection"]


class StreamingConnection(_Driver):
    """A connection on which other statements may run while rows are streamed: what is left of them is read first."""

    streaming: StreamCursor | None = None
    _read_timeout: float | None

    @contextmanager
    def patient(self) -> Iterator[None]:
        """Wait for answers as long as they take."""
        limit, self._read_timeout = self._read_timeout, None
        try:
            yield
        finally:
            self._read_timeout = limit

    def _read_packet(self, *args: Any) -> Any:
        """Read from the server; the driver's own way would fail with an `AttributeError` where it was cut off."""
        if not self.open:
            raise pymysql.err.InterfaceError(0, "the connection is closed")
        return super()._read_packet(*args)  # type: ignore[no-untyped-call]  # the driver's stubs leave it out

    def query(self, sql: Any, unbuffered: bool = False) -> int:  # noqa: FBT001, FBT002  # the driver's signature
        """Send a statement."""
        streaming, self.streaming = self.streaming, None
        if streaming is not None:
            streaming.settle()
        return super().query(sql, unbuffered)


class StreamCursor(SSCursor):
    """A cursor whose rows are read from the server as they are asked for."""

    _settled: deque[Any] | None = None
    _result: Any

    def execute(self, query: str, args: object = None) -> int:
        """Send the statement; its rows are left with the server."""
        found = super().execute(query, args)
        self.connection.streaming = self  # type: ignore[attr-defined]  # it was made by `StreamingConnection`
        return found

    def close(self) -> None:
        """Read what is left and let go; where the connection is gone nothing is left."""
        if self.connection is not None and not self.connection.open and self._result is not None:
            self._result.unbuffered_active = False
        super().close()

    __del__ = close  # the driver names its own there

    def settle(self) -> None:
        """Read what is left, since the connection is needed."""
        self._settled = deque(super().fetchall())

    def fetchmany(self, size: int | None = None) -> Any:
        """Return the next rows."""
        if self._settled is None:
            return super().fetchmany(size)
        return [self._settled.popleft() for _ in range(min(size or 1, len(self._settled)))]
