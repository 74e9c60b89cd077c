"""A standby of PostgreSQL: a store that cannot be written, and one that commits wait for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from database_servers.postgresql_pair import Pair
from database_servers.sharing import MissingServerError

from customercore import CustomerCoreError, open_core
from customercore.errors import StorageUnavailableError, retryable

NAME = {"first_name": "Ada", "last_name": "Lovelace"}


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    try:
        made = Pair(18, "on")
    except MissingServerError as error:
        pytest.skip(str(error))
    yield made
    made.close()


def test_a_standby_answers_who_reads_and_says_that_it_cannot_be_written(pair: Pair) -> None:
    with open_core(pair.url) as core:
        core.customers.create(email="ada@example.com", **NAME)
    pair.caught_up()
    with open_core(pair.url_of(pair.standby), migrate="never") as core:
        assert core.customers.count() == 1
        for _ in range(2):
            with pytest.raises(CustomerCoreError) as caught:
                core.customers.create(email="bo@example.com", **NAME)
            assert (type(caught.value), caught.value.code) == (StorageUnavailableError, "store_read_only")
        assert {one.name for one in core.check() if not one.ok} == {"writable"}


@pytest.mark.parametrize("within", [None, 0.5])
def test_a_commit_that_no_standby_confirms_is_not_acknowledged(pair: Pair, within: float | None) -> None:
    email, key = f"bo.{within}@example.com", f"{within}"
    with open_core(pair.url, timeout=0.2) as core:
        core.customers.count()
        pair.hold_back()
        try:
            with pytest.raises(StorageUnavailableError) as caught:
                (core if within is None else core.with_timeout(within)).customers.create(
                    email=email, idempotency_key=key, **NAME
                )
            assert caught.value.code == "outcome_unknown"
            assert not retryable(caught.value)
        finally:
            pair.follow()
        made = core.customers.create(email=email, idempotency_key=key, **NAME)
        assert [one.version for one in core.events_of(made)] == [1]
