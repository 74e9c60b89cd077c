"""Our own files, as exports write them: JSON lines or Parquet when the name ends so, else CSV or XLSX."""

from __future__ import annotations

from typing import Any

from customercore.adapters.files.formulas import restored
from customercore.adapters.files.json_source import JSON_LINES, JsonSource
from customercore.adapters.files.own_draft import OwnDraft, read_list
from customercore.adapters.files.parquet_source import ParquetSource
from customercore.adapters.files.table import Table, opened_table
from customercore.adapters.files.table_source import TableSource, no_mapping, undefined_info
from customercore.catalogue.addresses import AddressesKind
from customercore.catalogue.catalogue import Catalogue
from customercore.catalogue.columns import column_of
from customercore.domain.many_valued import ListKind
from customercore.errors import InvalidValueError, Problem
from customercore.ports.import_format import Draft, ImportSource

__all__ = ["OwnFiles"]

PARQUET = (".parquet",)


class OwnFiles:
    """Implements `ports.import_format.ImportFormat` for files that an export wrote.

    An exported file gives back every customer as it was, but for ids, versions and times. Any of the
    columns may be left out, as long as there is ``email`` or ``code``.
    """

    name = "customercore"

    def open(
        self,
        path: str,
        *,
        catalogue: Catalogue,
        mapping: str | None = None,
        delimiter: str | None = None,
        encoding: str | None = None,
    ) -> ImportSource:
        """Open a file; raise `InvalidValueError` (``unknown_columns``, ``missing_columns``) when it is none of ours.

        A column ``info.<key>`` whose info type is not defined is named (``unknown_field``).
        """
        no_mapping(self.name, mapping)
        if path.lower().endswith(JSON_LINES):
            return JsonSource(path, catalogue, encoding)
        if path.lower().endswith(PARQUET):
            parquet = ParquetSource(path, catalogue)
            try:
                _check(parquet.own)
            except BaseException:
                parquet.close()
                raise
            return parquet
        rows = opened_table(path, delimiter, encoding)
        try:
            own = OwnDraft.of(catalogue, rows.header)
            _check(own)
        except BaseException:
            rows.close()
            raise
        return TableSource(rows, _CellsDraft(catalogue, rows, own), own.ignored, complete=True)


def _check(own: OwnDraft) -> None:
    if own.unknown and not own.known:
        # Perhaps there is no header at all: then these are a person's data, and are not repeated.
        raise InvalidValueError.of(
            "path", "unknown_columns", "the file has none of our columns: give a format or a mapping"
        )
    if own.unknown:
        raise InvalidValueError.of("path", "unknown_columns", f"there is no column {', '.join(own.unknown)}")
    if own.undefined:
        raise InvalidValueError(undefined_info(name, of_address=not name.startswith("info.")) for name in own.undefined)
    if not {"email", "code"}.intersection(own.known):
        raise InvalidValueError.of("path", "missing_columns", "the file needs the column email or code")


class _CellsDraft:
    """Makes drafts of rows of cells."""

    def __init__(self, catalogue: Catalogue, table: Table, own: OwnDraft) -> None:
        self._header = table.header
        self._marked = table.marked
        self._own = own
        columns = [column_of(catalogue, name) for name in self._header]
        kinds = {one.name: one.field.kind for one in columns if one is not None}
        self._lists = [name for name, kind in kinds.items() if isinstance(kind, ListKind | AddressesKind)]

    def __call__(self, cells: list[str], problems: list[Problem]) -> Draft:
        texts = [restored(cell) if cell[:1] == "'" else cell for cell in cells] if self._marked else cells
        row: dict[str, Any] = dict(zip(self._header, texts, strict=True))
        for name in self._lists:
            if row[name][:1] == "[" or (name == "addresses" and row[name].strip()):
                row[name] = read_list(name, row[name], problems)
        return self._own.draft(row)
