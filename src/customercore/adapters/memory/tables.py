"""The rows and events of all tenants, and the commit that changes them."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Hashable, Iterator
from typing import Any

from customercore.adapters.meanings import lost
from customercore.adapters.memory.holds import Holds
from customercore.adapters.memory.revisions import Revisions, Snapshot, Timeline
from customercore.catalogue.aggregate import Aggregate
from customercore.catalogue.bound_field import Projection
from customercore.domain.entry import Entry
from customercore.domain.event import Event
from customercore.errors import DuplicateError, ExtensionError

__all__ = ["Claim", "Draft", "Drafts", "Kept", "Number", "Place", "Row", "Shelf", "Stream", "Table", "Tables"]

Claim = tuple[str, str]
"""The name of a unique key, and the key."""

Number = tuple[int, int]
"""The version and the ordinal of an event."""

Stream = tuple[str, str]
"""What an event belongs to: the aggregate's name, and its id."""

Shelf = tuple[str, str]
"""What entries are found by: ``wallet``, ``about`` or ``id``, and its value; each entry is on all that it has."""

Place = tuple[str, int]
"""The wallet and the number of an entry."""


class Row:
    """A stored aggregate and what it is found by.

    Its unique keys are made when it is written, the rest of its projection when it is first searched:
    most of what a test stores is never searched.
    """

    __slots__ = ("_aggregate", "id", "one", "projection", "uniques")
    id: str
    projection: Projection

    def __init__(self, id: str, one: Any, aggregate: Aggregate[Any]) -> None:
        self.id = id
        self.one = one
        self.uniques = aggregate.unique_keys(one)
        self._aggregate = aggregate
        if aggregate.extended:  # by fields whose kinds may be a plug-in's: what they refuse is refused now
            self.projection = aggregate.project(one)

    def __getattr__(self, name: str) -> Projection:
        # Only what is not there yet is asked for here: afterwards the slot answers, which is quicker than a property.
        if name != "projection":
            raise AttributeError(name)
        self.projection = made = self._aggregate.project(self.one)
        return made


class Kept:
    """A stored thing that is found by its key alone."""

    __slots__ = ("id", "one", "uniques")

    def __init__(self, id: str, one: Any) -> None:
        self.id = id
        self.one = one
        self.uniques: dict[str, str] = {}


class Draft:
    """What a unit has written to one table, None for what it removed, and the ids that must not change meanwhile."""

    __slots__ = ("claims", "held", "rows", "shared")

    def __init__(self) -> None:
        self.held: set[str] = set()
        self.shared: set[str] = set()
        """Those that it holds beside others, who change nothing of them either."""
        self.rows: dict[str, Any] = {}
        self.claims: dict[Claim, str | None] = {}


class Drafts:
    """Everything that a unit has written and not committed: tables by plural, events and entries."""

    __slots__ = ("entries", "events", "rewritten", "tables")

    def __init__(self) -> None:
        self.tables: dict[str, Draft] = {}
        self.events: dict[Stream, dict[Number, Event]] = {}
        self.rewritten: dict[Stream, dict[Number, Event]] = {}
        """Events that were there before, with another personal part."""
        self.entries: dict[Shelf, dict[Place, Entry]] = {}


class Table:
    """The aggregates of one type of one tenant by id, and by unique key the ids that hold them."""

    __slots__ = ("claims", "holds", "rows")

    def __init__(self) -> None:
        self.holds = Holds()
        self.rows: Revisions[str, Any] = Revisions()
        self.claims: Revisions[Claim, str] = Revisions()

    def check(self, draft: Draft, at: int) -> None:
        """Raise `ConflictError` or `DuplicateError` if a commit after ``at`` forbids the draft."""
        if any(self.rows.changed(id, at) for held in (draft.held, draft.shared) for id in held):
            raise lost()
        if self.holds.forbid(draft.rows, at):
            raise lost()
        for id, row in draft.rows.items():
            if self.rows.changed(id, at):
                added = row is not None and self.rows.get(id, at) is None
                if added and self.rows.latest(id) is not None:
                    raise DuplicateError("id")
                raise lost()
        for claim, holder in draft.claims.items():
            taken = holder is not None and self.claims.changed(claim, at)
            if taken and self.claims.latest(claim) is not None:
                raise DuplicateError(claim[0])

    def apply(self, draft: Draft, timeline: Timeline) -> None:
        """Write the draft as part of the commit that ``timeline`` is at."""
        self.holds.used(draft.shared, timeline.now)
        for id, row in draft.rows.items():
            self.rows.put(id, row, timeline)
        self.holds.changed(draft.rows)
        for claim, holder in draft.claims.items():
            self.claims.put(claim, holder, timeline)

    def misheld(self, at: int) -> int:
        """Count the unique keys that are not held by the row that has them, as of commit ``at``."""
        held = set(self.claims.items(at))
        due = {(claim, id) for id, row in self.rows.items(at) for claim in row.uniques.items()}
        return len(held ^ due)


