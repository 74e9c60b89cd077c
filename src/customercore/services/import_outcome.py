"""What became of the rows of a batch."""

from __future__ import annotations

from typing import Any

import attrs

from customercore.domain.report import RowProblem
from customercore.errors import Problem
from customercore.ports.import_format import SourceRow

__all__ = ["Outcome"]


@attrs.define
class Outcome:
    """What became of some rows."""

    created: int = 0
    updated: int = 0
    skipped: int = 0
    refused: list[tuple[SourceRow, tuple[Problem, ...]]] = attrs.field(factory=list)
    warnings: list[RowProblem] = attrs.field(factory=list)
    later: list[dict[str, Any]] = attrs.field(factory=list)

    def add(self, other: Outcome) -> None:
        """Add what became of other rows."""
        self.created += other.created
        self.updated += other.updated
        self.skipped += other.skipped
        self.refused += other.refused
        self.warnings += other.warnings
        self.later += other.later
