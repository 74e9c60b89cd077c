"""Our ledger behind the HTTP contract of the Ledger Conformance Kit, a suite that others wrote for ledgers.

The suite (github.com/technomorphcorporation/ledger-conformance-kit, Apache-2.0) posts transactions of debits and
credits, many at once, and reads balances and a journal. It is told what `core.balances` does, and nothing else:

- An account of the suite in a currency is a wallet. ``external:…``, where the suite's money comes from, is a wallet
  with a credit limit; with ``one_sided`` it is no wallet, but what `credit` gives from and `debit` takes to.
- A transaction of one debit and one credit of the same amount is a `transfer`, under the suite's idempotency key,
  with the suite's transaction id as its reference. The ledger is also asked for one between two currencies.
- Any other transaction cannot be put to the ledger, since a transfer has one amount: it is answered with 422. The
  suite has a word for that (``NotRepresentable``) but not over HTTP, so it has to be translated on its side.
- ``allowOverdraft`` is not looked at: what a wallet may owe is a property of the wallet, never of a call. So what
  the suite would let overdraw may be refused, and the suite counts that as refused.
- The ledger answers a repeated key with the entry of the first call. The first time an entry is answered is
  ``APPLIED`` here, any other time is ``DUPLICATE``: two entries under one key would be ``APPLIED`` twice.
- A journal of all accounts is merged from the accounts, each in its own order, by time: the ledger numbers the
  entries of a wallet, not those of all wallets. ``accountSequence`` is the ledger's, ``sequence`` the place.
- ``/_lck/reset`` goes on in a new tenant: entries are never deleted. So nothing that a store held before is touched.

The capabilities to declare are `CAPABILITIES`. ``HASH_CHAIN`` is none of them: entries are protected by the
database and recounted by `verify`, but not chained by digests.
"""

from __future__ import annotations

import argparse
import heapq
import json
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import attrs

from customercore import CustomerCore, Entry, Money, Wallet, open_core
from customercore.errors import CustomerCoreError, StorageError, retryable

__all__ = ["CAPABILITIES", "NotRepresentableError", "OutsideLedger", "Server"]

CAPABILITIES = "OVERDRAFT_GUARD,COMPENSATION,REPLAY"
"""What the ledger has of the suite's capabilities."""
OUTSIDE = "external:"
"""How the names of accounts begin that money comes from."""
_LIMIT = 10**15
"""What an account that money comes from may owe, in minor units."""
_PAGE = 1_000
Answer = dict[str, Any]


class NotRepresentableError(Exception):
    """A transaction for which the ledger has no call; it was not asked."""


@attrs.frozen
class _Transfer:
    """What the suite posts, as far as the ledger has a call for it."""

    id: str
    key: str
    source: str
    target: str
    amount: Money
    target_currency: str

    @classmethod
    def of(cls, posted: Mapping[str, Any]) -> _Transfer:
        """Read a transaction, or raise `NotRepresentableError`."""
        legs = {leg["type"]: leg for leg in posted["legs"]}
        sums = {leg["amountSubunits"] for leg in posted["legs"]}
        if len(posted["legs"]) != len(legs) or legs.keys() != {"DEBIT", "CREDIT"}:
            raise NotRepresentableError("a transfer leaves one wallet and reaches one other")
        if len(sums) != 1:
            raise NotRepresentableError("a transfer has one amount: what leaves a wallet reaches the other")
        debit, credit = legs["DEBIT"], legs["CREDIT"]
        return cls(
            id=posted["transactionId"],
            key=posted["idempotencyKey"],
            source=debit["accountId"],
            target=credit["accountId"],
            amount=Money.of_minor(debit["amountSubunits"], debit["currency"]),
            target_currency=credit["currency"],
        )


