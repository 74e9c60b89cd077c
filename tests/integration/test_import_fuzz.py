"""Drill R6: each row of whatever file is accounted for, on every store alike, and a rerun changes nothing.

``CUSTOMERCORE_DRILL_IMPORT`` is the number of rows of each file (`make drill-import`: 10,000).
"""

from __future__ import annotations

import datetime as dt
import json
import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.sax.saxutils import escape

import attrs
import pytest
import xlsxwriter
from database_servers.databases import any_database

from customercore import CustomerCore
from customercore.domain.report import ImportReport
from customercore.wiring import open_core

ROWS = int(os.environ.get("CUSTOMERCORE_DRILL_IMPORT", "250"))
COLUMNS = (
    "email",
    "first_name",
    "last_name",
    "kind",
    "phones",
    "tags",
    "address.country",
    "address.city",
    "birth_date",
)
STRANGE = (
    "", " ", "\t", "=1+1", "'=1+1", "@SUM(A1)", "+46 8 12", "-1", "Åsa", "O'Neil", "a;b", "a|b", "\ufeff", "\u202e",
    "null", "%s {x}", "\\N", "😀" * 300, "x" * 20_000, "\x07", "ﬁne", "0", "NaN", "[1]", '{"a": 1}', "2026-02-30",
)  # fmt: skip


def cells(dice: random.Random, number: int) -> list[str]:
    """Return a row: most are good, some say again what an earlier one said, some hold what is strange."""
    row = [
        f"p{number if number % 7 else dice.randrange(number + 1)}@example.com",
        dice.choice(("Ada", "Bo", "Åsa")),
        f"Nr {number}",
        "guest" if number % 11 == 0 else "",
        dice.choice(("", "+46 8 12345678")),
        dice.choice(("", "a; b")),
        *dice.choice((("SE", "Malmö"), ("", ""))),
        dice.choice(("", "2000-02-29")),
    ]
    if number % 3 == 0:
        row[dice.randrange(len(row))] = dice.choice(STRANGE)
    return row


def line(dice: random.Random, row: list[str], delimiter: str) -> str:
    """Return a row of CSV, of which some are broken: each stays one line, or is quoted as it must be."""
    quoted = [
        f'"{cell.replace(chr(34), chr(34) * 2)}"' if dice.random() < 0.2 or delimiter in cell else cell for cell in row
    ]
    breaks: list[Callable[[], str]] = [
        lambda: delimiter.join(quoted),
        lambda: delimiter.join([*quoted[:-1], '"open']),
        lambda: delimiter.join([quoted[0], 'O"Neil', *quoted[2:]]),
        lambda: delimiter.join([quoted[0], f"Ek{delimiter} Eve", *quoted[2:]]),
        lambda: ("," if delimiter != "," else ";").join(quoted),
        lambda: delimiter.join([quoted[0], "a\0b", *quoted[2:]]),
        lambda: delimiter.join([quoted[0], f'"{"x" * 140_000}"', *quoted[2:]]) if dice.random() < 0.05 else "x",
        lambda: delimiter.join([quoted[0], '"two\nlines"', *quoted[2:]]),
    ]
    return breaks[0 if dice.random() < 0.7 else dice.randrange(len(breaks))]()


def csv_file(path: Path, encoding: str, delimiter: str) -> None:
    """Write a file of CSV, in one encoding but for some rows."""
    dice = random.Random(7)
    body = encoding.removesuffix("-sig")
    narrow = "utf-16-le" if body == "utf-16" else body
    with path.open("wb") as file:
        file.write(f"{delimiter.join(COLUMNS)}\r\n".encode(encoding))
        for number in range(ROWS):
            text = line(dice, cells(dice, number), delimiter)
            other = "windows-1252" if number % 13 == 0 and narrow == "utf-8" else narrow
            file.write(f"{text}\r\n".encode(other, "replace"))


def json_file(path: Path) -> None:
    """Write JSON lines, of which some are none."""
    dice = random.Random(8)
    with path.open("wb") as file:
        for number in range(ROWS):
            row = {name: cell for name, cell in zip(COLUMNS, cells(dice, number), strict=True) if cell}
            text = json.dumps(row if number % 17 else [row], ensure_ascii=number % 2 == 0)
            file.write(
                (text[:-1] if number % 19 == 0 else text).encode(
                    "windows-1252" if number % 23 == 0 else "utf-8", "replace"
                )
            )
            file.write(b"\n")


def xml_file(path: Path) -> None:
    """Write YesCart's XML, with customers that are broken."""
    dice = random.Random(9)
    with path.open("wb") as file:
        file.write(b'<?xml version="1.0" encoding="UTF-8"?>\n<customers>\n')
        for number in range(ROWS):
            email, first, last, kind, _, _, country, city, _ = (escape(one) for one in cells(dice, number))
            guest = "true" if kind == "guest" else "false"
            broken = dice.choice(("", "<x>", "&bomb;", "</x>", "\x07", "\0")) if number % 5 == 0 else ""
            text = f"""<customer guid="G{number}"><credentials guest="{guest}"><email>{email}</email>
<guest-email>{email}</guest-email></credentials><contact-details><firstname>{first}</firstname>
<lastname>{last}</lastname>{broken}</contact-details><customer-addresses><address address-type="B">
<city>{city}</city><country-code>{country}</country-code></address></customer-addresses></customer>
"""
            file.write(text.encode("windows-1252" if number % 13 == 0 else "utf-8", "replace"))
        file.write(b"</customers>\n")


