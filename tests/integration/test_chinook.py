"""The Chinook customers, by their mapping as it stands, on every store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from database_servers.databases import any_database

from customercore import CustomerCore, open_core, where
from customercore.errors import InvalidValueError


def _shared_data() -> Path | None:
    for folder in Path(__file__).resolve().parents:
        found = folder.parent / "shared" / "data"
        if (found / "chinook_customers.csv").exists():
            return found
    return None


DATA = _shared_data()
if DATA is None:
    pytest.skip("the Chinook file (../shared/data) is not on this machine", allow_module_level=True)
CUSTOMERS, MAPPING = DATA / "chinook_customers.csv", DATA / "chinook.mapping.toml"


@pytest.fixture(params=["memory", "sqlite", "postgresql-18", "mariadb", "mongodb"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param in ("memory", "sqlite"):
        yield "memory://" if request.param == "memory" else f"sqlite:///{tmp_path / 'chinook.db'}"
        return
    with any_database(request.param) as database:
        yield database.url


@pytest.fixture
def core(url: str) -> Iterator[CustomerCore]:
    with open_core(url) as core:
        core.info_types.define("support_rep", "integer", searchable=True)
        yield core


def test_all_of_them_come_in_and_none_is_refused(core: CustomerCore) -> None:
    report = core.imports.run(CUSTOMERS, mapping=MAPPING)
    assert (report.read, report.created, report.refused) == (59, 59, 0)
    assert report.ignored == ()
    assert {one.code for one in report.warnings} <= {
        "invalid_phone",
        "invalid_postcode",
        "missing_part",
        "unknown_region",
    }
    assert 9 <= report.warned <= 13


def test_they_are_what_the_file_says(core: CustomerCore) -> None:
    core.imports.run(CUSTOMERS, mapping=MAPPING)
    luis = core.customers.by_code("ch-1")
    assert (luis.full_name, luis.customer_type, luis.info) == ("Luís Gonçalves", "business", {"support_rep": 3})
    assert luis.phones == ("+55 (12) 3923-5555", "+55 (12) 3923-5566")
    (address,) = luis.addresses
    assert (address.city, address.country, address.postcode) == ("São José dos Campos", "BR", "12227-000")
    assert address.default_for == {"invoice", "delivery"}
    assert core.customers.by_email("LEONEKOHLER@surfeu.de").customer_type == "private"
    assert sum(core.customers.count(where.info("support_rep") == rep) for rep in (3, 4, 5)) == 59


def test_without_the_definition_of_its_info_type_nothing_is_read(tmp_path: Path) -> None:
    with open_core("memory://") as core:
        with pytest.raises(InvalidValueError) as caught:
            core.imports.run(CUSTOMERS, mapping=MAPPING, rejects=tmp_path / "rejects.csv")
        assert (caught.value.field, caught.value.code) == ("customer.info.support_rep", "unknown_field")
        assert "core.info_types.define" in caught.value.problems[0].message
        assert core.customers.count() == 0
        assert not list(tmp_path.iterdir())


def test_a_dry_run_stores_nothing_and_a_rerun_changes_nothing(core: CustomerCore) -> None:
    assert core.imports.run(CUSTOMERS, mapping=MAPPING, dry_run=True).created == 59
    assert core.customers.count() == 0
    core.imports.run(CUSTOMERS, mapping=MAPPING)
    for on_conflict in ("skip", "update"):
        assert core.imports.run(CUSTOMERS, mapping=MAPPING, on_conflict=on_conflict).skipped == 59
    assert core.customers.count() == 59
    assert len(core.events_of(core.customers.by_code("CH-1"))) == 1


@pytest.mark.parametrize("format_", ["csv", "jsonl"])
def test_every_store_writes_the_same_bytes_and_reads_them_back(format_: str, url: str, tmp_path: Path) -> None:
    written = []
    for number, each in enumerate(("memory://", url)):
        with open_core(each) as core:
            core.info_types.define("support_rep", "integer")
            core.imports.run(CUSTOMERS, mapping=MAPPING)
            core.exports.run(tmp_path / f"{number}.{format_}", format_)
            written.append((tmp_path / f"{number}.{format_}").read_bytes())
    with open_core(url, tenant="another") as core:
        core.info_types.define("support_rep", "integer")
        assert core.imports.run(tmp_path / f"0.{format_}").created == 59
        core.exports.run(tmp_path / f"2.{format_}", format_)
        written.append((tmp_path / f"2.{format_}").read_bytes())
    assert written[0] == written[1] == written[2]
    assert written[0].count(b"\n") == 59 + (format_ == "csv")