class _Books:
    """The accounts of one tenant: what the suite has posted since its last reset."""

    def __init__(self, core: CustomerCore, *, one_sided: bool) -> None:
        self._core = core
        self._one_sided = one_sided
        self._lock = threading.Lock()
        self._wallets: dict[tuple[str, str], Wallet] = {}
        self._answered: set[str] = set()

    def post(self, asked: _Transfer) -> bool:
        """Post a transaction; return whether this is the first time that its entry is answered."""
        entry = self._posted(asked)
        with self._lock:
            first = entry.id not in self._answered
            self._answered.add(entry.id)
        return first

    def balance(self, account: str, currency: str) -> int:
        """Return what the ledger says that an account's balance is, in minor units."""
        with self._lock:
            wallet = self._wallets.get((account, currency))
        return 0 if wallet is None else self._core.balances.posted(wallet).minor

    def journal(self) -> list[Answer]:
        """Return the entries of all accounts that moved money, those of each account in the ledger's order."""
        accounts = [self._entries(account, wallet) for (account, _), wallet in self._opened()]
        merged = heapq.merge(*accounts, key=lambda line: (line[1].at, line[1].id))
        return [_line(place, account, entry) for place, (account, entry) in enumerate(merged, 1)]

    def faults(self) -> list[str]:
        """Count every account again by `verify`, and every transaction by its entries; return what is wrong."""
        verdicts = [(account, self._core.balances.verify(wallet)) for (account, _), wallet in self._opened()]
        found = [f"{account}: {verdict.fault}" for account, verdict in verdicts if verdict.fault is not None]
        sums: Counter[tuple[str, str]] = Counter()
        for line in [] if self._one_sided else self.journal():
            signed = line["amountSubunits"] if line["type"] == "CREDIT" else -line["amountSubunits"]
            sums[line["transactionId"], line["currency"]] += signed
        return found + [f"transaction {id}: {off} {currency} too much" for (id, currency), off in sums.items() if off]

    def _posted(self, asked: _Transfer) -> Entry:
        balances = self._core.balances
        if self._one_sided and asked.source.startswith(OUTSIDE):
            to = self._wallet(asked.target, asked.target_currency)
            return balances.credit(to, asked.amount, reference=asked.id, idempotency_key=asked.key)
        source = self._wallet(asked.source, asked.amount.currency)
        if self._one_sided and asked.target.startswith(OUTSIDE):
            return balances.debit(source, asked.amount, reference=asked.id, idempotency_key=asked.key)
        to = self._wallet(asked.target, asked.target_currency)
        return balances.transfer(source, asked.amount, to=to, reference=asked.id, idempotency_key=asked.key)

    def _wallet(self, account: str, currency: str) -> Wallet:
        with self._lock:
            known = self._wallets.get((account, currency))
            if known is None:
                limit = Money.of_minor(_LIMIT, currency) if account.startswith(OUTSIDE) else None
                known = self._core.balances.open(account, currency=currency, credit_limit=limit)
                self._wallets[account, currency] = known
        return known

    def _opened(self) -> list[tuple[tuple[str, str], Wallet]]:
        with self._lock:
            return list(self._wallets.items())

    def _entries(self, account: str, wallet: Wallet) -> Iterator[tuple[str, Entry]]:
        cursor: str | None = None
        while True:
            page = self._core.balances.entries(wallet, limit=_PAGE, cursor=cursor)
            yield from ((account, entry) for entry in page if entry.amount)
            cursor = page.next
            if cursor is None:
                return


class OutsideLedger:
    """Answers the suite's four calls on a core. Whatever the core held before stays: see `reset`."""

    def __init__(self, core: CustomerCore, *, one_sided: bool = False) -> None:
        self._core = core
        self._one_sided = one_sided
        self.faults: list[str] = []
        """What was found wrong in the books that were left, beside what the suite looks at."""
        self._books = self._new()

    def reset(self) -> Answer:
        """Count the books again, and begin new ones in a new tenant."""
        self.faults += self._books.faults()
        self._books = self._new()
        return {}

    def post(self, posted: Mapping[str, Any]) -> Answer:
        """Post a transaction: what the ledger refuses is an answer too, what it could not do now is raised."""
        asked = _Transfer.of(posted)
        try:
            status, reason = ("APPLIED", "") if self._books.post(asked) else ("DUPLICATE", "answered before")
        except CustomerCoreError as error:
            if retryable(error) or isinstance(error, StorageError):
                raise
            status, reason = "REJECTED", error.code
        return {"status": status, "transactionId": asked.id, "reason": reason}

    def balance(self, account: str, currency: str) -> Answer:
        """Return an account's balance."""
        return {"subunits": self._books.balance(account, currency)}

    def journal(self) -> list[Answer]:
        """Return all entries."""
        return self._books.journal()

    def _new(self) -> _Books:
        return _Books(self._core.for_tenant(f"lck-{uuid.uuid4().hex}"), one_sided=self._one_sided)


