from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customercore.adapters.files.csv_rows import CsvRows
from customercore.errors import InvalidValueError

Read = list[tuple[int, list[str], list[str]]]


def read(folder: Path, content: bytes, delimiter: str | None = None) -> Read:
    path = folder / "file.csv"
    path.write_bytes(content)
    rows = CsvRows(str(path), delimiter)
    try:
        return [(row.line, row.cells, [one.code for one in row.problems]) for row in rows.rows()]
    finally:
        rows.close()


def refusal(folder: Path, content: bytes, delimiter: str | None = None) -> tuple[str, str]:
    with pytest.raises(InvalidValueError) as caught:
        read(folder, content, delimiter)
    return caught.value.field, caught.value.code


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    assert read(tmp_path, b"\xef\xbb\xbf\xc3\xa5,b\n1,2\n") == [(2, ["1", "2"], [])]


def test_each_row_tells_the_line_on_which_it_starts(tmp_path: Path) -> None:
    content = b'a,b\r\n1,"x\r\ny"\r\n\r\n2,z\r\n'
    assert [line for line, _, _ in read(tmp_path, content)] == [2, 5]


def test_a_quoted_newline_stays_in_its_cell(tmp_path: Path) -> None:
    assert read(tmp_path, b'a,b\n1,"x\ny"\n') == [(2, ["1", "x\ny"], [])]


@pytest.mark.parametrize("empty", [b"\n", b"   \n", b",\n", b"\r\n\r\n"])
def test_empty_lines_are_no_rows(empty: bytes, tmp_path: Path) -> None:
    assert [cells for _, cells, _ in read(tmp_path, b"a,b\n" + empty + b"1,2\n" + empty)] == [["1", "2"]]


@pytest.mark.parametrize("row", [b"1", b"1,2,3", b"1,Storgatan 5, upp 2"])
def test_a_row_with_another_number_of_cells_is_refused(row: bytes, tmp_path: Path) -> None:
    rows = read(tmp_path, b"a,b\n" + row + b"\n3,4\n")
    assert [problems for _, _, problems in rows] == [["column_count"], []]


def test_a_quote_that_is_never_closed_costs_one_row(tmp_path: Path) -> None:
    rows = read(tmp_path, b'a,b\n1,"open\n' + b"2,x\n" * 50_000 + b"3,y\n")
    assert [problems for _, _, problems in rows if problems] == [["malformed_quotes"]]
    assert rows[0] == (2, ["1", "open"], ["malformed_quotes"])
    assert len(rows) == 50_002
    assert rows[-1] == (50_003, ["3", "y"], [])


def test_a_quote_that_closes_in_a_later_row_costs_one_row(tmp_path: Path) -> None:
    rows = read(tmp_path, b'a,b\n1,"open\n2,"x"\n3,y\n')
    assert [(line, problems) for line, _, problems in rows] == [(2, ["malformed_quotes"]), (3, []), (4, [])]


def test_a_quote_that_is_not_doubled_is_refused_and_not_swallowed(tmp_path: Path) -> None:
    rows = read(tmp_path, b'a,b\n1,"Ann "Bob" Lee"\n2,x\n')
    assert [problems for _, _, problems in rows] == [["malformed_quotes"], []]


def test_a_huge_cell_is_refused_and_what_is_in_it_is_never_taken_for_a_row(tmp_path: Path) -> None:
    huge = b"x" * 200_000 + b"\n9,smuggled\n"
    rows = read(tmp_path, b'a,b\n1,"' + huge + b'"\n2,y\n')
    assert [(line, problems) for line, _, problems in rows] == [(2, ["cell_too_large"]), (5, [])]


def test_a_line_without_an_end_is_refused(tmp_path: Path) -> None:
    rows = read(tmp_path, b"a,b\n" + b"x" * 9_000_000 + b",1\n2,3\n")
    assert [(line, problems) for line, _, problems in rows] == [(2, ["cell_too_large"]), (3, [])]


