"""Internal notes on customers: a part of ``core.customers``."""

from __future__ import annotations

import attrs

from customercore.catalogue.query import Leaf, OrderBy, Query
from customercore.domain.customer import Customer
from customercore.domain.note import LONGEST_NOTE, Note
from customercore.domain.page import Page
from customercore.errors import InvalidValueError, NotFoundError
from customercore.services.actors import checked_reason
from customercore.services.context import Context, Stamp, id_of
from customercore.services.cursors import decode, encode, fingerprint, page_size
from customercore.services.customer_search import stored_customer
from customercore.services.given_texts import given_text
from customercore.services.idempotency import Call
from customercore.services.units import Work

__all__ = ["Notes"]

_NEWEST = (OrderBy("id", descending=True, nullable=False),)
"""Ids begin with the time they were made at."""
_BATCH = 200


class Notes:
    """What the merchant's people write down on customers, for each other. No customer ever sees it."""

    _context: Context

    def add_note(
        self, customer: Customer | str, text: str, *, reason: str | None = None, idempotency_key: str | None = None
    ) -> Note:
        """Write a note on a customer; its author is who acts, its time is now.

        Several lines, at most 20,000 characters. The customer stays as it is, its version too. Raises
        `NotFoundError`, and `InvalidValueError` (``text``).
        """
        id, stamp, words = id_of(customer, "customer"), self._context.stamp(reason), _text(text)
        actor = self._context.actor
        note = Note(
            id=stamp.id,
            version=1,
            customer=id,
            text=words,
            author_kind=actor.kind,
            author_id=actor.id,
            on_behalf_of=actor.on_behalf_of,
            created_at=stamp.at,
        )

        def use_case(work: Work) -> Note:
            stored_customer(work, id)
            work.uow.notes.add(note)
            self._tell(work, note, stamp, "note.created")
            return note

        call = Call(
            "notes.add", idempotency_key, {"customer": id, "text": words, "reason": stamp.reason}, note.id, _stored
        )
        return self._context.write(call, use_case)

    def notes(self, customer: Customer | str, *, limit: int = 50, cursor: str | None = None) -> Page[Note]:
        """Return one page of the notes on a customer, newest first; ``limit`` is 1 to 1,000.

        Raises `NotFoundError`, and `InvalidValueError` for a limit or a cursor that is none.
        """
        page_size(limit)
        id, notes = id_of(customer, "customer"), self._context.catalogue.notes
        digest = fingerprint(self._context.tenant, "notes", id)
        after = None if cursor is None else decode(cursor, digest, notes, _NEWEST)

        def use_case(work: Work) -> Page[Note]:
            stored_customer(work, id)
            found = work.uow.notes.find(attrs.evolve(_of(id), limit=limit, after=after))
            return Page(tuple(found.items), encode(found.after, digest) if found.after else None)

        return self._context.units.read(use_case)

    def remove_note(self, note: Note | str, *, reason: str | None = None, idempotency_key: str | None = None) -> None:
        """Remove a note: its text is gone then; that it was there, and who removed it, stays in its history.

        Twice is once. Raises `NotFoundError` for what is no id.
        """
        id, stamp = id_of(note, "note"), self._context.stamp(reason)

        def use_case(work: Work) -> None:
            known = work.uow.notes.get(id)
            if known is not None:
                self._remove(work, known, stamp)

        self._context.write(
            Call("notes.remove", idempotency_key, {"id": id, "reason": stamp.reason}, id, lambda *_: None), use_case
        )

    def erase_notes(
        self, customer: Customer | str, *, reason: str | None = None, idempotency_key: str | None = None
    ) -> int:
        """Remove every note on a customer, all or none; return how many there were."""
        id, context, reason = id_of(customer, "customer"), self._context, checked_reason(reason)

        def use_case(work: Work) -> int:
            number = 0
            while found := work.uow.notes.find(attrs.evolve(_of(id), limit=_BATCH)).items:
                for note in found:
                    self._remove(work, note, context.stamp(reason))
                number += len(found)
            return number

        call = Call(
            "notes.erase", idempotency_key, {"customer": id, "reason": reason}, id, lambda _, number: int(number), str
        )
        return context.write(call, use_case)

    def _remove(self, work: Work, note: Note, stamp: Stamp) -> None:
        work.uow.notes.remove(note)
        self._tell(work, attrs.evolve(note, version=note.version + 1), stamp, "note.removed")

    def _tell(self, work: Work, note: Note, stamp: Stamp, type: str) -> None:
        """Record what happened to a note, without a word of it: the text is to be in one place only."""
        event = self._context.event(self._context.catalogue.notes, note, stamp, type=type)
        work.record(attrs.evolve(event, customer_id=note.customer, changes={}, personal={}))


def _of(customer: str) -> Query:
    """Return the query for the notes on a customer, newest first."""
    return Query(where=Leaf("customer", "eq", customer, negated=False), order=_NEWEST)


def _text(given: str) -> str:
    text = given_text("text", given, LONGEST_NOTE, lines=True)
    if text is None:
        raise InvalidValueError.of("text", "required", "is needed")
    return text


def _stored(work: Work, id: str) -> Note:
    note = work.uow.notes.get(id)
    if note is None:
        raise NotFoundError("note_not_found", "there is no such note")
    return note
