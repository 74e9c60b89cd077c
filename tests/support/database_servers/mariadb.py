"""MariaDB, as it is installed, or from Debian's packages unpacked into a cache: nothing is installed for it."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from database_servers.sharing import MissingServerError, Plan

__all__ = ["CLUSTER", "environment_of", "greets", "install", "installed", "plan", "runs_as", "unpacked"]

_PACKAGES = ("mariadb-server-core", "mariadb-client-core", "libaio1", "liburing2", "libnuma1")
CLUSTER = (
    *_PACKAGES,
    *("mariadb-server", "mariadb-client", "galera-4", "rsync", "socat", "libwrap0", "libpopt0", "lsof"),
)
"""What nodes of Galera need beside, in a cache of their own: the other tests do not wait for it."""
_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "customercore-tests"
# These servers die with the tests: nothing they hold has to survive a power cut.
_SETTINGS = {
    "innodb-flush-log-at-trx-commit": "0",
    "innodb-doublewrite": "0",
    "innodb-flush-method": "nosync",
    "sync-frm": "0",
    "innodb-buffer-pool-size": "64M",
    "innodb-log-file-size": "32M",
    "skip-networking": "1",
    "skip-log-bin": "1",
    "performance-schema": "0",
    "max-connections": "200",
    "default-time-zone": "+05:30",  # a server whose time is not UTC is the harder one
    "sql-mode": "",  # the laxest, so that what the adapter asks for itself is seen
}


def installed() -> Path:
    """Return the folder that holds ``sbin/mariadbd``."""
    found = shutil.which("mariadbd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found and shutil.which("mariadb-install-db"):
        return Path(found).resolve().parents[1]
    return unpacked("mariadb", _PACKAGES)


def unpacked(name: str, packages: Sequence[str]) -> Path:
    """Return the folder ``usr`` of Debian's packages, fetched and unpacked once."""
    tree = _CACHE / name / "tree"
    tree.parent.mkdir(parents=True, exist_ok=True)
    with (tree.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not tree.exists():
            _unpack(tree, packages)
    return tree / "usr"


def _unpack(tree: Path, packages: Sequence[str]) -> None:
    if not (shutil.which("apt-get") and shutil.which("dpkg")):
        raise MissingServerError("neither mariadbd nor apt-get is there")
    with tempfile.TemporaryDirectory(dir=tree.parent) as work:
        fetch = ["apt-get", "download", *packages]
        fetched = subprocess.run(fetch, cwd=work, capture_output=True, text=True, check=False)
        if fetched.returncode and os.geteuid() == 0:
            subprocess.run(["apt-get", "update"], capture_output=True, check=False)  # noqa: S607  # found above
            fetched = subprocess.run(fetch, cwd=work, capture_output=True, text=True, check=False)
        if fetched.returncode:
            raise MissingServerError(f"apt-get download: {fetched.stderr.strip()[-300:]}")
        for package in Path(work).glob("*.deb"):
            subprocess.run(["dpkg", "-x", package, Path(work) / "tree"], check=True, capture_output=True)  # noqa: S607
        (Path(work) / "tree").rename(tree)


def environment_of(usr: Path) -> dict[str, str]:
    """Return what an unpacked server's programs need to find their libraries."""
    if usr == Path("/usr"):
        return {}
    libraries = sorted({str(path.parent) for path in usr.parent.glob("usr/lib/*/lib*.so*")})
    return {"LD_LIBRARY_PATH": ":".join([*libraries, os.environ.get("LD_LIBRARY_PATH", "")]).strip(":")}


def runs_as() -> list[str]:
    """Return the option without which the server does not run as root."""
    return ["--user=root"] if os.geteuid() == 0 else []


def install(usr: Path, data: Path, *, user: str | None = None) -> None:
    """Make a data folder, as that user."""
    made = subprocess.run(
        [
            usr / "bin" / "mariadb-install-db",
            "--no-defaults",
            f"--basedir={usr}",
            f"--datadir={data}",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
            *([] if user else runs_as()),
        ],
        user=user,
        cwd=data.parent,
        env={**os.environ, **environment_of(usr)},
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise MissingServerError((made.stderr or made.stdout).strip()[-500:])


def plan(home: Path) -> Plan:
    """Make a data folder and return how to run a server on it."""
    usr, data, at = installed(), home / "data", home / "socket"
    install(usr, data)
    # A server that starts deletes every temporary table that it finds in its folder for them, also another one's.
    tmp = home / "tmp"
    tmp.mkdir(exist_ok=True)
    settings = [f"--{name}={value}" for name, value in _SETTINGS.items()]
    return Plan(
        f"mariadb+pymysql://root@localhost/{{database}}?unix_socket={at}&ssl_disabled=true",
        [
            str(usr / "sbin" / "mariadbd"),
            "--no-defaults",
            f"--basedir={usr}",
            f"--datadir={data}",
            f"--tmpdir={tmp}",
            f"--socket={at}",
            f"--pid-file={home / 'pid'}",
            *settings,
            *runs_as(),
        ],
        partial(greets, at),
        signal.SIGTERM,
        environment=environment_of(usr),
    )


def greets(path: Path) -> None:
    """Raise while no server greets at the socket."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(2)
        connection.connect(str(path))
        if not connection.recv(1):  # the server greets first
            raise ConnectionError
