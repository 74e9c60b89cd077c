"""A batch is read while the one before it is being committed: nothing of that shows."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from customercore import CustomerCore, open_core
from customercore.adapters.meanings import lost
from customercore.adapters.memory.store import MemoryStore
from customercore.adapters.memory.unit_of_work import MemoryUnitOfWork
from customercore.catalogue.query import Query
from customercore.errors import CustomerCoreError, DuplicateError
from customercore.ports.import_format import SourceRow
from customercore.ports.store import SEPARATE_WRITES
from customercore.services.commits import Behind
from customercore.services.import_batches import ImportBatches, ReadRows
from customercore.services.units import OwnUnits, Work

HEADER = "email,first_name,last_name,flags\n"


@pytest.fixture(params=["memory", "sqlite"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Name a store that two cores can share."""
    return f"memory://{tmp_path.name}" if request.param == "memory" else f"sqlite:///{tmp_path}/shop.db"


@pytest.fixture
def core(url: str) -> Iterator[CustomerCore]:
    """Open the store."""
    with open_core(url) as core:
        yield core


def file(tmp_path: Path, rows: int, flags: Callable[[int], str] = lambda _: "") -> Path:
    """Write customers numbered from 0."""
    path = tmp_path / "file.csv"
    path.write_text(HEADER + "".join(f"p{n}@example.com,Pat,Nr {n},{flags(n)}\n" for n in range(rows)), "utf-8")
    return path


def test_rows_that_were_read_by_old_definitions_are_read_again(core: CustomerCore, url: str, tmp_path: Path) -> None:
    path, other = file(tmp_path, 1500, lambda n: "vip" if n >= 1000 else ""), open_core(url)

    def define(rows: int, *_: int) -> None:
        if rows == 1000:  # the second batch has been read by now, and "vip" was no flag then
            other.flags.define("vip")

    report = core.imports.run(path, progress=define)
    assert (report.created, report.refused) == (1500, 0)
    assert sum("vip" in one.flags for one in core.customers.iterate()) == 500


def test_a_batch_that_loses_a_conflict_is_stored_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = file(tmp_path, 3)
    other = open_core("memory://conflict")
    mine = open_core("memory://conflict")
    tried, write_behind = itertools.count(1), OwnUnits.write_behind

    def meanwhile(self: OwnUnits, use_case: Callable[[Work], object]) -> object:
        def disturbed(work: Work) -> object:
            done = use_case(work)
            if next(tried) == 1:
                other.flags.define("vip")  # whoever writes holds the definitions
            return done

        return write_behind(self, disturbed)

    monkeypatch.setattr(OwnUnits, "write_behind", meanwhile)
    report = mine.imports.run(path)
    assert next(tried) == 3, "the conflict was not met, or met twice"
    assert (report.created, report.skipped) == (3, 0)
    assert [one.version for one in mine.customers.iterate()] == [1, 1, 1]
    assert len({one.code for one in mine.customers.iterate()}) == 3


@pytest.mark.parametrize("error", [lost(), DuplicateError("email")], ids=["lost", "duplicate"])
@pytest.mark.parametrize("codes_outside", [True, False])
def test_a_batch_whose_commit_is_refused_once_has_the_codes_of_one_that_was_not(
    error: CustomerCoreError, codes_outside: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, refused, commit = file(tmp_path, 250), list[int](), MemoryUnitOfWork.commit
    can = MemoryStore.capabilities - frozenset(() if codes_outside else (SEPARATE_WRITES,))
    monkeypatch.setattr(MemoryStore, "capabilities", can)

    def first_refused(unit: MemoryUnitOfWork) -> None:
        if not refused and unit.customers.count(Query()) == 250:
            refused.append(1)
            unit.rollback()
            raise error
        commit(unit)

    with open_core("memory://") as core:
        core.imports.run(path)
        right = {one.email: one.code for one in core.customers.iterate()}
    monkeypatch.setattr(MemoryUnitOfWork, "commit", first_refused)
    with open_core("memory://") as core:
        assert core.imports.run(path).created == 250
        assert refused == [1]
        assert {one.email: one.code for one in core.customers.iterate()} == right


def test_what_was_being_committed_when_the_next_batch_failed_is_kept(
    core: CustomerCore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, calls, told = ImportBatches.read, itertools.count(1), list[int]()

    def failing(self: ImportBatches, rows: Sequence[SourceRow]) -> ReadRows:
        if next(calls) == 3:
            raise KeyboardInterrupt
        return read(self, rows)

    monkeypatch.setattr(ImportBatches, "read", failing)
    with pytest.raises(KeyboardInterrupt):
        core.imports.run(file(tmp_path, 2500), progress=lambda rows, *_: told.append(rows))
    assert told == [1000, 2000]
    assert core.customers.count() == 2000


def test_no_thread_is_left(core: CustomerCore, tmp_path: Path) -> None:
    core.imports.run(file(tmp_path, 1500))
    assert not [one for one in threading.enumerate() if one.name == "customercore-behind"]


@pytest.mark.parametrize("late", [0.0, 0.05])
def test_a_row_that_changes_one_just_made_finds_it_while_those_before_are_being_stored(
    core: CustomerCore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, late: float
) -> None:
    path, run, behind = file(tmp_path, 250), vars(Behind)["_run"], list[str]()

    def slow(self: Behind) -> None:
        time.sleep(late)
        run(self)
        behind.append(threading.current_thread().name)

    monkeypatch.setattr(Behind, "_run", slow)
    with path.open("a", encoding="utf-8") as rows:
        rows.writelines(f"p{n}@example.com,Kim,Nr {n},\n" for n in (249, 120, 0, 249))
    report = core.imports.run(path, on_conflict="update")
    assert (report.created, report.updated, report.refused) == (250, 3, 0)
    assert behind, "nothing was stored beside"
    stored = {one.last_name: one for one in core.customers.iterate()}
    assert len(stored) == 250
    assert {name for name, one in stored.items() if one.first_name == "Kim"} == {"Nr 0", "Nr 120", "Nr 249"}
    for one in stored.values():
        assert [event.version for event in core.events_of(one)] == list(range(1, one.version + 1))
