"""Binding declared fields to kinds, and the catalogue of all aggregates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import attrs

from customercore.catalogue.aggregate import Aggregate
from customercore.catalogue.bound_field import BoundField, Unique
from customercore.catalogue.values import ValueCodec
from customercore.domain.field import Field, fields_of
from customercore.domain.kinds import Kind

__all__ = ["Kinds", "bind", "by_code"]

T = TypeVar("T")
Kinds = Mapping[str, Kind]
"""The kinds by name."""


def bind(
    cls: type[T],
    kinds: Kinds,
    *,
    name: str,
    plural: str,
    uniques: tuple[Unique, ...] = (),
    default_sort: str = "id",
    derived: Sequence[Field] = (),
    **options: Any,
) -> Aggregate[T]:
    """Return the aggregate of an attrs class whose attributes are `declared`; ``derived`` are its properties.

    ``options`` are those of `Aggregate`.
    """
    empty: dict[str, Any] = {one.name: one.default for one in attrs.fields(cls)}  # type: ignore[arg-type]  # T is an attrs class
    fields = [
        BoundField(field, kinds[field.kind], nullable=field.optional or empty.get(field.name) is None)
        for field in (*fields_of(cls), *derived)
    ]
    return Aggregate(
        name=name,
        plural=plural,
        type=cls,
        fields=tuple(fields),
        uniques=uniques,
        default_sort=default_sort,
        codec=ValueCodec(kinds),
        **options,
    )


def by_code(one: Any) -> str | None:
    """Return the unique key of definitions: their code."""
    code: str = one.code
    return code
