"""The other side: what a good engineer writes by hand for these jobs on the bare driver.

It keeps what our store keeps (see `stores.same_rows`): a row with typed columns and their text keys,
the customer as one JSON document, its search terms, and an event with what changed. Each statement
is a constant, one connection and cursor serve every call, and nothing is validated.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.drivers import SQLITE, Driver, TermRow
from uuid_utils import uuid7

from customercore.domain.text import identity_key, sort_key

__all__ = ["TENANT", "BareAddress", "BareCustomer", "BareStore", "TermRow", "changes_of", "term_rows"]

TENANT = "default"
_BETWEEN_WORDS = re.compile(r"[\s@._\-+/,;:()'\"]+")
_MOMENT = dt.datetime.fromisoformat
_NOT_DIGITS = re.compile("[^0-9]")
_dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode

_CUSTOMER = (
    "tenant, id, version, code, email, email_verified, first_name, last_name, customer_type, status,"
    " kind, use_invoice_for_delivery, created_at, updated_at, identity_scope, full_name, code_key,"
    " code_sort, email_key, email_sort, first_name_key, first_name_sort, last_name_key,"
    " last_name_sort, full_name_key, full_name_sort, email_unique, code_unique, int_0, search_terms, document"
)
_EVENT = (
    "tenant, aggregate, aggregate_id, version, ordinal, id, type, schema_version, customer_id, at,"
    " actor_kind, changes, personal"
)

_TERM = "tenant, term, sort_key, id, element"
_BY_ID = "SELECT document FROM customercore_customers WHERE tenant = ? AND id = ?"
_BY_EMAIL = "SELECT document FROM customercore_customers WHERE tenant = ? AND email_unique = ?"
_UPDATE = (
    "UPDATE customercore_customers SET version = ?, updated_at = ?, company_name = ?,"
    " company_name_key = ?, company_name_sort = ?, search_terms = ?, document = ?"
    " WHERE tenant = ? AND id = ? AND version = ?"
)
_DROP_TERM = (
    "DELETE FROM customercore_customer_terms WHERE tenant = ? AND term = ? AND sort_key = ? AND id = ? AND element = ?"
)


class BareStore:
    """Customers on one connection of a driver."""

    def __init__(self, connection: Any, driver: Driver = SQLITE) -> None:
        self.connection = connection
        self.driver = driver
        self._cursor = connection.cursor()
        self._numbers = itertools.count(1)
        self._add_customer = driver.insert("customers", _CUSTOMER)
        self._add_event = driver.insert("events", _EVENT)
        self._add_term = driver.insert("customer_terms", _TERM)
        said = (_BY_ID, _BY_EMAIL, _UPDATE, _DROP_TERM)
        self._by_id, self._by_email, self._update, self._drop_term = (one.replace("?", driver.mark) for one in said)

    def create(self, given: dict[str, Any]) -> str:
        """Store a new customer, its address, terms and event in one transaction; return its id."""
        row, terms, event = self.prepared(given)
        run = self._cursor.execute
        run(self.driver.begin)
        run(self._add_customer, row)
        if self.driver.table:
            self._cursor.executemany(self._add_term, terms)
        run(self._add_event, event)
        run("COMMIT")
        return str(row[1])

    def load(self, many: list[dict[str, Any]]) -> None:
        """Store many new customers like `create`, in one transaction."""
        prepared, load = [self.prepared(one) for one in many], self.driver.load
        self._cursor.execute(self.driver.begin)
        load(self._cursor, "customers", _CUSTOMER, [row for row, _, _ in prepared])
        if self.driver.table:
            load(self._cursor, "customer_terms", _TERM, sorted([term for _, terms, _ in prepared for term in terms]))
        load(self._cursor, "events", _EVENT, [event for _, _, event in prepared])
        self._cursor.execute("COMMIT")

    def known(self, emails: list[str]) -> set[str]:
        """Return those of the e-mail addresses that a customer has."""
        keys = {identity_key(email).encode(): email for email in emails}
        if not keys:
            return set()
        mark = self.driver.mark
        here = f"tenant = {mark} AND email_unique IN ({self.driver.marks(len(keys))})"
        self._cursor.execute(f"SELECT email_unique FROM customercore_customers WHERE {here}", (TENANT, *keys))
        return {keys[key] for (key,) in self._cursor.fetchall()}

    def prepared(self, given: dict[str, Any]) -> tuple[Any, Any, Any]:
        """Return the rows of a new customer, of its terms and of its event."""
        id, code, now = str(uuid7()), f"C{next(self._numbers):07d}", dt.datetime.now(dt.UTC)
        stored, moment = self.driver.moment(now), now.isoformat(timespec="milliseconds")
        email, first, last = given["email"], given["first_name"], given["last_name"]
        addresses = [{"id": str(uuid7()), "default_for": ["delivery", "invoice"], **one} for one in given["addresses"]]
        document = {
            "id": id, "version": 1, "code": code, "email": email, "first_name": first,
            "last_name": last, "phones": given["phones"], "flags": given["flags"],
            "tags": given["tags"], "addresses": addresses, "created_at": moment, "updated_at": moment,
        }  # fmt: skip
        info = given.get("info")
        if info:
            document["info"] = info
        code_key, email_key = identity_key(code).encode(), identity_key(email).encode()
        first_key, first_sort = identity_key(first).encode(), sort_key(first).encode()
        last_key, last_sort = identity_key(last).encode(), sort_key(last).encode()
        full = f"{first} {last}"
        row = (
            TENANT, id, 1, code, email, False, first, last, "private", "active",
            "registered", False, stored, stored, "", full, code_key,
            code_key, email_key, email_key, first_key, first_sort, last_key,
            last_sort, first_key + b" " + last_key, first_sort + b" " + last_sort, email_key, code_key,
            info["points"] if info else None,
        )  # fmt: skip
        terms = term_rows(document)
        return (*row, self.driver.listed(terms), _dump(document)), terms, _created(id, stored, document)

    def update(self, id: str, version: int, company: str) -> int:
        """Change a customer's company if its version is still this one; return the new version."""
        now, event_id = dt.datetime.now(dt.UTC), str(uuid7())
        stored, moment = self.driver.moment(now), now.isoformat(timespec="milliseconds")
        cursor = self._cursor
        run = cursor.execute
        run(self.driver.begin)
        run(self._by_id, (TENANT, id))
        document = json.loads(cursor.fetchone()[0])
        before, old_terms = document.get("company_name"), set(term_rows(document))
        document |= {"version": version + 1, "company_name": company, "updated_at": moment}
        rows = term_rows(document)
        terms = set(rows)
        key, sort = identity_key(company).encode(), sort_key(company).encode()
        listed = self.driver.listed(rows)
        run(
            self._update,
            (version + 1, stored, company, key, sort, listed, _dump(document), TENANT, id, version),
        )
        assert cursor.rowcount == 1
        if self.driver.table:
            cursor.executemany(self._drop_term, old_terms - terms)
            cursor.executemany(self._add_term, terms - old_terms)
        personal = _dump({"company_name": [before, company]})
        run(self._add_event, (
            TENANT, "customer", id, version + 1, 0, event_id, "customer.updated", 1, id, stored,
            "system", None, personal,
        ))  # fmt: skip
        run("COMMIT")
        return version + 1

    def get(self, id: str) -> BareCustomer:
        """Return the customer with this id."""
        self._cursor.execute(self._by_id, (TENANT, id))
        return BareCustomer(json.loads(self._cursor.fetchone()[0]))

    def by_email(self, email: str) -> BareCustomer:
        """Return the customer with this e-mail address."""
        self._cursor.execute(self._by_email, (TENANT, identity_key(email).encode()))
        return BareCustomer(json.loads(self._cursor.fetchone()[0]))

    def documents(self) -> Iterator[dict[str, Any]]:
        """Yield every customer's document by e-mail, few of them in memory."""
        sql = f"SELECT document FROM customercore_customers WHERE tenant = {self.driver.mark} ORDER BY email_key, id"
        for (document,) in self.driver.stream(self.connection, sql, (TENANT,)):
            yield json.loads(document)


