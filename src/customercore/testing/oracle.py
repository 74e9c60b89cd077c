"""What a search should find, in plain Python from the records' own values.

It knows nothing of columns, projections, terms and positions, so that it shares no mistake with a store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cmp_to_key
from typing import Any

import attrs

from customercore.catalogue.aggregate import Aggregate
from customercore.catalogue.bound_field import BoundField
from customercore.domain.criteria.tree import AllOf, AnyOf, Comparison, Criteria, HasAddress, HasTerm, HasText
from customercore.domain.tenant import Definitions
from customercore.domain.text import SORT_LENGTH, search_key
from customercore.testing.oracle_values import comparable, fits, has_word, operand, rank, same, starts_in, value_in
from customercore.testing.sample_catalogue import definitions_for_tests

__all__ = ["Oracle", "expected"]

_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "lt": lambda value, other: value < other,
    "le": lambda value, other: value <= other,
    "gt": lambda value, other: value > other,
    "ge": lambda value, other: value >= other,
}


@attrs.frozen
class Oracle:
    """Knows the fields of one aggregate and the definitions of its tenant. Asked only what is no mistake."""

    aggregate: Aggregate[Any]
    definitions: Definitions

    def holds(self, criteria: Criteria, one: Any) -> bool:
        """Tell whether a record matches the criteria."""
        if isinstance(criteria, AllOf):
            return all(self.holds(part, one) for part in criteria.parts)
        if isinstance(criteria, AnyOf):
            return any(self.holds(part, one) for part in criteria.parts)
        if isinstance(criteria, HasText):
            return all(has_word(one, start) for start in starts_in(criteria.text)) is not criteria.negated
        if isinstance(criteria, HasAddress):
            found = [address for address in one.addresses if all(fits(address, *pair) for pair in criteria.pairs)]
            return bool(found) is not criteria.negated
        if isinstance(criteria, Comparison | HasTerm):
            return self._of_field(criteria, one)
        raise TypeError("not criteria")

    def _of_field(self, criteria: Comparison | HasTerm, one: Any) -> bool:
        field = self.aggregate.by_name[criteria.field]
        value = value_in(one, field)
        if field.kind.many:
            return self._some(field, criteria, value or ()) is not criteria.negated
        if isinstance(criteria, HasTerm):
            raise TypeError("not a field of many values")
        if criteria.op == "missing":
            return (value is None) is not criteria.negated
        return value is not None and self._compared(field, criteria, value)

    def _some(self, field: BoundField, criteria: Comparison | HasTerm, values: Iterable[Any]) -> bool:
        """Tell whether some element is asked for, or, where the criterion is ``missing``, none is there."""
        present = {same(field, value) for value in values}
        if isinstance(criteria, Comparison) and criteria.op == "missing":
            return not present
        many = isinstance(criteria, Comparison) and criteria.op == "in"
        wanted = criteria.value if many else (criteria.value,)
        return any(same(field, operand(field, one, self.definitions)) in present for one in wanted)

    def _compared(self, field: BoundField, criteria: Comparison, value: Any) -> bool:
        op = criteria.op
        if op in ("startswith", "contains"):
            part, text = search_key(criteria.value)[:SORT_LENGTH], rank(field, value)
            found = text[: len(part)] == part if op == "startswith" else text.find(part) >= 0
            return found is not criteria.negated
        given = criteria.value if op in ("in", "between") else (criteria.value,)
        others = [operand(field, one, self.definitions) for one in given]
        if op in ("eq", "in"):
            return (same(field, value) in [same(field, one) for one in others]) is not criteria.negated
        if not comparable(value, *others):
            return False
        ranks, place = [rank(field, one) for one in others], rank(field, value)
        found = ranks[0] <= place <= ranks[1] if op == "between" else _ORDER[op](place, ranks[0])
        return found is not criteria.negated

    def ordered(self, many: Iterable[Any], sort: Sequence[str]) -> list[Any]:
        """Return the records in the order of the sort: what is missing last, ties in the order of their ids."""
        keys = [(self.aggregate.by_name[name.removeprefix("-")], name.startswith("-")) for name in sort]

        def compare(left: Any, right: Any) -> int:
            for field, descending in keys:
                first, second = value_in(left, field), value_in(right, field)
                if first is None and second is None:
                    continue
                if first is None or second is None:
                    return 1 if first is None else -1
                first, second = rank(field, first), rank(field, second)
                if first != second:
                    return _sign(first < second, descending=descending)
            return _sign(left.id < right.id, descending=bool(keys) and keys[0][1])

        return sorted(many, key=cmp_to_key(compare))

    def finds(
        self, many: Iterable[Any], criteria: Criteria | None = None, sort: Sequence[str] | None = ()
    ) -> list[str]:
        """Return the ids of the records that match, in the order of the sort; None is the aggregate's default."""
        found = [one for one in many if criteria is None or self.holds(criteria, one)]
        return [one.id for one in self.ordered(found, [self.aggregate.default_sort] if sort is None else sort)]


def expected(
    aggregate: Aggregate[Any],
    many: Iterable[Any],
    criteria: Criteria | None = None,
    sort: Sequence[str] = (),
) -> list[str]:
    """Return the ids of the records that match, in the order of the sort, for a tenant without info types."""
    return Oracle(aggregate, definitions_for_tests()).finds(many, criteria, sort)


def _sign(less: bool, *, descending: bool) -> int:  # noqa: FBT001  an answer handed on, not an option
    return -1 if less is not descending else 1
