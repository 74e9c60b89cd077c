"""Making and changing the definitions of info types: what must fit together, and where a field is indexed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from customercore.catalogue.info_fields import INTEGER_SLOTS, TEXT_SLOTS, beyond, has_length, primitive_of, value_of
from customercore.catalogue.query import Query
from customercore.domain.evolving import evolved
from customercore.domain.info_type import CUSTOMER, PENDING, READY, InfoType
from customercore.domain.kinds import Kind, RefusedError
from customercore.errors import (
    CapacityError,
    ConflictError,
    DuplicateError,
    InvalidValueError,
    NotFoundError,
    Problem,
)
from customercore.services.context import Context, Stamp
from customercore.services.definitions import check_version, move_on
from customercore.services.info_impact import Impact, impact_of, rewrite
from customercore.services.units import Work, contested

__all__ = ["InfoDefinitions"]

_FIXED = ("key", "kind", "applies_to")


class InfoDefinitions:
    """The use cases behind `InfoTypes`, inside a unit."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._kinds: Mapping[str, Kind] = context.catalogue.info_kinds

    def stored(self, work: Work, id: str) -> InfoType:
        """Return the info type with this id."""
        one = work.uow.info_types.get(id)
        if one is None:
            raise NotFoundError("info_type_not_found", "there is no such info type")
        return one

    def add(self, work: Work, stamp: Stamp, given: Mapping[str, object]) -> InfoType:
        """Define a new info type."""
        problems: list[Problem] = []
        values = self._context.catalogue.info_types.parse(given, work.definitions, problems)
        one = InfoType(id=stamp.id, version=1, created_at=stamp.at, updated_at=stamp.at, **values)
        one = self._checked(work, one, problems)
        if one.key in work.definitions.info_types.get(one.applies_to, {}):
            raise DuplicateError("key", "an info type has, or had, this key")
        one = self._placed(work, one, new=True)
        work.uow.info_types.add(one)
        event = self._context.event(self._context.catalogue.info_types, one, stamp, type="info_type.created")
        work.record(event)
        move_on(work)
        return one

    def changed(self, work: Work, was: InfoType, given: Mapping[str, object]) -> InfoType:
        """Return the definition with other options, checked, not stored."""
        problems = [Problem(name, "read_only", "cannot be changed") for name in _FIXED if name in given]
        rest = {name: value for name, value in given.items() if name not in _FIXED}
        values = self._context.catalogue.info_types.parse(rest, work.definitions, problems)
        return self._checked(work, evolved(was, **values), problems)

    def met(self, work: Work, name: tuple[str, str], given: Mapping[str, object]) -> int:
        """Refuse a narrower definition that stored values would not meet; return the version of all definitions.

        That takes as long as reading every customer, and may be done before anybody is kept from writing: a value
        that comes between is one that was stored before. What becomes unique is looked at when nobody writes.
        """
        was = self._known(work, name, None)
        now = self.changed(work, was, given)
        if _tightened(was, now) and not _becomes_unique(was, now):
            _refuse_breaking(impact_of(self._context, work, was, now), break_values=False)
        return work.definitions.version

    def change(
        self,
        work: Work,
        stamp: Stamp,
        name: tuple[str, str],
        given: Mapping[str, object],
        *,
        expected_version: int | None,
        break_values: bool,
        met: int | None = None,
    ) -> InfoType:
        """Change a definition; refuse when stored values would break, unless that is wanted and possible.

        ``met``: what `met` has returned.
        """
        was = self._known(work, name, expected_version)
        now = self.changed(work, was, given)
        if now == was:
            return was
        unmet = not break_values and met != work.definitions.version
        if _becomes_unique(was, now) or (unmet and _tightened(was, now)):
            _refuse_breaking(impact_of(self._context, work, was, now), break_values=break_values)
        if now.searchable and not was.searchable:
            now = self._placed(work, now, new=False)
        now = self._save(work, stamp, was, now)
        if now.unique is not was.unique:
            rewrite(self._context, work, now)
        return now

    def retire(self, work: Work, stamp: Stamp, name: tuple[str, str], *, expected_version: int | None) -> InfoType:
        """End the use of an info type. Its slot may serve another field, which is then made searchable anew."""
        was = self._known(work, name, expected_version)
        return was if was.retired else self._save(work, stamp, was, evolved(was, retired=True))

    def _known(self, work: Work, name: tuple[str, str], expected_version: int | None) -> InfoType:
        applies_to, key = name
        was = work.definitions.info_types.get(applies_to, {}).get(key)
        if was is None:
            raise NotFoundError("info_type_not_found", "there is no such info type")
        check_version("info_type", was.version, expected_version)
        return was

    def _save(self, work: Work, stamp: Stamp, was: InfoType, now: InfoType) -> InfoType:
        now = evolved(now, version=was.version + 1, updated_at=stamp.at)
        with contested():
            work.uow.info_types.save(now, was=was)
        event = self._context.event(self._context.catalogue.info_types, now, stamp, type="info_type.updated", was=was)
        work.record(event)
        move_on(work)
        return now

    def _placed(self, work: Work, one: InfoType, *, new: bool) -> InfoType:
        """Return the info type with a slot for its index, ``pending`` where records must be put into it first."""
        if not one.searchable or one.applies_to != CUSTOMER:
            return one
        filled = work.uow.customers.count(Query(), 1) > 0
        primitive = primitive_of(self._kinds[one.kind])
        if primitive == "terms":
            return evolved(one, state=PENDING if filled and not new else READY)
        others = [other for other in work.definitions.info_types.get(CUSTOMER, {}).values() if other.id != one.id]
        taken = {other.slot for other in others if not other.retired}
        used = {other.slot for other in others if other.retired}
        free = [slot for slot in (INTEGER_SLOTS if primitive == "int64" else TEXT_SLOTS) if slot not in taken]
        if not free:
            raise CapacityError("searchable_fields", len(INTEGER_SLOTS if primitive == "int64" else TEXT_SLOTS))
        slot = min(free, key=lambda name: (name in used, free.index(name)))
        stale = filled and (slot in used or not new)
        return evolved(one, slot=slot, state=PENDING if stale else READY, backfilled_to=None)

    def _checked(self, work: Work, one: InfoType, problems: list[Problem]) -> InfoType:
        kind = self._kinds.get(one.kind)
        named = {problem.field for problem in problems}
        empty = [name for name in ("key", "kind") if not getattr(one, name) and name not in named]
        problems += [Problem(name, "required", "is needed") for name in empty]
        if kind is None and "kind" not in named:
            problems.append(Problem("kind", "unknown_kind", f"must be one of {', '.join(sorted(self._kinds))}"))
        if kind is not None and not problems:
            problems += _misfits(one, kind)
        if kind is not None and not problems:
            one = _with_values(one, kind, work, problems)
        if problems:
            raise InvalidValueError(problems)
        return one


