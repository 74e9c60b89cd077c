"""`customercore balance`: the real command, on a file and on a server."""

from __future__ import annotations

import csv
import datetime as dt
import json
import os
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from database_servers.databases import any_database

from customercore import open_core
from customercore.cli.running import run

Told = Callable[..., Any]
ADA = "ada@example.com:SEK"


@pytest.fixture(params=["sqlite", "mongodb"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Name an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/shop.db"
        return
    with any_database(request.param) as database:
        yield database.url


@pytest.fixture
def told(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Told:
    """Run a command, and return what it printed: as JSON when asked for."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CUSTOMERCORE_URL", url)

    def told(*arguments: str, code: int = 0) -> Any:
        assert run(arguments) == code
        out, err = capsys.readouterr()
        return json.loads(out or err) if "--json" in arguments else out + err

    told("init")
    told("create", "--email", "ada@example.com", "--first-name", "Ada", "--last-name", "Lovelace")
    return told


@pytest.fixture
def balance(told: Told) -> Told:
    """Run a command about balances with ``--json``; Ada has a wallet with a credit limit of 10.00 SEK."""

    def balance(*arguments: str, code: int = 0) -> Any:
        return told("balance", *arguments, "--json", code=code)

    balance("open", "ada@example.com", "--currency", "sek", "--credit-limit", "10")
    return balance


def refusal(answer: Any) -> str:
    """Return the code of an error."""
    problems = answer["error"]["problems"]
    code: str = problems[0]["code"] if problems else answer["error"]["code"]
    return code


def test_a_wallet_is_opened_shown_and_listed(balance: Told, told: Told) -> None:
    shown = balance("show", ADA)
    assert {name: shown[name] for name in ("available", "posted", "held", "credit_limit", "lots", "holds")} == {
        "available": "10.00", "posted": "0.00", "held": "0.00", "credit_limit": "10.00", "lots": [], "holds": [],
    }  # fmt: skip
    assert balance("show", shown["id"]) == shown
    assert balance("list", "ada@example.com") == [shown]
    assert balance("list", shown["owner"]) == [shown]
    assert refusal(balance("open", "ada@example.com", "--currency", "SEK", code=1)) == "duplicate_owner"
    assert refusal(balance("open", "ada@example.com", "--currency", "XYZ", code=1)) == "unknown_currency"
    assert refusal(balance("show", "ada@example.com:EUR", code=1)) == "wallet_not_found"
    assert refusal(balance("list", "nobody@example.com", code=1)) == "customer_not_found"
    assert "is open" in told("balance", "open", shown["owner"], "--currency", "EUR")
    assert "available" in told("balance", "show", ADA)
    assert "10.00 SEK" in told("balance", "list", "ada@example.com")


def test_a_wallet_may_be_another_partys(balance: Told, told: Told) -> None:
    assert balance("open", "Party-1", "--currency", "SEK", code=2)["error"]["code"] == "usage"  # nobody can be asked
    opened = balance("open", "Party-1", "--currency", "SEK", "--yes")
    assert opened["owner"] == "Party-1"
    balance("credit", "Party-1:SEK", "5")
    assert [one["posted"] for one in balance("list", "Party-1")] == ["5.00"]
    assert balance("list", "party-2") == []
    assert refusal(balance("credit", "party-2:SEK", "5", code=1)) == "wallet_not_found"
    assert refusal(balance("open", "eve@example.com", "--currency", "SEK", code=1)) == "customer_not_found"
    code = told("show", "ada@example.com", "--json")["code"]
    assert balance("list", code)[0]["credit_limit"] == "10.00"


def test_credits_holds_captures_and_refunds_move_money_as_told(balance: Told, told: Told) -> None:
    given = balance("credit", ADA, "50.00", "--expires-at", "2999-12-31", "--reason", "welcome", "--by", "clerk-7")
    assert (given["amount"], given["balance_after"], given["expires_at"]) == (
        "50.00",
        "50.00",
        "2999-12-31T00:00:00+00:00",
    )
    assert given["actor"] == {"kind": "business_user", "id": "clerk-7", "on_behalf_of": None}
    hold = balance("authorize", ADA, "30", "--reference", "order-1")
    assert (hold["kind"], hold["held_after"], balance("show", ADA)["available"]) == ("hold", "30.00", "30.00")
    taken = balance("capture", hold["id"], "20", "--keep-open")
    assert (taken["amount"], taken["reference"], taken["about"]) == ("-20.00", "order-1", hold["id"])
    assert [one["amount"] for one in balance("show", ADA)["holds"]] == ["10.00"]
    assert balance("void", hold["id"])["held"] == "-10.00"
    assert refusal(balance("void", hold["id"], code=1)) == "hold_voided"
    assert balance("refund", taken["id"], "5")["amount"] == "5.00"
    assert balance("refund", taken["id"])["amount"] == "15.00"
    assert refusal(balance("refund", taken["id"], code=1)) == "fully_refunded"
    assert balance("debit", ADA, "55")["balance_after"] == "-5.00"
    assert refusal(balance("debit", ADA, "5.01", code=1)) == "insufficient_funds"
    assert balance("adjust", ADA, "-5.00", "--reason", "correction")["balance_after"] == "-10.00"
    assert refusal(balance("adjust", ADA, "5", code=1)) == "required"
    assert told("balance", "credit", ADA, "1.5").startswith("Credit of 1.50 SEK as ")


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        ("-5", "negative"), ("0", "zero"), ("1.005", "too_many_decimals"), ("5 EUR", "not_a_number"),
        ("92233720368547758.08", "out_of_range"),
    ],
)  # fmt: skip
def test_a_bad_amount_is_refused_and_its_key_can_be_used_again(balance: Told, amount: str, code: str) -> None:
    key = ("--idempotency-key", "k-1")
    assert refusal(balance("credit", ADA, amount, *key, code=1)) == code
    first = balance("credit", ADA, "5", *key)
    assert balance("credit", ADA, "5.00", *key) == first
    assert refusal(balance("credit", ADA, "6", *key, code=1)) == "idempotency_conflict"
    assert balance("show", ADA)["posted"] == "5.00"


def test_money_moves_to_another_wallet(balance: Told, told: Told) -> None:
    told("create", "--email", "bo@example.com", "--first-name", "Bo", "--last-name", "Berg")
    bo = balance("open", "bo@example.com", "--currency", "SEK")
    balance("open", "bo@example.com", "--currency", "EUR")
    balance("credit", ADA, "50", "--expires-at", "2999-12-31")
    key = ("--idempotency-key", "t-1")
    sent = balance("transfer", ADA, "20", "--to", "bo@example.com:SEK", "--reason", "gift", "--by", "clerk-7", *key)
    assert (sent["kind"], sent["amount"], sent["reason"], sent["actor"]["id"]) == (
        "transfer", "-20.00", "gift", "clerk-7",
    )  # fmt: skip
    assert balance("transfer", ADA, "20", "--to", bo["id"], "--reason", "gift", "--by", "clerk-7", *key) == sent
    assert [one["expires_at"] for one in balance("show", bo["id"])["lots"]] == ["2999-12-31T00:00:00+00:00"]
    for wrong, code in (
        (("5", "--to", ADA), "same_wallet"),
        (("5", "--to", "bo@example.com:EUR"), "currency_mismatch"),
        (("40.01", "--to", bo["id"]), "insufficient_funds"),
        (("-5", "--to", bo["id"]), "negative"),
        (("5", "--to", "nothing"), "wallet_not_found"),
    ):
        assert refusal(balance("transfer", ADA, *wrong, code=1)) == code
    assert balance("transfer", ADA, "5", code=2)["error"]["code"] == "usage"
    assert told("balance", "transfer", ADA, "5", "--to", bo["id"]).startswith("Transfer of 5.00 SEK as ")


def test_a_payment_tops_a_wallet_up_once(balance: Told, told: Told) -> None:
    paid = balance("top-up", ADA, "25", "--payment", "pay-1", "--note", "by card", "--by", "clerk-7")
    assert (paid["kind"], paid["balance_after"], paid["reference"]) == ("credit", "25.00", "pay-1")
    assert balance("top-up", ADA, "25.00", "--payment", "pay-1") == paid
    assert balance("show", ADA)["posted"] == "25.00"
    assert refusal(balance("top-up", ADA, "26", "--payment", "pay-1", code=1)) == "payment_used"
    assert refusal(balance("top-up", ADA, "0", "--payment", "pay-2", code=1)) == "zero"
    assert refusal(balance("top-up", ADA, "5", "--payment", "", code=1)) == "required"
    past = ("--payment", "pay-2", "--expires-at", "2020-01-01")
    assert refusal(balance("top-up", ADA, "5", *past, code=1)) == "in_the_past"
    assert balance("top-up", ADA, "5", code=2)["error"]["code"] == "usage"
    assert balance("top-up", ADA, "5", "--payment", "pay-3", "--reference", "x", code=2)["error"]["code"] == "usage"
    assert told("balance", "top-up", ADA, "5", "--payment", "pay-4").startswith("Credit of 5.00 SEK as ")


def test_a_limit_is_set_for_the_version_that_was_read(balance: Told, told: Told) -> None:
    version = str(balance("show", ADA)["version"])
    now = balance("limit", ADA, "30.50", "--expected-version", version, "--by", "clerk-7")
    assert (now["credit_limit"], now["available"]) == ("30.50", "30.50")
    assert refusal(balance("limit", ADA, "40", "--expected-version", version, code=1)) == "stale_version"
    assert refusal(balance("limit", ADA, "-1", code=1)) == "negative"
    assert refusal(balance("limit", ADA, "much", code=1)) == "not_a_number"
    assert balance("limit", ADA, "1", "--expected-version", "0", code=2)["error"]["code"] == "usage"
    assert balance("limit", ADA, "0")["credit_limit"] == "0.00"
    assert "available" in told("balance", "limit", ADA, "5")


def test_a_balance_covers_an_order_or_a_part_of_it(balance: Told, told: Told) -> None:
    balance("credit", ADA, "50")
    assert balance("cover", ADA, "70") == {"covered": "60.00", "remains": "10.00", "currency": "SEK", "entry": None}
    assert balance("show", ADA)["available"] == "60.00"
    key = ("--idempotency-key", "order-1")
    held = balance("cover", ADA, "20", "--how", "hold", "--reference", "order-1", "--expires-at", "2999-01-01", *key)
    assert (held["covered"], held["remains"], held["entry"]["kind"]) == ("20.00", "0.00", "hold")
    again = balance("cover", ADA, "20", "--how", "hold", "--reference", "order-1", "--expires-at", "2999-01-01", *key)
    assert again == held
    assert balance("capture", held["entry"]["id"])["amount"] == "-20.00"
    taken = balance("cover", ADA, "100", "--how", "debit", "--by", "clerk-7")
    assert (taken["covered"], taken["remains"], taken["entry"]["amount"]) == ("40.00", "60.00", "-40.00")
    assert balance("cover", ADA, "5", "--how", "debit")["entry"] is None  # nothing is left to take
    assert refusal(balance("cover", ADA, "-5", code=1)) == "negative"
    assert refusal(balance("cover", "nothing", "5", code=1)) == "wallet_not_found"
    assert balance("cover", ADA, "5", "--how", "steal", code=2)["error"]["code"] == "usage"
    assert "0.00 SEK is covered, 5.00 SEK remains" in told("balance", "cover", ADA, "5")


def test_the_reason_of_a_command_is_that_of_whoever_it_names(balance: Told, told: Told) -> None:
    for arguments in (("credit", ADA, "5"), ("limit", ADA, "20")):
        told("--reason", "ticket 5", "balance", *arguments, "--by", "clerk-7")
    with open_core(os.environ["CUSTOMERCORE_URL"]) as core:
        found = core.history(core.balances.get(balance("show", ADA)["id"])).items[:2]
    assert [(one.actor.id, one.reason) for one in found] == [("clerk-7", "ticket 5")] * 2


def test_the_note_of_an_entry_is_shown_and_removed(balance: Told, told: Told) -> None:
    noted = balance("credit", ADA, "5", "--note", "lost parcel; 'Ö'")["id"]
    assert balance("note", noted) == {"entry": noted, "note": "lost parcel; 'Ö'"}
    assert "lost parcel" in told("balance", "note", noted)
    assert balance("remove-note", noted, code=2)["error"]["code"] == "usage"  # there is nobody to ask
    for _ in range(2):
        assert balance("remove-note", noted, "--yes") == {"entry": noted, "note": None}
    assert balance("note", noted)["note"] is None
    assert "no note" in told("balance", "note", noted)
    assert "Removed" in told("balance", "remove-note", noted, "--yes")
    for command in (("note", "nothing"), ("remove-note", "nothing", "--yes")):
        assert refusal(balance(*command, code=1)) == "entry_not_found"
    assert balance("verify", ADA)["ok"]


def test_entries_are_paged_and_bounded_in_time(balance: Told, told: Told) -> None:
    for amount in ("1", "2", "3"):
        balance("credit", ADA, amount)
    page = balance("entries", ADA, "--limit", "2")
    assert [one["amount"] for one in page["items"]] == ["1.00", "2.00"]
    assert [one["amount"] for one in balance("entries", ADA, "--cursor", page["next"])["items"]] == ["3.00"]
    assert balance("entries", ADA, "--to", "2020-01-01")["items"] == []
    assert len(balance("entries", ADA, "--from", "2020-01-01T00:00:00+01:00")["items"]) == 3
    assert refusal(balance("entries", ADA, "--from", "yesterday", code=1)) == "wrong_type"
    assert "There are more" in told("balance", "entries", ADA, "--limit", "1")


def test_a_statement_is_printed_and_written(balance: Told, told: Told) -> None:
    balance("credit", ADA, "50", "--reference", "=HYPERLINK(1)")
    balance("debit", ADA, "20", "--reference", "order-1")
    printed = balance("statement", ADA)
    assert (printed["opening"], printed["closing"], len(printed["entries"])) == ("0.00", "30.00", 2)
    assert "Closing balance: 30.00 SEK" in told("balance", "statement", ADA)
    assert balance("statement", ADA, "ada.json") == {"entries": 2, "path": "ada.json"}
    assert json.loads(Path("ada.json").read_text("utf-8")) == printed
    assert stat.S_IMODE(Path("ada.json").stat().st_mode) == 0o600
    assert "2 entries" in told("balance", "statement", ADA, "ada.csv")
    assert stat.S_IMODE(Path("ada.csv").stat().st_mode) == 0o600
    with Path("ada.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(one["kind"], one["in"], one["out"], one["balance"]) for one in rows] == [
        ("opening", "", "", "0.00"), ("credit", "50.00", "", "50.00"), ("debit", "", "20.00", "30.00"),
        ("closing", "", "", "30.00"),
    ]  # fmt: skip
    assert rows[1]["reference"] == "'=HYPERLINK(1)"
    assert balance("statement", ADA, "x", "--format", "jsonl")["entries"] == 2
    assert len(Path("x").read_text("utf-8").splitlines()) == 4
    assert balance("statement", ADA, "ada.csv", code=2)["error"]["code"] == "usage"
    assert balance("statement", ADA, "ada.csv", "--from", "2030-01-01", "--yes") == {"entries": 0, "path": "ada.csv"}
    assert balance("statement", ADA, "--format", "csv", code=2)["error"]["code"] == "usage"
    assert refusal(balance("statement", ADA, "nowhere/ada.json", code=1)) == "file_not_writable"
    assert refusal(balance("statement", ADA, "--from", "2030-01-01", "--to", "2029-01-01", code=1)) == "out_of_order"


def test_what_is_owed_is_told_for_each_currency(balance: Told, told: Told) -> None:
    balance("credit", ADA, "50")
    balance("authorize", ADA, "5")
    balance("open", "ada@example.com", "--currency", "JPY", "--credit-limit", "100")
    balance("debit", "ada@example.com:JPY", "70")
    assert balance("liability") == [
        {"currency": "JPY", "wallets": 1, "credit": "0", "owed": "70", "held": "0"},
        {"currency": "SEK", "wallets": 1, "credit": "50.00", "owed": "0.00", "held": "5.00"},
    ]
    assert "50.00" in told("balance", "liability")
    assert balance("expire-due") == {"wallets": 0, "entries": 0, "failed": 0, "unsettled": []}


def test_a_wallet_that_cannot_be_settled_is_named_and_the_others_are_settled(
    balance: Told, told: Told, url: str
) -> None:
    wrong = balance("show", ADA)["id"]
    right = balance("open", "ada@example.com", "--currency", "EUR")["id"]
    soon = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=1)
    for wallet in (wrong, right):
        balance("credit", wallet, "5", "--expires-at", soon.isoformat())
    ruin(url, wrong)
    time.sleep(max(0, (soon - dt.datetime.now(dt.UTC)).total_seconds()))
    report = balance("expire-due", code=1)
    assert (report["wallets"], report["entries"], report["failed"]) == (1, 1, 1)
    assert [(one["wallet"], one["code"]) for one in report["unsettled"]] == [(wrong, "corrupt_record")]
    printed = told("balance", "expire-due", code=1)
    assert "0 entries written. 1 wallets could not be settled:" in printed
    assert f"wallet {wrong}: a stored wallet cannot be read back [corrupt_record]" in printed


def ruin(url: str, wallet: str) -> None:
    """Make the stored document of a wallet one that nobody can read."""
    if url.startswith("sqlite"):
        import sqlite3  # noqa: PLC0415  for this one test

        with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
            connection.execute("UPDATE customercore_wallets SET document = '[' WHERE id = ?", (wallet,))
        connection.close()
        return
    from pymongo import MongoClient  # noqa: PLC0415  likewise

    with MongoClient[dict[str, Any]](url) as client:
        client.get_default_database()["customercore_wallets"].update_one(
            {"_id.i": wallet}, {"$set": {"lots": "none"}}, bypass_document_validation=True
        )


def test_verify_names_what_it_counted(balance: Told, told: Told) -> None:
    balance("credit", ADA, "50")
    assert balance("verify", "--all") == {"ok": True, "wallets": 1, "entries": 1, "faults": []}
    assert balance("verify", ADA)["ok"]
    assert "0 wrong" in told("balance", "verify", ADA)
    assert balance("verify", code=2)["error"]["code"] == "usage"
    assert refusal(balance("verify", "nobody", code=1)) == "wallet_not_found"


@pytest.mark.parametrize("wrong", ["balance_after", "actor"])
def test_verify_names_the_first_wrong_entry_and_exits_with_1(told: Told, balance: Told, url: str, wrong: str) -> None:
    for amount in ("1", "2", "3"):
        balance("credit", ADA, amount)
    second = balance("entries", ADA)["items"][1]["id"]
    forge(url, second, wrong)
    answer = balance("verify", "--all", code=1)
    (fault,) = answer["faults"]
    assert (answer["ok"], fault["entry"], fault["sequence"]) == (False, second, 2)
    assert second in told("balance", "verify", ADA, code=1)


def forge(url: str, entry: str, what: str) -> None:
    """Change an entry behind the store's back, as only an administrator of the database could."""
    if url.startswith("sqlite"):
        import sqlite3  # noqa: PLC0415  for this one test

        change = "balance_after = 999" if what == "balance_after" else "actor_kind = 'clerk'"
        with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
            connection.execute("DROP TRIGGER customercore_entries_no_update")
            connection.execute(f"UPDATE customercore_entries SET {change} WHERE id = ?", (entry,))  # noqa: S608  ours
        connection.close()
        return
    from pymongo import MongoClient  # noqa: PLC0415  likewise

    with MongoClient[dict[str, Any]](url) as client:
        done = client.get_default_database()["customercore_entries"].update_one(
            {"id": entry}, {"$set": {what: 999 if what == "balance_after" else {"kind": "clerk"}}}
        )
        assert done.modified_count == 1


def test_a_gift_card_is_issued_resent_redeemed_once_and_cancelled(balance: Told, told: Told) -> None:
    card = balance("gift-card", "issue", "25", "--currency", "sek", "--reference", "order-9")
    assert (card["amount"], card["currency"], card["reference"]) == ("25.00", "SEK", "order-9")
    again = balance("gift-card", "resend", card["id"])
    assert again["code"] != card["code"]
    assert refusal(balance("gift-card", "redeem", card["code"], ADA, code=1)) == "gift_card_not_found"
    assert balance("gift-card", "redeem", again["code"].lower(), ADA)["balance_after"] == "25.00"
    assert refusal(balance("gift-card", "redeem", again["code"], ADA, code=1)) == "gift_card_redeemed"
    assert refusal(balance("gift-card", "redeem", "abcd", ADA, code=1)) == "mistyped_code"
    other = balance("gift-card", "issue", "5", "--currency", "SEK", "--expires-at", "2999-01-01")
    assert balance("gift-card", "cancel", other["id"], code=2)["error"]["code"] == "usage"
    assert balance("gift-card", "cancel", other["id"], "--yes")["cancelled_at"]
    assert refusal(balance("gift-card", "redeem", other["code"], ADA, code=1)) == "gift_card_cancelled"
    assert refusal(balance("gift-card", "issue", "-1", "--currency", "SEK", code=1)) == "negative"
    key = ("--idempotency-key", "card-1")
    assert balance("gift-card", "issue", "5", "--currency", "SEK", *key)["code"]
    assert balance("gift-card", "issue", "5", "--currency", "SEK", *key)["code"] is None
    assert "Code " in told("balance", "gift-card", "issue", "5", "--currency", "SEK")


def test_two_workers_settle_what_is_due_once(balance: Told, url: str) -> None:
    soon = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=2)
    balance("credit", ADA, "5", "--expires-at", soon.isoformat())
    time.sleep(max(0, (soon - dt.datetime.now(dt.UTC)).total_seconds()))
    arguments = [sys.executable, "-m", "customercore.cli.main", "events", "run", "--every", "0.1", "--all-tenants"]
    environment = {**os.environ, "CUSTOMERCORE_URL": url, "PYTHONPATH": os.pathsep.join(sys.path)}
    both = [subprocess.Popen(arguments, stdout=-1, stderr=-1, env=environment, text=True) for _ in range(2)]
    for one in both:
        assert one.stderr is not None
        assert one.stderr.readline().startswith("Delivering")
    until = time.monotonic() + 30
    while len(balance("entries", ADA)["items"]) < 2 and time.monotonic() < until:
        time.sleep(0.1)
    time.sleep(1)  # for the other one to look, too
    for one in both:
        one.terminate()
    told_by = [one.communicate(timeout=30)[0].rpartition(", ")[2] for one in both]
    assert [one.returncode for one in both] == [0, 0]
    assert sorted(told_by) == ["0 entries of money that expired\n", "1 entries of money that expired\n"]
    assert [one["kind"] for one in balance("entries", ADA)["items"]] == ["credit", "expiry"]
    assert balance("verify", "--all")["ok"]


def test_two_processes_spend_the_same_money_once(balance: Told, url: str) -> None:
    balance("credit", ADA, "5")
    arguments = [sys.executable, "-m", "customercore.cli.main", "balance", "debit", ADA, "15", "--json"]
    environment = {**os.environ, "CUSTOMERCORE_URL": url, "PYTHONPATH": os.pathsep.join(sys.path)}
    both = [subprocess.Popen(arguments, stdout=-1, stderr=-1, env=environment) for _ in range(2)]
    answers = [(process.communicate(timeout=60), process.returncode) for process in both]
    assert sorted(code for _, code in answers) == [0, 1]
    assert balance("show", ADA)["posted"] == "-10.00"
