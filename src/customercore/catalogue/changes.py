"""What changed between two versions of an aggregate, field by field, parted by what each field says about a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from customercore.catalogue.aggregate import Aggregate
from customercore.domain.address import Address
from customercore.domain.event import MASK, Change
from customercore.domain.field import Privacy
from customercore.domain.info_values import InfoValues

__all__ = ["changes_between"]


def changes_between(
    aggregate: Aggregate[Any], addresses: Aggregate[Address], was: Any | None, now: Any
) -> tuple[dict[str, Change], dict[str, Change]]:
    """Return the plain and the personal changes from ``was`` (None: it is new) to ``now``.

    Addresses are compared by id, field by field (``addresses.<id>.city``). Bookkeeping is left out,
    and of a secret no more is told than that it changed.
    Values are as JSON knows them: dates are ISO 8601 texts, sets are sorted lists.
    """
    plain: dict[str, Change] = {}
    personal: dict[str, Change] = {}
    books: tuple[Any, Any] = ((), ())
    for name, before, after, privacy in _differences(aggregate, was, now):
        if name == "addresses":
            books = (before, after)
        else:
            (personal if privacy is _PERSONAL else plain)[name] = (before, after)
    old, new = ({one.id: one for one in book} for book in books)
    for id in {**old, **new}:
        for name, before, after, privacy in _differences(addresses, old.get(id), new.get(id)):
            (personal if privacy is _PERSONAL else plain)[f"addresses.{id}.{name}"] = (before, after)
    return plain, personal


_PERSONAL = Privacy.PERSONAL
_AS_IT_IS = frozenset({str, int, bool, type(None)})
_JSON: dict[type, Callable[[Any], Any]] = {
    InfoValues: dict,
    frozenset: sorted,
    tuple: list,
    dt.date: dt.date.isoformat,
    dt.datetime: dt.datetime.isoformat,
}


def _json(aggregate: Aggregate[Any], value: Any) -> Any:
    convert = _JSON.get(type(value))
    return aggregate.codec.encode(value) if convert is None else convert(value)


def _masked(value: Any) -> str | None:
    """Return what is told of a secret: whether there is one."""
    return MASK if value else None


def _differences(aggregate: Aggregate[Any], was: Any | None, now: Any | None) -> list[tuple[str, Any, Any, Privacy]]:
    before = aggregate.empty if was is None else was.__dict__
    after = aggregate.empty if now is None else now.__dict__
    others = [(name, privacy) for name, privacy in aggregate.tracked if before[name] is not after[name]]
    found = []
    for name, privacy in others:
        left, right = before[name], after[name]
        if left == right:
            continue
        if name == "info":
            found += _info(aggregate, left, right)
        elif name == "addresses":
            found.append((name, left, right, privacy))
        else:
            if privacy is Privacy.SECRET:
                left, right = _masked(left), _masked(right)
            plain_left = left if type(left) in _AS_IT_IS else _json(aggregate, left)
            plain_right = right if type(right) in _AS_IT_IS else _json(aggregate, right)
            found.append((name, plain_left, plain_right, privacy))
    return found


def _info(aggregate: Aggregate[Any], before: InfoValues, after: InfoValues) -> list[tuple[str, Any, Any, Privacy]]:
    """Return the changes of custom fields, key by key; what is not defined any more may be personal."""
    found, encode = [], aggregate.codec.encode
    for key in {**before, **after}:
        left, right = before.get(key), after.get(key)
        if left != right:
            field = aggregate.by_name.get(f"info.{key}")
            privacy = _PERSONAL if field is None else field.field.privacy
            found.append((f"info.{key}", encode(left), encode(right), privacy))
    return found
