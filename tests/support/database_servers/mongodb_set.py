"""Three nodes of MongoDB in one replica set, on loopback."""

from __future__ import annotations

import shutil
import signal
from functools import partial
from typing import Any

from database_servers.mongodb import client, command, free_port, hello
from database_servers.nodes import Node, new_cluster, wait_until
from database_servers.sharing import Plan

__all__ = ["ReplicaSet"]

_SET = "drill"
# A node that is gone is noticed within two seconds; the defaults wait for ten.
_SETTINGS = {"electionTimeoutMillis": 2000, "heartbeatIntervalMillis": 500, "heartbeatTimeoutSecs": 2}


class ReplicaSet:
    """Nodes that elect their primary among themselves, with journals, as in production."""

    def __init__(self) -> None:
        self.home = new_cluster("mongodb")
        self.nodes = [Node(self.home, name) for name in ("a", "b", "c")]
        self._ports = {node.name: free_port() for node in self.nodes}
        for node in self.nodes:
            (self.home / node.name).mkdir(mode=0o700)
            self._start(node)
        members = [{"_id": at, "host": f"127.0.0.1:{port}"} for at, port in enumerate(self._ports.values())]
        self.run(self.nodes[0], "replSetInitiate", {"_id": _SET, "members": members, "settings": _SETTINGS})
        self._await_whole()

    def url(self, database: str = "shop") -> str:
        """The URL that names all of them: the driver finds the primary."""
        hosts = ",".join(f"127.0.0.1:{port}" for port in self._ports.values())
        return f"mongodb://{hosts}/{database}?replicaSet={_SET}"

    def run(self, node: Node, name: str, value: Any = 1, **further: Any) -> dict[str, Any]:
        """Run a command on one of them."""
        with client(self._ports[node.name]) as one:
            return one.admin.command(name, value, **further)

    def leads(self, node: Node) -> bool:
        """Tell whether a node is the primary, by what it says itself."""
        return bool(hello(self._ports[node.name])["isWritablePrimary"])

    def primary(self) -> Node:
        """Return the node that leads, once there is one."""
        found: list[Node] = []

        def led() -> bool:
            found.extend(node for node in self.nodes if node.running and self.leads(node))
            return bool(found)

        wait_until(led, "one of them leads")
        return found[0]

    def hold_back(self, nodes: list[Node]) -> None:
        """Let these nodes take no more writes from the others, while they go on telling that they are there."""
        self._fail(nodes, "stopReplProducer", "alwaysOn")

    def follow(self, nodes: list[Node]) -> None:
        """Let them take writes again."""
        self._fail(nodes, "stopReplProducer", "off")

    def _fail(self, nodes: list[Node], point: str, mode: str) -> None:
        for node in nodes:
            self.run(node, "configureFailPoint", point, mode=mode)

    def join(self, node: Node) -> None:
        """Start a node that was killed on the data that it had, and wait until it has what the others have."""
        self._start(node)
        self._await_whole()

    def _await_whole(self) -> None:
        wait_until(self._whole, "one leads and two follow", 60)

    def _whole(self) -> bool:
        states = [one["stateStr"] for one in self.run(self.primary(), "replSetGetStatus")["members"]]
        return sorted(states) == ["PRIMARY", "SECONDARY", "SECONDARY"]

    def close(self) -> None:
        """End all of them."""
        for node in self.nodes:
            node.signal(signal.SIGCONT)
            node.kill()
        shutil.rmtree(self.home, ignore_errors=True)

    def _start(self, node: Node) -> None:
        port = self._ports[node.name]
        run = [*command(self.home / node.name, port), "--replSet", _SET]
        node.start(Plan(self.url(), run, partial(hello, port), signal.SIGTERM))
