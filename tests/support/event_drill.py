"""Dispatchers that are killed while they deliver (R5), and what is left of the events.

As a script it forks a dispatcher for each line it reads and writes its process id: ``python event_drill.py
SPECIFICATION``. The specification is JSON: the ``url``, the file ``heard`` in which its subscriber notes what it took,
and ``careless`` for the control, which marks an event as delivered before it delivers it.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import sys
import threading
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import attrs

from customercore import CustomerCore
from customercore.domain.delivery import Delivery
from customercore.domain.event import Event
from customercore.ports.subscriber import Subscriber
from customercore.services import deliveries
from customercore.testing.fakes import SteadyBackoff
from customercore.wiring import core_on, default_catalogue, open_store

__all__ = ["POISON", "Heard", "core_of", "heard_of"]

POISON = "xx"
"""The language of customers whose second event no dispatcher can deliver."""
_LEASE = dt.timedelta(seconds=0.5)
_TAKES = 0.01
"""Seconds that the subscriber takes over an event, so that kills come upon it."""


class Noting:
    """Notes each event in a file, as one write, before it returns."""

    name, types = "drill", frozenset({"customer.created", "customer.updated"})

    def __init__(self, path: str) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def deliver(self, event: Event, *, tenant: str) -> None:
        time.sleep(_TAKES)
        if event.changes.get("language", (None, None))[1] == POISON and event.version > 1:
            raise ValueError(tenant)
        os.write(self._file, f"{event.id} {event.aggregate_id} {event.version} {event.ordinal}\n".encode())


def core_of(url: str, subscriber: Subscriber) -> CustomerCore:
    """Open a core whose failed deliveries are tried three times, soon."""
    store = open_store(url, default_catalogue())
    store.prepare("create")
    return core_on(store, default_catalogue(), subscribers=[subscriber], backoff=SteadyBackoff(0.05, attempts=3))


@attrs.frozen
class Heard:
    """What a drill's file tells, beside what the journal has."""

    events: int
    lost: int
    doubled: int
    """Events that were delivered more than once, under the same id each time."""
    forged: int
    """Lines whose id is not that of the journal's event with this number."""
    disordered: int
    """Events that came for the first time behind a later one of their aggregate."""


def heard_of(core: CustomerCore, path: Path, dead: set[str]) -> Heard:
    """Compare the file with the journal; dead letters need not be heard."""
    told: dict[tuple[str, int, int], str] = {}
    for one in core.customers.iterate(status=None):
        told |= {(one.id, event.version, event.ordinal): event.id for event in core.events_of(one, limit=1_000)}
    times: dict[str, int] = defaultdict(int)
    last: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    forged = disordered = 0
    for line in path.read_text("utf-8").splitlines():
        id, customer, version, ordinal = line.split()
        number = (int(version), int(ordinal))
        forged += told.get((customer, *number)) != id
        disordered += times[id] == 0 and number < last[customer]
        last[customer] = max(last[customer], number)
        times[id] += 1
    lost = sum(times[id] == 0 for id in told.values() if id not in dead)
    return Heard(len(told), lost, sum(count > 1 for count in times.values()), forged, disordered)


class _Careless(deliveries.Dispatcher):
    """Marks an event as delivered, and delivers it then."""

    def _outcome(self, subscriber: Subscriber, one: Delivery, event: Event | None) -> Delivery:
        self._saved(one.delivered(dt.datetime.now(dt.UTC)), one)
        return super()._outcome(subscriber, one, event)


def _dispatch(told: dict[str, Any]) -> None:
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    core_of(told["url"], Noting(told["heard"])).events.run(stop, every=0.02)


def _main() -> None:
    told = json.loads(sys.argv[1])
    deliveries.LEASE = _LEASE
    if told["careless"]:
        from customercore.services import worker  # noqa: PLC0415  only the control's is another one

        vars(worker)["Dispatcher"] = _Careless  # in this process alone
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            _dispatch(told)
            os._exit(0)
        print(child, flush=True)  # noqa: T201  what is asked for


if __name__ == "__main__":
    _main()
