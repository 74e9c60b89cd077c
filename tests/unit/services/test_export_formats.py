"""Every format that files go out in: whatever a store holds is in the file, and comes back where it can be imported."""

from __future__ import annotations

import csv
import datetime as dt
import itertools
import sys
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet
from sheets import cells_of, text_of

from customercore import CustomerCore, Money, where
from customercore.adapters.files import xlsx_export
from customercore.adapters.files.formulas import neutralised
from customercore.adapters.files.xlsx_export import LONGEST_CELL
from customercore.errors import ExtensionError, InvalidValueError

SUFFIXES = ("csv", "jsonl", "parquet", "xlsx")
NASTY = (
    "=1+1",
    "'=1",
    "''t",
    "-2",
    "@x",
    '"',
    "a;b",
    "[1",
    '["x"]',
    "a,b",
    "null",
    "007",
    "1e5",
    "<r>x</r>",
    "_x0041_",
)
LINK = "https://example.com/"
OSLO = {"line1": "Karl Johans gate 1", "city": "Oslo", "postcode": "0154", "country": "NO", "company_name": "<r></r>"}
_tenants = itertools.count(1)


def filled(core: CustomerCore) -> CustomerCore:
    """Return the core with customers in it that formats may stumble over."""
    defined(core)
    for number, name in enumerate(NASTY):
        core.customers.create(
            email=f"n{number}@example.com", first_name=name, last_name=f"{LINK}{number}", company_name=name,
            phones=[name, "1;2"], tags={"a", "b", name} if ";" not in name else {"å"}, flags={"vip"},
            birth_date=dt.date(1 + number * 200, 2, 28), information=f"{name}\nmailto:{name}",
            info={"points": number * 10**17, "rate": Decimal("0.1") + number, "debt": Money("5.00", "SEK"),
                  "since": dt.datetime(2024, 2, 29, 12, 0, 0, 7000, tzinfo=dt.UTC), "active": number % 2 == 0},
            addresses=[{**OSLO, "line2": name}, {**OSLO, "line1": name, "purposes": ["delivery"]}][: number % 3],
        )  # fmt: skip
    core.customers.create_guest(email="cy@example.com")
    core.customers.create(email="zoe@example.com", first_name="Zoë", last_name="😀")
    core.customers.deactivate(core.customers.by_email("zoe@example.com"))
    return core


def defined(core: CustomerCore) -> CustomerCore:
    """Return the core with the fields that the customers have."""
    core.flags.define("vip")
    kinds = {"points": "integer", "rate": "decimal", "debt": "money", "since": "datetime", "active": "boolean"}
    for key, kind in kinds.items():
        core.info_types.define(key, kind)
    return core


def itself(path: Path) -> Path:
    """Return the file as it was written."""
    return path


def saved_as_csv(path: Path) -> Path:
    """Return the CSV file that a spreadsheet would save of a sheet."""
    as_csv = path.with_suffix(".csv")
    with as_csv.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([neutralised(text_of(cell)) for cell in row] for row in cells_of(path))
    return as_csv


@pytest.mark.parametrize(("suffix", "importable"), [*((one, itself) for one in SUFFIXES), ("xlsx", saved_as_csv)])
def test_every_format_gives_back_an_equal_store(
    suffix: str, importable: Callable[[Path], Path], make: Any, tmp_path: Path
) -> None:
    core, again = filled(make()), defined(make(f"again-{next(_tenants)}"))
    first, second = tmp_path / f"first.{suffix}", tmp_path / f"second.{suffix}"
    assert core.exports.run(first, suffix).written == len(NASTY) + 2
    report = again.imports.run(importable(first))
    assert (report.created, report.skipped, report.refused) == (len(NASTY) + 2, 0, 0), report.refusals
    again.exports.run(second, suffix)
    assert first.read_bytes() == second.read_bytes()
    assert again.imports.run(importable(first), on_conflict="update").skipped == report.created


@pytest.mark.parametrize("suffix", [*SUFFIXES, "shopify"])
def test_every_format_takes_criteria_columns_and_a_sort(suffix: str, make: Any, tmp_path: Path) -> None:
    core, path = filled(make()), tmp_path / f"a.{suffix}"
    criteria = where.email.is_in(["n1@example.com", "n3@example.com"])
    assert core.exports.run(path, suffix, criteria, ["email", "tags"], "-email").written == 2
    read: dict[str, Any] = {
        "csv": lambda: [row[0] for row in csv.reader(path.read_text(encoding="utf-8").splitlines())][1:],
        "jsonl": lambda: [line.split('"')[3] for line in path.read_text(encoding="utf-8").splitlines()],
        "parquet": lambda: parquet.read_table(path).column("email").to_pylist(),
        "xlsx": lambda: [row[0] for row in cells_of(path)[1:]],
        "shopify": lambda: [row["Email"] for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines())],
    }
    assert read[suffix]() == ["n3@example.com", "n1@example.com"]


