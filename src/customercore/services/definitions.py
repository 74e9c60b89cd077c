"""Reading and changing what a tenant has defined: shops, flags, customer types and settings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, TypeVar

import attrs

from customercore.catalogue.aggregate import Aggregate
from customercore.catalogue.query import Query
from customercore.domain.classification import BUILT_IN_TYPES
from customercore.domain.evolving import evolved
from customercore.domain.info_type import InfoType
from customercore.domain.tenant import DEFINITIONS, TENANT_ID, Definitions, Tenant
from customercore.errors import DuplicateError, InvalidValueError, NotFoundError, Problem, StaleVersionError
from customercore.ports.unit_of_work import UnitOfWork
from customercore.services.context import Context, code_of, settled
from customercore.services.enrolment import definitions_moved as move_on
from customercore.services.idempotency import Call
from customercore.services.units import Work, contested

__all__ = ["Definable", "change", "check_version", "define", "load_definitions", "move_on"]

T = TypeVar("T", bound=Any)
_ALL = Query()


def load_definitions(uow: UnitOfWork) -> Definitions:
    """Return the definitions as the unit sees them."""
    return Definitions(
        version=uow.counters.version(DEFINITIONS) or 0,
        settings=uow.tenants.get(TENANT_ID) or Tenant(),
        shops={one.code: one for one in uow.shops.stream(_ALL)},
        flags={one.code: one for one in uow.flags.stream(_ALL)},
        info_types=_by_holder(uow.info_types.stream(_ALL)),
        subscriptions=tuple(uow.subscriptions.stream(_ALL)),
        customer_types=BUILT_IN_TYPES | {one.code: one for one in uow.customer_types.stream(_ALL)},
    )


def _by_holder(info_types: Iterable[InfoType]) -> dict[str, dict[str, InfoType]]:
    found: dict[str, dict[str, InfoType]] = {}
    for one in info_types:
        found.setdefault(one.applies_to, {})[one.key] = one
    return found


@attrs.frozen
class Definable(Generic[T]):
    """One sort of definition: its aggregate, and where it stands in the definitions."""

    aggregate: Aggregate[T]
    known: Callable[[Definitions], Mapping[str, T]]
    check: Callable[[Definitions, T], list[Problem]] = lambda _, __: []
    """Returns what is wrong with a changed definition beside its own fields."""


def define(
    context: Context, what: Definable[T], given: Mapping[str, object], *, key: str | None, reason: str | None
) -> T:
    """Make a new definition with a code of its own; raise `InvalidValueError` or `DuplicateError`."""
    stamp, aggregate = context.stamp(reason), what.aggregate
    given = settled({name: value for name, value in given.items() if value is not None})

    def use_case(work: Work) -> T:
        problems: list[Problem] = []
        values = aggregate.parse(given, work.definitions, problems)
        refused = {problem.field for problem in problems}
        missing = [name for name in aggregate.required if name not in refused and not values.get(name)]
        problems += [Problem(name, "required", "is needed") for name in missing]
        if problems:
            raise InvalidValueError(problems)
        taken = what.known(work.definitions).get(values["code"])
        if taken is not None and taken.id:  # a built-in definition has no id: it may be defined anew
            raise DuplicateError("code")
        one: T = aggregate.type(id=stamp.id, version=1, created_at=stamp.at, updated_at=stamp.at, **values)
        work.uow.repository(aggregate.plural).add(one)
        work.record(context.event(aggregate, one, stamp, type=f"{aggregate.name}.created"))
        move_on(work)
        return one

    arguments = {"reason": stamp.reason, **given}
    call = Call(f"{aggregate.plural}.create", key, arguments, stamp.id, lambda work, id: _stored(work, aggregate, id))
    return context.redefine(call, use_case)


def change(
    context: Context,
    what: Definable[T],
    code: str,
    given: Mapping[str, object],
    *,
    key: str | None,
    reason: str | None,
    expected_version: int | None,
) -> T:
    """Change a definition that has this code; its code and id stay. Without an effect nothing is written."""
    stamp, aggregate = context.stamp(reason), what.aggregate
    code, given = code_of(code), settled(given)

    def use_case(work: Work) -> T:
        was = what.known(work.definitions).get(code)
        if was is None or not was.id:
            raise NotFoundError(f"{aggregate.name}_not_found", f"there is no such {aggregate.name}")
        check_version(aggregate.name, was.version, expected_version)
        now = _changed(aggregate, was, given, work.definitions)
        problems = what.check(work.definitions, now)
        if problems:
            raise InvalidValueError(problems)
        if now == was:
            return was
        now = evolved(now, version=was.version + 1, updated_at=stamp.at)
        with contested():
            work.uow.repository(aggregate.plural).save(now, was=was)
        work.record(context.event(aggregate, now, stamp, type=f"{aggregate.name}.updated", was=was))
        move_on(work)
        return now

    arguments = {"code": code, "reason": stamp.reason, "expected_version": expected_version, **given}
    again: Callable[[Work, str], T] = lambda work, id: what.known(work.definitions)[id]  # noqa: E731  one expression
    return context.redefine(Call(f"{aggregate.plural}.update", key, arguments, code, again), use_case)


def _changed(aggregate: Aggregate[T], was: T, given: Mapping[str, object], definitions: Definitions) -> T:
    problems: list[Problem] = []
    values = aggregate.parse(given, definitions, problems)
    if "code" in given:
        problems.append(Problem("code", "read_only", "a code cannot be changed"))
    if problems:
        raise InvalidValueError(problems)
    return evolved(was, **values)


def check_version(kind: str, version: int, expected: int | None) -> None:
    """Raise `StaleVersionError` when the caller expects another version."""
    if expected is not None and expected != version:
        raise StaleVersionError(kind, expected)


def _stored(work: Work, aggregate: Aggregate[T], id: str) -> T:
    one = work.uow.repository(aggregate.plural).get(id)
    if one is None:
        raise NotFoundError(f"{aggregate.name}_not_found", f"there is no such {aggregate.name}")
    return one  # type: ignore[no-any-return]  # repositories by name are untyped
