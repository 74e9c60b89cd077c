from __future__ import annotations

import csv
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from customercore import Customer, CustomerCore, CustomerCoreError, open_core
from customercore.domain.report import ImportReport
from customercore.errors import InvalidValueError

Write = Callable[..., str]


@pytest.fixture
def core() -> CustomerCore:
    return open_core("memory://")


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(*rows: dict[str, str], name: str = "file.csv") -> str:
        columns = list(dict.fromkeys(column for row in rows for column in row))
        with (tmp_path / name).open("w", encoding="utf-8", errors="surrogateescape", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            writer.writerows(rows)
        return str(tmp_path / name)

    return write


def person(number: int | str, **fields: str) -> dict[str, str]:
    return {"email": f"p{number}@example.com", "first_name": "Pat", "last_name": f"Nr {number}", **fields}


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    assert report.read == report.created + report.updated + report.skipped + report.refused
    return report.created, report.updated, report.skipped, report.refused


def everybody(core: CustomerCore) -> list[Customer]:
    return list(core.customers.iterate(status="any", sort="email"))


def codes(report: ImportReport) -> list[tuple[int, str, str]]:
    return [(one.line, one.field, one.code) for one in report.refusals]


def test_all_problems_of_a_row_are_told_together(core: CustomerCore, write: Write) -> None:
    report = core.imports.run(write(person(1, email="no", last_name="", birth_date="1.2.3", flags="vip")))
    assert sorted(codes(report)) == [
        (2, "birth_date", "wrong_type"),
        (2, "email", "invalid_email"),
        (2, "flags[0]", "unknown_flag"),
        (2, "last_name", "required"),
    ]


def test_a_date_where_the_customer_type_should_be_is_refused(core: CustomerCore, write: Write) -> None:
    report = core.imports.run(write(person(1, customer_type="2024-01-01")))
    assert codes(report) == [(2, "customer_type", "unknown_type")]


def test_mended_rejects_import_cleanly(core: CustomerCore, write: Write, tmp_path: Path) -> None:
    path = write(person(1, phones="'+46 8 1234567"), person(2, email="", phones="'+46 8 1234567"), person(3, email="x"))
    rejects = tmp_path / "rejects.csv"
    report = core.imports.run(path, rejects=rejects)
    assert (counts(report), report.rejects_path) == ((1, 0, 0, 2), str(rejects))
    mended = rejects.read_text(encoding="utf-8").replace(",x,", ",p3@example.com,").replace("\n,", "\np2@example.com,")
    mended = mended.replace("\nx,", "\np3@example.com,")
    rejects.write_text(mended, encoding="utf-8")
    assert counts(core.imports.run(rejects, rejects=tmp_path / "again.csv")) == (2, 0, 0, 0)
    assert not (tmp_path / "again.csv").exists()
    assert [one.phones for one in everybody(core)] == [("+46 8 1234567",), ("+46 8 1234567",), ()]


def test_the_rejects_file_never_takes_the_place_of_what_is_read(
    core: CustomerCore, write: Write, tmp_path: Path
) -> None:
    path = write(person(1, email=""))
    link = tmp_path / "link.csv"
    link.symlink_to(path)
    for target in (path, str(link), str(tmp_path / "." / "file.csv")):
        with pytest.raises(InvalidValueError) as caught:
            core.imports.run(path, rejects=target)
        assert (caught.value.field, caught.value.code) == ("rejects", "same_file")
    with pytest.raises(InvalidValueError) as caught:
        core.imports.run(path, rejects=tmp_path / "no" / "folder.csv")
    assert (caught.value.field, caught.value.code) == ("rejects", "file_not_writable")


def test_an_import_and_create_refuse_the_same_rows_for_the_same_reasons(core: CustomerCore, write: Write) -> None:
    rows = bad_rows()
    assert len(rows) == 200
    report = core.imports.run(write(*rows))
    assert counts(report) == (0, 0, 0, 200)
    by_line: dict[int, set[tuple[str, str]]] = {}
    for line, field, code in codes(report):
        by_line.setdefault(line, set()).add((field, code))
    told = list(by_line.values())
    assert told == [create_refuses(core, row) for row in rows]


def create_refuses(core: CustomerCore, row: dict[str, str]) -> set[tuple[str, str]]:
    fields: dict[str, Any] = {name: text for name, text in row.items() if text and "." not in name}
    address = {name.removeprefix("address."): text for name, text in row.items() if text and "." in name}
    for name in {"phones", "flags"} & fields.keys():
        fields[name] = [part.strip() for part in fields[name].split(";")]
    if address:
        fields["addresses"] = [address]
    with pytest.raises(CustomerCoreError) as caught:
        core.customers.create(**fields)
    assert isinstance(caught.value, InvalidValueError)
    return {(one.field, one.code) for one in caught.value.problems}


def bad_rows() -> list[dict[str, str]]:
    faults: list[dict[str, str]] = [
        {"email": "not an address"},
        {"email": "a@b@example.com"},
        {"email": "x@localhost"},
        {"email": ""},
        {"first_name": ""},
        {"first_name": "A\x00da"},
        {"last_name": "\udce5"},
        {"last_name": "x" * 256},
        {"company_name": "two\nlines"},
        {"code": "x" * 101},
        {"phones": "+46 8 1; " + "1" * 51},
        {"language": "swedish!"},
        {"birth_date": "10/12/1815"},
        {"customer_type": "1815-12-10"},
        {"flags": "unheard_of"},
        {"shop": "nowhere"},
        {"address.city": "Oslo"},
        {"address.country": "Atlantis"},
        {"address.country": "SE", "address.postcode": "1" * 33},
        {"information": "x" * 20_001},
    ]
    single = [person(number, **fault) for number, fault in enumerate(faults)]
    pairs = [
        person(f"{one}x{two}", **faults[one], **faults[two])
        for one in range(len(faults))
        for two in range(one + 1, len(faults))
        if not faults[one].keys() & faults[two].keys()
    ]
    return [*single, *pairs[: 200 - len(single)]]


def test_refused_objects_are_mended_in_their_own_form(core: CustomerCore, tmp_path: Path) -> None:
    lines = ['{"email": "p1@example.com", "first_name": "A"}', "no json", '{"email": "x"}']
    (tmp_path / "a.jsonl").write_text("\n".join(lines), encoding="utf-8")
    rejects = tmp_path / "rejects.jsonl"
    assert counts(core.imports.run(tmp_path / "a.jsonl", rejects=rejects)) == (0, 0, 0, 3)
    first, second, _ = rejects.read_text(encoding="utf-8").splitlines()
    mended = first.replace('"first_name": "A"', '"first_name": "A", "last_name": "B"')
    rejects.write_text(f"{mended}\n{second}\n", encoding="utf-8")
    report = core.imports.run(rejects)
    assert counts(report) == (1, 0, 0, 1)
    assert codes(report) == [(2, "row", "invalid_json")]


@pytest.mark.parametrize("seed", range(4))
def test_rows_in_are_rows_imported_and_rows_refused_however_the_file_is_damaged(
    seed: int, core: CustomerCore, write: Write, tmp_path: Path
) -> None:
    chance = random.Random(seed)
    path = Path(write(*(person(number, phones="+46 8 1234567", information="a, b") for number in range(500))))
    content = bytearray(path.read_bytes())
    for _ in range(200):
        damage = chance.choice([b",", b'"', b"\x00", b"\xe5", b"\r\n", b"=", b"", b"x" * 300, b"\xef\xbb\xbf"])
        at = chance.randrange(200, len(content))
        content[at : at + chance.randrange(2)] = damage
    path.write_bytes(content)
    rejects = tmp_path / "rejects.csv"
    report = core.imports.run(path, rejects=rejects)
    created, _, skipped, refused = counts(report)
    assert created == core.customers.count() > 250
    assert refused > 20
    assert all(one.line > 1 and one.field and one.code and one.message for one in report.refusals)
    assert len({one.line for one in report.refusals}) == refused
    assert counts(core.imports.run(path)) == (0, 0, created + skipped, refused)
    assert core.imports.run(rejects).refused + core.imports.run(rejects).skipped == refused
