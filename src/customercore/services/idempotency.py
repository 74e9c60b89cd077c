"""One effect for one idempotency key, however often and however concurrently it is sent (ruling 19)."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

import attrs

from customercore.domain.record import IDEMPOTENCY_DAYS, IdempotencyRecord
from customercore.domain.text import unstorable
from customercore.errors import ConflictError, DuplicateError, IdempotencyConflictError, InvalidValueError
from customercore.services.units import Units, Work, contested

__all__ = ["Call", "Run", "fingerprint", "once"]

T = TypeVar("T")
Run = Callable[[Callable[[Work], T]], T]
"""Runs a use case in a unit."""
_LONGEST = 255


@attrs.frozen(slots=False)
class Call(Generic[T]):
    """One call of an operation that changes ``result`` (an id), with the caller's idempotency key or None.

    ``arguments`` are compared with those of earlier calls under the key; ``again`` answers a repeated
    call from the id that the first one changed.
    """

    operation: str
    key: str | None
    arguments: Mapping[str, object]
    result: str
    again: Callable[[Work, str], T]
    result_of: Callable[[T], str] | None = None
    """Returns the id to answer a repeated call from, where it is known only afterwards."""


def _plain(value: object) -> Any:
    if isinstance(value, set | frozenset):
        return sorted(value, key=repr)
    if attrs.has(type(value)):
        return attrs.asdict(value)  # type: ignore[arg-type]  # attrs.has is the check
    if isinstance(value, dt.date):
        return value.isoformat()
    return f"{type(value).__name__}:{value}"


def fingerprint(secret: bytes, arguments: Mapping[str, object]) -> str:
    """Return an HMAC-SHA256 over the arguments; equal arguments give equal fingerprints. Leave secrets out."""
    try:
        text = json.dumps(arguments, default=_plain, sort_keys=True, ensure_ascii=True)
    except (TypeError, ValueError):  # keys that JSON has not, or a cycle: validation will refuse them
        text = repr(arguments)
    return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()


def once(
    run: Run[T], call: Call[T], use_case: Callable[[Work], T], units: Units, *, now: dt.datetime, secret: bytes
) -> T:
    """Run the use case, by one of the verbs of ``units``, unless this operation has taken effect under this key.

    The record is written first, so that of two units at once the later one waits or conflicts on it and not on
    what the use case does; a use case that fails takes its record with it.
    """
    record = _record(call, now, secret)
    since = now - dt.timedelta(days=IDEMPOTENCY_DAYS)
    taken = False

    def guarded(work: Work) -> T:
        nonlocal taken
        records = work.uow.idempotency_records
        known = records.get(record.id)
        if known is not None and known.created_at > since:
            if not hmac.compare_digest(known.fingerprint, record.fingerprint):
                raise IdempotencyConflictError(call.operation)
            return call.again(work, known.result)
        try:
            _claim(work, record, known)
        except ConflictError as error:
            taken = isinstance(error.__cause__, DuplicateError)
            raise
        outcome = use_case(work)
        if call.result_of is not None and (result := call.result_of(outcome)) != record.result:
            stands = record if known is None else attrs.evolve(record, version=known.version + 1)
            records.save(attrs.evolve(stands, version=stands.version + 1, result=result), was=stands)
        return outcome

    try:
        return run(guarded)
    except DuplicateError:
        if units.joined:
            raise
    except ConflictError:
        if not (taken and units.savepoints):
            raise
    # Perhaps the same call, at the same time: if so its record is there now, and answers.
    return run(guarded)


def _claim(work: Work, record: IdempotencyRecord, known: IdempotencyRecord | None) -> None:
    """Write the record, in place of one that is too old; whoever comes second has lost a race."""
    records = work.uow.idempotency_records
    with contested():
        if known is None:
            records.add(record, deferred=work.trusting)
        else:
            records.save(attrs.evolve(record, version=known.version + 1), was=known, deferred=work.trusting)


def _record(call: Call[Any], now: dt.datetime, secret: bytes) -> IdempotencyRecord:
    key = call.key
    if not isinstance(key, str) or not 0 < len(key) <= _LONGEST or unstorable(key):
        raise InvalidValueError.of("idempotency_key", "invalid_key", f"must be a text of 1 to {_LONGEST} characters")
    return IdempotencyRecord(
        id=hashlib.sha256(f"{call.operation}\n{key}".encode()).hexdigest(),
        version=1,
        operation=call.operation,
        fingerprint=fingerprint(secret, call.arguments),
        result=call.result,
        created_at=now,
    )
