"""A customer as a value."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
import pytest

from customercore.domain.address import DELIVERY, INVOICE, Address
from customercore.domain.customer import ACTIVE, GUEST, INACTIVE, STATUSES, Customer
from customercore.domain.field import Privacy, fields_of
from customercore.errors import Problem
from customercore.testing.samples import filled

AT = dt.datetime(2026, 1, 31, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        ({}, None),
        ({"first_name": "Ada"}, "Ada"),
        ({"first_name": "Ada", "last_name": "Lovelace"}, "Ada Lovelace"),
        ({"last_name": "Lovelace", "suffix": "Jr"}, "Lovelace Jr"),
        (
            {"salutation": "Ms", "first_name": "Ada", "middle_name": "King", "last_name": "Lovelace", "suffix": "I"},
            "Ada King Lovelace I",
        ),
    ],
)
def test_the_full_name_is_made_of_the_parts_there_are(parts: dict[str, Any], name: str | None) -> None:
    assert attrs.evolve(Customer(), **parts).full_name == name


def test_the_bin_is_a_status_with_a_date_and_back_again() -> None:
    customer = Customer(id="1")
    binned = customer.deactivated(AT)
    assert (binned.status, binned.deactivated_at) == (INACTIVE, AT)
    assert binned.reactivated() == customer
    assert (customer.status, customer.deactivated_at) == (ACTIVE, None)


@pytest.mark.parametrize("status", STATUSES)
def test_registered_customers_are_unique_until_they_are_gone(status: str) -> None:
    assert Customer(status=status).identifiable is (status in (ACTIVE, INACTIVE))
    assert not Customer(status=status, kind=GUEST).identifiable


def test_the_delivery_address_may_be_the_invoice_address() -> None:
    invoice = Address(id="1", country="SE", default_for=frozenset({INVOICE}))
    delivery = Address(id="2", country="SE", default_for=frozenset({DELIVERY}))
    customer = Customer(addresses=(delivery, invoice))
    assert customer.default_address(INVOICE) == invoice
    assert customer.default_address(DELIVERY) == delivery
    assert attrs.evolve(customer, use_invoice_for_delivery=True).default_address(DELIVERY) == invoice
    assert Customer().default_address(INVOICE) is None


def test_warnings_are_no_part_of_what_a_customer_is() -> None:
    assert Customer(warnings=(Problem("phones[0]", "invalid_phone", "is not one"),)) == Customer()


def test_a_customer_says_nothing_personal_of_itself() -> None:
    customer: Customer = filled("customers", 3)
    shown = repr(customer)
    for field in fields_of(Customer):
        value = getattr(customer, field.name)
        if field.privacy is Privacy.PERSONAL and isinstance(value, str):
            assert value not in shown
    assert customer.id in shown
    assert str(customer) == shown


def test_what_tells_who_a_person_is_is_declared_personal() -> None:
    personal = {field.name for field in fields_of(Customer) if field.privacy is Privacy.PERSONAL}
    assert {"code", "email", "first_name", "last_name", "phones", "birth_date", "information", "addresses"} <= personal
    of_address = {field.name for field in fields_of(Address) if field.privacy is not Privacy.PERSONAL}
    assert of_address - {"info"} == {"id", "purposes", "default_for", "country"}  # info types say it themselves


def test_a_customer_cannot_be_changed_in_place() -> None:
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        Customer().email = "eve@example.com"  # type: ignore[misc]  # that is what is tested
