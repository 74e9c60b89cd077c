"""What does not change from call to call: how records become documents, and documents records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from customercore.adapters.documents import Documents
from customercore.adapters.mongo.criteria import element_of
from customercore.adapters.mongo.form import BSON
from customercore.adapters.mongo.layout import CLAIMS, SEARCH, TENANT, Layout, key_of
from customercore.catalogue.aggregate import Aggregate
from customercore.catalogue.bound_field import Projection

__all__ = ["WHOLE", "Change", "DocumentPlan", "claim", "claims_of"]

T = TypeVar("T", bound=Any)
WHOLE = {SEARCH: False, TENANT: False}
"""What a reader of a record asks for: all but what is made for searches."""


class DocumentPlan(Generic[T]):
    """Everything about one collection that does not change from call to call."""

    def __init__(self, aggregate: Aggregate[T]) -> None:
        self.aggregate = aggregate
        self.layout = Layout(aggregate)
        self._documents = Documents(aggregate, BSON)
        columns = self.layout.columns
        places = [(at, columns[one.name]) for at, one in enumerate(aggregate.columns) if one.name != "id"]
        prefix = f"{SEARCH}."
        self._plain = [(at, one.path, one.write) for at, one in places if not one.path.startswith(prefix)]
        self._aside = [
            (at, one.path.removeprefix(prefix), one.write) for at, one in places if one.path.startswith(prefix)
        ]

    def document(self, tenant: str, one: T, projection: Projection) -> dict[str, Any]:
        """Return the document of a record."""
        document: dict[str, Any] = {"_id": key_of(tenant, one.id), TENANT: tenant, **self.body(one, projection)}
        search = self.search(projection)
        if search:
            document[SEARCH] = search
        return document

    def body(self, one: T, projection: Projection) -> dict[str, Any]:
        """Return the fields of a record, in the order of their declarations; the id is the document's."""
        written = self._documents.write(one)
        written.pop("id", None)
        values = projection.values
        for at, path, write in self._plain:
            value = values[at]
            if value is not None and path not in written:
                written[path] = value if write is None else write(value)
        return written

    def search(self, projection: Projection) -> dict[str, Any]:
        """Return what a record is found by."""
        values = projection.values
        search = {
            name: value if write is None else write(value)
            for at, name, write in self._aside
            if (value := values[at]) is not None
        }
        if projection.uniques:
            search["claims"] = claims_of(projection)
        if self.aggregate.has_terms:
            search["terms"] = sorted(projection.terms.union(*projection.elements))
            search["elements"] = [element_of(terms) for terms in projection.elements]
        return search

    def change(self, was: T, one: T, before: Projection, after: Projection) -> Change:
        """Return what changes from one version of a record to the next; what stays is not written again."""
        change = Change()
        change.compare("", self.body(was, before), self.body(one, after))
        change.compare(f"{SEARCH}.", self.search(before), self.search(after))
        if getattr(was, "info", None):
            # It may have claims of a time when other fields were unique.
            change.set(CLAIMS, claims_of(after))
        return change

    def anew(self, one: T, projection: Projection) -> dict[str, Any]:
        """Return the update that writes a record as it follows from its values now."""
        return {"$set": {**self.body(one, projection), SEARCH: self.search(projection)}}

    def read(self, document: dict[str, Any]) -> T:
        """Return the record of a document that was asked for as `WHOLE`."""
        id = document.pop("_id")["i"]
        document["id"] = id
        return self._documents.read(document, id)


class Change:
    """An update, path by path."""

    def __init__(self) -> None:
        self._set: dict[str, Any] = {}
        self._unset: dict[str, Any] = {}

    def compare(self, prefix: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        """Take over what differs. What is nested is written anew: True in it would be equal to 1."""
        for name, value in after.items():
            if isinstance(value, dict) or value != before.get(name):
                self._set[prefix + name] = value
        self._unset |= {prefix + name: "" for name in before if name not in after}

    def set(self, path: str, values: list[str]) -> None:
        """Write a list, or take it away where it is empty."""
        self._set.pop(path, None)
        self._unset.pop(path, None)
        if values:
            self._set[path] = values
        else:
            self._unset[path] = ""

    @property
    def update(self) -> dict[str, Any]:
        """The update as MongoDB knows it."""
        return {name: paths for name, paths in (("$set", self._set), ("$unset", self._unset)) if paths}


def claims_of(projection: Projection) -> list[str]:
    """Return the unique keys of a record, each with the name of what it is a key of."""
    return [claim(name, key) for name, key in projection.uniques.items()]


def claim(name: str, key: str) -> str:
    """Return a unique key as the list of claims has it."""
    return f"{name}:{key}"
