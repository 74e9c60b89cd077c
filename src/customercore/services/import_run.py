"""What one import has done so far, and the files that it writes beside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from customercore.domain.report import LISTED, ImportReport, RowProblem
from customercore.ports.import_format import ImportSource, KeptRows, Rejects
from customercore.services.import_outcome import Outcome

__all__ = ["ImportRun", "Progress"]

Progress = Callable[[int, int, int], None]
"""Called after each batch with the rows done, the bytes read and the bytes of the file."""


class ImportRun:
    """What one import has done so far."""

    def __init__(
        self,
        source: ImportSource,
        progress: Progress | None,
        *,
        rejects: str | None,
        later: str | None,
        kept_in: Callable[[str], KeptRows],
    ) -> None:
        self._read = self._later = 0
        self._source = source
        self._target = rejects
        self._kept_path = later
        self._kept_in = kept_in
        self._kept: KeptRows | None = None
        self._kept_rows: list[dict[str, Any]] = []
        self._progress = progress
        self._pending: tuple[int, int, Callable[[], Outcome]] | None = None
        self._rejects: Rejects | None = None
        self._created = self._updated = self._skipped = self._refused = self._warned = 0
        self._warnings: list[RowProblem] = []
        self._refusals: list[RowProblem] = []

    def wait_for(self, rows: int, finish: Callable[[], Outcome]) -> None:
        """Count a batch once it is durable, which ``finish`` waits for."""
        self._pending = (rows, self._source.position, finish)

    def settle(self) -> None:
        """Wait for the batch that is being committed, and count it."""
        if self._pending is None:
            return
        (rows, position, finish), self._pending = self._pending, None
        self._add(rows, finish())
        if self._progress is not None:
            self._progress(self._read, position, self._source.size)

    def _add(self, rows: int, outcome: Outcome) -> None:
        """Count a batch, and write down its refused rows."""
        self._read += rows
        self._created += outcome.created
        self._updated += outcome.updated
        self._skipped += outcome.skipped
        self._refused += len(outcome.refused)
        self._warned += len(outcome.warnings)
        self._keep(outcome.later)
        self._warnings += outcome.warnings[: LISTED - len(self._warnings)]
        for row, problems in outcome.refused:
            if self._target is not None and self._rejects is None:
                self._rejects = self._source.rejects(self._target)
            if self._rejects is not None:
                self._rejects.add(row, problems)
            told = [RowProblem(row.line, one.field, one.code, one.message) for one in problems]
            self._refusals += told[: LISTED - len(self._refusals)]

    def _keep(self, rows: list[dict[str, Any]]) -> None:
        self._later += len(rows)
        self._kept_rows += rows[: LISTED - len(self._kept_rows)]
        if rows and self._kept_path is not None:
            if self._kept is None:
                self._kept = self._kept_in(self._kept_path)
            for row in rows:
                self._kept.add(row)

    def close(self) -> None:
        """Complete the files, with what a batch has to say that was under way when the next one failed."""
        try:
            self.settle()
        finally:
            for file in (self._rejects, self._kept):
                if file is not None:
                    file.close()

    def report(self, *, dry_run: bool) -> ImportReport:
        """Return the report."""
        return ImportReport(
            read=self._read,
            created=self._created,
            updated=self._updated,
            skipped=self._skipped,
            refused=self._refused,
            warned=self._warned,
            warnings=tuple(self._warnings),
            refusals=tuple(self._refusals),
            ignored=self._source.ignored,
            read_as=self._source.read_as,
            rejects_path=self._target if self._rejects is not None else None,
            later=self._later,
            kept=tuple(self._kept_rows),
            later_path=self._kept_path if self._kept is not None else None,
            dry_run=dry_run,
        )
