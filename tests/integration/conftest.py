"""A database of its own for each test that wants one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from database_servers.databases import Database, new_database


@pytest.fixture(params=["postgresql-18", "mariadb"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """Give an empty database on each server."""
    with new_database(request.param) as made:
        yield made
