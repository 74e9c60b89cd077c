"""The other side on MongoDB: what a good engineer writes by hand for jobs 1 to 3b on PyMongo alone.

It keeps what our store keeps (see `stores.same_rows`): a document with text keys, claims and terms, and an event with
what changed, in collections with our indexes and validators. Nothing is validated on this side of the server.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from benchmarks.bare import TENANT, BareCustomer, TermRow, changes_of, term_rows
from pymongo import MongoClient, WriteConcern
from pymongo.client_session import ClientSession
from pymongo.read_concern import ReadConcern
from uuid_utils import uuid7

from customercore.domain.text import identity_key, sort_key

__all__ = ["WHOLE", "BareMongo"]

Document = dict[str, Any]
_MAJORITY, _SNAPSHOT = WriteConcern("majority"), ReadConcern("snapshot")
WHOLE = {"search": False, "tenant": False}
"""What a reader asks for: what is made for searches stays on the server."""


class BareMongo:
    """Customers by a client of the driver's, in collections that are there already."""

    def __init__(self, client: MongoClient[Document]) -> None:
        self._client = client
        own = client.get_default_database().with_options(write_concern=_MAJORITY)
        self.customers, self._events = own["customercore_customers"], own["customercore_events"]
        self._numbers = itertools.count(1)

    @contextmanager
    def _transaction(self) -> Iterator[ClientSession]:
        with (
            self._client.start_session(causal_consistency=False) as session,
            session.start_transaction(_SNAPSHOT, _MAJORITY),
        ):
            yield session

    def create(self, given: dict[str, Any]) -> str:
        """Store a new customer and its event in one transaction; return its id."""
        customer, event = self._prepared(given)
        with self._transaction() as session:
            self.customers.insert_one(customer, session=session)
            self._events.insert_one(event, session=session)
        return str(customer["_id"]["i"])

    def load(self, many: list[dict[str, Any]]) -> None:
        """Store many new customers like `create`, in one transaction."""
        prepared = [self._prepared(one) for one in many]
        with self._transaction() as session:
            self.customers.insert_many([customer for customer, _ in prepared], session=session)
            self._events.insert_many([event for _, event in prepared], session=session)

    def known(self, emails: list[str]) -> set[str]:
        """Return those of the e-mail addresses that a customer has."""
        keys = {f"email:{identity_key(email)}": email for email in emails}
        held = {"tenant": TENANT, "search.claims": {"$in": list(keys)}}
        found = self.customers.find(held, {"search.claims": True, "_id": False}, hint="claims")
        return {keys[claim] for one in found for claim in one["search"]["claims"] if claim in keys}

    def _prepared(self, given: dict[str, Any]) -> tuple[Document, Document]:
        """Return the documents of a new customer and of its event."""
        id, code, now = str(uuid7()), f"C{next(self._numbers):07d}", _now()
        first, last = given["first_name"], given["last_name"]
        addresses = [{"id": str(uuid7()), "default_for": ["delivery", "invoice"], **one} for one in given["addresses"]]
        document = {
            "code": code, "email": given["email"], "first_name": first, "last_name": last, "phones": given["phones"],
            "flags": given["flags"], "tags": given["tags"], "addresses": addresses,
        }  # fmt: skip
        info = given.get("info")
        if info:
            document["info"] = info
        code_key, email_key = identity_key(code), identity_key(given["email"])
        first_key, first_sort, last_key, last_sort = (
            identity_key(first),
            sort_key(first),
            identity_key(last),
            sort_key(last),
        )
        search = {
            "full_name": f"{first} {last}", "code_key": code_key, "code_sort": code_key,
            "email_key": email_key, "email_sort": email_key, "first_name_key": first_key, "first_name_sort": first_sort,
            "last_name_key": last_key, "last_name_sort": last_sort, "full_name_key": f"{first_key} {last_key}",
            "full_name_sort": f"{first_sort} {last_sort}", "claims": [f"code:{code_key}", f"email:{email_key}"],
            **_found_by(term_rows({"id": id, **document})),
        }  # fmt: skip
        if info:
            search["int_0"] = info["points"]
        customer = {
            "_id": {"t": TENANT, "i": id}, "tenant": TENANT, "version": 1, **document, "created_at": now,
            "updated_at": now, "email_verified": False, "customer_type": "private", "status": "active",
            "kind": "registered", "use_invoice_for_delivery": False, "identity_scope": "", "search": search,
        }  # fmt: skip
        return customer, _event(id, 1, now, changes_of(document))

    def update(self, id: str, version: int, company: str) -> int:
        """Change a customer's company if its version is still this one; return the new version."""
        now, key = _now(), {"_id": {"t": TENANT, "i": id}, "tenant": TENANT}
        with self._transaction() as session:
            document = self.customers.find_one(key, WHOLE, session=session, hint=[("_id", 1)])
            assert document is not None
            before = document.get("company_name")
            changed = {"version": version + 1, "company_name": company, "updated_at": now}
            search = {"company_name_key": identity_key(company), "company_name_sort": sort_key(company)}
            search |= _found_by(term_rows({**document, "id": id, **changed}))
            change = {**changed, **{f"search.{name}": value for name, value in search.items() if name != "elements"}}
            still = {**key, "version": version}
            done = self.customers.update_one(still, {"$set": change}, session=session, hint=[("_id", 1)])
            assert done.matched_count == 1
            personal = {"company_name": [before, company]}
            self._events.insert_one(_event(id, version + 1, now, ({}, personal)), session=session)
        return version + 1

    def get(self, id: str) -> BareCustomer:
        """Return the customer with this id."""
        key = {"_id": {"t": TENANT, "i": id}, "tenant": TENANT}
        return _customer(self.customers.find_one(key, WHOLE, hint=[("_id", 1)]))

    def by_email(self, email: str) -> BareCustomer:
        """Return the customer with this e-mail address."""
        held = {"tenant": TENANT, "search.claims": f"email:{identity_key(email)}"}
        return _customer(self.customers.find_one(held, WHOLE, hint="claims"))

    def documents(self) -> Iterator[Document]:
        """Yield every customer's document by e-mail, few of them in memory."""
        yield from self.customers.find(
            {"tenant": TENANT}, WHOLE, sort=[("search.email_key", 1), ("_id", 1)], batch_size=2_000
        )

    def rows(self, table: str) -> list[Sequence[Any]]:
        """Return the documents of a job's customers, or of their events, each as one cell."""
        if table == "events":
            return [[_sorted(one)] for one in self._events.find({"_id.a": "customer"})]
        return [[_sorted(one)] for one in self.customers.find({"code": {"$regex": "^C"}})]


