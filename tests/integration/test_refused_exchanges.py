"""Statements that go to PostgreSQL together: one that is refused leaves a connection that is as good as before."""

from __future__ import annotations

from collections.abc import Iterator

import attrs
import pytest
from database_servers.databases import new_database

from customercore import CustomerCore, open_core
from customercore.errors import ConflictError
from customercore.services.units import Work


@pytest.fixture(params=["postgresql-18", "postgresql-16"])
def core(request: pytest.FixtureRequest) -> Iterator[CustomerCore]:
    with new_database(request.param) as database, open_core(database.url) as core:
        yield core


def test_what_comes_behind_a_refused_statement_can_be_asked_again(core: CustomerCore) -> None:
    # The driver prepares what it was asked for some times: also where the server, behind an error, skips it.
    wrong, right = (core.balances.open(owner, currency="SEK") for owner in ("ada", "bo"))
    core.balances.credit(wrong, 10)

    def miscount(work: Work) -> None:
        was = work.uow.wallets.get(wrong.id, held=True)
        assert was is not None
        work.uow.wallets.save(attrs.evolve(was, version=was.version + 1, last_sequence=0), was=was)

    core.balances._context.units.write(miscount)  # noqa: SLF001  no call of ours does such a thing
    for number in range(1, 9):
        with pytest.raises(ConflictError) as caught:
            core.balances.debit(wrong, 1)
        assert caught.value.code == "write_conflict"
        assert core.balances.credit(right, 1).sequence == number
