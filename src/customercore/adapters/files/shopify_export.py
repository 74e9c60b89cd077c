"""Exporting to Shopify's customer CSV (https://help.shopify.com/manual/customers/import-export-customers)."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from customercore.adapters.files.opening import replacing
from customercore.adapters.files.shopify import MARKED, NEVER_WORDS
from customercore.domain.kinds import Kind
from customercore.ports.export_format import ExportColumn

__all__ = ["ShopifyExport"]

Told = Mapping[str, Any]
"""What a record has of our columns, by name, without what is missing."""


def _text(name: str) -> Callable[[Told], str]:
    """Return what gives the cell of a column that holds words."""
    field = name.rpartition(".")[2]
    return lambda told: _marked(field, told.get(name, ""))


def _company(told: Told) -> str:
    return _marked("company_name", told.get("address.company_name") or told.get("company_name", ""))


def _phone(told: Told) -> str:
    return _marked("phone", next(iter(told.get("phones", ())), ""))


def _tags(told: Told) -> str:
    """Shopify separates tags by commas, so that one with a comma is several."""
    parts = {part.strip() for tag in told.get("tags", ()) for part in tag.split(",")}
    return _marked("tags", ", ".join(sorted(parts - {""})))


def _always(text: str) -> Callable[[Told], str]:
    return lambda _: text


_CELLS: tuple[tuple[str, Callable[[Told], str]], ...] = (
    ("Customer ID", _text("code")),
    ("First Name", _text("first_name")),
    ("Last Name", _text("last_name")),
    ("Email", _text("email")),
    ("Accepts Email Marketing", _always("no")),
    ("Default Address Company", _company),
    ("Default Address Address1", _text("address.line1")),
    ("Default Address Address2", _text("address.line2")),
    ("Default Address City", _text("address.city")),
    ("Default Address Province Code", _text("address.region")),
    ("Default Address Country Code", _text("address.country")),
    ("Default Address Zip", _text("address.postcode")),
    ("Default Address Phone", _text("address.phone")),
    ("Phone", _phone),
    ("Accepts SMS Marketing", _always("no")),
    ("Total Spent", _always("")),
    ("Total Orders", _always("")),
    ("Note", _text("information")),
    ("Tax Exempt", _always("no")),
    ("Tags", _tags),
)


class ShopifyExport:
    """Implements `ports.export_format.FixedColumns` for the file that Shopify exports and imports.

    The header is always whole. Consents and tax exemption are ``no``, since nobody has given them to
    Shopify; order figures are empty. One phone number, one address, and tags are all there is room for
    of many-valued fields; what else a customer has, Shopify's file cannot say.
    """

    name = "shopify"
    flat = True
    columns = (
        "code", "email", "first_name", "last_name", "company_name", "phones", "tags", "information",
        "address.company_name", "address.line1", "address.line2", "address.city", "address.region",
        "address.country", "address.postcode", "address.phone",
    )  # fmt: skip

    def write(self, path: str, columns: Sequence[ExportColumn], records: Iterable[Sequence[Any]]) -> int:
        """Write the records and return how many there were."""
        names = [(column.name, _plain(column.kind)) for column in columns]
        count = 0
        with replacing(path) as file:
            writer = csv.writer(file)
            writer.writerow([name for name, _ in _CELLS])
            for record in records:
                found = zip(names, record, strict=True)
                told = {name: form(value) for (name, form), value in found if value is not None}
                writer.writerow([cell(told) for _, cell in _CELLS])
                count += 1
        return count


def _plain(kind: Kind) -> Callable[[Any], Any]:
    return (lambda value: value) if kind.many else kind.to_text


_RUNS = re.compile(r"'*[=+\-@]")


def _marked(field: str, text: str) -> str:
    """Return a cell that no spreadsheet runs, and of which `shopify` takes one apostrophe away again."""
    taken = text[:1] == "'" if field in NEVER_WORDS else MARKED.match(text)
    return f"'{text}" if taken or _RUNS.match(text) else text
