"""Records that many units hold at once, and that now and then somebody changes (ruling 11).

MongoDB knows no shared locks: of two open transactions that write one document, one fails. So a record of
the kinds in `SHARED` has `STRIPES` documents beside it, each with its version. Who holds the record writes one
of them, another than its neighbours; who changes it writes all. While somebody holds the record a change
fails, then shuts it for a moment, and is run again.
"""

from __future__ import annotations

import itertools
import os
import secrets
import threading
from collections.abc import Sequence
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
_SHUT = 1_000
"""For how many milliseconds a record is shut at most, should whoever shut it never come back."""
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

        Raises a retryable `ConflictError` while the record is shut by somebody else.
        """
        stripe = {"t": tenant, "i": id, "n": next(self._turn) % STRIPES}
        free = {"$expr": {"$not": {"$gt": ["$shut.until", "$$NOW"]}}}
        wanted = {"_id": stripe, TENANT: tenant, "$or": [{"shut": None}, {"shut.by": _me()}, free]}
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
        raise meant(MEANINGS["lost_race"])

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
        change = {"$set": {"version": version}, "$unset": {"shut": 1}}
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
        until = {"$add": ["$$NOW", _SHUT]}
        shut = [{"$set": {"shut": {"by": _me(), "until": until}}}]
        wire.abort()
        wire.beside(lambda: self._collection.update_many(_all(tenant, id), shut))


def _me() -> str:
    return f"{_PROCESS}-{threading.get_ident()}"


def _all(tenant: str, id: str) -> dict[str, Any]:
    stripe = {"t": tenant, "i": id}
    return {TENANT: tenant, "_id": {"$gt": stripe, "$lt": {**stripe, "n": STRIPES}}}
