"""An aggregate's declarations bound to their kinds, and what follows from them: columns, keys, terms, validation."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, Generic, TypeVar

import attrs

from customercore.catalogue.bound_field import BoundField, ColumnSpec, Index, Projection, Unique
from customercore.catalogue.values import ValueCodec
from customercore.domain.evolving import assembled
from customercore.domain.field import Privacy
from customercore.domain.kinds import RefusedError
from customercore.domain.tenant import Definitions
from customercore.errors import Problem

__all__ = ["Aggregate"]

T = TypeVar("T")
_NO_KEYS = (None, None)
_NO_TERMS: frozenset[str] = frozenset()
_IMPERSONAL = (Privacy.PLAIN, Privacy.BOOKKEEPING)


@attrs.define(slots=False)
class Aggregate(Generic[T]):
    """Everything that follows from the declarations of one aggregate.

    ``name`` is singular (``customer``), ``plural`` names its table or collection. ``default_sort`` is
    the sort of lists and the key that its terms carry.
    """

    name: str
    plural: str
    type: type[T]
    fields: tuple[BoundField, ...]
    uniques: tuple[Unique, ...] = ()
    default_sort: str = "id"
    slots: tuple[ColumnSpec, ...] = ()
    """The columns that info types may be indexed in."""
    filters: tuple[str, ...] = ()
    """The columns that lists are narrowed by, kept beside the default sort where a store walks it."""
    index: Callable[[T], Index] | None = None
    """What a record is found by beside its fields: words and the terms of its addresses."""
    codec: ValueCodec = attrs.field(factory=lambda: ValueCodec({}))
    """How the values of info types are written in documents."""
    by_name: dict[str, BoundField] = attrs.field(init=False)
    columns: tuple[ColumnSpec, ...] = attrs.field(init=False)
    position: dict[str, int] = attrs.field(init=False)
    """The index of each column in `Projection.values`."""
    empty: dict[str, Any] = attrs.field(init=False)
    """What each field is when it was not given or is emptied."""
    required: tuple[str, ...] = attrs.field(init=False)
    """The names of the fields that must have a value on creation."""
    extended: bool = attrs.field(init=False)
    """Whether a tenant's own fields are among those that records are found by."""
    tracked: tuple[tuple[str, Privacy], ...] = attrs.field(init=False)
    """The fields whose changes are recorded, with what they say about a person."""

    def __attrs_post_init__(self) -> None:
        self.by_name = {field.name: field for field in self.fields}
        plain = [field for field in self.fields if field.place in ("column", "derived")]
        stored = [field for field in plain if field.place == "column"]
        self._derived = [field.name for field in plain if field.place == "derived"]
        self._plain = operator.itemgetter(*(field.name for field in stored), *self._derived)
        keyed = [field for field in (*stored, *plain) if field.kind.keyed]
        self._keyed = [(field.name, field.kind.keys) for field in dict.fromkeys(keyed)]
        self.columns = (
            *(field.column() for field in stored),
            *(field.column() for field in plain if field.field.derived),
            *(column for field in dict.fromkeys(keyed) for column in field.key_columns()),
            *self.slots,
        )
        self._no_slots = (None,) * len(self.slots)
        self._slotted = [field for field in self.fields if field.place == "slot"]
        self.extended = any(field.custom and (field.place == "slot" or field.term) for field in self.fields)
        self.position = {column.name: at for at, column in enumerate(self.columns)}
        self.empty = {
            field.name: field.default
            for field in attrs.fields(self.type)  # type: ignore[arg-type]  # T is an attrs class
        }
        self.tracked = tuple(
            (field.name, field.field.privacy)
            for field in self.fields
            if field.name in self.empty and field.field.privacy is not Privacy.BOOKKEEPING
        )
        self.required = tuple(field.name for field in self.fields if field.field.required)
        self._doubtful = [
            (field.name, field.kind.doubts) for field in self.fields if field.kind.doubtful and field.name in self.empty
        ]
        self._terms = [
            (field.value, f"{field.term}:", field.equality) for field in self.fields if field.term is not None
        ]
        self._is_plain = not (self._keyed or self.slots or self.has_terms)
        self._writable = {
            field.name: (field.kind.parse, field.field, None if field.field.optional else self.empty[field.name])
            for field in self.fields
            if field.name in self.empty and not (field.field.hidden or field.field.read_only)
        }

    @cached_property
    def _by_name(self) -> list[Unique]:
        return sorted(self.uniques, key=lambda unique: unique.name)

    @cached_property
    def _claimed(self) -> list[BoundField]:
        claimed = [field for field in self.fields if field.place in ("slot", "document") and field.field.unique]
        return sorted(claimed, key=lambda field: f"{field.name}:")

    @cached_property
    def claims(self) -> tuple[str, ...]:
        """The names of the unique info types: like `uniques`, each is the name of a unique key."""
        return tuple(field.name for field in self._claimed)

    @cached_property
    def impersonal(self) -> bool:
        """Whether none of its fields tells who a person is, or is secret."""
        return all(one.field.privacy in _IMPERSONAL for one in self.fields)

    @property
    def has_terms(self) -> bool:
        """Whether its records have search terms."""
        return bool(self._terms) or self.index is not None

    def made(self, values: Mapping[str, Any]) -> T:
        """Return a record with these values and the other fields empty, in a fraction of its constructor's time."""
        return assembled(self.type, {**self.empty, **values})

    def unique(self, name: str) -> Unique:
        """Return the unique key of this name; raise `KeyError` for a name that is none."""
        for unique in self.uniques:
            if unique.name == name:
                return unique
        raise KeyError(name)

    def project(self, one: T) -> Projection:
        """Return the columns, unique keys and terms of one record."""
        state = one.__dict__
        if self._derived:
            state = state | {name: getattr(one, name) for name in self._derived}
        plain = self._plain(state)
        if self._is_plain:
            return Projection(plain, self.unique_keys(one), _NO_TERMS)
        values = [*plain]
        for name, keys in self._keyed:
            value = state[name]
            values += _NO_KEYS if value is None else keys(value)
        values += self._slot_values(one) if self._slotted else self._no_slots
        uniques = self.unique_keys(one)
        if self.index is None:
            return Projection(tuple(values), uniques, frozenset(self._own_terms(one)))
        index = self.index(one)
        return Projection(tuple(values), uniques, index.terms.union(self._own_terms(one)), index.elements)

    def unique_keys(self, one: T) -> dict[str, str]:
        """Return the unique keys of one record, by name: the order in which one that is taken is told of."""
        uniques = {}
        for unique in self._by_name:
            key = unique.key(one)
            if key is not None:
                uniques[unique.name] = key
        for field in self._claimed:
            value = field.value(one)
            if value is not None:
                uniques[field.name] = str(field.equality(value))
        return uniques

    def _slot_values(self, one: T) -> list[Any]:
        values = list(self._no_slots)
        first = len(self.columns) - len(values)
        for field in self._slotted:
            value = field.value(one)
            if value is not None:
                for column, primitive in field.slot_values(value):
                    values[self.position[column] - first] = primitive
        return values

    def _own_terms(self, one: T) -> list[str]:
        """Return the terms of its fields: ``flag:vip``, ``tag:summer``."""
        return [f"{prefix}{key(element)}" for value, prefix, key in self._terms for element in value(one) or ()]

    def parse(
        self, given: Mapping[str, object], definitions: Definitions, problems: list[Problem], path: str = ""
    ) -> dict[str, Any]:
        """Check and normalise the given fields; append to ``problems`` what is wrong, with ``path`` before each name.

        Returns the good values only. Unknown and read-only names are problems of their own. A given
        None or empty text empties the field.
        """
        values: dict[str, Any] = {}
        for name, value in given.items():
            known = self._writable.get(name)
            if known is None:
                problems.append(self._refusal(name, path))
                continue
            parse, field, empty = known
            try:
                parsed = None if value is None else parse(value, field, definitions)
            except RefusedError as refused:
                problems += [attrs.evolve(one, field=f"{path}{name}{one.field}") for one in refused.problems]
                continue
            values[name] = empty if parsed is None else parsed
        return values

    def _refusal(self, name: str, path: str) -> Problem:
        field = self.by_name.get(name)
        if field is None or field.field.hidden:
            return Problem(f"{path}{name}", "unknown_field", f"a {self.name} has no such field")
        return Problem(f"{path}{name}", "read_only", "is set by the core only")

    def doubts(self, one: T, country: str | None = None) -> tuple[Problem, ...]:
        """Return what looks wrong with the values of one record although they may be stored (ruling 4)."""
        return tuple(
            attrs.evolve(doubt, field=f"{name}{doubt.field}")
            for name, doubts in self._doubtful
            if (value := getattr(one, name))
            for doubt in doubts(value, country)
        )
