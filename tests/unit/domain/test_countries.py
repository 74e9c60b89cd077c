from __future__ import annotations

import pytest

from customercore.domain.countries import COUNTRIES, country_code


def test_every_assigned_iso_code_has_an_english_name() -> None:
    assert len(COUNTRIES) == 249
    assert COUNTRIES["SE"] == "Sweden"
    assert COUNTRIES["CI"] == "Côte d\u2019Ivoire"
    assert all(len(code) == 2 and code.isupper() and name for code, name in COUNTRIES.items())


def test_a_code_is_understood_in_any_case() -> None:
    assert {country_code(code) for code in ("SE", "se", "Se", " se ", "ＳＥ")} == {"SE"}


def test_every_code_and_every_name_is_understood() -> None:
    for code, name in COUNTRIES.items():
        assert country_code(code.lower()) == code
        assert country_code(name) == code
        assert country_code(name.upper()) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("aland islands", "AX"),
        ("Reunion", "RE"),
        ("Cote d'Ivoire", "CI"),
        ("Sao Tome and Principe", "ST"),
        ("Saint Lucia", "LC"),
        ("Saint Kitts and Nevis", "KN"),
        ("The Netherlands", "NL"),
        ("The Bahamas", "BS"),
        ("U.S.A.", "US"),
        ("Turks and Caicos Islands", "TC"),
    ],
)
def test_a_name_is_understood_however_it_is_spelled(text: str, code: str) -> None:
    assert country_code(text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("USA", "US"),
        ("United States of America", "US"),
        ("UK", "GB"),
        ("Great Britain", "GB"),
        ("Czech Republic", "CZ"),
        ("Czechia", "CZ"),
        ("Holland", "NL"),
        ("South Korea", "KR"),
        ("Korea, Republic of", "KR"),
        ("North Korea", "KP"),
        ("Russia", "RU"),
        ("Russian Federation", "RU"),
        ("Ivory Coast", "CI"),
        ("Turkey", "TR"),
        ("Türkiye", "TR"),
        ("Swaziland", "SZ"),
        ("Burma", "MM"),
        ("Myanmar", "MM"),
        ("Macedonia", "MK"),
        ("Hong Kong", "HK"),
        ("Macau", "MO"),
        ("Viet Nam", "VN"),
        ("Cabo Verde", "CV"),
        ("Democratic Republic of the Congo", "CD"),
        ("Republic of the Congo", "CG"),
    ],
)
def test_another_usual_name_is_understood(text: str, code: str) -> None:
    assert country_code(text) == code


@pytest.mark.parametrize("text", ["", " ", "XX", "ZZ", "EU", "Atlantis", "S", "Sweden " * 50])
def test_what_names_no_country_is_unknown(text: str) -> None:
    assert country_code(text) is None
