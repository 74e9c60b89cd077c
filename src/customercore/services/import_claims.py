"""Who would hold the values of unique info types, while a dry run imports; the store tells it in earnest."""

from __future__ import annotations

from collections.abc import Iterable

from customercore.catalogue.bound_field import BoundField
from customercore.domain.customer import Customer
from customercore.errors import DuplicateError, InvalidValueError, Problem
from customercore.services.import_rows import ImportedRow
from customercore.services.units import Work

__all__ = ["ClaimIndex", "Claims"]

Claims = dict[tuple[str, str], str | None]
"""The id of the holder of a value, by the field's name and the value's key; None where it is free."""


class ClaimIndex:
    """The holders of unique values as a dry run would leave them; ``before`` is what its earlier batches changed."""

    def __init__(self, work: Work, before: Claims) -> None:
        self._repository = work.uow.customers
        self._customers = work.catalogue.customers
        self._before = before
        self._known: Claims = {}
        self.changed: Claims = {}
        """What the batch has changed."""

    def look_up(self, rows: Iterable[ImportedRow]) -> None:
        """Look up the holders of every unique value of some rows at once."""
        infos = [info for row in rows if (info := row.values.get("info"))]
        for name in self._customers.claims if infos else ():
            field, key = self._customers.by_name[name], name.removeprefix("info.")
            self._look_up(field, {str(field.equality(info[key])) for info in infos if info.get(key) is not None})

    def _look_up(self, field: BoundField, keys: set[str]) -> None:
        new = {key for key in keys if (field.name, key) not in self._known}
        found = self._repository.by_keys(field.name, new) if new else {}
        for key in new:
            claim, holder = (field.name, key), found.get(key)
            self._known[claim] = self._before.get(claim, None if holder is None else holder.id)

    def move(self, was: Customer | None, now: Customer) -> None:
        """Note what a new or changed customer holds; raise `InvalidValueError`, as for a row, where it is taken."""
        if not self._customers.claims:
            return
        old, new = ({} if one is None else self._of(one) for one in (was, now))
        taken = [name for name, key in new.items() if old.get(name) != key and self._holder(name, key) is not None]
        if taken:
            error = DuplicateError(taken[0])
            raise InvalidValueError([Problem(error.field, error.code, error.message)])
        gone: Claims = {claim: None for claim in old.items() if claim not in new.items()}
        held: Claims = dict.fromkeys(new.items(), now.id)
        self._known |= gone | held
        self.changed |= gone | held

    def _of(self, one: Customer) -> dict[str, str]:
        keys = self._customers.unique_keys(one)
        return {name: keys[name] for name in self._customers.claims if name in keys}

    def _holder(self, name: str, key: str) -> str | None:
        self._look_up(self._customers.by_name[name], {key})
        return self._known[name, key]
