"""Cursors are opaque, belong to their search, and do no harm when they are tampered with."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customercore import CustomerCore, System, where
from customercore.errors import CustomerCoreError, InvalidValueError
from customercore.testing.fakes import SequentialIdentifiers

MakeCore = Callable[..., CustomerCore]
NAME = {"first_name": "Ada"}


def fill(core: CustomerCore, *words: str) -> None:
    for word in words or ("a", "b", "c", "d"):
        core.customers.create(email=f"{word}@example.com", last_name=word, **NAME)


def cursor_of(core: CustomerCore, **options: Any) -> str:
    page = core.customers.search(limit=1, **options)
    assert page.next is not None
    return page.next


def opened(cursor: str) -> list[Any]:
    text: list[Any] = json.loads(base64.urlsafe_b64decode(cursor + "=="))
    return text


def closed(*parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def test_a_cursor_goes_on_with_any_limit_and_by_any_core(core: CustomerCore, make: MakeCore) -> None:
    fill(core)
    cursor = cursor_of(core)
    assert [one.last_name for one in make().customers.search(cursor=cursor, limit=2)] == ["b", "c"]
    assert [one.last_name for one in core.customers.search(cursor=cursor, with_total=True)] == ["b", "c", "d"]


@pytest.mark.parametrize(
    "other",
    [
        {"sort": "first_name"}, {"sort": "-last_name"}, {"sort": ["last_name", "id"]}, {"sort": []}, {"status": "any"},
        {"criteria": where.last_name > "a"}, {"criteria": where.kind == "registered"}, {"shop": "se"},
    ],
)  # fmt: skip
def test_a_cursor_of_another_search_is_refused(core: CustomerCore, other: dict[str, Any]) -> None:
    core.shops.create("se")
    fill(core)
    with pytest.raises(InvalidValueError) as caught:
        core.customers.search(cursor=cursor_of(core), **other)
    assert (caught.value.field, caught.value.code) == ("cursor", "cursor_mismatch")


@pytest.mark.parametrize("value", ["1", 1, True, "x"])
def test_values_of_other_types_make_other_searches(core: CustomerCore, value: Any) -> None:
    fill(core)
    cursor = cursor_of(core, criteria=where.last_name != "zz")
    with pytest.raises(InvalidValueError):
        core.customers.search(where.last_name != value, cursor=cursor)


GARBAGE: list[Any] = [
    "", " ", "x", "====", "ä", "\x00", "\ud800", "a" * 10_000, "%", "{}", b"abc", 5, True, ["x"], {"$gt": ""}, 1.5,
    closed(), closed(1, 2, 3), closed("a", "b"), closed("a", "b", "c"), closed("a", "b", []), closed("a", 5, []),
    base64.urlsafe_b64encode(b"[" * 100_000).decode(), base64.urlsafe_b64encode(b'{"a":1,"b":2,"c":3}').decode(),
    base64.urlsafe_b64encode(b"\xff\xfe").decode(), base64.urlsafe_b64encode(b"null").decode(),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(GARBAGE)))
def test_garbage_is_no_cursor(core: CustomerCore, number: int) -> None:
    fill(core)
    with pytest.raises(InvalidValueError) as caught:
        core.customers.search(cursor=GARBAGE[number])
    assert caught.value.field == "cursor"
    assert caught.value.code in ("invalid_cursor", "cursor_mismatch")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_any_text_is_refused(core: CustomerCore, cursor: str) -> None:
    with pytest.raises(InvalidValueError):
        core.customers.search(cursor=cursor)


TAMPERED: list[Any] = [
    2**70, -(2**70), 2**63, True, None, "x", "\ud800", "a\x00b", 1.5, [], {}, "2026-01-01", "2026-01-01T00:00:00",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "x" * 10_000, "\U0001f600",
]  # fmt: skip


@pytest.mark.parametrize(
    "sort", ["version", "last_name", "created_at", "birth_date", "email_verified", "id", "-status", "-last_name"]
)
def test_a_cursor_that_was_tampered_with_gives_a_page_or_is_refused(core: CustomerCore, sort: str) -> None:
    fill(core)
    digest, id, values = opened(cursor_of(core, sort=sort))
    forged = [closed(digest, id, [value]) for value in TAMPERED]
    forged += [closed(digest, other, values) for other in ("", "\ud800", "a\x00", "x" * 10_000, "~")]
    forged += [closed(digest, id, more) for more in ([], [*values, *values], [values])]
    ends = []
    for cursor in forged:
        try:
            ends.append(f"{len(core.customers.search(sort=sort, cursor=cursor))} found")
        except InvalidValueError as error:
            ends.append(error.code)
        except Exception as error:  # noqa: BLE001  whatever it is, it is told
            ends.append(f"leaked {type(error).__name__}")
    assert [end for end in ends if end.startswith("leaked")] == []


def test_a_cursor_of_another_tenant_is_refused(make: MakeCore, tenant: str) -> None:
    ours, theirs = make(identifiers=SequentialIdentifiers()), make(f"{tenant}-b", identifiers=SequentialIdentifiers())
    fill(ours)
    fill(theirs, "a", "bb", "cc")
    for cursor in (cursor_of(theirs), cursor_of(ours.for_tenant(f"{tenant}-b"))):
        with pytest.raises(InvalidValueError) as caught:
            ours.customers.search(cursor=cursor)
        assert (caught.value.field, caught.value.code) == ("cursor", "cursor_mismatch")
        assert [one.last_name for one in theirs.customers.search(cursor=cursor)] == ["bb", "cc"]


def test_a_cursor_goes_on_in_a_transaction_and_for_another_actor(core: CustomerCore) -> None:
    fill(core)
    cursor = cursor_of(core)
    with core.transaction() as tx:
        assert [one.last_name for one in tx.customers.search(cursor=cursor, limit=1)] == ["b"]
    assert [one.last_name for one in core.acting_as(System("job")).customers.search(cursor=cursor)] == ["b", "c", "d"]


def test_a_cursor_is_not_told_in_an_error(core: CustomerCore) -> None:
    fill(core, "CANARY", "other")
    cursor = cursor_of(core)
    with pytest.raises(CustomerCoreError) as caught:
        core.customers.search(cursor=cursor, sort="-last_name")
    assert cursor not in str(caught.value)
    assert "CANARY" not in repr(caught.value)
