"""The `customercore` command, as a person or a script meets it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from customercore.cli.running import run

SOURCE = Path(__file__).resolve().parents[2] / "src"
HEADER = "Customer ID,First Name,Last Name,Email,Default Address City,Default Address Country Code,Phone,Tags"
SHOPIFY = f"""\ufeff{HEADER}
'1,Ada,Lovelace,ada@example.com,London,GB,'+44 20 7946 0000,"VIP, new"
'2,Bo,Ek,,Lund,SE,,
'3,Cy,Öberg,cy@example.com,Lund,SE,'12,
'4,ADA,LOVELACE,ADA@EXAMPLE.COM,London,GB,,
'5,Di,Ray,di@example.com,Storgatan 5, upp,SE,,
"""


class Done(NamedTuple):
    """What a command line ended with."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Command = Callable[..., Done]


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CUSTOMERCORE_URL", "sqlite:///shop.db")
    (tmp_path / "shopify.csv").write_text(SHOPIFY, encoding="utf-8")

    def command(*arguments: str) -> Done:
        code = run(arguments)
        return Done(code, *capsys.readouterr())

    return command


@pytest.fixture
def shop(command: Command) -> Command:
    command("init")
    command("import", "shopify.csv", "--format", "shopify", "--rejects", "rejects.csv")
    return command


def test_a_store_is_made_ready_once_and_then_stays(command: Command) -> None:
    assert command("init").code == 0
    assert command("init", "--json").json == {"ready": True}
    assert command("doctor", "--json").json["ok"] is True


def test_a_store_that_was_not_made_ready_is_not_made_by_accident(command: Command) -> None:
    done = command("list")
    assert (done.code, done.out) == (1, "")
    assert "customercore init" in done.err or "[database_missing]" in done.err


def test_an_import_that_refuses_rows_ends_with_three_and_keeps_the_others(command: Command, tmp_path: Path) -> None:
    command("init")
    done = command("import", "shopify.csv", "--format", "shopify", "--rejects", "rejects.csv")
    assert done.code == 3
    assert "5 rows read: 2 created, 0 updated, 1 skipped, 2 refused" in done.out
    assert "line 3: email: is needed [required]" in done.out
    assert "line 6: row: has 9 cells, the header 8 [column_count]" in done.out
    assert "line 4: phones[0]" in done.out
    mended = (tmp_path / "rejects.csv").read_text(encoding="utf-8").replace("Bo,Ek,,", "Bo,Ek,bo@example.com,")
    mended = mended.replace("Storgatan 5, upp,SE,,", "Lund,SE,,,").replace("Storgatan 5, upp,SE", "Lund,SE,")
    lines = mended.splitlines()
    lines[2] = "'5,Di,Ray,di@example.com,Lund,SE,,,6,row,column_count,,"
    (tmp_path / "rejects.csv").write_text("\n".join(lines), encoding="utf-8")
    done = command("import", "rejects.csv", "--format", "shopify", "--rejects", "again.csv", "--json")
    assert (done.code, done.json["created"], done.json["refused"]) == (0, 2, 0)
    assert not (tmp_path / "again.csv").exists()


def test_a_dry_run_stores_nothing(command: Command) -> None:
    command("init")
    done = command("import", "shopify.csv", "-f", "shopify", "--dry-run", "--json")
    assert (done.code, done.json["created"], done.json["dry_run"]) == (3, 2, True)
    assert command("list", "--json").json == {"items": [], "next": None}


def test_customers_are_listed_by_what_they_are(shop: Command) -> None:
    def names(*options: str) -> list[str]:
        return [one["full_name"] for one in shop("list", "--json", *options).json["items"]]

    assert names() == ["Ada Lovelace", "Cy Öberg"]
    assert names("--sort", "-last_name") == ["Cy Öberg", "Ada Lovelace"]
    assert names("--tag", "vip", "--type", "private") == ["Ada Lovelace"]
    assert names("--where", '{"field": "last_name", "op": "startswith", "value": "ob"}') == ["Cy Öberg"]
    assert names("--status", "inactive") == []
    assert "Ada Lovelace" in shop("list").out


