"""Bringing files in: ``core.imports``."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice

from customercore.catalogue.catalogue import Catalogue
from customercore.domain.report import LISTED, ImportReport, RowProblem
from customercore.errors import InvalidValueError
from customercore.ports.import_format import ImportSource, Rejects, SourceRow
from customercore.services.context import Context
from customercore.services.import_batch import Outcome
from customercore.services.import_batches import ON_CONFLICT, ImportBatches
from customercore.services.import_rows import RowReader

__all__ = ["Imports", "Progress"]

BATCH = 1_000
"""How many rows are stored in one unit of work."""

_DEFAULT_FORMAT, _MAPPED_FORMAT = "customercore", "csv"

Progress = Callable[[int, int, int], None]
"""Called after each batch with the rows done, the bytes read and the bytes of the file."""

Path = str | os.PathLike[str]


class Imports:
    """Imports of customers from files."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def run(
        self,
        path: Path,
        format: str | None = None,  # noqa: A002  as concepts.md names it
        mapping: Path | None = None,
        on_conflict: str = "skip",
        *,
        dry_run: bool = False,
        rejects: Path | None = None,
        progress: Progress | None = None,
        delimiter: str | None = None,
        encoding: str | None = None,
    ) -> ImportReport:
        """Import a file, row by row; no bad row stops the good ones.

        ``format`` is ``shopify``, ``customercore`` (a file that `exports` wrote; the default) or ``csv``
        (the default with a ``mapping``, the path of a TOML file). A file of cells may be CSV or XLSX.
        ``delimiter`` separates the cells of a CSV file, ``encoding`` is how its texts are written; without
        them what the mapping or the file itself says, and UTF-8. What the file was taken for is in the report.

        A row conflicts when its code, or else its e-mail, is that of a stored customer or of an earlier
        row. Then ``on_conflict`` says whether it is left out (``skip``), changes the fields it has a
        value for and adds its addresses to the book (``update``), or ends the import with a
        `ConflictError` (``import_conflict``; batches of 1,000 rows before it stay). A row whose code and
        e-mail belong to two customers is refused. Guests have no identity: one that is stored already,
        equal in every field, is left out.

        Refused rows go to the file ``rejects``, made when there are any, in place of one that is there:
        mend it and import it in the same way. What merely looks doubtful is stored, with a warning.
        A ``dry_run`` reports the same and stores nothing; it remembers the e-mail, the code and the values of
        unique info types of each row it would have stored.
        An import that was broken off is simply run again: what is there is skipped.
        Inside ``core.transaction()`` everything is part of the transaction.

        Raises `InvalidValueError` before the first row when the file, the mapping or an argument is
        wrong (``path``, ``mapping``, ``format``, ``on_conflict``, ``rejects``, ``delimiter``, ``encoding``), or names a
        field or an info type that does not exist.
        """
        file, plan = os.fspath(path), None if mapping is None else os.fspath(mapping)
        if on_conflict not in ON_CONFLICT:
            raise InvalidValueError.of("on_conflict", "unknown_choice", f"must be one of {', '.join(ON_CONFLICT)}")
        target = None if rejects is None else os.fspath(rejects)
        _spare(target, [one for one in (file, plan) if one is not None])
        with self._opened(file, plan, format, delimiter=delimiter, encoding=encoding) as (source, catalogue):
            batches = ImportBatches(self._context, RowReader(catalogue, source), on_conflict, dry_run=dry_run)
            run = _Run(source, target, progress)
            try:
                for rows in _batches(source.rows()):
                    batch = batches.read(rows)  # while the batch before is being committed
                    run.settle()
                    run.wait_for(len(rows), batches.begin(batch))
                run.settle()
            finally:
                run.close()
            return run.report(dry_run=dry_run)

    @contextmanager
    def _opened(
        self, path: str, mapping: str | None, asked: str | None, *, delimiter: str | None, encoding: str | None
    ) -> Iterator[tuple[ImportSource, Catalogue]]:
        """Open the file for the catalogue of the tenant, as it is now."""
        known = self._context.formats.imports
        name = asked or (_DEFAULT_FORMAT if mapping is None else _MAPPED_FORMAT)
        if name not in known:
            raise InvalidValueError.of("format", "unknown_format", f"must be one of {', '.join(sorted(known))}")
        catalogue = self._context.units.read(lambda work: work.catalogue)
        source = known[name].open(path, catalogue=catalogue, mapping=mapping, delimiter=delimiter, encoding=encoding)
        try:
            yield source, catalogue
        finally:
            source.close()


class _Run:
    """What one import has done so far."""

    def __init__(self, source: ImportSource, target: str | None, progress: Progress | None) -> None:
        self._read = 0
        self._source = source
        self._target = target
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
        self._warnings += outcome.warnings[: LISTED - len(self._warnings)]
        for row, problems in outcome.refused:
            if self._target is not None and self._rejects is None:
                self._rejects = self._source.rejects(self._target)
            if self._rejects is not None:
                self._rejects.add(row, problems)
            told = [RowProblem(row.line, one.field, one.code, one.message) for one in problems]
            self._refusals += told[: LISTED - len(self._refusals)]

    def close(self) -> None:
        """Complete the rejects file, with what a batch has to say that was under way when the next one failed."""
        try:
            self.settle()
        finally:
            if self._rejects is not None:
                self._rejects.close()

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
            dry_run=dry_run,
        )


def _batches(rows: Iterator[SourceRow]) -> Iterator[list[SourceRow]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


def _spare(target: str | None, paths: list[str]) -> None:
    """Refuse a rejects file that would overwrite what is being read."""
    if target is None:
        return
    for path in paths:
        try:
            real = os.path.realpath(target) == os.path.realpath(path)
            same = real or os.path.samefile(target, path)  # noqa: PTH121  importing pathlib takes 5 ms
        except (OSError, ValueError):
            same = False
        if same:
            raise InvalidValueError.of("rejects", "same_file", "must be another file than the one that is read")
