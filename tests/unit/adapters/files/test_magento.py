"""Magento's two customer files: the customers, then their addresses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from customercore import CustomerCore
from customercore.errors import InvalidValueError
from customercore.wiring import open_core

MAIN = """email,_website,_store,confirmation,created_at,created_in,disable_auto_group_change,dob,firstname,gender,\
group_id,lastname,middlename,password_hash,prefix,rp_token,rp_token_created_at,store_id,suffix,taxvat,website_id,password
ada@example.com,base,default,,2020-01-02 03:04:05,Default,0,1815-12-10 00:00:00,Ada,Female,1,Lovelace,King,\
{hash},Mrs.,,,1,Sr.,GB123456789,1,
bo@example.com,base,default,,2020-01-02 03:04:05,Default,0,,Bo,,1,Ek,,plain words,,,,1,,,1,
ada@example.com,outlet,default,,2020-01-02 03:04:05,Default,0,,Ada,,1,Other,,,,,,1,,,1,
"""
HASH = "a" * 64 + ":" + "s" * 32 + ":1"
ADDRESSES = """_website,_email,_entity_id,city,company,country_id,fax,firstname,lastname,middlename,postcode,prefix,\
region,region_id,street,suffix,telephone,vat_id,vat_is_valid,_address_default_billing_,_address_default_shipping_
base,ada@example.com,1,London,Tea Ltd,GB,,Ada,Lovelace,King,SW1Y 4JH,Mrs.,,,"12 St James's Square
Flat 2",,+44 20 7946 0000,GB1,,1,
base,Ada@Example.com,2,Malmö,,SE,,Ada,Lovelace,,211 34,,Skåne,,Storgatan 1,,,,,,1
base,nobody@example.com,3,Malmö,,SE,,Bo,Ek,,211 34,,,,Storgatan 1,,,,,,1
outlet,bo@example.com,4,Malmö,,SE,,Bo,Ek,,211 34,,,,Storgatan 1,,,,,,1
outlet,ada@example.com,5,Oslo,,NO,,Ada,Other,,0150,,,,"a
b
c
d",,,,,,
"""


@pytest.fixture
def core() -> Iterator[CustomerCore]:
    with open_core("memory://") as core:
        for shop in ("base", "outlet"):
            core.shops.create(shop, name=shop, currency="SEK")
        core.settings.update(email={"scope": "shop"})
        core.info_types.define("taxvat", "text")
        core.info_types.define("vat_id", "text", applies_to="address")
        yield core


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "main.csv").write_text(MAIN.format(hash=HASH), "utf-8")
    (tmp_path / "addresses.csv").write_text(ADDRESSES, "utf-8")
    return tmp_path


def test_the_main_file_makes_the_customers(core: CustomerCore, folder: Path) -> None:
    report = core.imports.run(folder / "main.csv", "magento")
    assert (report.created, report.refused) == (3, 0), report.refusals
    ada = core.customers.by_email("ada@example.com", shop="base")
    assert (ada.salutation, ada.first_name, ada.middle_name, ada.last_name, ada.suffix) == (
        "Mrs.", "Ada", "King", "Lovelace", "Sr.",
    )  # fmt: skip
    assert (ada.birth_date, ada.shop, ada.info) == (dt.date(1815, 12, 10), "base", {"taxvat": "GB123456789"})
    assert ada.imported_password == f"magento:{HASH}"
    assert core.customers.by_email("ada@example.com", shop="outlet").last_name == "Other"
    assert {"rp_token", "password", "gender", "group_id", "created_at"} <= set(report.ignored)
    assert "password_hash" not in report.ignored


def test_a_text_that_is_no_hash_is_not_kept_and_said_so(core: CustomerCore, folder: Path) -> None:
    report = core.imports.run(folder / "main.csv", "magento")
    assert [(one.line, one.field, one.code) for one in report.warnings] == [(3, "password_hash", "unknown_hash")]
    assert "plain words" not in repr(report.warnings)
    assert core.customers.by_email("bo@example.com", shop="base").imported_password is None


def test_the_address_file_adds_to_the_customer_of_that_e_mail_and_website(core: CustomerCore, folder: Path) -> None:
    core.imports.run(folder / "main.csv", "magento")
    rejects = folder / "rejects.csv"
    report = core.imports.run(folder / "addresses.csv", "magento", on_conflict="update", rejects=rejects)
    assert (report.read, report.updated, report.refused) == (5, 3, 2)
    assert [(one.line, one.code) for one in report.refusals] == [(5, "unknown_customer"), (6, "unknown_customer")]
    ada = core.customers.by_email("ada@example.com", shop="base")
    invoice, delivery = ada.addresses
    assert (ada.last_name, invoice.first_name, invoice.company_name) == ("Lovelace", "Ada King", "Tea Ltd")
    assert (invoice.line1, invoice.line2, invoice.city, invoice.info) == (
        "12 St James's Square", "Flat 2", "London", {"vat_id": "GB1"},
    )  # fmt: skip
    assert invoice.default_for == {"invoice"}
    assert delivery.default_for == {"delivery"}
    (oslo,) = core.customers.by_email("ada@example.com", shop="outlet").addresses
    assert (oslo.line1, oslo.line2, oslo.line3) == ("a", "b", "c, d")
    again = core.imports.run(folder / "addresses.csv", "magento", on_conflict="update")
    assert (again.updated, again.skipped, again.refused) == (0, 3, 2)
    text = rejects.read_text("utf-8").replace("nobody@", "bo@")
    rejects.write_text(text, "utf-8")
    mended = core.imports.run(rejects, "magento", on_conflict="update")
    assert (mended.updated, mended.refused) == (1, 1)


@pytest.mark.parametrize("on_conflict", ["skip", "fail"])
def test_the_address_file_says_that_it_only_updates(on_conflict: str, core: CustomerCore, folder: Path) -> None:
    with pytest.raises(InvalidValueError) as caught:
        core.imports.run(folder / "addresses.csv", "magento", on_conflict=on_conflict)
    assert (caught.value.field, caught.value.code) == ("on_conflict", "update_needed")


def test_a_file_that_is_neither_is_refused(core: CustomerCore, folder: Path) -> None:
    for header in ("a,b\n", "_email,city\n"):
        (folder / "other.csv").write_text(header, "utf-8")
        with pytest.raises(InvalidValueError) as caught:
            core.imports.run(folder / "other.csv", "magento")
        assert caught.value.code == "missing_columns"
