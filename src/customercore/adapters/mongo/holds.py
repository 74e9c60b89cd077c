"""Records that many units hold at once, and that now and then somebody changes (ruling 11).

MongoDB knows no shared locks: of two open transactions that write one document, one fails. So a record of
the kinds in `SHARED` has `STRIPES` documents beside it, each with its version. Who holds the record writes one
of them, another than its neighbours; who changes it writes all. Who gets it to change it shuts it first, one at a
time: who is to hold it waits then. A change of what was not shut fails while somebody holds it, shuts it then, and
is run again.
"""

from __future__ import annotations

import itertools
import os
import random
import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pymongo.collection import Collection

from customercore.adapters.meanings import MEANINGS, meant
from customercore.adapters.mongo.layout import TENANT
from customercore.adapters.mongo.wire import Wire
from customercore.errors import ConflictError

__all__ = ["SHARED", "STRIPES", "Holds"]

SHARED = frozenset({"counters"})
"""The records that units hold side by side, by plural. Holding another one writes it, so one unit at a time does."""
STRIPES = 64
_SHUT = 3_000
"""For how many milliseconds a record is shut at most, should whoever shut it never come back."""
_LOOKS = (0.005, 0.025)
"""How many seconds go by between two looks at whether a record is open again."""
_FREE: list[dict[str, Any]] = [{"shut": None}, {"$expr": {"$not": {"$gt": ["$shut.until", "$$NOW"]}}}]
_UNSHUT = {"$unset": {"shut": 1}}
_PROCESS = f"{os.getpid()}-{secrets.token_hex(4)}"


class Holds:
    """The stripes of all tenants."""

    def __init__(self, collection: Collection[dict[str, Any]]) -> None:
        self._collection = collection
        self._turn = itertools.count(secrets.randbelow(STRIPES))

    def on(self, collection: Collection[dict[str, Any]]) -> Holds:
        """Return the same stripes by way of another client."""
        other = Holds(collection)
        other._turn = self._turn
        return other

    def hold(self, wire: Wire, tenant: str, id: str) -> int | None:
        """Hold a record until the unit ends, and return its version; None when there is none to hold.

        While the record is shut by somebody else this waits, for a moment at most, until it is open again; then
        it raises a retryable `ConflictError`, since the unit sees the record as it was before.
        """
        stripe = {"t": tenant, "i": id, "n": next(self._turn) % STRIPES}
        wanted = {"_id": stripe, TENANT: tenant, "$or": [*_FREE, {"shut.by": _me()}]}
        found = wire.change(
            lambda session: self._collection.find_one_and_update(
                wanted, {"$inc": {"held": 1}}, projection={"version": 1, "_id": 0}, session=session
            )
        )
        if found is not None:
            version: int = found["version"]
            return version
        there = wire.run(lambda session: self._collection.find_one({"_id": stripe, TENANT: tenant}, session=session))
        if there is None:
            return None
        wire.failed = True
        wire.abort()
        wire.beside(lambda: self._opened(stripe))
        raise meant(MEANINGS["lost_race"])

    def alone(self, wire: Wire, tenant: str, id: str) -> None:
        """Shut a record until the unit ends, whose transaction begins behind this: it sees what its holders have made.

        Of several who are about to change it one comes after the other. Nothing for a transaction that has begun.
        """
        if not wire.begun:
            wire.at_end(lambda: self._collection.update_many({**_all(tenant, id), "shut.by": _me()}, _UNSHUT))
            wire.beside(lambda: self._first(tenant, id))
            self._shut(wire, tenant, id)

    def _first(self, tenant: str, id: str) -> None:
        """Wait until nobody else has shut a record, and shut its first stripe; nothing where it is not there."""
        stripe = {"_id": {"t": tenant, "i": id, "n": 0}, TENANT: tenant}
        free = {**stripe, "$or": [*_FREE, {"shut.by": _me()}]}

        def done() -> bool:
            shut = self._collection.find_one_and_update(free, _shutting(), {"_id": True})
            return shut is not None or self._collection.find_one(stripe, {"_id": True}) is None

        _again(done)

    def _opened(self, stripe: Mapping[str, Any]) -> None:
        """Wait until a record is open again: whoever shut it holds it for so long only that it can be changed."""
        wanted = {"_id": stripe, TENANT: stripe["t"], "$or": _FREE}
        _again(lambda: self._collection.find_one(wanted, {"_id": True}) is not None)

    def made(self, wire: Wire, tenant: str, many: Sequence[Any]) -> None:
        """Make the stripes of new records."""
        stripes = [
            {"_id": {"t": tenant, "i": one.id, "n": number}, TENANT: tenant, "version": one.version}
            for one in many
            for number in range(STRIPES)
        ]
        wire.change(lambda session: self._collection.insert_many(stripes, session=session))

    def changed(self, wire: Wire, tenant: str, id: str, version: int) -> None:
        """Tell the stripes of a record's new version, or fail with whoever holds it."""
        change = {"$set": {"version": version}, **_UNSHUT}
        try:
            wire.change(lambda session: self._collection.update_many(_all(tenant, id), change, session=session))
        except ConflictError:
            self._shut(wire, tenant, id)
            raise

    def removed(self, wire: Wire, tenant: str, id: str) -> None:
        """Delete the stripes of a record."""
        wire.change(lambda session: self._collection.delete_many(_all(tenant, id), session=session))

    def _shut(self, wire: Wire, tenant: str, id: str) -> None:
        """Wait until nobody holds the record any more, and let nobody but this thread hold it for a moment.

        A write outside of a transaction waits for those inside. The unit's own transaction is over by now.
        """
        wire.abort()
        wire.beside(lambda: self._collection.update_many(_all(tenant, id), _shutting()))


def _shutting() -> list[dict[str, Any]]:
    return [{"$set": {"shut": {"by": _me(), "until": {"$add": ["$$NOW", _SHUT]}}}}]


def _again(done: Callable[[], bool]) -> None:
    """Do something until it is done, for as long as a record is shut at most."""
    until = time.monotonic() + _SHUT / 1000
    while not done() and time.monotonic() < until:
        time.sleep(random.uniform(*_LOOKS))  # noqa: S311  jitter, not a secret


def _me() -> str:
    return f"{_PROCESS}-{threading.get_ident()}"


def _all(tenant: str, id: str) -> dict[str, Any]:
    stripe = {"t": tenant, "i": id}
    return {TENANT: tenant, "_id": {"$gt": stripe, "$lt": {**stripe, "n": STRIPES}}}
