"""Info types as fields: bound to their kinds like built-in ones, with a slot of the row as their column (ruling 6)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

import attrs

from customercore.catalogue.bound_field import BoundField, ColumnSpec
from customercore.domain.field import Field, Privacy
from customercore.domain.info_type import READY, InfoType
from customercore.domain.kinds import Kind, RefusedError
from customercore.domain.tenant import Definitions
from customercore.domain.text import SORT_LENGTH, bounded
from customercore.errors import Problem

__all__ = [
    "INTEGER_SLOTS",
    "TEXT_SLOTS",
    "InfoField",
    "InfoKind",
    "beyond",
    "field_of",
    "has_length",
    "primitive_of",
    "slot_columns",
    "value_of",
]

INTEGER_SLOTS = tuple(f"int_{number}" for number in range(12))
"""The columns for searchable numbers, dates, moments and truths."""
TEXT_SLOTS = tuple(f"text_{number}" for number in range(8))
"""The columns for searchable texts; each is two: its identity key and its search key."""

Primitive = Literal["int64", "key", "terms", "none"]


def slot_columns() -> tuple[ColumnSpec, ...]:
    """Return the columns of all slots, in a fixed order."""
    numbers = [ColumnSpec(name, "integer", True, name) for name in INTEGER_SLOTS]  # noqa: FBT003  nullable
    texts = [
        ColumnSpec(f"{name}_{part}", "key", True, name)  # noqa: FBT003  nullable
        for name in TEXT_SLOTS
        for part in ("key", "sort")
    ]
    return (*numbers, *texts)


def primitive_of(kind: Kind) -> Primitive:
    """Return how values of a kind are searched: by a number, by text keys, by terms, or not at all (ruling 7)."""
    if kind.many:
        return "terms"
    if kind.column in ("integer", "boolean", "date", "datetime"):
        return "int64"
    return "key" if kind.column == "text" else "none"


def has_length(kind: Kind) -> bool:
    """Tell whether the bounds of a kind's values are those of their length: of texts, whatever else may be one."""
    return kind.column in ("text", "long_text") and kind.value_type is None


def field_of(info_type: InfoType) -> Field:
    """Return the declaration that an info type amounts to."""
    longest = info_type.maximum if isinstance(info_type.maximum, int) else None
    return Field(
        name=info_type.name,
        kind=info_type.kind,
        unique=info_type.unique,
        privacy=Privacy.PERSONAL if info_type.personal else Privacy.PLAIN,
        max_length=longest or (20_000 if info_type.kind == "long_text" else 2_000),
        choices=tuple(info_type.choices),
        exported=not info_type.retired,
    )


@attrs.frozen(slots=False)
class InfoField(BoundField):
    """An info type as a field of its aggregate."""

    custom = True
    info_type: InfoType

    @classmethod
    def of(cls, info_type: InfoType, kind: Kind) -> InfoField:
        """Return the field that an info type amounts to."""
        return cls(field_of(info_type), kind, nullable=True, info_type=info_type)

    @property
    def place(self) -> str:
        """A slot where it is searchable by number or text, else the document only."""
        return "slot" if self.info_type.slot else "document"

    @property
    def term(self) -> str | None:
        """The prefix of its terms."""
        many = self.info_type.searchable and primitive_of(self.kind) == "terms"
        return self.info_type.name if many else None

    @property
    def sortable(self) -> bool:
        """Whether records can be sorted by it."""
        return self.info_type.slot is not None

    @property
    def equality_column(self) -> str:
        slot = self.info_type.slot or ""
        return slot if slot.startswith("int_") else f"{slot}_key"

    @property
    def order_column(self) -> str:
        slot = self.info_type.slot or ""
        return slot if slot.startswith("int_") else f"{slot}_sort"

    def value(self, one: Any) -> Any:
        return one.info.get(self.info_type.key)

    def equality(self, value: Any) -> Any:
        return self.kind.number(value) if primitive_of(self.kind) == "int64" else self._keys(value)[0]

    def order(self, value: Any) -> Any:
        return self.kind.number(value) if primitive_of(self.kind) == "int64" else self._keys(value)[1]

    def slot_values(self, value: Any) -> tuple[tuple[str, Any], ...]:
        """Return the slot columns of a value."""
        if primitive_of(self.kind) == "int64":
            return ((self.equality_column, self.kind.number(value)),)
        equality, order = self._keys(value)
        return ((self.equality_column, equality), (self.order_column, order))

    def _keys(self, value: Any) -> tuple[Any, Any]:
        equality, order = self.kind.keys(value)
        return (equality, order) if self.kind.keyed else (bounded(equality), order[:SORT_LENGTH])

    def check_searchable(self) -> None:
        """Raise `RefusedError` when records cannot be searched by it now."""
        if not self.info_type.searchable:
            raise RefusedError("not_searchable", "is not declared searchable")
        if self.info_type.state != READY:
            raise RefusedError("field_pending", "is being made searchable: run core.info_types.backfill")

    def parse(self, value: object, definitions: Definitions) -> Any:
        return _checked(self.info_type, self.kind, self.field, value, definitions)


