"""Statements as files: columns that stay, and cells that no spreadsheet runs."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sheets import cells_of

from customercore import CustomerCore
from customercore.domain.actor import BusinessUser
from customercore.domain.wallet import Wallet
from customercore.errors import InvalidValueError, NotFoundError
from customercore.services.statement_files import STATEMENT_COLUMNS
from customercore.testing.fakes import FixedClock


@pytest.fixture
def wallet(core: CustomerCore, clock: FixedClock) -> Wallet:
    """Give a wallet with a credit of a clerk's, a hold, its capture, and a debit by the credit limit."""
    wallet = core.balances.open("ada", currency="SEK", credit_limit="10")
    clerk = core.acting_as(BusinessUser(id="=clerk"))
    clerk.balances.credit(wallet, "50", reason="welcome", reference="=1+1")
    clock.advance(3_600)
    hold = core.balances.authorize(wallet, "30", reference="order-1")
    core.balances.capture(hold, "20", keep_open=True)
    core.balances.debit(wallet, "25", note="is in no file")
    return wallet


def told(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("path", "code"),
    [(None, "wrong_type"), (5, "wrong_type"), (b"x.csv", "wrong_type"), ("x\0.csv", "file_not_writable")],
    ids=["none", "number", "bytes", "control character"],
)
@pytest.mark.parametrize("written", ["csv", "jsonl", "xlsx", "parquet"])
def test_what_is_no_path_is_refused(core: CustomerCore, wallet: Wallet, written: str, path: Any, code: str) -> None:
    calls: list[Callable[[], object]] = [
        lambda: core.balances.export_statement(wallet, path, format=written),
        lambda: core.exports.run(path, written),
    ]
    for call in calls:
        with pytest.raises(InvalidValueError) as caught:
            call()
        assert (caught.value.field, caught.value.code) == ("path", code)


def test_a_statement_has_its_balances_first_and_last(core: CustomerCore, wallet: Wallet, tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    assert core.balances.export_statement(wallet, path).written == 6
    rows = told(path)
    assert tuple(rows[0]) == tuple(STATEMENT_COLUMNS) == (
        "sequence", "at", "kind", "in", "out", "balance", "held", "currency", "reason", "reference", "about",
        "actor_kind", "actor", "expires_at", "id",
    )  # fmt: skip
    assert [(one["sequence"], one["kind"], one["in"], one["out"], one["balance"], one["held"]) for one in rows] == [
        ("", "opening", "", "", "0.00", "0.00"), ("1", "credit", "50.00", "", "50.00", "0.00"),
        ("2", "hold", "", "", "50.00", "30.00"), ("3", "capture", "", "20.00", "30.00", "10.00"),
        ("4", "debit", "", "25.00", "5.00", "10.00"), ("", "closing", "", "", "5.00", "10.00"),
    ]  # fmt: skip
    assert {one["currency"] for one in rows} == {"SEK"}
    assert (rows[3]["reference"], rows[3]["about"]) == ("order-1", rows[2]["id"])
    assert "is in no file" not in path.read_text("utf-8")


def test_no_cell_is_run_by_a_spreadsheet(core: CustomerCore, wallet: Wallet, tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    core.balances.debit(wallet, "5")
    core.balances.export_statement(wallet, path)
    rows = told(path)
    assert (rows[1]["reference"], rows[1]["actor"]) == ("'=1+1", "'=clerk")
    assert [cell for one in rows for cell in one.values() if cell[:1] in tuple("=+-@")] == []


def test_a_part_of_the_account_begins_with_what_was_there(
    core: CustomerCore, wallet: Wallet, clock: FixedClock, tmp_path: Path
) -> None:
    path, now = tmp_path / "s.csv", clock.now()
    core.balances.export_statement(wallet, path, now)
    rows = told(path)
    assert [one["kind"] for one in rows] == ["opening", "hold", "capture", "debit", "closing"]
    assert (rows[0]["at"], rows[0]["balance"], rows[0]["held"]) == ("2026-01-31T13:00:00.000Z", "50.00", "0.00")
    core.balances.export_statement(wallet, path, None, now)
    assert [one["kind"] for one in told(path)] == ["opening", "credit", "closing"]
    clock.advance(60)
    core.balances.export_statement(wallet, path, clock.now())
    assert [(one["kind"], one["balance"], one["held"]) for one in told(path)] == [
        ("opening", "5.00", "10.00"), ("closing", "5.00", "10.00"),
    ]  # fmt: skip


@pytest.mark.parametrize("format", ["jsonl", "xlsx", "parquet"])
def test_other_formats_say_the_same(core: CustomerCore, wallet: Wallet, tmp_path: Path, format: str) -> None:  # noqa: A002
    path = tmp_path / f"s.{format}"
    assert core.balances.export_statement(wallet, str(path), format=format).path == str(path)
    if format == "jsonl":
        lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        assert [one["kind"] for one in lines] == ["opening", "credit", "hold", "capture", "debit", "closing"]
        assert (lines[1]["in"], lines[1]["reference"]) == ("50.00", "=1+1")
    if format == "xlsx":
        assert [row[5] for row in cells_of(path)][1:] == ["0.00", "50.00", "50.00", "30.00", "5.00", "5.00"]


def test_what_cannot_be_written_is_refused(core: CustomerCore, wallet: Wallet, tmp_path: Path) -> None:
    refused: list[tuple[Callable[[], object], str]] = [
        (lambda: core.balances.export_statement(wallet, tmp_path / "s", format="shopify"), "unknown_format"),
        (lambda: core.balances.export_statement(wallet, tmp_path / "s", format="pdf"), "unknown_format"),
        (lambda: core.balances.export_statement(wallet, tmp_path / "nowhere" / "s"), "file_not_writable"),
    ]
    for call, code in refused:
        with pytest.raises(InvalidValueError) as caught:
            call()
        assert caught.value.code == code
    with pytest.raises(NotFoundError, match="no such wallet"):
        core.balances.export_statement(wallet, tmp_path / "s", owner="bo")
    assert list(tmp_path.iterdir()) == []
