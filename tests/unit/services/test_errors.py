"""Errors name fields and rules; they hold no personal value and no secret (S6), and travel between processes."""

from __future__ import annotations

import copy
import inspect
import logging
import pickle
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from customercore import Customer, CustomerActor, CustomerCore, errors, where
from customercore.errors import (
    ConflictError,
    CustomerCoreError,
    DuplicateError,
    IdempotencyConflictError,
    InvalidValueError,
    Problem,
    StaleVersionError,
    StorageUnavailableError,
    retryable,
)

CANARY = "Kanarienvogel"
NAME = {"first_name": CANARY, "last_name": CANARY}
EMAIL = f"{CANARY}@example.com"


def samples() -> list[CustomerCoreError]:
    made: list[CustomerCoreError] = [
        InvalidValueError([Problem("email", "required", "is needed"), Problem("phones[0]", "too_long", "is too long")]),
        DuplicateError("email"), DuplicateError("code", "taken"), StaleVersionError("customer", 3),
        IdempotencyConflictError("customers.create"), ConflictError("write_conflict", "lost", retryable=True),
        StorageUnavailableError("store_busy", "locked", retryable=True, waited=5),
    ]  # fmt: skip
    known = {type(one) for one in made}
    for _, cls in inspect.getmembers(errors, inspect.isclass):
        if not issubclass(cls, CustomerCoreError) or cls in known:
            continue
        if inspect.signature(cls).parameters.keys() >= {"code", "message", "details"}:
            made.append(cls("some_code", "a message", kind="customer", number=1))
    return made


@pytest.mark.parametrize("error", samples(), ids=lambda one: type(one).__name__)
def test_an_error_travels_between_processes(error: CustomerCoreError) -> None:
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        there = pickle.loads(pickle.dumps(error, protocol))  # noqa: S301  what was dumped here
        assert type(there) is type(error)
        assert vars(there) == vars(error)
        assert (str(there), there.args) == (str(error), error.args)
        assert (there.code, there.details, there.retryable) == (error.code, error.details, error.retryable)


@pytest.mark.parametrize("error", samples(), ids=lambda one: type(one).__name__)
def test_an_error_can_be_copied(error: CustomerCoreError) -> None:
    for there in (copy.copy(error), copy.deepcopy(error)):
        assert type(there) is type(error)
        assert vars(there) == vars(error)


@pytest.mark.parametrize("error", samples(), ids=lambda one: type(one).__name__)
def test_an_error_tells_its_code_and_details_that_nobody_changes(error: CustomerCoreError) -> None:
    assert str(error).endswith(f"[{error.code}]")
    with pytest.raises(TypeError):
        error.details["x"] = 1  # type: ignore[index]  # that is what is tested
    assert retryable(error) is error.retryable


def test_errors_are_also_what_python_would_raise() -> None:
    assert issubclass(InvalidValueError, ValueError)
    assert issubclass(errors.NotFoundError, LookupError)
    assert not retryable(ValueError())


def ring(core: CustomerCore) -> Customer:
    """Fill the tenant with the canary, so that there is something to tell of."""
    core.flags.define("vip")
    core.shops.create("se", countries=["SE"])
    core.customers.create(email=EMAIL, code=CANARY, **NAME, idempotency_key=CANARY)
    other = core.customers.create(email="other@example.com", code="other", first_name="x", last_name="y")
    core.addresses.add(other, {"country": "SE", "city": CANARY, "line1": CANARY})
    return core.customers.get(other)


