"""Ways to reach MongoDB: by a host's client, as a user with few rights, and from the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from database_servers import mongodb
from database_servers.databases import MongoDatabase, new_mongo_database
from database_servers.sharing import MissingServerError, shared
from pymongo import MongoClient
from pymongo.errors import InvalidOperation
from sqlalchemy import make_url

from customercore import CustomerCore, open_core
from customercore.cli.running import run
from customercore.errors import InvalidValueError, StorageError

NAME = {"first_name": "Ada", "last_name": "Lovelace"}


@pytest.fixture(scope="module")
def database() -> Iterator[MongoDatabase]:
    with new_mongo_database() as made:
        yield made


@pytest.mark.parametrize("sort", ["client", "database"])
def test_a_hosts_client_serves_a_core_and_outlives_it(database: MongoDatabase, sort: str) -> None:
    with MongoClient[dict[str, Any]](database.url, appname="the host") as client:
        host = client if sort == "client" else client[database.own.name]
        with open_core(engine=host, tenant=sort) as core:
            ada = core.customers.create(email="ada@example.com", **NAME)
            with client.start_session() as session, session.start_transaction():
                core.bind(session).customers.update(ada, last_name="L")
            assert core.customers.get(ada.id).last_name == "L"
            assert all(finding.ok for finding in core.check())
        assert client.admin.command("ping")["ok"] == 1
        with pytest.raises(StorageError) as caught:
            core.customers.count()
        assert caught.value.code == "store_closed"
    with open_core(database.url, tenant=sort) as again:
        assert again.customers.count() == 1


@pytest.mark.parametrize(("option", "name"), [("", "customercore"), ("appName=till-7", "till-7")])
def test_the_server_is_told_whose_connections_these_are(database: MongoDatabase, option: str, name: str) -> None:
    with open_core(make_url(database.url).update_query_string(option).render_as_string(hide_password=False)) as core:
        core.customers.count()
        idle: list[dict[str, Any]] = [{"$currentOp": {"idleConnections": True}}, {"$match": {"appName": name}}]
        assert list(database.client.admin.aggregate(idle))


def test_a_client_that_its_host_has_closed_is_told_as_an_error_of_ours(database: MongoDatabase) -> None:
    client = MongoClient[dict[str, Any]](database.url)
    with open_core(engine=client, timeout=2) as core:
        client.close()
        with pytest.raises(StorageError) as caught:
            core.customers.count()
        assert isinstance(caught.value.__cause__, InvalidOperation)


def test_a_client_that_names_no_database_is_refused(database: MongoDatabase) -> None:
    with MongoClient[dict[str, Any]](database.url.replace(database.own.name, "")) as client:
        with pytest.raises(InvalidValueError) as caught:
            open_core(engine=client)
        assert (caught.value.field, caught.value.code) == ("engine", "no_database")


def test_a_url_beside_a_client_is_one_too_many(database: MongoDatabase) -> None:
    with pytest.raises(InvalidValueError) as caught:
        open_core(database.url, engine=database.client)
    assert caught.value.field == "url"


@pytest.fixture(scope="module")
def guarded() -> str:
    """Give the address of a replica set that knows a user who owns one database, and nothing else of the server."""
    try:
        return shared("mongodb-guarded", mongodb.guarded)
    except MissingServerError as missing:
        pytest.skip(str(missing))


def opened(address: str, **options: Any) -> CustomerCore:
    return open_core(address.format(database="shop"), timeout=5, **options)


def test_the_owner_of_a_database_needs_no_other_right(guarded: str) -> None:
    with opened(guarded) as core:
        core.info_types.define("points", "integer", searchable=True)
        ada = core.customers.create(email="ada@example.com", info={"points": 3}, **NAME)
        with core.transaction() as tx:
            tx.customers.update(ada, last_name="L")
            tx.flags.define("vip")
        assert core.customers.get(ada.id).last_name == "L"
        assert [one.detail for one in core.check() if not one.ok] == []


def test_a_wrong_password_is_told_without_being_shown(guarded: str) -> None:
    with pytest.raises(StorageError) as caught:
        opened(guarded.replace(":right-one@", ":wrong-one@"))
    assert caught.value.code == "access_denied"
    assert "wrong-one" not in f"{caught.value!s}{caught.value!r}{caught.value.__cause__!r}"


def test_another_database_of_the_server_is_not_the_users(guarded: str) -> None:
    with pytest.raises(StorageError) as caught:
        open_core(guarded.format(database="other"), timeout=5)
    assert caught.value.code == "access_denied"


def test_the_command_works_on_mongodb(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with new_mongo_database() as database:
        monkeypatch.setenv("CUSTOMERCORE_URL", database.url)
        monkeypatch.chdir(tmp_path)
        Path("people.csv").write_text("email,first_name,last_name\nada@example.com,Ada,L\nnot a mailbox,Bo,E\n")

        def told(*arguments: str, code: int = 0) -> Any:
            assert run([*arguments, "--json"]) == code, capsys.readouterr()
            return json.loads(capsys.readouterr().out)

        told("init")
        report = told("import", "people.csv", "--rejects", "rejects.csv", code=3)
        assert (report["created"], report["refused"]) == (1, 1)
        assert [one["email"] for one in told("list")["items"]] == ["ada@example.com"]
        told("export", "out.csv")
        assert "ada@example.com" in Path("out.csv").read_text()
        assert all(one["ok"] for one in told("doctor")["findings"])