def test_a_page_says_where_the_next_one_starts(shop: Command) -> None:
    first = shop("list", "--limit", "1", "--json").json
    second = shop("list", "--limit", "1", "--json", "--cursor", first["next"]).json
    assert [first["items"][0]["code"], second["items"][0]["code"], second["next"]] == ["1", "3", None]
    assert "--cursor" in shop("list", "--limit", "1").err


@pytest.mark.parametrize("key", ["1", "ADA@example.com", "id"])
def test_a_customer_is_shown_by_id_e_mail_or_code(key: str, shop: Command) -> None:
    ada = shop("show", "1", "--json").json
    done = shop("show", ada["id"] if key == "id" else key)
    assert done.code == 0
    assert "ada@example.com" in done.out
    assert "LONDON" in done.out
    assert ada["addresses"][0]["country"] == "GB"


def test_a_customer_is_created_with_fields_of_every_kind(shop: Command) -> None:
    shop("flags", "define", "gold", "--label", "Gold")
    fields = [
        "birth_date=1815-12-10",
        "email_verified=yes",
        "flags=gold",
        "tags=a; b",
        "address.city=Oslo",
        "address.country=Norway",
        "addresses[1].city=Lund",
        "addresses[1].country=SE",
    ]
    pairs = [part for field in fields for part in ("--field", field)]
    person = ["--email", "n@example.com", "--first-name", "N", "--last-name", "N"]
    made = shop("create", *person, *pairs, "--json").json
    assert (made["birth_date"], made["email_verified"], made["flags"], made["tags"]) == (
        "1815-12-10",
        True,
        ["gold"],
        ["a", "b"],
    )
    assert [(one["city"], one["country"]) for one in made["addresses"]] == [("Oslo", "NO"), ("Lund", "SE")]


def test_everything_that_is_wrong_is_told_together(shop: Command) -> None:
    done = shop("create", "--email", "ada", "--field", "birth_date=today", "--field", "colour=red", "--json")
    assert done.code == 1
    problems = json.loads(done.err)["error"]["problems"]
    assert [(one["field"], one["code"]) for one in problems] == [
        ("email", "invalid_email"),
        ("birth_date", "wrong_type"),
        ("colour", "unknown_field"),
        ("first_name", "required"),
        ("last_name", "required"),
    ]