class _Handler(BaseHTTPRequestHandler):
    """Reads a call of the suite, and writes the ledger's answer."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer's head and body leave together
    disable_nagle_algorithm = True
    ledger: ClassVar[OutsideLedger]
    turns: ClassVar[threading.Semaphore]

    def do_GET(self) -> None:
        """Answer a read."""
        url = urlsplit(self.path)
        named = {name: values[0] for name, values in parse_qs(url.query).items()}
        if url.path == "/_lck/balance":
            self._answer(lambda: self.ledger.balance(named["account"], named["currency"]))
        elif url.path == "/_lck/journal":
            self._answer(self.ledger.journal)
        else:
            self._send(404, {})

    def do_POST(self) -> None:
        """Answer a write."""
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
        if self.path == "/_lck/post":
            self._answer(lambda: self.ledger.post(body))
        elif self.path == "/_lck/reset":
            self._answer(self.ledger.reset)
        else:
            self._send(404, {})

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log what was not answered with 200."""
        if code != 200:
            super().log_request(code, size)

    def _answer(self, call: Callable[[], object]) -> None:
        """Answer with 422 what was not asked of the ledger, with 503 what may be tried again, with 400 a fault."""
        try:
            with self.turns:
                status, answer = 200, call()
        except NotRepresentableError as error:
            status, answer = 422, {"code": "not_representable", "message": str(error)}
        except Exception as error:  # noqa: BLE001  # whatever the ledger raises is for the suite to judge
            status, answer = (503 if retryable(error) else 400), {"code": type(error).__name__, "message": str(error)}
        self._send(status, answer)

    def _send(self, status: int, answer: object) -> None:
        body = json.dumps(answer, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingHTTPServer):
    """Serves a ledger to a suite on this machine: a thread for each connection, so many of them in calls at once."""

    request_queue_size = 1_024  # the suite connects 500 times at once
    daemon_threads = True

    def __init__(self, ledger: OutsideLedger, port: int = 0, *, at_once: int = 1_024) -> None:
        served = {"ledger": ledger, "turns": threading.Semaphore(at_once)}
        super().__init__(("127.0.0.1", port), type("Handler", (_Handler,), served))


def _line(place: int, account: str, entry: Entry) -> Answer:
    return {
        "entryId": entry.id,
        "transactionId": entry.reference or entry.id,
        "accountId": account,
        "type": "CREDIT" if entry.amount.minor > 0 else "DEBIT",
        "amountSubunits": abs(entry.amount.minor),
        "currency": entry.amount.currency,
        "sequence": place,
        "accountSequence": entry.sequence,
        "prevHash": "",
        "entryHash": "",
    }


def main() -> None:
    """Serve a store until interrupted."""
    parser = argparse.ArgumentParser(description=f"Serve a store to the suite; capabilities: {CAPABILITIES}")
    parser.add_argument("url", help="what open_core is given: memory://, sqlite:////tmp/x.db, postgresql+psycopg://…")
    parser.add_argument("--port", type=int, default=8_123)
    parser.add_argument("--at-once", type=int, default=1_024, help="how many calls the ledger is in at a time")
    parser.add_argument("--one-sided", action="store_true", help=f"{OUTSIDE}… is no wallet")
    given = parser.parse_args()
    with open_core(given.url, timeout=10) as core:
        ledger = OutsideLedger(core, one_sided=given.one_sided)
        server = Server(ledger, given.port, at_once=given.at_once)
        server.serve_forever()


if __name__ == "__main__":
    main()
