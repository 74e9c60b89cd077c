"""The schema on PostgreSQL and MariaDB: migrations build what creating builds, and what was cut off goes on."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from database_servers.databases import Database, new_database
from first_customers import expect, fill, stopped
from sqlalchemy import create_engine, inspect

from customercore.adapters.sql import schema
from customercore.adapters.sql.store import dialect_of
from customercore.adapters.sql.tables import TERMS, tables_for
from customercore.errors import DuplicateError, SchemaError
from customercore.wiring import default_catalogue, open_core

ROOT = Path(__file__).parents[2]
STORED = Path(__file__).parent / "schemas"
NAME = {"first_name": "Ada", "last_name": "Lovelace"}
TWO = pytest.mark.parametrize("product", ["postgresql-18", "postgresql-16", "mariadb"])


@pytest.fixture
def two(product: str) -> Iterator[tuple[Database, Database]]:
    """Give a database whose schema was created, and one whose schema was migrated to."""
    with new_database(product) as created, new_database(product) as migrated:
        open_core(created.url).close()
        upgrade(migrated.url)
        yield created, migrated


def upgrade(url: str) -> None:
    dialect = dialect_of(url)
    engine = dialect.engine(url, 10)
    schema.upgrade(engine, dialect)
    engine.dispose()


def reflected(database: Database) -> dict[str, Any]:
    """Return what the database says of its tables: columns, collations, keys, indexes, checks."""
    engine = create_engine(database.url)
    found, tables = inspect(engine), {}
    for name in sorted(found.get_table_names()):
        tables[name] = {
            "columns": [{**one, "type": repr(one["type"])} for one in found.get_columns(name)],
            "key": found.get_pk_constraint(name)["constrained_columns"],
            "indexes": sorted(
                [{**one, "dialect_options": str(one.get("dialect_options"))} for one in found.get_indexes(name)],
                key=lambda one: str(one["name"]),
            ),
            "unique": found.get_unique_constraints(name),
            "checks": found.get_check_constraints(name),
        }
    engine.dispose()
    return tables


@TWO
def test_migrations_from_nothing_build_what_creating_builds(two: tuple[Database, Database]) -> None:
    created, migrated = two
    assert reflected(migrated) == reflected(created)
    assert len(reflected(created)) > 10


@TWO
def test_neither_differs_from_the_catalogue(two: tuple[Database, Database]) -> None:
    options = {"version_table": schema.VERSION_TABLE, "compare_type": True, "compare_server_default": True}
    for database in two:
        metadata = tables_for(default_catalogue(), dialect_of(database.url)).metadata
        engine = create_engine(database.url)
        with engine.connect() as connection:
            assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []
        engine.dispose()


@TWO
def test_every_key_and_every_index_leads_with_the_tenant(two: tuple[Database, Database]) -> None:
    for name, table in reflected(two[0]).items():
        if name in ("customercore_meta", schema.VERSION_TABLE):
            continue
        assert table["key"][0] == "tenant"
        first = {index["column_names"][0] for index in table["indexes"]}
        assert first <= {"tenant", TERMS}  # each lexeme begins with its tenant


@TWO
def test_no_locale_compares_ids_codes_and_keys(two: tuple[Database, Database]) -> None:
    for table in reflected(two[0]).values():
        for column in table["columns"]:
            name, type_ = column["name"], column["type"]
            if name.endswith(("_key", "_sort", "_unique")) or (name in ("term", "key") and "VARCHAR" not in type_):
                assert re.match(r"BYTEA|VARBINARY|TEXT\(.*nopad_bin|VARCHAR\(collation='C'", type_), (name, type_)
            elif name in ("tenant", "id", "code", "aggregate", "aggregate_id"):
                assert "collation='C'" in type_ or "utf8mb4_nopad_bin" in type_, (name, type_)


@pytest.fixture(params=["sqlite", "postgresql-18", "postgresql-16", "mariadb"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, Database | None]]:
    """Give the URL of an empty store, and its database where it is on a server."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'shop.db'}", None
        return
    with new_database(request.param) as database:
        yield database.url, database


def restore(revision: str, url: str, database: Database | None) -> None:
    """Fill an empty store with what a release has stored."""
    product = url.partition(":")[0].partition("+")[0]
    text = (STORED / revision / f"{product}.sql").read_text(encoding="utf-8")
    if database is None:
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            connection.executescript(text)
    else:
        database.run(*(one.replace("%", "%%") for one in re.split(r";\n", text) if one.strip()))


