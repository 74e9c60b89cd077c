"""The references say what the code does: generated tables are fresh, and nothing public is left out."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import attrs

from customercore.domain.event import Event

DOCS = Path(__file__).parents[2] / "docs"
GENERATE = Path(__file__).with_name("generate.py")


def _stale(folder: Path) -> list[str]:
    done = subprocess.run(
        [sys.executable, str(GENERATE), "--check", str(folder)], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    return [Path(line).name for line in done.stdout.splitlines()]


def test_generated_tables_are_what_the_code_gives() -> None:
    assert _stale(DOCS) == [], "run: python tests/docs/generate.py"


def test_a_generated_table_that_was_edited_by_hand_is_found(tmp_path: Path) -> None:
    copy = tmp_path / "docs"
    shutil.copytree(DOCS / "reference", copy)
    page = copy / "fields.md"
    page.write_text(page.read_text("utf-8").replace("| `last_name` |", "| `surname` |"), "utf-8")
    assert _stale(copy) == ["fields.md"]


def test_every_attribute_of_an_event_is_described() -> None:
    text = (DOCS / "reference" / "events.md").read_text("utf-8")
    assert [one.name for one in attrs.fields(Event) if f"`{one.name}`" not in text] == []
