"""Messages as lines of a log: that they would be sent, and nothing of what is in them."""

from __future__ import annotations

import logging

from customercore.domain.message import Message

__all__ = ["LogNotifier"]


class LogNotifier:
    """Implements `ports.notifier.Notifier`: for trying out, and beside another one."""

    def __init__(self, logger: str = "customercore.notifications") -> None:
        self._log = logging.getLogger(logger)

    def send(self, message: Message) -> None:
        """Log the message's kind and id: its recipient, subject and texts are personal."""
        self._log.info("message %s of event %s", message.kind, message.id)
