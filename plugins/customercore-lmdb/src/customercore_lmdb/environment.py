"""The files of a store: one LMDB environment a folder and process, and what one transaction sees of it."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from weakref import WeakValueDictionary

import lmdb

from customercore.adapters.meanings import doomed, over, reading
from customercore.errors import StorageUnavailableError

__all__ = ["Environment", "LmdbView", "environment_of"]

_MOST_BYTES = 1 << 36
"""How large a store may grow; the file takes what is used."""
_MOST_READERS = 1_022


class Environment:
    """The open files. Whoever uses them holds this object; they are closed when nobody does."""

    def __init__(self, path: str) -> None:
        try:
            self.files = lmdb.open(path, map_size=_MOST_BYTES, max_readers=_MOST_READERS)
        except (lmdb.Error, OSError) as error:
            raise StorageUnavailableError("store_unreachable", "the folder cannot be opened") from error

    def __del__(self) -> None:
        if hasattr(self, "files"):
            self.files.close()


_opened: WeakValueDictionary[str, Environment] = WeakValueDictionary()
_opening = threading.Lock()


def environment_of(path: str) -> Environment:
    """Return the environment of a folder: LMDB allows one of them in a process."""
    real = str(Path(path).resolve())
    with _opening:
        return _opened.get(real) or _opened.setdefault(real, Environment(real))


class LmdbView:
    """Implements `adapters.key_value.view.View`: one that reads, and what a unit has written in memory above it."""

    def __init__(self, environment: Environment, *, write: bool) -> None:
        self._environment = environment
        self._write = write
        self._seen = environment.files.begin()
        self._over = self._doomed = False
        self.written: dict[bytes, bytes | None] = {}
        self._marked: set[bytes] = set()
        self._lost: dict[bytes, Callable[[], Exception]] = {}

    def reading(self) -> None:
        """Raise `TransactionError` when it has ended or is doomed."""
        if self._over:
            raise over()
        if self._doomed:
            raise doomed()

    def writing(self) -> None:
        """Do as `reading` does, and refuse one that only reads."""
        self.reading()
        if not self._write:
            raise reading()

    def dooming(self, error: Exception) -> Exception:
        """Return an error after which nothing is kept."""
        self._doomed = True
        return error

    def get(self, key: bytes) -> bytes | None:
        """Return the value of a key, or None."""
        self.reading()
        return self.written[key] if key in self.written else self._seen.get(key)

    def put(self, key: bytes, value: bytes | None, lost: Callable[[], Exception]) -> None:
        """Write a value, None to delete it; ``lost`` makes the error of a commit that finds the key changed."""
        self.written[key] = value
        self._lost.setdefault(key, lost)

    def hold(self, key: bytes, lost: Callable[[], Exception]) -> None:
        """Let the commit fail when somebody has changed this key meanwhile."""
        self._lost.setdefault(key, lost)

    def mark(self, key: bytes) -> None:
        """Have the commit give this key another value, whoever has changed it meanwhile: who holds it loses."""
        self._marked.add(key)

    def under(self, prefix: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Yield the keys that begin so, with their values, in no order."""
        self.reading()
        with self._seen.cursor() as cursor:
            found = cursor.set_range(prefix)
            while found and (key := cursor.key()).startswith(prefix):
                if key not in self.written:
                    yield key, cursor.value()
                found = cursor.next()
        for key, value in [*self.written.items()]:
            if value is not None and key.startswith(prefix):
                yield key, value

    def commit(self) -> None:
        """Write everything in one transaction of LMDB's, unless somebody has changed a key of it; end either way."""
        try:
            self.writing()
            with self._environment.files.begin(write=True) as now:
                for key, lost in self._lost.items():
                    if now.get(key) != self._seen.get(key):
                        raise lost()
                for key in self._marked:
                    now.put(key, secrets.token_bytes(8))
                for key, value in self.written.items():
                    if value is None:
                        now.delete(key)
                    else:
                        now.put(key, value)
        except lmdb.Error as error:
            raise StorageUnavailableError("store_unreachable", "the store cannot be written") from error
        finally:
            if self._doomed or self._write:
                self.end()

    def end(self) -> None:
        """Give the snapshot back. Twice is once."""
        if not self._over:
            self._over = True
            self._seen.abort()
