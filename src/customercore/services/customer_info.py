"""Custom fields when a record is made or changed: defaults, what is required, who may set what, what looks wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import attrs

from customercore.domain.info_type import InfoType
from customercore.domain.info_values import NO_INFO, InfoValues
from customercore.domain.kinds import Kind
from customercore.domain.tenant import Definitions
from customercore.errors import Problem

__all__ = ["InfoScope"]


@attrs.frozen
class InfoScope:
    """The info types of customers, or of their addresses, as they are for the customers of one home shop."""

    applies_to: str
    definitions: Definitions
    shop: str | None

    @property
    def defined(self) -> Mapping[str, InfoType]:
        """The info types by key, those of other shops and retired ones included."""
        return self.definitions.info_types.get(self.applies_to, {})

    def _meant(self) -> Iterator[InfoType]:
        """Yield the info types that are in use for the shop."""
        for one in self.defined.values():
            if not one.retired and (not one.shops or self.shop in one.shops):
                yield one

    def filled(self, given: Mapping[str, object], kinds: Mapping[str, Kind]) -> InfoValues:
        """Return the values of a new record: those given, and the defaults of the others (ruling 5)."""
        known = [one for one in self._meant() if one.default is not None and one.kind in kinds]
        defaults = {one.key: one.default for one in known}
        return NO_INFO.changed({**defaults, **given}) if defaults or given else NO_INFO

    def missing(self, info: Mapping[str, object]) -> list[Problem]:
        """Return a problem for each required info type without a value; for the contexts that need them."""
        return [
            Problem(one.name, "required", "is needed")
            for one in self._meant()
            if one.required and info.get(one.key) is None
        ]

    def emptied(self, was: Mapping[str, object], now: Mapping[str, object]) -> list[Problem]:
        """Return a problem for each required info type that had a value and has none any more."""
        return [one for one in self.missing(now) if was.get(one.field.removeprefix("info.")) is not None]

    def uneditable(self, keys: Iterable[str]) -> list[Problem]:
        """Return a problem for each of the keys that a customer itself may not set."""
        open_to_customers = {one.key for one in self._meant() if one.customer_editable}
        return [
            Problem(f"info.{key}", "not_editable", "cannot be set by the customer")
            for key in keys
            if key not in open_to_customers
        ]

    def foreign(self, was: Mapping[str, object], now: Mapping[str, object]) -> list[Problem]:
        """Return a problem for each value that is new and is only for customers of other home shops."""
        return [
            Problem(one.name, "other_shop", "is only for customers whose home is one of the field's shops")
            for key, value in now.items()
            if value is not None and was.get(key) != value and (one := self.defined.get(key)) is not None
            if one.shops and self.shop not in one.shops
        ]

    def doubts(
        self,
        was: Mapping[str, object],
        now: Mapping[str, object],
        kinds: Mapping[str, Kind],
        country: str | None,
    ) -> list[Problem]:
        """Return what looks wrong with the values that are new, although they may be stored (ruling 4)."""
        found = []
        for key, value in now.items():
            one = self.defined.get(key)
            kind = None if one is None else kinds.get(one.kind)
            if kind is not None and kind.doubtful and was.get(key) != value:
                found += [
                    attrs.evolve(doubt, field=f"info.{key}{doubt.field}") for doubt in kind.doubts(value, country)
                ]
        return found
