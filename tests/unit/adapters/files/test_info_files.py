"""Info types in files: a field defined a minute ago is imported and exported like a built-in one, on both stores."""

from __future__ import annotations

import csv
import datetime as dt
import json
import shutil
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from customercore import CustomerCore, Money, open_core, where
from customercore.domain.info_type import ADDRESS
from customercore.domain.report import ImportReport
from customercore.errors import InvalidValueError

Open = Callable[[], CustomerCore]

PERSON = {"email": "ada@example.com", "first_name": "Ada", "last_name": "Lovelace"}
VALUES: dict[str, Any] = {
    "text": "=1+1; [x] ''",
    "long_text": 'two\n"lines", \'and\tmore',
    "integer": -5,
    "decimal": Decimal("-12.5"),
    "boolean": False,
    "date": dt.date(1815, 12, 10),
    "datetime": dt.datetime(2026, 1, 31, 12, 30, 0, 123_000, tzinfo=dt.UTC),
    "choice": "a:b",
    "multi_choice": frozenset(("a:b", "[c")),
    "money": Money("50.00", "SEK"),
    "email": "Ada@Example.com",
    "phone": "+46 8 1234567",
    "url": "https://example.com/a?b=c;d",
    "country": "SE",
    "reference": "-00 7",
}


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("info-files") / "empty.db"
    open_core(f"sqlite:///{path}").close()
    return path


@pytest.fixture(params=["memory", "sqlite"])
def opened(request: pytest.FixtureRequest, tmp_path: Path, empty_sqlite: Path) -> Iterator[Open]:
    cores: list[CustomerCore] = []

    def opened() -> CustomerCore:
        path = tmp_path / f"{len(cores)}.db"
        if request.param == "sqlite":
            shutil.copy(empty_sqlite, path)
        core = open_core("memory://" if request.param == "memory" else f"sqlite:///{path}")
        cores.append(core)
        return core

    yield opened
    for core in cores:
        core.close()


def define_all(core: CustomerCore) -> CustomerCore:
    with core.transaction() as tx:
        for number, kind in enumerate(VALUES):
            options: dict[str, Any] = {"choices": ["a:b", "[c", "d"]} if kind.endswith("choice") else {}
            tx.info_types.define(f"a_{kind}", kind, position=-number, **options)
            tx.info_types.define(f"b_{kind}", kind, applies_to=ADDRESS, **options)
    return core


def full(core: CustomerCore) -> CustomerCore:
    """Give the core customers with a value of every kind, with some, and with none."""
    every = {f"a_{kind}": value for kind, value in VALUES.items()}
    there = {f"b_{kind}": value for kind, value in VALUES.items()}
    lund = {"country": "SE", "city": "Lund", "info": there}
    oslo = {"country": "NO", "city": "Oslo", "info": {"b_text": "x", "b_integer": 0}}
    core.customers.create(**PERSON, info=every, addresses=[lund, oslo])
    core.customers.create(email="b@example.com", first_name="B", last_name="B", info={"a_integer": 0})
    core.customers.create(email="c@example.com", first_name="C", last_name="C", addresses=[oslo])
    core.customers.create_guest(email="d@example.com", info={"a_money": VALUES["money"]})
    return core


