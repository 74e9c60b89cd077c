"""YesCart's customers XML: every field, refused customers, and files that are broken in the middle."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from customercore import CustomerCore, where
from customercore.adapters.files import xml_records
from customercore.adapters.files.xml_records import XmlRecords
from customercore.errors import InvalidValueError
from customercore.wiring import open_core

HASH = "900150983cd24fb0d6963f7d28e17f72"
ADA = f"""<customer id="7" guid="GUID-7" code="C7">
  <credentials guest="false">
    <email>ada@example.com</email><password>{HASH}</password>
    <password-expiry>2099-01-01 00:00:00</password-expiry><auth-token>T1</auth-token>
  </credentials>
  <organisation>
    <company-name-1>JJ</company-name-1><company-name-2>PLC</company-name-2>
    <company-department>IT</company-department>
    <shops><shop code="outlet" enabled="false"/><shop code="main" enabled="true"/></shops>
  </organisation>
  <contact-details>
    <salutation>Mrs</salutation><firstname>Ada &amp; Åsa</firstname><middlename>K.</middlename>
    <lastname><![CDATA[Love</customer>lace]]></lastname>
  </contact-details>
  <policies><tags><tag>T1</tag><tag>T2</tag></tags><type>B2C</type><pricing-policy>P1</pricing-policy></policies>
  <custom-attributes>
    <custom-attribute attribute="CUSTOMER_PHONE"><custom-value>020 7224 3688</custom-value></custom-attribute>
    <custom-attribute attribute="UNHEARD_OF"><custom-value>x</custom-value></custom-attribute>
  </custom-attributes>
  <customer-addresses>
    <address address-type="S" default-address="true">
      <address-name>Home</address-name><salutation>Mr</salutation><firstname>Sherlock</firstname>
      <middlename>William</middlename><lastname>Holmes</lastname><addrline-1>221B</addrline-1>
      <addrline-2>Baker Str</addrline-2><city>London</city><postcode>NW1 6XE</postcode>
      <country-code>GB</country-code><state-code>GB</state-code><phone-1>020 7224 3688</phone-1>
      <mobile-1>020 7224 3690</mobile-1><email-1>s@example.com</email-1>
      <company-name-1>S. Holmes</company-name-1><company-department>Detective</company-department>
      <custom-0>C0</custom-0><custom-9>C9</custom-9>
    </address>
    <address address-type="B" default-address="false">
      <lastname>Holmes</lastname><addrline-1>Oxford Str</addrline-1><city>London</city>
      <postcode>NW1 6XE</postcode><country-code>GB</country-code>
    </address>
  </customer-addresses>
  <customer-wishlist>
    <wishlist-item wishlist-type="W" visibility="P" sku-code="SKU-1">
      <tags><tag>Mine</tag></tags><quantity>2.00</quantity>
      <price currency="GBP" quantity="2.00"><list-price>9.99</list-price></price>
    </wishlist-item>
  </customer-wishlist>
