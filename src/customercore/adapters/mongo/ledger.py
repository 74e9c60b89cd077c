"""The accounts of wallets: entries as documents of one collection that only grows.

MongoDB has no triggers: that an entry is never changed is the core's own rule there, and a user's rights can add to it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from bson.decimal128 import Decimal128
from bson.max_key import MaxKey
from pymongo import IndexModel
from pymongo.collection import Collection

from customercore.adapters.accounts import UNREADABLE, unreadable_entry
from customercore.adapters.documents import accounts_in, event_actor
from customercore.adapters.meanings import numbered
from customercore.adapters.mongo.form import BSON, moment
from customercore.adapters.mongo.layout import TENANT, index
from customercore.adapters.mongo.wire import Wire
from customercore.domain.entry import Entry
from customercore.domain.money import Money
from customercore.domain.wallet import Wallet
from customercore.ports.ledger import Total
from customercore.ports.repository import Repository

__all__ = ["ENTRY_SCHEMA", "MongoLedger", "entry_indexes", "tenants_with_due_wallets"]

_TEXT = {"bsonType": "string"}
_WHOLE = {"bsonType": ["int", "long"]}
_MOMENT = {"bsonType": "date"}
_AMOUNTS = ("amount", "balance_after", "held", "held_after")
_NAMES = ("reason", "reference", "about")
ENTRY_SCHEMA: dict[str, Any] = {
    "bsonType": "object",
    "required": [TENANT, "id", "kind", "currency", *_AMOUNTS, "at", "actor"],
    "properties": {
        "_id": {
            "bsonType": "object",
            "required": ["t", "w", "s"],
            "properties": {"t": _TEXT, "w": _TEXT, "s": _WHOLE},
        },
        **dict.fromkeys((TENANT, "id", "kind", "currency", *_NAMES), _TEXT),
        **dict.fromkeys(_AMOUNTS, _WHOLE),
        **dict.fromkeys(("at", "expires_at"), _MOMENT),
        "actor": {"bsonType": "object", "required": ["kind"]},
        "parts": {"bsonType": "array", "items": {"bsonType": "array"}},
    },
}
"""What every entry has to be, for the server to check; amounts are in minor units of the currency."""
_END = (1 << 63) - 1
"""A number behind all that are given."""
_BY_ID = {"hint": "id_unique"}
_FORMS = accounts_in(BSON)


def entry_indexes() -> list[IndexModel]:
    """Return the indexes of the collection, beside that of wallet and number, which is its ``_id``."""
    return [
        index("id_unique", "id", unique=True),
        index("about_order", "about", present="about"),
        index("at_order", "_id.w", "at", "_id.s"),
    ]


def tenants_with_due_wallets(wallets: Collection[dict[str, Any]], now: dt.datetime) -> list[str]:
    """Return the tenants with a wallet of which something is due: `ports.store.Store.due_wallets`."""
    # Any tenant: so that the index, which a tenant leads, can be used.
    return sorted(wallets.distinct(TENANT, {TENANT: {"$gte": ""}, "due_at": {"$lte": now}}))


class MongoLedger:
    """Implements `ports.ledger.Ledger` in one unit of work."""

    def __init__(
        self,
        collection: Collection[dict[str, Any]],
        wallets: Collection[dict[str, Any]],
        wire: Wire,
        tenant: str,
        repository: Repository[Wallet],
    ) -> None:
        self._collection = collection
        self._wallets = wallets
        self._wire = wire
        self._tenant = tenant
        self._repository = repository

    def post(self, wallet: Wallet, entries: Sequence[Entry], *, was: Wallet, deferred: bool = False) -> None:
        """Replace ``was`` by ``wallet``, and append its new entries: one exchange each, whatever their number."""
        self._wire.writing()
        self._repository.save(wallet, was=was)
        documents = [_document(self._tenant, entry) for entry in entries]
        if documents:
            with numbered():
                self._wire.change(lambda session: self._collection.insert_many(documents, session=session))

    def entry(self, id: str) -> Entry | None:
        """Return one entry, or None."""
        where = {TENANT: self._tenant, "id": id}
        found = self._wire.run(lambda session: self._collection.find_one(where, session=session, **_BY_ID))
        return None if found is None else _read(found)

    def about(self, id: str) -> list[Entry]:
        """Return the entries that are about this one, oldest first."""
        return self._found({"about": id}, [("at", 1), ("_id", 1)], 0, hint="about_order")

    def entries(
        self,
        wallet: str,
        *,
        after: int = 0,
        since: dt.datetime | None = None,
        until: dt.datetime | None = None,
        limit: int = 100,
    ) -> list[Entry]:
        """Return at most so many entries of a wallet behind the number ``after``, oldest first."""
        behind = after if since is None else max(after, self._number(wallet, since) - 1)
        before = _END if until is None else self._number(wallet, until)
        return self._between(wallet, behind, before, limit, order=1)

    def back(
        self, wallet: str, *, before: int | None = None, until: dt.datetime | None = None, limit: int = 100
    ) -> list[Entry]:
        """Return at most so many entries of a wallet before a number and before a moment, newest first."""
        first = _END if before is None else before
        if until is not None:
            first = min(first, self._number(wallet, until))
        return self._between(wallet, 0, first, limit, order=-1)

    def accounts(self, *, after: str = "", limit: int = 100) -> list[str]:
        """Return the ids of at most so many wallets that have entries, behind one, in order."""
        found: list[str] = []
        while len(found) < limit:  # a step in the index for each, instead of all of its entries
            behind = {"t": self._tenant, "w": found[-1] if found else after, "s": _END}
            where = {"_id": {"$gt": behind, "$lt": {"t": self._tenant, "w": MaxKey()}}}
            one = self._wire.run(
                lambda session, where=where: self._collection.find_one(  # type: ignore[misc]  # bound at once
                    where, {"_id.w": 1}, sort=[("_id", 1)], session=session
                )
            )
            if one is None:
                break
            found.append(one["_id"]["w"])
        return found

    def totals(self) -> list[Total]:
        """Return the tenant's liability, a line for each currency that has a wallet, by code."""
        self._wire.snapshot()  # else money that moves meanwhile is counted twice, or not at all
        posted = "$posted_minor"
        steps: list[dict[str, Any]] = [
            {"$match": {TENANT: self._tenant}},
            {
                "$group": {
                    "_id": "$currency",
                    "wallets": {"$sum": 1},
                    "credit": _sum({"$max": [posted, 0]}),
                    "owed": _sum({"$min": [posted, 0]}),
                    "held": _sum("$held_minor"),
                }
            },
            {"$sort": {"_id": 1}},
        ]
        options = self._wire.pipeline_limits
        found = self._wire.run(lambda session: self._wallets.aggregate(steps, session=session, **options).to_list())
        return [
            Total(one["_id"], one["wallets"], _whole(one["credit"]), -_whole(one["owed"]), _whole(one["held"]))
            for one in found
        ]

    def _number(self, wallet: str, since: dt.datetime) -> int:
        """Return the number of the first entry at a moment or later: numbers and moments rise together."""
        found = self._wire.run(
            lambda session: self._collection.find_one(
                {TENANT: self._tenant, "_id.w": wallet, "at": {"$gte": since}},
                {"_id.s": 1},
                sort=[("at", 1), ("_id.s", 1)],
                hint="at_order",
                session=session,
            )
        )
        return _END if found is None else int(found["_id"]["s"])

    def _between(self, wallet: str, after: int, before: int, limit: int, *, order: int) -> list[Entry]:
        one = {"t": self._tenant, "w": wallet}
        where = {"_id": {"$gt": {**one, "s": after}, "$lt": {**one, "s": before}}}
        return self._found(where, [("_id", order)], limit)

    def _found(
        self, where: Mapping[str, Any], sort: Sequence[tuple[str, int]], limit: int, **options: Any
    ) -> list[Entry]:
        ours = {TENANT: self._tenant, **where}
        found = self._wire.run(
            lambda session: self._collection.find(
                ours, session=session, sort=sort, limit=limit, batch_size=limit, **options, **self._wire.limits
            ).to_list()
        )
        return [_read(document) for document in found]


