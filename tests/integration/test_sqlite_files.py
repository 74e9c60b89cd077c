"""SQLite files in every state: missing, foreign, newer, older, read-only, locked, damaged. Each is told clearly."""

from __future__ import annotations

import contextlib
import datetime as dt
import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from customercore import Customer, CustomerCore, where
from customercore.adapters.sql import schema
from customercore.errors import (
    CorruptRecordError,
    CustomerCoreError,
    InvalidValueError,
    SchemaError,
    StorageError,
    StorageUnavailableError,
)
from customercore.testing.fakes import FixedClock, SequentialIdentifiers
from customercore.wiring import open_core

NAME = {"first_name": "Ada", "last_name": "Lovelace"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "shop.db"


@pytest.fixture
def core(path: Path) -> Iterator[CustomerCore]:
    with at(path) as opened:
        yield opened


@pytest.fixture
def ada(core: CustomerCore) -> Customer:
    core.flags.define("vip")
    return core.customers.create(email="ada@example.com", flags=["vip"], addresses=[{"country": "SE"}], **NAME)


def at(path: Path, **options: Any) -> CustomerCore:
    return open_core(f"sqlite:///{path}", **options)


def refused(path: Path, **options: Any) -> CustomerCoreError:
    with pytest.raises(CustomerCoreError) as caught:
        at(path, **options)
    return caught.value


def run_sql(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def rows(path: Path, statement: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(statement).fetchall()


def test_a_file_in_a_folder_that_is_not_there_cannot_be_opened(tmp_path: Path) -> None:
    error = refused(tmp_path / "nowhere" / "shop.db")
    assert isinstance(error, StorageUnavailableError)
    assert error.code == "store_missing"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert refused(tmp_path).code == "store_missing"


@pytest.mark.parametrize(
    "content",
    [b"hello", b"no database at all " * 500, b"SQLite format 3\x00" + b"\x07" * 5_000, b"\x00" * 8_192],
)
def test_what_is_no_database_is_refused_and_left_alone(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    error = refused(path)
    assert isinstance(error, StorageError)
    assert error.code in ("not_a_database", "store_damaged")
    assert path.read_bytes() == content


def test_an_empty_file_is_an_empty_store(path: Path) -> None:
    path.touch()
    with at(path) as core:
        assert core.customers.count() == 0
        assert all(finding.ok for finding in core.check())


def test_the_tables_of_a_host_stay_as_they_are(path: Path) -> None:
    run_sql(path, "CREATE TABLE orders (number TEXT)", "INSERT INTO orders VALUES ('1')")
    with at(path) as core:
        core.customers.create(email="ada@example.com", **NAME)
    assert rows(path, "SELECT * FROM orders") == [("1",)]
    assert rows(path, "SELECT email FROM customercore_customers") == [("ada@example.com",)]


FOREIGN = [
    "CREATE TABLE customercore_customers (x)",
    "CREATE TABLE customercore_schema (version_num TEXT)",
    "CREATE TABLE customercore_schema (other TEXT)",
    "CREATE TABLE CUSTOMERCORE_CUSTOMERS (x)",
    "CREATE VIEW customercore_customers AS SELECT 1 AS x",
]


@pytest.mark.parametrize("statement", FOREIGN)
def test_tables_of_our_names_that_are_not_ours_are_refused(path: Path, statement: str) -> None:
    run_sql(path, statement)
    for migrate in ("create", "upgrade", "never"):
        error = refused(path, migrate=migrate)
        assert isinstance(error, SchemaError)
        assert error.code == "schema_foreign"
    assert len(rows(path, "SELECT name FROM sqlite_master")) == 1


def test_a_newer_store_is_refused(path: Path) -> None:
    at(path).close()
    run_sql(path, "UPDATE customercore_schema SET version_num = '9999'")
    for migrate in ("create", "upgrade", "never"):
        error = refused(path, migrate=migrate)
        assert isinstance(error, SchemaError)
        assert (error.code, error.details["wanted"]) == ("schema_newer", schema.HEAD)
    assert rows(path, "SELECT version_num FROM customercore_schema") == [("9999",)]


@pytest.mark.parametrize("statement", ["CREATE TABLE orders (number TEXT)", FOREIGN[0]])
def test_a_database_that_is_refused_is_left_byte_for_byte(path: Path, statement: str) -> None:
    run_sql(path, statement)
    before = path.read_bytes()
    assert refused(path, migrate="never").code in ("schema_missing", "schema_foreign")
    assert path.read_bytes() == before


@pytest.mark.parametrize("migrate", ["create", "never"])
def test_an_older_store_is_upgraded_only_when_that_is_asked_for(
    path: Path, monkeypatch: pytest.MonkeyPatch, migrate: str
) -> None:
    at(path).close()
    monkeypatch.setattr(schema, "REVISIONS", (schema.HEAD, "9998"))
    found = schema.HEAD
    monkeypatch.setattr(schema, "HEAD", "9998")
    error = refused(path, migrate=migrate)
    assert isinstance(error, SchemaError)
    assert (error.code, error.details["found"], error.details["wanted"]) == ("schema_older", found, "9998")
    assert rows(path, "SELECT version_num FROM customercore_schema") == [(found,)]


@pytest.mark.parametrize("migrate", ["create", "upgrade"])
def test_an_empty_store_is_filled(path: Path, migrate: str) -> None:
    with at(path, migrate=migrate) as core:
        assert core.customers.create(email="ada@example.com", **NAME).version == 1
    with at(path, migrate="never") as core:
        assert core.customers.count() == 1


def test_never_makes_no_file(path: Path, tmp_path: Path) -> None:
    error = refused(path, migrate="never")
    assert error.code in ("schema_missing", "store_missing")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("migrate", ["", "CREATE", None, "always", 5])
def test_no_other_word_says_what_may_be_done(path: Path, migrate: Any) -> None:
    error = refused(path, migrate=migrate)
    assert isinstance(error, InvalidValueError)
    assert error.field == "migrate"
    assert not path.exists()


def in_a_transaction(core: CustomerCore, work: Callable[[CustomerCore], object]) -> None:
    with core.transaction() as tx:
        work(tx)


def test_a_read_only_store_is_read_and_not_written(path: Path, ada: Customer, core: CustomerCore) -> None:
    with open_core(f"sqlite:///file:{path}?mode=ro&uri=true") as reader:
        assert reader.customers.get(ada) == ada
        assert reader.customers.search(where.flag("vip")).items == (ada,)
        assert reader.events_of(ada)
        assert all(finding.ok for finding in reader.check())
        writes: list[Callable[[], object]] = [
            lambda: reader.customers.create(email="eve@example.com", **NAME),
            lambda: reader.customers.update(ada, first_name="Eve"),
            lambda: reader.flags.define("late"),
            lambda: in_a_transaction(reader, lambda tx: tx.customers.update(ada, first_name="Eve")),
        ]
        for write in writes:
            with pytest.raises(StorageUnavailableError) as caught:
                write()
            assert (caught.value.code, caught.value.retryable) == ("store_read_only", False)
        assert reader.customers.get(ada) == ada
    assert core.customers.update(ada, first_name="Still").first_name == "Still"


def test_a_read_only_url_makes_no_store(path: Path) -> None:
    with pytest.raises(StorageUnavailableError) as caught:
        open_core(f"sqlite:///file:{path}?mode=ro&uri=true")
    assert caught.value.code == "store_missing"
    path.touch()
    with pytest.raises(StorageError) as empty:
        open_core(f"sqlite:///file:{path}?mode=ro&uri=true")
    assert empty.value.code in ("store_read_only", "schema_missing")


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite+pysqlite:///:memory:",
        "sqlite:///file::memory:?uri=true", "sqlite:///file:x?mode=memory&uri=true", "sqlite+nodriver:///x.db",
        "sqlite+aiosqlite:///x.db", "sqlite", "shop.db", "", "://", "oracle://x/y", "mysql://x", None, 5, b"sqlite://",
    ],
)  # fmt: skip
def test_a_url_that_names_no_store_is_refused(url: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CustomerCoreError) as caught:
        open_core(url)
    assert isinstance(caught.value, InvalidValueError)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("timeout", ["5", None, -1, [5]])
def test_a_timeout_is_a_number_of_seconds(path: Path, timeout: Any) -> None:
    with pytest.raises(InvalidValueError) as caught:
        at(path, timeout=timeout)
    assert caught.value.field == "timeout"


def test_a_store_that_stays_locked_is_told_within_the_timeout(path: Path, ada: Customer) -> None:
    with at(path, timeout=0.4) as core, closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        calls: list[Callable[[], object]] = [
            lambda: core.customers.create(email="eve@example.com", **NAME),
            lambda: core.customers.update(ada, first_name="Eve", idempotency_key="key"),
            lambda: core.flags.define("late"),
            lambda: in_a_transaction(core, lambda tx: tx.customers.count()),
        ]
        for call in calls:
            began = time.monotonic()
            with pytest.raises(StorageUnavailableError) as caught:
                call()
            waited = time.monotonic() - began
            assert (caught.value.code, caught.value.retryable) == ("store_busy", True)
            assert 0.3 < waited < 2.5
        assert core.customers.get(ada) == ada  # reading does not wait
        with at(path, timeout=0.4) as other:
            assert other.customers.count() == 1
        holder.execute("ROLLBACK")
        assert core.customers.update(ada, first_name="Eve", idempotency_key="key").first_name == "Eve"


def test_a_store_that_is_free_in_time_is_written(path: Path, ada: Customer, core: CustomerCore) -> None:
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        timer = threading.Timer(0.3, lambda: holder.execute("COMMIT"))
        timer.start()
        assert core.customers.update(ada, first_name="Eve").first_name == "Eve"
        timer.join()


def test_an_empty_file_that_is_locked_is_told_within_the_timeout(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        began = time.monotonic()
        assert refused(path, timeout=0.4).code == "store_busy"
        assert time.monotonic() - began < 3


def held(path: Path) -> list[Path]:
    """Return the files of the store that this process has open, as far as the system tells."""
    links = Path("/proc/self/fd")
    targets = [one.resolve() for one in links.iterdir()] if links.exists() else []
    return [one for one in targets if one.name.startswith(path.name) and one.parent == path.parent]


def test_what_is_closed_holds_no_file_and_may_be_opened_again(path: Path) -> None:
    core = at(path)
    ada = core.customers.create(email="ada@example.com", **NAME)
    core.close()
    core.close()
    assert held(path) == []
    try:
        assert core.customers.get(ada) == ada
    except CustomerCoreError as error:
        assert error.code  # noqa: PT017  a closed store need not answer, but must not hurt
    with at(path) as again:
        assert again.customers.get(ada) == ada


def test_a_store_that_cannot_be_opened_holds_no_file(path: Path) -> None:
    path.write_bytes(b"no database at all " * 500)
    for _ in range(3):
        refused(path)
    assert held(path) == []


@pytest.mark.parametrize(
    "document", ["{", "[]", "null", "", '{"flags": 5}', '{"created_at": "x"}', '{"addresses": [1]}']
)
def test_a_document_that_cannot_be_read_is_a_corrupt_record(
    path: Path, ada: Customer, core: CustomerCore, document: str
) -> None:
    eve = core.customers.create(email="eve@example.com", **NAME)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE customercore_customers SET document = ? WHERE id = ?", (document, ada.id))
    calls: list[Callable[[], object]] = [
        lambda: core.customers.get(ada),
        lambda: core.customers.by_email("ada@example.com"),
        core.customers.search,
        lambda: core.customers.update(ada, first_name="Eve"),
    ]
    for call in calls:
        with pytest.raises(CorruptRecordError) as caught:
            call()
        assert (caught.value.code, caught.value.details["kind"]) == ("corrupt_record", "customer")
    assert core.customers.get(eve) == eve


def test_a_corrupt_record_is_named_by_its_id(path: Path, ada: Customer, core: CustomerCore) -> None:
    run_sql(path, "UPDATE customercore_customers SET document = '{'")
    for call in (lambda: core.customers.get(ada), core.customers.search):
        with pytest.raises(CorruptRecordError) as caught:
            call()
        assert caught.value.details.get("id") == ada.id


@pytest.mark.parametrize("damage", ["personal = '{'", "changes = '[]'", "actor_kind = 'nobody'", "at = 'yesterday'"])
def test_an_event_that_cannot_be_read_is_a_corrupt_record(
    path: Path, ada: Customer, core: CustomerCore, damage: str
) -> None:
    run_sql(path, f"UPDATE customercore_events SET {damage} WHERE aggregate = 'customer'")  # noqa: S608  from above
    with pytest.raises(CorruptRecordError) as caught:
        core.events_of(ada)
    assert caught.value.details["kind"] == "event"


def test_corrupt_definitions_are_told_as_such(path: Path, ada: Customer) -> None:
    run_sql(path, "UPDATE customercore_flags SET document = '{'")
    with at(path) as core, pytest.raises(CorruptRecordError) as caught:
        core.customers.update(ada, flags=["vip"])
    assert caught.value.details["kind"] == "flag"


def test_a_table_that_was_dropped_is_told(path: Path, ada: Customer, core: CustomerCore) -> None:
    run_sql(path, "DROP TABLE customercore_events")
    with pytest.raises(StorageError) as caught:
        core.customers.update(ada, first_name="Eve")
    assert caught.value.code == "schema_missing"
    assert core.customers.get(ada) == ada
    assert [finding.name for finding in core.check() if not finding.ok] == ["store"]


@pytest.mark.parametrize("seed", range(6))
def test_a_damaged_file_is_told_or_answered_and_never_worse(path: Path, seed: int) -> None:
    dice = random.Random(seed)
    with at(path, clock=FixedClock(), identifiers=SequentialIdentifiers()) as core:
        people = [core.customers.create(email=f"p{number}@example.com", **NAME) for number in range(40)]
    content = bytearray(path.read_bytes())
    for _ in range(40):
        place = dice.randrange(4_096, len(content))
        content[place : place + 8] = dice.randbytes(8)
    path.write_bytes(bytes(content[: len(content) - seed * 1_000]))
    try:
        with at(path) as core:
            calls: list[Callable[[], object]] = [
                *(lambda one=one: core.customers.get(one) for one in people),
                *(lambda one=one: core.events_of(one) for one in people[:10]),
                lambda: core.customers.search(limit=100), core.customers.count,
                lambda: core.customers.create(email="new@example.com", **NAME), core.check,
            ]  # fmt: skip
            for call in calls:
                with contextlib.suppress(CustomerCoreError):
                    call()
    except StorageError as error:
        assert error.code  # noqa: PT017  told when opened


def test_the_store_finds_itself_in_order_and_says_when_it_is_not(path: Path, ada: Customer, core: CustomerCore) -> None:
    core.customers.update(ada, first_name="Eve")
    assert all(finding.ok for finding in core.check())
    run_sql(path, "DELETE FROM customercore_events WHERE version = 1 AND aggregate = 'customer'")
    assert [finding.name for finding in core.check() if not finding.ok] == ["events"]


def test_versions_and_events_go_together_without_gaps(path: Path, ada: Customer, core: CustomerCore) -> None:
    for number in range(5):
        core.customers.update(ada, first_name=f"Ada {number}")
        core.customers.create(email=f"p{number}@example.com", **NAME)
    gaps = rows(
        path,
        """
        SELECT c.id FROM customercore_customers c
        LEFT JOIN customercore_events e ON e.tenant = c.tenant AND e.aggregate_id = c.id
        GROUP BY c.id HAVING COUNT(e.id) != MAX(c.version) OR MAX(e.version) != MAX(c.version)
        """,
    )
    assert gaps == []


def test_a_row_can_be_read_by_a_person(path: Path, core: CustomerCore) -> None:
    made = core.customers.create(email="Ada@Example.com", birth_date=dt.date(1815, 12, 10), email_verified=True, **NAME)
    (row,) = rows(
        path,
        "SELECT tenant, id, version, email, email_verified, last_name, birth_date, status, created_at"
        " FROM customercore_customers",
    )
    moment = made.created_at.strftime("%Y-%m-%d %H:%M:%S.%f")
    assert row == ("default", made.id, 1, "Ada@Example.com", 1, "Lovelace", "1815-12-10", "active", moment)


def test_every_store_has_a_secret_of_its_own(tmp_path: Path) -> None:
    for name in ("a.db", "b.db"):
        at(tmp_path / name).close()
    secrets = {
        rows(tmp_path / name, "SELECT value FROM customercore_meta WHERE name = 'secret'")[0]
        for name in ("a.db", "b.db")
    }
    assert len(secrets) == 2


def test_tenants_share_a_file_and_nothing_else(path: Path) -> None:
    with at(path, tenant="a") as ours, at(path, tenant="b") as theirs:
        ours.customers.create(email="ada@example.com", **NAME)
        assert theirs.customers.count() == 0
        assert theirs.for_tenant("a").customers.count() == 1


def test_faults_leak_no_connection_and_no_transaction(
    path: Path, ada: Customer, core: CustomerCore, tmp_path: Path
) -> None:
    def doomed() -> None:
        with core.transaction() as tx:
            tx.customers.update(ada, first_name="Eve")
            tx.customers.create(email="ada@example.com", **NAME)

    faults: list[Callable[[], object]] = [
        lambda: core.customers.create(email="ada@example.com", **NAME),
        lambda: core.customers.create(email="nobody"),
        lambda: core.customers.update(ada, first_name="x", expected_version=9),
        lambda: core.customers.get("nobody"),
        lambda: core.customers.search(where.nobody == 1),
        lambda: core.exports.run(tmp_path / "nowhere" / "out.csv"),
        lambda: core.exports.run(tmp_path / "out.csv", where.nobody == 1),  # type: ignore[arg-type]  # what is tested
        doomed,
    ]
    before = len(held(path))
    for _ in range(40):
        for fault in faults:
            with pytest.raises(CustomerCoreError):
                fault()
    assert len(held(path)) <= before
    assert core.customers.update(ada, first_name="Still").version == 2
    with at(path, timeout=0.5) as other:
        assert other.customers.update(ada, first_name="Free").version == 3
