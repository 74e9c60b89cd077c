"""How statements go to PostgreSQL together, and what psycopg's errors mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg

from customercore.adapters.meanings import MEANINGS, Meaning, meant
from customercore.errors import CustomerCoreError, StorageError

__all__ = ["PostgresqlPipeline", "translated"]

_READ_ONLY, _NOT_SUPPORTED = "25006", "0A000"
_SETTING = "call_bool_check_hook"
"""The server's function that refuses a setting: that is how a standby refuses to BEGIN READ WRITE."""


class PostgresqlPipeline:
    """Implements `adapters.sql.put_off.Pipeline` by those of libpq: several statements wait for the server once."""

    @contextmanager
    def opened(self, connection: Any) -> Iterator[None]:
        """Open the block whose statements go together."""
        driver = connection.driver_connection
        try:
            with driver.pipeline():
                yield
        except BaseException:
            # The server skips what comes behind an error, and psycopg takes what it was to prepare there for prepared:
            # every later use would fail (26000). It has no public way to forget; this one also tells the server to.
            driver._prepared.clear()  # noqa: SLF001
            raise

    def ask(self, cursor: Any, sql: str, arguments: Sequence[Any]) -> None:
        """Execute a statement; what begins and ends transactions is sent as it reads, for proxies and logs to see."""
        cursor.execute(sql, arguments, prepare=None if arguments else False)

    def needed(self, sql: str) -> str:
        """Have the server divide by the number of rows: none is an error, and the transaction is not committed."""
        return f"WITH kept AS ({sql}) SELECT 1 / COUNT(*) FROM kept"


def translated(error: BaseException) -> CustomerCoreError:
    """Return our error for one of psycopg's that is no violated key."""
    state = getattr(error, "sqlstate", None)
    if state is None:
        if isinstance(error, psycopg.OperationalError):
            return meant(MEANINGS[_of_no_state(str(error))])
        return StorageError("storage_error", f"the store failed: {type(error).__name__}")
    if state == _NOT_SUPPORTED and error.diag.source_function == _SETTING:  # type: ignore[attr-defined]  # psycopg's
        state = _READ_ONLY
    error.args = (f"{type(error).__name__} {state}",)
    meaning = _MEANINGS.get(state) or _CLASSES.get(state[:2])
    if meaning is not None:
        return meant(meaning)
    return StorageError("storage_error", f"the store failed: {type(error).__name__} {state}")


_MEANINGS: dict[str, Meaning] = {
    "40001": MEANINGS["lost_race"],
    "40P01": MEANINGS["lost_race"],
    "22012": MEANINGS["lost_race"],  # `PostgresqlPipeline.needed`
    "55P03": MEANINGS["busy"],
    "57014": MEANINGS["slow"],
    _READ_ONLY: MEANINGS["read_only"],
    "42501": MEANINGS["refused"],
    "42P01": MEANINGS["no_schema"],
    "42703": MEANINGS["no_schema"],
    "3D000": MEANINGS["missing"],
    "53300": MEANINGS["crowded"],
    "57P01": MEANINGS["lost"],
    "57P02": MEANINGS["lost"],
    "57P03": MEANINGS["lost"],
    "57P05": MEANINGS["lost"],
}
_CLASSES: dict[str, Meaning] = {
    "08": MEANINGS["lost"],
    "28": MEANINGS["refused"],
    "53": MEANINGS["full"],
    "XX": MEANINGS["damaged"],
}


def _of_no_state(text: str) -> str:
    """Return what a failed attempt to connect means: libpq tells it in words only, and these are the server's own."""
    if "does not exist" in text and "database" in text:
        return "missing"
    if "authentication failed" in text or "no pg_hba.conf entry" in text or "role" in text:
        return "refused"
    return "crowded" if "too many" in text or "remaining connection slots" in text else "lost"
