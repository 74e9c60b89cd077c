"""Servers of a drill: each can be killed and started again, and ends with the tests."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from database_servers.sharing import FOLDER, MissingServerError, Plan, keep

__all__ = ["Node", "new_cluster", "wait_until"]

_numbers = itertools.count(1)


def new_cluster(name: str) -> Path:
    """Make the folder of the servers of one drill, below that of this run."""
    home = Path(os.environ[FOLDER]) / f"{name}-{os.getpid()}-{next(_numbers)}"
    home.mkdir(mode=0o711)
    return home


def wait_until(done: Callable[[], bool], what: str, seconds: float = 30) -> None:
    """Wait; whatever is raised meanwhile means not yet."""
    until = time.monotonic() + seconds
    while True:
        with suppress(Exception):
            if done():
                return
        if time.monotonic() > until:
            raise MissingServerError(f"it did not come to pass that {what}")
        time.sleep(0.05)


class Node:
    """One server, in a process of its own."""

    def __init__(self, home: Path, name: str) -> None:
        self.home = home
        self.name = name
        self.log = home / f"{name}.log"
        self._keeper: subprocess.Popen[bytes] | None = None
        self._command: list[str] = []

    def start(self, plan: Plan, *, wait: bool = True) -> None:
        """Run the server until it is killed, stopped, or the tests end."""
        run = self.home / f"{self.name}.run"  # what its keeper removes: the data stays for the next start
        run.mkdir(exist_ok=True)
        self._command = [*plan.command]
        self._keeper = keep(plan, folder=run, log=self.log, owner=os.getpid())
        if wait:
            self.wait(plan)

    @property
    def running(self) -> bool:
        """Whether it was started, and neither killed nor stopped since."""
        return self._keeper is not None

    def wait(self, plan: Plan) -> None:
        """Wait until it answers."""
        assert self._keeper is not None
        keeper = self._keeper

        def up() -> bool:
            plan.answers()
            return True

        with suppress(MissingServerError):
            wait_until(lambda: keeper.poll() is not None or up(), f"{self.name} answers", 60)
            if keeper.poll() is None:
                return
        told = self.log.read_text(errors="replace")[-1500:] if self.log.exists() else ""
        raise MissingServerError(f"{self.name} did not start: {told}")

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to every process of the server."""
        for process in self._processes():
            with suppress(ProcessLookupError):
                os.kill(process, number)

    def kill(self) -> None:
        """End every process of the server at once, as a machine that fails does."""
        self.signal(signal.SIGSTOP)  # nobody may notice that another one has gone
        self.signal(signal.SIGKILL)
        self._ended()

    def stop(self) -> None:
        """Let it end in good order."""
        if self._keeper is not None and self._keeper.poll() is None:
            self._keeper.send_signal(signal.SIGTERM)
        self._ended()

    def _ended(self) -> None:
        if self._keeper is not None:
            self._keeper.wait(40)
            self._keeper = None

    def _processes(self) -> list[int]:
        """Return the server's first process, which is a child of the keeper, and all below it."""
        children: dict[int, list[int]] = {}
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
                children.setdefault(int(parent), []).append(int(folder.name))
        found = list(children.get(self._keeper.pid, ())) if self._keeper is not None else []
        for process in found:
            found += children.get(process, ())
        return found

    def forget(self, folder: Path) -> None:
        """Remove its data."""
        shutil.rmtree(folder, ignore_errors=True)
