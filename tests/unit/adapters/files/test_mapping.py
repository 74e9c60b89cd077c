from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from customercore.adapters.files.mapping import MappedCsv
from customercore.catalogue.catalogue import Catalogue
from customercore.domain.info_type import ADDRESS
from customercore.errors import InvalidValueError, Problem
from customercore.ports.import_format import ImportSource
from customercore.testing.sample_info import defined as defined_as
from customercore.testing.sample_info import info_type
from customercore.wiring import default_catalogue

HEADER = "No,Name,Surname,Mail,Company,Tel,Fax,Words,Street,Country,Rep"
ROW = "7,Ada,Lovelace,ada@example.com,,+46 8 1, ,new; old,Gatan 1,,3"
NEEDED = '[customer]\nemail = "Mail"\n'


def opened(
    folder: Path, mapping: str, rows: str = ROW, header: str = HEADER, *, catalogue: Catalogue | None = None
) -> ImportSource:
    (folder / "file.csv").write_text(f"{header}\n{rows}\n", encoding="utf-8")
    (folder / "plan.toml").write_text(mapping, encoding="utf-8")
    known = catalogue or default_catalogue()
    return MappedCsv().open(str(folder / "file.csv"), catalogue=known, mapping=str(folder / "plan.toml"))


def draft(folder: Path, mapping: str, rows: str = ROW, *, catalogue: Catalogue | None = None) -> dict[str, Any]:
    source = opened(folder, mapping, rows, catalogue=catalogue)
    problems: list[Problem] = []
    (row,) = source.rows()
    found = source.draft(row, problems)
    source.close()
    assert not problems
    return found


def faults(folder: Path, mapping: str, header: str = HEADER) -> list[tuple[str, str]]:
    with pytest.raises(InvalidValueError) as caught:
        opened(folder, mapping, header=header)
    return [(one.field, one.code) for one in caught.value.problems]


def test_a_text_names_a_column(tmp_path: Path) -> None:
    assert draft(tmp_path, '[customer]\nemail = "Mail"\nfirst_name = "Name"') == {
        "email": "ada@example.com",
        "first_name": "Ada",
    }


def test_an_empty_cell_says_nothing(tmp_path: Path) -> None:
    assert draft(tmp_path, '[customer]\ncompany_name = "Company"\nphones = ["Tel", "Fax"]') == {"phones": ["+46 8 1"]}


def test_a_prefix_stands_before_what_came_of_the_cell(tmp_path: Path) -> None:
    mapping = '[customer]\ncode = { column = "No", prefix = "CH-" }\nshop = { column = "Company", prefix = "x" }'
    assert draft(tmp_path, mapping) == {"code": "CH-7"}


def test_a_constant_is_the_same_for_every_row(tmp_path: Path) -> None:
    mapping = '[customer]\ntags = { constant = ["imported"] }\nemail_verified = { constant = false }'
    assert draft(tmp_path, mapping) == {"tags": ["imported"], "email_verified": False}


def test_a_default_stands_in_for_an_empty_cell(tmp_path: Path) -> None:
    mapping = '[customer]\nlanguage = { column = "Company", default = "sv" }'
    assert draft(tmp_path, mapping) == {"language": "sv"}


@pytest.mark.parametrize(("company", "type_"), [("", "private"), ("Analytical", "business"), ("State", "employee")])
def test_a_map_turns_values_into_values(company: str, type_: str, tmp_path: Path) -> None:
    mapping = (
        "[customer]\n"
        'customer_type = { column = "Company", map = { "" = "private", State = "employee" }, otherwise = "business" }'
    )
    row = ROW.replace("example.com,,", f"example.com,{company},")
    assert draft(tmp_path, mapping, row)["customer_type"] == type_


def test_a_value_that_the_map_has_not_is_a_problem_of_its_row(tmp_path: Path) -> None:
    mapping = '[[customer.addresses]]\ncountry = { column = "Name", map = { Sverige = "SE" } }'
    source = opened(tmp_path, f"{NEEDED}{mapping}")
    problems: list[Problem] = []
    source.draft(next(source.rows()), problems)
    source.close()
    assert [(one.field, one.code) for one in problems] == [("addresses[0].country", "unmapped_value")]


def test_a_split_makes_a_list(tmp_path: Path) -> None:
    mapping = '[customer]\ntags = { column = "Words", split = ";" }'
    assert draft(tmp_path, mapping) == {"tags": ["new", "old"]}


def test_an_address_is_made_when_one_of_its_columns_is_filled(tmp_path: Path) -> None:
    mapping = """
        [customer]
        email = "Mail"
        [[customer.addresses]]
        purposes = ["invoice"]
        line1 = "Street"
        country = { column = "Country", default = "SE" }
        [[customer.addresses]]
        purposes = ["delivery"]
        line1 = "Company"
    """
    assert draft(tmp_path, mapping)["addresses"] == [{"purposes": ["invoice"], "line1": "Gatan 1", "country": "SE"}]