@pytest.mark.parametrize("revision", schema.REVISIONS)
def test_a_store_of_every_release_can_be_upgraded(revision: str, empty: tuple[str, Database | None]) -> None:
    restore(revision, *empty)
    with open_core(empty[0], migrate="upgrade") as core:
        expect(core)
        made = core.customers.create(email="new@example.com", **NAME)
        assert core.customers.get(made) == made
        with pytest.raises(DuplicateError) as caught:
            core.customers.create(email="new@example.com", code=made.code, **NAME)
        assert caught.value.field == "code", "of two that are taken the same is told of as in a new store"
    with open_core(empty[0], migrate="never") as core:
        assert core.customers.count() == 3


def test_a_stored_schema_is_what_this_release_fills(empty: tuple[str, Database | None]) -> None:
    with open_core(empty[0], **stopped()) as core:
        fill(core)
        expect(core)


@TWO
def test_an_upgraded_store_has_the_schema_of_a_new_one(product: str) -> None:
    with new_database(product) as old, new_database(product) as new:
        restore(schema.REVISIONS[0], old.url, old)
        for database in (old, new):
            open_core(database.url, migrate="upgrade").close()
        assert reflected(old) == reflected(new)


# Makes the schema, and dies before its statement of this number.
DYING = """
import os, signal, sys
from sqlalchemy import event
from sqlalchemy.engine import Engine
from customercore.adapters.sql import schema
from customercore.adapters.sql.store import dialect_of
from customercore.wiring import open_core

how, url, number = sys.argv[1], sys.argv[2], int(sys.argv[3])
left = [number]

@event.listens_for(Engine, "before_cursor_execute")
def count(connection, cursor, statement, *rest):
    if statement.lstrip().upper().startswith(("CREATE", "INSERT", "UPDATE", "DROP", "ALTER")):
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

if how == "create":
    open_core(url)
else:
    dialect = dialect_of(url)
    schema.upgrade(dialect.engine(url, 10), dialect)
"""


def dies(how: str, url: str, number: int) -> bool:
    """Let a process make the schema and die on the way; tell whether it did."""
    path = os.pathsep.join([str(ROOT / "src"), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        [sys.executable, "-c", DYING, how, url, str(number)],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        check=False,
    )
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode != 0


@pytest.mark.parametrize("number", [1, 2, 3, 9, 30, 58])
def test_a_creation_that_was_killed_is_begun_anew(database: Database, number: int) -> None:
    assert dies("create", database.url, number)
    with pytest.raises(SchemaError) as caught:
        open_core(database.url, migrate="never")
    assert caught.value.code == "schema_missing"
    with open_core(database.url) as core:
        assert core.customers.create(email="ada@example.com", **NAME).version == 1
        assert [finding for finding in core.check() if not finding.ok] == []
    assert not dies("create", database.url, 1)  # there is nothing left to make


@pytest.mark.parametrize("number", [1, 3, 9, 30, 58])
def test_a_migration_that_was_killed_can_be_run_again(database: Database, number: int) -> None:
    assert dies("upgrade", database.url, number)
    upgrade(database.url)
    metadata = tables_for(default_catalogue(), dialect_of(database.url)).metadata
    engine = create_engine(database.url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": schema.VERSION_TABLE})
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == schema.HEAD
    engine.dispose()


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 6])
def test_an_upgrade_that_was_killed_is_gone_on_with(database: Database, number: int) -> None:
    restore("0004", database.url, database)  # the upgrades behind it have the most steps
    assert dies("upgrade", database.url, number)
    with pytest.raises(SchemaError) as caught:
        open_core(database.url)
    assert caught.value.code == "schema_older"
    with open_core(database.url, migrate="upgrade") as core:
        expect(core)
    assert not dies("upgrade", database.url, 1)  # there is nothing left to make


def test_tables_of_our_names_that_are_not_ours_are_refused(database: Database) -> None:
    database.run("CREATE TABLE customercore_customers (x INTEGER)")
    for migrate in ("create", "upgrade", "never"):
        with pytest.raises(SchemaError) as caught:
            open_core(database.url, migrate=migrate)
        assert caught.value.code == "schema_foreign"
    assert database.rows("SELECT COUNT(*) FROM customercore_customers") == [(0,)]


def test_a_store_of_a_newer_release_is_refused(database: Database) -> None:
    open_core(database.url).close()
    database.run("UPDATE customercore_schema SET version_num = '9999'")
    with pytest.raises(SchemaError) as caught:
        open_core(database.url)
    assert caught.value.code == "schema_newer"