</customer>"""
GUEST = """<customer guid="G2"><credentials guest="true"><email>10002</email><guest-email>g@example.com</guest-email>
<password>ZZZ</password></credentials><organisation/><contact-details><firstname>Jane</firstname>
<lastname>Smith</lastname></contact-details><policies/></customer>"""


def person(number: int, inside: str = "") -> str:
    return (
        f'<customer guid="P{number}"><credentials guest="false"><email>p{number}@example.com</email></credentials>\n'
        f"<contact-details><firstname>Pat</firstname><lastname>Nr {number}</lastname>{inside}</contact-details>\n"
        "</customer>"
    )


def file(tmp_path: Path, *customers: str, head: str = '<?xml version="1.0" encoding="UTF-8"?>\n') -> Path:
    path = tmp_path / "customers.xml"
    path.write_text(head + "<customers>\n" + "\n".join(customers) + "\n</customers>\n", "utf-8")
    return path


@pytest.fixture
def core() -> Iterator[CustomerCore]:
    with open_core("memory://") as core:
        for shop in ("main", "outlet"):
            core.shops.create(shop, name=shop, currency="GBP")
        core.info_types.define_standard()
        for key in ("custom_0", "mobile_1"):
            core.info_types.define(key, "text", applies_to="address")
        yield core


def test_every_field_comes_along(core: CustomerCore, tmp_path: Path) -> None:
    report = core.imports.run(file(tmp_path, ADA), "yescart")
    assert (report.created, report.refused, report.warned) == (1, 0, 0), report.refusals or report.warnings
    ada = core.customers.by_email("ada@example.com")
    assert (ada.code, ada.kind, ada.shop, ada.customer_type, ada.pricing_policy) == (
        "C7", "registered", "main", "private", "P1",
    )  # fmt: skip
    assert (ada.salutation, ada.first_name, ada.middle_name, ada.last_name) == (
        "Mrs", "Ada & Åsa", "K.", "Love</customer>lace",
    )  # fmt: skip
    assert (ada.company_name, ada.company_name_2, ada.department) == ("JJ", "PLC", "IT")
    assert ada.tags == {"T1", "T2"}
    assert ada.info == {"CUSTOMER_PHONE": "020 7224 3688"}
    assert ada.imported_password == f"md5:{HASH}"
    home, invoice = ada.addresses
    assert (home.label, home.first_name, home.last_name, home.line2) == (
        "Home",
        "Sherlock William",
        "Holmes",
        "Baker Str",
    )
    assert home.purposes == home.default_for == {"delivery"}
    assert (home.phone, home.email, home.company_name, home.department, home.region) == (
        "020 7224 3688", "s@example.com", "S. Holmes", "Detective", "GB",
    )  # fmt: skip
    assert home.info == {"custom_0": "C0", "mobile_1": "020 7224 3690"}
    assert (sorted(invoice.purposes), sorted(invoice.default_for)) == (["invoice"], [])
    assert invoice.line1 == "Oxford Str"


def test_what_has_no_place_is_named_or_kept_for_later_and_never_lost(core: CustomerCore, tmp_path: Path) -> None:
    later = tmp_path / "later.jsonl"
    report = core.imports.run(file(tmp_path, ADA, "<other/>", GUEST), "yescart", later=later)
    assert set(report.ignored) == {
        "other", "custom-attribute UNHEARD_OF", "address/custom-9", "credentials/auth-token",
        "credentials/password-expiry",
    }  # fmt: skip
    (kept,) = report.kept
    assert kept == json.loads(later.read_text("utf-8"))
    assert (report.later, report.later_path) == (1, str(later))
    assert kept["email"] == "ada@example.com"
    assert kept["shops"] == {"outlet": "disabled", "main": "assigned"}
    assert kept["wish_list"] == [
        {
            "sku": "SKU-1", "quantity": "2.00", "type": "W", "private": True, "tags": ["Mine"],
            "price": "9.99", "currency": "GBP",
        }
    ]  # fmt: skip
    assert later.stat().st_mode & 0o077 == 0
    again = core.imports.run(tmp_path / "customers.xml", "yescart")
    assert (again.created, again.skipped, again.later) == (0, 2, 1)


def test_a_guest_is_a_guest_with_the_address_it_gave(core: CustomerCore, tmp_path: Path) -> None:
    core.imports.run(file(tmp_path, GUEST), "yescart")
    (guest,) = core.customers.iterate(where.kind == "guest")
    assert (guest.kind, guest.email, guest.customer_type, guest.imported_password) == (
        "guest", "g@example.com", "guest", None,
    )  # fmt: skip


@pytest.mark.parametrize(
    "broken",
    [
        "<customer><credentials></customer>",
        person(9, "<x>"),
        person(9, "&bomb;"),
        person(9, "\x01"),
        person(9, "<!-- never closed"),
        person(9, "<![CDATA[never closed"),
        person(9, "</contact-details></customer></customers>"),
        "<customer><credentials>",
        "stray </b> text",
        "\x00",
    ],
)
def test_a_broken_customer_costs_itself_and_not_its_neighbours(broken: str, core: CustomerCore, tmp_path: Path) -> None:
    rejects = tmp_path / "rejects.xml"
    path = file(tmp_path, person(1), person(2), broken, *map(person, range(10, 400)))
    report = core.imports.run(path, "yescart", rejects=rejects)
    assert report.refused >= 1
    assert {one.code for one in report.refusals} <= {"malformed_xml"}
    assert report.refusals[0].line in (8, 9, 10)
    emails = {str(one.email) for one in core.customers.iterate()}
    lost = {f"p{number}@example.com" for number in (1, 2, *range(10, 400))} - emails
    assert lost <= {"p10@example.com"}
    assert all(one in rejects.read_text("utf-8") for one in lost)


@pytest.mark.parametrize("gap", ["", "\n"])
@pytest.mark.parametrize("people", [[1, 2], [1, 2, 0]])
def test_a_file_that_is_cut_off_between_two_customers_is_not_silently_shorter(
    gap: str, people: list[int], core: CustomerCore, tmp_path: Path
) -> None:
    """0 stands for a customer that is broken, but has its end."""
    rejects = tmp_path / "rejects.xml"
    whole = file(tmp_path, *(person(one) if one else person(9, "<x>") for one in people)).read_text("utf-8")
    path = tmp_path / "cut.xml"
    path.write_text(whole.removesuffix("</customers>\n").rstrip() + gap, "utf-8")
    report = core.imports.run(path, "yescart", rejects=rejects)
    assert (report.read, report.created) == (len(people) + 1, len([one for one in people if one]))
    assert [one.code for one in report.refusals][-1] == "file_cut_off"
    assert "[file_cut_off]" in rejects.read_text("utf-8")
    assert core.imports.run(rejects, "yescart").refused == report.refused - 1


def test_refused_customers_are_mended_and_imported_again(core: CustomerCore, tmp_path: Path) -> None:
    rejects = tmp_path / "rejects.xml"
    path = file(tmp_path, person(1).replace("p1@", "p1--"), person(2), person(3, "<x>"))
    report = core.imports.run(path, "yescart", rejects=rejects)
    assert [(one.line, one.code) for one in report.refusals] == [(3, "invalid_email"), (9, "malformed_xml")]
    text = rejects.read_text("utf-8")
    assert "<!-- line 3: email:" in text
    assert "[invalid_email]" in text
    rejects.write_text(text.replace("p1--", "p1@").replace("<x>", ""), "utf-8")
    again = core.imports.run(rejects, "yescart")
    assert (again.created, again.refused) == (2, 0)
    assert core.customers.count() == 3


@pytest.mark.parametrize(
    ("head", "code"),
    [
        ('<!DOCTYPE customers [<!ENTITY a "b">]>\n', "doctype_not_allowed"),
        ('<?xml version="1.0"?><!DOCTYPE customers SYSTEM "http://example.com/x.dtd">\n', "doctype_not_allowed"),
        ("<other>", "wrong_root"),
        ("no xml", "wrong_root"),
    ],
)
def test_a_file_of_another_kind_is_refused_as_a_whole(head: str, code: str, core: CustomerCore, tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError) as caught:
        core.imports.run(file(tmp_path, person(1), head=head), "yescart")
    assert (caught.value.field, caught.value.code) == ("path", code)


@pytest.mark.parametrize(("encoding", "declared"), [("iso-8859-1", True), ("utf-16", False), ("windows-1252", False)])
def test_the_encoding_is_declared_marked_or_named(
    encoding: str, declared: bool, core: CustomerCore, tmp_path: Path
) -> None:
    path = file(
        tmp_path, person(1).replace("Pat", "Åsa"), head=f'<?xml version="1.0" encoding="{encoding}"?>' * declared
    )
    path.write_bytes(path.read_text("utf-8").encode(encoding))
    named = None if declared or encoding == "utf-16" else encoding
    assert core.imports.run(path, "yescart", encoding=named).created == 1
    assert core.customers.by_email("p1@example.com").first_name == "Åsa"


def test_bytes_of_another_encoding_cost_one_customer(core: CustomerCore, tmp_path: Path) -> None:
    path = file(tmp_path, person(1), person(2).replace("Pat", "Åsa"), person(3))
    path.write_bytes(path.read_bytes().replace("Å".encode(), b"\xc5"))
    report = core.imports.run(path, "yescart")
    assert (report.created, [one.code for one in report.refusals]) == (2, ["malformed_xml"])


def test_a_customer_without_an_end_does_not_fill_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_records, "_LONGEST", 200_000)
    huge = person(2, "z\n" * 300_000)
    records = XmlRecords(str(file(tmp_path, person(1), huge, person(3))), "customers", "customer")
    found = [(one.problem.code if one.problem else None, len(one.text)) for one in records.records()]
    records.close()
    assert [code for code, _ in found].count(None) == 2
    assert [code for code, _ in found if code] == ["row_too_large"]
    assert max(size for _, size in found) < 2_000
