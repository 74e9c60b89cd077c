"""The driver's client, which keeps connections for all units; our own is closed once the last unit has ended."""

from __future__ import annotations

import threading
from typing import Any

from pymongo import MongoClient

from customercore.adapters.meanings import closed

__all__ = ["Connections"]


class Connections:
    """A client, and how many units are open on it."""

    def __init__(self, client: MongoClient[dict[str, Any]], *, host: bool = False) -> None:
        """``host`` says that the client is a host's, which closes it itself."""
        self.client = client
        self._host = host
        self._lock = threading.Lock()
        self._units = 0
        self._closed = False

    def check_open(self) -> None:
        """Raise `StorageError` (``store_closed``) once it is closed."""
        if self._closed:
            raise closed()

    def take(self) -> None:
        """Count one more unit."""
        with self._lock:
            self.check_open()
            self._units += 1

    def give_back(self) -> None:
        """Count one unit less; the last one of a closed store takes the client with it."""
        with self._lock:
            self._units -= 1
            last = self._closed and self._units == 0
        if last:
            self._end()

    def close(self) -> None:
        """Close the client, or leave it to the units that are open. Twice is once."""
        with self._lock:
            idle = not self._closed and self._units == 0
            self._closed = True
        if idle:
            self._end()

    def _end(self) -> None:
        if not self._host:
            self.client.close()
