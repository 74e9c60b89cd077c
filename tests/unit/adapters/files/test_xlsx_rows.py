"""A sheet is a table like any other: its cells are the texts that a CSV file would have."""

from __future__ import annotations

import contextlib
import datetime as dt
import random
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from sheets import cells_of, text_of

from customercore.adapters.files import xlsx_rows
from customercore.adapters.files.header import REJECT_COLUMNS
from customercore.adapters.files.table import opened_table
from customercore.adapters.files.xlsx_rows import XlsxRows
from customercore.errors import InvalidValueError
from customercore.wiring import open_core

NAMES = ["email", "first_name", "last_name"]


def write(path: Path, rows: Sequence[Sequence[Any]], *, down: int = 0, right: int = 0) -> str:
    """Write a workbook whose table starts some rows down and some columns to the right."""
    book = xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd", "strings_to_formulas": False})
    sheet = book.add_worksheet()
    for at, row in enumerate(rows):
        sheet.write_row(down + at, right, row)
    book.close()
    return str(path)


def read(path: str) -> list[tuple[int, list[str], list[str]]]:
    table = opened_table(path)
    try:
        return [(row.line, row.cells, [one.code for one in row.problems]) for row in table.rows()]
    finally:
        table.close()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Åsa", "Åsa"),
        (46701234567, "46701234567"),
        (1.5, "1.5"),
        (0.000001, "0.000001"),
        (1e15, "1000000000000000"),
        (True, "true"),
        (dt.date(2026, 1, 31), "2026-01-31"),
        (dt.datetime(2026, 1, 31, 12, 30), "2026-01-31T12:30:00"),  # noqa: DTZ001  a sheet knows no zone
        ("=1+1", "=1+1"),
        ("'quoted", "'quoted"),
    ],
)
def test_a_cell_is_what_it_would_be_in_csv(value: Any, text: str, tmp_path: Path) -> None:
    assert read(write(tmp_path / "a.xlsx", [["a", "b"], [value, "x"]])) == [(2, [text, "x"], [])]


