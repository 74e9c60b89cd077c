from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customercore import CustomerCore, open_core, where
from customercore.domain.text import identity_key
from customercore.errors import InvalidValueError

OSLO = {"line1": "Karl Johans gate 1", "city": "Oslo", "postcode": "0154", "country": "NO"}
LUND = {"line1": "Kyrkogatan 2", "city": "Lund", "postcode": "222 22", "country": "SE"}


@pytest.fixture
def core() -> CustomerCore:
    core = open_core("memory://")
    core.flags.define("vip")
    core.customers.create(
        email="bo@example.com",
        first_name="Bo",
        last_name="Ek",
        phones=["+46 8 1234567", "1;2"],
        flags={"vip"},
        birth_date=dt.date(1990, 1, 31),
        information="two\nlines",
        addresses=[LUND, {**OSLO, "purposes": ["delivery"]}],
    )
    core.customers.create(email="ada@example.com", first_name="Ada", last_name="=1+1", tags={"a", "b"})
    core.customers.create_guest(email="cy@example.com")
    core.customers.deactivate(core.customers.by_email("ada@example.com"))
    return core


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def exported(core: CustomerCore, path: Path, **options: Any) -> bytes:
    core.exports.run(path, **options)
    return path.read_bytes()


def test_everybody_is_exported_in_the_order_of_their_e_mail(core: CustomerCore, tmp_path: Path) -> None:
    report = core.exports.run(tmp_path / "a.csv")
    assert (report.written, report.path) == (3, str(tmp_path / "a.csv"))
    assert [(row["email"], row["kind"], row["status"]) for row in rows(tmp_path / "a.csv")] == [
        ("ada@example.com", "registered", "inactive"),
        ("bo@example.com", "registered", "active"),
        ("cy@example.com", "guest", "active"),
    ]


def test_ids_versions_and_times_are_left_out_unless_they_are_asked_for(core: CustomerCore, tmp_path: Path) -> None:
    core.exports.run(tmp_path / "a.csv")
    assert (
        not {"id", "version", "created_at", "updated_at", "deactivated_at", "full_name"}
        & rows(tmp_path / "a.csv")[0].keys()
    )
    core.exports.run(
        tmp_path / "b.csv",
        columns=["id", "full_name", "version", "created_at"],
        criteria=where.email == "bo@example.com",
    )
    (bo,) = rows(tmp_path / "b.csv")
    assert bo["id"] == core.customers.by_email("bo@example.com").id
    assert (bo["full_name"], bo["version"], bo["created_at"][-1]) == ("Bo Ek", "1", "Z")


def test_cells_that_a_spreadsheet_would_run_are_marked(core: CustomerCore, tmp_path: Path) -> None:
    core.exports.run(tmp_path / "a.csv", columns=["last_name", "phones"], criteria=where.status == "inactive")
    assert rows(tmp_path / "a.csv") == [{"last_name": "'=1+1", "phones": ""}]


def test_each_address_is_in_a_row_once(core: CustomerCore, tmp_path: Path) -> None:
    core.exports.run(tmp_path / "a.csv", criteria=where.last_name == "Ek")
    (bo,) = rows(tmp_path / "a.csv")
    assert (bo["address.city"], bo["address.default_for"]) == ("Lund", "delivery; invoice")
    assert json.loads(bo["addresses"]) == [{**OSLO, "purposes": ["delivery"], "default_for": []}]


def test_the_place_of_an_invoice_address_that_is_not_the_first_is_kept(core: CustomerCore, tmp_path: Path) -> None:
    bo = core.customers.by_email("bo@example.com")
    core.addresses.set_default(bo, bo.addresses[1], "invoice")
    core.exports.run(tmp_path / "a.csv", criteria=where.last_name == "Ek")
    (row,) = rows(tmp_path / "a.csv")
    assert row["address.city"] == "Oslo"
    first, second = json.loads(row["addresses"])
    assert (first["city"], second) == ("Lund", None)