def _customer(document: Document | None) -> BareCustomer:
    assert document is not None
    document["id"] = document.pop("_id")["i"]
    return BareCustomer(document, lambda value: value.replace(tzinfo=dt.UTC))


def _now() -> dt.datetime:
    now = dt.datetime.now(dt.UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def _found_by(rows: list[TermRow]) -> Document:
    """Return terms and addresses as we keep them."""
    elements: dict[int, Document] = {}
    for _, term, _, _, number in rows:
        if number >= 0:
            name, _, key = term.decode().partition(":")
            elements.setdefault(number, {})[name.partition(".")[2]] = key
    return {"terms": sorted({row[1].decode() for row in rows}), "elements": [*elements.values()]}


def _event(id: str, version: int, now: dt.datetime, changes: tuple[Document, Document]) -> Document:
    plain, personal = changes
    what = "created" if version == 1 else "updated"
    return {
        "_id": {"t": TENANT, "a": "customer", "i": id, "v": version, "o": 0}, "tenant": TENANT, "id": str(uuid7()),
        "type": f"customer.{what}", "schema": 1, "at": now, "actor": {"kind": "system"}, "customer_id": id,
        "changes": _listed(plain), "personal": _listed(personal),
    }  # fmt: skip


def _listed(changes: Mapping[str, Any]) -> list[Document]:
    return [{"path": path, "was": was, "now": now} for path, (was, now) in changes.items()]


def _sorted(value: Any) -> Any:
    """Return a value without the order of its names, and without its moments."""
    if isinstance(value, dict):
        return {name: _sorted(value[name]) for name in sorted(value)}
    if isinstance(value, list):
        made = [_sorted(one) for one in value]
        return sorted(made, key=repr) if made and isinstance(made[0], dict) and "path" in made[0] else made
    return "_" if isinstance(value, dt.datetime) else value