def test_bytes_that_are_not_utf_8_stay_in_their_cell(tmp_path: Path) -> None:
    assert read(tmp_path, b"a,b\n\xe5,\x00\n") == [(2, ["\udce5", "\x00"], [])]


def test_another_delimiter_is_taken_when_it_is_given(tmp_path: Path) -> None:
    assert read(tmp_path, b"a;b\n1;2,5\n", ";") == [(2, ["1", "2,5"], [])]


@pytest.mark.parametrize("delimiter", [b",", b";", b"\t", b"|"])
def test_the_only_sign_that_can_separate_the_columns_does(delimiter: bytes, tmp_path: Path) -> None:
    content = b'a%b"b,;"\n\n1%b2\n' % (delimiter, delimiter)
    assert read(tmp_path, content) == [(3, ["1", "2"], [])]


@pytest.mark.parametrize("header", [b"a;b,c\n", b"a\tb;c\n", b'"x",b|c\n'])
def test_a_delimiter_that_may_be_one_of_two_is_not_guessed(header: bytes, tmp_path: Path) -> None:
    assert refusal(tmp_path, header) == ("delimiter", "ambiguous_delimiter")


def test_a_delimiter_that_is_named_and_is_not_there_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, b"a;b\n", ",") == ("delimiter", "wrong_delimiter")


def test_a_file_of_one_column_needs_no_delimiter(tmp_path: Path) -> None:
    assert read(tmp_path, b"email\nada@example.com\n") == [(2, ["ada@example.com"], [])]


@pytest.mark.parametrize("delimiter", ["", ",,", '"', "\n", "å"])
def test_a_delimiter_that_cannot_be_one_is_refused(delimiter: str, tmp_path: Path) -> None:
    assert refusal(tmp_path, b"a,b\n", delimiter) == ("delimiter", "invalid_delimiter")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        ("\n".encode("utf-16"), "empty_file"),
        (b"\n \n", "empty_file"),
        (b"a,,b\n", "missing_column_name"),
        (b"a,b,a\n", "duplicate_column"),
        (b"a,\xe5\n", "invalid_column_name"),
        (b'a,"b\n1,2\n', "malformed_quotes"),
    ],
)
def test_a_header_that_is_none_is_refused(content: bytes, code: str, tmp_path: Path) -> None:
    assert refusal(tmp_path, content) == ("path", code)


def test_no_message_about_a_header_repeats_it(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(b"ada@example.com,ada@example.com\n")
    with pytest.raises(InvalidValueError) as caught:
        CsvRows(str(path))
    assert "ada" not in str(caught.value)


@pytest.mark.parametrize("name", ["missing.csv", "", "."])
def test_a_file_that_cannot_be_read_is_its_own_error(name: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError) as caught:
        CsvRows(str(tmp_path / name))
    assert caught.value.code == "file_not_found"


def test_how_far_reading_has_come_is_told_in_bytes(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(b"a,b\n" + b"1,2\n" * 20_000)
    rows = CsvRows(str(path))
    assert rows.size == 80_004
    assert rows.position < rows.size
    assert len(list(rows.rows())) == 20_000
    assert rows.position == rows.size
    rows.close()


@given(
    st.lists(
        st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=8), min_size=2, max_size=2)
    )
)
def test_what_a_csv_writer_wrote_is_read_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([["a", "b"], *rows])
    found = read(tmp_path_factory.mktemp("csv"), text.getvalue().encode())
    assert [cells for _, cells, _ in found] == [cells for cells in rows if any(cells)]


@given(st.binary(max_size=300))
def test_no_bytes_at_all_make_the_reader_fail(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.mktemp("csv")
    rows = read(folder, b"a,b\n" + content + b"\n")
    assert all(len(cells) == 2 or problems for _, cells, problems in rows)
    lines = [line for line, _, _ in rows]
    assert lines == sorted(set(lines))
