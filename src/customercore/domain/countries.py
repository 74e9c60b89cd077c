"""The countries: ISO 3166-1 alpha-2 codes, their English names, and what else people write.

The codes are ISO 3166-1's 249 assigned ones, the names CLDR's English ones, so the domain
needs no third-party table. Sources: https://www.iso.org/iso-3166-country-codes.html and
https://cldr.unicode.org.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from types import MappingProxyType

from customercore.domain.text import search_key

__all__ = ["COUNTRIES", "country_code"]

_TABLE = """
AD Andorra; AE United Arab Emirates; AF Afghanistan; AG Antigua & Barbuda; AI Anguilla; AL Albania
AM Armenia; AO Angola; AQ Antarctica; AR Argentina; AS American Samoa; AT Austria; AU Australia
AW Aruba; AX Åland Islands; AZ Azerbaijan; BA Bosnia & Herzegovina; BB Barbados; BD Bangladesh
BE Belgium; BF Burkina Faso; BG Bulgaria; BH Bahrain; BI Burundi; BJ Benin; BL St. Barthélemy
BM Bermuda; BN Brunei; BO Bolivia; BQ Caribbean Netherlands; BR Brazil; BS Bahamas; BT Bhutan
BV Bouvet Island; BW Botswana; BY Belarus; BZ Belize; CA Canada; CC Cocos (Keeling) Islands
CD Congo - Kinshasa; CF Central African Republic; CG Congo - Brazzaville; CH Switzerland
CI Côte d\u2019Ivoire; CK Cook Islands; CL Chile; CM Cameroon; CN China; CO Colombia; CR Costa Rica
CU Cuba; CV Cape Verde; CW Curaçao; CX Christmas Island; CY Cyprus; CZ Czechia; DE Germany
DJ Djibouti; DK Denmark; DM Dominica; DO Dominican Republic; DZ Algeria; EC Ecuador; EE Estonia
EG Egypt; EH Western Sahara; ER Eritrea; ES Spain; ET Ethiopia; FI Finland; FJ Fiji
FK Falkland Islands; FM Micronesia; FO Faroe Islands; FR France; GA Gabon; GB United Kingdom
GD Grenada; GE Georgia; GF French Guiana; GG Guernsey; GH Ghana; GI Gibraltar; GL Greenland
GM Gambia; GN Guinea; GP Guadeloupe; GQ Equatorial Guinea; GR Greece
GS South Georgia & South Sandwich Islands; GT Guatemala; GU Guam; GW Guinea-Bissau; GY Guyana
HK Hong Kong SAR China; HM Heard & McDonald Islands; HN Honduras; HR Croatia; HT Haiti; HU Hungary
ID Indonesia; IE Ireland; IL Israel; IM Isle of Man; IN India; IO British Indian Ocean Territory
IQ Iraq; IR Iran; IS Iceland; IT Italy; JE Jersey; JM Jamaica; JO Jordan; JP Japan; KE Kenya
KG Kyrgyzstan; KH Cambodia; KI Kiribati; KM Comoros; KN St. Kitts & Nevis; KP North Korea
KR South Korea; KW Kuwait; KY Cayman Islands; KZ Kazakhstan; LA Laos; LB Lebanon; LC St. Lucia
LI Liechtenstein; LK Sri Lanka; LR Liberia; LS Lesotho; LT Lithuania; LU Luxembourg; LV Latvia
LY Libya; MA Morocco; MC Monaco; MD Moldova; ME Montenegro; MF St. Martin; MG Madagascar
MH Marshall Islands; MK North Macedonia; ML Mali; MM Myanmar (Burma); MN Mongolia
MO Macao SAR China; MP Northern Mariana Islands; MQ Martinique; MR Mauritania; MS Montserrat
MT Malta; MU Mauritius; MV Maldives; MW Malawi; MX Mexico; MY Malaysia; MZ Mozambique; NA Namibia
NC New Caledonia; NE Niger; NF Norfolk Island; NG Nigeria; NI Nicaragua; NL Netherlands; NO Norway
NP Nepal; NR Nauru; NU Niue; NZ New Zealand; OM Oman; PA Panama; PE Peru; PF French Polynesia
PG Papua New Guinea; PH Philippines; PK Pakistan; PL Poland; PM St. Pierre & Miquelon
PN Pitcairn Islands; PR Puerto Rico; PS Palestinian Territories; PT Portugal; PW Palau
PY Paraguay; QA Qatar; RE Réunion; RO Romania; RS Serbia; RU Russia; RW Rwanda; SA Saudi Arabia
SB Solomon Islands; SC Seychelles; SD Sudan; SE Sweden; SG Singapore; SH St. Helena; SI Slovenia
SJ Svalbard & Jan Mayen; SK Slovakia; SL Sierra Leone; SM San Marino; SN Senegal; SO Somalia
SR Suriname; SS South Sudan; ST São Tomé & Príncipe; SV El Salvador; SX Sint Maarten; SY Syria
SZ Eswatini; TC Turks & Caicos Islands; TD Chad; TF French Southern Territories; TG Togo
TH Thailand; TJ Tajikistan; TK Tokelau; TL Timor-Leste; TM Turkmenistan; TN Tunisia; TO Tonga
TR Türkiye; TT Trinidad & Tobago; TV Tuvalu; TW Taiwan; TZ Tanzania; UA Ukraine; UG Uganda
UM U.S. Outlying Islands; US United States; UY Uruguay; UZ Uzbekistan; VA Vatican City
VC St. Vincent & Grenadines; VE Venezuela; VG British Virgin Islands; VI U.S. Virgin Islands
VN Vietnam; VU Vanuatu; WF Wallis & Futuna; WS Samoa; YE Yemen; YT Mayotte; ZA South Africa
ZM Zambia; ZW Zimbabwe
"""

# What forms, shops and other systems write besides the CLDR name. Case, marks, "and"/"&", "the",
# "Saint"/"St." and punctuation need no entry: `_key` makes them alike.
_ALIASES = """
AE UAE; BA Bosnia; BN Brunei Darussalam; BO Plurinational State of Bolivia
BO Bolivia, Plurinational State of; BQ Bonaire, Sint Eustatius and Saba; BQ Bonaire; BY Byelorussia
CD Congo, The Democratic Republic of the; CD Democratic Republic of the Congo; CD DR Congo
CD Zaire; CG Congo; CG Republic of the Congo
CI Ivory Coast; CN People's Republic of China; CN PR China; CV Cabo Verde; CZ Czech Republic
DE Federal Republic of Germany; FK Falkland Islands (Malvinas); FM Federated States of Micronesia
FM Micronesia, Federated States of; GB UK; GB Great Britain; GB Britain; GB England; GB Scotland
GB Wales; GB Northern Ireland; GB United Kingdom of Great Britain and Northern Ireland
HK Hong Kong; HK Hong Kong SAR; HM Heard Island and McDonald Islands; IE Republic of Ireland
IE Eire; IR Iran, Islamic Republic of; IR Islamic Republic of Iran
KP Korea, Democratic People's Republic of; KP Democratic People's Republic of Korea; KR Korea
KR Korea, Republic of; KR Republic of Korea; LA Lao People's Democratic Republic; MD Moldavia
MD Moldova, Republic of; MD Republic of Moldova; MF Saint Martin (French part); MK Macedonia
MK FYR Macedonia; MK Republic of North Macedonia; MK Macedonia, the Former Yugoslav Republic of
MM Burma; MM Myanmar; MO Macao; MO Macau; MO Macau SAR China; NL Holland
PH Philippine Islands; PN Pitcairn; PS Palestine; PS Palestine, State of; PS State of Palestine
PS Palestinian Territory; RU Russian Federation; SH Saint Helena, Ascension and Tristan da Cunha
SK Slovak Republic; SX Sint Maarten (Dutch part); SY Syrian Arab Republic; SZ Swaziland
TL East Timor; TR Turkey; TW Taiwan, Province of China; TZ Tanzania, United Republic of
TZ United Republic of Tanzania; UM United States Minor Outlying Islands; US USA
US United States of America; US America; VA Vatican; VA Holy See; VA Holy See (Vatican City State)
VE Venezuela, Bolivarian Republic of; VE Bolivarian Republic of Venezuela
VG Virgin Islands, British; VI Virgin Islands, U.S.; VN Viet Nam
"""


def _entries(table: str) -> list[tuple[str, str]]:
    entries = table.strip().replace("\n", "; ").split("; ")
    return [(entry[:2], entry[3:]) for entry in entries]


COUNTRIES: Mapping[str, str] = MappingProxyType(dict(_entries(_TABLE)))
"""The English name of every country, by its upper-case ISO 3166-1 alpha-2 code."""

_LONGEST = 80
_SMALL_WORDS = frozenset({"the", "and"})
_NOT_A_WORD = re.compile(r"[^\w]+")


def _key(text: str) -> str:
    key = search_key(text.replace("&", " and "))
    key = key.replace(".", "").replace("'", "").replace("\u2019", "")
    words = _NOT_A_WORD.sub(" ", key).split()
    return " ".join("st" if word == "saint" else word for word in words if word not in _SMALL_WORDS)


@functools.cache
def _codes() -> Mapping[str, str]:
    codes = {_key(name): code for code, name in _entries(_ALIASES)}
    codes.update({_key(name): code for code, name in COUNTRIES.items()})
    codes.update({code.lower(): code for code in COUNTRIES})
    return codes


@functools.lru_cache(maxsize=1024)
def _understood(text: str) -> str | None:
    return _codes().get(_key(text))


def country_code(text: str) -> str | None:
    """Return the ISO 3166-1 alpha-2 code that ``text`` names, or None when it names no country.

    Understood are codes, CLDR's English names and a small table of aliases (``USA``, ``Holland``,
    ``Burma`` …), in any case, with or without marks: ``se``, ``SWEDEN``, ``Cote d'Ivoire``.
    """
    if text in COUNTRIES:
        return text
    return _understood(text) if len(text) <= _LONGEST else None
