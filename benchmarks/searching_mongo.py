"""The other side of jobs 4 and 4b on MongoDB: pages by PyMongo alone, by each index that a good engineer would try."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import attrs
from benchmarks.bare import TENANT
from benchmarks.designs import AtLeast, Has, Question
from benchmarks.mongo import WHOLE
from pymongo.collection import Collection

__all__ = ["MongoPages"]

Document = dict[str, Any]


@attrs.frozen
class MongoPages:
    """Pages of the documents that are there, by the index that the server chooses, or by one that it is told."""

    customers: Collection[Document]

    def ways(
        self, question: Question, most: int, place: tuple[Any, str] | None
    ) -> Iterator[tuple[str, Callable[[], list[Any]]]]:
        """Yield the ways to write a page behind a place in the order."""
        by = f"search.{question.column}"
        where: Document = {"tenant": TENANT, "status": "active", "kind": "registered"}
        asked = [{_path(one): _condition(one)} for one in question.asked]
        least = "" if question.column.endswith("_sort") else -(1 << 63)
        where["$and"] = [*asked, {by: {"$gte": least}}, *_behind(by, place)]
        hints = {"the server's choice": None, "the order": _index(question.column)}
        for one in question.asked:
            if not (isinstance(one, Has) and one.negated):
                hints[f"index of {_path(one)}"] = "terms" if isinstance(one, Has) else _index(one.column)
        for name, hint in hints.items():
            yield name, partial(self._found, where, by, most, hint)

    def _found(self, where: Document, by: str, most: int, hint: str | None) -> list[Any]:
        order = [(by, 1), ("_id", 1)]
        return self.customers.find(where, WHOLE, sort=order, limit=most, batch_size=most, hint=hint).to_list()

    def raw(self, row: Any) -> Any:
        """Return a document, which is one already."""
        return row


def _behind(by: str, place: tuple[Any, str] | None) -> list[Document]:
    if place is None:
        return []
    value, id = place
    value = value.decode() if isinstance(value, bytes) else value
    last = {"t": TENANT, "i": id}
    return [{by: {"$gte": value}}, {"$or": [{by: {"$gt": value}}, {by: value, "_id": {"$gt": last}}]}]


def _path(one: Has | AtLeast) -> str:
    if isinstance(one, Has):
        return "search.terms"
    return f"search.{one.column}" if one.column.startswith("int") else one.column


def _condition(one: Has | AtLeast) -> Any:
    if isinstance(one, AtLeast):
        return {"$gte": one.low}
    terms = [f"{one.field}:{element}" for element in one.elements]
    if len(terms) == 1:
        return {"$ne": terms[0]} if one.negated else terms[0]
    return {"$nin" if one.negated else "$in": terms}


def _index(column: str) -> str:
    return f"{column}_slot" if column.startswith("int") else f"{column}_order"