def test_texts_stay_texts_in_a_spreadsheet(make: Any, tmp_path: Path) -> None:
    core, path = filled(make()), tmp_path / "a.xlsx"
    core.exports.run(path, "xlsx", where.status == "active", ["first_name", "last_name", "info.debt"], "created_at")
    rows = cells_of(path)
    assert [row[0] for row in rows[1 : len(NASTY) + 1]] == list(NASTY)
    assert rows[1][1:] == [f"{LINK}0", "5.00 SEK"]
    with zipfile.ZipFile(path) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml")
        assert b"<f>" not in sheet
        assert b"hyperlink" not in sheet
        assert b'quotePrefix="1"' in parts.read("xl/styles.xml")


def test_numbers_truths_and_dates_are_what_they_are_in_a_spreadsheet(make: Any, tmp_path: Path) -> None:
    core, path = defined(make()), tmp_path / "a.xlsx"
    for number, points, born in ((1, 10**15, dt.date(1900, 2, 28)), (2, 10**15 - 1, dt.date(1900, 3, 1))):
        core.customers.create(
            email=f"n{number}@example.com", first_name="A", last_name="B", birth_date=born,
            info={"points": points, "rate": "12.5", "active": True},
        )  # fmt: skip
    core.exports.run(path, "xlsx", columns=["info.points", "info.rate", "info.active", "birth_date", "version"])
    assert cells_of(path)[1:] == [
        ["1000000000000000", 12.5, True, "1900-02-28", 1.0],
        [999999999999999.0, 12.5, True, dt.date(1900, 3, 1), 1.0],
    ]


def test_what_a_cell_of_a_spreadsheet_cannot_hold_is_named_and_no_file_is_left(make: Any, tmp_path: Path) -> None:
    core = make()
    core.info_types.define("story", "long_text")
    ada = core.customers.create(email="a@example.com", first_name="A", last_name="B", info={"story": "😀" * 16_383})
    core.exports.run(tmp_path / "a.xlsx", "xlsx")
    assert "😀" * 16_383 in cells_of(tmp_path / "a.xlsx")[1]
    core.customers.update(ada, info={"story": "😀" * 16_384})
    with pytest.raises(InvalidValueError) as caught:
        core.exports.run(tmp_path / "b.xlsx", "xlsx")
    assert (caught.value.field, caught.value.code) == ("info.story", "cell_too_long")
    assert f"{LONGEST_CELL:,}" in caught.value.message
    assert [one.name for one in tmp_path.iterdir()] == ["a.xlsx"]


def test_more_customers_than_a_sheet_has_rows_are_refused(
    make: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsx_export, "MOST_ROWS", len(NASTY) + 1)
    with pytest.raises(InvalidValueError) as caught:
        filled(make()).exports.run(tmp_path / "a.xlsx", "xlsx")
    assert (caught.value.field, caught.value.code) == ("path", "too_many_rows")
    assert not list(tmp_path.iterdir())


def test_columns_of_parquet_have_types(make: Any, tmp_path: Path) -> None:
    core, path = filled(make()), tmp_path / "a.parquet"
    core.exports.run(path, "parquet")
    types = {field.name: str(field.type) for field in parquet.read_schema(path)}
    texts = "list<element: string>"
    assert {name: of for name, of in types.items() if of != "string"} == {
        "email_verified": "bool", "phones": texts, "birth_date": "date32[day]", "flags": texts, "tags": texts,
        "use_invoice_for_delivery": "bool", "info.points": "int64", "info.rate": "decimal128(19, 4)",
        "info.since": "timestamp[ms, tz=UTC]", "info.active": "bool", "address.purposes": texts,
        "address.default_for": texts,
    }  # fmt: skip


def test_parquet_of_others_is_read_by_the_names_of_its_columns(make: Any, tmp_path: Path) -> None:
    core = defined(make())
    table = pa.table(
        {
            "email": pa.array(["a@example.com", "b@example.com", "no mailbox"]).dictionary_encode(),
            "first_name": ["Ada", "Bo", "Cy"],
            "last_name": ["Lovelace", None, "Ek"],
            "info.points": pa.array([1, 2, 3], pa.int8()),
            "tags": [["x", "y"], [], None],
            "version": [1, 1, 1],
        }
    )
    parquet.write_table(table, tmp_path / "a.parquet")
    report = core.imports.run(tmp_path / "a.parquet", rejects=tmp_path / "rejects.csv")
    assert (report.created, report.refused, report.ignored) == (1, 2, ("version",))
    ada = core.customers.by_email("a@example.com")
    assert (ada.tags, ada.info["points"]) == (frozenset({"x", "y"}), 1)
    mended = (tmp_path / "rejects.csv").read_text(encoding="utf-8").replace("no mailbox", "cy@example.com")
    (tmp_path / "rejects.csv").write_text(mended, encoding="utf-8")
    assert core.imports.run(tmp_path / "rejects.csv").created == 1
    assert core.imports.run(tmp_path / "a.parquet", rejects=tmp_path / "rejects.jsonl").skipped == 1


