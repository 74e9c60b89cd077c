"""The other side of files: CSV in and out of the bare driver, by hand.

The import asks the very validators that ours asks (ruling 37): they cost more than the driver, and
what is compared is everything around them. Both sides store batches of 1,000 rows, each in one
transaction, and hold no more than one batch in memory.
"""

from __future__ import annotations

import csv
import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.bare import BareAddress
from benchmarks.stores import Bare

from customercore.adapters.address_rules import LibraryAddressRules
from customercore.adapters.email_rules import LibraryEmailRules
from customercore.adapters.phone_rules import LibraryPhoneRules
from customercore.domain.countries import country_code

__all__ = ["export_file", "import_file"]

_BATCH = 1_000
_ADDRESS = ("first_name", "last_name", "line1", "city", "postcode")
_emails, _phones, _addresses = LibraryEmailRules(), LibraryPhoneRules(), LibraryAddressRules()


def import_file(store: Bare, path: Path) -> tuple[int, int]:
    """Store every valid row of a file whose e-mail is new; return how many were stored, and how many were not."""
    stored = left_out = 0
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        header = next(reader)
        while batch := list(itertools.islice(reader, _BATCH)):
            read = [_customer(dict(zip(header, cells, strict=True))) for cells in batch]
            by_email = {one["email"]: one for one in read if one is not None}
            for email in store.known(list(by_email)):
                del by_email[email]
            store.load(list(by_email.values()))
            stored += len(by_email)
            left_out += len(batch) - len(by_email)
    return stored, left_out


def _customer(row: dict[str, str]) -> dict[str, Any] | None:
    """Return the customer of a row, None when it is refused; doubts about phone and address are let pass."""
    row = {name: text for name, cell in row.items() if (text := cell.strip())}
    email, country = row.get("email", ""), country_code(row.get("address.country", ""))
    if country is None or not row.get("first_name") or not row.get("last_name"):
        return None
    if _emails.check(email) is not None:
        return None
    address = {name: row[f"address.{name}"] for name in _ADDRESS} | {"country": country}
    phones = _parts(row.get("phones", ""))
    doubts = [_phones.check(phone, country) for phone in phones]
    doubts += _addresses.problems(BareAddress({"id": "", **address}))  # type: ignore[arg-type]  # alike
    return {
        "email": email,
        "first_name": row["first_name"],
        "last_name": row["last_name"],
        "phones": phones,
        "flags": _parts(row.get("flags", "")),
        "tags": _parts(row.get("tags", "")),
        "addresses": [address],
    }


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";")] if cell else []


_NAMES = (
    "code", "email", "email_verified", "salutation", "first_name", "middle_name", "last_name",
    "suffix", "phones", "language", "birth_date", "company_name", "company_name_2", "department",
    "customer_type", "pricing_policy", "information", "flags", "tags", "shop", "status", "kind",
    "use_invoice_for_delivery",
)  # fmt: skip
_ADDRESS_NAMES = (
    "label", "purposes", "default_for", "salutation", "first_name", "last_name", "company_name",
    "department", "line1", "line2", "line3", "city", "region", "postcode", "country", "phone",
    "email",
)  # fmt: skip
_FORMULA = frozenset("'=+-@\t\r")


def export_file(store: Bare, path: Path) -> int:
    """Write every customer with its invoice address, by e-mail; return how many there were."""
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*_NAMES, *(f"address.{name}" for name in _ADDRESS_NAMES), "addresses"])
        for row in _rows(store):
            # A cell that a spreadsheet would take for a formula is marked as text.
            writer.writerow([f"'{cell}" if cell[:1] in _FORMULA else cell for cell in row])
            count += 1
    return count


def _rows(store: Bare) -> Iterator[list[str]]:
    for one in store.documents():
        get, addresses = one.get, one.get("addresses", [])
        invoice: dict[str, Any] = next((each for each in addresses if "invoice" in each["default_for"]), {})
        part = invoice.get
        others = [each for each in addresses if each is not invoice]
        yield [
            get("code", ""), get("email", ""), _word(one, "email_verified"), get("salutation", ""),
            get("first_name", ""), get("middle_name", ""), get("last_name", ""), get("suffix", ""),
            _list(get("phones")), get("language", ""), get("birth_date", ""),
            get("company_name", ""), get("company_name_2", ""), get("department", ""),
            get("customer_type", "private"), get("pricing_policy", ""), get("information", ""),
            _list(get("flags")), _list(get("tags")), get("shop", ""), get("status", "active"),
            get("kind", "registered"), _word(one, "use_invoice_for_delivery"),
            part("label", ""), _list(part("purposes", ("delivery", "invoice"))),
            _list(part("default_for")), part("salutation", ""), part("first_name", ""),
            part("last_name", ""), part("company_name", ""), part("department", ""),
            part("line1", ""), part("line2", ""), part("line3", ""), part("city", ""),
            part("region", ""), part("postcode", ""), part("country", ""), part("phone", ""),
            part("email", ""), json.dumps(others) if others else "",
        ]  # fmt: skip


def _list(values: list[str] | None) -> str:
    return "; ".join(values) if values else ""


def _word(document: dict[str, Any], name: str) -> str:
    return "true" if document.get(name) else "false"
