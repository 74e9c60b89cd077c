"""Decision records have one form, and one number each."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

DECISIONS = Path(__file__).parents[2] / "docs" / "decisions"
RECORDS = sorted(DECISIONS.glob("*.md"))
HEADINGS = ["Context", "Decision", "Consequences", "What was rejected"]
ONE_PAGE = 70


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.stem)
def test_a_decision_has_its_four_headings_and_fits_on_a_page(record: Path) -> None:
    text = record.read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS
    assert len(text.splitlines()) <= ONE_PAGE
    parts = re.split(r"^## .+$", text, flags=re.MULTILINE)[1:]
    assert all(part.strip() for part in parts)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.stem)
def test_the_title_of_a_decision_begins_with_its_number(record: Path) -> None:
    number = record.stem.partition("-")[0]
    assert record.read_text(encoding="utf-8").startswith(f"# {number}. ")


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = [int(record.stem.partition("-")[0]) for record in RECORDS]
    assert numbers == list(range(1, len(RECORDS) + 1))
