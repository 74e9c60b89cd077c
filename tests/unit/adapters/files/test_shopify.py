from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from customercore.adapters.files.shopify import ShopifyCustomers
from customercore.errors import InvalidValueError
from customercore.wiring import default_catalogue

HEADER = (
    "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,Default Address Address1,"
    "Default Address Address2,Default Address City,Default Address Province Code,Default Address Country Code,"
    "Default Address Zip,Default Address Phone,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Note,Tax Exempt,"
    "Tags"
)
NAMES = HEADER.split(",")


def draft(folder: Path, **cells: str) -> dict[str, Any]:
    given = {name.replace(" ", "_"): "" for name in NAMES} | cells
    path = folder / "shopify.csv"
    path.write_text(f"\ufeff{HEADER}\n" + ",".join(f'"{cell}"' for cell in given.values()) + "\n", encoding="utf-8")
    source = ShopifyCustomers().open(str(path), catalogue=default_catalogue())
    (row,) = source.rows()
    found = source.draft(row, [])
    source.close()
    return found


def test_apostrophes_in_front_of_numbers_and_phones_are_taken_away(tmp_path: Path) -> None:
    found = draft(tmp_path, Customer_ID="'7300", Phone="'+46 8 1", Default_Address_Zip="'H2G 1A7", Last_Name="'t Hooft")
    assert found["code"] == "7300"
    assert found["phones"] == ["+46 8 1"]
    assert found["addresses"] == [{"postcode": "H2G 1A7"}]
    assert found["last_name"] == "'t Hooft"


def test_tags_are_separated_by_commas(tmp_path: Path) -> None:
    assert draft(tmp_path, Tags="VIP, new customer")["tags"] == ["VIP", " new customer"]


def test_a_company_makes_a_business_and_stands_in_the_address_too(tmp_path: Path) -> None:
    found = draft(tmp_path, Default_Address_Company="Tea AB", Default_Address_Country_Code="SE")
    assert found == {
        "company_name": "Tea AB",
        "customer_type": "business",
        "addresses": [{"company_name": "Tea AB", "country": "SE"}],
    }


def test_a_company_alone_is_no_address(tmp_path: Path) -> None:
    found = draft(tmp_path, Default_Address_Company="Tea AB")
    assert found == {"company_name": "Tea AB", "customer_type": "business"}


def test_without_an_address_there_is_none(tmp_path: Path) -> None:
    assert draft(tmp_path, Email="a@example.com", Note=" Hello ") == {"email": "a@example.com", "information": "Hello"}


def test_the_address_has_its_own_columns(tmp_path: Path) -> None:
    found = draft(
        tmp_path,
        Default_Address_Address1="Gatan 1",
        Default_Address_Address2="c/o",
        Default_Address_City="Lund",
        Default_Address_Province_Code="M",
        Default_Address_Country_Code="SE",
        Default_Address_Phone="'+46",
    )
    assert found["addresses"] == [
        {"line1": "Gatan 1", "line2": "c/o", "city": "Lund", "region": "M", "country": "SE", "phone": "+46"}
    ]


def test_what_is_not_imported_is_named(tmp_path: Path) -> None:
    (tmp_path / "shopify.csv").write_text(f"{HEADER},Metafield\n", encoding="utf-8")
    source = ShopifyCustomers().open(str(tmp_path / "shopify.csv"), catalogue=default_catalogue())
    source.close()
    assert source.ignored == (
        "Accepts Email Marketing",
        "Accepts SMS Marketing",
        "Total Spent",
        "Total Orders",
        "Tax Exempt",
        "Metafield",
    )


def test_a_file_without_shopifys_columns_is_refused(tmp_path: Path) -> None:
    (tmp_path / "shopify.csv").write_text("First Name,Mail\n", encoding="utf-8")
    with pytest.raises(InvalidValueError, match="Last Name, Email") as caught:
        ShopifyCustomers().open(str(tmp_path / "shopify.csv"), catalogue=default_catalogue())
    assert caught.value.code == "missing_columns"


def test_it_takes_no_mapping(tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError) as caught:
        ShopifyCustomers().open(str(tmp_path / "shopify.csv"), catalogue=default_catalogue(), mapping="plan.toml")
    assert caught.value.field == "mapping"
