"""Which searches a database is asked about before it runs them."""

from __future__ import annotations

import pytest

from customercore.adapters.sql.bounded import may_mislead
from customercore.catalogue.query import EVERYTHING, All, ElementLeaf, Leaf, Node, Query, Some, TermLeaf
from customercore.testing.samples import aggregate_of

ACTIVE, REGISTERED = Leaf("status", "eq", "active", negated=False), Leaf("kind", "eq", "registered", negated=False)
FLAG, NUMBER = TermLeaf("flag:vip", negated=False), Leaf("int_0", "ge", 5, negated=False)
CITY = ElementLeaf(("address.city:oslo",), negated=True)


@pytest.mark.parametrize(
    ("where", "several"),
    [
        (EVERYTHING, False),
        (All((ACTIVE, REGISTERED)), False),
        (All((FLAG, ACTIVE, REGISTERED)), False),
        (All((FLAG, NUMBER, ACTIVE)), True),
        (All((Some((FLAG, CITY)), ACTIVE)), True),
        (All((NUMBER, NUMBER)), True),
    ],
)
def test_statistics_may_mislead_where_conditions_meet(where: Node, several: bool) -> None:
    assert may_mislead(Query(where=where), aggregate_of("customers")) is several
