"""Every change can be given a reason, and its history tells it."""

from __future__ import annotations

import inspect
import tempfile
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from customercore import Customer, CustomerCore
from customercore.errors import IdempotencyConflictError


def made(core: CustomerCore, **fields: Any) -> Customer:
    return core.customers.create(**{"email": "ada@example.com", "first_name": "Ada", "last_name": "Byron", **fields})


def removed(core: CustomerCore, why: str) -> object:
    template = core.templates.set("customer.welcome", subject="Hello")
    core.templates.remove("customer.welcome", reason=why)
    return template


def binned(core: CustomerCore) -> Customer:
    return core.customers.deactivate(made(core, email="bo@example.com"))


def flagged(core: CustomerCore, ada: Customer) -> Customer:
    return core.customers.add_flags(ada, "late")


def on_note(core: CustomerCore, ada: Customer, act: Callable[..., object], why: str) -> object:
    note = core.customers.add_note(ada, "likes tea")
    act(note, reason=why)
    return note


def on_notes(core: CustomerCore, ada: Customer, why: str) -> object:
    note = core.customers.add_note(ada, "likes tea")
    assert core.customers.erase_notes(ada, reason=why) == 1
    return note


def on_address(
    core: CustomerCore, ada: Customer, act: Callable[..., object], why: str, *rest: object, **fields: object
) -> Customer:
    core.addresses.add(ada, {"country": "SE", "city": "Ystad", "purposes": ["delivery"]})
    act(ada, core.addresses.book(ada)[0], *rest, reason=why, **fields)
    return ada


def imported(core: CustomerCore, why: str) -> Customer:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people.csv"
        path.write_text("email,first_name,last_name\nbo@example.com,Bo,Ek\n", "utf-8")
        assert core.imports.run(path, reason=why).created == 1
    return core.customers.by_email("bo@example.com")


GIVEN: dict[str, Callable[[CustomerCore, Customer, str], object]] = {
    "shops.create": lambda core, _, why: core.shops.create("se", reason=why),
    "shops.update": lambda core, _, why: core.shops.update("de", name="Web", reason=why),
    "settings.update": lambda core, _, why: core.settings.update(customers={"max_addresses": 9}, reason=why),
    "flags.define": lambda core, _, why: core.flags.define("vip", reason=why),
    "flags.update": lambda core, _, why: core.flags.update("late", label="Late", reason=why),
    "customer_types.define": lambda core, _, why: core.customer_types.define("press", reason=why),
    "customer_types.update": lambda core, _, why: core.customer_types.update("club", label="Club", reason=why),
    "info_types.define": lambda core, _, why: core.info_types.define("size", "text", reason=why),
    "info_types.define_standard": lambda core, _, why: core.info_types.define_standard(reason=why)[0],
    "info_types.update": lambda core, _, why: core.info_types.update("points", position=3, reason=why),
    "info_types.retire": lambda core, _, why: core.info_types.retire("points", reason=why),
    "info_types.backfill": lambda core, _, why: core.info_types.backfill("points", reason=why),
    "templates.set": lambda core, _, why: core.templates.set("customer.welcome", subject="Hello", reason=why),
    "templates.remove": lambda core, _, why: removed(core, why),
    "customers.create": lambda core, _, why: made(core, email="bo@example.com", reason=why),
    "customers.create_guest": lambda core, _, why: core.customers.create_guest(email="bo@example.com", reason=why),
    "customers.at_checkout": lambda core, _, why: core.customers.at_checkout("bo@example.com", reason=why),
    "customers.update": lambda core, ada, why: core.customers.update(ada, language="en", reason=why),
    "customers.deactivate": lambda core, ada, why: core.customers.deactivate(ada, reason=why),
    "customers.reactivate": lambda core, _, why: core.customers.reactivate(binned(core), reason=why),
    "customers.add_flags": lambda core, ada, why: core.customers.add_flags(ada, "late", reason=why),
    "customers.remove_flags": lambda core, ada, why: core.customers.remove_flags(
        flagged(core, ada), "late", reason=why
    ),
    "customers.add_tags": lambda core, ada, why: core.customers.add_tags(ada, "kind", reason=why),
    "customers.remove_tags": lambda core, ada, why: core.customers.remove_tags(ada, "tall", reason=why),
    "customers.add_note": lambda core, ada, why: core.customers.add_note(ada, "likes tea", reason=why),
    "customers.remove_note": lambda core, ada, why: on_note(core, ada, core.customers.remove_note, why),
    "customers.erase_notes": on_notes,
    "addresses.add": lambda core, ada, why: (core.addresses.add(ada, {"country": "SE"}, reason=why), ada)[1],
    "addresses.update": lambda core, ada, why: on_address(core, ada, core.addresses.update, why, city="Lund"),
    "addresses.remove": lambda core, ada, why: on_address(core, ada, core.addresses.remove, why),
    "addresses.set_default": lambda core, ada, why: on_address(core, ada, core.addresses.set_default, why, "invoice"),
    "imports.run": lambda core, _, why: imported(core, why),
}


@pytest.mark.parametrize("call", GIVEN)
def test_every_change_can_be_given_a_reason(core: CustomerCore, call: str) -> None:
    core.shops.create("de")
    core.flags.define("late")
    core.customer_types.define("club")
    ada = made(core, tags=["tall"])
    core.info_types.define("points", "integer")
    if call == "info_types.backfill":
        core.info_types.update("points", searchable=True)
    one = GIVEN[call](core, ada, "ticket 12")
    assert core.history(one).items[0].reason == "ticket 12"


def test_no_call_that_changes_something_is_without_a_reason(core: CustomerCore) -> None:
    rooms = {name for name, one in vars(CustomerCore).items() if isinstance(one, cached_property | property)}
    rooms -= {"balances", "gift_cards"}  # where it is a code, which stands in the entry
    calls = {
        f"{room}.{name}": set(inspect.signature(call).parameters)
        for room in rooms
        for name, call in inspect.getmembers(getattr(core, room), inspect.ismethod)
        if not name.startswith("_")
    }
    assert {name for name, taken in calls.items() if "reason" in taken} == set(GIVEN)
    assert {name for name, taken in calls.items() if "idempotency_key" in taken} <= set(GIVEN)


def test_under_an_idempotency_key_another_reason_is_another_call(core: CustomerCore) -> None:
    flag = core.flags.define("vip", reason="ticket 12", idempotency_key="k")
    assert core.flags.define("vip", reason="ticket 12", idempotency_key="k") == flag
    with pytest.raises(IdempotencyConflictError):
        core.flags.define("vip", reason="ticket 13", idempotency_key="k")
