"""Several processes on one store: each carries out what it is told, at the same moment as the others."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

__all__ = ["Workers", "python", "workers"]

SOURCE = Path(__file__).parents[2] / "src"

# Reads one order a line, waits for its moment, carries it out on a core of its own, answers with one line.
_WORKER = """
import json, sys, time
from customercore import CustomerCoreError, open_core
NAME = {"first_name": "Ada", "last_name": "Lovelace"}
cores = {}

def core(url):
    if url not in cores:
        cores[url] = open_core(url, timeout=20)
    return cores[url]

def carry_out(order):
    url, number = order["url"], order["number"]
    if order["what"] == "open":
        return core(url).customers.count()
    if order["what"] == "leave":
        cores.pop(url).close()
        return None
    if order["what"] == "register":
        return core(url).customers.create(email=order["email"], **NAME).id
    if order["what"] == "codes":
        made = [core(url).customers.create(email=f"w{number}.{turn}@example.com", **NAME) for turn in range(60)]
        return [one.code for one in made]
    if order["what"] == "key":
        return core(url).customers.create(email="key@example.com", idempotency_key="key", **NAME).id
    if order["what"] == "till":
        return core(url).customers.at_checkout("till@example.com", guest=False, **NAME).id
    if order["what"] == "tag":
        return core(url).customers.add_tags(order["id"], f"word{number}").version
    if order["what"] == "stale":
        return core(url).customers.update(order["id"], first_name=f"N{number}", expected_version=1).version
    if order["what"] == "flag":
        return sorted(core(url).customers.add_flags(order["id"], order["flag"]).flags)

for line in sys.stdin:
    order = json.loads(line)
    time.sleep(max(0, order["at"] - time.time()))
    try:
        answer = carry_out(order)
    except CustomerCoreError as error:
        answer = error.code
    except Exception as error:
        answer = f"leaked {error!r}"
    print(json.dumps(answer), flush=True)
"""


def python(script: str, *arguments: str) -> subprocess.Popen[str]:
    """Start a Python process that can import what is tested."""
    path = os.pathsep.join([str(SOURCE), *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
    )


class Workers:
    """Four processes, each with a core of its own."""

    def __init__(self) -> None:
        self._processes = [python(_WORKER) for _ in range(4)]

    def at_once(self, what: str, url: str, **order: object) -> list[Any]:
        """Let every worker do the same at the same moment, and return their answers."""
        moment = time.time() + 0.15
        for number, one in enumerate(self._processes):
            assert one.stdin is not None
            told = {"what": what, "url": url, "at": moment, "number": number, **order}
            one.stdin.write(json.dumps(told) + "\n")
            one.stdin.flush()
        answers = []
        for one in self._processes:
            assert one.stdout is not None
            answers.append(json.loads(one.stdout.readline()))
        return answers

    def close(self) -> None:
        """Let them end."""
        for one in self._processes:
            assert one.stdin is not None
            assert one.stdout is not None
            one.stdin.close()
            one.wait(20)
            one.stdout.close()


@contextmanager
def workers() -> Iterator[Workers]:
    """Give the processes for a while."""
    made = Workers()
    try:
        yield made
    finally:
        made.close()
