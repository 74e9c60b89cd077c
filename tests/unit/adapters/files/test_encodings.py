"""The encoding of a file is told by its mark or by the caller; without either it is UTF-8, and nothing is guessed."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from customercore.adapters.files.csv_rows import CsvRows
from customercore.errors import InvalidValueError, Problem

TEXT = "e-mail,name\r\nada@example.com,Ása Łoś\r\n"


def read(folder: Path, content: bytes, encoding: str | None = None) -> tuple[list[list[str]], str]:
    path = folder / "file.csv"
    path.write_bytes(content)
    rows = CsvRows(str(path), None, encoding)
    try:
        return [row.cells for row in rows.rows()], rows.read_as
    finally:
        rows.close()


@pytest.mark.parametrize(
    ("mark", "encoding", "told"),
    [
        (b"", "utf-8", "utf-8"),
        (codecs.BOM_UTF8, "utf-8", "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16"),
        (codecs.BOM_UTF32_LE, "utf-32-le", "utf-32"),
    ],
)
@pytest.mark.parametrize("named", [False, True])
def test_a_mark_tells_the_encoding_and_the_report_repeats_it(
    mark: bytes, encoding: str, told: str, named: bool, tmp_path: Path
) -> None:
    cells, read_as = read(tmp_path, mark + TEXT.encode(encoding), encoding if named else None)
    assert cells == [["ada@example.com", "Ása Łoś"]]
    assert read_as == f"CSV in {told}, delimiter ','"


@pytest.mark.parametrize("encoding", ["iso-8859-2", "windows-1250", "UTF-16LE", "utf_16_be"])
def test_an_encoding_without_a_mark_is_named(encoding: str, tmp_path: Path) -> None:
    assert read(tmp_path, TEXT.encode(encoding), encoding)[0] == [["ada@example.com", "Ása Łoś"]]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_refused_until_it_is_named(encoding: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError, match=encoding) as caught:
        read(tmp_path, TEXT.encode(encoding))
    assert (caught.value.field, caught.value.code) == ("encoding", "wrong_encoding")


@pytest.mark.parametrize("name", ["", "nonsense", "hex", "rot13", "a\0b", "base64", "ü"])
def test_a_name_that_is_no_encoding_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError) as caught:
        read(tmp_path, b"a,b\n", name)
    assert (caught.value.field, caught.value.code) == ("encoding", "unknown_encoding")


def test_a_name_that_the_mark_contradicts_is_refused(tmp_path: Path) -> None:
    for named in ("windows-1252", "utf-16"):
        with pytest.raises(InvalidValueError, match="UTF-8") as caught:
            read(tmp_path, codecs.BOM_UTF8 + b"a,b\n", named)
        assert caught.value.code == "wrong_encoding"


def test_bytes_of_another_encoding_stay_in_their_cell(tmp_path: Path) -> None:
    content = b"a,b\n1,\xe5\n2,\xc3\xa5\n"
    assert read(tmp_path, content)[0] == [["1", "\udce5"], ["2", "å"]]
    assert read(tmp_path, b"a,b\n1,\x81\n", "windows-1252")[0] == [["1", "\udc81"]]


def test_half_a_sign_of_utf_16_is_no_text(tmp_path: Path) -> None:
    content = "a,b\n1,x".encode("utf-16") + b"\x00\xd8" + "\n2,y\n".encode("utf-16-le")
    cells, _ = read(tmp_path, content)
    assert cells[0][0] == "1"
    assert any("\udc80" <= sign <= "\udcff" for sign in cells[0][1])
    assert cells[1] == ["2", "y"]


@pytest.mark.parametrize("encoding", [None, "windows-1250", "utf-16"])
def test_a_rejects_file_is_read_as_its_source_was(encoding: str | None, tmp_path: Path) -> None:
    path, again = tmp_path / "file.csv", tmp_path / "rejects.csv"
    path.write_bytes(TEXT.replace(",", ";").encode(encoding or "utf-8"))
    rows = CsvRows(str(path), None, encoding)
    rejects = rows.rejects(str(again))
    for row in rows.rows():
        rejects.add(row, (Problem("name", "code", "is wrong"),))
    rejects.close()
    rows.close()
    assert read(tmp_path, again.read_bytes(), encoding)[0] == [["ada@example.com", "Ása Łoś"]]
