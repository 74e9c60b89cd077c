"""Runs a database server until the tests that wanted it have ended, however they end: python keeper.py SPECIFICATION.

The specification is JSON: the ``command``, the ``user`` to run it as (or null), ``environment`` to
add, the ``owner``'s process id, the ``folder`` to remove afterwards, and the ``stop`` signal that the
server ends cleanly upon. The keeper ends when it is told to, or when its owner is gone.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from types import FrameType
from typing import Any

_PATIENCE = 20


def _there(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def keep(specification: dict[str, Any]) -> int:
    """Run the server, wait for its end or its owner's, and remove its folder; return its exit status."""
    told: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:
        told.append(number)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, stop)
    with open(specification["log"], "ab") as log:  # noqa: PTH123  # this script starts in milliseconds without pathlib
        server = subprocess.Popen(
            specification["command"],
            user=specification["user"],
            env={**os.environ, **specification["environment"]},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        while server.poll() is None and not told and _there(specification["owner"]):
            time.sleep(0.2)
    finally:
        with contextlib.suppress(ProcessLookupError):
            server.send_signal(specification["stop"])
        try:
            status = server.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            server.kill()
            status = server.wait()
        shutil.rmtree(specification["folder"], ignore_errors=True)
        if not _there(specification["owner"]):  # killed: nobody else is left to tidy up
            shutil.rmtree(os.path.dirname(specification["folder"]), ignore_errors=True)  # noqa: PTH120  # likewise
    return status


if __name__ == "__main__":
    sys.exit(keep(json.loads(sys.argv[1])))
