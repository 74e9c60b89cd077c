"""WooCommerce's customers, as its two export extensions name the columns.

https://woocommerce.com/document/import-and-export-of-woocommerce-users/ and
https://woocommerce.com/document/customer-order-csv-import-suite/.
"""

from __future__ import annotations

from customercore.adapters.files.named_columns import NamedAddress, NamedColumns, need
from customercore.adapters.files.table import opened_table
from customercore.adapters.files.table_source import TableSource, no_mapping
from customercore.catalogue.catalogue import Catalogue
from customercore.domain.address import DELIVERY, INVOICE
from customercore.domain.customer import GUEST
from customercore.errors import Problem
from customercore.ports.import_format import Draft, ImportSource

__all__ = ["WooCommerceCustomers"]

_EMAILS = ("user_email", "email")
_HASHES = ("user_pass", "password_hash")
_IDS = ("ID", "customer_id", "id")
_ROLES = ("roles", "role")
_CUSTOMER = {
    **dict.fromkeys((*_EMAILS, "billing_email"), "email"),
    **dict.fromkeys(_IDS, "code"),
    **dict.fromkeys(("first_name", "billing_first_name"), "first_name"),
    **dict.fromkeys(("last_name", "billing_last_name"), "last_name"),
    "billing_company": "company_name",
    "billing_phone": "phones",
    "locale": "language",
    "description": "information",
    **dict.fromkeys(_HASHES, "password_hash"),
}
_ADDRESS = {
    "first_name": "first_name",
    "last_name": "last_name",
    "company": "company_name",
    "address_1": "line1",
    "address_2": "line2",
    "city": "city",
    "state": "region",
    "postcode": "postcode",
    "country": "country",
    "phone": "phone",
    "email": "email",
}
_PLACE = ("line1", "line2", "city", "postcode")
_NO_LOCALE = "site-default"
_EVERYBODY = frozenset({"customer", "subscriber"})


def _book() -> list[NamedAddress]:
    return [
        NamedAddress({f"{name}_{column}": field for column, field in _ADDRESS.items()}, {"purposes": [purpose]})
        for name, purpose in (("billing", INVOICE), ("shipping", DELIVERY))
    ]


class WooCommerceCustomers:
    """Implements `ports.import_format.ImportFormat` for customers of WooCommerce.

    The user's id becomes the code; a customer with the id 0 is a guest. Names that are missing are those
    of the billing address. A company makes the customer a ``business``. Roles beside ``customer`` become tags.
    A column whose name is the key of an info type is that info type; others are named in ``ignored``.
    """

    name = "woocommerce"

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
        try:
            need(rows.header, "WooCommerce", _EMAILS)
            columns = NamedColumns(rows.header, catalogue.customers, _CUSTOMER, _book(), _ROLES)
        except BaseException:
            rows.close()
            raise
        return TableSource(rows, _Draft(columns), columns.ignored, complete=True)


class _Draft:
    """Makes drafts of rows."""

    def __init__(self, columns: NamedColumns) -> None:
        self._columns = columns

    def __call__(self, cells: list[str], problems: list[Problem]) -> Draft:
        draft = self._columns.draft(cells, problems)
        if draft.get("code") == "0":
            draft["kind"] = GUEST
            del draft["code"]
            draft.pop("password_hash", None)
        if "language" in draft:  # WordPress adds a tone, as in de_DE_formal
            draft["language"] = "_".join(draft["language"].split("_")[:2])
            if draft["language"] == _NO_LOCALE:
                del draft["language"]
        if "phones" in draft:
            draft["phones"] = [draft["phones"]]
        if "company_name" in draft:
            draft["customer_type"] = "business"
        tags = [role for name in _ROLES for role in _roles(self._columns.raw(name, cells)) if role not in _EVERYBODY]
        if tags:
            draft["tags"] = tags
        book = [one for one in draft.pop("addresses", ()) if any(name in one for name in _PLACE)]
        if book:
            draft["addresses"] = book
        return draft


def _roles(text: str) -> list[str]:
    return [role for part in text.replace("|", ",").split(",") if (role := part.strip())]
