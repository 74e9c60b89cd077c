"""The formats of this release."""

from __future__ import annotations

from customercore.adapters.files.csv_export import CsvExport
from customercore.adapters.files.customercore import OwnFiles
from customercore.adapters.files.json_lines import JsonLinesExport
from customercore.adapters.files.magento import MagentoCustomers
from customercore.adapters.files.mapping import MappedCsv
from customercore.adapters.files.parquet_export import ParquetExport
from customercore.adapters.files.shopify import ShopifyCustomers
from customercore.adapters.files.shopify_export import ShopifyExport
from customercore.adapters.files.woocommerce import WooCommerceCustomers
from customercore.adapters.files.xlsx_export import XlsxExport
from customercore.adapters.files.yescart import YesCartCustomers
from customercore.ports.export_format import ExportFormat
from customercore.ports.import_format import ImportFormat

__all__ = ["export_formats", "import_formats"]


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


def export_formats() -> dict[str, ExportFormat]:
    """Return the export formats of this distribution by name; they are registered through the plug-ins' hook, too."""
    exports: tuple[ExportFormat, ...] = (
        CsvExport(),
        JsonLinesExport(),
        ParquetExport(),
        ShopifyExport(),
        XlsxExport(),
    )
    return {one.name: one for one in exports}
