"""What becomes of the elements of a YesCart customer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

from customercore.catalogue.aggregate import Aggregate
from customercore.catalogue.catalogue import Catalogue
from customercore.catalogue.columns import info_key
from customercore.domain.address import DELIVERY, INVOICE
from customercore.domain.customer import GUEST, REGISTERED
from customercore.errors import Problem
from customercore.ports.import_format import Draft

__all__ = ["YesCartDraft"]

_CUSTOMER = {
    "organisation/company-name-1": "company_name",
    "organisation/company-name-2": "company_name_2",
    "organisation/company-department": "department",
    "contact-details/salutation": "salutation",
    "contact-details/firstname": "first_name",
    "contact-details/middlename": "middle_name",
    "contact-details/lastname": "last_name",
    "policies/type": "customer_type",
    "policies/pricing-policy": "pricing_policy",
}
_ADDRESS = {
    "address-name": "label",
    "salutation": "salutation",
    "firstname": "first_name",
    "lastname": "last_name",
    "addrline-1": "line1",
    "addrline-2": "line2",
    "city": "city",
    "postcode": "postcode",
    "country-code": "country",
    "state-code": "region",
    "phone-1": "phone",
    "email-1": "email",
    "company-name-1": "company_name",
    "company-department": "department",
}
_CREDENTIALS = {"email", "guest-email", "password"}
_KNOWN = {*(path.partition("/")[0] for path in _CUSTOMER), "credentials", "customer-addresses", "customer-wishlist"}
_NOT_TOLD = {"created-timestamp", "created-by", "updated-timestamp", "updated-by", "custom-attributes"}
_TYPES = {"B2C": "private", "B2B": "business", "B2E": "employee", "B2G": "guest"}
_PURPOSES = {"S": DELIVERY, "B": INVOICE}
_CODES = ("code", "guid", "id")
_MOST_IGNORED = 1_000


class YesCartDraft:
    """Makes drafts; ``ignored`` names what has been met and has no field."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._of_customers = _keys(catalogue.customers)
        self._of_addresses = _keys(catalogue.addresses)
        self.ignored: dict[str, None] = {}

    def of(self, customer: Element, problems: list[Problem]) -> Draft:
        """Return the draft of a customer; append what cannot be understood."""
        draft: Draft = {field: text for path, field in _CUSTOMER.items() if (text := _text(customer, path))}
        if "customer_type" in draft:
            draft["customer_type"] = _TYPES.get(draft["customer_type"], draft["customer_type"])
        elif "company_name" in draft:
            draft["customer_type"] = "business"
        tags = list(_texts(customer, "policies/tags/tag"))
        draft |= {"tags": tags} if tags else {}
        code = next((text for name in _CODES if (text := customer.get(name, "").strip())), None)
        draft |= {"code": code} if code else {}
        self._credentials(customer, draft)
        info = self._attributes(customer)
        draft |= {"info": info} if info else {}
        book = [self._address(one, number, problems) for number, one in enumerate(customer.iterfind(_BOOK))]
        draft |= {"addresses": book} if book else {}
        self._shops(customer, draft)
        self._ignore("customer", customer, {*_KNOWN, *_NOT_TOLD})
        return draft

    def _credentials(self, customer: Element, draft: Draft) -> None:
        """Read whose account it is; the number that a guest has in place of an e-mail address is nobody's."""
        credentials = customer.find("credentials")
        if credentials is None:
            return
        guest = credentials.get("guest", "").strip() in _TRUE
        draft["kind"] = GUEST if guest else REGISTERED
        email = _text(credentials, "guest-email" if guest else "email")
        draft |= {"email": email} if email else {}
        password = _text(credentials, "password")
        if password and not guest:
            draft["password_hash"] = password
        self._ignore("credentials", credentials, _CREDENTIALS)

    def _attributes(self, customer: Element) -> dict[str, str]:
        info: dict[str, str] = {}
        for one in customer.iterfind("custom-attributes/custom-attribute"):
            key, value = one.get("attribute", ""), _text(one, "custom-value")
            if key in self._of_customers:
                info |= {key: value} if value else {}
            else:
                self._note(f"custom-attribute {key}")
        return info

    def _address(self, one: Element, number: int, problems: list[Problem]) -> dict[str, Any]:
        address: dict[str, Any] = {field: text for name, field in _ADDRESS.items() if (text := _text(one, name))}
        middle = _text(one, "middlename")
        if middle:
            address["first_name"] = f"{address.get('first_name', '')} {middle}".strip()
        purpose = _PURPOSES.get(one.get("address-type", "S").strip())
        if purpose is None:
            problems.append(Problem(f"addresses[{number}].purposes", "unknown_choice", "address-type must be S or B"))
        else:
            address["purposes"] = [purpose]
            address["default_for"] = [purpose] if one.get("default-address", "").strip() in _TRUE else []
        info: dict[str, str] = {}
        for name in {child.tag for child in one} - {*_ADDRESS, *_NOT_TOLD, "middlename"}:
            key, text = name.replace("-", "_"), _text(one, name)
            if key in self._of_addresses:
                info |= {key: text} if text else {}
            elif text:
                self._note(f"address/{name}")
        return address | ({"info": info} if info else {})

    def _shops(self, customer: Element, draft: Draft) -> None:
        """Read the shops: the first enabled one is the home; which are enabled, and wish lists, are kept for later."""
        shops = {
            code: one.get("enabled", "true").strip() in _TRUE
            for one in customer.iterfind("organisation/shops/shop")
            if (code := one.get("code", "").strip())
        }
        later: dict[str, Any] = {}
        if shops:
            draft["shop"] = next((code for code, enabled in shops.items() if enabled), next(iter(shops)))
            if len(shops) > 1 or not all(shops.values()):
                later["shops"] = {code: "assigned" if enabled else "disabled" for code, enabled in shops.items()}
        wishes = [_wish(one) for one in customer.iterfind("customer-wishlist/wishlist-item")]
        if wishes:
            later["wish_list"] = wishes
        if later:
            draft["later"] = later

    def _ignore(self, where: str, element: Element, known: set[str]) -> None:
        for child in element:
            if child.tag not in known:
                self._note(f"{where}/{child.tag}")

    def _note(self, name: str) -> None:
        if len(self.ignored) < _MOST_IGNORED:
            self.ignored[name] = None


_BOOK = "customer-addresses/address"
_TRUE = frozenset({"true", "1"})


def _keys(aggregate: Aggregate[Any]) -> frozenset[str]:
    return frozenset(key for field in aggregate.fields if (key := info_key(field)) is not None)


def _text(element: Element, path: str) -> str:
    return (element.findtext(path) or "").strip()


def _texts(element: Element, path: str) -> Iterator[str]:
    return (text for one in element.iterfind(path) if (text := (one.text or "").strip()))


def _wish(item: Element) -> dict[str, Any]:
    """Return an item of a wish list as it is, by names of ours."""
    price = item.find("price")
    told = {
        "sku": item.get("sku-code"),
        "quantity": _text(item, "quantity"),
        "type": item.get("wishlist-type"),
        "private": item.get("visibility") == "P",
        "tags": list(_texts(item, "tags/tag")),
        "price": None if price is None else _text(price, "list-price"),
        "currency": None if price is None else price.get("currency"),
    }
    return {name: value for name, value in told.items() if value not in (None, "", [])}
