"""Free text beside entries, which can be erased although entries cannot: a part of ``core.balances``."""

from __future__ import annotations

from customercore.domain.entry import Entry
from customercore.services.context import id_of
from customercore.services.statements import Statements
from customercore.services.units import Work

__all__ = ["EntryNotes"]


class EntryNotes(Statements):
    """The part of ``core.balances`` about the notes of entries."""

    def note(self, entry: Entry | str) -> str | None:
        """Return the free text beside an entry, None where there is none, also for want of such an entry."""
        id = id_of(entry, "entry")
        found = self._context.units.read(lambda work: work.uow.entry_notes.get(id))
        return None if found is None else found.text

    def remove_note(self, entry: Entry | str) -> None:
        """Remove the free text beside an entry; the entry stays as it is. Twice is once."""
        id = id_of(entry, "entry")

        def use_case(work: Work) -> None:
            known = work.uow.entry_notes.get(id)
            if known is not None:
                work.uow.entry_notes.remove(known)

        self._context.units.write(use_case)
