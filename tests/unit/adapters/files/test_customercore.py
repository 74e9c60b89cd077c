from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from customercore.adapters.files.customercore import OwnFiles
from customercore.errors import InvalidValueError, Problem
from customercore.wiring import default_catalogue


def drafts(
    folder: Path, name: str, content: str
) -> tuple[list[dict[str, Any]], list[tuple[str, str]], tuple[str, ...]]:
    (folder / name).write_text(content, encoding="utf-8")
    source = OwnFiles().open(str(folder / name), catalogue=default_catalogue())
    problems: list[Problem] = []
    found = []
    for row in source.rows():
        problems += row.problems
        if not row.problems:
            found.append(source.draft(row, problems))
    source.close()
    return found, [(one.field, one.code) for one in problems], source.ignored


def test_any_of_the_columns_will_do(tmp_path: Path) -> None:
    found, _, ignored = drafts(tmp_path, "a.csv", "code,tags,version,full_name\nC1,a; b,7,Ada L\n")
    assert found == [{"code": "C1", "tags": "a; b"}]
    assert ignored == ("version", "full_name")


def test_marks_against_formulas_are_taken_away(tmp_path: Path) -> None:
    found, _, _ = drafts(tmp_path, "a.csv", "email,phones,last_name\na@example.com,'+46 8 1,''=x\n")
    assert found == [{"email": "a@example.com", "phones": "+46 8 1", "last_name": "'=x"}]


def test_a_list_may_be_json_where_a_semicolon_is_part_of_it(tmp_path: Path) -> None:
    found, _, _ = drafts(tmp_path, "a.csv", 'email,phones,tags\na@example.com,"[""1;2"",""3""]",[vip\n')
    assert found == [{"email": "a@example.com", "phones": ["1;2", "3"], "tags": "[vip"}]


def test_the_columns_of_the_invoice_address_make_an_address(tmp_path: Path) -> None:
    found, _, _ = drafts(
        tmp_path, "a.csv", "email,address.city,address.country\na@example.com,Oslo,NO\nb@example.com,,\n"
    )
    assert found == [
        {"email": "a@example.com", "addresses": [{"city": "Oslo", "country": "NO"}]},
        {"email": "b@example.com"},
    ]


def test_the_book_says_more_than_single_columns_of_addresses(tmp_path: Path) -> None:
    found, _, ignored = drafts(
        tmp_path, "a.csv", 'email,address.city,addresses\na@example.com,Oslo,"[{""city"":""Bergen""}]"\n'
    )
    assert found[0]["addresses"] == [{"city": "Bergen"}]
    assert ignored == ("address.city",)


def test_numbered_addresses_come_in_their_order(tmp_path: Path) -> None:
    found, _, _ = drafts(
        tmp_path, "a.csv", "email,addresses[1].city,addresses[0].city,addresses[10].city\na@example.com,B,A,C\n"
    )
    assert found[0]["addresses"] == [{"city": "A"}, {"city": "B"}, {"city": "C"}]


def test_a_book_that_is_no_json_is_a_problem_of_its_row(tmp_path: Path) -> None:
    _, problems, _ = drafts(tmp_path, "a.csv", "email,addresses\na@example.com,Oslo\nb@example.com,{}\n")
    assert problems == [("addresses", "invalid_json")] * 2


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("email,colour", "unknown_columns"),
        ("Ada,Lovelace", "unknown_columns"),
        ("first_name,last_name", "missing_columns"),
        ("email,address.planet", "unknown_columns"),
    ],
)
def test_a_file_that_is_none_of_ours_is_refused(header: str, code: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError) as caught:
        drafts(tmp_path, "a.csv", f"{header}\n")
    assert caught.value.code == code
    assert "Lovelace" not in str(caught.value)


def test_json_lines_have_the_same_names(tmp_path: Path) -> None:
    row = {
        "email": "a@example.com",
        "email_verified": True,
        "phones": ["1;2"],
        "salutation": None,
        "version": 3,
        "addresses": [{"city": "Oslo", "label": None}],
    }
    found, problems, ignored = drafts(tmp_path, "a.jsonl", f"\ufeff{json.dumps(row)}\n\n")
    assert found == [
        {"email": "a@example.com", "email_verified": True, "phones": ["1;2"], "addresses": [{"city": "Oslo"}]}
    ]
    assert not problems
    assert ignored == ("version",)


@pytest.mark.parametrize("line", ["{", "3", "[]", '{"_raw": "x"}', "[" * 100_000, "1" * 5_000, '"\udce5'])
def test_a_line_that_is_no_object_is_refused(line: str, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(line.encode(errors="surrogateescape") + b'\n{"email": "a@example.com"}\n')
    source = OwnFiles().open(str(path), catalogue=default_catalogue())
    first, second = source.rows()
    source.close()
    assert [one.code for one in first.problems] == ["invalid_json"]
    assert (second.line, second.problems) == (2, ())


def test_unknown_keys_are_problems_that_do_not_repeat_a_value(tmp_path: Path) -> None:
    _, problems, _ = drafts(tmp_path, "a.jsonl", '{"email": "a@example.com", "colour": 1, "ada@example.com": 2}\n')
    assert problems == [("colour", "unknown_field"), ("row", "unknown_field")]
