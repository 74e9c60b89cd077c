"""A database of its own for each test that wants one, and a bad network before one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from database_servers.databases import Database, any_database, new_database
from wire_proxy import WireProxy, spelled_out


@pytest.fixture(params=["postgresql-18", "mariadb"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """Give an empty database on each server."""
    with new_database(request.param) as made:
        yield made


@pytest.fixture(scope="module", params=["postgresql-18", "mariadb", "mongodb"])
def proxy(request: pytest.FixtureRequest) -> Iterator[WireProxy]:
    """Stand before a database on each server, which the tests of a module share."""
    with any_database(request.param) as database, spelled_out():
        proxy = WireProxy(database.url)
        yield proxy
        proxy.close()
