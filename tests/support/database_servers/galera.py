"""Three nodes of MariaDB that Galera keeps the same, on loopback."""

from __future__ import annotations

import os
import shutil
import signal
import socket
from functools import partial
from pathlib import Path
from typing import Any

import pymysql
from database_servers.mariadb import CLUSTER, environment_of, greets, install, unpacked
from database_servers.nodes import Node, new_cluster, wait_until
from database_servers.postgresql import place
from database_servers.sharing import Plan

__all__ = ["Galera"]

_SETTINGS = {
    "innodb-flush-log-at-trx-commit": "1",
    "innodb-buffer-pool-size": "64M",
    "innodb-log-file-size": "32M",
    "innodb-autoinc-lock-mode": "2",
    "binlog-format": "ROW",
    "bind-address": "127.0.0.1",
    "performance-schema": "0",
    "max-connections": "100",
    "wsrep-on": "ON",
    "wsrep-cluster-name": "drill",
    "wsrep-sst-method": "rsync",
    "wsrep-slave-threads": "2",
}
# A node that is gone is noticed within seconds; the defaults wait longer.
_PROVIDER = {
    "gcache.size": "64M",
    "evs.suspect_timeout": "PT2S",
    "evs.inactive_timeout": "PT4S",
    "evs.inactive_check_period": "PT0.5S",
    "evs.keepalive_period": "PT0.5S",
    "pc.recovery": "false",
}


def _ports() -> list[int]:
    """Return four ports that nobody has: of the group, of transfers of changes, of whole states, and of clients."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(4)]
    try:
        return [one.getsockname()[1] for one in held]
    finally:
        for one in held:
            one.close()


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _reachable(usr: Path, home: Path) -> Path:
    """Return the programs where the servers' user may run them: root's cache is its own."""
    if os.geteuid() != 0:
        return usr
    tree = shutil.copytree(usr.parent, home / "tree", symlinks=True, copy_function=_link)
    return Path(tree) / "usr"


class Galera:
    """The cluster. Clients reach each node by its socket; the nodes reach each other by ports of loopback."""

    def __init__(self) -> None:
        self.home = new_cluster("galera")
        self._user = place(self.home)  # a donor's rsync gives up its rights where it is root
        self._usr = _reachable(unpacked("galera", CLUSTER), self.home)
        self.nodes = [Node(self.home, name) for name in ("a", "b", "c")]
        self._ports = {node.name: _ports() for node in self.nodes}
        first, *others = self.nodes
        install(self._usr, self._data(first), user=self._user)
        self._tmp(first).mkdir()
        place(self._tmp(first))
        self._start(first, alone=True)
        self.run(first, "CREATE DATABASE shop CHARACTER SET utf8mb4")
        for node in others:
            self.join(node)

    def url(self, node: Node) -> str:
        """The URL of one of them."""
        return f"mariadb+pymysql://root@localhost/shop?unix_socket={self.socket_of(node)}&ssl_disabled=true"

    def run(self, node: Node, statement: str) -> list[tuple[Any, ...]]:
        """Execute a statement on one of them and return its rows."""
        connection = pymysql.connect(
            user="root", unix_socket=str(self.socket_of(node)), connect_timeout=2, autocommit=True
        )
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall())

    def join(self, node: Node) -> None:
        """Let a node start, and take its data from the others."""
        for folder in (self._data(node), self._tmp(node)):
            folder.mkdir(exist_ok=True)
            place(folder)
        self._start(node)

    def _start(self, node: Node, *, alone: bool = False) -> None:
        node.start(self._plan(node, alone=alone))
        wait_until(lambda: self.synced(node), f"{node.name} has joined", 60)

    def synced(self, node: Node) -> bool:
        """Tell whether a node is one of the cluster's, and up to date."""
        return self._status(node, "local_state_comment") == "Synced" and self._status(node, "ready") == "ON"

    def _status(self, node: Node, name: str) -> str:
        return str(self.run(node, f"SHOW STATUS LIKE 'wsrep_{name}'")[0][1])

    def size(self, node: Node) -> int:
        """Return how many nodes it sees, itself included."""
        return int(self._status(node, "cluster_size"))

    def begin_again(self, node: Node) -> None:
        """Have a node that lost the others be the cluster: its owner has decided that they are gone."""
        self.run(node, "SET GLOBAL wsrep_provider_options = 'pc.bootstrap=true'")
        wait_until(lambda: self.synced(node), f"{node.name} goes on")

    def close(self) -> None:
        """End all of them."""
        for node in self.nodes:
            node.signal(signal.SIGCONT)
            node.kill()  # nothing of it is wanted, and an orderly end takes seconds
        shutil.rmtree(self.home, ignore_errors=True)

    def _data(self, node: Node) -> Path:
        return self.home / f"{node.name}-data"

    def _tmp(self, node: Node) -> Path:
        # A server that starts deletes every temporary table that it finds there, also another one's.
        return self.home / f"{node.name}-tmp"

    def socket_of(self, node: Node) -> Path:
        """Where clients reach a node."""
        return self.home / f"{node.name}.sock"

    def _plan(self, node: Node, *, alone: bool) -> Plan:
        group, transfer, state, clients = self._ports[node.name]
        provider = {
            **_PROVIDER,
            "gmcast.listen_addr": f"tcp://127.0.0.1:{group}",
            "ist.recv_addr": f"127.0.0.1:{transfer}",
        }
        others = ",".join(f"127.0.0.1:{self._ports[one.name][0]}" for one in self.nodes)
        settings = {
            **_SETTINGS,
            "port": str(clients),
            "basedir": str(self._usr),
            "datadir": str(self._data(node)),
            "tmpdir": str(self._tmp(node)),
            "socket": str(self.socket_of(node)),
            "pid-file": str(self.home / f"{node.name}.pid"),
            "wsrep-provider": str(self._usr / "lib" / "libgalera_smm.so"),
            "wsrep-provider-options": ";".join(f"{name}={value}" for name, value in provider.items()),
            "wsrep-cluster-address": f"gcomm://{others}",
            "wsrep-node-name": node.name,
            "wsrep-node-address": f"127.0.0.1:{group}",
            "wsrep-sst-receive-address": f"127.0.0.1:{state}",
        }
        options = self.home / f"{node.name}.cnf"  # a donor hands its command line to a shell
        options.write_text("\n".join(["[mysqld]", *(f'{name}="{value}"' for name, value in settings.items())]))
        path = f"{self._usr / 'bin'}:{self._usr / 'sbin'}:{os.environ.get('PATH', '')}"
        return Plan(
            self.url(node),
            [
                str(self._usr / "sbin" / "mariadbd"),
                f"--defaults-file={options}",
                *(["--wsrep-new-cluster"] if alone else []),
            ],
            partial(greets, self.socket_of(node)),
            signal.SIGTERM,
            self._user,
            environment={**environment_of(self._usr), "PATH": path},
        )
