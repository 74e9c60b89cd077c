from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from customercore.adapters.files.formulas import neutralised, restored


@pytest.mark.parametrize("cell", ["=1+1", "+46 8", "-2", "@SUM(A1)", "\t=1", "\r=1", "'=1", "''+1"])
def test_a_cell_that_starts_like_a_formula_is_marked_as_text(cell: str) -> None:
    assert neutralised(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "Ada", "'t Hooft", "1+1", "'", "''", " =1"])
def test_other_cells_stay_as_they_are(cell: str) -> None:
    assert neutralised(cell) == cell
    assert restored(cell) == cell


@given(st.text("'=+-@\t\ra ", max_size=6))
@example("'=1")
def test_exactly_the_mark_is_taken_away_again(cell: str) -> None:
    marked = neutralised(cell)
    assert restored(marked) == cell
    assert marked[:1] not in {"=", "+", "-", "@", "\t", "\r"}
