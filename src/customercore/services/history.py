"""The history of every aggregate: ``core.history``; and the removal of what it says about a person."""

from __future__ import annotations

from customercore.catalogue.catalogue import Catalogue
from customercore.catalogue.query import Position
from customercore.domain.history import HistoryEntry, entry_of
from customercore.domain.page import Page
from customercore.errors import InvalidValueError
from customercore.ports.journal import Journal
from customercore.services.context import Context, id_of
from customercore.services.cursors import decode_values, encode, fingerprint, page_size

__all__ = ["History", "erase_history"]

_NUMBER = (("integer", False), ("integer", False))
"""What a cursor holds: the version and the ordinal of the last event of its page."""
_BATCH = 200


class History:
    """What happened, as people read it."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def of(self, one: object, *, limit: int = 50, cursor: str | None = None) -> Page[HistoryEntry]:
        """Return one page of what happened to an aggregate, newest first."""
        page_size(limit)
        aggregate, id = _stream(self._context.catalogue, one)
        digest = fingerprint(self._context.tenant, "history", aggregate, id)
        before = None
        if cursor is not None:
            version, ordinal = decode_values(cursor, digest, _NUMBER).values
            before = (version, ordinal)
        found = self._context.units.read(
            lambda work: work.uow.events.back(aggregate, id, before=before, limit=limit + 1)
        )
        page, last = found[:limit], found[limit - 1 : limit]
        more = len(found) > limit
        after = Position((last[0].version, last[0].ordinal), last[0].id) if more else None
        return Page(tuple(map(entry_of, page)), None if after is None else encode(after, digest))


def erase_history(events: Journal, aggregate: str, id: str) -> None:
    """Remove what the events of an aggregate say about a person: personal values and reasons.

    That something happened, when, by whom, and which fields it changed stays.
    """
    after = (0, -1)
    while found := events.of(aggregate, id, after=after, limit=_BATCH):
        events.rewrite([one.erased() for one in found if one.personal or one.reason])
        after = (found[-1].version, found[-1].ordinal)


def _stream(catalogue: Catalogue, one: object) -> tuple[str, str]:
    """Return the name and the id of an aggregate given as itself; a text is the id of a customer."""
    if isinstance(one, str):
        return "customer", id_of(one, "customer")
    for aggregate in catalogue.stored:
        if isinstance(one, aggregate.type):
            return aggregate.name, id_of(one, aggregate.name)
    raise InvalidValueError.of("entity", "wrong_type", "must be a customer's id, or what the core returned")
