"""The formats of this release."""

from __future__ import annotations

from collections.abc import Mapping

from customercore.adapters.files.csv_export import CsvExport
from customercore.adapters.files.customercore import OwnFiles
from customercore.adapters.files.json_lines import JsonLinesExport
from customercore.adapters.files.json_rows import JsonRows
from customercore.adapters.files.magento import MagentoCustomers
from customercore.adapters.files.mapping import MappedCsv
from customercore.adapters.files.parquet_export import ParquetExport
from customercore.adapters.files.shopify import ShopifyCustomers
from customercore.adapters.files.shopify_export import ShopifyExport
from customercore.adapters.files.woocommerce import WooCommerceCustomers
from customercore.adapters.files.xlsx_export import XlsxExport
from customercore.adapters.files.yescart import YesCartCustomers
from customercore.ports.export_format import ExportFormat
from customercore.ports.formats import Formats
from customercore.ports.import_format import ImportFormat

__all__ = ["built_in_formats", "import_formats"]


def import_formats() -> dict[str, ImportFormat]:
    """Return the import formats of this distribution by name; they are registered through the plug-ins' hook."""
    imports: tuple[ImportFormat, ...] = (
        OwnFiles(),
        MappedCsv(),
        ShopifyCustomers(),
        MagentoCustomers(),
        WooCommerceCustomers(),
        YesCartCustomers(),
    )
    return {one.name: one for one in imports}


def built_in_formats(imports: Mapping[str, ImportFormat]) -> Formats:
    """Return all formats of a core; ``imports`` are those that plug-ins have registered, ours among them."""
    exports: tuple[ExportFormat, ...] = (
        CsvExport(),
        JsonLinesExport(),
        ParquetExport(),
        ShopifyExport(),
        XlsxExport(),
    )
    return Formats(imports, {one.name: one for one in exports}, JsonRows)
