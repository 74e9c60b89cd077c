"""Subscribers of plug-ins: what they register is checked, and whatever goes wrong has the plug-in's name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from customercore.domain.event import Event
from customercore.errors import CustomerCoreError, InvalidValueError
from customercore.extension.calls import Guard, UnsoundError
from customercore.ports.subscriber import Subscriber

__all__ = ["SUBSCRIBERS_HOOK", "GuardedSubscriber", "answered_subscribers", "passed_subscribers"]

SUBSCRIBERS_HOOK = "customercore_register_subscribers"
DELIVERING = 30.0
"""Seconds that a plug-in's subscriber may take over one event."""
_NAME = re.compile(r"[a-z][a-z0-9_.\-]{0,62}")


class GuardedSubscriber:
    """A plug-in's subscriber: one that hangs or raises is named. Our own errors pass, with their codes."""

    def __init__(self, subscriber: Subscriber, plugin: str, seconds: float = DELIVERING) -> None:
        self.name = subscriber.name
        self.types = subscriber.types
        self.plugin = plugin
        self._subscriber = subscriber
        self._guard = Guard(plugin, seconds)

    def deliver(self, event: Event, *, tenant: str) -> None:
        """Take one event."""
        call = partial(self._subscriber.deliver, event, tenant=tenant)
        self._guard.call(SUBSCRIBERS_HOOK, call, (CustomerCoreError,))


def answered_subscribers(ask: Callable[[], Any]) -> tuple[Subscriber, ...]:
    """Return the subscribers that a plug-in registers; raise `UnsoundError` for anything else."""
    given = ask()
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise UnsoundError(f"returns {type(given).__name__} and not subscribers")
    found = tuple(given)
    for one in found:
        if wrong := _wrong(one):
            raise UnsoundError(f"registers a subscriber that {wrong}")
    return found


def passed_subscribers(given: Iterable[Subscriber], taken: Mapping[str, str]) -> tuple[Subscriber, ...]:
    """Return the subscribers that a host passes; raise `InvalidValueError` (``subscribers``).

    ``taken`` are names that are in use, each with whose it is.
    """
    names, found = dict(taken), tuple(given)
    for place, one in enumerate(found):
        if wrong := _wrong(one):
            raise InvalidValueError.of(f"subscribers[{place}]", "wrong_type", wrong)
        if one.name in names:
            told = f"has the name {one.name}, which is taken by {names[one.name]}"
            raise InvalidValueError.of(f"subscribers[{place}]", "subscriber_taken", told)
        names[one.name] = f"subscribers[{place}]"
    return found


def _wrong(one: Any) -> str:
    if not isinstance(name := getattr(one, "name", None), str) or not _NAME.fullmatch(name):
        return "has no name of lower-case letters, digits, '_', '.' and '-', at most 63"
    types = getattr(one, "types", 0)
    if types is not None and not (isinstance(types, frozenset) and types and all(isinstance(x, str) for x in types)):
        return "has types that are neither None nor a frozenset of names of types"
    return "" if callable(getattr(one, "deliver", None)) else "has no deliver"
