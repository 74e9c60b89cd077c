"""Fields that a merchant adds at run time: ``core.info_types``."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from customercore.domain.info_type import APPLIES_TO, CUSTOMER, InfoType
from customercore.domain.standard_info import STANDARD_INFO_TYPES
from customercore.errors import DuplicateError, InvalidValueError, NotFoundError
from customercore.services.context import Context, settled
from customercore.services.idempotency import Call
from customercore.services.info_backfill import Backfill
from customercore.services.info_definitions import InfoDefinitions
from customercore.services.info_impact import Impact, impact_of
from customercore.services.units import Work

__all__ = ["InfoTypes"]


class InfoTypes:
    """The info types of a tenant: typed custom fields of customers and of addresses."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._definitions = InfoDefinitions(context)

    def define(
        self,
        key: str,
        kind: str,
        *,
        applies_to: str = CUSTOMER,
        reason: str | None = None,
        idempotency_key: str | None = None,
        **options: object,
    ) -> InfoType:
        """Define a custom field.

        ``key`` is a letter, then letters, digits and ``_``, at most 63; ``kind`` a registered kind.
        Options are those of `InfoType`: ``label``, ``required``, ``default``, ``unique``,
        ``searchable``, ``shops``, ``customer_visible``, ``customer_editable``, ``personal``,
        ``choices``, ``pattern``, ``minimum``, ``maximum``, ``position``.

        Raises `InvalidValueError` with every invalid option, `DuplicateError` for a key that is
        defined or was retired, and `CapacityError` when no slot is free for a searchable field.
        """
        stamp = self._context.stamp(reason)
        given = settled({"key": key, "kind": kind, "applies_to": applies_to, **options})

        def use_case(work: Work) -> InfoType:
            return self._definitions.add(work, stamp, given)

        arguments = {"reason": stamp.reason, **given}
        call = Call("info_types.define", idempotency_key, arguments, stamp.id, self._definitions.stored)
        return self._context.redefine(call, use_case)

    def define_standard(self, *, reason: str | None = None) -> tuple[InfoType, ...]:
        """Define the well-known attributes (``MARKETING_OPT_IN``, ``CUSTOMER_BLOCK_CHECKOUT`` and so on).

        What is defined already stays as it is. Returns the standard info types in their order.
        """
        found = []
        for options in STANDARD_INFO_TYPES:
            try:
                found.append(self.define(**options, reason=reason))
            except DuplicateError:
                found.append(self.get(options["key"]))
        return tuple(found)

    def update(
        self,
        key: str,
        *,
        applies_to: str = CUSTOMER,
        break_values: bool = False,
        reason: str | None = None,
        expected_version: int | None = None,
        idempotency_key: str | None = None,
        **options: object,
    ) -> InfoType:
        """Change options of an info type; its key, kind and ``applies_to`` stay.

        A change that stored values would not meet is refused with `ConflictError` (``values_would_break``)
        unless ``break_values``; `impact` tells which. Values that customers share forbid ``unique`` either way,
        since no store could keep them. A field that becomes searchable on a filled
        store is ``pending`` until `backfill` has run.
        """
        stamp, given = self._context.stamp(reason), settled(options)
        name, units = (applies_to, key), self._context.units
        met = (
            None if break_values or units.joined else units.read(lambda work: self._definitions.met(work, name, given))
        )

        def use_case(work: Work) -> InfoType:
            return self._definitions.change(
                work, stamp, name, given, expected_version=expected_version, break_values=break_values, met=met
            )

        arguments = {"key": key, "applies_to": applies_to, "break_values": break_values}
        arguments |= {"reason": stamp.reason, **given}
        return self._context.redefine(self._call("update", idempotency_key, arguments, applies_to, key), use_case)

    def impact(self, key: str, *, applies_to: str = CUSTOMER, **options: object) -> Impact:
        """Tell which stored values would break if the options were changed: how many, by code, with some ids."""

        def use_case(work: Work) -> Impact:
            was = self._known(work, applies_to, key)
            now = self._definitions.changed(work, was, settled(options))
            return impact_of(self._context, work, was, now)

        return self._context.units.read(use_case)

    def retire(
        self,
        key: str,
        *,
        applies_to: str = CUSTOMER,
        reason: str | None = None,
        expected_version: int | None = None,
        idempotency_key: str | None = None,
    ) -> InfoType:
        """End the use of an info type: no new values, no searching. Stored values stay; the key stays reserved."""
        stamp = self._context.stamp(reason)

        def use_case(work: Work) -> InfoType:
            return self._definitions.retire(work, stamp, (applies_to, key), expected_version=expected_version)

        arguments = {"key": key, "applies_to": applies_to, "reason": stamp.reason}
        return self._context.redefine(self._call("retire", idempotency_key, arguments, applies_to, key), use_case)

    def get(self, key: str, *, applies_to: str = CUSTOMER) -> InfoType:
        """Return the info type with this key, retired or not, or raise `NotFoundError`."""
        return self._context.units.read(lambda work: self._known(work, applies_to, key))

    def list(
        self, *, applies_to: str | None = None, shop: str | None = None, retired: bool = False
    ) -> tuple[InfoType, ...]:
        """Return info types by position, then key.

        ``shop`` keeps those for that shop, ``retired`` adds retired ones.
        """
        if applies_to is not None and applies_to not in APPLIES_TO:
            raise InvalidValueError.of("applies_to", "unknown_choice", f"must be one of {', '.join(APPLIES_TO)}")
        known = self._context.units.read(lambda work: work.definitions.info_types)
        found = [
            one
            for sort, types in known.items()
            for one in types.values()
            if applies_to in (None, sort)
            and (retired or not one.retired)
            and (shop is None or not one.shops or shop in one.shops)
        ]
        return tuple(sorted(found, key=lambda one: (one.applies_to, one.position, one.key)))

    def backfill(
        self,
        key: str,
        *,
        progress: Callable[[int], None] | None = None,
        applies_to: str = CUSTOMER,
        reason: str | None = None,
    ) -> InfoType:
        """Put every stored value of a ``pending`` field into its index, and make the field searchable.

        It works in small units beside other traffic, tells ``progress`` how many records it has seen,
        and can be run again after it was interrupted: it goes on where it stopped.
        """
        return Backfill(self._context).run((applies_to, key), progress, reason)

    def _call(
        self, verb: str, idempotency_key: str | None, arguments: Mapping[str, object], applies_to: str, key: str
    ) -> Call[InfoType]:
        def again(work: Work, _: str) -> InfoType:
            return self._known(work, applies_to, key)

        return Call(f"info_types.{verb}", idempotency_key, arguments, f"{applies_to}:{key}", again)

    def _known(self, work: Work, applies_to: str, key: str) -> InfoType:
        return known(work.definitions.info_types, applies_to, key)


def known(info_types: Mapping[str, Mapping[str, InfoType]], applies_to: str, key: str) -> InfoType:
    """Return a defined info type, or raise `NotFoundError`."""
    found = info_types.get(applies_to, {}).get(key)
    if found is None:
        raise NotFoundError("info_type_not_found", "there is no such info type")
    return found