INFO = """
    [customer]
    email = "Mail"
    [customer.info]
    support_rep = "Rep"
    source = { constant = "old shop" }
    sizes = { column = "Words", split = ";" }
    [[customer.addresses]]
    line1 = "Street"
    [customer.addresses.info]
    floor = { column = "Company", default = "0" }
    source = { constant = "x" }
"""


def test_info_types_have_tables_of_their_own(tmp_path: Path) -> None:
    defined = (info_type("support_rep", "integer"), info_type("source"), info_type("sizes", "multi_choice"))
    of_addresses = (info_type("floor", "integer", applies_to=ADDRESS), info_type("source", applies_to=ADDRESS))
    assert draft(tmp_path, INFO, catalogue=defined_as(*defined, *of_addresses).catalogue) == {
        "email": "ada@example.com",
        "info": {"support_rep": "3", "source": "old shop", "sizes": ["new", "old"]},
        "addresses": [{"line1": "Gatan 1", "info": {"floor": "0", "source": "x"}}],
    }


def test_an_info_type_that_is_not_defined_is_named_with_what_to_do_about_it(tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError) as caught:
        opened(tmp_path, INFO, catalogue=defined_as(info_type("source"), info_type("sizes")).catalogue)
    assert [(one.field, one.code) for one in caught.value.problems] == [
        ("customer.info.support_rep", "unknown_field"),
        ("customer.info.sizes", "invalid_mapping"),
        ("customer.addresses[0].info.floor", "unknown_field"),
        ("customer.addresses[0].info.source", "unknown_field"),
    ]
    assert "core.info_types.define" in caught.value.problems[0].message
    assert 'applies_to="address"' in caught.value.problems[2].message


def test_an_info_type_is_no_field_outside_of_its_table(tmp_path: Path) -> None:
    catalogue = defined_as(info_type("points", "integer")).catalogue
    with pytest.raises(InvalidValueError) as caught:
        opened(tmp_path, '[customer]\n"info.points" = "Rep"\n', catalogue=catalogue)
    assert (caught.value.field, caught.value.code) == ("customer.info.points", "unknown_field")


def test_every_unknown_column_and_field_is_named_before_a_row_is_read(tmp_path: Path) -> None:
    mapping = """
        [customer]
        email = "E-mail"
        colour = "Name"
        id = "No"
        full_name = "Name"
        [[customer.addresses]]
        line1 = "Road"
        planet = "Country"
    """
    assert faults(tmp_path, mapping) == [
        ("customer.email", "unknown_column"),
        ("customer.colour", "unknown_field"),
        ("customer.id", "read_only"),
        ("customer.full_name", "read_only"),
        ("customer.addresses[0].line1", "unknown_column"),
        ("customer.addresses[0].planet", "unknown_field"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        'email = { column = "Mail", colour = "red" }',
        'email = { column = "Mail", constant = "x" }',
        "email = { column = 3 }",
        "email = {}",
        "email = 3",
        'email = ["Mail"]',
        'email = { column = "Mail", split = "," }',
        'email = { column = "Mail", otherwise = "x" }',
        'email = { column = "Mail", map = "x" }',
        'email = { column = "Mail", map = { a = 3 } }',
        'email = { column = "Mail", default = 3 }',
        'email = { column = "Mail", prefix = "" }',
        'addresses = "Street"',
        'info = "Rep"',
    ],
)
def test_a_malformed_line_is_named(line: str, tmp_path: Path) -> None:
    name = line.partition(" ")[0]
    assert faults(tmp_path, f"[customer]\n{line}") == [(f"customer.{name}", "invalid_mapping")]


@pytest.mark.parametrize(
    ("mapping", "field"),
    [
        ("[customer\n", "mapping"),
        ("\x00", "mapping"),
        ('format = "xlsx"\n[customer]', "mapping.format"),
        ('colour = "red"\n[customer]', "mapping.colour"),
        ("", "mapping.customer"),
        ("customer = 3", "mapping.customer"),
    ],
)
def test_a_mapping_that_is_none_is_refused(mapping: str, field: str, tmp_path: Path) -> None:
    assert faults(tmp_path, mapping) == [(field, "invalid_mapping")]


def test_a_mapping_says_what_separates_cells(tmp_path: Path) -> None:
    source = opened(tmp_path, f'delimiter = ";"\n{NEEDED}', rows="1;a@example.com", header="No;Mail")
    assert [row.cells for row in source.rows()] == [["1", "a@example.com"]]
    source.close()


def test_a_mapping_that_is_missing_is_told_apart_from_a_missing_file(tmp_path: Path) -> None:
    (tmp_path / "file.csv").write_text(HEADER, encoding="utf-8")
    with pytest.raises(InvalidValueError) as caught:
        MappedCsv().open(str(tmp_path / "file.csv"), catalogue=default_catalogue(), mapping=str(tmp_path / "none.toml"))
    assert (caught.value.field, caught.value.code) == ("mapping", "file_not_found")
    with pytest.raises(InvalidValueError) as caught:
        MappedCsv().open(str(tmp_path / "file.csv"), catalogue=default_catalogue())
    assert (caught.value.field, caught.value.code) == ("mapping", "required")
