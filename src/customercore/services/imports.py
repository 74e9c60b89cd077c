"""Bringing files in: ``core.imports``."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

from customercore.catalogue.catalogue import Catalogue
from customercore.domain.report import ImportReport
from customercore.errors import InvalidValueError
from customercore.ports.import_format import ImportSource, SourceRow
from customercore.services.actors import checked_reason
from customercore.services.context import Context
from customercore.services.import_batches import ON_CONFLICT, ImportBatches
from customercore.services.import_rows import RowReader
from customercore.services.import_run import ImportRun, Progress

__all__ = ["Imports", "Progress"]

BATCH = 1_000
"""How many rows are stored in one unit of work."""

_DEFAULT_FORMAT, _MAPPED_FORMAT = "customercore", "csv"

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
        later: Path | None = None,
        reason: str | None = None,
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
        mend it and import it in the same way. What rows say that this release has no place for, such as wish
        lists, goes to the file ``later`` (JSON lines), of every row that was not refused, and to the report.
        What merely looks doubtful is stored, with a warning.
        A ``dry_run`` reports the same and stores nothing; it remembers the e-mail, the code and the values of
        unique info types of each row it would have stored.
        ``reason`` is kept with each change, as with every call.
        An import that was broken off is simply run again: what is there is skipped.
        Inside ``core.transaction()`` everything is part of the transaction.

        Raises `InvalidValueError` before the first row when the file, the mapping or an argument is
        wrong (``path``, ``mapping``, ``format``, ``on_conflict``, ``rejects``, ``later``, ``delimiter``, ``encoding``,
        ``reason``),
        or names a field or an info type that does not exist.
        """
        context = self._context.acting_as(self._context.actor, checked_reason(reason) or self._context.reason)
        file, plan = os.fspath(path), None if mapping is None else os.fspath(mapping)
        if on_conflict not in ON_CONFLICT:
            raise InvalidValueError.of("on_conflict", "unknown_choice", f"must be one of {', '.join(ON_CONFLICT)}")
        target, kept = _spared(rejects, later, [one for one in (file, plan) if one is not None])
        with self._opened(file, plan, format, delimiter=delimiter, encoding=encoding) as (source, catalogue):
            if source.extends_known and on_conflict != "update":
                raise InvalidValueError.of(
                    "on_conflict",
                    "update_needed",
                    "the file adds to customers that are there: pass on_conflict='update'",
                )
            batches = ImportBatches(context, RowReader(catalogue, source), on_conflict, dry_run=dry_run)
            run = ImportRun(source, progress, rejects=target, later=kept, kept_in=self._context.formats.kept)
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


def _batches(rows: Iterator[SourceRow]) -> Iterator[list[SourceRow]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


def _spared(rejects: Path | None, later: Path | None, read: list[str]) -> tuple[str | None, str | None]:
    """Return the paths of what is written; raise `InvalidValueError` where one overwrites another file of the run."""
    taken, written = list(read), list[str | None]()
    for name, path in (("rejects", rejects), ("later", later)):
        target = None if path is None else os.fspath(path)
        if target is not None:
            if any(_same(target, one) for one in taken):
                raise InvalidValueError.of(
                    name, "same_file", "must be another file than those that are read or written"
                )
            taken.append(target)
        written.append(target)
    return written[0], written[1]


def _same(one: str, other: str) -> bool:
    try:
        real = os.path.realpath(one) == os.path.realpath(other)
        return real or os.path.samefile(one, other)  # noqa: PTH121  importing pathlib takes 5 ms
    except (OSError, ValueError):
        return False
