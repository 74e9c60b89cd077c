"""Notifiers of plug-ins: what they register is checked, and whatever goes wrong has the plug-in's name."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any

from customercore.domain.message import Message
from customercore.errors import CustomerCoreError, InvalidValueError
from customercore.extension.calls import Guard, UnsoundError
from customercore.ports.notifier import Notifier

__all__ = ["NOTIFIERS_HOOK", "SENDING", "GuardedNotifier", "answered_notifiers", "passed_notifiers"]

NOTIFIERS_HOOK = "customercore_register_notifiers"
SENDING = 30.0
"""Seconds that a plug-in's notifier may take for one message."""
_NAME = re.compile(r"[a-z][a-z0-9_]{0,49}")


class GuardedNotifier:
    """A plug-in's notifier: one that hangs or raises is named. Our own errors pass, with their codes."""

    def __init__(self, notifier: Notifier, plugin: str, seconds: float = SENDING) -> None:
        self._notifier = notifier
        self._guard = Guard(plugin, seconds)

    def send(self, message: Message) -> None:
        """Hand one message on."""
        self._guard.call(NOTIFIERS_HOOK, partial(self._notifier.send, message), (CustomerCoreError,))


def answered_notifiers(ask: Callable[[], Any]) -> dict[str, Notifier]:
    """Return the notifiers that a plug-in registers by name; raise `UnsoundError` for anything else."""
    given = ask()
    if not isinstance(given, Mapping):
        raise UnsoundError(f"returns {type(given).__name__} and not notifiers by name")
    for name, notifier in given.items():
        if wrong := _wrong(name, notifier):
            raise UnsoundError(f"registers a notifier {wrong}")
    return dict(given)


def passed_notifiers(given: Mapping[str, Notifier], taken: Collection[str]) -> dict[str, Notifier]:
    """Return the notifiers that a host passes; raise `InvalidValueError` (``notifiers``)."""
    if not isinstance(given, Mapping):
        raise InvalidValueError.of("notifiers", "wrong_type", "must be notifiers by name")
    for name, notifier in given.items():
        if wrong := _wrong(name, notifier):
            raise InvalidValueError.of("notifiers", "wrong_type", f"has one {wrong}")
        if name in taken:
            raise InvalidValueError.of(f"notifiers.{name}", "notifier_taken", "has a name that is taken")
    return dict(given)


def _wrong(name: Any, notifier: Any) -> str:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        return "whose name is no lower-case word of at most 50 letters, digits and '_'"
    return "" if callable(getattr(notifier, "send", None)) else f"that cannot send: {name}"
