"""The formats of this release."""

from __future__ import annotations

from customercore.adapters.files.csv_export import CsvExport
from customercore.adapters.files.customercore import OwnFiles
from customercore.adapters.files.json_lines import JsonLinesExport
from customercore.adapters.files.mapping import MappedCsv
from customercore.adapters.files.parquet_export import ParquetExport
from customercore.adapters.files.shopify import ShopifyCustomers
from customercore.adapters.files.shopify_export import ShopifyExport
from customercore.adapters.files.xlsx_export import XlsxExport
from customercore.ports.export_format import ExportFormat
from customercore.ports.formats import Formats
from customercore.ports.import_format import ImportFormat

__all__ = ["built_in_formats"]


def built_in_formats() -> Formats:
    """Return the formats that every core knows."""
    imports: tuple[ImportFormat, ...] = (OwnFiles(), MappedCsv(), ShopifyCustomers())
    exports: tuple[ExportFormat, ...] = (
        CsvExport(),
        JsonLinesExport(),
        ParquetExport(),
        ShopifyExport(),
        XlsxExport(),
    )
    return Formats({one.name: one for one in imports}, {one.name: one for one in exports})
