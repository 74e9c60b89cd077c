"""YesCart's customers as XML (``customers`` of its import and export, impex.xsd)."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from customercore.adapters.files.rejects import XmlRejects
from customercore.adapters.files.table_source import no_mapping
from customercore.adapters.files.xml_records import XmlRecords
from customercore.adapters.files.yescart_draft import YesCartDraft
from customercore.catalogue.catalogue import Catalogue
from customercore.errors import InvalidValueError, Problem
from customercore.ports.import_format import Draft, ImportSource, Rejects, SourceRow

__all__ = ["YesCartCustomers"]


class YesCartCustomers:
    """Implements `ports.import_format.ImportFormat` for YesCart's customers XML.

    Shops, customer types that are not ours, and info types must be defined. Attributes, and what addresses
    have beside our fields (``custom-0`` to ``custom-9``, further phones), are info types of those names
    with ``_`` for ``-``; what is not defined is named in ``ignored``. Wish lists, and in which shops
    the account is enabled, are kept for later.
    """

    name = "yescart"

    def open(
        self,
        path: str,
        *,
        catalogue: Catalogue,
        mapping: str | None = None,
        delimiter: str | None = None,
        encoding: str | None = None,
    ) -> ImportSource:
        """Open a file; raise `InvalidValueError` (``wrong_root``, ``doctype_not_allowed``) when it is none."""
        no_mapping(self.name, mapping)
        if delimiter is not None:
            raise InvalidValueError.of("delimiter", "not_allowed", "XML has none: leave it out")
        return _Source(XmlRecords(path, "customers", "customer", encoding), YesCartDraft(catalogue))


class _Source:
    """Implements `ports.import_format.ImportSource`. The cells of a row are its text and its element."""

    complete = True
    extends_known = False

    def __init__(self, records: XmlRecords, draft: YesCartDraft) -> None:
        self._records = records
        self._draft = draft
        self.size = records.size
        self.read_as = f"XML in {records.encoding.removesuffix('-sig')}"

    @property
    def ignored(self) -> tuple[str, ...]:
        """What the file holds, as far as it has been read, and is not imported."""
        return (*self._records.ignored, *self._draft.ignored)

    @property
    def position(self) -> int:
        """How many bytes have been read."""
        return self._records.position

    def rows(self) -> Iterator[SourceRow]:
        """Yield the customers."""
        for record in self._records.records():
            problems = () if record.problem is None else (record.problem,)
            yield SourceRow(record.line, (record.text, record.element), problems)

    def draft(self, row: SourceRow, problems: list[Problem]) -> Draft:
        """Return what a customer is."""
        cells: tuple[str, Element] = row.cells
        return self._draft.of(cells[1], problems)

    def rejects(self, path: str) -> Rejects:
        """Create a rejects file of customers as they came."""
        return XmlRejects(path, "customers")

    def close(self) -> None:
        """Close the file."""
        self._records.close()
