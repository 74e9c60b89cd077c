"""Types and shops can be called, and compared like every other field."""

from __future__ import annotations

import pytest

from customercore import where
from customercore.domain.criteria.tree import Comparison


@pytest.mark.parametrize("name", ["type", "shop"])
def test_calling_it_is_comparing_it(name: str) -> None:
    field, stored = getattr(where, name), {"type": "customer_type", "shop": "shop"}[name]
    assert field("se") == (field == "se") == Comparison(stored, "eq", "se")
    assert field.is_in(["a", "b"]) == Comparison(stored, "in", ("a", "b"))
    assert field.is_missing() == where.field(stored).is_missing()
    with pytest.raises(TypeError):
        bool(field)
