from __future__ import annotations

import contextlib
import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from customercore import Customer, CustomerCore, open_core
from customercore.adapters.identifiers import UuidIdentifiers
from customercore.domain.report import ImportReport
from customercore.errors import ConflictError, InvalidValueError
from customercore.extension import Event, hookimpl

Write = Callable[..., str]


@pytest.fixture
def core() -> CustomerCore:
    return open_core("memory://")


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(*rows: dict[str, str], name: str = "file.csv") -> str:
        columns = list(dict.fromkeys(column for row in rows for column in row))
        with (tmp_path / name).open("w", encoding="utf-8", errors="surrogateescape", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            writer.writerows(rows)
        return str(tmp_path / name)

    return write


def person(number: int | str, **fields: str) -> dict[str, str]:
    return {"email": f"p{number}@example.com", "first_name": "Pat", "last_name": f"Nr {number}", **fields}


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    assert report.read == report.created + report.updated + report.skipped + report.refused
    return report.created, report.updated, report.skipped, report.refused


def everybody(core: CustomerCore) -> list[Customer]:
    return list(core.customers.iterate(status="any", sort="email"))


def codes(report: ImportReport) -> list[tuple[int, str, str]]:
    return [(one.line, one.field, one.code) for one in report.refusals]


def test_every_row_ends_up_created_skipped_or_refused(core: CustomerCore, write: Write) -> None:
    report = core.imports.run(write(person(1), person(2, email=""), person(1, email="P1@EXAMPLE.com"), person(3)))
    assert counts(report) == (2, 0, 1, 1)
    assert codes(report) == [(3, "email", "required")]
    assert [one.email for one in everybody(core)] == ["p1@example.com", "p3@example.com"]


def test_each_customer_has_its_event_and_its_code(core: CustomerCore, write: Write) -> None:
    core.imports.run(write(person(1), person(2, code="MINE")))
    first, second = everybody(core)
    assert (first.code, second.code) == ("C0000001", "MINE")
    (event,) = core.events_of(first)
    assert (event.type, event.version, event.personal["email"]) == ("customer.created", 1, (None, "p1@example.com"))


def test_a_refused_row_does_not_stand_in_the_way_of_a_good_one(core: CustomerCore, write: Write) -> None:
    report = core.imports.run(write(person(1, last_name=""), person(1)))
    assert counts(report) == (1, 0, 0, 1)


def test_what_is_doubtful_is_kept_and_told(core: CustomerCore, write: Write) -> None:
    row = person(1, phones="12", **{"address.country": "SE", "address.postcode": "x"})
    report = core.imports.run(write(row))
    assert counts(report) == (1, 0, 0, 0)
    assert {("phones[0]", "invalid_phone"), ("addresses[0].postcode", "invalid_postcode")} <= {
        (one.field, one.code) for one in report.warnings
    }
    assert report.warned == len(report.warnings)


def test_a_rerun_changes_nothing(core: CustomerCore, write: Write) -> None:
    path = write(person(1, code="A", **{"address.city": "Oslo", "address.country": "NO"}), person(2))
    core.imports.run(path)
    before = everybody(core)
    for on_conflict in ("skip", "update"):
        assert counts(core.imports.run(path, on_conflict=on_conflict)) == (0, 0, 2, 0)
    assert everybody(core) == before


def test_a_dry_run_reports_the_same_and_stores_nothing(core: CustomerCore, write: Write) -> None:
    rows = [person(number % 1500) for number in range(3000)]
    path = write(*rows, person("x", email=""))
    dry = core.imports.run(path, dry_run=True)
    assert not everybody(core)
    wet = core.imports.run(path)
    assert dry.dry_run
    assert counts(dry) == counts(wet) == (1500, 0, 1500, 1)
    assert core.customers.create(email="z@example.com", first_name="Z", last_name="Z").code == "C0001501"


def test_an_update_changes_the_fields_that_have_a_value(core: CustomerCore, write: Write) -> None:
    core.imports.run(write(person(1, company_name="Tea AB", phones="+46 8 12345678")))
    report = core.imports.run(write(person(1, company_name=" ", first_name="Kim")), on_conflict="update")
    assert counts(report) == (0, 1, 0, 0)
    (kim,) = everybody(core)
    assert (kim.first_name, kim.company_name, kim.phones, kim.version) == ("Kim", "Tea AB", ("+46 8 12345678",), 2)
    assert [event.type for event in core.events_of(kim)] == ["customer.created", "customer.updated"]


def test_an_update_needs_only_the_columns_that_change(core: CustomerCore, write: Write) -> None:
    core.imports.run(write(person(1, code="A")))
    report = core.imports.run(
        write({"code": "a", "language": "sv"}, {"code": "B", "language": "sv"}), on_conflict="update"
    )
    assert counts(report) == (0, 1, 0, 1)
    assert everybody(core)[0].language == "sv"


def test_an_update_merges_addresses_into_the_book(core: CustomerCore, write: Write) -> None:
    oslo = {"address.city": "Oslo", "address.country": "NO"}
    core.imports.run(write(person(1, **oslo)))
    core.imports.run(write(person(1, **{"address.city": "Lund", "address.country": "SE"})), on_conflict="update")
    core.imports.run(write(person(1, **oslo)), on_conflict="update")
    (one,) = everybody(core)
    assert [address.city for address in one.addresses] == ["Oslo", "Lund"]
    assert one.addresses[0].default_for == {"invoice", "delivery"}


def test_an_update_may_change_the_customer_that_an_earlier_row_made(core: CustomerCore, write: Write) -> None:
    rows = [person(1, code="A"), person(2, code="a"), person(1), person(3, code="A", email="p2@example.com")]
    dry = core.imports.run(write(*rows), on_conflict="update", dry_run=True)
    report = core.imports.run(write(*rows), on_conflict="update")
    assert counts(report) == counts(dry) == (2, 2, 0, 0)
    first, second = everybody(core)
    assert (first.email, first.code) == ("p1@example.com", "C0000001")
    assert (second.email, second.last_name, second.version) == ("p2@example.com", "Nr 3", 3)


def test_an_update_that_is_not_valid_is_refused_and_changes_nothing(core: CustomerCore, write: Write) -> None:
    core.imports.run(write(person(1)))
    report = core.imports.run(write(person(1, first_name="Kim", birth_date="x")), on_conflict="update")
    assert codes(report) == [(2, "birth_date", "wrong_type")]
    assert everybody(core)[0].first_name == "Pat"


@pytest.mark.parametrize("on_conflict", ["skip", "update"])
def test_a_row_between_two_customers_is_refused(on_conflict: str, core: CustomerCore, write: Write) -> None:
    core.imports.run(write(person(1, code="A"), person(2, code="B")))
    report = core.imports.run(write(person(1, code="B")), on_conflict=on_conflict)
    assert codes(report) == [(2, "row", "ambiguous")]


def test_a_conflict_may_end_the_import_and_the_batches_before_it_stay(core: CustomerCore, write: Write) -> None:
    rows = [person(number) for number in range(1500)]
    with pytest.raises(ConflictError) as caught:
        core.imports.run(write(*rows, person(7)), on_conflict="fail")
    assert caught.value.code == "import_conflict"
    assert caught.value.details["line"] == 1502
    assert core.customers.count() == 1000


def test_a_code_that_was_given_away_is_refused_and_not_skipped(core: CustomerCore, write: Write) -> None:
    rows = [person(number) for number in range(1000)]  # a batch
    report = core.imports.run(write(*rows, person("x", code="C0000003"), person("y", code="C0001001")))
    assert counts(report) == (1001, 0, 0, 1)
    assert codes(report) == [(1002, "code", "duplicate_code")]


def test_a_code_is_not_given_away_when_a_row_of_the_same_chunk_names_it(core: CustomerCore, write: Write) -> None:
    report = core.imports.run(write(person(1), person(2, code="C0000001")))
    assert counts(report) == (2, 0, 0, 0)
    assert [one.code for one in everybody(core)] == ["C0000002", "C0000001"]


def test_where_the_scope_is_the_shop_one_mailbox_may_be_in_two(core: CustomerCore, write: Write) -> None:
    core.settings.update(email={"scope": "shop"})
    for shop in ("se", "no"):
        core.shops.create(shop)
    path = write(person(1, shop="se"), person(1, shop="no"), person(1, shop="SE"))
    assert counts(core.imports.run(path)) == (2, 0, 1, 0)


def test_progress_is_told_after_each_batch(core: CustomerCore, write: Write) -> None:
    told: list[tuple[int, int, int]] = []
    path = write(*(person(number) for number in range(1001)))
    core.imports.run(path, progress=lambda *so_far: told.append(so_far))
    size = Path(path).stat().st_size
    assert [rows for rows, _, _ in told] == [1000, 1001]
    assert told[-1] == (1001, size, size)


@pytest.mark.parametrize(
    ("arguments", "field", "code"),
    [
        ({"on_conflict": "merge"}, "on_conflict", "unknown_choice"),
        ({"format": "xlsx"}, "format", "unknown_format"),
        ({"format": "csv"}, "mapping", "required"),
        ({"format": "shopify", "mapping": "m.toml"}, "mapping", "not_allowed"),
        ({"path": "none.csv"}, "path", "file_not_found"),
        ({"delimiter": "::"}, "delimiter", "invalid_delimiter"),
    ],
)
def test_wrong_arguments_are_named(
    arguments: dict[str, Any], field: str, code: str, core: CustomerCore, write: Write
) -> None:
    with pytest.raises(InvalidValueError) as caught:
        core.imports.run(**{"path": write(person(1)), **arguments})
    assert (caught.value.field, caught.value.code) == (field, code)


def test_inside_a_transaction_the_import_is_part_of_it(core: CustomerCore, write: Write) -> None:
    path = write(*(person(number) for number in range(1200)))
    with contextlib.suppress(ZeroDivisionError), core.transaction() as tx:
        assert tx.imports.run(path).created == 1200
        raise ZeroDivisionError
    assert core.customers.count() == 0
    with core.transaction() as tx:
        tx.customers.create(email="p7@example.com", first_name="P", last_name="Q")
        assert counts(tx.imports.run(path, dry_run=True)) == (1199, 0, 1, 0)
        assert counts(tx.imports.run(path)) == (1199, 0, 1, 0)
    assert core.customers.count() == 1200


class Listener:
    """A plug-in that notes what it hears of."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, int]] = []

    @hookimpl
    def customercore_on_event(self, event: Event) -> None:
        self.heard.append((event.type, event.version))


def test_listeners_hear_of_what_was_imported(write: Write) -> None:
    listener = Listener()
    core = open_core("memory://", plugins=[listener])
    core.imports.run(write(person(1), person(2, email="")), dry_run=True)
    core.imports.run(write(person(1), person(2), person(1, first_name="Kim")), on_conflict="update")
    assert sorted(listener.heard) == [("customer.created", 1), ("customer.created", 1), ("customer.updated", 2)]


class Racing:
    """Makes identifiers, and once lets somebody else go first: in the middle of the unit of an import."""

    def __init__(self, after: int, race: Callable[[], object]) -> None:
        self._after = after
        self._race = race
        self._own = UuidIdentifiers()

    def new(self) -> str:
        self._after -= 1
        if self._after == 0:
            self._race()
        return self._own.new()


def test_a_race_for_a_key_costs_one_row_and_not_the_batch(write: Write) -> None:
    other = open_core("memory://race")

    def race() -> None:
        other.customers.create(email="p1@example.com", first_name="First", last_name="Come", code="MINE")

    # Three rows need three pairs of ids before the unit opens; the seventh is that of an address, inside it.
    mine = open_core("memory://race", identifiers=Racing(7, race))
    address = {"address.country": "NO", "address.city": "Oslo"}
    report = mine.imports.run(write(person(1, code="A", **address), person(2, code="B"), person(3, code="C")))
    assert counts(report) == (2, 0, 1, 0)
    assert [one.code for one in everybody(mine)] == ["MINE", "B", "C"]


def test_the_report_is_plain_data_when_asked(core: CustomerCore, write: Write) -> None:
    report = core.imports.run(write(person(1, email="")))
    assert report.as_dict()["refusals"] == [{"line": 2, "field": "email", "code": "required", "message": "is needed"}]
    assert "p1" not in repr(report)


def test_equal_guests_of_one_file_are_all_made_however_many_rows_are_between_them(tmp_path: Path) -> None:
    path = tmp_path / "guests.csv"
    path.write_text("email,kind\n" + "".join(f"g{number % 3}@example.com,guest\n" for number in range(2_500)), "utf-8")
    with open_core("memory://") as core:
        assert counts(core.imports.run(path, dry_run=True)) == (2_500, 0, 0, 0)
        assert counts(core.imports.run(path)) == (2_500, 0, 0, 0)
        assert counts(core.imports.run(path)) == (0, 0, 2_500, 0)
