"""Triggers by which a database itself refuses to change or delete the rows of entries, which only grow in number.

Whoever owns the table can still empty it as a whole (``TRUNCATE``) or drop it: that is for administrators.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

__all__ = ["NOT_ALLOWED", "TAKEN", "guard", "guarded", "statements"]

NOT_ALLOWED = 1419
"""What MariaDB answers where a binary log is written and only administrators may make triggers."""
TAKEN = "is there already"
"""How SQLite's own refusal of a row ends whose key or id another one has: to replace that fires no other trigger."""
_REFUSE = (
    "CREATE OR REPLACE FUNCTION {name}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$BEGIN RAISE EXCEPTION 'rows of {name} are never changed' USING ERRCODE = 'restrict_violation'; END$$"
)
_POSTGRESQL = (
    _REFUSE,
    "CREATE TRIGGER {name}_stay BEFORE UPDATE OR DELETE ON {name} FOR EACH ROW EXECUTE FUNCTION {name}_refuse()",
)
_REPLACED = (
    "CREATE TRIGGER IF NOT EXISTS {name}_no_replace BEFORE INSERT ON {name} WHEN "
    "EXISTS (SELECT 1 FROM {name} WHERE tenant = NEW.tenant AND wallet = NEW.wallet AND sequence = NEW.sequence) OR "
    "EXISTS (SELECT 1 FROM {name} WHERE tenant = NEW.tenant AND id = NEW.id) "
    f"BEGIN SELECT RAISE(ABORT, 'a row of {{name}} {TAKEN}'); END"
)
_CHANGED = tuple(
    f"CREATE TRIGGER IF NOT EXISTS {{name}}_no_{verb} BEFORE {verb.upper()} ON {{name}} "
    "BEGIN SELECT RAISE(ABORT, 'rows of {name} are never changed'); END"
    for verb in ("update", "delete")
)
_MARIADB = tuple(
    f"CREATE TRIGGER IF NOT EXISTS {{name}}_no_{verb} BEFORE {verb.upper()} ON {{name}} FOR EACH ROW "
    "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'rows of {name} are never changed'"
    for verb in ("update", "delete")
)
_BY_DATABASE: Mapping[str, tuple[str, ...]] = {
    "postgresql": _POSTGRESQL, "sqlite": (*_CHANGED, _REPLACED), "mariadb": _MARIADB, "mysql": _MARIADB,
}  # fmt: skip
_COUNT = {
    "postgresql": "SELECT COUNT(*) FROM pg_trigger WHERE tgrelid = to_regclass(:name) AND tgname LIKE :ours",
    "sqlite": "SELECT COUNT(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :name AND name LIKE :ours",
    "mariadb": "SELECT COUNT(*) FROM information_schema.triggers WHERE event_object_schema = DATABASE() "
    "AND event_object_table = :name AND trigger_name LIKE :ours",
}


def statements(database: str, name: str) -> list[str]:
    """Return the statements that make the triggers of a table, for a database as SQLAlchemy calls it."""
    return [one.format(name=name) for one in _BY_DATABASE[database]]


def guard(connection: Connection, name: str) -> None:
    """Make the triggers of a table, where the user may make any."""
    for statement in statements(connection.dialect.name, name):
        try:
            connection.exec_driver_sql(statement)
        except DBAPIError as error:
            if getattr(error.orig, "args", (None,))[0] != NOT_ALLOWED:
                raise


def guarded(connection: Connection, name: str) -> bool:
    """Tell whether a table has its triggers."""
    database = connection.dialect.name
    wanted = {"name": name, "ours": f"{name}%"}
    found = connection.execute(text(_COUNT["mariadb" if database == "mysql" else database]), wanted).scalar_one()
    return bool(found >= len(statements(database, name)) - (database == "postgresql"))  # one of which is a function