def test_addresses_can_be_asked_for_by_number_and_as_a_whole(core: CustomerCore, tmp_path: Path) -> None:
    columns = ["email", "address.city", "addresses[1].city", "addresses[7].city", "addresses"]
    core.exports.run(tmp_path / "a.csv", columns=columns, criteria=where.last_name == "Ek")
    (row,) = rows(tmp_path / "a.csv")
    assert (row["address.city"], row["addresses[1].city"], row["addresses[7].city"]) == ("Lund", "Oslo", "")
    assert [one["city"] for one in json.loads(row["addresses"])] == ["Lund", "Oslo"]


def test_json_lines_have_typed_values_and_ordered_keys(core: CustomerCore, tmp_path: Path) -> None:
    core.exports.run(tmp_path / "a.jsonl", "jsonl", where.last_name == "Ek")
    (line,) = (tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()
    row = json.loads(line)
    assert list(row) == sorted(row)
    assert (row["phones"], row["flags"], row["tags"]) == (["+46 8 1234567", "1;2"], ["vip"], [])
    assert (row["email_verified"], row["birth_date"], row["salutation"]) == (False, "1990-01-31", None)


def test_criteria_status_shop_and_sort_choose_what_is_written(core: CustomerCore, tmp_path: Path) -> None:
    def emails(**options: Any) -> list[str]:
        core.exports.run(tmp_path / "a.csv", columns=["email"], **options)
        return [row["email"][:2] for row in rows(tmp_path / "a.csv")]

    core.shops.create("se")
    core.customers.update(core.customers.by_email("bo@example.com"), shop="se")
    assert emails(status="active") == ["bo", "cy"]
    assert emails(shop="se") == ["bo"]
    assert emails(sort="-email") == ["cy", "bo", "ad"]
    assert emails(criteria=where.kind == "guest") == ["cy"]
    assert emails(criteria=where.tag("A"), status="active") == []


@pytest.mark.parametrize(
    ("options", "problems"),
    [
        ({"columns": ["email", "colour", "address.planet", "identity_scope"]}, ["columns/unknown_field"] * 3),
        ({"columns": []}, ["columns/wrong_type"]),
        ({"columns": "email"}, ["columns/wrong_type"]),
        ({"columns": [3]}, ["columns/unknown_field"]),
        ({"format": "pdf"}, ["format/unknown_format"]),
        ({"status": "asleep"}, ["status/unknown_choice"]),
        ({"sort": "phones"}, ["sort/not_sortable"]),
        ({"criteria": "last_name"}, ["criteria/invalid_criteria"]),
        ({"criteria": where.colour == "red"}, ["where.colour/unknown_field"]),
    ],
)
def test_wrong_arguments_are_named_and_nothing_is_written(
    options: dict[str, Any], problems: list[str], core: CustomerCore, tmp_path: Path
) -> None:
    with pytest.raises(InvalidValueError) as caught:
        core.exports.run(tmp_path / "a.csv", **options)
    assert [f"{one.field}/{one.code}" for one in caught.value.problems] == problems
    assert not list(tmp_path.iterdir())


def test_a_file_that_cannot_be_written_leaves_nothing_behind(core: CustomerCore, tmp_path: Path) -> None:
    for target in (tmp_path, tmp_path / "no" / "folder.csv"):
        with pytest.raises(InvalidValueError) as caught:
            core.exports.run(target)
        assert (caught.value.field, caught.value.code) == ("path", "file_not_writable")
    assert not list(tmp_path.iterdir())
    assert not list(tmp_path.parent.glob("*.part"))


def test_a_file_that_is_there_is_replaced_at_once_or_not_at_all(
    core: CustomerCore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "a.csv"
    target.write_text("old", encoding="utf-8")

    def fail(_: int) -> None:
        raise OSError

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", fail)
        with pytest.raises(InvalidValueError):
            core.exports.run(target)
    assert target.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [target]
    core.exports.run(target)
    assert target.stat().st_mode & 0o077 == 0


def test_inside_a_transaction_the_export_sees_what_it_has_changed(core: CustomerCore, tmp_path: Path) -> None:
    with core.transaction() as tx:
        tx.customers.create(email="new@example.com", first_name="N", last_name="N")
        assert tx.exports.run(tmp_path / "a.csv").written == 4
    assert core.exports.run(tmp_path / "a.csv").written == 4


@pytest.mark.parametrize("format_", ["csv", "jsonl"])
def test_an_exported_file_makes_an_equal_store_and_a_rerun_changes_nothing(
    format_: str, core: CustomerCore, tmp_path: Path
) -> None:
    first = exported(core, tmp_path / f"a.{format_}", format=format_)
    again = open_core("memory://")
    again.flags.define("vip")
    for created, skipped in ((3, 0), (0, 3)):
        report = again.imports.run(tmp_path / f"a.{format_}")
        assert (report.created, report.skipped, report.refused) == (created, skipped, 0)
        assert exported(again, tmp_path / f"b.{format_}", format=format_) == first
    assert again.imports.run(tmp_path / f"a.{format_}", on_conflict="update").skipped == 3
    assert again.customers.by_email("ada@example.com").deactivated_at is not None


def test_guests_that_are_equal_stay_two(tmp_path: Path) -> None:
    core, again = open_core("memory://"), open_core("memory://")
    for _ in range(2):
        core.customers.create_guest(email="cy@example.com", first_name="Cy")
    first = exported(core, tmp_path / "a.csv")
    assert again.imports.run(tmp_path / "a.csv", dry_run=True).created == 2
    assert again.imports.run(tmp_path / "a.csv").created == 2
    again.customers.create_guest(email="cy@example.com", first_name="Cy Jr")
    for dry_run in (True, False):
        assert again.imports.run(tmp_path / "a.csv", dry_run=dry_run).skipped == 2
    assert exported(again, tmp_path / "b.csv", criteria=where.first_name == "Cy") == first


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=12).filter(
    identity_key
)
NASTY = TEXT | st.sampled_from(
    ["=1+1", "'=1", "''t", "-2", "@x", '"', "a;b", "[1", '["x"]', "a,b", "null", "0", "å\u0308"]
)
ADDRESS = st.fixed_dictionaries(
    {
        "country": st.sampled_from(["SE", "NO", "JP"]),
        "purposes": st.sets(st.sampled_from(["invoice", "delivery"])),
    },
    optional={
        "line1": NASTY,
        "label": NASTY,
        "phone": NASTY,
        "default_for": st.sets(st.sampled_from(["invoice", "delivery"])),
    },
)
PERSON = st.fixed_dictionaries(
    {"first_name": NASTY, "last_name": NASTY},
    optional={
        "phones": st.lists(NASTY, max_size=3),
        "tags": st.lists(NASTY.filter(lambda tag: ";" not in tag), max_size=3),
        "information": st.text("a\n\t'=\" ", max_size=9),
        "birth_date": st.dates(dt.date(1, 1, 1)),
        "email_verified": st.booleans(),
        "company_name": NASTY,
        "addresses": st.lists(ADDRESS, max_size=3),
    },
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(people=st.lists(st.tuples(PERSON, st.sampled_from(["", "inactive", "guest", "moved"])), max_size=4))
def test_whatever_is_stored_comes_back_from_a_file(people: list[tuple[dict[str, Any], str]], tmp_path: Path) -> None:
    core = open_core("memory://")
    for number, (fields, turn) in enumerate(people):
        make = core.customers.create_guest if turn == "guest" else core.customers.create
        made = make(email=f"p{number % 3 if turn == 'guest' else number}@example.com", **fields)
        if turn == "inactive":
            core.customers.deactivate(made)
        if turn == "moved" and made.addresses:
            core.addresses.remove(made, made.addresses[0])  # which may leave a purpose without a default
    for format_ in ("csv", "jsonl"):
        again = open_core("memory://")
        first = exported(core, tmp_path / f"a.{format_}", format=format_)
        report = again.imports.run(tmp_path / f"a.{format_}")
        assert (report.created, report.refused, report.skipped) == (len(people), 0, 0), report.refusals
        assert exported(again, tmp_path / f"b.{format_}", format=format_) == first
        assert again.imports.run(tmp_path / f"a.{format_}").skipped == len(people)
        assert again.imports.run(tmp_path / f"a.{format_}", on_conflict="update").updated == 0
