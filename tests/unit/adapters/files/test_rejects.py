from __future__ import annotations

import json
from pathlib import Path

from customercore.adapters.files.csv_rows import REJECT_COLUMNS, CsvRows
from customercore.adapters.files.rejects import CsvRejects, JsonRejects
from customercore.errors import Problem
from customercore.ports.import_format import SourceRow

REQUIRED = Problem("email", "required", "is needed")
COUNT = Problem("row", "column_count", "has 3 cells, the header 2")


def written(folder: Path, row: SourceRow, *problems: Problem) -> str:
    path = str(folder / "rejects.csv")
    rejects = CsvRejects(path, ("a", "b"), ",")
    rejects.add(row, problems)
    rejects.close()
    return path


def read_again(path: str) -> tuple[tuple[str, ...], list[SourceRow]]:
    rows = CsvRows(path)
    try:
        return rows.header, list(rows.rows())
    finally:
        rows.close()


def test_several_problems_of_a_row_stand_beside_each_other(tmp_path: Path) -> None:
    path = written(tmp_path, SourceRow(7, ["1", "2"]), REQUIRED, Problem("phones[0]", "too_long", "must be short"))
    header, row = Path(path).read_text(encoding="utf-8").splitlines()
    assert header == "a,b," + ",".join(REJECT_COLUMNS)
    assert row == "1,2,7,email; phones[0],required; too_long,is needed; must be short,"


def test_what_was_added_is_no_column_when_the_file_is_read_again(tmp_path: Path) -> None:
    header, rows = read_again(written(tmp_path, SourceRow(7, ["1", "2"]), REQUIRED))
    assert header == ("a", "b")
    assert rows == [SourceRow(2, ["1", "2"])]


def test_cells_are_marked_against_formulas_and_read_as_they_were(tmp_path: Path) -> None:
    cells = ["=1+1", "'+46"]
    path = written(tmp_path, SourceRow(7, cells), REQUIRED)
    assert "'=1+1,''+46" in Path(path).read_text(encoding="utf-8")
    assert read_again(path)[1] == [SourceRow(2, cells)]


def test_surplus_cells_are_kept_and_the_row_is_refused_until_they_are_gone(tmp_path: Path) -> None:
    path = written(tmp_path, SourceRow(7, ["1", "2", "3", "4,5"], (COUNT,)), COUNT)
    assert '"3,""4,5"""' in Path(path).read_text(encoding="utf-8")
    ((again,),) = read_again(path)[1:]
    assert [one.code for one in again.problems] == ["column_count"]
    mended = Path(path).read_text(encoding="utf-8").replace('"3,""4,5"""', "")
    Path(path).write_text(mended, encoding="utf-8")
    assert read_again(path)[1] == [SourceRow(2, ["1", "2"])]


def test_a_row_that_was_too_short_is_refused_until_somebody_has_looked(tmp_path: Path) -> None:
    short = Problem("row", "column_count", "has 1 cells, the header 2")
    path = written(tmp_path, SourceRow(7, ["1"], (short,)), short)
    ((again,),) = read_again(path)[1:]
    assert again.problems
    Path(path).write_text(
        Path(path).read_text(encoding="utf-8").replace('"(has 1 cells, the header 2)"', ""), encoding="utf-8"
    )
    assert read_again(path)[1] == [SourceRow(2, ["1", ""])]


def test_bytes_that_were_not_utf_8_are_written_as_they_were(tmp_path: Path) -> None:
    path = written(tmp_path, SourceRow(7, ["\udce5", "\x00"]), REQUIRED)
    assert b"\xe5,\x00" in Path(path).read_bytes()


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    assert Path(written(tmp_path, SourceRow(7, ["1", "2"]), REQUIRED)).stat().st_mode & 0o077 == 0


def test_refused_objects_stay_objects(tmp_path: Path) -> None:
    rejects = JsonRejects(str(tmp_path / "rejects.jsonl"))
    rejects.add(SourceRow(3, {"email": "x"}), (REQUIRED,))
    rejects.add(SourceRow(4, "{no json"), (COUNT,))
    rejects.close()
    first, second = map(json.loads, (tmp_path / "rejects.jsonl").read_text(encoding="utf-8").splitlines())
    assert first == {"email": "x", "_line": 3, "_field": "email", "_code": "required", "_reason": "is needed"}
    assert second["_raw"] == "{no json"