def test_deactivating_asks_and_without_anybody_to_ask_is_refused(
    shop: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert shop("deactivate", "1").code == 2
    assert shop("show", "1", "--json").json["status"] == "active"
    done = shop("deactivate", "1", "--yes", "--reason", "moved", "--json")
    assert (done.code, done.json["status"]) == (0, "inactive")
    assert shop("reactivate", "1", "--json").json["status"] == "active"


@pytest.mark.parametrize(("answer", "code", "status"), [("y\n", 0, "inactive"), ("n\n", 130, "active")])
def test_the_answer_on_the_terminal_decides(
    answer: str, code: int, status: str, shop: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("click.confirm", lambda *_, **__: answer == "y\n" or _abort())
    assert shop("deactivate", "1").code == code
    assert shop("show", "1", "--json").json["status"] == status


def _abort() -> bool:
    raise KeyboardInterrupt


def test_an_update_of_many_and_an_overwritten_file_ask_too(shop: Command) -> None:
    assert shop("import", "shopify.csv", "-f", "shopify", "--on-conflict", "update").code == 2
    assert shop("import", "shopify.csv", "-f", "shopify", "--on-conflict", "update", "--yes").code == 3
    assert shop("export", "out.csv").code == 0
    assert shop("export", "out.csv").code == 2
    assert shop("export", "out.csv", "--yes", "--json").json == {"written": 2, "path": "out.csv"}


def test_an_exported_file_is_imported_into_another_store(shop: Command, tmp_path: Path) -> None:
    shop("export", "out.jsonl", "--where", '{"has": "tags", "value": "vip"}')
    shop("--url", "sqlite:///other.db", "init")
    assert shop("--url", "sqlite:///other.db", "import", "out.jsonl").code == 0
    assert len(shop("--url", "sqlite:///other.db", "list", "--json").json["items"]) == 1
    shop("export", "some.csv", "--columns", "code, address.city")
    assert (tmp_path / "some.csv").read_text(encoding="utf-8").split() == ["code,address.city", "1,London", "3,Lund"]


def _info(*fields: str) -> list[str]:
    return [part for field in fields for part in ("--field", field)]


def test_fields_are_defined_listed_and_retired(shop: Command) -> None:
    done = shop("fields", "define", "points", "integer", "--label", "Points", "--searchable", "--json")
    assert [(one["key"], one["label"], one["searchable"]) for one in done.json["items"]] == [
        ("points", {"en": "Points"}, True)
    ]
    sizes = ["--choice", "S", "--choice", "L", "--personal"]
    assert shop("fields", "define", "sizes", "multi_choice", *sizes, "--applies-to", "address").code == 0
    listed = shop("fields", "list").out
    assert all(word in listed for word in ("points", "integer", "Points", "searchable", "sizes", "address", "personal"))
    assert shop("fields", "retire", "points").code == 2
    assert shop("fields", "retire", "points", "--yes", "--json").json["items"][0]["retired"] is True
    assert [one["key"] for one in shop("fields", "list", "--json").json["items"]] == ["sizes"]
    assert len(shop("fields", "list", "--retired", "--json").json["items"]) == 2
    assert "retired" in shop("fields", "list", "--retired").out


def test_a_field_is_made_searchable(shop: Command) -> None:
    shop("fields", "define", "points", "integer", "--searchable")
    assert shop("fields", "backfill", "points", "--json").json["items"][0]["state"] == "ready"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["define", "points", "colour"], "unknown_kind"),
        (["define", "9", "integer"], "invalid_key"),
        (["define", "known", "integer"], "duplicate_key"),
        (["define", "other", "integer", "--pattern", "("], "unsupported_option"),
        (["retire", "nope", "--yes"], "info_type_not_found"),
        (["backfill", "nope"], "info_type_not_found"),
    ],
)
def test_wrong_definitions_of_fields_are_told(arguments: list[str], told: str, shop: Command) -> None:
    shop("fields", "define", "known", "text")
    done = shop("fields", *arguments, "--json")
    error = json.loads(done.err)["error"]
    assert done.code == 1
    assert told in (error["code"], *(one["code"] for one in error["problems"]))


def test_added_fields_are_created_shown_and_searched(shop: Command) -> None:
    for key, kind in (("points", "integer"), ("paid", "money"), ("since", "date"), ("ok", "boolean")):
        shop("fields", "define", key, kind, *(["--searchable"] if key == "points" else []))
    shop("fields", "define", "floor", "integer", "--applies-to", "address")
    address = ["address.city=Oslo", "address.country=NO", "address.info.floor=3"]
    values = _info("info.points=5", "info.paid=50 SEK", "info.since=2026-01-31", "info.ok=no", *address)
    made = shop("create", "--email", "n@example.com", "--first-name", "N", "--last-name", "N", *values, "--json").json
    assert made["info"] == {"points": 5, "paid": "50.00 SEK", "since": "2026-01-31", "ok": False}
    assert made["addresses"][0]["info"] == {"floor": 3}
    assert "info.points" not in made
    shown = [line.split() for line in shop("show", "n@example.com").out.splitlines()]
    pairs = [["info.points", "5"], ["info.paid", "50.00", "SEK"], ["info.ok", "no"], ["address.info.floor", "3"]]
    assert all(pair in shown for pair in pairs)
    shop("create", "--email", "m@example.com", "--first-name", "M", "--last-name", "M", *_info("info.points=7"))

    def names(*options: str) -> list[str]:
        return [one["first_name"] for one in shop("list", "--json", *options).json["items"]]

    assert names("--where", '{"field": "info.points", "op": "ge", "value": 5}', "--sort", "-info.points") == ["M", "N"]
    shop("fields", "retire", "paid", "--yes")
    assert shop("show", "n@example.com", "--json").json["info"]["paid"] == {"money": [5000, "SEK"]}
    assert shop("show", "n@example.com").code == 0


