"""A bank for fail-over drills: clients move points between customers and money between wallets.

Nobody may ever see a wrong total.

As a script it is one client: ``python bank.py SPECIFICATION``. The specification is JSON: the ``url``, the
client's ``number``, how many ``threads`` write, ``within``, the seconds that a call is given, or null, and
``careless`` for the control on MongoDB, whose commits then wait for no other node. It
writes one line of JSON for each acknowledged write, after the acknowledgement, works until its input ends, and
then tells how its calls ended. Transient errors are answered as the documentation says: run it again.
"""

from __future__ import annotations

import json
import random
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from pymongo import WriteConcern

from customercore import CustomerCore, CustomerCoreError, Money, open_core, where
from customercore.adapters.mongo import wire
from customercore.domain.customer import Customer
from customercore.domain.entry import Entry
from customercore.errors import retryable

__all__ = ["ACCOUNTS", "MONEY", "TOTAL", "open_bank"]

T = TypeVar("T")
ACCOUNTS, EACH = 12, 1000
TOTAL = ACCOUNTS * EACH
WALLETS, FUNDS = 6, 100_000
MONEY = WALLETS * FUNDS
"""What all wallets have, in minor units."""
_ACCOUNT = where.flag("account")
_EXPECTED = ("stale_version", "outcome_unknown", "insufficient_funds")
"""Codes that callers are told to expect, beside those of transient errors."""
_AGAIN = 0.02
"""Seconds before a caller tries again."""


def open_bank(core: CustomerCore) -> None:
    """Make the accounts: customers with points, and a mark that each write changes; and wallets with money."""
    core.flags.define("account")
    core.info_types.define("points", "integer")
    core.info_types.define("mark", "integer")
    for number in range(ACCOUNTS):
        core.customers.create(
            email=f"account{number}@example.com", flags=["account"], info={"points": EACH, "mark": 0}, **_NAME
        )
    for number in range(WALLETS):
        wallet = core.balances.open(f"owner{number}", currency="SEK")
        core.balances.credit(wallet, Money.of_minor(FUNDS, "SEK"))


_NAME = {"first_name": "Pat", "last_name": "Lovelace"}


