"""A primary and a standby of PostgreSQL, which change places when the primary dies."""

from __future__ import annotations

import shutil
import signal
import subprocess
from functools import partial
from pathlib import Path
from typing import Any, Literal

import psycopg
from database_servers.nodes import Node, new_cluster, wait_until
from database_servers.postgresql import initdb, place, reachable
from database_servers.sharing import MissingServerError, Plan

__all__ = ["Pair"]

_SETTINGS = {
    "fsync": "on",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "wal_level": "replica",
    "max_wal_senders": "4",
    "wal_keep_size": "256MB",
    "listen_addresses": "",
    "unix_socket_permissions": "0777",
    "log_min_messages": "warning",
}


class Pair:
    """Two servers, one of them the primary. Commits wait for the other one (``on``) or do not (``local``)."""

    def __init__(self, version: int, synchronous_commit: Literal["on", "local"]) -> None:
        self.home = new_cluster("pair")
        self._user = place(self.home)
        self._binaries = reachable(version, self.home)
        self._settings = {**_SETTINGS, "synchronous_commit": synchronous_commit}
        self._nodes = [Node(self.home, name) for name in ("a", "b")]
        self.primary, self.standby = self._nodes
        for node in self._nodes:
            self._folder(node).mkdir(mode=0o711)
            place(self._folder(node))
        initdb(self._binaries, self._data(self.primary), user=self._user)
        self.primary.start(self._plan(self.primary))
        self.run(self.primary, "CREATE DATABASE shop TEMPLATE template0 ENCODING 'UTF8'")
        self.join()

    @property
    def url(self) -> str:
        """The URL that names both: whichever of them can be written to is used."""
        hosts = ",".join(str(self._folder(node)) for node in self._nodes)
        query = f"host={hosts}&port=5432,5432&target_session_attrs=read-write"
        return f"postgresql+psycopg://postgres@/shop?{query}"

    def url_of(self, node: Node) -> str:
        """The URL of one of them."""
        return f"postgresql+psycopg://postgres@/shop?host={self._folder(node)}"

    def run(self, node: Node, statement: str) -> list[tuple[Any, ...]]:
        """Execute a statement on one of them and return its rows."""
        with psycopg.connect(
            f"host={self._folder(node)} user=postgres dbname=postgres", autocommit=True, connect_timeout=2
        ) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def join(self) -> None:
        """Make the standby anew, as a copy of the primary, and have commits wait for it."""
        data = self._data(self.standby)
        shutil.rmtree(data, ignore_errors=True)
        copy = ["-h", str(self._folder(self.primary)), "-U", "postgres", "-X", "stream", "-c", "fast", "--no-sync"]
        self._do("pg_basebackup", "-D", str(data), "-R", *copy)
        self.standby.start(self._plan(self.standby))
        wait_until(self._streams, "the standby follows")
        self._set(self.primary, "synchronous_standby_names", "*")
        wait_until(self._synchronous, "the standby is waited for")

    def _streams(self) -> bool:
        return self.run(self.primary, "SELECT state FROM pg_stat_replication") == [("streaming",)]

    def _synchronous(self) -> bool:
        return self.run(self.primary, "SELECT sync_state FROM pg_stat_replication") == [("sync",)]

    def caught_up(self) -> None:
        """Wait until the standby shows what the primary has: it confirms a commit before it shows it."""
        ((there,),) = self.run(self.primary, "SELECT pg_current_wal_lsn()::text")
        shown = f"SELECT pg_last_wal_replay_lsn() >= '{there}'::pg_lsn"
        wait_until(lambda: self.run(self.standby, shown) == [(True,)], "the standby shows it")

    def hold_back(self) -> None:
        """Let the standby hear nothing more of the primary."""
        self._set(self.standby, "primary_conninfo", "")
        wait_until(lambda: not self.run(self.primary, "SELECT 1 FROM pg_stat_replication"), "the standby is deaf")

    def follow(self) -> None:
        """Let it follow the primary again."""
        self._set(self.standby, "primary_conninfo", f"host={self._folder(self.primary)} user=postgres")
        wait_until(self._synchronous, "the standby is waited for")

    def fail_over(self) -> None:
        """Kill the primary, and have the standby take its place; commits there wait for nobody."""
        self.primary.kill()
        self.primary, self.standby = self.standby, self.primary
        self._set(self.primary, "synchronous_standby_names", "")
        self.run(self.primary, "SELECT pg_promote(true, 30)")

    def _set(self, node: Node, name: str, value: str) -> None:
        self.run(node, f"ALTER SYSTEM SET {name} TO '{value}'")
        self.run(node, "SELECT pg_reload_conf()")

    def close(self) -> None:
        """End both."""
        for node in self._nodes:
            node.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    def _folder(self, node: Node) -> Path:
        return self.home / node.name

    def _data(self, node: Node) -> Path:
        return self._folder(node) / "data"

    def _answers(self, node: Node) -> None:
        self.run(node, "SELECT 1")

    def _do(self, program: str, *arguments: str) -> None:
        command = [str(self._binaries / "bin" / program), *arguments]
        done = subprocess.run(command, user=self._user, cwd=self.home, capture_output=True, text=True, check=False)
        if done.returncode:
            raise MissingServerError(f"{program}: {done.stderr.strip()[-500:]}")

    def _plan(self, node: Node) -> Plan:
        folder = self._folder(node)
        settings = [part for name, value in self._settings.items() for part in ("-c", f"{name}={value}")]
        return Plan(
            self.url_of(node),
            [
                str(self._binaries / "bin" / "postgres"),
                *("-D", str(self._data(node)), "-k", str(folder)),
                *settings,
            ],
            partial(self._answers, node),
            signal.SIGINT,
            self._user,
        )