def xlsx_file(path: Path) -> None:
    """Write a sheet, with cells of every type, formulas, rows that are too long, and rows that are empty."""
    dice = random.Random(10)
    book = xlsxwriter.Workbook(path, {"strings_to_urls": False})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, COLUMNS)
    others: list[Callable[[int, int], object]] = [
        lambda row, at: sheet.write_number(row, at, dice.choice((0, -1.5, 1e15, 46812345678, 0.1))),
        lambda row, at: sheet.write_boolean(row, at, dice.random() < 0.5),
        lambda row, at: sheet.write_datetime(row, at, dt.datetime(2000, 2, 29, dice.choice((0, 13))), day),  # noqa: DTZ001
        lambda row, at: sheet.write_formula(row, at, '="p"&1', None, dice.choice(("p@example.com", "", 7))),
        lambda row, at: sheet.write_formula(row, at, "=1/0", None, "#DIV/0!"),
        lambda row, at: sheet.write_rich_string(row, at, "rich ", day, "text"),
        lambda row, _: sheet.write_string(row, len(COLUMNS) + dice.randrange(3), "beside"),
        lambda row, at: sheet.write_string(row, at, " \n two\tlines "),
        lambda row, at: sheet.write_blank(row, at, None, day),
    ]
    for number in range(ROWS):
        row = number + 1 + number // 50  # an empty row now and then
        for at, cell in enumerate(cells(dice, number)):
            sheet.write_string(row, at, cell)
        if number % 4 == 0:
            dice.choice(others)(row, dice.randrange(len(COLUMNS)))
    book.close()


@attrs.frozen
class Form:
    write: Callable[[Path], None]
    name: str
    format: str = "customercore"
    encoding: str | None = None


FORMS = {
    "utf-8": Form(lambda path: csv_file(path, "utf-8-sig", ","), "rows.csv"),
    "utf-16": Form(lambda path: csv_file(path, "utf-16", ";"), "rows.csv"),
    "named": Form(lambda path: csv_file(path, "windows-1252", "|"), "rows.csv", encoding="windows-1252"),
    "json": Form(json_file, "rows.jsonl"),
    "xml": Form(xml_file, "rows.xml", "yescart"),
    "xlsx": Form(xlsx_file, "rows.xlsx"),
}
Counts = tuple[int, int, int, int]


@contextmanager
def opened(store: str, folder: Path) -> Iterator[CustomerCore]:
    """Open an empty store of this product, whose customers get no codes."""
    if store == "postgresql-18":
        with any_database(store) as database, open_core(database.url) as core:
            core.settings.update(customers={"code_pattern": None})
            yield core
        return
    with open_core("memory://" if store == "memory" else f"sqlite:///{folder}/{store}.db") as core:
        core.settings.update(customers={"code_pattern": None})
        yield core


def run(core: CustomerCore, form: Form, folder: Path, on_conflict: str = "skip") -> ImportReport:
    report = core.imports.run(
        folder / form.name, form.format, on_conflict=on_conflict, encoding=form.encoding, rejects=folder / "rejects"
    )
    assert report.read == report.created + report.updated + report.skipped + report.refused
    return report


def exported(core: CustomerCore, path: Path) -> list[bytes]:
    core.exports.run(path)
    return path.read_bytes().splitlines()


def drilled(store: str, form: Form, folder: Path) -> tuple[Counts, list[tuple[int, str, str]], list[bytes]]:
    """Import a file twice, and again to change what is there; return what came of it."""
    with opened(store, folder) as core:
        first = run(core, form, folder)
        stored = exported(core, folder / "first.csv")
        assert first.refused > ROWS / 20
        assert first.created > ROWS / 4
        again = run(core, form, folder)
        # A row that lacks a name is skipped where a later one has made its customer meanwhile.
        assert (again.read, again.created, again.updated) == (first.read, 0, 0)
        assert again.refused <= first.refused
        assert exported(core, folder / "again.csv") == stored
        run(core, form, folder, on_conflict="update")
        counts = (first.read, first.created, first.skipped, first.refused)
        return counts, [(one.line, one.field, one.code) for one in first.refusals], stored


@pytest.mark.parametrize("name", FORMS)
def test_each_row_of_a_fuzzed_file_is_accounted_for_on_every_store(name: str, tmp_path: Path) -> None:
    form = FORMS[name]
    form.write(tmp_path / form.name)
    counts, refusals, stored = drilled("memory", form, tmp_path)
    assert counts[0] == ROWS
    assert all(line > 0 and field and code for line, field, code in refusals)
    for store in ("sqlite", "postgresql-18"):
        other = drilled(store, form, tmp_path)
        assert other[0] == counts
        assert other[1] == refusals
        assert other[2] == stored
