"""What a store that keeps values by key shows one unit of work."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Protocol

__all__ = ["View", "key_of"]


def key_of(*parts: str) -> bytes:
    """Return a key of 16 bytes: such stores bound the length of theirs, and ours are longer."""
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).digest()


class View(Protocol):
    """What was committed when it was made, under what was written since. Nothing reaches others before `commit`."""

    def reading(self) -> None:
        """Raise `TransactionError` when it has ended (``transaction_over``) or is doomed (``transaction_doomed``)."""

    def writing(self) -> None:
        """Do as `reading` does, and refuse one that only reads (``read_only_unit``)."""

    def dooming(self, error: Exception) -> Exception:
        """Return an error after which nothing is kept."""

    def get(self, key: bytes) -> bytes | None:
        """Return the value of a key, or None."""

    def put(self, key: bytes, value: bytes | None, lost: Callable[[], Exception]) -> None:
        """Write a value, None to delete it; ``lost`` makes the error of a commit that finds the key changed."""

    def hold(self, key: bytes, lost: Callable[[], Exception]) -> None:
        """Let the commit fail when somebody has changed this key meanwhile."""

    def mark(self, key: bytes) -> None:
        """Have the commit give this key another value, whoever has changed it meanwhile: who holds it loses."""

    def under(self, prefix: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Yield the keys that begin so, with their values, in no order."""

    def commit(self) -> None:
        """Make everything durable, unless somebody has changed one of its keys; a unit that writes ends either way."""

    def end(self) -> None:
        """Forget everything. Twice is once."""
