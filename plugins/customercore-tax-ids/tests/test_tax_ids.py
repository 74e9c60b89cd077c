"""The two kinds, alone and as fields of customers."""

from __future__ import annotations

import inspect
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import customercore_tax_ids
from customercore import CustomerCore, open_core, where
from customercore.errors import DuplicateError, InvalidValueError
from customercore.extension import Definitions, Field, Kind, RefusedError
from customercore_tax_ids import BusinessIdKind, VatIdKind
from customercore_tax_ids.business_id import NUMBERS
from customercore_tax_ids.vat_id import COUNTRIES

FIELD, DEFINITIONS = Field("info.number", "text"), Definitions()
LONGEST_KIND = 40

VAT_IDS = {
    "AT U13585627": "ATU13585627",
    "BE 428759497": "BE0428759497",
    "BG 175 074 752": "BG175074752",
    "CHE-107.787.577 IVA": "CHE107787577MWST",
    "CY-10259033P": "CY10259033P",
    "CZ 25123891": "CZ25123891",
    "DE 136,695 976": "DE136695976",
    "DK 13585628": "DK13585628",
    "EE 100 931 558": "EE100931558",
    "EL 094259216": "EL094259216",
    "ES B-58378431": "ESB58378431",
    "FI 20774740": "FI20774740",
    "Fr 40 303 265 045": "FR40303265045",
    "GB 980 7806 84": "GB980780684",
    "HR 33392005961": "HR33392005961",
    "HU-12892312": "HU12892312",
    "IE 6433435F": "IE6433435F",
    "IT 00743110157": "IT00743110157",
    "LT 119511515": "LT119511515",
    "LU 150 274 42": "LU15027442",
    "LV 4000 3521 600": "LV40003521600",
    "MT 1167-9112": "MT11679112",
    "NL4495445B01": "NL004495445B01",
    "no 995 525 828 mva": "NO995525828MVA",
    "PL 8567346215": "PL8567346215",
    "PT 501 964 843": "PT501964843",
    "RO 143 998 40": "RO14399840",
    "SE 123456789701": "SE123456789701",
    "SI 5022 3054": "SI50223054",
    "SK 202 274 96 19": "SK2022749619",
    "XI 980 7806 84": "XI980780684",
}
BUSINESS_IDS = {
    "AT FN 122119m": "AT122119M",
    "AU 83 914 571 673": "AU83914571673",
    "BE 0403.019.261": "BE0403019261",
    "BR 16.727.230/0001-97": "BR16727230000197",
    "CA 12302 6635": "CA123026635",
    "CHE-100.155.212": "CHE100155212",
    "CN 91110000600037341L": "CN91110000600037341L",
    "DK 13585628": "DK13585628",
    "EE 12345678": "EE12345678",
    "ES J99216582": "ESJ99216582",
    "FI 2077474-0": "FI20774740",
    "FR 552 008 443": "FR552008443",
    "IL 516179157": "IL516179157",
    "IT 00743110157": "IT00743110157",
    "JP 5835678256246": "JP5835678256246",
    "KR 116-82-00276": "KR1168200276",
    "NO 988 077 917": "NO988077917",
    "PL 192598184": "PL192598184",
    "RO 14399840": "RO14399840",
    "se: 556188–8404": "SE5561888404",
    "SG 00192200M": "SG00192200M",
    "SI 9331310000": "SI9331310",
    "TW 00501503": "TW00501503",
    "UA 32855961": "UA32855961",
    "US 91-1144442": "US911144442",
}
EXAMPLES = [
    *((VatIdKind(), text, kept) for text, kept in VAT_IDS.items()),
    *((BusinessIdKind(), text, kept) for text, kept in BUSINESS_IDS.items()),
]


def parsed(kind: Kind, text: object) -> object:
    return kind.parse(text, FIELD, DEFINITIONS)


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(RefusedError) as caught:
        call()
    return caught.value.problems[0].code


def test_there_is_an_example_for_every_country() -> None:
    assert {kept[:2] for kept in VAT_IDS.values()} == COUNTRIES
    assert {kept[:2] for kept in BUSINESS_IDS.values()} == set(NUMBERS)


@pytest.mark.parametrize(("kind", "text", "kept"), EXAMPLES)
def test_a_number_is_kept_in_one_form_however_it_is_written(kind: Kind, text: str, kept: str) -> None:
    assert parsed(kind, text) == parsed(kind, f" {text.lower()} ") == kept


@pytest.mark.parametrize(("kind", "text", "kept"), EXAMPLES)
def test_what_is_kept_gives_itself_back(kind: Kind, text: str, kept: str) -> None:
    assert parsed(kind, kept) == kept
    assert parsed(kind, kind.from_text(kind.to_text(kept))) == kept
    assert kind.from_document(kind.to_document(kept)) == kept


