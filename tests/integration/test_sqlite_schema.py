"""The schema of SQLite: what migrations build is what creating builds, and what the catalogue declares."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect

from customercore.adapters.sql import schema
from customercore.adapters.sql.sqlite import SqliteDialect
from customercore.adapters.sql.store import SqlStore
from customercore.adapters.sql.tables import tables_for
from customercore.wiring import default_catalogue, open_core


@pytest.fixture
def created(tmp_path: Path) -> Path:
    path = tmp_path / "created.db"
    open_core(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def migrated(tmp_path: Path) -> Path:
    path, dialect = tmp_path / "migrated.db", SqliteDialect()
    engine = dialect.engine(f"sqlite:///{path}", 5)
    schema.upgrade(engine, dialect)
    engine.dispose()
    return path


def engine_of(path: Path) -> Engine:
    return create_engine(f"sqlite:///{path}")


def reflected(path: Path) -> dict[str, Any]:
    """Return what the database says of its tables: columns, keys, indexes, options."""
    found = inspect(engine_of(path))
    tables: dict[str, Any] = {}
    for name in sorted(found.get_table_names()):
        tables[name] = {
            "columns": [{**one, "type": str(one["type"])} for one in found.get_columns(name)],
            "key": found.get_pk_constraint(name)["constrained_columns"],
            "indexes": sorted((_plain(one) for one in found.get_indexes(name)), key=lambda one: str(one["name"])),
            "unique": found.get_unique_constraints(name),
            "foreign": found.get_foreign_keys(name),
        }
    return tables


def _plain(index: Any) -> dict[str, Any]:
    """Return an index with its options as texts: SQLAlchemy compares clauses by identity."""
    return {**index, "dialect_options": {name: str(one) for name, one in index.get("dialect_options", {}).items()}}


def statements(path: Path) -> dict[str, str]:
    """Return the statements that made everything, without the ways to lay out and quote them."""
    with closing(sqlite3.connect(path)) as connection:
        made = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    return {name: re.sub(r"[\s\"]+", " ", sql).replace("( ", "(").replace(" )", ")").strip() for name, sql in made}


def test_migrations_from_nothing_build_what_creating_builds(created: Path, migrated: Path) -> None:
    assert reflected(migrated) == reflected(created)
    assert statements(migrated) == statements(created)


def test_both_are_at_the_head(created: Path, migrated: Path) -> None:
    for path in (created, migrated):
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("SELECT version_num FROM customercore_schema").fetchall() == [(schema.HEAD,)]


@pytest.mark.parametrize("made", ["created", "migrated"])
def test_neither_differs_from_the_catalogue(made: str, request: pytest.FixtureRequest) -> None:
    metadata = tables_for(default_catalogue(), SqliteDialect()).metadata
    options = {"version_table": schema.VERSION_TABLE, "compare_type": True, "compare_server_default": True}
    with engine_of(request.getfixturevalue(made)).connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []


def test_what_migrations_built_works(migrated: Path) -> None:
    with closing(sqlite3.connect(migrated, isolation_level=None)) as connection:
        # The rows that creating adds: no release has ever had a store without them.
        values = [("secret", "00" * 32), ("fold", "1")]
        connection.executemany("INSERT OR IGNORE INTO customercore_meta VALUES (?, ?)", values)
    with open_core(f"sqlite:///{migrated}", migrate="never") as core:
        made = core.customers.create(
            email="ada@example.com", first_name="Ada", last_name="x", tags=["t"], idempotency_key="k"
        )
        assert core.customers.get(made) == made


def test_every_released_revision_has_its_file_in_one_line() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
    script = ScriptDirectory.from_config(config)
    found = [one.revision for one in script.walk_revisions()]
    assert tuple(reversed(found)) == schema.REVISIONS
    assert script.get_heads() == [schema.HEAD]


def test_upgrading_a_store_of_this_release_changes_nothing(created: Path) -> None:
    before = statements(created)
    with open_core(f"sqlite:///{created}", migrate="upgrade") as core:
        assert all(finding.ok for finding in core.check())
    assert statements(created) == before


def test_a_migration_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "shop.db"
    monkeypatch.setattr(schema, "secrets", None)  # making the last rows raises
    store = SqlStore.at(f"sqlite:///{path}", default_catalogue(), timeout=5)
    with pytest.raises(AttributeError):
        store.prepare("create")
    store.close()
    assert statements(path) == {}
    monkeypatch.undo()
    with open_core(f"sqlite:///{path}") as core:
        assert core.customers.count() == 0


def test_the_tenant_leads_every_key_and_every_index(created: Path) -> None:
    for name, table in reflected(created).items():
        if name in ("customercore_meta", schema.VERSION_TABLE):
            continue
        assert table["key"][0] == "tenant"
        assert [index["name"] for index in table["indexes"] if index["column_names"][0] != "tenant"] == []


def test_all_names_are_ours(created: Path) -> None:
    assert [name for name in statements(created) if not name.startswith("customercore_")] == []


def test_keys_are_compared_byte_by_byte(created: Path) -> None:
    made = statements(created)
    assert not [name for name, sql in made.items() if "COLLATE" in sql.upper()]
    columns = {one["name"]: one["type"] for one in reflected(created)["customercore_customers"]["columns"]}
    keys = {name: kind for name, kind in columns.items() if name.endswith(("_key", "_sort", "_unique"))}
    assert set(keys.values()) == {"BLOB"}
    assert len(keys) > 20
