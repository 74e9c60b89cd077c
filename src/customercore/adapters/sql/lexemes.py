"""Search terms in a column of their record: lexemes of a PostgreSQL ``tsvector`` with a GIN index (decision 24).

A lexeme is the tenant, a slash, which no tenant's name has, and the term, so that the index and the database's
statistics know each tenant's own. The terms of an address stand at the position with its number: what stands at
one position is of one address.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, cast
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.types import TypeEngine

from customercore.catalogue.bound_field import Projection
from customercore.catalogue.query import ElementLeaf, TermLeaf

__all__ = ["Lexemes"]

_POSITIONS = 250
"""How many addresses share a bank of positions: a lexeme holds 256 of them at most, and silently no more."""
_BANKS = 4
"""The settings allow 1,000 addresses."""


class Lexemes:
    """How a row's terms are written and asked for."""

    type: TypeEngine[Any] = TSVECTOR()
    index: Mapping[str, Any] = {"postgresql_using": "gin"}
    """What makes an index of the column one of its lexemes."""

    def written(self, tenant: str, projection: Projection) -> str:
        """Return a record's terms, its addresses' too, as the column takes them."""
        lexemes = [_lexeme(tenant, term) for term in projection.terms]
        places: dict[str, list[str]] = {}
        for number, terms in enumerate(projection.elements):
            bank, at = divmod(number, _POSITIONS)
            for term in terms:
                places.setdefault(_lexeme(tenant, term, bank), []).append(str(at + 1))
        return " ".join([*lexemes, *[f"{one}:{','.join(at)}" for one, at in places.items()]])

    def asked(self, tenant: str, node: TermLeaf | ElementLeaf) -> str:
        """Return the question whether a record has a term, one that starts so, or all terms of one address."""
        if isinstance(node, TermLeaf):
            return _lexeme(tenant, node.term) + (":*" if node.prefix else "")
        return self.any_of(
            [" <0> ".join([_lexeme(tenant, term, bank) for term in node.terms]) for bank in range(_BANKS)]
        )

    def any_of(self, questions: Sequence[str]) -> str:
        """Return the question whether any of several is answered with yes: one test in place of as many."""
        return " | ".join([f"({one})" for one in questions])

    def found(self, column: Any, question: Any) -> ColumnElement[bool]:
        """Return the condition that a column answers a bound question with yes."""
        return column.op("@@", is_comparison=True)(cast(question, TSQUERY))  # type: ignore[no-any-return]  # a condition


def _lexeme(tenant: str, term: str, bank: int = 0) -> str:
    if "'" in term or "\\" in term:
        term = term.replace("\\", "\\\\").replace("'", "''")
    return f"'{tenant}/{bank or ''}{term}'"
