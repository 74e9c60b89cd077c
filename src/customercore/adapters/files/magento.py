"""Magento's (Adobe Commerce's) two customer files.

The columns are those of the customers main file and of the customer addresses file
(https://experienceleague.adobe.com/docs/commerce-admin/systems/data-transfer/data-attributes-customer.html).
Which of them a file is, its columns tell. An address row belongs to the customer with its e-mail and
website, so the main file comes first (docs/decisions/0028-files-of-other-platforms.md).
"""

from __future__ import annotations

from customercore.adapters.files.named_columns import NamedAddress, NamedColumns, need
from customercore.adapters.files.table import opened_table
from customercore.adapters.files.table_source import TableSource, no_mapping
from customercore.catalogue.catalogue import Catalogue
from customercore.domain.address import DELIVERY, INVOICE
from customercore.errors import Problem
from customercore.ports.import_format import Draft, ImportSource

__all__ = ["MagentoCustomers"]

_CUSTOMER = {
    "email": "email",
    "_website": "shop",
    "prefix": "salutation",
    "firstname": "first_name",
    "middlename": "middle_name",
    "lastname": "last_name",
    "suffix": "suffix",
    "dob": "birth_date",
    "password_hash": "password_hash",
}
_OWNER = {"_email": "email", "_website": "shop"}
_ADDRESS = {
    "prefix": "salutation",
    "firstname": "first_name",
    "lastname": "last_name",
    "company": "company_name",
    "street": "line1",
    "city": "city",
    "region": "region",
    "postcode": "postcode",
    "country_id": "country",
    "telephone": "phone",
}
_DEFAULTS = {"_address_default_billing_": INVOICE, "_address_default_shipping_": DELIVERY}
_MIDDLE = "middlename"
_LINES = ("line1", "line2", "line3")


class MagentoCustomers:
    """Implements `ports.import_format.ImportFormat` for the customers main file and the customer addresses file.

    The website is the customer's home shop, which must be defined. A column whose name is the key of an
    info type is that info type (``gender``, ``taxvat``); others that are no fields here are named in ``ignored``.
    """

    name = "magento"

    def open(
        self,
        path: str,
        *,
        catalogue: Catalogue,
        mapping: str | None = None,
        delimiter: str | None = None,
        encoding: str | None = None,
    ) -> ImportSource:
        """Open a file of either kind; raise `InvalidValueError` (``missing_columns``) when it is neither."""
        no_mapping(self.name, mapping)
        rows = opened_table(path, delimiter, encoding)
        try:
            need(rows.header, "Magento", ("email", "_email"))
            if "email" in rows.header:
                columns = NamedColumns(rows.header, catalogue.customers, _CUSTOMER)
                return TableSource(rows, _Customer(columns), columns.ignored)
            need(rows.header, "Magento", ("country_id",))
            raw = (*_DEFAULTS, _MIDDLE)
            columns = NamedColumns(rows.header, catalogue.addresses, _OWNER, [NamedAddress(_ADDRESS)], raw)
            return TableSource(rows, _Address(columns), columns.ignored, extends_known=True)
        except BaseException:
            rows.close()
            raise


class _Customer:
    """Makes drafts of rows of the main file."""

    def __init__(self, columns: NamedColumns) -> None:
        self._columns = columns

    def __call__(self, cells: list[str], problems: list[Problem]) -> Draft:
        draft = self._columns.draft(cells, problems)
        if "birth_date" in draft:
            day, _, time = draft["birth_date"].partition(" ")
            draft["birth_date"] = day if not time.strip("0:.") else draft["birth_date"]
        return draft


class _Address:
    """Makes drafts of rows of the address file: of a customer no more than whose the address is."""

    def __init__(self, columns: NamedColumns) -> None:
        self._columns = columns

    def __call__(self, cells: list[str], problems: list[Problem]) -> Draft:
        draft = self._columns.draft(cells, problems)
        info = draft.pop("info", None)
        for address in draft.get("addresses", ()):
            _parted(address)
            middle = self._columns.raw(_MIDDLE, cells)
            if middle:
                address["first_name"] = f"{address.get('first_name', '')} {middle}".strip()
            served = [purpose for name, purpose in _DEFAULTS.items() if self._columns.raw(name, cells) == "1"]
            if served:
                address["default_for"] = address["purposes"] = served
            if info:
                address["info"] = info
        return draft


def _parted(address: dict[str, str]) -> None:
    """Part the street, whose lines Magento keeps in one cell."""
    lines = [line.strip() for line in address.pop("line1", "").splitlines() if line.strip()]
    if len(lines) > len(_LINES):
        lines[len(_LINES) - 1 :] = [", ".join(lines[len(_LINES) - 1 :])]
    address.update(zip(_LINES, lines, strict=False))