def test_the_table_may_stand_anywhere_and_rows_have_the_numbers_of_the_sheet(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", [["a", "b"], ["1", ""], [], ["2", "3"]], down=3, right=2)
    assert read(path) == [(5, ["1", ""], []), (7, ["2", "3"], [])]


def test_a_row_with_more_cells_than_the_header_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", [["a", "b"], ["1", "2", "3"], ["4", "5"]])
    assert read(path) == [(2, ["1", "2", "3"], ["column_count"]), (3, ["4", "5"], [])]


def test_a_workbook_is_known_by_what_it_is_and_not_by_its_name(tmp_path: Path) -> None:
    assert read(write(tmp_path / "a.csv", [["a", "b"], ["1", "2"]])) == [(2, ["1", "2"], [])]


@pytest.mark.parametrize("argument", ["delimiter", "encoding"])
def test_a_workbook_has_neither_delimiter_nor_encoding(argument: str, tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", [["a", "b"]])
    with pytest.raises(InvalidValueError) as caught:
        opened_table(path, **{argument: ";" if argument == "delimiter" else "utf-8"})
    assert (caught.value.field, caught.value.code) == (argument, "not_allowed")


def test_what_is_no_workbook_is_refused_as_a_whole(tmp_path: Path) -> None:
    broken, other, empty = tmp_path / "a.xlsx", tmp_path / "b.xlsx", tmp_path / "c.xlsx"
    broken.write_bytes(b"PK\x03\x04" + b"x" * 100)
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("a.txt", "no workbook")
    write(empty, [])
    for path, code in ((broken, "unreadable_workbook"), (other, "unreadable_workbook"), (empty, "empty_file")):
        with pytest.raises(InvalidValueError) as caught:
            read(str(path))
        assert (caught.value.field, caught.value.code) == ("path", code)


def test_a_workbook_that_is_huge_when_unpacked_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "a.xlsx", [["a"], ["x" * 10_000]])
    monkeypatch.setattr(xlsx_rows, "_LARGEST", 5_000)
    with pytest.raises(InvalidValueError, match="unpacked") as caught:
        XlsxRows(path)
    assert caught.value.code == "file_too_large"


def test_refused_rows_are_mended_and_imported_again(tmp_path: Path) -> None:
    rows: list[list[Any]] = [NAMES, ["ada@example.com", "Ada", "=Lovelace"], ["nobody", "Bo", "'=Ek"]]
    path, rejects = write(tmp_path / "a.xlsx", rows), tmp_path / "rejects.xlsx"
    with open_core("memory://") as core:
        report = core.imports.run(path, rejects=rejects)
        assert (report.created, report.refused, report.read_as) == (1, 1, "XLSX, its first sheet")
        mend(rejects)
        assert core.imports.run(rejects).created == 1
        assert [one.last_name for one in core.customers.iterate(sort=["email"])] == ["=Lovelace", "'=Ek"]
    assert rejects.stat().st_mode & 0o077 == 0


def mend(rejects: Path) -> None:
    table = opened_table(str(rejects))
    cells = [row.cells for row in table.rows()]
    table.close()
    assert cells == [["nobody", "Bo", "'=Ek"]]
    told = ["3", "email", "invalid_email", "…", ""]
    write(rejects, [[*NAMES, *REJECT_COLUMNS], ["bo@example.com", *cells[0][1:], *told]])


def test_a_mapping_reads_a_sheet_too(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", [["Mail", "Name", "Born"], ["ada@example.com", "Ada", dt.date(1915, 12, 10)]])
    mapping = tmp_path / "a.toml"
    mapping.write_text(
        '[customer]\nemail = "Mail"\nfirst_name = "Name"\nlast_name = "Name"\nbirth_date = "Born"\n', "utf-8"
    )
    with open_core("memory://") as core:
        assert core.imports.run(path, mapping=mapping).created == 1
        assert core.customers.by_email("ada@example.com").birth_date == dt.date(1915, 12, 10)


FORMATS = ("hh:mm", "[h]:mm", "[mm]:ss", "yyyy-mm-dd hh:mm", "d", "yyyy", '"day" 0', "General", "[Red]0.0", "m/d/yy",
           "mmm", "0.00E+00", '0 "d"', "@", "[$-409]d", "mm:ss.0", "0;d", "0\\d", "#,##0.00", "[>9]d;0", "_d0", "", 14,
           22, 37, 46, 47, 49)  # fmt: skip
NUMBERS = (0, 1, 0.5, 1.5, 58, 59, 60, 61, 45000, 45000.25, 45000.123456789, 0.1, 1e8, 2_958_465, 2_958_466, 3e6, 0.001)


@pytest.mark.parametrize("since_1904", [False, True])
def test_numbers_and_dates_are_those_that_another_reader_reads(since_1904: bool, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(path, {"date_1904": since_1904})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, [f"n{number}" for number in range(len(NUMBERS))])
    for row, shown in enumerate(FORMATS, 1):
        style = book.add_format({"num_format": shown})
        for at, number in enumerate(NUMBERS):
            sheet.write_number(row, at, number, style)
    book.close()
    wanted = [[text_of(cell) for cell in row] for row in cells_of(path)[1:]]
    assert [cells for _, cells, _ in read(str(path))] == wanted


def other_workbook(path: Path, sheet: str, strings: str = "", book: str = "") -> str:
    """Write a workbook as other programs do: with prefixes, and parts in other places."""
    relation = "http://purl.oclc.org/ooxml/officeDocument/relationships"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        told = f'<Relationship Id="a" Type="{relation}/officeDocument" Target="/book/main.xml"/>'
        archive.writestr("_rels/.rels", f"<Relationships>{told}</Relationships>")
        archive.writestr(
            "book/main.xml",
            f"""<x:workbook xmlns:x="m" xmlns:r="{relation}">{book}
            <x:sheets><x:sheet name="A" sheetId="1" r:id="s1"/></x:sheets></x:workbook>""",
        )
        archive.writestr(
            "book/_rels/main.xml.rels",
            f"""<Relationships>
            <Relationship Id="s1" Type="{relation}/worksheet" Target="sheets/one.xml"/>
            <Relationship Id="t" Type="{relation}/sharedStrings" Target="../texts.xml"/></Relationships>""",
        )
        archive.writestr("texts.xml", f'<x:sst xmlns:x="m">{strings}</x:sst>')
        archive.writestr(
            "book/sheets/one.xml", f'<x:worksheet xmlns:x="m"><x:sheetData>{sheet}</x:sheetData></x:worksheet>'
        )
    return str(path)


HEAD = '<x:row><x:c t="str"><x:v>a</x:v></x:c><x:c t="str"><x:v>b</x:v></x:c></x:row>'


def test_workbooks_of_other_programs_are_read(tmp_path: Path) -> None:
    strings = """<x:si><x:t>Åsa</x:t></x:si><x:si><x:r><x:t>ri</x:t></x:r><x:r><x:t>ch</x:t></x:r></x:si>
        <x:si><x:t>東_x4EAC__x005F_x0041_</x:t><x:rPh><x:t>spoken</x:t></x:rPh></x:si>"""
    sheet = f"""{HEAD}<x:row><x:c t="s"><x:v>0</x:v></x:c><x:c t="s"><x:v>1</x:v></x:c></x:row>
        <x:row r="9"><x:c r="B9" t="s"><x:v>2</x:v></x:c></x:row>
        <x:row><x:c t="inlineStr"><x:is><x:t>in</x:t><x:rPh><x:t>spoken</x:t></x:rPh></x:is></x:c>
        <x:c t="d"><x:v>2026-01-31T00:00:00</x:v></x:c></x:row>
        <x:row><x:c t="e"><x:v>#N/A</x:v></x:c><x:c t="b"><x:v>0</x:v></x:c></x:row>"""
    path = other_workbook(tmp_path / "a.xlsx", sheet, strings)
    assert read(path) == [
        (2, ["Åsa", "rich"], []), (9, ["", "東京_x0041_"], []), (10, ["in", "2026-01-31"], []), (11, ["", "false"], []),
    ]  # fmt: skip


def test_a_cell_beside_the_columns_is_a_fault_of_its_row_on_either_side(tmp_path: Path) -> None:
    sheet = '<x:row><x:c r="B1" t="str"><x:v>a</x:v></x:c></x:row><x:row><x:c r="A2"><x:v>1</x:v></x:c></x:row>'
    path = other_workbook(tmp_path / "a.xlsx", f'{sheet}<x:row><x:c r="B3"><x:v>2</x:v></x:c></x:row>')
    assert read(path) == [(2, ["1", ""], ["column_count"]), (3, ["2"], [])]


@pytest.mark.parametrize(
    ("sheet", "strings"),
    [
        ('<x:row><x:c t="s"><x:v>7</x:v></x:c></x:row>', ""),
        ('<x:row><x:c t="s"><x:v>-1</x:v></x:c></x:row>', "<x:si><x:t>a</x:t></x:si>"),
        ('<x:row><x:c r="XFE1"><x:v>7</x:v></x:c></x:row>', ""),
        ('<x:row><x:c r="1"><x:v>7</x:v></x:c></x:row>', ""),
        (f"{HEAD}<x:row><x:c>", ""),
        (HEAD, "<x:si>"),
        (f"{HEAD}&bomb;", ""),
    ],
)
def test_a_sheet_that_cannot_be_read_is_refused_before_its_first_row(sheet: str, strings: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError) as caught:
        read(other_workbook(tmp_path / "a.xlsx", sheet, strings))
    assert (caught.value.field, caught.value.code) == ("path", "unreadable_workbook")


def test_a_document_type_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(other_workbook(tmp_path / "b.xlsx", HEAD)) as good, zipfile.ZipFile(path, "w") as bad:
        for one in good.namelist():
            text = good.read(one)
            bad.writestr(one, b"<!DOCTYPE x [<!ENTITY a 'b'>]>" + text if one == "book/sheets/one.xml" else text)
    with pytest.raises(InvalidValueError) as caught:
        read(str(path))
    assert caught.value.code == "doctype_not_allowed"


def test_a_damaged_workbook_is_refused_before_its_first_row(tmp_path: Path) -> None:
    path = Path(write(tmp_path / "a.xlsx", [NAMES, *([f"n{number}@example.com", "A", "B"] for number in range(500))]))
    whole, dice, spared = path.read_bytes(), random.Random(3), 0
    for _ in range(60):
        at = dice.randrange(len(whole))
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        with contextlib.suppress(InvalidValueError):
            assert len(read(str(path))) == 500
            spared += 1
    assert spared < 60


def test_shared_texts_wait_outside_of_memory(tmp_path: Path) -> None:
    texts = [f"{number} {'x' * (number % 300)}" for number in range(3_000)]
    rows: list[list[Any]] = [["a", "b"], *([texts[number], texts[number * 7 % 3_000]] for number in range(3_000))]
    assert [cells for _, cells, _ in read(write(tmp_path / "a.xlsx", rows))] == rows[1:]


def test_a_text_that_is_too_long_costs_its_row(tmp_path: Path) -> None:
    strings = f"<x:si><x:t>{'x' * 131_072}</x:t></x:si><x:si><x:t>{'y' * 1_000_000}</x:t></x:si>"
    row = '<x:row><x:c t="str"><x:v>1</x:v></x:c><x:c t="s"><x:v>{}</x:v></x:c></x:row>'
    path = other_workbook(tmp_path / "a.xlsx", HEAD + row.format(0) + row.format(1) + row.format(0), strings)
    assert [codes for _, _, codes in read(path)] == [[], ["cell_too_large"], []]
