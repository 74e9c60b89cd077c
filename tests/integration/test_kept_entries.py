"""The databases themselves refuse to change entries, and wallets that owe more than they may."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from database_servers.databases import Database, new_database, new_mongo_database
from pymongo.errors import WriteError
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

from customercore import CustomerCore
from customercore.wiring import open_core

NAME = {"first_name": "Ada", "last_name": "Lovelace"}


def credit(core: CustomerCore) -> None:
    """Give somebody 50.00 SEK of credit, of which 20.00 are held, and a limit of 10.00."""
    ada = core.customers.create(email="ada@example.com", **NAME)
    wallet = core.balances.open(ada, currency="SEK", credit_limit=10)
    core.balances.credit(wallet, 50)
    core.balances.authorize(wallet, 20)


def told(core: CustomerCore) -> str:
    """Return what the core's own check says of the entries."""
    return next(finding.detail for finding in core.check() if finding.name == "entries")


@pytest.fixture(params=["sqlite", "postgresql-18", "postgresql-16", "mariadb"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Give a database with an account in it."""
    if request.param == "sqlite":
        made = Database(make_url(f"sqlite:///{tmp_path / 'shop.db'}"))
        with open_core(made.url) as core:
            credit(core)
        yield made
        made.close()
        return
    with new_database(request.param) as made:
        with open_core(made.url) as core:
            credit(core)
        yield made


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE customercore_entries SET amount = 1",
        "UPDATE customercore_entries SET reason = 'none' WHERE sequence = 2",
        "DELETE FROM customercore_entries WHERE sequence = 2",
    ],
)
def test_no_statement_changes_or_deletes_an_entry(database: Database, statement: str) -> None:
    rows = "SELECT wallet, sequence, amount, reason FROM customercore_entries ORDER BY sequence"
    before = database.rows(rows)
    with pytest.raises(DBAPIError, match="never changed"):
        database.run(statement)
    assert database.rows(rows) == before
    with open_core(database.url) as core:
        assert told(core) == "the database refuses to change them"


REPLACED = """
INSERT OR REPLACE INTO customercore_entries (tenant, wallet, sequence, id, kind, currency, amount, balance_after, held,
    held_after, at, actor_kind)
SELECT tenant, wallet, {}, {}, kind, currency, amount, balance_after, held, held_after, at, 'system'
FROM customercore_entries WHERE sequence = 1
"""


@pytest.mark.parametrize(("number", "id"), [("1", "id"), ("1", "'other'"), ("9", "id")])
def test_sqlite_replaces_no_entry_that_has_the_number_or_the_id_of_a_new_one(
    tmp_path: Path, number: str, id: str
) -> None:
    database = Database(make_url(f"sqlite:///{tmp_path / 'shop.db'}"))
    with open_core(database.url) as core:
        credit(core)
    before = database.rows("SELECT * FROM customercore_entries")
    with pytest.raises(DBAPIError, match="is there already"):
        database.run(REPLACED.format(number, id))
    assert database.rows("SELECT * FROM customercore_entries") == before
    database.close()


@pytest.mark.parametrize(
    "change",
    [
        "posted_minor = 999",  # 20.00 are held, and 10.00 may be owed
        "held_minor = 6001",
        "held_minor = -1",
        "floor_minor = 3001",
    ],
)
def test_no_statement_lets_a_wallet_owe_more_than_it_may(database: Database, change: str) -> None:
    with pytest.raises(DBAPIError):
        database.run(f"UPDATE customercore_wallets SET {change}")  # noqa: S608  a change of ours
    assert database.rows("SELECT posted_minor, held_minor, floor_minor FROM customercore_wallets") == [
        (5000, 2000, -1000)
    ]
    database.run("UPDATE customercore_wallets SET posted_minor = 1000")  # as much as it may owe


def test_mongodb_refuses_a_wallet_that_owes_more_than_it_may_and_an_entry_of_another_shape() -> None:
    with new_mongo_database() as database:
        with open_core(database.url) as core:
            credit(core)
        wallets, entries = (database.own[f"customercore_{name}"] for name in ("wallets", "entries"))
        for change in ({"posted_minor": 999}, {"held_minor": -1}, {"floor_minor": 3001}, {"held_minor": "2000"}):
            with pytest.raises(WriteError):
                wallets.update_one({}, {"$set": change})
        wallets.update_one({}, {"$set": {"posted_minor": 1000}})
        for wrong in ({"amount": 0.5}, {"at": "today"}, {"currency": None}):
            with pytest.raises(WriteError):
                entries.update_one({}, {"$set": wrong})
