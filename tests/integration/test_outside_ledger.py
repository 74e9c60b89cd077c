"""What the Ledger Conformance Kit asks over HTTP, in a short form: its own runs are told of in docs/reliability.md."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import Any

import pytest
from database_servers.databases import any_database
from outside_ledger import OutsideLedger, Server

from customercore.wiring import open_core

AT_ONCE, TIMES = 120, 3
Ask = Callable[..., tuple[int, Any]]


@pytest.fixture(params=["memory", "sqlite", "postgresql-18", "mariadb", "mongodb"])
def ledger(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OutsideLedger]:
    if request.param in ("memory", "sqlite"):
        url = "memory://" if request.param == "memory" else f"sqlite:///{tmp_path_factory.mktemp('outside')}/shop.db"
        with open_core(url, timeout=30) as core:
            yield OutsideLedger(core)
        return
    with any_database(request.param) as database, open_core(database.url, timeout=30) as core:
        yield OutsideLedger(core)


@pytest.fixture
def ask(ledger: OutsideLedger) -> Iterator[Ask]:
    server = Server(ledger)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def asked(method: str, path: str, body: object = None) -> tuple[int, Any]:
        connection = HTTPConnection("127.0.0.1", server.server_port, timeout=60)
        try:
            connection.request(method, f"/_lck/{path}", None if body is None else json.dumps(body))
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    yield asked
    server.shutdown()
    server.server_close()


def legs(source: str, target: str, minor: int, *, given: int | None = None) -> list[dict[str, Any]]:
    shared = {"currency": "USD", "allowOverdraft": False}
    return [
        {"accountId": source, "type": "DEBIT", "amountSubunits": minor, **shared},
        {"accountId": target, "type": "CREDIT", "amountSubunits": given or minor, **shared},
    ]


def transaction(id: str, moved: list[dict[str, Any]], key: str | None = None) -> dict[str, Any]:
    return {"transactionId": id, "idempotencyKey": key or id, "legs": moved}


def test_what_the_suite_asks(ask: Ask, ledger: OutsideLedger) -> None:
    assert ask("POST", "reset", {})[0] == 200
    paid = transaction("t-0", legs("external:bank", "hot", 1_000_000))
    assert ask("POST", "post", paid) == (200, {"status": "APPLIED", "transactionId": "t-0", "reason": ""})
    assert ask("POST", "post", paid)[1]["status"] == "DUPLICATE"
    assert ask("POST", "post", transaction("t-1", legs("hot", "b", 40, given=39)))[0] == 422
    refused = ask("POST", "post", transaction("t-2", legs("hot", "b", 10**9)))
    assert (refused[0], refused[1]["status"], refused[1]["reason"]) == (200, "REJECTED", "insufficient_funds")

    same = transaction("t-3", legs("hot", "b", 7))
    many = [transaction(f"h-{at}", legs("hot", f"to-{at % 4}", 100)) for at in range(AT_ONCE)]
    with ThreadPoolExecutor(AT_ONCE) as threads:
        answers = list(threads.map(lambda one: ask("POST", "post", one), [*many, *[same] * 32]))
    assert [status for status, _ in answers] == [200] * len(answers)
    told = [answer["status"] for _, answer in answers]
    assert Counter(told[:AT_ONCE]) == {"APPLIED": AT_ONCE}
    assert Counter(told[AT_ONCE:]) == {"APPLIED": 1, "DUPLICATE": 31}

    left = 1_000_000 - 7 - 100 * AT_ONCE
    assert ask("GET", "balance?account=hot&currency=USD") == (200, {"subunits": left})
    journal = ask("GET", "journal")[1]
    mine = [one for one in journal if one["accountId"] == "hot"]
    assert [one["accountSequence"] for one in mine] == list(range(1, AT_ONCE + 3))
    assert len(journal) == 2 * len(mine)
    ask("POST", "reset", {})
    assert ledger.faults == []
