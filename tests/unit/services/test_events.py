"""Every change is told by an event: who, when, what; and what is personal stands apart."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable
from typing import Any, ClassVar

import attrs
import pytest

from customercore import Actor, BusinessUser, Customer, CustomerActor, CustomerCore, System
from customercore.domain.event import EVENT_TYPES, Event
from customercore.errors import CustomerCoreError, InvalidValueError, NotFoundError
from customercore.ports.store import Store
from customercore.testing.fakes import FixedClock

NAME = {"first_name": "Ada", "last_name": "Lovelace"}
MakeCore = Callable[..., CustomerCore]


def made(core: CustomerCore, **fields: Any) -> Customer:
    return core.customers.create(**{"email": "ada@example.com", **NAME, **fields})


def told(store: Store, tenant: str, aggregate: str, id: str) -> list[Event]:
    with store.unit(tenant, write=False) as uow:
        return uow.events.of(aggregate, id)


def test_every_change_of_a_customer_is_told(core: CustomerCore, clock: FixedClock) -> None:
    core.flags.define("vip")
    ada = made(core)
    home = core.addresses.add(ada, {"country": "SE", "city": "Lund"})
    work = core.addresses.add(ada, {"country": "NO", "city": "Oslo"})
    changes: list[Callable[[], object]] = [
        lambda: core.customers.update(ada, first_name="Eve"),
        lambda: core.customers.add_flags(ada, "vip"),
        lambda: core.customers.remove_flags(ada, "vip"),
        lambda: core.customers.add_tags(ada, "x"),
        lambda: core.customers.remove_tags(ada, "x"),
        lambda: core.addresses.update(ada, home, city="Malmö"),
        lambda: core.addresses.set_default(ada, work, "delivery"),
        lambda: core.addresses.remove(ada, home),
        lambda: core.customers.deactivate(ada, reason="moved away"),
        lambda: core.customers.reactivate(ada),
    ]
    for change in changes:
        clock.advance(1)
        change()
    events = core.events_of(ada)
    assert [one.type for one in events] == [
        "customer.created", "customer.address_added", "customer.address_added", "customer.updated", "customer.updated",
        "customer.updated", "customer.updated", "customer.updated", "customer.address_updated",
        "customer.address_updated", "customer.address_removed", "customer.deactivated", "customer.reactivated",
    ]  # fmt: skip
    assert [(one.version, one.ordinal) for one in events] == [(number, 0) for number in range(1, 14)]
    assert core.customers.get(ada).version == 13
    assert [one.at for one in events] == [ada.created_at] * 3 + [
        ada.created_at + dt.timedelta(seconds=number) for number in range(1, 11)
    ]
    assert len({one.id for one in events}) == 13
    assert {(one.aggregate, one.aggregate_id, one.customer_id, one.schema) for one in events} == {
        ("customer", ada.id, ada.id, 1)
    }
    assert [one.reason for one in events if one.reason] == ["moved away"]
    assert events[-2].changes == {"status": ("active", "inactive")}
    assert {one.type for one in events} <= set(EVENT_TYPES)


def test_personal_values_are_in_the_personal_part_alone(core: CustomerCore) -> None:
    core.flags.define("vip")
    address = {
        "line1": "CANARY",
        "city": "CANARY",
        "country": "SE",
        "label": "CANARY",
        "email": "CANARY@example.com",
        "phone": "CANARY 1",
    }
    ada = core.customers.create(
        email="CANARY@example.com", first_name="CANARY", last_name="CANARY", phones=["CANARY 1"], company_name="CANARY",
        information="CANARY", tags=["CANARY"], code="CANARY", salutation="CANARY", department="CANARY",
        addresses=[address], flags=["vip"], customer_type="business",
    )  # fmt: skip
    core.customers.update(ada, first_name="CANARY 2", language="sv", customer_type="private")
    core.addresses.update(ada, ada.addresses[0], city="CANARY 2", country="NO")
    core.customers.deactivate(ada, reason="CANARY")
    events = core.events_of(ada)
    for event in events:
        plain = attrs.evolve(event, personal={}, reason=None)
        assert "CANARY" not in repr(attrs.asdict(plain))
        assert "CANARY" not in repr(event)
        assert not set(event.changes) & set(event.personal)
    assert events[0].changes["flags"] == ([], ["vip"])
    assert events[0].personal["email"] == (None, "CANARY@example.com")
    assert events[1].changes == {"language": (None, "sv"), "customer_type": ("business", "private")}
    assert events[1].personal == {"first_name": ("CANARY", "CANARY 2")}
    id = ada.addresses[0].id
    assert events[2].changes == {f"addresses.{id}.country": ("SE", "NO")}
    assert events[2].personal == {f"addresses.{id}.city": ("CANARY", "CANARY 2")}


@pytest.mark.parametrize(
    "actor",
    [
        System(), System("nightly"), BusinessUser("clerk"), BusinessUser("clerk", on_behalf_of="boss"),
        CustomerActor("0190a000-0000-7000-8000-000000000001"), BusinessUser("Ömer \U0001f600"), BusinessUser("x" * 255),
    ],
)  # fmt: skip
def test_who_did_it_is_told(core: CustomerCore, actor: Actor) -> None:
    ada = made(core.acting_as(actor))
    core.acting_as(actor).customers.update(ada, first_name="Eve")
    assert [one.actor for one in core.events_of(ada)] == [actor, actor]


@attrs.frozen
class Robot(BusinessUser):
    """An actor whose kind no store could read again."""

    kind: ClassVar[str] = "robot"


@attrs.frozen
class Clerk(BusinessUser):
    """An actor with more than stores keep of it."""

    desk: str = ""


@pytest.mark.parametrize(
    "actor",
    [
        BusinessUser("a\x00"), BusinessUser("ok", on_behalf_of="\ud800"), BusinessUser("x" * 10_000),
        BusinessUser(5), BusinessUser({"$gt": ""}), None, "clerk",  # type: ignore[arg-type]  # what is tested
        Robot("r-7"), Clerk("c-7"), Actor("a-7"),
    ],
    ids=[
        "control character", "surrogate", "too long", "number", "mapping", "none", "text",
        "a kind of its own", "a class of its own", "no sort of actor",
    ],
)  # fmt: skip
def test_who_cannot_be_recorded_is_refused(core: CustomerCore, actor: Any) -> None:
    ada = made(core)
    with pytest.raises(CustomerCoreError) as caught:
        core.acting_as(actor).customers.update(ada, first_name="Eve")
    assert isinstance(caught.value, InvalidValueError)
    assert core.customers.get(ada) == ada


def test_definitions_are_told_too(core: CustomerCore, store: Store, tenant: str) -> None:
    clerk = BusinessUser("clerk")
    own = core.acting_as(clerk)
    shop, flag, press = (
        own.shops.create("se", countries=["SE"]),
        own.flags.define("vip"),
        own.customer_types.define("press"),
    )
    own.shops.update("se", name="Shop", countries=["SE", "NO"])
    own.flags.update("vip", label="VIP")
    own.customer_types.update("press", prices_without_tax=True)
    own.settings.update(customers={"max_addresses": 3})
    own.settings.update(email={"special_domains": True})
    told_of = {
        "shop": told(store, tenant, "shop", shop.id),
        "flag": told(store, tenant, "flag", flag.id),
        "customer_type": told(store, tenant, "customer_type", press.id),
        "tenant": told(store, tenant, "tenant", "tenant"),
    }
    for aggregate, events in told_of.items():
        assert [(one.type, one.version) for one in events] == [(f"{aggregate}.created", 1), (f"{aggregate}.updated", 2)]
        assert {one.actor for one in events} == {clerk}
        assert all(one.customer_id is None and not one.personal for one in events)
    assert told_of["shop"][1].changes == {"name": (None, "Shop"), "countries": (["SE"], ["SE", "NO"])}
    assert told_of["tenant"][0].changes == {"customers_max_addresses": (100, 3)}


def test_what_has_no_effect_is_not_told(core: CustomerCore, store: Store, tenant: str) -> None:
    flag = core.flags.define("vip", label="VIP")
    core.flags.update("vip", label="VIP")
    ada = made(core, addresses=[{"country": "SE"}])
    core.customers.update(ada, first_name="Ada")
    core.customers.reactivate(ada)
    core.addresses.set_default(ada, ada.addresses[0], "invoice")
    core.addresses.update(ada, ada.addresses[0], country="SE")
    core.addresses.add(ada, {"country": "SE"})
    assert len(told(store, tenant, "flag", flag.id)) == len(core.events_of(ada)) == 1


def test_what_fails_is_not_told(core: CustomerCore) -> None:
    ada, eve = made(core), made(core, email="eve@example.com")
    bad: list[dict[str, Any]] = [{"email": "EVE@example.com"}, {"email": "nobody"}, {"colour": "red"}]
    for fields in bad:
        with pytest.raises(CustomerCoreError):
            core.customers.update(ada, **fields)
    assert len(core.events_of(ada)) == len(core.events_of(eve)) == 1


def test_events_are_read_in_parts(core: CustomerCore) -> None:
    ada = made(core)
    for number in range(6):
        core.customers.update(ada, first_name=f"Ada {number}")
    everything = core.events_of(ada.id)
    assert [one.version for one in everything] == list(range(1, 8))
    assert core.events_of(ada, limit=3) == everything[:3]
    assert core.events_of(ada, after=(3, 0)) == everything[3:]
    assert core.events_of(ada, after=(3, 0), limit=2) == everything[3:5]
    assert core.events_of(ada, after=(2, 5), limit=1) == everything[2:3]
    assert core.events_of(ada, after=(7, 0)) == []
    assert core.events_of("nobody") == []
    for bad in (None, 5, "", "\x00å"):
        with pytest.raises(NotFoundError):
            core.events_of(bad)


@pytest.mark.parametrize("option", ["limit", "after"])
def test_the_part_of_the_events_is_told_in_numbers(core: CustomerCore, option: str) -> None:
    bad = {
        "limit": [-1, "5", 1.5, 2**70, None, True, [5]],
        "after": [("a", "b"), (1,), 5, None, (2**70, 0), "ab", (None, None), {1: 2, 3: 4}],
    }
    ada = made(core)
    ends: list[str] = []
    for value in bad[option]:
        try:
            core.events_of(ada, **{option: value})  # type: ignore[arg-type]  # what is tested
            ends.append("answered")
        except InvalidValueError as error:
            ends.append(error.field)
        except Exception as error:  # noqa: BLE001  whatever it is, it is told
            ends.append(type(error).__name__)
    assert ends == [option] * len(bad[option])


def test_nobody_changes_what_was_recorded(core: CustomerCore) -> None:
    ada = made(core, phones=["1"])
    recorded, before = core.events_of(ada)[0], repr(attrs.asdict(core.events_of(ada)[0]))
    with contextlib.suppress(TypeError, AttributeError):
        recorded.personal["first_name"] = (None, "Eve")  # type: ignore[index]  # that is what is tested
    with contextlib.suppress(TypeError, AttributeError):
        recorded.personal["phones"][1].append("2")
    assert repr(attrs.asdict(core.events_of(ada)[0])) == before


def test_events_are_equal_on_every_store(make: MakeCore, clock: FixedClock) -> None:
    core = make()
    ada = made(core, birth_date=dt.date(1815, 12, 10), phones=["1", "2"], email_verified=True)
    core.customers.update(ada, birth_date=None, phones=["2"], email_verified=False)
    first, second = core.events_of(ada)
    assert first.personal["birth_date"] == (None, "1815-12-10")
    assert first.personal["phones"] == ([], ["1", "2"])
    assert (second.personal["birth_date"], second.changes) == (("1815-12-10", None), {"email_verified": (True, False)})
    assert first.at == clock.now()
    assert first.at.tzinfo is dt.UTC
