"""Flags and customer types: ``core.flags`` and ``core.customer_types``."""

from __future__ import annotations

from customercore.domain.classification import CustomerType, Flag
from customercore.services.context import Context
from customercore.services.definitions import Definable, change, define

__all__ = ["CustomerTypes", "Flags"]


class Flags:
    """The flags that customers of this tenant can carry."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._kind = Definable(context.catalogue.flags, lambda defined: defined.flags)

    def define(
        self, code: str, *, label: str | None = None, reason: str | None = None, idempotency_key: str | None = None
    ) -> Flag:
        """Define a flag; raises `InvalidValueError`, or `DuplicateError` when the code is taken."""
        given = {"code": code, "label": label}
        return define(self._context, self._kind, given, key=idempotency_key, reason=reason)

    def update(
        self,
        code: str,
        *,
        label: str | None,
        reason: str | None = None,
        expected_version: int | None = None,
        idempotency_key: str | None = None,
    ) -> Flag:
        """Give a flag another label; raises `NotFoundError`, `StaleVersionError` or `InvalidValueError`."""
        how = {"key": idempotency_key, "reason": reason}
        return change(self._context, self._kind, code, {"label": label}, **how, expected_version=expected_version)

    def list(self) -> tuple[Flag, ...]:
        """Return every flag, ordered by code."""
        flags = self._context.units.read(lambda work: work.definitions.flags)
        return tuple(flags[code] for code in sorted(flags))


class CustomerTypes:
    """The customer types of this tenant: ``private``, ``business``, ``employee``, ``guest`` and its own."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._kind = Definable(context.catalogue.customer_types, lambda defined: defined.customer_types)

    def define(
        self,
        code: str,
        *,
        label: str | None = None,
        prices_without_tax: bool | None = None,
        reason: str | None = None,
        idempotency_key: str | None = None,
    ) -> CustomerType:
        """Define a type, or give a built-in one a label and tax display of the tenant's own.

        Raises `InvalidValueError`, or `DuplicateError` when the tenant has defined this code before.
        """
        given = {"code": code, "label": label, "prices_without_tax": prices_without_tax}
        return define(self._context, self._kind, given, key=idempotency_key, reason=reason)

    def update(
        self,
        code: str,
        *,
        reason: str | None = None,
        expected_version: int | None = None,
        idempotency_key: str | None = None,
        **fields: object,
    ) -> CustomerType:
        """Change the label or tax display of a type that the tenant defined."""
        how = {"key": idempotency_key, "reason": reason}
        return change(self._context, self._kind, code, fields, **how, expected_version=expected_version)

    def list(self) -> tuple[CustomerType, ...]:
        """Return every type, the built-in ones included, ordered by code."""
        types = self._context.units.read(lambda work: work.definitions.customer_types)
        return tuple(types[code] for code in sorted(types))
