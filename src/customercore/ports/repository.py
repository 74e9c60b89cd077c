"""Aggregates of one type, of one tenant, inside one unit of work."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Generic, Protocol, TypeVar

import attrs

from customercore.catalogue.query import Position, Query

__all__ = ["Found", "Repository"]

T = TypeVar("T")


@attrs.frozen
class Found(Generic[T]):
    """One page of a search, and the position to go on from; None when the page was the last."""

    items: list[T]
    after: Position | None


class Repository(Protocol[T]):
    """Stores whole frozen aggregates. What it returns equals what was given to it, ``version`` included.

    Every verb may raise `StorageError`; a conflict with another unit of work may show at once or at
    commit, as a retryable `ConflictError`.
    """

    def get(self, id: str, *, held: bool = False) -> T | None:
        """Return the aggregate with this id, or None.

        ``held``: this unit goes on to change it. No other unit changes it before this one has committed, or one of
        the two ends with a retryable `ConflictError` or a `StaleVersionError`. Where the database can, the second
        unit waits for the first instead, and reads what that has left. A unit that reads raises ``read_only_unit``.
        """

    def version(self, id: str, *, held: bool = False) -> int | None:
        """Return the version of the aggregate with this id without reading it, or None.

        ``held``: no other unit changes this record while this unit goes on to its commit, or one of the two
        ends with a retryable `ConflictError`. What is not there cannot be held. And who changes a record that it
        got as held has seen, in all that it read after that, whatever those who held it have committed.
        """

    def by(self, unique: str, key: str) -> T | None:
        """Return the aggregate that holds this unique key, or None.

        ``unique`` is the name of an `Unique`, or of a unique info type that the unit was told of
        (``info.<key>``); raises `KeyError` for another one.
        """

    def by_keys(self, unique: str, keys: Collection[str]) -> Mapping[str, T]:
        """Return those that hold any of these unique keys, by key."""

    def add(self, one: T, *, deferred: bool = False) -> None:
        """Store a new aggregate; raise `DuplicateError` when its id or a unique key is taken.

        With ``deferred`` it may be raised by what is asked of the unit next, or by its commit, and a taken id may
        come as a retryable `ConflictError` (``write_conflict``) then.
        """

    def save(self, one: T, *, was: T, deferred: bool = False) -> None:
        """Replace ``was`` by ``one``, whose version is the next.

        Raises `StaleVersionError` when the stored version is not ``was.version`` any more,
        `NotFoundError` (``<name>_not_found``) when there is none, and `DuplicateError` when a unique
        key is taken. With ``deferred`` all of these may come with what is asked of the unit next, or with its
        commit; the first two then as a retryable `ConflictError` (``write_conflict``) that dooms the unit.
        """

    def reindex(self, one: T) -> None:
        """Write columns, keys and terms of a stored aggregate anew, as they follow from it now; its version stays.

        Raises `DuplicateError` when a unique key is taken; nothing happens when it is gone.
        """

    def remove(self, one: T) -> None:
        """Delete a bookkeeping record; nothing when it is gone already. Never used on people."""

    def find(self, query: Query) -> Found[T]:
        """Return one page of what matches, in the query's order; its limit is at least 1."""

    def count(self, query: Query, most: int | None = None) -> int:
        """Return how many match (order, limit and position do not count); stop counting at ``most``, at least 1."""

    def stream(self, query: Query) -> Iterator[T]:
        """Yield what matches, in the query's order, holding a bounded number in memory."""

    def load(self, many: Sequence[T], *, deferred: bool = False) -> None:
        """Store many new aggregates at once; like `add` for each, all or none.

        ``deferred``: the store may wait with them until the unit is asked for something else, or commits,
        which then raises what this would have: who goes on meanwhile need not wait for the database.
        """
