"""The address inside its owner's book: its fields, and the kind of the field that holds the book."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from customercore.catalogue.aggregate import Aggregate
from customercore.domain.address import Address
from customercore.domain.field import Field
from customercore.domain.info_values import NO_INFO
from customercore.domain.kinds import Kind, RefusedError
from customercore.domain.many_valued import elements
from customercore.domain.tenant import Definitions
from customercore.errors import Problem

__all__ = ["AddressesKind", "parse_address"]


def parse_address(
    aggregate: Aggregate[Address], value: object, definitions: Definitions, problems: list[Problem], path: str = ""
) -> Address:
    """Return an `Address` from a mapping of its fields or from another address; append what is wrong to ``problems``.

    The id of a given address is kept. Paths of problems start with ``path`` (``addresses[0].``).
    """
    known_id = ""
    if isinstance(value, Address):
        given: Mapping[str, object] = {
            field.name: getattr(value, field.name) for field in aggregate.fields if not field.field.read_only
        }
        known_id = value.id
    elif isinstance(value, Mapping):
        given = value
    else:
        problems.append(Problem(path.rstrip("."), "wrong_type", "must be an address or a mapping of its fields"))
        return Address()
    values = aggregate.parse(given, definitions, problems, path)
    if not values.get("country") and not any(one.field == f"{path}country" for one in problems):
        problems.append(Problem(f"{path}country", "required", "an address needs a country"))
    if "info" in values:
        values["info"] = NO_INFO.changed(values["info"])
    return aggregate.made({"id": known_id, **values})


class AddressesKind(Kind):
    """The addresses of a customer, each checked field by field."""

    column = "none"
    many = True

    def __init__(self, aggregate: Aggregate[Address]) -> None:
        self.aggregate = aggregate

    def parse(self, value: object, field: Field, definitions: Definitions) -> Any:
        problems: list[Problem] = []
        parsed = tuple(
            parse_address(self.aggregate, one, definitions, problems, f"[{number}].")
            for number, one in enumerate(elements(value))
        )
        if problems:
            raise RefusedError.of(problems)
        return parsed

    def doubts(self, value: Any, country: str | None) -> tuple[Problem, ...]:
        return tuple(
            attrs.evolve(doubt, field=f"[{number}].{doubt.field}")
            for number, address in enumerate(value)
            for doubt in self.aggregate.doubts(address, address.country)
        )
