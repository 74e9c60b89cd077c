"""Shopify's customer export (https://help.shopify.com/manual/customers/import-export-customers)."""

from __future__ import annotations

import re

from customercore.adapters.files.table import opened_table
from customercore.adapters.files.table_source import TableSource, no_mapping
from customercore.catalogue.catalogue import Catalogue
from customercore.errors import InvalidValueError, Problem
from customercore.ports.import_format import Draft, ImportSource

__all__ = ["MARKED", "NEVER_WORDS", "ShopifyCustomers"]

_FIELDS = {
    "Customer ID": "code",
    "Email": "email",
    "First Name": "first_name",
    "Last Name": "last_name",
    "Default Address Company": "company_name",
    "Phone": "phones",
    "Tags": "tags",
    "Note": "information",
}
_ADDRESS = {
    "Default Address Company": "company_name",
    "Default Address Address1": "line1",
    "Default Address Address2": "line2",
    "Default Address City": "city",
    "Default Address Province Code": "region",
    "Default Address Country Code": "country",
    "Default Address Zip": "postcode",
    "Default Address Phone": "phone",
}
_NEEDED = ("First Name", "Last Name", "Email")
# Shopify marks numbers and phones as text for spreadsheets; a name such as 't Hooft is no such cell.
MARKED = re.compile(r"'+(?=[0-9=+\-@])")
NEVER_WORDS = frozenset({"code", "phones", "phone", "postcode", "region", "country", "email"})


class ShopifyCustomers:
    """Implements `ports.import_format.ImportFormat` for the customers that Shopify exports.

    The default address becomes one address when any of its columns but the company's is filled. A company makes the
    customer a ``business``. Columns that are not customers' fields here (consents, order figures,
    tax exemption) are named in ``ignored``.
    """

    name = "shopify"

    def open(
        self,
        path: str,
        *,
        catalogue: Catalogue,
        mapping: str | None = None,
        delimiter: str | None = None,
        encoding: str | None = None,
    ) -> ImportSource:
        """Open an export; raise `InvalidValueError` (``missing_columns``) when it is none."""
        no_mapping(self.name, mapping)
        rows = opened_table(path, delimiter, encoding)
        missing = [name for name in _NEEDED if name not in rows.header]
        if missing:
            rows.close()
            raise InvalidValueError.of("path", "missing_columns", f"Shopify's column {', '.join(missing)} is missing")
        ignored = tuple(name for name in rows.header if name not in _FIELDS and name not in _ADDRESS)
        return TableSource(rows, _Draft(rows.header), ignored)


class _Draft:
    """Makes drafts of rows with these columns."""

    def __init__(self, header: tuple[str, ...]) -> None:
        self._fields = [(header.index(name), field) for name, field in _FIELDS.items() if name in header]
        self._address = [(header.index(name), field) for name, field in _ADDRESS.items() if name in header]

    def __call__(self, cells: list[str], problems: list[Problem]) -> Draft:
        draft: Draft = {field: _text(field, cell) for at, field in self._fields if (cell := cells[at].strip())}
        if "phones" in draft:
            draft["phones"] = [draft["phones"]]
        if "tags" in draft:
            draft["tags"] = draft["tags"].split(",")
        if "company_name" in draft:
            draft["customer_type"] = "business"
        address = {field: _text(field, cell) for at, field in self._address if (cell := cells[at].strip())}
        if address.keys() - {"company_name"}:  # a company alone has no address
            draft["addresses"] = [address]
        return draft


def _text(field: str, cell: str) -> str:
    if cell[0] != "'":
        return cell
    return cell[1:] if field in NEVER_WORDS or MARKED.match(cell) else cell
