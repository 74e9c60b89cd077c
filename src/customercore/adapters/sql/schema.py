"""The schema's life: made once, brought up to date by Alembic, and recognised when it is not ours (ruling 20)."""

from __future__ import annotations

import secrets
from pathlib import Path

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Inspector,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    inspect,
    select,
)

from customercore.adapters.sql.connections import Connections
from customercore.adapters.sql.dialect import Dialect
from customercore.adapters.sql.shared_plans import Plans
from customercore.adapters.sql.tables import PREFIX, Tables
from customercore.adapters.sql.unalterable import guard
from customercore.domain.text import FOLD_VERSION
from customercore.errors import SchemaError, StorageError
from customercore.ports.store import Migrate

__all__ = [
    "HEAD",
    "REVISIONS",
    "UNFINISHED",
    "VERSION_TABLE",
    "create",
    "meta_value",
    "prepare",
    "revision_of",
    "upgrade",
]

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006")
"""Every schema revision that was released, oldest first; one file each in ``migrations/versions``."""
HEAD = REVISIONS[-1]
VERSION_TABLE = f"{PREFIX}schema"
_LENGTH = 32
UNFINISHED = "unfinished"
"""The revision of a store whose tables are being made, or whose making was cut off: nobody has used them yet."""


def prepare(engine: Engine, plans: Plans, dialect: Dialect, migrate: Migrate) -> None:
    """Bring the schema to `HEAD` as far as ``migrate`` allows; raise `SchemaError` otherwise."""
    if migrate == "never" and dialect.absent(engine):
        raise SchemaError("schema_missing", "there is no store: open it with migrate='create'")
    with engine.connect() as connection:
        state = revision_of(connection)
    if state in (None, UNFINISHED) and migrate == "never":
        raise SchemaError("schema_missing", "the store is empty: open it with migrate='create'")
    if state in (None, UNFINISHED):
        create(engine, plans, dialect)
    elif state not in REVISIONS:
        raise SchemaError("schema_newer", "the store is of a newer release than this one", wanted=HEAD)
    elif state != HEAD:
        if migrate != "upgrade":
            raise SchemaError(
                "schema_older",
                "the store is of an older release: back it up, then open it with migrate='upgrade'",
                found=state,
                wanted=HEAD,
            )
        upgrade(engine, dialect)
    if migrate != "never":
        dialect.settle(engine)


def revision_of(connection: Connection) -> str | None:
    """Return the revision of the store's schema, None when it has none of our tables.

    Raises `SchemaError` (``schema_foreign``) when something has our names but no revision.
    """
    found = inspect(connection)
    ours = [name for name in (*found.get_table_names(), *found.get_view_names()) if name.lower().startswith(PREFIX)]
    if not ours:
        return None
    if VERSION_TABLE in ours:
        rows = connection.exec_driver_sql(f"SELECT * FROM {VERSION_TABLE}").mappings()
        columns, row = tuple(rows.keys()), rows.first()  # asking the database about columns takes far longer
        named = "version_num" in columns
        if named and row is not None and row["version_num"] is not None:
            return str(row["version_num"])
        if named and len(ours) == 1 and _is_ours(found):
            return UNFINISHED  # making it and marking it are two steps where each change commits by itself
    raise SchemaError("schema_foreign", "the store has tables of our names that this library did not make")


def _is_ours(found: Inspector) -> bool:
    (only,) = found.get_columns(VERSION_TABLE)[:1]
    return getattr(only["type"], "length", None) == _LENGTH


def create(engine: Engine, plans: Plans, dialect: Dialect) -> None:
    """Fill an empty store with the tables of `HEAD`, all or none; nothing when somebody else just did.

    The revision is there first, as `UNFINISHED`, and last becomes `HEAD`. A creation that was cut off, on
    a database that commits each change of a schema by itself, is thus known for one, and begun anew.
    """
    version = Table(
        VERSION_TABLE,
        MetaData(),
        Column("version_num", String(_LENGTH), nullable=False),
        PrimaryKeyConstraint("version_num", name=f"{VERSION_TABLE}_pkc"),
    )
    rows = {"secret": secrets.token_hex(32), "fold": FOLD_VERSION}
    with engine.connect() as connection, dialect.migrating(connection):
        state = revision_of(connection)
        if state not in (None, UNFINISHED):
            return
        if state is not None:
            plans.tables.metadata.drop_all(connection)
            version.drop(connection)
        version.create(connection)
        connection.execute(version.insert().values(version_num=UNFINISHED))
        for definition in plans.definitions:
            connection.exec_driver_sql(definition)
        guard(connection, plans.tables.entries.name)
        connection.execute(plans.tables.meta.insert(), [{"name": name, "value": value} for name, value in rows.items()])
        connection.execute(version.update().values(version_num=HEAD))


def upgrade(engine: Engine, dialect: Dialect) -> None:
    """Run the migrations from the store's revision to `HEAD`, all or none.

    Where the database commits each change by itself, a migration can be run again from its start: it
    makes only what is not there (`migrations`).
    """
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.connect() as connection, dialect.migrating(connection):
        config.attributes["connection"] = connection
        command.upgrade(config, HEAD)


def meta_value(connections: Connections, tables: Tables, name: str) -> str:
    """Return a value of the store's meta table."""
    with connections.connect() as connection:
        value = connection.execute(select(tables.meta.c.value).where(tables.meta.c.name == name)).scalar()
    if value is None:
        raise StorageError("store_damaged", f"the store's meta row {name} is missing")
    return str(value)
