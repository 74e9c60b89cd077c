"""Storing the rows of a file, a batch at a time: one unit of work for each, all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import attrs

from customercore.domain.tenant import Definitions
from customercore.errors import DuplicateError, Problem
from customercore.ports.import_format import SourceRow
from customercore.services.codes import TakenCodes
from customercore.services.context import Context, Stamp
from customercore.services.customer_drafts import CustomerDrafts
from customercore.services.import_batch import Batch
from customercore.services.import_index import KEYS, Before, Seen
from customercore.services.import_outcome import Outcome
from customercore.services.import_rows import ImportedRow, RowReader
from customercore.services.units import Work

__all__ = ["ON_CONFLICT", "ImportBatches", "ReadRows"]

ON_CONFLICT = ("skip", "update", "fail")
TRIES = 5
"""How often a row is tried whose keys are taken by others at the same moment."""


@attrs.frozen
class ReadRows:
    """The rows of a batch, and what they were read as with some version of the definitions; None before that."""

    rows: Sequence[SourceRow]
    read: list[ImportedRow] | None = None
    version: int = 0


class ImportBatches:
    """Stores batches of rows of one source. What it remembers is small: see `Before`."""

    def __init__(self, context: Context, reader: RowReader, on_conflict: str, *, dry_run: bool) -> None:
        self._context = context
        self._on_conflict = on_conflict
        self._dry_run = dry_run
        self._reader = reader
        self._seen = Before()
        self._definitions: Definitions | None = None
        # Imports are lenient whoever runs them: what looks doubtful is stored with a warning (ruling 4).
        self._drafts = CustomerDrafts(context.catalogue, context.address_rules, context.identifiers, strict=False)

    def read(self, rows: Sequence[SourceRow]) -> ReadRows:
        """Read the rows of a batch before it is its turn, by the definitions that the batch before was stored with."""
        definitions = self._definitions
        if definitions is None:
            return ReadRows(rows)
        return ReadRows(rows, self._read(rows, definitions), definitions.version)

    def _read(self, rows: Sequence[SourceRow], definitions: Definitions) -> list[ImportedRow]:
        return [self._reader.read(row, definitions) for row in rows]

    def begin(self, batch: ReadRows) -> Callable[[], Outcome]:
        """Store a batch; what comes back waits until it is durable and tells what became of it.

        Both raise `ConflictError` (``import_conflict``) when conflicts are to fail; then nothing of the batch is kept.
        """
        taken = TakenCodes()
        try:
            stored = self._stored(batch, taken)
        except DuplicateError:
            if self._context.units.joined:
                raise
            return lambda: self._one_by_one(batch.rows, taken)

        def finish() -> Outcome:
            try:
                outcome, seen = stored()
            except DuplicateError:  # some stores tell on committing
                return self._one_by_one(batch.rows, taken)
            self._seen.add(seen)
            return outcome

        return finish

    def _one_by_one(self, rows: Sequence[SourceRow], taken: TakenCodes) -> Outcome:
        """Store rows of which one has a key that somebody else took at the same moment: each sees what is there now."""
        outcome, taken.used = Outcome(), 0
        for row in rows:
            outcome.add(self._alone(row, taken))
        return outcome

    def _alone(self, row: SourceRow, taken: TakenCodes) -> Outcome:
        for attempt in range(1, TRIES + 1):
            try:
                outcome, seen = self._stored(ReadRows([row]), taken)()
            except DuplicateError as error:
                # What the row cannot have been looked up by stays taken.
                if attempt == TRIES or error.field not in KEYS:
                    return Outcome(refused=[(row, (Problem(error.field, error.code, error.message),))])
            else:
                self._seen.add(seen)
                return outcome
        raise AssertionError  # the last try returns

    def _stored(self, batch: ReadRows, taken: TakenCodes) -> Callable[[], tuple[Outcome, Seen]]:
        context, new = self._context, self._context.identifiers.new
        at, first_code = context.clock.now(), taken.used
        ids = [(new(), new()) for _ in batch.rows]
        ahead: list[ReadRows] = [batch]  # for the first try only: what is stored changes what was read

        def use_case(work: Work) -> tuple[Outcome, Seen]:
            taken.used = first_code  # a batch that is tried again keeps the codes that it has
            unit = Batch(context, self._drafts, work, self._on_conflict, self._seen, taken=taken, dry_run=self._dry_run)
            self._definitions = unit.definitions
            first = ahead.pop() if ahead else ReadRows(batch.rows)
            read = first.read if first.version == unit.definitions.version else None
            if read is None:
                read = self._read(batch.rows, unit.definitions)
            unit.take(read, (Stamp(id, event_id, at) for id, event_id in ids))
            return unit.result()

        if self._dry_run:
            done = context.units.read(use_case)
            return lambda: done
        return context.units.write_behind(use_case)