def term_rows(document: dict[str, Any]) -> list[TermRow]:
    """Return the rows of what a customer is found by: words, flags, tags, and where its addresses are."""
    id, last = document["id"], sort_key(document["last_name"]).encode()
    words = {_NOT_DIGITS.sub("", phone) for phone in document["phones"]}
    email = sort_key(document["email"])
    local = email.rpartition("@")[0]
    words |= {email, *_BETWEEN_WORDS.split(local)}
    for name in ("first_name", "last_name", "code", "company_name"):
        if name in document:
            words.update(_BETWEEN_WORDS.split(sort_key(document[name])))
    terms = [f"word:{word}" for word in words if word]
    terms += [f"flag:{one}" for one in document["flags"]]
    terms += [f"tag:{one}" for one in document["tags"]]
    rows = [(TENANT, term.encode(), last, id, -1) for term in terms]
    for number, address in enumerate(document["addresses"]):
        for name in ("country", "city", "postcode"):
            term = f"address.{name}:{identity_key(address[name])}"
            rows.append((TENANT, term.encode(), last, id, number))
    return rows


def changes_of(document: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what the event of a new customer tells: what anybody may know, and what is personal."""
    plain: dict[str, Any] = {"flags": [[], document["flags"]]}
    personal = {name: [None, document[name]] for name in ("code", "email", "first_name", "last_name")}
    plain |= {f"info.{name}": [None, value] for name, value in document.get("info", {}).items()}
    personal |= {name: [[], document[name]] for name in ("phones", "tags")}
    for address in document["addresses"]:
        path = f"addresses.{address['id']}."
        plain[f"{path}default_for"] = [[], address["default_for"]]
        plain[f"{path}country"] = ["", address["country"]]
        for name in ("first_name", "last_name", "line1", "city", "postcode"):
            personal[path + name] = [None, address[name]]
    return plain, personal


def _created(id: str, stored: Any, document: dict[str, Any]) -> tuple[Any, ...]:
    """Return the row of the event that a customer was created."""
    plain, personal = changes_of(document)
    return (
        TENANT, "customer", id, 1, 0, str(uuid7()), "customer.created", 1, id, stored,
        "system", _dump(plain), _dump(personal),
    )  # fmt: skip


class BareAddress:
    """An address as written by hand."""

    __slots__ = (
        "city", "company_name", "country", "default_for", "department", "email", "first_name", "id",
        "label", "last_name", "line1", "line2", "line3", "phone", "postcode", "purposes", "region",
        "salutation",
    )  # fmt: skip

    def __init__(self, document: dict[str, Any]) -> None:
        get = document.get
        self.id: str = document["id"]
        self.label: str | None = get("label")
        self.purposes = frozenset(get("purposes", ("invoice", "delivery")))
        self.default_for = frozenset(get("default_for", ()))
        self.salutation: str | None = get("salutation")
        self.first_name: str | None = get("first_name")
        self.last_name: str | None = get("last_name")
        self.company_name: str | None = get("company_name")
        self.department: str | None = get("department")
        self.line1: str | None = get("line1")
        self.line2: str | None = get("line2")
        self.line3: str | None = get("line3")
        self.city: str | None = get("city")
        self.region: str | None = get("region")
        self.postcode: str | None = get("postcode")
        self.country: str = document["country"]
        self.phone: str | None = get("phone")
        self.email: str | None = get("email")


class BareCustomer:
    """A customer as written by hand: its document's values in attributes, each of its own type."""

    __slots__ = (
        "addresses", "birth_date", "code", "company_name", "company_name_2", "created_at",
        "customer_type", "deactivated_at", "department", "email", "email_verified", "first_name",
        "flags", "id", "identity_scope", "info", "information", "kind", "language", "last_name",
        "middle_name", "phones", "pricing_policy", "salutation", "shop", "status", "suffix", "tags",
        "updated_at", "use_invoice_for_delivery", "version",
    )  # fmt: skip

    def __init__(self, document: dict[str, Any], moment: Callable[[Any], dt.datetime] = _MOMENT) -> None:
        get = document.get
        self.id: str = document["id"]
        self.version: int = document["version"]
        self.code: str | None = get("code")
        self.email: str | None = get("email")
        self.email_verified: bool = get("email_verified", False)
        self.salutation: str | None = get("salutation")
        self.first_name: str | None = get("first_name")
        self.middle_name: str | None = get("middle_name")
        self.last_name: str | None = get("last_name")
        self.suffix: str | None = get("suffix")
        self.phones = tuple(get("phones", ()))
        self.language: str | None = get("language")
        self.birth_date = _date(get("birth_date"))
        self.company_name: str | None = get("company_name")
        self.company_name_2: str | None = get("company_name_2")
        self.department: str | None = get("department")
        self.customer_type: str = get("customer_type", "private")
        self.pricing_policy: str | None = get("pricing_policy")
        self.info: dict[str, Any] = get("info", {})
        self.information: str | None = get("information")
        self.flags = frozenset(get("flags", ()))
        self.tags = frozenset(get("tags", ()))
        self.shop: str | None = get("shop")
        self.status: str = get("status", "active")
        self.kind: str = get("kind", "registered")
        self.use_invoice_for_delivery: bool = get("use_invoice_for_delivery", False)
        self.addresses = tuple([BareAddress(one) for one in get("addresses", ())])
        self.created_at = moment(document["created_at"])
        self.updated_at = moment(document["updated_at"])
        gone = get("deactivated_at")
        self.deactivated_at = None if gone is None else moment(gone)
        self.identity_scope: str = get("identity_scope", "")


def _date(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)