_NARROWING = ("choices", "pattern", "minimum", "maximum", "shops")


def _tightened(was: InfoType, now: InfoType) -> bool:
    """Tell whether values that met the old definition may not meet the new one."""
    changed = any(getattr(was, name) != getattr(now, name) for name in _NARROWING)
    return changed or _becomes_unique(was, now)


def _becomes_unique(was: InfoType, now: InfoType) -> bool:
    return now.unique and not was.unique


def _refuse_breaking(impact: Impact, *, break_values: bool) -> None:
    """Raise `ConflictError` where values would break, or where customers share one that is to be unique."""
    shared = impact.codes.get("duplicate_value", 0)
    if not shared and (break_values or not impact.broken):
        return
    message = f"{impact.broken} stored values would not meet the changed definition"
    if shared:
        message += f"; {shared} of them are another customer's too, which no unique field can have"
    raise ConflictError("values_would_break", message, count=impact.broken, codes=dict(impact.codes), ids=impact.ids)


def _misfits(one: InfoType, kind: Kind) -> list[Problem]:
    """Return the options that this kind does not have."""
    primitive, problems = primitive_of(kind), []
    chosen = one.kind in ("choice", "multi_choice")
    if chosen and not one.choices:
        problems.append(Problem("choices", "required", "this kind needs choices"))
    if one.choices and not chosen:
        problems.append(Problem("choices", "unsupported_option", "this kind has no choices"))
    if one.pattern is not None:
        textual = has_length(kind) and not kind.many
        problems += _pattern_problems(one.pattern, textual=textual and not chosen)
    bounds = [name for name in ("minimum", "maximum") if getattr(one, name) is not None]
    if kind.many or (primitive == "none" and kind.column != "long_text"):
        problems += [Problem(name, "unsupported_option", "values of this kind have no range") for name in bounds]
    if one.searchable and one.applies_to != CUSTOMER:
        message = "addresses are found by postcode, city, region and country only"
        problems.append(Problem("searchable", "unsupported_option", message))
    if one.searchable and primitive == "none":
        problems.append(Problem("searchable", "unsupported_option", "this kind cannot be searched"))
    if one.unique and (primitive in ("none", "terms") or one.applies_to != CUSTOMER):
        problems.append(Problem("unique", "unsupported_option", "values of this kind cannot be unique"))
    return problems


def _pattern_problems(pattern: str, *, textual: bool) -> list[Problem]:
    if not textual:
        return [Problem("pattern", "unsupported_option", "this kind has no pattern")]
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return [Problem("pattern", "invalid_pattern", "is not a regular expression")]
    return []


def _with_values(one: InfoType, kind: Kind, work: Work, problems: list[Problem]) -> InfoType:
    """Return the info type with its bounds and default normalised by its kind."""
    textual = has_length(kind)
    bare = evolved(one, minimum=None, maximum=None)
    values: dict[str, Any] = {}
    for name in ("minimum", "maximum"):
        value = getattr(one, name)
        if value is None:
            continue
        try:
            values[name] = _length(value) if textual else value_of(bare, kind, value, work.definitions)
        except RefusedError as refused:
            problems += [Problem(name, problem.code, problem.message) for problem in refused.problems]
    one = evolved(one, **values)
    if not problems and one.minimum is not None and one.maximum is not None:
        try:
            turned = one.minimum > one.maximum if textual else beyond(kind, one.minimum, one.maximum)
        except (InvalidValueError, RefusedError):
            turned = True
        if turned:
            problems.append(Problem("maximum", "out_of_range", "must not be less than the minimum"))
    if not problems and one.default is not None:
        try:
            one = evolved(one, default=value_of(one, kind, one.default, work.definitions))
        except RefusedError as refused:
            problems += [Problem("default", problem.code, problem.message) for problem in refused.problems]
    return one


def _length(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 20_000:  # noqa: PLR2004  longest text
        raise RefusedError("wrong_type", "must be a length from 0 to 20,000")
    return value
