"""Notifiers of plug-ins: what they register is checked, and whatever goes wrong has the plug-in's name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from customercore.domain.message import Message
from customercore.errors import CustomerCoreError
from customercore.extension.calls import Guard, UnsoundError
from customercore.ports.notifier import Notifier

__all__ = ["NOTIFIERS_HOOK", "SENDING", "GuardedNotifier", "answered_notifiers"]

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
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise UnsoundError("names a notifier by something else than a lower-case word")
        if not callable(getattr(notifier, "send", None)):
            raise UnsoundError(f"registers {name}, which cannot send")
    return dict(given)
