"""The clients of a bank (`bank`) in processes of their own, and what is left of their writes after a fault."""

from __future__ import annotations

import itertools
import json
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import attrs
from bank import MONEY, TOTAL
from processes import python

from customercore import CustomerCore, open_core
from customercore.domain.customer import Customer
from customercore.domain.entry import TRANSFER, Entry
from customercore.domain.event import Event

__all__ = ["Audit", "Clients", "audit", "check", "figures"]

_PAGE = 1000
_numbers = itertools.count(1)
"""Of clients: no two of them, and so no two marks, are the same."""
_CLIENT = Path(__file__).with_name("bank.py").read_text("utf-8")


class Clients:
    """One client process for each URL. ``told`` are the acknowledged writes of all of them, as they come in."""

    def __init__(
        self, urls: Sequence[str], *, within: Sequence[float | None], threads: int = 2, careless: bool = False
    ) -> None:
        self.told: list[dict[str, Any]] = []
        self.ends: Counter[str] = Counter()
        self.reads = 0
        self.wrong: list[int] = []
        """Totals that a reader saw and that were not the right one."""
        self.leaked: list[str] = []
        """Errors that no caller was told to expect."""
        usual = {"threads": threads, "timeout": 5, "careless": careless}
        self._processes = [
            python(_CLIENT, json.dumps({"url": url, "number": next(_numbers), "within": limit, **usual}))
            for url, limit in zip(urls, within, strict=True)
        ]
        self._listeners = [threading.Thread(target=self._listen, args=(one,)) for one in self._processes]
        for listener in self._listeners:
            listener.start()

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            told = json.loads(line)
            if "kept" in told:
                self.told.append(told)
                continue
            self.ends.update(told["ends"])
            self.reads += told["reads"]
            self.wrong += told["wrong"]
            self.leaked += told["leaked"]
            self.leaked += ["a thread did not come to its end"] * told["late"]

    def work(self, seconds: float) -> None:
        """Let them work for so long."""
        time.sleep(seconds)

    def until_acknowledged(self, more: int, within: float) -> None:
        """Let them work until so many more writes were acknowledged."""
        goal, deadline = len(self.told) + more, time.monotonic() + within
        while len(self.told) < goal:
            assert time.monotonic() < deadline, f"writers did not go on: {len(self.told)} of {goal}"
            time.sleep(0.05)

    def stall(self) -> float:
        """Return the longest time without an acknowledgement, in seconds."""
        moments = sorted(one["at"] for one in self.told)
        return max((after - before for before, after in itertools.pairwise(moments)), default=0.0)

    def stop(self) -> None:
        """Let them come to their end."""
        for one in self._processes:
            assert one.stdin is not None
            one.stdin.close()
        for one, listener in zip(self._processes, self._listeners, strict=True):
            listener.join(60)
            if one.poll() is None:
                one.kill()
            one.wait()
            assert one.stdout is not None
            one.stdout.close()


def _events_of(core: CustomerCore, one: Customer) -> list[Event]:
    """Return every event of a customer."""
    found = page = core.events_of(one, limit=_PAGE)
    while len(page) == _PAGE:
        page = core.events_of(one, after=(page[-1].version, page[-1].ordinal), limit=_PAGE)
        found += page
    return found


def _all_entries(core: CustomerCore) -> Iterator[Entry]:
    for verdict in core.balances.verify_all():
        cursor: str | None = None
        while True:
            page = core.balances.entries(verdict.wallet, limit=_PAGE, cursor=cursor)
            yield from page
            cursor = page.next
            if cursor is None:
                break


def _arrived(entry: Entry) -> bool:
    """Tell whether money came by a transfer: there is an entry for each lot, all with the same mark."""
    return entry.kind == TRANSFER and entry.amount.minor > 0


@attrs.frozen
class Audit:
    """What was found of the acknowledged writes."""

    lost: int
    """Writes that were acknowledged, and of whose versions or entries somebody else's mark, or nothing, is there."""
    doubled: int
    """Marks that were written to one customer, or as one kind of entry, more than once."""
    gaps: int
    """Customers whose versions and events are not 1, 2, 3 …"""
    total: int
    money: int
    """What all wallets have, in minor units."""
    miscounted: int
    """Wallets that are not what their entries give."""

    @property
    def right(self) -> bool:
        """Whether nothing is wrong."""
        return self == Audit(0, 0, 0, TOTAL, MONEY, 0)


def audit(core: CustomerCore, told: Sequence[dict[str, Any]]) -> Audit:
    """Look for every acknowledged write."""
    marks: dict[tuple[str, int], int] = {}
    gaps, total = 0, 0
    for one in core.customers.iterate():
        events = _events_of(core, one)
        gaps += [event.version for event in events] != list(range(1, one.version + 1))
        total += one.info.get("points") or 0
        for event in events:
            marks[one.id, event.version] = (event.changes or {}).get("info.mark", (0, 0))[1]
    entries = {entry.id: entry for entry in _all_entries(core)}
    written = Counter((customer, mark) for (customer, _), mark in marks.items() if mark)
    moved = [entry for entry in entries.values() if entry.reason and not _arrived(entry)]
    written.update((entry.kind, int(str(entry.reason)[1:])) for entry in moved)
    lost = sum(
        any(marks.get((customer, version)) != one["mark"] for customer, version in one["kept"])
        or any(id not in entries or entries[id].reason != f"m{one['mark']}" for id in one["entries"])
        for one in told
    )
    (owed,) = core.balances.liability()
    miscounted = sum(not verdict.ok for verdict in core.balances.verify_all())
    return Audit(lost, sum(times > 1 for times in written.values()), gaps, total, owed.credit, miscounted)


def check(clients: Clients, url: str, what: str) -> None:
    """Stop the clients, look for what they were told, and print the figures; nothing may be wrong."""
    clients.stop()
    with open_core(url) as core:
        found = audit(core, clients.told)
    print(f"{what}: {figures(clients, found)}")  # noqa: T201  the drill's figures
    assert found.right
    assert clients.wrong == []
    assert clients.leaked == [], clients.leaked


def figures(clients: Clients, found: Audit) -> str:
    """Return what a drill prints."""
    wallets = sum(bool(one["entries"]) for one in clients.told)
    return (
        f"{len(clients.told)} acknowledged writes, {wallets} of them to wallets,"
        f" {found.lost} lost, {found.doubled} doubled, {found.miscounted} wallets miscounted,"
        f" stall {clients.stall():.1f} s, {clients.reads} reads of the total, {len(clients.wrong)} wrong,"
        f" {dict(clients.ends)}"
    )
