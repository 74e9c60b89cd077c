"""Apache Parquet files as a source of drafts; the names of their columns are those of our own files."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from customercore.adapters.files.json_source import JSON_LINES
from customercore.adapters.files.libraries import library
from customercore.adapters.files.opening import opened
from customercore.adapters.files.own_draft import OwnDraft, read_list
from customercore.adapters.files.rejects import CsvRejects, JsonRejects
from customercore.catalogue.catalogue import Catalogue
from customercore.errors import InvalidValueError, Problem
from customercore.ports.import_format import Draft, Rejects, SourceRow

__all__ = ["ParquetSource"]

_BATCH = 1_000
_BOOK = "addresses"


class ParquetSource:
    """Implements `ports.import_format.ImportSource`. The line of a row is its number, counted from 1.

    Any type of column is read that has values our fields know: texts, lists of texts, whole numbers,
    decimals, truths, dates and moments; ``addresses`` is a JSON text. Rejects are JSON lines or CSV, as
    the name of their file says: both can be mended and imported.
    """

    complete = True
    extends_known = False
    read_as = "Parquet"

    def __init__(self, path: str, catalogue: Catalogue) -> None:
        arrow, parquet = library("pyarrow", "parquet"), library("pyarrow.parquet", "parquet")
        self._damages = (arrow.ArrowException, OSError)
        self._file = opened(path)
        self._read = 0
        try:
            self.size = Path(path).stat().st_size
            self._parquet = parquet.ParquetFile(self._file)
            self._names: list[str] = self._parquet.schema_arrow.names
            self._rows: int = max(1, self._parquet.metadata.num_rows)
            _check_names(self._names)
            self.own = OwnDraft.of(catalogue, self._names)
        except self._damages as error:
            self._file.close()
            raise _damaged() from error
        except BaseException:
            self._file.close()
            raise

    @property
    def ignored(self) -> tuple[str, ...]:
        """The columns that only the core sets, or that say again what another says."""
        return self.own.ignored

    @property
    def position(self) -> int:
        """How many bytes have been read, going by the rows."""
        return self.size * self._read // self._rows

    def rows(self) -> Iterator[SourceRow]:
        """Yield the rows; raise `InvalidValueError` (``damaged_file``) where the file cannot be read on."""
        try:
            for batch in self._parquet.iter_batches(_BATCH, use_threads=False):
                for row in _records(batch):
                    self._read += 1
                    yield SourceRow(self._read, {name: _plain(value) for name, value in row.items()})
        except self._damages as error:
            raise _damaged() from error

    def draft(self, row: SourceRow, problems: list[Problem]) -> Draft:
        """Return what a row says about a customer."""
        given: dict[str, Any] = row.cells
        book = given.get(_BOOK)
        if isinstance(book, str) and book:
            given = given | {_BOOK: read_list(_BOOK, book, problems)}
        return self.own.draft(given)

    def rejects(self, path: str) -> Rejects:
        """Create a rejects file with this file's columns."""
        return JsonRejects(path) if path.lower().endswith(JSON_LINES) else _CellRejects(path, self._names)

    def close(self) -> None:
        """Close the file."""
        self._parquet.close()
        self._file.close()


class _CellRejects:
    """Writes refused rows as CSV."""

    def __init__(self, path: str, names: list[str]) -> None:
        self._names = names
        self._csv = CsvRejects(path, names, ",")

    def add(self, row: SourceRow, problems: tuple[Problem, ...]) -> None:
        """Write a refused row and what is wrong with it."""
        self._csv.add(SourceRow(row.line, [_cell(row.cells[name]) for name in self._names]), problems)

    def close(self) -> None:
        """Close the file."""
        self._csv.close()


def _check_names(names: list[str]) -> None:
    if len(set(names)) < len(names):
        raise InvalidValueError.of("path", "duplicate_column", "two columns have the same name")


def _damaged() -> InvalidValueError:
    return InvalidValueError.of("path", "damaged_file", "the file is damaged, or of another format than its name says")


def _records(batch: Any) -> list[dict[str, Any]]:
    """Return the rows of a batch; bytes that are not UTF-8 stay in their text as lone surrogates."""
    try:
        rows: list[dict[str, Any]] = batch.to_pylist()
    except UnicodeDecodeError:
        columns = {name: [_decoded(one) for one in batch.column(name)] for name in batch.schema.names}
        rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return rows


def _decoded(one: Any) -> Any:
    try:
        return one.as_py()
    except UnicodeDecodeError:
        buffer = getattr(one, "as_buffer", None)
        return "\udc80" if buffer is None else buffer().to_pybytes().decode("utf-8", "surrogateescape")


def _plain(value: Any) -> Any:
    """Return a value in the form in which JSON would hold it."""
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, dt.date) else value


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value)
