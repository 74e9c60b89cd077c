"""What a session with MariaDB is like, however the server is set up."""

from __future__ import annotations

import math

from customercore.adapters.sql.mariadb_streams import StreamingConnection
from customercore.adapters.timeouts import waits

__all__ = ["configure", "limits"]


def configure(connection: StreamingConnection, timeout: float) -> None:
    """Make every session the same, however the server is set up."""
    wait, limit = waits(timeout)
    settings = {
        "sql_mode": "'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'",
        "time_zone": "'+00:00'",
        "default_storage_engine": "InnoDB",
        **limits(wait, limit),
    }
    with connection.cursor() as cursor:
        cursor.execute("SET SESSION " + ", ".join(f"{name} = {value}" for name, value in settings.items()))
        cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")


def limits(locks: float, statement: float) -> dict[str, float]:
    """Return the settings that limit waits for locks, in whole seconds, and statements."""
    wait = math.ceil(locks)
    return {"innodb_lock_wait_timeout": wait, "lock_wait_timeout": wait, "max_statement_time": statement}
