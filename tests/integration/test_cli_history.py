"""History, notes and the texts of messages from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from customercore.cli.running import run

Told = Callable[..., Any]


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Told:
    """Run a command, and return what it printed: as JSON when asked for."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CUSTOMERCORE_URL", "sqlite:///shop.db")

    def told(*arguments: str, code: int = 0) -> Any:
        assert run(arguments) == code
        out, err = capsys.readouterr()
        return json.loads(out or err) if "--json" in arguments else out + err

    told("init")
    told("create", "--email", "ada@example.com", "--first-name", "Ada", "--last-name", "Lovelace")
    return told


def test_history_is_shown_newest_first_and_paged(told: Told) -> None:
    told("deactivate", "ada@example.com", "--reason", "moved away", "--yes")
    first = told("history", "ada@example.com", "--limit", "1", "--json")
    (entry,) = first["items"]
    assert (entry["type"], entry["reason"], entry["actor"]["kind"]) == ("customer.deactivated", "moved away", "system")
    assert {"field": "status", "before": "active", "after": "inactive", "erased": False} in entry["changes"]
    (second,) = told("history", "ada@example.com", "--cursor", first["next"], "--json")["items"]
    assert second["type"] == "customer.created"
    assert "moved away" in told("history", "ada@example.com")


def test_a_reason_before_the_command_is_kept_with_all_that_it_changes(told: Told, tmp_path: Path) -> None:
    (tmp_path / "more.csv").write_text("email,first_name,last_name\nbo@example.com,Bo,Ek\n", "utf-8")
    told("--reason", "ticket 12", "import", "more.csv", "--yes")
    told("--reason", "ticket 13", "reactivate", "ada@example.com")  # nothing to change
    told("--reason", "ticket 14", "deactivate", "ada@example.com", "--yes")
    note = told("--reason", "ticket 15", "notes", "add", "bo@example.com", "Tall.", "--by", "clerk-7", "--json")
    assert note["author"]["id"] == "clerk-7"
    assert [one["reason"] for one in told("history", "bo@example.com", "--json")["items"]] == ["ticket 12"]
    assert [one["reason"] for one in told("history", "ada@example.com", "--json")["items"]] == ["ticket 14", None]
    assert "reason" in told("--reason", "x" * 1_001, "deactivate", "ada@example.com", "--yes", code=1)


def test_notes_are_written_listed_and_removed(told: Told) -> None:
    note = told("notes", "add", "ada@example.com", "Prefers the phone.", "--by", "clerk-7", "--json")
    assert note["author"] == {"kind": "business_user", "id": "clerk-7", "on_behalf_of": None}
    assert "Written" in told("notes", "add", "ada@example.com", "Called again.")
    page = told("notes", "list", "ada@example.com", "--json")
    assert [one["text"] for one in page["items"]] == ["Called again.", "Prefers the phone."]
    assert "clerk-7" in told("notes", "list", "ada@example.com")
    assert told("notes", "remove", note["id"], "--yes", "--json") == {"removed": note["id"]}
    assert len(told("notes", "list", "ada@example.com", "--json")["items"]) == 1
    assert "Removed" in told("notes", "remove", note["id"], "--yes"), "what is gone already is gone"
    told("notes", "add", "nobody@example.com", "x", code=1)


def test_templates_are_set_listed_and_removed(told: Told) -> None:
    Path("welcome.txt").write_text("Hej ${customer.first_name}!", "utf-8")
    welcome = ("templates", "set", "customer.welcome", "--language", "sv")
    made = told(*welcome, "--subject", "Hej", "--text", "welcome.txt", "--json")
    assert (made["text"], made["enabled"]) == ("Hej ${customer.first_name}!", True)
    assert [one["language"] for one in told("templates", "list", "--json")["items"]] == ["sv"]
    assert "customer.welcome" in told("templates", "list")
    wrong = told(*welcome, "--subject", "${customer.shoe_size}", "--json", code=1)
    assert [one["code"] for one in wrong["error"]["problems"]] == ["unknown_variable"]
    assert told(*welcome, "--text", "none.txt", "--json", code=1)["error"]["problems"][0]["code"] == "file_not_found"
    told("templates", "remove", "customer.welcome", "--language", "sv", "--yes")
    assert told("templates", "list", "--json") == {"items": []}
