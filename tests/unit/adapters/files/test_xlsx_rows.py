"""A sheet is a table like any other: its cells are the texts that a CSV file would have."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

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
