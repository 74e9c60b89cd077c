"""Spreadsheets run a cell as a formula when it starts like one; ours are marked as text (OWASP ASVS 1.2.10).

A cell that starts with ``=``, ``+``, ``-``, ``@``, a tab or a carriage return gets an apostrophe in
front, which a spreadsheet takes for "this is text". A cell that has such a start behind apostrophes
of its own gets one more, so that taking exactly one away gives every text back.
"""

from __future__ import annotations

import re

__all__ = ["neutralised", "restored", "starts_like_a_formula"]

_SUSPECT = frozenset("'=+-@\t\r")
_RUNS = re.compile(r"'*[=+\-@\t\r]")
_MARKED = re.compile(r"'+[=+\-@\t\r]")


def starts_like_a_formula(cell: str) -> bool:
    """Tell whether a spreadsheet may run what a cell holds, or would with fewer apostrophes in front."""
    return cell[:1] in _SUSPECT and _RUNS.match(cell) is not None


def neutralised(cell: str) -> str:
    """Return the cell as it is written, so that no spreadsheet runs it."""
    return f"'{cell}" if starts_like_a_formula(cell) else cell


def restored(cell: str) -> str:
    """Return the text that `neutralised` was given."""
    return cell[1:] if cell[:1] == "'" and _MARKED.match(cell) else cell
