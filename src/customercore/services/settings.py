"""The tenant's settings: ``core.settings``."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from customercore.catalogue.query import Query
from customercore.domain.tenant import TENANT_ID, Tenant
from customercore.errors import ConflictError, InvalidValueError, Problem
from customercore.services.context import Context
from customercore.services.definitions import check_version, move_on
from customercore.services.idempotency import Call
from customercore.services.units import Work, contested

__all__ = ["Settings"]


class Settings:
    """What holds for every shop of a tenant."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def get(self) -> Tenant:
        """Return the settings: ``.email.special_domains``, ``.email.scope``, ``.customers.code_pattern`` and so on."""
        return self._context.units.read(lambda work: work.definitions.settings)

    def update(
        self,
        *,
        email: Mapping[str, object] | None = None,
        customers: Mapping[str, object] | None = None,
        reason: str | None = None,
        expected_version: int | None = None,
        idempotency_key: str | None = None,
    ) -> Tenant:
        """Change settings: ``update(email={"special_domains": True})``; what is not named stays.

        Raises `InvalidValueError` for unknown names and wrong values, and `ConflictError`
        (``scope_in_use``) when the e-mail scope is to change while there are customers.
        """
        given = {**_section("email", email), **_section("customers", customers)}
        context, stamp = self._context, self._context.stamp(reason)

        def use_case(work: Work) -> Tenant:
            was = work.definitions.settings
            check_version("tenant", was.version, expected_version)
            now = _changed(context, work, was, given)
            if now == was:
                return was
            now = attrs.evolve(now, version=was.version + 1, updated_at=stamp.at)
            with contested():
                if was.version == 0:
                    work.uow.tenants.add(now)
                else:
                    work.uow.tenants.save(now, was=was)
            type = "tenant.updated" if was.version else "tenant.created"
            known = was if was.version else None
            work.record(context.event(context.catalogue.tenants, now, stamp, type=type, was=known))
            move_on(work)
            return now

        arguments = {"reason": stamp.reason, "expected_version": expected_version, **given}
        call = Call("settings.update", idempotency_key, arguments, TENANT_ID, lambda work, _: work.definitions.settings)
        return context.redefine(call, use_case)


def _section(section: str, values: Mapping[str, object] | None) -> dict[str, object]:
    if values is not None and not isinstance(values, Mapping):
        raise InvalidValueError.of(f"settings.{section}", "wrong_type", "must be a mapping of settings")
    return {f"{section}_{name}": value for name, value in (values or {}).items()}


def _changed(context: Context, work: Work, was: Tenant, given: Mapping[str, object]) -> Tenant:
    problems: list[Problem] = []
    values = context.catalogue.tenants.parse(given, work.definitions, problems)
    most = values.get("customers_max_addresses")
    if most is not None and not 1 <= most <= 1_000:  # noqa: PLR2004  the book is read whole
        problems.append(Problem("customers_max_addresses", "out_of_range", "must be from 1 to 1,000"))
    if problems:
        raise InvalidValueError(
            attrs.evolve(one, field="settings." + one.field.replace("_", ".", 1)) for one in problems
        )
    now = attrs.evolve(was, **values)
    if now.email_scope != was.email_scope and work.uow.customers.count(Query(), 1):
        raise ConflictError("scope_in_use", "the e-mail scope cannot change while there are customers")
    return now