@pytest.mark.parametrize(("kind", "text", "kept"), EXAMPLES)
def test_a_number_with_one_digit_less_is_refused(kind: Kind, text: str, kept: str) -> None:
    if kept.startswith("AT") and isinstance(kind, BusinessIdKind):
        pytest.skip("Austria's company numbers have neither a length nor a check digit")
    digits = [at for at, one in enumerate(kept) if one.isdigit()]
    assert code_of(lambda: parsed(kind, kept[: digits[-1]] + kept[digits[-1] + 1 :])).startswith("invalid_")


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        (VatIdKind(), "SE123456789101", "invalid_vat_id"),
        (VatIdKind(), "123456789701", "invalid_vat_id"),
        (VatIdKind(), "US911144442", "invalid_vat_id"),
        (VatIdKind(), "EU372022452", "invalid_vat_id"),
        (VatIdKind(), "CHE-107.787.577", "invalid_vat_id"),
        (VatIdKind(), "SE", "invalid_vat_id"),
        (VatIdKind(), "S", "invalid_vat_id"),
        (BusinessIdKind(), "SE 556188-8405", "invalid_business_id"),
        (BusinessIdKind(), "556188-8404", "invalid_business_id"),
        (BusinessIdKind(), "XX 556188-8404", "invalid_business_id"),
        (BusinessIdKind(), "SE", "invalid_business_id"),
        (VatIdKind(), "SE" + "1" * 60, "too_long"),
        (VatIdKind(), 123456789701, "wrong_type"),
        (BusinessIdKind(), "SE\x00", "control_character"),
    ],
)
def test_what_is_no_number_is_refused(kind: Kind, text: object, code: str) -> None:
    assert code_of(lambda: parsed(kind, text)) == code


@pytest.mark.parametrize("kind", [VatIdKind(), BusinessIdKind()])
def test_an_empty_text_is_no_value(kind: Kind) -> None:
    assert parsed(kind, "  ") is None


def test_a_swiss_number_is_one_number_in_every_language() -> None:
    spellings = [f"CHE-107.787.577 {ending}" for ending in ("MWST", "TVA", "IVA", "TPV")]
    assert {parsed(VatIdKind(), one) for one in spellings} == {"CHE107787577MWST"}


def test_greece_is_known_by_both_of_its_codes() -> None:
    assert parsed(VatIdKind(), "GR 094259216") == parsed(VatIdKind(), "EL 094259216")


def test_a_french_key_of_letters_is_not_taken_for_the_country() -> None:
    first = parsed(VatIdKind(), "FRK7399859412")
    assert parsed(VatIdKind(), first) == first == "FRK7399859412"


@given(st.sampled_from([VatIdKind(), BusinessIdKind()]), st.sampled_from(sorted({*COUNTRIES, *NUMBERS, ""})), st.text())
def test_any_text_is_refused_or_kept_in_a_form_that_gives_itself_back(kind: Kind, country: str, rest: str) -> None:
    try:
        kept = parsed(kind, country + rest)
    except RefusedError:
        return
    assert kept is None or parsed(kind, kept) == kept


@pytest.mark.parametrize(("kind", "text", "kept"), EXAMPLES)
def test_nothing_is_asked_over_the_network(kind: Kind, text: str, kept: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert parsed(kind, text) == kept


@pytest.mark.parametrize("kind", [VatIdKind, BusinessIdKind])
def test_a_kind_is_written_in_forty_lines(kind: type[Kind]) -> None:
    lines = Path(inspect.getfile(kind)).read_text(encoding="utf-8").splitlines()
    assert sum(bool(line.strip()) for line in lines) <= LONGEST_KIND


def merchant(url: str) -> CustomerCore:
    core = open_core(url, plugins=[customercore_tax_ids])
    core.info_types.define("vat", "vat_id", unique=True, searchable=True)
    core.info_types.define("company_no", "business_id", searchable=True)
    return core


@pytest.mark.parametrize("store", ["memory", "sqlite"])
def test_customers_have_checked_numbers_and_are_found_by_them(store: str, tmp_path: Path) -> None:
    with merchant("memory://" if store == "memory" else f"sqlite:///{tmp_path / 'shop.db'}") as core:
        ada = core.customers.create(
            email="ada@example.com", first_name="Ada", last_name="Lovelace",
            info={"vat": "se 1234 5678 9701", "company_no": "SE 556188-8404"},
        )  # fmt: skip
        bob = core.customers.create(
            email="bob@example.com", first_name="Bob", last_name="Berg", info={"company_no": "DK 13585628"}
        )
        assert ada.info == {"vat": "SE123456789701", "company_no": "SE5561888404"}
        assert core.customers.get(ada) == ada
        assert core.customers.search(where.info("vat") == "SE 123456789701").items == (ada,)
        assert core.customers.search(where.info("company_no").startswith("se")).items == (ada,)
        assert core.customers.search(where.info("company_no").is_in(["DK13585628"])).items == (bob,)
        assert core.customers.search(sort=["info.company_no"]).items == (bob, ada)
        with pytest.raises(DuplicateError):
            core.customers.update(bob, info={"vat": "SE-123456789701"})
        with pytest.raises(InvalidValueError) as caught:
            core.customers.update(bob, info={"vat": "SE123456789101", "company_no": "SE1"})
        assert [(one.field, one.code) for one in caught.value.problems] == [
            ("info.vat", "invalid_vat_id"),
            ("info.company_no", "invalid_business_id"),
        ]
        assert core.customers.get(bob) == bob
