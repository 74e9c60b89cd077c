"""A field bound to its kind, and what a record has beside its document: columns, unique keys and terms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import attrs

from customercore.domain.field import Field
from customercore.domain.kinds import Column, Kind, RefusedError
from customercore.domain.tenant import Definitions

__all__ = ["LONGEST_ASKED", "BoundField", "ColumnSpec", "Index", "Projection", "Unique"]

LONGEST_ASKED = 20_000
"""How long a text may be that is looked for."""


@attrs.frozen
class ColumnSpec:
    """A column that every store keeps beside the document: ``key`` columns hold text keys, compared in binary order."""

    name: str
    type: Column | str
    """A `Column`, or ``key``."""
    nullable: bool
    field: str


@attrs.frozen
class Unique:
    """A unique key of an aggregate; ``key`` returns None for records that take no part."""

    name: str
    key: Callable[[Any], str | None]

    @property
    def column(self) -> str:
        """The column that holds the key."""
        return f"{self.name}_unique"


@attrs.frozen(slots=False)
class BoundField:
    """A field together with its kind, and the names of the columns it is compared by."""

    field: Field
    kind: Kind
    nullable: bool

    custom: ClassVar[bool] = False
    """Whether a tenant has defined it."""

    @property
    def name(self) -> str:
        """The field's name."""
        return self.field.name

    @property
    def place(self) -> str:
        """Where its value stands beside the document: in a ``column``, ``derived`` in one, or in the document only."""
        if self.kind.column == "none":
            return "document"
        return "derived" if self.field.derived else "column"

    @property
    def term(self) -> str | None:
        """The prefix of the terms that its elements make, or None."""
        return self.kind.term

    @property
    def sortable(self) -> bool:
        """Whether records can be sorted and compared by it."""
        return self.kind.column not in ("none", "long_text") and not self.field.hidden

    @property
    def equality_column(self) -> str:
        """The column for ``==`` and ``is_in``."""
        return f"{self.field.key}_key" if self.kind.keyed else self.field.key

    @property
    def order_column(self) -> str:
        """The column for order, prefixes and parts."""
        return f"{self.field.key}_sort" if self.kind.keyed else self.field.key

    def value(self, one: Any) -> Any:
        """Return the field's value of a record."""
        return getattr(one, self.name)

    def equality(self, value: Any) -> Any:
        """Return what stands for a value in its `equality_column`."""
        return self.kind.equality(value)

    def order(self, value: Any) -> Any:
        """Return what stands for a value in its `order_column`."""
        return self.kind.order(value)

    def parse(self, value: object, definitions: Definitions) -> Any:
        """Return a value checked and normalised; raise `RefusedError`."""
        return self.kind.parse(value, self.field, definitions)

    def asked(self, value: object, definitions: Definitions) -> Any:
        """Return a value to look for, normalised, without the field's own bounds; raise `RefusedError`."""
        one = self.kind.parse(value, attrs.evolve(self.field, max_length=LONGEST_ASKED), definitions)
        if one is None:
            raise RefusedError("required", "needs a value")
        return one

    def check_searchable(self) -> None:
        """Raise `RefusedError` when records cannot be searched by it now."""

    def slot_values(self, value: Any) -> tuple[tuple[str, Any], ...]:
        """Return what a value puts into the slots of its record."""
        return ()

    def column(self) -> ColumnSpec:
        """Return the column of its value."""
        return ColumnSpec(self.field.key, self.kind.column, self.nullable, self.name)

    def key_columns(self) -> tuple[ColumnSpec, ColumnSpec]:
        """Return the columns of its two keys."""
        return (
            ColumnSpec(self.equality_column, "key", self.nullable, self.name),
            ColumnSpec(self.order_column, "key", self.nullable, self.name),
        )


@attrs.frozen(slots=False)
class Projection:
    """What a store keeps beside the document.

    ``values`` are in the order of `Aggregate.columns`, ``uniques`` are the unique keys by name.
    """

    values: tuple[Any, ...]
    uniques: dict[str, str]
    terms: frozenset[str]
    elements: tuple[frozenset[str], ...] = ()
    """The terms of each address of the book, for questions about one and the same address."""


@attrs.frozen
class Index:
    """The terms of a record beside those of its fields, and those of each of its addresses."""

    terms: frozenset[str]
    elements: tuple[frozenset[str], ...]