def write(path: Path, *rows: dict[str, str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(dict.fromkeys(name for row in rows for name in row)), restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def refused(report: ImportReport) -> list[tuple[int, str, str]]:
    return [(one.line, one.field, one.code) for one in report.refusals]


@pytest.mark.parametrize("format_", ["csv", "jsonl"])
def test_values_of_every_kind_come_back_from_a_file(format_: str, opened: Open, tmp_path: Path) -> None:
    core, again, first, second = full(define_all(opened())), define_all(opened()), tmp_path / "a", tmp_path / "b"
    first, second = first.with_suffix(f".{format_}"), second.with_suffix(f".{format_}")
    core.exports.run(first, format_)
    report = again.imports.run(first)
    assert (report.created, report.refused, report.ignored) == (4, 0, ()), report.refusals
    for on_conflict in ("skip", "update"):
        assert again.imports.run(first, on_conflict=on_conflict).skipped == 4
        again.exports.run(second, format_)
        assert second.read_bytes() == first.read_bytes()
    ada, was = again.customers.by_email("ada@example.com"), core.customers.by_email("ada@example.com")
    assert ada.info == was.info
    assert [one.info for one in ada.addresses] == [one.info for one in was.addresses]


def test_info_types_are_columns_in_their_order(opened: Open, tmp_path: Path) -> None:
    core = full(define_all(opened()))
    core.info_types.retire("a_text")
    core.info_types.retire("b_text", applies_to=ADDRESS)
    core.exports.run(tmp_path / "a.csv")
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as file:
        ada = next(csv.DictReader(file))
    columns = [name for name in ada if "info." in name]
    kinds = [kind for kind in VALUES if kind != "text"]
    assert columns == [f"info.a_{kind}" for kind in reversed(kinds)] + [
        f"address.info.b_{kind}" for kind in sorted(kinds)
    ]
    assert (ada["info.a_money"], ada["address.info.b_date"], ada["info.a_boolean"]) == (
        "50.00 SEK",
        "1815-12-10",
        "false",
    )
    assert json.loads(ada["addresses"])[0]["info"] == {"b_integer": 0}


def test_json_lines_have_an_object_of_info(opened: Open, tmp_path: Path) -> None:
    core = full(define_all(opened()))
    core.exports.run(tmp_path / "a.jsonl", "jsonl")
    row, other = (json.loads(line) for line in (tmp_path / "a.jsonl").read_text("utf-8").splitlines()[:2])
    assert row["info"]["a_integer"] == -5
    assert row["info"]["a_multi_choice"] == ["[c", "a:b"]
    assert row["info"]["a_decimal"] == "-12.5"
    assert (row["info"]["a_boolean"], other["info"]["a_boolean"]) == (False, None)
    assert row["addresses"][0]["info"]["b_money"] == "50.00 SEK"
    core.exports.run(tmp_path / "b.jsonl", "jsonl", columns=["info.a_date", "address.info.b_date"], sort="email")
    assert json.loads((tmp_path / "b.jsonl").read_text("utf-8").splitlines()[0]) == {
        "address.info.b_date": "1815-12-10",
        "info": {"a_date": "1815-12-10"},
    }


def test_a_row_says_what_is_wrong_with_which_info_type(opened: Open, tmp_path: Path) -> None:
    core = opened()
    core.info_types.define("points", "integer", maximum=10)
    core.info_types.define("paid", "money")
    core.info_types.define("floor", "integer", applies_to=ADDRESS)
    good = {**PERSON, "info.points": " 5 ", "info.paid": " ", "address.country": "SE", "address.info.floor": "3"}
    bad = {"email": "x", "info.points": "11", "info.paid": "5", "address.country": "SE", "address.info.floor": "high"}
    report = core.imports.run(write(tmp_path / "a.csv", good, {**good, **bad}), rejects=tmp_path / "rejects.csv")
    assert sorted(refused(report)) == [
        (3, "addresses[0].info.floor", "wrong_type"),
        (3, "email", "invalid_email"),
        (3, "info.paid", "wrong_type"),
        (3, "info.points", "out_of_range"),
    ]
    ada = core.customers.by_email("ada@example.com")
    assert (ada.info, ada.addresses[0].info) == ({"points": 5}, {"floor": 3})


@pytest.mark.parametrize(
    ("column", "field", "code"),
    [
        ("info.nope", "info.nope", "unknown_field"),
        ("address.info.nope", "address.info.nope", "unknown_field"),
        ("info.old", "info.old", "unknown_field"),
        ("info", "path", "unknown_columns"),
    ],
)
def test_a_column_without_a_definition_ends_the_import_before_the_first_row(
    column: str, field: str, code: str, opened: Open, tmp_path: Path
) -> None:
    core = opened()
    core.info_types.define("old", "text")
    core.info_types.retire("old")
    with pytest.raises(InvalidValueError) as caught:
        core.imports.run(write(tmp_path / "a.csv", {**PERSON, column: "5"}), rejects=tmp_path / "rejects.csv")
    assert (caught.value.field, caught.value.code) == (field, code)
    assert core.customers.count() == 0
    assert not (tmp_path / "rejects.csv").exists()


def test_objects_may_have_info_either_way(opened: Open, tmp_path: Path) -> None:
    core = opened()
    core.info_types.define("points", "integer")
    core.info_types.define("due", "date", default=dt.date(2026, 1, 1))
    rows: list[dict[str, Any]] = [
        {**PERSON, "info": {"points": 5, "due": "2026-02-01"}},
        {**PERSON, "email": "b@example.com", "info.points": "7", "info": {"due": None}},
        {**PERSON, "email": "c@example.com", "info": None},
        {**PERSON, "email": "d@example.com", "info": {"nope": 1}, "info.none": 1},
        {**PERSON, "email": "e@example.com", "info": 5},
        {**PERSON, "email": "f@example.com", "info": {"due": "soon"}},
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    report = core.imports.run(tmp_path / "a.jsonl", rejects=tmp_path / "rejects.jsonl")
    assert sorted(refused(report)) == [
        (4, "info.none", "unknown_field"),
        (4, "info.nope", "unknown_field"),
        (5, "info", "wrong_type"),
        (6, "info.due", "wrong_type"),
    ]
    assert [one.info for one in core.customers.iterate(sort="email")] == [
        {"points": 5, "due": dt.date(2026, 2, 1)},
        {"points": 7},
        {"due": dt.date(2026, 1, 1)},
    ]
    assert json.loads((tmp_path / "rejects.jsonl").read_text("utf-8").splitlines()[2])["info"] == {"due": "soon"}


def test_an_update_changes_only_the_info_that_a_row_has(opened: Open, tmp_path: Path) -> None:
    core = opened()
    for key in ("points", "rank"):
        core.info_types.define(key, "integer", personal=key == "rank")
        core.info_types.define(key, "integer", applies_to=ADDRESS)
    lund = {"country": "SE", "city": "Lund", "info": {"points": 1, "rank": 1}}
    ada = core.customers.create(**PERSON, info={"points": 1, "rank": 1}, addresses=[lund])
    place = {"address.country": "SE", "address.city": "Lund"}
    row = {"email": PERSON["email"], "info.points": "", "info.rank": "2", **place, "address.info.points": "9"}
    assert core.imports.run(write(tmp_path / "a.csv", row), on_conflict="update").updated == 1
    assert core.imports.run(write(tmp_path / "a.csv", row), on_conflict="update").skipped == 1
    now = core.customers.get(ada)
    assert (now.info, [one.info for one in now.addresses]) == ({"points": 1, "rank": 2}, [{"points": 9, "rank": 1}])
    event = core.events_of(ada)[-1]
    assert event.personal["info.rank"] == (1, 2)
    assert not event.changes.keys() & {"info.rank", "info.points"}


def test_an_import_tells_which_info_is_personal(opened: Open, tmp_path: Path) -> None:
    core = opened()
    core.info_types.define("points", "integer")
    core.info_types.define("ssn", "text", personal=True)
    core.imports.run(write(tmp_path / "a.csv", {**PERSON, "info.points": "5", "info.ssn": "1"}))
    (event,) = core.events_of(core.customers.by_email("ada@example.com"))
    assert event.changes["info.points"] == (None, 5)
    assert event.personal["info.ssn"] == (None, "1")


def test_a_default_is_for_files_that_do_not_say_all(opened: Open, tmp_path: Path) -> None:
    core = opened()
    core.info_types.define("points", "integer", default=1)
    core.imports.run(write(tmp_path / "a.csv", {**PERSON, "info.points": ""}))
    core.imports.run(write(tmp_path / "a.csv", {**PERSON, "email": "b@example.com"}))
    (tmp_path / "m.toml").write_text('[customer]\nemail = "E"\nfirst_name = "F"\nlast_name = "L"\ninfo.points = "P"\n')
    row = {"E": "c@example.com", "F": "C", "L": "C", "P": ""}
    core.imports.run(write(tmp_path / "a.csv", row), mapping=tmp_path / "m.toml")
    assert [one.info for one in core.customers.iterate(sort="email")] == [{}, {"points": 1}, {"points": 1}]


def test_a_taken_value_costs_one_row(opened: Open, tmp_path: Path) -> None:
    core = opened()
    core.info_types.define("card", "text", unique=True)
    core.customers.create(**PERSON, info={"card": "A"})
    rows = [{**PERSON, "email": f"p{number}@example.com", "info.card": card} for number, card in enumerate("BaCb")]
    report = core.imports.run(write(tmp_path / "a.csv", *rows, {**PERSON, "info.card": "C"}), on_conflict="update")
    assert (report.created, report.updated) == (2, 0)
    assert refused(report) == [(line, "info.card", "duplicate_info") for line in (3, 5, 6)]


def test_criteria_and_sorts_by_info_choose_what_is_written(opened: Open, tmp_path: Path) -> None:
    core = opened()
    core.info_types.define("points", "integer", searchable=True)
    for number in range(4):
        person = {**PERSON, "email": f"p{number}@example.com"}
        core.customers.create(**person, info={"points": number} if number else {})
    core.exports.run(tmp_path / "a.csv", columns=["info.points"], sort="-info.points")
    assert (tmp_path / "a.csv").read_text("utf-8").split() == ["info.points", "3", "2", "1", '""']
    core.exports.run(tmp_path / "a.csv", "csv", where.info("points") >= 2, ["info.points"])
    assert (tmp_path / "a.csv").read_text("utf-8").split() == ["info.points", "2", "3"]


def test_a_file_stays_what_it_is_when_a_field_is_defined_after_it_was_written(opened: Open, tmp_path: Path) -> None:
    core = full(define_all(opened()))
    core.exports.run(tmp_path / "a.csv")
    again = define_all(opened())
    again.info_types.define("new", "text", applies_to=ADDRESS)
    assert again.imports.run(tmp_path / "a.csv").ignored == ()
    assert [one.city for one in again.customers.by_email("ada@example.com").addresses] == ["Lund", "Oslo"]


def test_a_guest_with_values_of_retired_info_types_is_still_the_same(opened: Open, tmp_path: Path) -> None:
    core = opened()
    core.info_types.define("old", "text")
    core.info_types.define("new", "text")
    core.customers.create_guest(email="d@example.com", info={"old": "x", "new": "y"})
    core.info_types.retire("old")
    core.exports.run(tmp_path / "a.csv")
    assert core.imports.run(tmp_path / "a.csv").skipped == 1


def test_definitions_of_the_same_transaction_count(opened: Open, tmp_path: Path) -> None:
    core = opened()
    with core.transaction() as tx:
        tx.info_types.define("points", "integer")
        assert tx.imports.run(write(tmp_path / "a.csv", {**PERSON, "info.points": "5"})).created == 1
    assert core.customers.by_email("ada@example.com").info == {"points": 5}
