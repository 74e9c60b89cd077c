"""Values with the revisions of them that some open unit of work may still have to see.

Reading takes no lock: nothing that an open snapshot can see is ever changed. A commit puts a newer
revision in front, and whoever began before that commit steps over it to the older one. What no open
snapshot can see any more is overwritten or cut off, so that a key has at most one revision for each
open snapshot, and one alone when none is open.
"""

from __future__ import annotations

import weakref
from collections import deque
from collections.abc import Iterator
from typing import Any, Generic, TypeVar

from customercore.adapters.meanings import doomed, over, reading

__all__ = ["Revisions", "Snapshot", "Timeline"]

K = TypeVar("K")
V = TypeVar("V")
E = TypeVar("E", bound=Exception)


class Snapshot:
    """The moment a unit of work reads as of: commits up to ``at`` are seen, later ones are not."""

    __slots__ = ("__weakref__", "at", "doomed", "over", "writable")

    def __init__(self, at: int, *, writable: bool) -> None:
        self.at = at
        self.writable = writable
        self.over = False
        self.doomed = False

    def reading(self) -> int:
        """Return the last commit that is seen; raise `TransactionError` when the unit has ended or is doomed."""
        if self.over:
            raise over()
        if self.doomed:
            raise doomed()
        return self.at

    def dooming(self, error: E) -> E:
        """Return an error after which nothing of the unit is kept."""
        self.doomed = True
        return error

    def writing(self) -> int:
        """Do as `reading` does, and refuse a unit that was opened to read only."""
        at = self.reading()
        if not self.writable:
            raise reading()
        return at


class _Revision(Generic[V]):
    __slots__ = ("at", "before", "value")

    def __init__(self, at: int, value: V | None, before: _Revision[V] | None) -> None:
        self.at = at
        self.value = value
        self.before = before


class Revisions(Generic[K, V]):
    """Values by key, as of any commit that an open snapshot may look back to."""

    __slots__ = ("_heads",)

    def __init__(self) -> None:
        self._heads: dict[K, _Revision[V]] = {}

    def get(self, key: K, at: int) -> V | None:
        """Return the value as of commit ``at``, or None."""
        revision = self._heads.get(key)
        while revision is not None:
            if revision.at <= at:
                return revision.value
            revision = revision.before
        return None

    def items(self, at: int) -> Iterator[tuple[K, V]]:
        """Yield each key that has a value as of commit ``at``, with the value."""
        # copy() is one step, so that a commit in another thread cannot disturb the loop; list() may let it in.
        for key, head in self._heads.copy().items():
            value = head.value if head.at <= at else self.get(key, at)
            if value is not None:
                yield key, value

    def latest(self, key: K) -> V | None:
        """Return the value as of the last commit, or None."""
        head = self._heads.get(key)
        return None if head is None else head.value

    def changed(self, key: K, at: int) -> bool:
        """Tell whether a commit after ``at`` has written this key."""
        head = self._heads.get(key)
        return head is not None and head.at > at

    def put(self, key: K, value: V | None, timeline: Timeline) -> None:
        """Write the value of the commit that ``timeline`` is at; None deletes. The lock is held."""
        head = self._heads.get(key)
        if head is not None and head.at <= timeline.newest:
            self._heads[key] = revision = _Revision(timeline.now, value, head)
            timeline.superseded.append((self, key, revision))
        elif head is None or head.before is None:  # nobody sees it, or anything before it
            if value is None:
                self._heads.pop(key, None)
            else:
                self._heads[key] = _Revision(timeline.now, value, None)
        else:  # nobody sees this revision, but somebody may see those before it
            head.value, head.at = value, timeline.now

    def forget(self, key: K, revision: _Revision[V]) -> None:
        """Cut off what came before a revision that everybody sees. The lock is held."""
        revision.before = None
        if revision.value is None and self._heads.get(key) is revision:
            del self._heads[key]

    def __len__(self) -> int:
        """Return how many keys are kept, deleted ones that somebody may still see included."""
        return len(self._heads)


class Timeline:
    """The count of commits, and which of them open snapshots look back to.

    The lock is held for every call.
    """

    def __init__(self) -> None:
        self.now = 0
        self.newest = -1
        """The last commit that some open snapshot sees, as of `advance`; -1 without any."""
        self.superseded: deque[tuple[Revisions[Any, Any], Any, _Revision[Any]]] = deque()
        self._open: set[weakref.ref[Snapshot]] = set()

    def begin(self, *, writable: bool) -> Snapshot:
        """Return a snapshot of what is committed now; one that is dropped counts as ended."""
        snapshot = Snapshot(self.now, writable=writable)
        self._open.add(weakref.ref(snapshot))
        return snapshot

    def end(self, snapshot: Snapshot) -> None:
        """End a snapshot."""
        snapshot.over = True
        self._open.discard(weakref.ref(snapshot))

    def advance(self) -> None:
        """Start the next commit."""
        self.now += 1
        self.newest = max(self._seen(), default=-1)

    def prune(self) -> None:
        """Cut off the revisions that no open snapshot can reach."""
        if not self.superseded:
            return
        oldest = min(self._seen(), default=self.now)
        while self.superseded and self.superseded[0][2].at <= oldest:
            revisions, key, revision = self.superseded.popleft()
            revisions.forget(key, revision)

    def open_snapshots(self) -> int:
        """Return how many snapshots are open."""
        return len(self._seen())

    def _seen(self) -> list[int]:
        seen = []
        for reference in tuple(self._open):
            snapshot = reference()
            if snapshot is None:
                self._open.discard(reference)
            else:
                seen.append(snapshot.at)
        return seen
