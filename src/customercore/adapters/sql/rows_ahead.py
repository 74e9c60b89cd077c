"""Rows that are stored while their unit goes on: the server works beside its user, and nobody waits for a thread.

A thread that waits in the unit's stead gets a turn at the interpreter every five milliseconds only. What is sent here
is on its way when the call returns: the system hands it on, and the server stores it meanwhile.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext, suppress
from typing import Any

import attrs
from sqlalchemy import Table

from customercore.adapters.sql.put_off import Refusal, Rows, Sender
from customercore.adapters.sql.wire import Wire

__all__ = ["AheadWire"]


@attrs.frozen
class _Sent:
    """Rows that are on their way."""

    block: AbstractContextManager[None]
    refusal: Refusal


class _AbandonedError(Exception):
    """Ends a block whose rows are not wanted any more."""


class AheadWire(Wire):
    """A wire that sends rows of many records (`later`) as soon as there are enough, and takes the answer afterwards.

    Tables take turns: when the rows of one are sent, those of the one before have had the time to be stored that
    it took to make as many. Whatever else is asked waits for them first.
    """

    def __init__(self, *given: Any, sender: Sender) -> None:
        super().__init__(*given)
        self._sender = sender
        self._sent: _Sent | None = None
        self._since = 0
        """How many rows were put off since some were sent."""

    def later(self, table: Table, sql: str, rows: list[Any], refusal: Refusal = nullcontext) -> None:
        """Store rows, with other rows for the same table, before anything else is asked or committed."""
        super().later(table, sql, rows, refusal)
        self._since += len(rows)
        enough, waiting = self._sender.enough, [one for one in self._put_off if isinstance(one, Rows)]
        # What else was put off comes before the rows; and a stream that is open is asked again between two calls.
        if self._since < 2 * enough or self._streaming or len(waiting) < len(self._put_off):
            return
        most = max(waiting, key=lambda one: len(one.rows))
        if len(most.rows) >= enough:
            self._send(most)

    def _send(self, one: Rows) -> None:
        self._land()
        self._begun()  # rows that are sent outside of a transaction would be committed by themselves
        self._put_off.remove(one)
        self._since = 0
        with one.refusal():
            self._enter()
            try:
                block = self._sender.sent(self._cursor, one.table, one.rows)
                block.__enter__()
            except self.errors as error:
                raise self._failure(error) from error
            finally:
                self._leave()
        self._sent = _Sent(block, one.refusal)
        self.inserted += len(one.rows)

    def _land(self) -> None:
        """Wait until the rows that are on their way are stored."""
        if self._sent is None:
            return
        with self._sent.refusal():
            self._enter()
            try:
                block, self._sent = self._sent.block, None
                block.__exit__(None, None, None)
            except self.errors as error:
                raise self._failure(error) from error
            finally:
                self._leave()

    def _abandon(self) -> None:
        """Have the server forget the rows that are on their way: what follows undoes the unit, or the store is gone."""
        sent, self._sent = self._sent, None
        if sent is not None:
            with suppress(_AbandonedError, self.errors):
                sent.block.__exit__(_AbandonedError, _AbandonedError(), None)

    def _ready(self, *, reads: bool = False) -> None:
        if not self.failed:
            self._land()
        super()._ready(reads=reads)

    def settle(self) -> None:
        """Do what was put off."""
        self._land()
        super().settle()

    def control(self, sql: str) -> None:
        """Execute a statement that begins or ends the transaction; rows on their way are stored or given up before."""
        if self._sent is not None:
            self._enter()
            try:
                self._abandon()
            finally:
                self._leave()
        super().control(sql)

    def end(self) -> None:
        """Let go of the connection."""
        self._abandon()
        super().end()
