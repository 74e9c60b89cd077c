"""One server of each sort for a whole run of the tests, whichever process asks first.

The process that pytest was started in owns a folder, and every worker of pytest-xdist inherits its
name. Whoever first asks for a server starts it under a lock; its keeper (`keeper.py`) ends it with
the owner.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import attrs

__all__ = ["FOLDER", "MissingServerError", "Plan", "begin", "end", "keep", "shared"]

FOLDER = "CUSTOMERCORE_TEST_SERVERS"
"""The environment variable that names the folder of this run's servers."""
_OWNER = "owner"


class MissingServerError(Exception):
    """This machine cannot run the server; the message says why, for whoever reads that tests were skipped."""


@attrs.frozen
class Plan:
    """A server that can be run: it is up once ``answers`` does not raise."""

    url: str
    """The URL of a database, with ``{database}`` for its name."""
    command: Sequence[str]
    answers: Callable[[], object]
    stop: signal.Signals
    user: str | None = None
    environment: Mapping[str, str] = attrs.field(factory=dict)


def begin() -> None:
    """Make this process the owner of this run's servers."""
    folder = Path(tempfile.mkdtemp(prefix="customercore-servers-"))
    folder.chmod(0o711)  # a server that runs as somebody else must reach its own folder in here
    (folder / _OWNER).write_text(str(os.getpid()))
    os.environ[FOLDER] = str(folder)


def end() -> None:
    """Stop every server of this run, and remove what they left."""
    folder = Path(os.environ.pop(FOLDER))
    homes = []
    for known in folder.glob("*.json"):
        keeper = json.loads(known.read_text()).get("keeper")
        if keeper:
            homes.append(known.with_suffix(""))
            with suppress(ProcessLookupError):
                os.kill(keeper, signal.SIGTERM)
    _wait(lambda: not any(home.exists() for home in homes), 30)  # a keeper removes its home last
    shutil.rmtree(folder, ignore_errors=True)


def _wait(done: Callable[[], bool], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while not done():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def shared(name: str, plan: Callable[[Path], Plan]) -> str:
    """Return the URL of this run's server of this name, started by whoever asks first.

    Raises `MissingServerError` when it cannot be started, at every call with the same reason.
    """
    folder = Path(os.environ[FOLDER])
    known = folder / f"{name}.json"
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not known.exists():
            known.write_text(json.dumps(_started(folder, name, plan)))
    answer: dict[str, str] = json.loads(known.read_text())
    if "missing" in answer:
        raise MissingServerError(answer["missing"])
    return answer["url"]


def keep(plan: Plan, *, folder: Path, log: Path, owner: int) -> subprocess.Popen[bytes]:
    """Start the keeper of a server, which runs it until it is told to end, or the owner has; it removes the folder."""
    specification = {
        "command": [*plan.command],
        "user": plan.user,
        "environment": dict(plan.environment),
        "owner": owner,
        "folder": str(folder),
        "log": str(log),
        "stop": int(plan.stop),
    }
    return subprocess.Popen(
        [sys.executable, "-S", str(Path(__file__).with_name("keeper.py")), json.dumps(specification)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _started(folder: Path, name: str, plan: Callable[[Path], Plan]) -> dict[str, object]:
    home = folder / name
    home.mkdir(mode=0o711)
    try:
        made = plan(home)
    except (MissingServerError, OSError, subprocess.SubprocessError) as error:
        return {"missing": f"{name} cannot be started here: {error}"}
    log = home / "server.log"
    keeper = keep(made, folder=home, log=log, owner=int((folder / _OWNER).read_text()))

    def up() -> bool:
        if keeper.poll() is not None:
            raise MissingServerError
        try:
            made.answers()
        except Exception:  # noqa: BLE001  # whatever a driver raises while nobody answers
            return False
        return True

    try:
        if _wait(up, 60):
            keeper.returncode = 0  # it outlives this process; nobody is to warn of that
            return {"url": made.url, "keeper": keeper.pid}
    except MissingServerError:
        pass
    told = log.read_text(errors="replace")[-800:] if log.exists() else ""
    return {"missing": f"{name} did not start: {told}", "keeper": keeper.pid}