FAILING: dict[str, Callable[[CustomerCore, Customer], object]] = {
    "duplicate email": lambda core, _: core.customers.create(email=EMAIL.upper(), **NAME),
    "duplicate code": lambda core, _: core.customers.create(email="new@example.com", code=CANARY.lower(), **NAME),
    "taken email": lambda core, other: core.customers.update(other, email=EMAIL),
    "invalid email": lambda core, _: core.customers.create(email=CANARY, **NAME),
    "invalid everything": lambda core, _: core.customers.create(
        email=f"{CANARY}@@",
        first_name=f"{CANARY}\x00",
        last_name=CANARY * 50,
        phones=[f"{CANARY}\ud800"],
        flags=[CANARY],
        customer_type=CANARY,
        shop=CANARY,
        language=CANARY,
        birth_date=CANARY,
        code=CANARY * 20,
        information=f"{CANARY}\x01",
        tags=[f"{CANARY};"],
        addresses=[{"country": CANARY, "email": CANARY, "postcode": CANARY * 9}, CANARY],
        salutation={CANARY: CANARY},
        department=[CANARY],
        email_verified=CANARY,
    ),
    "strict": lambda core, other: core.acting_as(CustomerActor(other.id)).customers.update(
        other, phones=[CANARY], addresses=[{"country": "NO", "postcode": CANARY, "phone": CANARY, "region": CANARY}]
    ),
    "at the till": lambda core, _: core.customers.at_checkout(CANARY, phones=[CANARY]),
    "at the till, strict": lambda core, _: core.customers.at_checkout("new@example.com", phones=[CANARY]),
    "guest": lambda core, _: core.customers.create_guest(email=CANARY),
    "not found": lambda core, _: core.customers.get(CANARY),
    "no such email": lambda core, _: core.customers.by_email(f"x{EMAIL}"),
    "no such code": lambda core, _: core.customers.by_code(f"x{CANARY}"),
    "search": lambda core, _: core.customers.search(
        (where.email == CANARY) & (where.status == CANARY) & where.flag(CANARY) & (where.version == CANARY)
    ),
    "sort": lambda core, _: core.customers.search(sort=CANARY),
    "cursor": lambda core, _: core.customers.search(cursor=CANARY),
    "status": lambda core, _: core.customers.search(status=CANARY),
    "reason": lambda core, other: core.customers.deactivate(other, reason=f"{CANARY}\x00"),
    "idempotency": lambda core, _: core.customers.create(email="x@example.com", **NAME, idempotency_key=CANARY),
    "bad key": lambda core, _: core.customers.create(email="x@example.com", **NAME, idempotency_key=f"{CANARY}\x00"),
    "address": lambda core, other: core.addresses.update(other, other.addresses[0], country=CANARY, email=CANARY),
    "no such address": lambda core, other: core.addresses.remove(other, CANARY),
    "purpose": lambda core, other: core.addresses.set_default(other, other.addresses[0], CANARY),
    "shop": lambda core, other: core.addresses.book(other, shop=CANARY),
    "shops": lambda core, _: core.shops.create(CANARY, currency=CANARY, countries=[CANARY], parent=CANARY),
    "stale": lambda core, other: core.customers.update(other, first_name=CANARY, expected_version=7),
    "tags": lambda core, other: core.customers.add_tags(other, f"{CANARY};"),
    "flags": lambda core, other: core.customers.add_flags(other, CANARY),
    "settings": lambda core, _: core.settings.update(email={"scope": CANARY}, customers={"code_pattern": CANARY}),
    "tenant": lambda core, _: core.for_tenant(f"{CANARY}!"),
}


def chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and all that it was raised from."""
    following: BaseException | None = error
    while following is not None:
        yield following
        following = following.__cause__ or following.__context__


@pytest.mark.parametrize("name", FAILING)
def test_no_error_tells_a_value_of_anybody(core: CustomerCore, caplog: pytest.LogCaptureFixture, name: str) -> None:
    caplog.set_level(logging.DEBUG)
    other = ring(core)
    with pytest.raises(CustomerCoreError) as caught:
        FAILING[name](core, other)
    for error in chain(caught.value):
        shown: list[Any] = [str(error), repr(error), error.args, vars(error)]
        if isinstance(error, CustomerCoreError):
            shown += [error.message, dict(error.details)]
        if isinstance(error, InvalidValueError):
            shown += [error.problems, error.field]
        assert CANARY.lower() not in repr(shown).lower(), error
    told = "".join(traceback.format_exception_only(caught.value))
    assert CANARY.lower() not in told.lower()
    assert CANARY.lower() not in caplog.text.lower()


def test_what_is_shown_of_people_tells_nothing_of_them(core: CustomerCore) -> None:
    ring(core)
    ada = core.customers.by_email(EMAIL)
    core.addresses.add(ada, {"country": "SE", "city": CANARY})
    page = core.customers.search(limit=1, sort="-last_name")
    shown = [core.customers.get(ada), page, page.items, core.addresses.book(ada), core.events_of(ada), core]
    assert CANARY not in repr(shown)
    assert CANARY not in "".join(map(str, shown))
