"""Whatever is given for a text is taken or refused, alike in memory and on databases; refused means not stored (S7)."""

from __future__ import annotations

import datetime as dt
import decimal
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customercore import Customer, CustomerCore, where
from customercore.catalogue.query import Query
from customercore.domain.address import Address
from customercore.domain.criteria.tree import Comparison, HasTerm
from customercore.domain.field import fields_of
from customercore.errors import CustomerCoreError, InvalidValueError
from customercore.ports.store import Store
from customercore.testing.fakes import FixedClock, SequentialIdentifiers
from customercore.wiring import core_on, default_catalogue, open_store

PLURALS = ("customers", "shops", "flags", "customer_types", "tenants", "idempotency_records")
NAME = {"first_name": "Ada", "last_name": "Lovelace"}
NASTY: list[Any] = [
    "", " ", "a\x00b", "\ud800", "a\udfff", "\x7f", "a\nb", "\u200b", "\u0301", "%", "_", "'", '{"$gt": ""}',
    "x" * 10_000, "\U0001f600" * 200, "ß" * 128, "null", "\u202eada", "İ", {"$gt": ""}, {}, {1: 2, "a": 3},
    {b"a": 1}, [], ["a"], [[]], [{}], {"a"}, 0, -1, 2**70, True, 1.5, float("nan"), b"a",
    decimal.Decimal("NaN"), dt.date(2026, 1, 1), dt.datetime(2026, 1, 1, tzinfo=dt.UTC), object,
]  # fmt: skip

SEARCHED = (
    "email",
    "last_name",
    "full_name",
    "status",
    "version",
    "birth_date",
    "created_at",
    "email_verified",
    "flags",
    "addresses",
)
READING = ("get", "by_", "search", "count", "addresses.book", "shops.get", "for_tenant", "events_of")

Probe = Callable[[CustomerCore, Customer, Any], object]


def probes() -> dict[str, Probe]:
    """Return a call for each text parameter of each public call."""
    turn = itertools.count()
    found: dict[str, Probe] = {
        "get": lambda core, _, value: core.customers.get(value),
        "by_code": lambda core, _, value: core.customers.by_code(value),
        "by_email": lambda core, _, value: core.customers.by_email(value),
        "by_info": lambda core, _, value: core.customers.by_info(value, value),
        "by_info.value": lambda core, _, value: core.customers.by_info("card", value),
        "by_email.shop": lambda core, _, value: core.customers.by_email("ada@example.com", shop=value),
        "search.status": lambda core, _, value: core.customers.search(status=value),
        "search.shop": lambda core, _, value: core.customers.search(shop=value),
        "search.sort": lambda core, _, value: core.customers.search(sort=value),
        "search.sort.element": lambda core, _, value: core.customers.search(sort=["id", value]),
        "search.cursor": lambda core, _, value: core.customers.search(cursor=value),
        "search.criteria": lambda core, _, value: core.customers.search(value),
        "search.field": lambda core, _, value: core.customers.search(Comparison(value, "eq", "x")),
        "search.flag": lambda core, _, value: core.customers.search(where.flag(value)),
        "search.tag": lambda core, _, value: core.customers.search(where.tag(value)),
        "search.term": lambda core, _, value: core.customers.search(HasTerm(value, "vip")),
        "search.type": lambda core, _, value: core.customers.search(where.type(value)),
        "count.status": lambda core, _, value: core.customers.count(status=value),
        "update.id": lambda core, _, value: core.customers.update(value, first_name="x"),
        "deactivate.reason": lambda core, ada, value: core.customers.deactivate(ada, reason=value),
        "create_guest.email": lambda core, _, value: core.customers.create_guest(email=value),
        "at_checkout.email": lambda core, _, value: core.customers.at_checkout(value),
        "at_checkout.email, registered": lambda core, _, value: core.customers.at_checkout(value, guest=False, **NAME),
        "at_checkout.shop": lambda core, _, value: core.customers.at_checkout("g@example.com", shop=value),
        "at_checkout.shop, registered": lambda core, _, value: core.customers.at_checkout(
            "g@example.com", shop=value, guest=False, **NAME
        ),
        "add_flags": lambda core, ada, value: core.customers.add_flags(ada, value),
        "remove_flags": lambda core, ada, value: core.customers.remove_flags(ada, value),
        "add_tags": lambda core, ada, value: core.customers.add_tags(ada, value),
        "remove_tags": lambda core, ada, value: core.customers.remove_tags(ada, value),
        "addresses.add": lambda core, ada, value: core.addresses.add(ada, value),
        "addresses.update.id": lambda core, ada, value: core.addresses.update(ada, value, city="x"),
        "addresses.remove": lambda core, ada, value: core.addresses.remove(ada, value),
        "addresses.set_default": lambda core, ada, value: core.addresses.set_default(ada, ada.addresses[0], value),
        "addresses.book": lambda core, _, value: core.addresses.book(value),
        "addresses.book.shop": lambda core, ada, value: core.addresses.book(ada, shop=value),
        "flags.define": lambda core, _, value: core.flags.define(value),
        "flags.define.label": lambda core, _, value: core.flags.define(f"f{next(turn)}", label=value),
        "flags.update": lambda core, _, value: core.flags.update(value, label="x"),
        "flags.update.label": lambda core, _, value: core.flags.update("vip", label=value),
        "customer_types.define": lambda core, _, value: core.customer_types.define(value),
        "customer_types.update": lambda core, _, value: core.customer_types.update(value, label="x"),
        "shops.get": lambda core, _, value: core.shops.get(value),
        "shops.update": lambda core, _, value: core.shops.update(value, name="x"),
        "settings.email": lambda core, _, value: core.settings.update(email=value or {"x": 1}),
        "settings.email.scope": lambda core, _, value: core.settings.update(email={"scope": value}),
        "settings.customers.code_pattern": lambda core, _, value: core.settings.update(
            customers={"code_pattern": value}
        ),
        "idempotency_key": lambda core, ada, value: core.customers.add_tags(
            ada, "k", idempotency_key="x" if value is None else value
        ),
        "for_tenant": lambda core, _, value: core.for_tenant(value).customers.count(),
        "events_of": lambda core, _, value: core.events_of(value),
    }
    for field in fields_of(Customer):
        found[f"create.{field.name}"] = _creating(field.name, turn)
        found[f"update.{field.name}"] = _updating(field.name)
    for name in SEARCHED:
        found |= {f"search.{op}.{name}": _comparing(name, op) for op in ("eq", "startswith", "ge", "in")}
    for field in fields_of(Address):
        found[f"addresses.{field.name}"] = _addressing(field.name)
    for name in ("code", "name", "currency", "countries", "delivery_countries", "languages", "parent"):
        found[f"shops.create.{name}"] = _opening(name, turn)
    return found


