"""How a person is told something: by mail, or whatever else a notifier speaks to."""

from __future__ import annotations

from typing import Protocol

from customercore.domain.message import Message

__all__ = ["Notifier"]


class Notifier(Protocol):
    """Sends messages. It is called by several threads at once, about different people."""

    def send(self, message: Message) -> None:
        """Hand one message on; whatever it raises, it is called with the message again, later.

        The ``id`` of a repeated message is the same. Nothing it raises or logs may hold a part of the
        message but its id and kind.
        """
