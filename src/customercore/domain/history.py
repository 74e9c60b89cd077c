"""The history of an aggregate, as people read it: who changed what, when and why."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs

from customercore.domain.actor import Actor
from customercore.domain.event import ERASED, Event

__all__ = ["FieldChange", "HistoryEntry", "entry_of"]


@attrs.frozen
class FieldChange:
    """One field's value before and after, as JSON knows them; None where there was none.

    ``field`` is its path: ``last_name``, ``addresses.<id>.city``. Of a secret, a mask is all there is. A
    ``personal`` change may be ``erased``: then it is known that the field changed, and nothing else.
    """

    field: str
    before: Any = attrs.field(repr=False)
    after: Any = attrs.field(repr=False)
    personal: bool = False

    @property
    def erased(self) -> bool:
        """Whether the values were removed with the person's data."""
        return self.personal and (self.before, self.after) == ERASED


@attrs.frozen
class HistoryEntry:
    """One change of one aggregate. ``id`` is that of its event, ``version`` the aggregate's after it.

    ``reason`` is the acting party's own words; it is erased like personal values.
    """

    id: str
    type: str
    version: int
    at: dt.datetime
    actor: Actor
    reason: str | None = attrs.field(repr=False)
    changes: tuple[FieldChange, ...]

    @property
    def on_behalf_of(self) -> str | None:
        """For whom the actor acted, None when for itself."""
        return self.actor.on_behalf_of


def entry_of(event: Event) -> HistoryEntry:
    """Return what an event tells people, its fields ordered by their names."""
    changes = [FieldChange(path, *change) for path, change in event.changes.items()]
    changes += [FieldChange(path, *change, personal=True) for path, change in event.personal.items()]
    ordered = tuple(sorted(changes, key=lambda one: one.field))
    return HistoryEntry(event.id, event.type, event.version, event.at, event.actor, event.reason, ordered)