class InfoKind(Kind):
    """The field ``info``: values by key, each checked against the tenant's definition of it."""

    column = "none"

    def __init__(self, applies_to: str, kinds: Mapping[str, Kind]) -> None:
        self._applies_to = applies_to
        self._kinds = kinds

    def parse(self, value: object, field: Field, definitions: Definitions) -> Any:
        if not isinstance(value, Mapping):
            raise RefusedError("wrong_type", "must be a mapping of values by key")
        usable = self._usable(definitions)
        values, problems = {}, []
        for key, one in value.items():
            known = usable.get(key) if isinstance(key, str) else None
            if known is None:
                problems.append(Problem(f".{_shown(key)}", "unknown_field", "there is no such info type"))
                continue
            try:
                values[key] = None if one is None else _checked(*known, one, definitions)
            except RefusedError as refused:
                problems += [attrs.evolve(problem, field=f".{key}{problem.field}") for problem in refused.problems]
        if problems:
            raise RefusedError.of(problems)
        return values

    def _usable(self, definitions: Definitions) -> dict[str, tuple[InfoType, Kind, Field]]:
        """Return the info types that take values, with their kinds and declarations: made once for the definitions."""
        usable: dict[str, tuple[InfoType, Kind, Field]] | None = definitions.made.get(self)
        if usable is None:
            usable = definitions.made[self] = {
                key: (one, self._kinds[one.kind], field_of(one))
                for key, one in definitions.info_types.get(self._applies_to, {}).items()
                if not one.retired and one.kind in self._kinds
            }
        return usable


def _shown(key: object) -> str:
    """Return a key for the path of a problem; keys that could not be one may hold anything and are not shown."""
    return key if isinstance(key, str) and re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,62}", key) else "?"


def value_of(info_type: InfoType, kind: Kind, value: object, definitions: Definitions) -> Any:
    """Return a value checked and normalised by its definition, None when it is empty; raise `RefusedError`."""
    return _checked(info_type, kind, field_of(info_type), value, definitions)


def _checked(info_type: InfoType, kind: Kind, field: Field, value: object, definitions: Definitions) -> Any:
    parsed = kind.parse(value, field, definitions)
    if parsed is None:
        return None
    if info_type.choices and kind.many and not parsed:
        return None
    low, high = info_type.minimum, info_type.maximum
    if isinstance(parsed, str):
        if isinstance(low, int) and len(parsed) < low:
            raise RefusedError("too_short", f"must have at least {low} characters")
        if info_type.pattern is not None and not re.fullmatch(info_type.pattern, parsed):
            raise RefusedError("pattern_mismatch", "does not have the form that is asked for")
        return parsed
    if (low is not None and beyond(kind, low, parsed)) or (high is not None and beyond(kind, parsed, high)):
        raise RefusedError("out_of_range", "is outside of the allowed range")
    return parsed


def beyond(kind: Kind, value: Any, bound: Any) -> bool:
    """Tell whether a value is greater than a bound, as a search would find it (ruling 7); refuse what has no order.

    The values' own ``<`` is not asked: a plug-in's class need not have one.
    """
    primitive = primitive_of(kind)
    if primitive == "int64":
        return kind.number(value) > kind.number(bound)
    if primitive != "key":
        raise RefusedError("out_of_range", "has no order, so nothing is inside of a range")
    key, least, most = kind.order(value), kind.limit(bound, upper=False), kind.limit(bound, upper=True)
    if least is not None and most is not None and not least <= key <= most:
        raise RefusedError("out_of_range", "cannot be compared with the allowed range")
    return bool(key > kind.order(bound))
