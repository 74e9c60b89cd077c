"""WooCommerce's customers, by the columns of its two export extensions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from customercore import CustomerCore, where
from customercore.errors import InvalidValueError
from customercore.wiring import open_core

PHPASS = "$P$B" + "x" * 30
SUITE = """ID,customer_id,user_login,user_pass,user_nicename,user_email,user_url,user_registered,display_name,\
first_name,last_name,user_status,roles,nickname,description,locale,session_tokens,billing_first_name,billing_last_name,\
billing_company,billing_email,billing_phone,billing_address_1,billing_address_2,billing_postcode,billing_city,\
billing_state,billing_country,shipping_first_name,shipping_last_name,shipping_company,shipping_address_1,\
shipping_address_2,shipping_postcode,shipping_city,shipping_state,shipping_country,shipping_method
7,7,ada,{hash},ada,ada@example.com,,2020-01-02 03:04:05,Ada,Ada,Lovelace,0,"customer, wholesale",ada,A note,en_GB,x,\
Ada,Lovelace,Tea Ltd,bill@example.com,+44 20 7946 0000,12 St James's Square,Flat 2,SW1Y 4JH,London,,GB,Bo,Ek,,\
Storgatan 1,,211 34,Malmö,,SE,flat
8,8,bo,,bo,bo@example.com,,,Bo,,,0,customer,bo,,site-default,,Bo,Ek,,,,,,,,,SE,,,,,,,,,,
"""
EXPORT = """customer_id,email,first_name,last_name,role,password_hash,billing_address_1,billing_city,billing_country
9,eve@example.com,Eve,Ek,subscriber,$wp$2y$10${salted},Storgatan 2,Lund,SE
0,guest@example.com,Gus,Guest,,$P$BXXX,Storgatan 3,Lund,SE
10,tea@example.com,,,customer,,,,
"""


@pytest.fixture
def core() -> Iterator[CustomerCore]:
    with open_core("memory://") as core:
        yield core


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "users.csv"
    path.write_text(text, "utf-8")
    return path


def test_the_columns_of_the_import_export_suite_come_along(core: CustomerCore, tmp_path: Path) -> None:
    report = core.imports.run(write(tmp_path, SUITE.format(hash=PHPASS)), "woocommerce")
    assert (report.created, report.refused) == (2, 0), report.refusals
    ada = core.customers.by_code("7")
    assert (ada.email, ada.first_name, ada.last_name, ada.language) == ("ada@example.com", "Ada", "Lovelace", "en-GB")
    assert (ada.customer_type, ada.company_name, ada.information) == ("business", "Tea Ltd", "A note")
    assert (ada.phones, sorted(ada.tags)) == (("+44 20 7946 0000",), ["wholesale"])
    assert ada.imported_password == f"phpass:{PHPASS}"
    invoice, delivery = ada.addresses
    assert (*invoice.default_for, invoice.line2, invoice.email) == ("invoice", "Flat 2", "bill@example.com")
    assert (*delivery.default_for, delivery.first_name, delivery.city) == ("delivery", "Bo", "Malmö")
    bo = core.customers.by_code("8")
    assert (bo.first_name, bo.language, bo.addresses, bo.customer_type) == ("Bo", None, (), "private")
    assert {"user_login", "session_tokens", "shipping_method"} <= set(report.ignored)


def test_the_columns_of_the_customer_export_come_along_guests_too(core: CustomerCore, tmp_path: Path) -> None:
    rejects = tmp_path / "rejects.csv"
    path = write(tmp_path, EXPORT.format(salted="y" * 53))
    report = core.imports.run(path, "woocommerce", rejects=rejects)
    assert (report.created, report.refused) == (2, 1)
    eve = core.customers.by_code("9")
    assert (eve.imported_password or "").startswith("wordpress-bcrypt:$wp$2y$10$")
    (guest,) = core.customers.iterate(where.kind == "guest")
    assert (guest.email, guest.code, guest.imported_password) == ("guest@example.com", None, None)
    again = core.imports.run(path, "woocommerce")
    assert (again.created, again.skipped, again.refused) == (0, 2, 1)
    rejects.write_text(rejects.read_text("utf-8").replace("tea@example.com,,", "tea@example.com,Tea,Ek"), "utf-8")
    assert core.imports.run(rejects, "woocommerce").created == 1


def test_a_column_that_is_an_info_type_is_one(core: CustomerCore, tmp_path: Path) -> None:
    core.info_types.define("nickname", "text")
    core.imports.run(write(tmp_path, SUITE.format(hash="")), "woocommerce")
    assert core.customers.by_code("7").info == {"nickname": "ada"}


def test_a_file_without_e_mail_is_refused(core: CustomerCore, tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError, match="user_email or email") as caught:
        core.imports.run(write(tmp_path, "ID,first_name\n"), "woocommerce")
    assert caught.value.code == "missing_columns"
