"""Codes that are made: by the tenant's pattern, unique whatever else happens, with gaps where it must be."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from customercore import CustomerCore
from customercore.errors import DuplicateError, InvalidValueError

NAME = {"first_name": "Ada", "last_name": "Lovelace"}
MakeCore = Callable[..., CustomerCore]


def made(core: CustomerCore, number: int, **fields: Any) -> str | None:
    return core.customers.create(**{"email": f"ada{number}@example.com", **NAME, **fields}).code


def test_codes_count_up_in_the_default_pattern(core: CustomerCore) -> None:
    assert [made(core, number) for number in range(3)] == ["C0000001", "C0000002", "C0000003"]


def test_a_given_code_takes_no_number(core: CustomerCore) -> None:
    assert made(core, 1, code="mine") == "mine"
    assert made(core, 2, code="") == "C0000001"


@pytest.mark.parametrize(
    ("pattern", "code"),
    [("K-{number}", "K-1"), ("{number:03d}/x", "001/x"), ("{number:d}", "1"), ("Ö{number:02d}", "Ö01")],
)
def test_the_pattern_is_a_setting(core: CustomerCore, pattern: str, code: str) -> None:
    core.settings.update(customers={"code_pattern": pattern})
    assert made(core, 1) == code
    assert core.customers.by_code(code.lower()).code == code


def test_numbers_go_on_when_the_pattern_changes(core: CustomerCore) -> None:
    made(core, 1)
    core.settings.update(customers={"code_pattern": "K{number:02d}"})
    assert made(core, 2) == "K02"


def test_without_a_pattern_there_are_no_codes(core: CustomerCore) -> None:
    core.settings.update(customers={"code_pattern": None})
    assert core.settings.get().customers.code_pattern is None
    assert [made(core, number) for number in range(2)] == [None, None]


def test_a_code_that_is_made_has_no_blanks_around_it(core: CustomerCore) -> None:
    core.settings.update(customers={"code_pattern": "{number:5d}"})
    code = made(core, 1)
    assert code is not None
    assert code == code.strip()


def test_guests_get_no_code(core: CustomerCore) -> None:
    assert core.customers.create_guest(email="g@example.com").code is None
    assert made(core, 1) == "C0000001"


def test_codes_that_were_given_before_are_skipped(core: CustomerCore) -> None:
    made(core, 1, code="c0000001")
    made(core, 2, code="C0000003")
    assert [made(core, number) for number in (3, 4)] == ["C0000002", "C0000004"]


def test_codes_that_are_given_while_a_block_is_held_are_skipped(core: CustomerCore) -> None:
    assert made(core, 1) == "C0000001"
    made(core, 2, code="C0000002")
    made(core, 3, code="c0000004")
    assert [made(core, number) for number in (4, 5)] == ["C0000003", "C0000005"]


def test_a_whole_block_that_is_taken_is_skipped(core: CustomerCore) -> None:
    with core.transaction() as tx:
        for number in range(1, 131):
            made(tx, number, code=f"C{number:07d}")
    assert made(core, 200) == "C0000131"


def test_codes_given_in_the_same_transaction_are_skipped(core: CustomerCore) -> None:
    with core.transaction() as tx:
        made(tx, 1, code="C0000001")
        codes = [made(tx, 2), made(tx, 3)]
    assert "C0000001" not in codes
    assert core.customers.count() == 3


def test_codes_made_in_a_transaction_that_is_rolled_back_are_not_made_twice(core: CustomerCore, make: MakeCore) -> None:
    def fail() -> None:
        with core.transaction() as tx:
            made(tx, 1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    other = make()
    codes = [made(one, number) for number, one in enumerate([core, other, core, other, core])]
    assert len(set(codes)) == 5


def test_a_refused_customer_leaves_a_gap_at_most(core: CustomerCore) -> None:
    made(core, 1)
    with pytest.raises(DuplicateError):
        made(core, 1)
    with pytest.raises(InvalidValueError):
        made(core, 2, colour="red")
    assert made(core, 3) in ("C0000002", "C0000003")


def test_two_cores_of_one_store_never_make_the_same_code(make: MakeCore) -> None:
    one, other = make(), make()
    codes = [made(core, number) for number, core in enumerate([one, other] * 60)]
    assert len(set(codes)) == 120


def test_tenants_have_numbers_of_their_own(core: CustomerCore, make: MakeCore, tenant: str) -> None:
    made(core, 1)
    assert made(make(f"{tenant}-b"), 1) == "C0000001"
    assert made(core.for_tenant(f"{tenant}-c"), 1) == "C0000001"


def test_codes_are_unique_under_eight_threads_of_two_cores(make: MakeCore) -> None:
    cores = [make(), make()]
    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(lambda number: made(cores[number % 2], number), range(240)))
    assert len(set(codes)) == 240
    assert cores[0].customers.count() == 240