class Tables:
    """All tables and events of a store. Every key leads with the tenant.

    The lock is held to begin a unit, to commit and to end it; never while one reads or thinks.
    """

    def __init__(self) -> None:
        self.secret = secrets.token_bytes(32)
        self._form: Hashable = None
        self._lock = threading.Lock()
        self._timeline = Timeline()
        self._tables: dict[tuple[str, str], Table] = {}
        self._events: dict[tuple[str, Stream], Revisions[Number, Event]] = {}
        self._entries: dict[tuple[str, Shelf], Revisions[Place, Entry]] = {}

    def admit(self, form: Hashable) -> None:
        """Take a store whose records have this form; raise `ExtensionError` where those of another store differ."""
        with self._lock:
            if self._form is None:
                self._form = form
            if self._form != form:
                message = "the store in memory was opened with other kinds or fields: open it with the same plug-ins"
                raise ExtensionError("other_plugins", message)

    def begin(self, *, writable: bool) -> Snapshot:
        """Return a snapshot of everything that is committed."""
        with self._lock:
            return self._timeline.begin(writable=writable)

    def end(self, snapshot: Snapshot) -> None:
        """End a snapshot, and forget what was kept for it alone."""
        with self._lock:
            self._timeline.end(snapshot)
            self._timeline.prune()

    def commit(self, snapshot: Snapshot, tenant: str, drafts: Drafts) -> None:
        """End the snapshot and write its drafts, all of them or, when an error is raised, none.

        The first committer wins: whoever wrote a record that was changed after its snapshot gets a
        retryable `ConflictError`, whoever claims an id or a unique key that was taken since then a
        `DuplicateError`.
        """
        with self._lock:
            self._timeline.end(snapshot)
            try:
                self._check(snapshot.at, tenant, drafts)
                self._timeline.advance()
                for plural, draft in drafts.tables.items():
                    self._made(tenant, plural).apply(draft, self._timeline)
                for stream, events in (*drafts.events.items(), *drafts.rewritten.items()):
                    kept = self._events.setdefault((tenant, stream), Revisions())
                    for number, event in events.items():
                        kept.put(number, event, self._timeline)
                for shelf, entries in drafts.entries.items():
                    account = self._entries.setdefault((tenant, shelf), Revisions())
                    for place, entry in entries.items():
                        account.put(place, entry, self._timeline)
            finally:
                self._timeline.prune()

    def _check(self, at: int, tenant: str, drafts: Drafts) -> None:
        for plural, draft in drafts.tables.items():
            self.table(tenant, plural).check(draft, at)
        for stream, events in drafts.events.items():
            kept = self.events(tenant, stream)
            if any(kept.latest(number) is not None for number in events):
                raise lost()
        for shelf, entries in drafts.entries.items():
            account = self.entries(tenant, shelf)
            if any(account.latest(place) is not None for place in entries):
                raise lost()
        for stream, events in drafts.rewritten.items():
            kept = self.events(tenant, stream)
            if any(kept.changed(number, at) for number in events):
                raise lost()

    def _made(self, tenant: str, plural: str) -> Table:
        return self._tables.setdefault((tenant, plural), Table())

    def table(self, tenant: str, plural: str) -> Table:
        """Return a table.

        One that is not there yet is empty for every snapshot that is open now.
        """
        return self._tables.get((tenant, plural), _NO_TABLE)

    def events(self, tenant: str, stream: Stream) -> Revisions[Number, Event]:
        """Return the events of one aggregate, likewise."""
        return self._events.get((tenant, stream), _NO_EVENTS)

    def entries(self, tenant: str, shelf: Shelf) -> Revisions[Place, Entry]:
        """Return the entries on a shelf, likewise."""
        return self._entries.get((tenant, shelf), _NO_ENTRIES)

    def all_tables(self) -> Iterator[tuple[str, str, Table]]:
        """Yield every table with its tenant and its plural."""
        for (tenant, plural), table in self._tables.copy().items():
            yield tenant, plural, table

    def superseded(self) -> int:
        """Return how many revisions are kept only because an open unit may still read them."""
        with self._lock:
            return len(self._timeline.superseded)

    def open_units(self) -> int:
        """Return how many units are open."""
        with self._lock:
            return self._timeline.open_snapshots()


_NO_TABLE = Table()
_NO_EVENTS: Revisions[Number, Event] = Revisions()
_NO_ENTRIES: Revisions[Place, Entry] = Revisions()
