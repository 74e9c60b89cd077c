"""Unique info types: their holders are found, and a dry run of an import sees what an import would refuse."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from customercore import Customer, CustomerCore, Money, where
from customercore.errors import InvalidValueError, NotFoundError

NAME = {"first_name": "N", "last_name": "N"}


@pytest.fixture(autouse=True)
def card(core: CustomerCore) -> None:
    core.info_types.define("card", "text", unique=True, maximum=20)


def person(core: CustomerCore, name: str, **info: Any) -> Customer:
    return core.customers.create(email=f"{name}@example.com", **NAME, info=info)


def test_the_holder_of_a_unique_value_is_found(core: CustomerCore, tenant: str) -> None:
    ada = person(core, "a", card="K-17")
    person(core, "b", card="K-18")
    other = core.for_tenant(f"{tenant}-b")
    other.info_types.define("card", "text", unique=True)
    for value in ("K-17", "k-17", " K-17 "):
        assert core.customers.by_info("card", value) == ada
        with pytest.raises(NotFoundError) as caught:
            other.customers.by_info("card", value)
        assert caught.value.code == "customer_not_found"
    core.customers.update(ada, info={"card": "K-19"})
    with pytest.raises(NotFoundError):
        core.customers.by_info("card", "K-17")
    with core.transaction() as tx:
        tx.customers.update(ada, info={"card": "K-20"})
        assert tx.customers.by_info("card", "K-20").id == ada.id


def test_guests_and_the_bin_hold_values_too(core: CustomerCore) -> None:
    guest = core.customers.create_guest(email="g@example.com", info={"card": "G"})
    gone = core.customers.deactivate(person(core, "a", card="A"))
    assert core.customers.by_info("card", "g") == guest
    assert core.customers.by_info("card", "a") == gone


@pytest.mark.parametrize(
    ("kind", "value", "asked", "other"),
    [
        ("integer", 7, 7, 8),
        ("money", Money("1.00", "SEK"), Money(1, "SEK"), Money(1, "EUR")),
        ("date", dt.date(2026, 1, 31), dt.date(2026, 1, 31), dt.date(2026, 2, 1)),
        ("email", "Ada@Example.com", "ADA@example.com", "b@example.com"),
        ("reference", "A/1", "A/1", "a/1"),
    ],
)
def test_holders_are_found_by_values_of_any_kind(
    core: CustomerCore, kind: str, value: Any, asked: Any, other: Any
) -> None:
    core.info_types.define("x", kind, unique=True)
    ada = person(core, "a", x=value)
    assert core.customers.by_info("x", asked) == ada
    with pytest.raises(NotFoundError):
        core.customers.by_info("x", other)


def test_a_field_that_becomes_unique_finds_who_had_the_value_before(core: CustomerCore) -> None:
    core.info_types.define("x", "text")
    ada = person(core, "a", x="old")
    core.info_types.update("x", unique=True)
    assert core.customers.by_info("x", "OLD") == ada
    core.info_types.update("x", unique=False)
    with pytest.raises(InvalidValueError):
        core.customers.by_info("x", "OLD")


@pytest.mark.parametrize(
    ("key", "value", "field", "code"),
    [
        ("nope", "x", "key", "unknown_field"),
        ("plain", "x", "info.plain", "not_unique"),
        ("gone", "x", "key", "unknown_field"),
        (None, "x", "key", "unknown_field"),
        (["card"], "x", "key", "unknown_field"),
        ("card", 5, "info.card", "wrong_type"),
        ("card", "", "info.card", "required"),
        ("card", None, "info.card", "wrong_type"),
        ("card", "a\x00", "info.card", "control_character"),
    ],
)
def test_what_cannot_be_looked_up_is_told(core: CustomerCore, key: Any, value: Any, field: str, code: str) -> None:
    core.info_types.define("plain", "text")
    core.info_types.define("gone", "text", unique=True)
    core.info_types.retire("gone")
    with pytest.raises(InvalidValueError) as caught:
        core.customers.by_info(key, value)
    assert (caught.value.field, caught.value.code) == (field, code)


def test_a_value_longer_than_the_field_allows_is_nobody_s(core: CustomerCore) -> None:
    with pytest.raises(NotFoundError):
        core.customers.by_info("card", "x" * 300)


def test_criteria_take_searchable_fields_only(core: CustomerCore) -> None:
    with pytest.raises(InvalidValueError) as caught:
        core.customers.search(where.info("card") == "K-17")
    assert (caught.value.field, caught.value.code) == ("where.info.card", "not_searchable")


# Imports.


HEADER = "email,first_name,last_name,info.card"


def reports(core: CustomerCore, path: Path, *rows: str, on_conflict: str = "skip") -> list[tuple[Any, ...]]:
    """Return what a dry run and then an import say, which should be the same."""
    path.write_text("\n".join((HEADER, *rows, "")), encoding="utf-8")
    told = []
    for dry_run in (True, False):
        report = core.imports.run(path, dry_run=dry_run, on_conflict=on_conflict)
        refused = tuple((one.line, one.field, one.code, one.message) for one in report.refusals)
        told.append((report.created, report.updated, report.skipped, refused))
    return told


REFUSED = ("info.card", "duplicate_info", "another record has this info.card")


def test_a_dry_run_sees_values_of_stored_customers_and_of_earlier_rows(core: CustomerCore, tmp_path: Path) -> None:
    person(core, "old", card="X")
    rows = [
        "a@example.com,A,A,x",
        "b@example.com,B,B,Y",
        "c@example.com,C,C,y ",
        "d@example.com,D,D,",
        "e@example.com,E,E,",
    ]
    dry, real = reports(core, tmp_path / "in.csv", *rows)
    assert dry == real == (3, 0, 0, ((2, *REFUSED), (4, *REFUSED)))


def test_a_dry_run_sees_the_values_of_earlier_batches(core: CustomerCore, tmp_path: Path) -> None:
    rows = [f"p{number}@example.com,P,P,K{number % 1_100}" for number in range(1_103)]
    dry, real = reports(core, tmp_path / "in.csv", *rows)
    assert dry == real == (1_100, 0, 0, tuple((line, *REFUSED) for line in (1_102, 1_103, 1_104)))


def test_a_dry_run_follows_values_that_rows_move(core: CustomerCore, tmp_path: Path) -> None:
    person(core, "a", card="A")
    person(core, "b", card="B")
    rows = [
        "b@example.com,B,B,A",  # taken by a
        "a@example.com,A,A,C",  # gives A up
        "b@example.com,B,B,A",
        "c@example.com,C,C,B",  # given up by b
        "d@example.com,D,D,C",
        "a@example.com,A,A,c",  # its own, in another spelling
    ]
    dry, real = reports(core, tmp_path / "in.csv", *rows, on_conflict="update")
    assert dry == real == (1, 3, 0, ((2, *REFUSED), (6, *REFUSED)))


def test_a_row_that_is_refused_holds_nothing(core: CustomerCore, tmp_path: Path) -> None:
    core.info_types.define("points", "integer", unique=True)
    person(core, "old", card="X", points=1)
    path = tmp_path / "in.csv"
    path.write_text(
        "email,first_name,last_name,info.card,info.points\n"
        "a@example.com,A,A,Y,1\nb@example.com,B,B,Y,2\na@example.com,A,A,Z,3\n",
        encoding="utf-8",
    )
    for dry_run in (True, False):
        report = core.imports.run(path, dry_run=dry_run)
        assert (report.created, [one.field for one in report.refusals]) == (2, ["info.points"])


def test_a_dry_run_claims_nothing(core: CustomerCore, tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text(f"{HEADER}\na@example.com,A,A,X\n", encoding="utf-8")
    assert [core.imports.run(path, dry_run=True).created for _ in range(2)] == [1, 1]
    with pytest.raises(NotFoundError):
        core.customers.by_info("card", "X")
