"""`customercore events`: a worker that ends when it is told to, and dead letters that are listed and replayed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from customercore import open_core
from customercore.testing.fakes import RecordingSubscriber, SteadyBackoff
from customercore.wiring import core_on, default_catalogue, open_store

MODULE = """
import os

class Noting:
    name, types = "noting", frozenset({"flag.created"})
    def deliver(self, event, *, tenant):
        with open(os.environ["HEARD"], "a") as file:
            file.write(tenant + " " + event.id + "\\n")

def subscribers():
    return [Noting()]
"""


@pytest.fixture
def url(tmp_path: Path) -> str:
    (tmp_path / "listening.py").write_text(MODULE, encoding="utf-8")
    return f"sqlite:///{tmp_path / 'shop.db'}"


def command(url: str, *arguments: str) -> subprocess.Popen[str]:
    folder = Path(url.removeprefix("sqlite:///")).parent
    path = os.pathsep.join([str(folder), *sys.path])
    return subprocess.Popen(
        [sys.executable, "-m", "customercore.cli.main", "--url", url, "events", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": path, "HEARD": str(folder / "heard")},
    )


def answer(url: str, *arguments: str) -> Any:
    process = command(url, *arguments, "--json")
    out, err = process.communicate(timeout=60)
    return process.returncode, json.loads(out or err)


def test_a_dispatch_delivers_what_is_due_once(url: str, tmp_path: Path) -> None:
    open_core(url).close()
    nothing = {"delivered": 0, "failed": 0, "dead": 0, "lost": 0, "expired": 0, "unsettled": 0}
    assert answer(url, "dispatch", "--subscribers", "listening:subscribers") == (0, nothing)
    with open_core(url) as core:
        core.flags.define("vip")
        core.shops.create("se")
    assert answer(url, "dispatch", "--subscribers", "listening:subscribers") == (0, {**nothing, "delivered": 1})
    assert (tmp_path / "heard").read_text("utf-8").startswith("default ")


def test_subscribers_that_are_not_there_are_an_error(url: str) -> None:
    open_core(url).close()
    for name in ("nowhere:subscribers", "listening:none", "listening"):
        code, told = answer(url, "dispatch", "--subscribers", name)
        assert (code, told["error"]["code"]) == (1, "not_found")


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_delivers_what_comes_and_ends_cleanly_when_it_is_told_to(
    url: str, tmp_path: Path, how: signal.Signals
) -> None:
    heard = tmp_path / "heard"
    with open_core(url) as core:
        worker = command(url, "run", "--subscribers", "listening:subscribers", "--every", "0.1", "--json")
        until = time.monotonic() + 30
        while not core.events.subscriptions() and time.monotonic() < until:
            time.sleep(0.05)
        core.flags.define("vip")
        while not heard.exists() and time.monotonic() < until:
            time.sleep(0.05)
    worker.send_signal(how)
    out, err = worker.communicate(timeout=30)
    assert (worker.returncode, err) == (0, "")
    assert json.loads(out)["delivered"] == 1


def test_dead_letters_are_listed_and_replayed(url: str) -> None:
    store = open_store(url, default_catalogue())
    store.prepare("create")

    def refuse(_: object) -> None:
        raise ValueError("ada@example.com")

    deaf = RecordingSubscriber("noting", ["flag.created"], refuse)
    with core_on(store, default_catalogue(), subscribers=[deaf], backoff=SteadyBackoff(attempts=1)) as core:
        core.flags.define("vip")
        core.events.dispatch()
    code, (dead,) = answer(url, "dead-letters")
    assert (code, dead["subscriber"], dead["error_code"], dead["version"]) == (0, "noting", "subscriber_failed", 1)
    process = command(url, "dead-letters")
    out, _ = process.communicate(timeout=60)
    assert dead["event_id"] in out
    assert "ada@" not in out
    assert answer(url, "replay", dead["event_id"])[1][0]["state"] == "waiting"
    assert answer(url, "dead-letters") == (0, [])
    assert answer(url, "replay", dead["event_id"])[1]["error"]["code"] == "dead_letter_not_found"
    assert answer(url, "dispatch", "--subscribers", "listening:subscribers")[1]["delivered"] == 1