class _Client:
    """Writes from several threads and reads the total from one more, until it is over."""

    def __init__(self, core: CustomerCore, number: int, wallets: list[str]) -> None:
        self._core = core
        self._wallets = wallets
        self._number = number
        self._lock = threading.Lock()
        self.over = threading.Event()
        self.ends: Counter[str] = Counter()
        self.reads = 0
        self.wrong: list[int] = []
        self.leaked: list[str] = []

    def run(self, work: Callable[[], None]) -> None:
        """Do it until it is over; what is raised beyond our errors is told at the end."""
        while not self.over.is_set():
            try:
                work()
            except CustomerCoreError as error:
                self.ends[error.code] += 1
                if not retryable(error) and error.code not in _EXPECTED:
                    self.leaked.append(repr(error))
                time.sleep(_AGAIN)
            except Exception:  # noqa: BLE001  # it is what the drill looks for
                self.leaked.append(traceback.format_exc())
                time.sleep(_AGAIN)

    def read(self) -> None:
        """Read every account in one search, and what all wallets have; both totals are always the same."""
        total = sum(one.info["points"] for one in self._accounts(self._core))
        (owed,) = self._core.balances.liability()
        self.reads += 1
        self.wrong += [one for one, right in ((total, TOTAL), (owed.credit, MONEY)) if one != right]
        time.sleep(_AGAIN)

    def writer(self, thread: int) -> None:
        """Transfer, create and update, each with a mark of its own."""
        chance = random.Random(self._number * 100 + thread)
        marks = iter(range((self._number * 100 + thread) * 10**7 + 1, 10**15))
        own: list[Customer] = []

        def work() -> None:
            mark, sort = next(marks), chance.random()
            if sort < 0.3:
                self._transfer(mark, chance)
            elif sort < 0.45:
                self._sent(mark, chance)
            elif sort < 0.55:
                self._debited_and_credited(mark, chance)
            elif sort < 0.75 or not own:
                own.append(self._created(mark))
            else:
                own[-1] = self._updated(own[-1], mark)

        self.run(work)

    def _accounts(self, core: CustomerCore) -> list[Customer]:
        return [*core.customers.search(_ACCOUNT, limit=ACCOUNTS).items]

    def _transfer(self, mark: int, chance: random.Random) -> None:
        with self._core.transaction() as tx:
            payer, payee = chance.sample(self._accounts(tx), 2)
            amount = chance.randrange(1, 50)
            kept = [
                tx.customers.update(
                    one, info={"points": one.info["points"] + change, "mark": mark}, expected_version=one.version
                )
                for one, change in ((payer, -amount), (payee, amount))
            ]
        self._tell("transfer", mark, kept)

    def _sent(self, mark: int, chance: random.Random) -> None:
        (payer, payee), amount = chance.sample(self._wallets, 2), chance.randrange(1, 50)
        sent = self._insisted(
            lambda: self._core.balances.transfer(payer, amount, to=payee, reason=f"m{mark}", idempotency_key=f"k{mark}")
        )
        self._tell("sent", mark, [], [sent])

    def _debited_and_credited(self, mark: int, chance: random.Random) -> None:
        (payer, payee), amount = chance.sample(self._wallets, 2), chance.randrange(1, 50)
        with self._core.transaction() as tx:
            made = [
                tx.balances.debit(payer, amount, reason=f"m{mark}"),
                tx.balances.credit(payee, amount, reason=f"m{mark}"),
            ]
        self._tell("debit and credit", mark, [], made)

    def _created(self, mark: int) -> Customer:
        made = self._insisted(
            lambda: self._core.customers.create(
                email=f"m{mark}@example.com", info={"mark": mark}, idempotency_key=f"k{mark}", **_NAME
            )
        )
        self._tell("create", mark, [made])
        return made

    def _updated(self, was: Customer, mark: int) -> Customer:
        made = self._insisted(
            lambda: self._core.customers.update(
                was.id, info={"mark": mark}, expected_version=was.version, idempotency_key=f"k{mark}"
            )
        )
        self._tell("update", mark, [made])
        return made

    def _insisted(self, call: Callable[[], T]) -> T:
        """Make a call that has an idempotency key until it is answered."""
        while True:
            try:
                return call()
            except CustomerCoreError as error:
                if self.over.is_set() or not (retryable(error) or error.code == "outcome_unknown"):
                    raise
                self.ends[error.code] += 1
                time.sleep(_AGAIN)

    def _tell(self, what: str, mark: int, kept: list[Customer], entries: Sequence[Entry] = ()) -> None:
        told = {"at": time.time(), "what": what, "mark": mark, "kept": [[one.id, one.version] for one in kept]}
        told["entries"] = [one.id for one in entries]
        with self._lock:
            print(json.dumps(told), flush=True)  # noqa: T201  # the acknowledgement


def _careless() -> None:
    """Have commits on MongoDB wait for one node alone: the library's own code has no way to ask for that."""
    wire.MAJORITY = WriteConcern(1)


def _main(specification: dict[str, Any]) -> None:
    if specification.get("careless"):
        _careless()
    with open_core(specification["url"], migrate="never", timeout=specification.get("timeout", 10)) as core:
        within = specification["within"]
        wallets = [core.balances.find(f"owner{number}", currency="SEK").id for number in range(WALLETS)]
        client = _Client(core if within is None else core.with_timeout(within), specification["number"], wallets)
        threads = [
            threading.Thread(target=client.writer, args=(number,), daemon=True)
            for number in range(specification["threads"])
        ]
        threads.append(threading.Thread(target=client.run, args=(client.read,), daemon=True))
        for thread in threads:
            thread.start()
        sys.stdin.read()
        client.over.set()
        for thread in threads:
            thread.join(30)
        late = sum(thread.is_alive() for thread in threads)
    told = {"ends": client.ends, "reads": client.reads, "wrong": client.wrong, "leaked": client.leaked, "late": late}
    print(json.dumps(told), flush=True)  # noqa: T201  # the end


if __name__ == "__main__":
    _main(json.loads(sys.argv[1]))