def _creating(name: str, turn: Iterator[int]) -> Probe:
    return lambda core, _, value: core.customers.create(**{"email": f"c{next(turn)}@example.com", **NAME, name: value})


def _updating(name: str) -> Probe:
    return lambda core, ada, value: core.customers.update(ada, **{name: value})


def _comparing(name: str, op: str) -> Probe:
    return lambda core, _, value: core.customers.search(
        Comparison(name, op, (value, "x") if op == "in" else value), status=None
    )


def _addressing(name: str) -> Probe:
    return lambda core, ada, value: core.addresses.update(ada, ada.addresses[0], **{name: value})


def _opening(name: str, turn: Iterator[int]) -> Probe:
    return lambda core, _, value: core.shops.create(**{"code": f"s{next(turn)}", name: value})


@attrs.define
class Side:
    """One of the two stores that are compared."""

    store: Store
    tenant: str
    core: CustomerCore
    ada: Customer
    kept: list[Any] | None = None
    """What is known to be stored, because the last call was refused."""

    def state(self) -> list[Any]:
        """Return everything stored, and how many events there are of Ada."""
        with self.store.unit(self.tenant, write=False) as uow:
            found = [sorted(uow.repository(plural).stream(Query()), key=lambda one: str(one.id)) for plural in PLURALS]
            return [*found, len(uow.events.of("customer", self.ada.id, limit=1_000_000))]

    def ends(self, probe: Probe, value: Any, *, writes: bool) -> object:
        """Return what becomes of a call; an error that is not ours, or leaves a trace, is told as such."""
        before = (self.kept or self.state()) if writes else []
        try:
            answer = probe(self.core, self.ada, value)
        except InvalidValueError as error:
            end: object = [(one.field, one.code) for one in error.problems]
        except CustomerCoreError as error:
            end = (type(error).__name__, error.code)
        except Exception as error:  # noqa: BLE001  whatever it is, it is told
            return f"leaked {type(error).__name__}"
        else:
            self.kept = None
            return answer
        self.kept = self.state() if writes else None
        return end if not writes or self.kept == before else f"stored in spite of {end}"


@pytest.fixture
def sides(every_store: Store, tenant: str) -> list[Side]:
    return [_side(open_store("memory://", default_catalogue()), tenant), _side(every_store, tenant)]


def _side(store: Store, tenant: str) -> Side:
    core = core_on(store, default_catalogue(), tenant=tenant, clock=FixedClock(), identifiers=SequentialIdentifiers())
    core.flags.define("vip")
    core.shops.create("se")
    core.info_types.define("card", "text", unique=True)
    ada = core.customers.create(
        email="ada@example.com", code="A-1", flags=["vip"], addresses=[{"country": "SE"}], info={"card": "x"}, **NAME
    )
    return Side(store, tenant, core, ada)


def faults(sides: list[Side], name: str, values: list[Any]) -> list[str]:
    """Say what is wrong with the outcomes of a call on the two stores."""
    found = []
    each = [probes()[name] for _ in sides]  # apart, since some count how often they were called
    for value in values:
        writes = not name.startswith(READING)
        ends = [side.ends(probe, value, writes=writes) for side, probe in zip(sides, each, strict=True)]
        wrong = [end for end in ends if isinstance(end, str) and end.startswith(("leaked", "stored"))]
        if wrong:
            found.append(f"{value!r:.40}: {wrong}")
        elif ends[0] != ends[1]:
            found.append(f"{value!r:.40}: memory {ends[0]!r:.90}, the database {ends[1]!r:.90}")
    return found


ON_EACH = pytest.mark.parametrize("every_store", ["sqlite", "postgresql-18", "mariadb", "mongodb"], indirect=True)


@ON_EACH
@pytest.mark.parametrize("name", probes())
def test_nasty_values_are_taken_or_refused_alike(sides: list[Side], name: str) -> None:
    found = faults(sides, name, NASTY)
    assert not found, "\n".join(["", *found])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
TEXTS = st.text(max_size=30) | st.text(st.sampled_from("\x00\ud800\udfff%_'\"${}[]\\a\u0301\u200b\n"), max_size=10)


@ON_EACH
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(sorted(probes())), value=TEXTS | JSON | st.binary(max_size=5))
def test_any_value_is_taken_or_refused_alike(sides: list[Side], name: str, value: Any) -> None:
    assert faults(sides, name, [value]) == []
