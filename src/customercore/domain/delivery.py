"""The state of one event for one subscriber, and which of them may be delivered now: pure rules (ruling 21)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

import attrs

from customercore.domain.event import Event

__all__ = [
    "CLAIMED",
    "DEAD",
    "DELIVERED",
    "WAITING",
    "Candidate",
    "Delivery",
    "Number",
    "Place",
    "Stream",
    "candidates_of",
    "chosen",
]

WAITING, CLAIMED, DELIVERED, DEAD = "waiting", "claimed", "delivered", "dead"
"""The states. Those that wait or are claimed are *open*: only they have a moment at which they are due."""
_LATER = dt.timedelta(seconds=1)
"""How long somebody waits who comes behind a delivery that another dispatcher has claimed."""

Number = tuple[int, int]
"""The version and the ordinal of an event."""

Place = tuple[str, str, str, int, int]
"""The subscriber, the stream, and the number in it."""

Stream = tuple[str, str]
"""What keeps its order: the events of one aggregate, by its name and its id."""


@attrs.frozen(kw_only=True)
class Delivery:
    """An event on its way to a subscriber.

    ``due`` is when it may be tried next; while it is claimed, when the claim has run out. ``fence`` counts the
    claims: whoever holds an older one can change nothing any more. ``attempts`` are those that failed;
    ``error_code`` and ``error`` tell of the last one, without a value of anybody's.
    """

    subscriber: str
    event_id: str
    type: str
    aggregate: str
    aggregate_id: str
    version: int
    ordinal: int
    at: dt.datetime
    state: str = WAITING
    due: dt.datetime | None = None
    attempts: int = 0
    fence: int = 0
    error_code: str | None = None
    error: str | None = None
    settled_at: dt.datetime | None = None

    @classmethod
    def of(cls, event: Event, subscriber: str, due: dt.datetime) -> Delivery:
        """Return the delivery of an event, due at a moment."""
        return cls(
            subscriber=subscriber,
            event_id=event.id,
            type=event.type,
            aggregate=event.aggregate,
            aggregate_id=event.aggregate_id,
            version=event.version,
            ordinal=event.ordinal,
            at=event.at,
            due=due,
        )

    @property
    def stream(self) -> Stream:
        """What it keeps its order in."""
        return self.aggregate, self.aggregate_id

    @property
    def number(self) -> Number:
        """Where it stands in its stream."""
        return self.version, self.ordinal

    @property
    def place(self) -> Place:
        """What no other delivery of the tenant has; dead letters are listed in its order."""
        return self.subscriber, *self.stream, *self.number

    def claimed(self, until: dt.datetime) -> Delivery:
        """Return it claimed: nobody else may deliver it before ``until``."""
        return attrs.evolve(self, state=CLAIMED, due=until, fence=self.fence + 1)

    def put_off(self, due: dt.datetime) -> Delivery:
        """Return it waiting until a moment."""
        return attrs.evolve(self, state=WAITING, due=due)

    def delivered(self, now: dt.datetime) -> Delivery:
        """Return it done."""
        return attrs.evolve(self, state=DELIVERED, due=None, settled_at=now)

    def failed(self, code: str, error: str, *, again: dt.datetime | None, now: dt.datetime) -> Delivery:
        """Return it after an attempt that failed: due ``again``, or a dead letter."""
        told = attrs.evolve(self, attempts=self.attempts + 1, error_code=code, error=error)
        if again is not None:
            return told.put_off(again)
        return attrs.evolve(told, state=DEAD, due=None, settled_at=now)

    def replayed(self, now: dt.datetime) -> Delivery:
        """Return a dead letter due again, with all of its attempts before it; its number stays."""
        fresh = attrs.evolve(self, attempts=0, settled_at=None, fence=self.fence + 1)
        return fresh.put_off(now)


@attrs.frozen
class Candidate:
    """An open delivery that is due, and what of its stream is open ahead of it.

    ``ahead`` counts those; ``until`` is the latest moment that one of them waits for, None when none waits.
    """

    delivery: Delivery
    ahead: int = 0
    until: dt.datetime | None = None


def candidates_of(pending: Iterable[Delivery], now: dt.datetime, limit: int) -> list[Candidate]:
    """Return what is due of a subscriber's open deliveries, longest due first: for stores that look at them all."""
    streams: dict[Stream, list[Delivery]] = {}
    due = []
    for one in pending:
        streams.setdefault(one.stream, []).append(one)
        if one.due is not None and one.due <= now:
            due.append((one.due, one.number, one.event_id, one))
    found = []
    for *_, one in sorted(due)[:limit]:
        ahead = [other for other in streams[one.stream] if other.number < one.number]
        waits = [other.due for other in ahead if other.state == WAITING and other.due is not None]
        found.append(Candidate(one, len(ahead), max(waits, default=None)))
    return found


def chosen(
    candidates: Sequence[Candidate], now: dt.datetime, until: dt.datetime
) -> tuple[list[Delivery], list[Delivery]]:
    """Return those to deliver now, claimed, in the order of their streams; and the others, put off.

    One is delivered when everything ahead of it in its stream is delivered in the same go. The others wait for
    as long as those ahead of them, so that nobody looks at them over and over.
    """
    streams: dict[Stream, list[Candidate]] = {}
    for one in candidates:
        streams.setdefault(one.delivery.stream, []).append(one)
    claimed, put_off = [], []
    for group in streams.values():
        for place, one in enumerate(sorted(group, key=lambda candidate: candidate.delivery.number)):
            if one.ahead == place:
                claimed.append(one.delivery.claimed(until))
            else:
                later = one.until if one.until is not None and one.until > now else now + _LATER
                put_off.append(one.delivery.put_off(later))
    return claimed, put_off
