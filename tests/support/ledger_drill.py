"""Clients of balances that are killed while they write (R1): each says what it is going to do, and what was answered.

As a script it forks a client for each order that asks for one: ``python ledger_drill.py SPECIFICATION``. The
specification is JSON: the ``url``, the ids of the ``wallets``, and ``careless`` for the control, which acknowledges
before it commits. Orders are lines of JSON: ``start`` a client with what it has to do ``again``, ``kill`` it, or
``stop`` it, which lets it come to an end with all that it began. A line goes out as one write, so that whoever is
killed leaves whole lines; ``gone`` comes behind everything that the client said.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any

from customercore import CustomerCore, CustomerCoreError, open_core
from customercore.domain.entry import Entry
from customercore.domain.wallet import Hold
from customercore.errors import retryable

__all__ = ["WEIGHTS", "Step"]

Step = dict[str, Any]
"""One call to make: its ``key``, ``what`` it is, and its arguments; ``mark`` is what its entry is found by."""
WEIGHTS = {
    "credit": 6, "debit": 6, "authorize": 5, "capture": 4, "void": 2, "refund": 3, "transfer": 4, "redeem": 2,
}  # fmt: skip
"""How often each is done."""
_DAY = dt.timedelta(days=1)
_TICK = dt.timedelta(milliseconds=1)
"""What moments are cut to."""
_AGAIN = 0.02
"""Seconds before a call that met a transient error is made again."""
_CARELESS = 0.005
"""Seconds from the acknowledgement to the commit in the control, so that kills come upon it."""
_LONGEST = 3_000
"""Characters of a line, so that it is written at once."""


def _until(step: Step) -> dt.datetime | None:
    return dt.datetime.fromisoformat(step["until"]) if step["until"] else None


def _named(step: Step) -> dict[str, Any]:
    return {"reason": step["mark"], "idempotency_key": step["key"]}


_CALLS: dict[str, Callable[[CustomerCore, Step], Entry | Hold]] = {
    "credit": lambda core, step: core.balances.credit(
        step["wallet"], step["amount"], expires_at=_until(step), **_named(step)
    ),
    "debit": lambda core, step: core.balances.debit(step["wallet"], step["amount"], **_named(step)),
    "authorize": lambda core, step: core.balances.authorize(step["wallet"], step["amount"], **_named(step)),
    "capture": lambda core, step: core.balances.capture(
        step["about"], step["amount"], keep_open=step["keep"], **_named(step)
    ),
    "void": lambda core, step: core.balances.void(step["about"], **_named(step)),
    "refund": lambda core, step: core.balances.refund(step["about"], step["amount"], **_named(step)),
    "transfer": lambda core, step: core.balances.transfer(
        step["wallet"], step["amount"], to=step["to"], **_named(step)
    ),
    "redeem": lambda core, step: core.gift_cards.redeem(step["code"], step["wallet"], idempotency_key=step["key"]),
}


def _tell(**what: object) -> None:
    os.write(1, (json.dumps(what) + "\n").encode())


class _Client:
    """Makes random calls, each under a key of its own, until it is killed or told to stop."""

    def __init__(self, core: CustomerCore, told: dict[str, Any], order: dict[str, Any]) -> None:
        self._core = core
        self._careless: bool = told["careless"]
        self._wallets: list[str] = told["wallets"]
        self._number: int = order["client"]
        self._life: int = order["life"]
        self._chance = random.Random(order["life"])
        self._pending: list[Step] = order["again"]
        self._holds: list[str] = order["holds"]
        self._taken: list[str] = order["taken"]
        self._cards: list[tuple[str, str]] = order["cards"]
        self._done: list[Step] = []
        self._count = 0
        self._born = dt.datetime.now(dt.UTC)
        self._stop = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_: self._stop.set())

    def run(self) -> None:
        """Work; at the end nothing is left unanswered."""
        while self._pending or not self._stop.is_set():
            self._do(self._next())

    def _next(self) -> Step:
        """Choose what was not answered yet, or, now and then, what was answered long ago, or something new."""
        lot = self._chance.random()
        if self._pending and (lot < 0.5 or self._stop.is_set()):
            return self._pending.pop(0)
        if self._done and lot > 0.9:
            return self._chance.choice(self._done)
        step = self._new()
        _tell(intent=step, client=self._number)
        return step

    def _new(self) -> Step:
        chance, about = self._chance, None
        (what,) = chance.choices([*WEIGHTS], [*WEIGHTS.values()])
        self._count += 1
        key = f"c{self._number}.{self._life}.{self._count}"
        wallet, other = chance.sample(self._wallets, 2)
        step = {"key": key, "mark": key, "wallet": wallet, "to": other, "amount": chance.randrange(1, 20)}
        known = {"capture": self._holds, "void": self._holds, "refund": self._taken}.get(what)
        if known:
            about = chance.choice(known[-20:])
        elif known is not None or (what == "redeem" and not self._cards):
            what = "credit"
        if what == "redeem":
            step["mark"], step["code"] = self._cards.pop()
        days = chance.choice([None, 1, 2, 3])
        # A whole day, so that credits share lots; far enough that nothing expires during the drill.
        until = None if days is None else (dt.datetime(2100, 1, 1, tzinfo=dt.UTC) + days * _DAY).isoformat()
        return {**step, "what": what, "about": about, "until": until, "keep": chance.random() < 0.3}

    def _do(self, step: Step) -> None:
        try:
            if self._careless:
                with self._core.transaction() as tx:
                    self._acknowledge(step, _CALLS[step["what"]](tx, step))
                    time.sleep(_CARELESS)
            else:
                self._acknowledge(step, _CALLS[step["what"]](self._core, step))
        except CustomerCoreError as error:
            if retryable(error) or error.code == "outcome_unknown":
                self._pending.append(step)
                time.sleep(_AGAIN)
                return
            _tell(ack=step["key"], client=self._number, refused=error.code)

    def _acknowledge(self, step: Step, kept: Entry | Hold) -> None:
        # What a wallet gains; money that is set aside is still its own.
        gained, at = (kept.amount.minor, kept.at) if isinstance(kept, Entry) else (0, kept.created_at)
        told = {"entry": kept.id, "wallet": kept.wallet, "gained": gained, "survived": at < self._born - _TICK}
        _tell(ack=step["key"], client=self._number, **told)
        if isinstance(kept, Hold):
            self._holds.append(kept.id)
        elif gained < 0 and step["what"] != "transfer":
            self._taken.append(kept.id)
        self._done.append(step)


def _work(told: dict[str, Any], order: dict[str, Any]) -> None:
    try:
        with open_core(told["url"], migrate="never", timeout=20) as core:
            _Client(core, told, order).run()
    except BaseException:  # noqa: BLE001  # it is what the drill looks for
        _tell(leaked=traceback.format_exc()[-_LONGEST:])


def _main() -> None:
    told, children = json.loads(sys.argv[1]), dict[int, int]()
    open_core(told["url"], migrate="never").close()  # loads what clients would load, each of them
    for line in sys.stdin:
        order = json.loads(line)
        client: int = order["client"]
        if order["do"] == "start":
            children[client] = os.fork()
            if children[client] == 0:
                _work(told, order)
                os._exit(0)
            continue
        os.kill(children[client], signal.SIGKILL if order["do"] == "kill" else signal.SIGTERM)
        os.waitpid(children.pop(client), 0)
        _tell(gone=client)


if __name__ == "__main__":
    _main()
