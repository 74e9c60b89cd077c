"""A database of its own for each class of tests, emptied before each of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from database_servers.databases import Database, new_database


@pytest.fixture(scope="class")
def class_database(request: pytest.FixtureRequest) -> Iterator[Database]:
    with new_database(request.cls.product) as database:
        yield database


@pytest.fixture
def database(class_database: Database) -> Database:
    class_database.forget()
    return class_database
