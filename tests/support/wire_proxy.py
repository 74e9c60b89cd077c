"""Stands between a client and a database server, and does to their conversation what a network can do."""

from __future__ import annotations

import contextlib
import re
import select
import socket
import struct
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import URL, Engine, event, make_url

__all__ = ["COMMIT", "READ", "Fault", "WireProxy", "spelled_out"]

Fault = Literal["lost_answer", "lost_request", "stall", "reset"]
"""What becomes of the next message that holds a mark.

``lost_answer``: the server gets it and answers, the client hears nothing but the end of the connection.
``lost_request``: the connection ends before the server gets it. ``reset``: the same, without a farewell.
``stall``: nothing gets through from then on, and nobody says so.
"""
_SIZE = 65_536
COMMIT = (
    rb"[\x00-\x1f]COMMIT(?:\x00|$)|[\x00-\x1f]commitTransaction\x00"
    rb"|\x00WITH part_0 AS \(|\x03BEGIN NOT ATOMIC DECLARE"
)
"""The statement alone, as each protocol sends it; ``READ COMMITTED`` is another one.

Or the one statement of a whole unit: on PostgreSQL, which must not be a prepared one (`spelled_out`), and on MariaDB.
"""
READ = rb"SELECT|\x02find"
"""A question."""


@contextlib.contextmanager
def spelled_out() -> Iterator[None]:
    """Have every statement sent as it reads, however often it comes: a prepared one goes by a name."""

    def unprepared(connection: Any, _: object) -> None:
        if hasattr(connection, "prepare_threshold"):
            connection.prepare_threshold = None

    event.listen(Engine, "connect", unprepared)
    try:
        yield
    finally:
        event.remove(Engine, "connect", unprepared)


class WireProxy:
    """A port on loopback that leads to a server. Each fault is done once, to whoever sends the mark next."""

    def __init__(self, url: str) -> None:
        self._server = make_url(url)
        self._fault: tuple[Fault, re.Pattern[bytes]] | None = None
        self._times = 0
        self._lock = threading.Lock()
        self.done = 0
        """How many faults were done."""
        self.addresses: set[str] = set()
        """From where the server, if it has a host and a port, sees this proxy's connections come: ``host:port``."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self._over = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """The URL of the same database by way of this proxy."""
        port = self._listener.getsockname()[1]
        query = {name: value for name, value in self._server.query.items() if name not in ("host", "unix_socket")}
        if self._server.drivername == "mongodb":
            query = {"directConnection": "true"}
        through: URL = self._server.set(host="127.0.0.1", port=port, query=query)
        return through.render_as_string(hide_password=False)

    def next(self, fault: Fault, mark: bytes = COMMIT, *, times: int = 1) -> None:
        """Do this to the next messages of a client in which the pattern is found, to one if not told otherwise."""
        with self._lock:
            self._fault, self._times = (fault, re.compile(mark)), times

    def close(self) -> None:
        """End every connection."""
        self._over.set()
        self._listener.close()
        for one in list(self._open):
            one.close()

    def _connect(self) -> socket.socket:
        query = self._server.query
        folder, path = query.get("host"), query.get("unix_socket")
        if path is None and folder is not None:
            path = str(Path(str(folder)) / ".s.PGSQL.5432")
        if path is None:
            return socket.create_connection((self._server.host or "127.0.0.1", self._server.port or 5432))
        server = socket.socket(socket.AF_UNIX)
        server.connect(str(path))
        return server

    def _accept(self) -> None:
        while not self._over.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError), client, self._connect() as server:
            self._open |= {client, server}
            if server.family == socket.AF_INET:
                self.addresses.add("{}:{}".format(*server.getsockname()))
            try:
                while self._passed(client, server):
                    pass
            finally:
                self._open -= {client, server}

    def _passed(self, client: socket.socket, server: socket.socket) -> bool:
        """Let through what has come from either side; tell whether the connection goes on."""
        ready, _, _ = select.select([client, server], [], [], 0.5)
        if self._over.is_set():
            return False
        for one, other in ((server, client), (client, server)):
            if one not in ready:
                continue
            data = one.recv(_SIZE)
            if not data:
                return False
            if one is client and (fault := self._taken(data)) is not None:
                self._do(fault, data, client, server)
                return False
            other.sendall(data)
        return True

    def _taken(self, data: bytes) -> Fault | None:
        with self._lock:
            if self._fault is None or not self._fault[1].search(data):
                return None
            fault = self._fault[0]
            self._times -= 1
            if self._times == 0:
                self._fault = None
            self.done += 1
        return fault

    def _do(self, fault: Fault, data: bytes, client: socket.socket, server: socket.socket) -> None:
        if fault == "lost_answer":
            server.sendall(data)
            self._answered(client, server)
        elif fault == "stall":
            self._over.wait(30)
        elif fault == "reset":
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def _answered(self, client: socket.socket, server: socket.socket) -> None:
        """Wait until the server has done what it was asked; what the client sends with it may come in pieces."""
        while not self._over.is_set():
            ready, _, _ = select.select([client, server], [], [], 0.5)
            if server in ready:
                server.recv(_SIZE)
                return
            if client in ready:
                more = client.recv(_SIZE)
                if not more:
                    return
                server.sendall(more)
