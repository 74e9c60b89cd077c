"""Criteria as a tree of frozen nodes. ``~`` goes to the leaves, where a missing value matches nothing (ruling 8)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn

import attrs

__all__ = [
    "OPERATORS",
    "AllOf",
    "AnyOf",
    "Comparison",
    "Criteria",
    "HasAddress",
    "HasTerm",
    "HasText",
    "fields_in",
    "too_complex",
]

# What a field may be compared by.
OPERATORS = ("eq", "lt", "le", "gt", "ge", "in", "between", "startswith", "contains", "missing")


class Criteria:
    """What to look for. Combine with ``&``, ``|`` and ``~``; build with `where`, store with `to_dict`."""

    def __and__(self, other: Criteria) -> Criteria:
        return AllOf((*_parts(self, AllOf), *_parts(other, AllOf)))

    def __or__(self, other: Criteria) -> Criteria:
        return AnyOf((*_parts(self, AnyOf), *_parts(other, AnyOf)))

    def __invert__(self) -> Criteria:
        raise NotImplementedError  # every node below has its own

    def __bool__(self) -> NoReturn:
        raise TypeError("criteria have no truth value: use & | ~ instead of and, or, not")

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form; `criteria_from_dict` gives equal criteria back."""
        from customercore.domain.criteria.json_form import to_dict  # noqa: PLC0415  the form imports the nodes

        return to_dict(self)


def _parts(criteria: Criteria, kind: type[AllOf | AnyOf]) -> tuple[Criteria, ...]:
    return criteria.parts if isinstance(criteria, kind) else (criteria,)


@attrs.frozen(repr=False)
class Comparison(Criteria):
    """A field compared with a value; ``op`` is one of `OPERATORS`. ``in`` takes a tuple, ``between`` a pair."""

    field: str
    op: str
    value: Any = None
    negated: bool = False

    def __invert__(self) -> Criteria:
        return attrs.evolve(self, negated=not self.negated)

    def __repr__(self) -> str:
        return f"<criterion {'not ' if self.negated else ''}{self.field} {self.op}>"


@attrs.frozen(repr=False)
class HasTerm(Criteria):
    """Some element of a many-valued field is this one: ``field`` is ``flags`` or ``tags``. Negated: none is."""

    field: str
    value: Any
    negated: bool = False

    def __invert__(self) -> Criteria:
        return attrs.evolve(self, negated=not self.negated)

    def __repr__(self) -> str:
        return f"<criterion {'not ' if self.negated else ''}{self.field} has>"


@attrs.frozen(repr=False)
class HasText(Criteria):
    """Each word of the text starts some word of the record's names, e-mail, code, phones or company."""

    text: Any
    negated: bool = False

    def __invert__(self) -> Criteria:
        return attrs.evolve(self, negated=not self.negated)

    def __repr__(self) -> str:
        return f"<criterion {'not ' if self.negated else ''}text>"


@attrs.frozen(repr=False)
class HasAddress(Criteria):
    """One and the same address has all these values; ``pairs`` are of field and value. Negated: no address has."""

    pairs: tuple[tuple[str, Any], ...]
    negated: bool = False

    def __invert__(self) -> Criteria:
        return attrs.evolve(self, negated=not self.negated)

    def __repr__(self) -> str:
        return f"<criterion {'not ' if self.negated else ''}address {', '.join(name for name, _ in self.pairs)}>"


@attrs.frozen(repr=False)
class AllOf(Criteria):
    """Every part matches. Without parts it matches everything."""

    parts: tuple[Criteria, ...]

    def __invert__(self) -> Criteria:
        return AnyOf(tuple(~part for part in self.parts))


@attrs.frozen(repr=False)
class AnyOf(Criteria):
    """Some part matches. Without parts it matches nothing."""

    parts: tuple[Criteria, ...]

    def __invert__(self) -> Criteria:
        return AllOf(tuple(~part for part in self.parts))


MOST_PARTS = 500
DEEPEST = 32


def too_complex(criteria: Criteria) -> bool:
    """Tell whether criteria have more than `MOST_PARTS` leaves, or parts nested deeper than `DEEPEST`."""
    leaves, level = 0, [criteria]
    for _ in range(DEEPEST):
        nested = [one for one in level if isinstance(one, AllOf | AnyOf)]
        leaves += len(level) - len(nested)
        if leaves > MOST_PARTS or sum(len(one.parts) for one in nested) > MOST_PARTS:
            return True
        level = [part for one in nested for part in one.parts]
        if not level:
            return False
    return True


def fields_in(criteria: Criteria) -> Iterator[str]:
    """Yield the name of each field that the criteria mention, in order, with repetitions."""
    if isinstance(criteria, AllOf | AnyOf):
        for part in criteria.parts:
            yield from fields_in(part)
    elif isinstance(criteria, Comparison | HasTerm):
        yield criteria.field
    elif isinstance(criteria, HasAddress):
        yield "addresses"
