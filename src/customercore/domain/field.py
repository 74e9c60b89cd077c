"""The vocabulary of the field catalogue: what is said once about a field and used everywhere.

A field is declared where its attribute is written, in the attrs class of its aggregate::

    last_name: str = declared("text", required=True, indexed=True, privacy=Privacy.PERSONAL)

From that line come the typed column and its keys, the index, the names in criteria and sorts, the
columns of imports and exports, the validation, and what history masks and erasure removes.
"""

from __future__ import annotations

import enum
from typing import Any

import attrs

__all__ = ["Field", "Privacy", "declared", "fields_of"]


class Privacy(enum.Enum):
    """What a stored value says about a person."""

    PLAIN = "plain"
    """Says nothing about who the person is; kept when the person is erased."""
    PERSONAL = "personal"
    """Tells who the person is, or where: erased with the person, masked in history."""
    SECRET = "secret"  # noqa: S105  a word, not one
    """Never shown at all."""
    BOOKKEEPING = "bookkeeping"
    """Kept by the core itself: ids, versions, times."""


@attrs.frozen
class Field:
    """One declared field of an aggregate.

    ``kind`` names the kind that validates, normalises and compares it (`domain.kinds`).
    ``required`` must have a value on creation; ``optional`` may be emptied although it has a default;
    ``unique`` at most one record of a tenant has the value; ``indexed`` sorts and ranges are served by
    an index; ``read_only`` only the core sets it; ``derived`` computed from other fields, never stored
    in the document; ``hidden`` no name outside the core; ``exported`` a column of exports by default;
    ``max_length`` in code points, ``choices`` the only values allowed (empty: any). ``stored`` is the
    name of its column and its key in documents, where that is not its own.
    """

    name: str
    kind: str
    required: bool = False
    optional: bool = False
    unique: bool = False
    indexed: bool = False
    read_only: bool = False
    derived: bool = False
    hidden: bool = False
    exported: bool = True
    privacy: Privacy = Privacy.PLAIN
    max_length: int = 255
    choices: tuple[str, ...] = ()
    stored: str = ""

    @property
    def key(self) -> str:
        """The name of its column, and its key in documents."""
        return self.stored or self.name


_KEY = "customercore.field"


def declared(kind: str, *, default: Any = None, factory: Any = None, **options: Any) -> Any:
    """Return an attrs attribute that carries its declaration; ``options`` are those of `Field`."""
    metadata = {_KEY: {"kind": kind, **options}}
    if factory is not None:
        return attrs.field(factory=factory, metadata=metadata)
    return attrs.field(default=default, metadata=metadata)


def fields_of(cls: type[Any]) -> tuple[Field, ...]:
    """Return the declared fields of an attrs class, in the order of its attributes."""
    return tuple(
        Field(name=attribute.name, **attribute.metadata[_KEY])
        for attribute in attrs.fields(cls)
        if _KEY in attribute.metadata
    )