def test_wrong_values_of_added_fields_are_told_with_everything_else(shop: Command) -> None:
    shop("fields", "define", "points", "integer")
    shop("fields", "define", "paid", "money")
    values = _info("info.points=many", "info.paid=50", "info.nope=1", "address.info.floor=1", "address.country=NO")
    done = shop("create", "--email", "n@example.com", "--first-name", "N", *values, "--json")
    problems = {one["field"]: one for one in json.loads(done.err)["error"]["problems"]}
    assert {field: one["code"] for field, one in problems.items()} == {
        "info.points": "wrong_type",
        "info.paid": "wrong_type",
        "info.nope": "unknown_field",
        "addresses[0].info.floor": "unknown_field",
        "last_name": "required",
    }
    assert "50.00 SEK" in problems["info.paid"]["message"]
    assert shop("create", *_info("info=1", "info.points=1")).code == 1


def test_tenants_are_apart(shop: Command) -> None:
    assert shop("--tenant", "other", "list", "--json").json["items"] == []


def test_shops_are_created_and_listed(shop: Command) -> None:
    shop("shops", "create", "se", "--name", "Web", "--currency", "SEK", "--country", "SE", "--country", "NO")
    assert shop("shops", "list", "--json").json["items"][0]["countries"] == ["SE", "NO"]
    assert "Web" in shop("shops", "list").out


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["show", "nobody@example.com"], 1, "customer_not_found"),
        (["import", "none.csv"], 1, "file_not_found"),
        (["import", "shopify.csv"], 1, "unknown_columns"),
        (["list", "--where", "{"], 1, "invalid_json"),
        (["list", "--cursor", "x"], 1, "invalid_cursor"),
        (["--url", "nowhere", "list"], 1, "invalid_url"),
        (["import", "shopify.csv", "--on-conflict", "merge"], 2, "usage"),
        (["list", "secret@example.com"], 2, "usage"),
        (["fly"], 2, "usage"),
        (["create", "--field", "colour"], 2, "usage"),
    ],
)
def test_errors_are_told_on_stderr_without_a_value_or_a_traceback(
    arguments: list[str], code: int, told: str, shop: Command
) -> None:
    plain, machine = shop(*arguments), shop(*arguments, "--json")
    assert (plain.code, plain.out, machine.code, machine.out) == (code, "", code, "")
    assert json.loads(machine.err)["error"]["code"] == told
    assert told in plain.err or told == "usage"
    assert "Traceback" not in plain.err
    assert "@example.com" not in plain.err + machine.err


def test_without_a_command_the_help_is_shown(command: Command) -> None:
    assert command().code == 2
    assert "import" in command("--help").out


def _script(*arguments: str, code: str = "", folder: Path, encoding: str = "utf-8") -> subprocess.CompletedProcess[str]:
    start = [sys.executable, "-c", code] if code else [sys.executable, "-m", "customercore.cli.main"]
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), "PYTHONUTF8": "1"}
    return subprocess.run(
        [*start, *arguments], cwd=folder, env=environment, capture_output=True, check=False, encoding=encoding
    )


def test_the_command_runs_as_a_process_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "shopify.csv").write_text(SHOPIFY, encoding="utf-8")
    assert _script("init", folder=tmp_path).returncode == 0
    done = _script("import", "shopify.csv", "--format", "shopify", "--json", folder=tmp_path)
    assert done.returncode == 3
    assert json.loads(done.stdout)["created"] == 2
    assert not done.stderr


def test_without_its_extra_the_command_says_how_to_get_it(tmp_path: Path) -> None:
    hidden = "import sys; sys.modules['click'] = None; from customercore.cli.main import main; main([])"
    done = _script(code=hidden, folder=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "pip install 'customercore[cli]'" in done.stderr