def _document(tenant: str, entry: Entry) -> dict[str, Any]:
    actor = {"kind": entry.actor.kind, "id": entry.actor.id, "on_behalf_of": entry.actor.on_behalf_of}
    further: dict[str, Any] = {"reason": entry.reason, "reference": entry.reference, "about": entry.about}
    further |= {"expires_at": entry.expires_at, "parts": _FORMS.write_parts(entry.parts) or None}
    return {
        "_id": {"t": tenant, "w": entry.wallet, "s": entry.sequence},
        TENANT: tenant,
        "id": entry.id,
        "kind": entry.kind,
        "currency": entry.amount.currency,
        **{name: getattr(entry, name).minor for name in _AMOUNTS},
        "at": entry.at,
        "actor": {name: value for name, value in actor.items() if value is not None},
        **{name: value for name, value in further.items() if value is not None},
    }


def _sum(figure: Any) -> dict[str, Any]:
    """Return how 64-bit numbers are added without an end: their sum may take more, and decimals have 34 digits."""
    return {"$sum": {"$toDecimal": figure}}


def _whole(found: Decimal128) -> int:
    return int(found.to_decimal())


def _read(document: dict[str, Any]) -> Entry:
    try:
        currency, actor, expires = document["currency"], document["actor"], document.get("expires_at")
        amounts: Any = {name: Money.of_minor(document[name], currency) for name in _AMOUNTS}
        names: Any = {name: document.get(name) for name in _NAMES}
        return Entry(
            wallet=document["_id"]["w"],
            sequence=document["_id"]["s"],
            id=document["id"],
            kind=document["kind"],
            **amounts,
            at=moment(document["at"]),
            actor=event_actor(actor["kind"], actor.get("id"), actor.get("on_behalf_of")),
            expires_at=None if expires is None else moment(expires),
            parts=_FORMS.read_parts(document.get("parts", [])),
            **names,
        )
    except UNREADABLE as error:
        raise unreadable_entry(document.get("id"), document["_id"].get("s")) from error
