"""The store: a folder with two files, for any number of threads and processes of one machine."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection
from typing import Any

import lmdb

from customercore.adapters.key_value.deliveries import tenants_due
from customercore.adapters.key_value.ledger import tenants_with_due_wallets
from customercore.adapters.key_value.unit_of_work import KeyValueUnitOfWork
from customercore.adapters.meanings import closed
from customercore.catalogue.aggregate import Aggregate
from customercore.catalogue.catalogue import Catalogue
from customercore.errors import InvalidValueError, SchemaError
from customercore.ports.store import DURABLE, SEPARATE_WRITES, Finding, Migrate
from customercore.ports.unit_of_work import UnitOfWork
from customercore_lmdb.environment import Environment, LmdbView, environment_of

__all__ = ["LmdbStore"]

_SCHEMA, _SECRET = b"customercore.schema", b"customercore.secret"
_VERSION = b"1"


class LmdbStore:
    """Implements `ports.store.Store`. Readers wait for nobody; a writer waits for the commits of others only."""

    capabilities = frozenset({DURABLE, SEPARATE_WRITES})

    def __init__(self, path: str, catalogue: Catalogue) -> None:
        self._aggregates: dict[str, Aggregate[Any]] = {one.plural: one for one in catalogue.stored}
        self._environment: Environment | None = environment_of(path)

    def prepare(self, migrate: Migrate) -> None:
        """Bring the schema to this release's, as far as ``migrate`` allows."""
        files = self._open().files
        with files.begin(write=migrate != "never") as now:
            found = now.get(_SCHEMA)
            if found is None:
                if migrate == "never":
                    raise SchemaError("schema_missing", "the store is empty: open it with migrate='create'")
                now.put(_SCHEMA, _VERSION)
                now.put(_SECRET, secrets.token_bytes(32))
            elif found != _VERSION:
                raise SchemaError("schema_newer", "the store is of a newer release than this one", wanted="1")

    def unit(self, tenant: str, *, write: bool, within: float | None = None) -> UnitOfWork:
        """Open a unit of work. One that does not write sees committed data only and must not be committed."""
        return KeyValueUnitOfWork(LmdbView(self._open(), write=write), self._aggregates, tenant)

    def joined(self, host: object, tenant: str, *, write: bool) -> UnitOfWork:
        """Raise `InvalidValueError` (``connection``): no host has a transaction of this store."""
        raise InvalidValueError.of("connection", "not_joinable", "a store on LMDB joins nobody's transactions")

    def due(self, subscribers: Collection[str], now: dt.datetime) -> list[str]:
        """Return the tenants with a delivery to one of these subscribers that is due."""
        view = LmdbView(self._open(), write=False)
        try:
            return tenants_due(view, subscribers, now)
        finally:
            view.end()

    def due_wallets(self, now: dt.datetime) -> list[str]:
        """Return the tenants with a wallet of which something is due."""
        view = LmdbView(self._open(), write=False)
        try:
            return tenants_with_due_wallets(view, now)
        finally:
            view.end()

    def secret(self) -> bytes:
        """Return the store's own random key of 32 bytes: it signs fingerprints (ruling 19)."""
        with self._open().files.begin() as now:
            return bytes(now.get(_SECRET) or b"")

    def check(self) -> tuple[Finding, ...]:
        """Look the store over."""
        files: lmdb.Environment = self._open().files
        with files.begin() as now:
            marked = now.get(_SCHEMA) == _VERSION
        stale = files.reader_check()
        return (
            Finding("schema", ok=marked, detail="version 1" if marked else "this is no store of this release"),
            Finding("readers", ok=True, detail=f"{stale} were left behind by processes that have ended, now removed"),
            Finding("records", ok=True, detail=f"{files.stat()['entries']} keys"),
        )

    def close(self) -> None:
        """Let go of the environment. Twice is once."""
        self._environment = None

    def _open(self) -> Environment:
        if self._environment is None:
            raise closed()
        return self._environment