def test_parquet_that_is_damaged_or_not_ours_is_refused(make: Any, tmp_path: Path) -> None:
    core, path = filled(make()), tmp_path / "a.parquet"
    core.exports.run(path, "parquet")
    whole = path.read_bytes()
    for content in (b"", b"email,first_name\n", whole[: len(whole) // 2]):
        path.write_bytes(content)
        with pytest.raises(InvalidValueError) as caught:
            core.imports.run(path)
        assert (caught.value.field, caught.value.code) == ("path", "damaged_file")
    parquet.write_table(pa.table({"colour": ["red"]}), path)
    with pytest.raises(InvalidValueError) as caught:
        core.imports.run(path)
    assert caught.value.code == "unknown_columns"


def test_bytes_that_are_not_utf8_in_parquet_cost_one_row(make: Any, tmp_path: Path) -> None:
    broken = pa.array([b"Ada", b"B\xff"]).view(pa.binary()).cast(pa.string(), safe=False)
    table = pa.table({"email": ["a@example.com", "b@example.com"], "first_name": broken, "last_name": ["A", "B"]})
    parquet.write_table(table, tmp_path / "a.parquet")
    report = make().imports.run(tmp_path / "a.parquet")
    assert (report.created, [one.field for one in report.refusals]) == (1, ["first_name"])


def test_shopify_gets_its_columns_and_gives_back_what_they_say(make: Any, tmp_path: Path) -> None:
    core, again = filled(make()), make(f"again-{next(_tenants)}")
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    core.exports.run(first, "shopify", where.kind == "registered")
    with first.open(encoding="utf-8", newline="") as file:
        rows = {row["Email"]: row for row in csv.DictReader(file)}
    one = rows["n1@example.com"]
    assert list(one)[:5] == ["Customer ID", "First Name", "Last Name", "Email", "Accepts Email Marketing"]
    assert (one["First Name"], one["Phone"], one["Tags"]) == ("''=1", "''=1", "''=1, a, b")
    assert (one["Default Address City"], one["Default Address Address2"]) == ("Oslo", "''=1")
    report = again.imports.run(first, "shopify")
    assert (report.created, report.refused) == (len(rows), 0), report.refusals
    again.exports.run(second, "shopify", where.kind == "registered")
    assert first.read_bytes() == second.read_bytes()
    assert [again.customers.by_email(f"n{number}@example.com").first_name for number in range(len(NASTY))] == list(
        NASTY
    )


def test_shopify_has_no_room_for_other_columns(make: Any, tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError) as caught:
        make().exports.run(tmp_path / "a.csv", "shopify", columns=["email", "birth_date", "id"])
    assert [(one.field, one.code) for one in caught.value.problems] == [("columns", "no_room")] * 2


def test_progress_tells_how_many_customers_there_are(make: Any, tmp_path: Path) -> None:
    core, path = make(), tmp_path / "a.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("email,first_name,last_name\n")
        file.writelines(f"p{number}@example.com,A,B\n" for number in range(2_500))
    core.imports.run(path)
    told: list[tuple[int, int]] = []
    core.exports.run(path, progress=lambda done, total: told.append((done, total)))
    assert told == [(1_000, 2_500), (2_000, 2_500), (2_500, 2_500)]


@pytest.mark.parametrize("suffix", [*SUFFIXES, "shopify"])
def test_an_export_that_is_broken_off_leaves_nothing_behind(
    suffix: str, make: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    core, path = filled(make()), tmp_path / "a.file"
    path.write_text("old", encoding="utf-8")

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        core.exports.run(path, suffix, progress=stop)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.file", "scratch"]
    assert path.read_text(encoding="utf-8") == "old"
    assert not list(scratch.iterdir())


@pytest.mark.parametrize(("suffix", "module"), [("xlsx", "xlsxwriter"), ("parquet", "pyarrow")])
def test_a_format_whose_library_is_not_installed_names_the_extra(
    suffix: str, module: str, make: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    extra = {"xlsx": "files"}.get(suffix, suffix)
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ExtensionError) as caught:
        make().exports.run(tmp_path / f"a.{suffix}", suffix)
    assert (caught.value.code, caught.value.details["extra"]) == ("missing_extra", extra)
    assert not list(tmp_path.iterdir())
