"""What a unit puts off, and how PostgreSQL does several statements by one."""

from __future__ import annotations

from sqlalchemy import Column, Integer, MetaData, Table

from customercore.adapters.sql.postgresql_exchanges import PostgresqlMerger
from customercore.adapters.sql.put_off import Record, Rows, Told, Waiting

WALLET, COUNTER = ("wallets", "w1"), ("counters", "definitions")
ENTRY, EVENT = Told("INSERT INTO e VALUES (%s)", ("entry",)), Told("INSERT INTO f VALUES (%s)", ("event",))


def held(record: Record, version: int) -> Told:
    return Told("SELECT 1 FROM d WHERE v = %s", (version,), record=record, needed=True, version=version, holds=True)


def changed(record: Record, version: int) -> Told:
    return Told("UPDATE a SET b = %s", (version,), record=record, needed=True, version=version)


def waiting(*told: Told) -> Waiting:
    everything = Waiting()
    for one in told:
        everything.add(one)
    return everything


def test_a_change_of_what_is_held_takes_the_place_of_holding_it() -> None:
    kept, change = held(COUNTER, 1), changed(WALLET, 3)
    assert [*waiting(held(WALLET, 3), kept, change)] == [kept, change]


def test_a_change_of_another_version_or_another_record_leaves_it_held() -> None:
    hold = held(WALLET, 3)
    for change in (changed(WALLET, 4), changed(("wallets", "w2"), 3), changed(("customers", "w1"), 3)):
        assert [*waiting(hold, change)] == [hold, change]


def test_what_is_held_twice_is_held_once() -> None:
    again = held(WALLET, 3)
    assert [*waiting(held(WALLET, 3), ENTRY, again)] == [ENTRY, again]


def test_what_only_holds_does_not_change_what_is_read() -> None:
    assert not waiting(held(WALLET, 3), held(COUNTER, 1)).changes
    assert waiting(held(WALLET, 3), ENTRY).changes
    assert waiting(changed(WALLET, 3)).changes


def test_what_was_forgotten_is_held_no_longer() -> None:
    everything = waiting(held(WALLET, 3))
    everything.clear()
    everything.add(changed(WALLET, 3))
    assert everything.changes
    assert len(everything) == 1


def test_one_statement_does_all_of_it_but_for_rows_a_record_twice_and_too_many() -> None:
    assert waiting(held(COUNTER, 1), changed(WALLET, 3), ENTRY, EVENT).mergeable() is not None
    assert waiting().mergeable() == []
    assert waiting(held(WALLET, 2), changed(WALLET, 3)).mergeable() is None
    assert waiting(*[ENTRY] * 100).mergeable() is not None
    assert waiting(*[ENTRY] * 101).mergeable() is None
    rows = waiting(ENTRY)
    rows.add_rows(Rows(Table("t", MetaData(), Column("id", Integer)), "INSERT", [(1,)]))
    assert rows.mergeable() is None


def test_postgresql_has_what_is_counted_first_and_the_others_from_their_end() -> None:
    sql, order = PostgresqlMerger().merged([ENTRY, changed(WALLET, 3), EVENT, held(COUNTER, 1)])
    assert order == (1, 3, 2, 0)
    assert sql == (
        "WITH part_0 AS (UPDATE a SET b = $1 RETURNING 1), part_1 AS (SELECT 1 FROM d WHERE v = $2), "
        "part_2 AS (INSERT INTO f VALUES ($3)), part_3 AS (INSERT INTO e VALUES ($4)) "
        "SELECT 1 / (SELECT COUNT(*) FROM part_0), 1 / (SELECT COUNT(*) FROM part_1)"
    )


def test_postgresql_is_asked_a_single_statement_as_it_is() -> None:
    assert PostgresqlMerger().merged([ENTRY]) == ("INSERT INTO e VALUES ($1)", (0,))
    sql, order = PostgresqlMerger().merged([changed(WALLET, 3)])
    assert (sql[:4], order) == ("WITH", (0,))
