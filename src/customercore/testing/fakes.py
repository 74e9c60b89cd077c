"""Ports for tests: a clock that stands still, identifiers to foresee, waits that do not wait, and what keeps."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterable

from customercore.domain.event import Event
from customercore.domain.message import Message

__all__ = [
    "FixedClock",
    "NoPause",
    "RecordingNotifier",
    "RecordingSubscriber",
    "SequentialIdentifiers",
    "SteadyBackoff",
]


class FixedClock:
    """Stands at one moment until it is moved; 2026-01-31T12:00:00Z at first."""

    def __init__(self, at: dt.datetime = dt.datetime(2026, 1, 31, 12, tzinfo=dt.UTC)) -> None:
        self._at = at

    def now(self) -> dt.datetime:
        """Return the moment it stands at."""
        return self._at

    def advance(self, seconds: float = 0, *, days: float = 0) -> None:
        """Move the clock forward; a negative number moves it back."""
        self._at += dt.timedelta(days=days, seconds=seconds)


class SequentialIdentifiers:
    """Makes identifiers in the form of UUIDv7 that count up from 1."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def new(self) -> str:
        """Return the next identifier."""
        with self._lock:
            self._last += 1
            return f"00000000-0000-7000-8000-{self._last:012x}"

    def token(self) -> bytes:
        """Return bytes that count up too."""
        with self._lock:
            self._last += 1
            return self._last.to_bytes(17, "big")


class NoPause:
    """Does not wait, and remembers before which tries it was asked to."""

    def __init__(self) -> None:
        self.attempts: list[int] = []

    def before(self, attempt: int) -> None:
        """Note the try."""
        self.attempts.append(attempt)


class SteadyBackoff:
    """Waits equally long after each failed attempt, and gives up after some."""

    def __init__(self, seconds: float = 10, attempts: int = 3) -> None:
        self._wait = dt.timedelta(seconds=seconds)
        self._attempts = attempts

    def after(self, attempts: int) -> dt.timedelta | None:
        """Return how long to wait, None after the last attempt."""
        return None if attempts >= self._attempts else self._wait


class RecordingSubscriber:
    """Keeps what it is told. ``refuses`` may raise instead, for an event that is not to be taken."""

    def __init__(
        self,
        name: str = "recording",
        types: Iterable[str] | None = None,
        refuses: Callable[[Event], object] = lambda _: None,
    ) -> None:
        self.name = name
        self.types = None if types is None else frozenset(types)
        self.refuses = refuses
        self.events: list[Event] = []
        self.tenants: list[str] = []

    def deliver(self, event: Event, *, tenant: str) -> None:
        """Keep one event."""
        self.refuses(event)
        self.events.append(event)
        self.tenants.append(tenant)


class RecordingNotifier:
    """Keeps the messages it is given, in ``messages``; raises ``failure`` instead while there is one."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.failure: Exception | None = None

    def send(self, message: Message) -> None:
        """Keep the message."""
        if self.failure is not None:
            raise self.failure
        self.messages.append(message)
