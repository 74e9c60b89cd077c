"""Tenants never meet (S4): every public call is tried with data that two tenants share."""

from __future__ import annotations

import datetime as dt
import inspect
import tempfile
import threading
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

import attrs
import pytest
from balance_calls import BALANCE_CALLS

from customercore import Customer, CustomerCore, Money, where
from customercore.catalogue.query import Query
from customercore.errors import ConflictError, CustomerCoreError, InvalidValueError, NotFoundError, TransactionError
from customercore.ports.store import Store
from customercore.testing.fakes import RecordingSubscriber, SequentialIdentifiers, SteadyBackoff

MakeCore = Callable[..., CustomerCore]
PLURALS = ("customers", "shops", "flags", "customer_types", "info_types", "tenants", "counters",
           "idempotency_records", "subscriptions", "notes", "templates", "wallets", "gift_cards",
           "entry_notes")  # fmt: skip
KINDS = ("customer", "shop", "flag", "customer_type", "tenant", "wallet", "gift_card")


def settle(core: CustomerCore, who: str) -> Customer:
    """Fill a tenant; the ids and the codes are those of every other tenant, the words are its own."""
    core.flags.define("vip", label=who, idempotency_key="key")
    core.shops.create("se", name=who)
    core.customer_types.define("press", label=who)
    core.info_types.define("card", "text", unique=True)
    core.settings.update(customers={"max_addresses": 50})
    home = {"country": "SE", "city": who, "line1": "x"}
    core.customers.create(email="ada@example.com", first_name=who, last_name="Lovelace", code="A-1", flags=["vip"],
                          tags=["shared"], addresses=[home], shop="se", info={"card": "A-1"}, idempotency_key="key",
                          )  # fmt: skip
    core.customers.create_guest(email="guest@example.com", first_name=who)
    ada = core.customers.by_code("a-1")
    core.customers.add_note(ada, who)
    core.templates.set("customer.welcome", subject=who)
    wallet = core.balances.open(ada, currency="SEK")
    core.balances.credit(wallet, 100, reference=who, note=who, idempotency_key="key")
    core.balances.open(ada, currency="EUR")
    return ada


@pytest.fixture
def store(every_store: Store) -> Store:
    """Give each store, the servers' too."""
    return every_store


@attrs.frozen
class Neighbours:
    """Two tenants with the same ids."""

    ours: CustomerCore
    theirs: CustomerCore
    ada: Customer
    their_name: str


def deaf() -> RecordingSubscriber:
    """Return a subscriber that takes nothing: whatever is delivered to it is a dead letter."""

    def refuse(_: object) -> None:
        raise ConflictError("deaf", "nothing is taken")

    return RecordingSubscriber("deaf", refuses=refuse)


@pytest.fixture
def they(make: MakeCore, tenant: str) -> Neighbours:
    name = f"{tenant}-b"
    ours, theirs = (
        make(of, identifiers=SequentialIdentifiers(), subscribers=[deaf()], backoff=SteadyBackoff(attempts=1))
        for of in ("", name)
    )
    ada, other = settle(ours, "OURS"), settle(theirs, "THEIRS")
    assert ada.id == other.id
    extra = theirs.customers.create(email="only@example.com", first_name="THEIRS", last_name="THEIRS", code="T-1")
    theirs.flags.define("only")
    theirs.info_types.define("only", "text", label="THEIRS")
    theirs.shops.create("only")
    theirs.events.dispatch()
    theirs.customers.add_tags(extra, "only")
    theirs.balances.open(extra, currency="SEK")
    theirs.gift_cards.issue(Money(1, "SEK"))
    return Neighbours(ours, theirs, ada, name)


def everything(store: Store, tenant: str) -> list[Any]:
    """Return every record and event of a tenant."""
    found: list[Any] = []
    with store.unit(tenant, write=False) as uow:
        for plural in PLURALS:
            records = sorted(uow.repository(plural).stream(Query()), key=lambda one: str(one.id))
            found += records
            found += [uow.events.of(kind, one.id) for one in records for kind in KINDS]
        for wallet in uow.wallets.stream(Query()):
            found += uow.ledger.entries(wallet.id)
        found += uow.ledger.totals()
        found += uow.deliveries.dead(limit=1_000)
        found += [uow.deliveries.numbers("deaf", "customer", one.id) for one in uow.customers.stream(Query())]
    return found


NAME = {"first_name": "OURS", "last_name": "x"}
CALLS: dict[str, Callable[[CustomerCore, Customer], object]] = {
    "customers.get": lambda core, ada: core.customers.get(ada.id),
    "customers.by_email": lambda core, _: core.customers.by_email("ada@example.com"),
    "customers.by_code": lambda core, _: core.customers.by_code("A-1"),
    "customers.by_info": lambda core, _: core.customers.by_info("card", "A-1"),
    "customers.search": lambda core, _: core.customers.search(
        where.kind.is_in(["guest", "registered"]), status=None, with_total=True
    ),
    "customers.iterate": lambda core, _: list(core.customers.iterate(where.tag("shared") | where.flag("vip"))),
    "customers.count": lambda core, _: core.customers.count(status=None),
    "customers.create": lambda core, _: core.customers.create(
        email="only@example.com", code="T-1", **NAME, idempotency_key="new"
    ),
    "customers.create_guest": lambda core, _: core.customers.create_guest(email="guest@example.com"),
    "customers.at_checkout": lambda core, _: [
        core.customers.at_checkout("guest@example.com"),
        core.customers.at_checkout("only@example.com", guest=False, **NAME),
    ],
    "customers.update": lambda core, ada: core.customers.update(ada, email="only@example.com", code="T-1"),
    "customers.deactivate": lambda core, ada: core.customers.deactivate(ada),
    "customers.reactivate": lambda core, ada: core.customers.reactivate(core.customers.deactivate(ada)),
    "customers.add_flags": lambda core, ada: core.customers.add_flags(core.customers.remove_flags(ada, "vip"), "vip"),
    "customers.remove_flags": lambda core, ada: core.customers.remove_flags(ada, "vip"),
    "customers.add_tags": lambda core, ada: core.customers.add_tags(ada, "only"),
    "templates.set": lambda core, _: core.templates.set("customer.welcome", subject="only"),
    "templates.get": lambda core, _: core.templates.get("customer.welcome"),
    "templates.list": lambda core, _: core.templates.list(),
    "templates.remove": lambda core, _: core.templates.remove("customer.welcome"),
    "history": lambda core, ada: core.history(ada),
    "customers.add_note": lambda core, ada: core.customers.add_note(ada, "Called."),
    "customers.notes": lambda core, ada: core.customers.notes(ada),
    "customers.remove_note": lambda core, ada: core.customers.remove_note(core.customers.notes(ada).items[0]),
    "customers.erase_notes": lambda core, ada: core.customers.erase_notes(ada),
    "customers.remove_tags": lambda core, ada: core.customers.remove_tags(ada, "shared"),
    "addresses.add": lambda core, ada: core.addresses.add(ada, {"country": "SE", "city": "OURS 2"}),
    "addresses.update": lambda core, ada: core.addresses.update(ada, ada.addresses[0], city="OURS 2"),
    "addresses.remove": lambda core, ada: core.addresses.remove(ada, ada.addresses[0]),
    "addresses.set_default": lambda core, ada: core.addresses.set_default(
        ada, core.addresses.add(ada, {"country": "NO"}), "invoice"
    ),
    "addresses.book": lambda core, ada: core.addresses.book(ada, shop="se"),
    "addresses.format": lambda core, ada: core.addresses.format(ada.addresses[0]),
    "flags.define": lambda core, _: core.flags.define("only"),
    "flags.update": lambda core, _: core.flags.update("vip", label="OURS 2"),
    "flags.list": lambda core, _: core.flags.list(),
    "customer_types.define": lambda core, _: core.customer_types.define("private"),
    "customer_types.update": lambda core, _: core.customer_types.update("press", label="OURS 2"),
    "customer_types.list": lambda core, _: core.customer_types.list(),
    "shops.create": lambda core, _: core.shops.create("only"),
    "shops.update": lambda core, _: core.shops.update("se", name="OURS 2"),
    "shops.get": lambda core, _: core.shops.get("se"),
    "shops.list": lambda core, _: core.shops.list(),
    "settings.get": lambda core, _: core.settings.get(),
    "settings.update": lambda core, _: core.settings.update(customers={"max_addresses": 7}),
    "info_types.define": lambda core, _: core.info_types.define("only", "text"),
    "info_types.define_standard": lambda core, _: core.info_types.define_standard(),
    "info_types.get": lambda core, _: core.info_types.get("card"),
    "info_types.list": lambda core, _: core.info_types.list(retired=True),
    "info_types.impact": lambda core, _: core.info_types.impact("card", required=True),
    "info_types.update": lambda core, _: core.info_types.update("card", searchable=True),
    "info_types.backfill": lambda core, _: [
        core.info_types.update("card", searchable=True),
        core.info_types.backfill("card"),
    ],
    "info_types.retire": lambda core, _: core.info_types.retire("card"),
    "events_of": lambda core, ada: core.events_of(ada),
    "events.of": lambda core, ada: core.events.of(ada),
    "events.dispatch": lambda core, _: core.events.dispatch(),
    "events.run": lambda core, _: core.events.run(_ended()),
    "events.dead_letters": lambda core, _: [core.events.dispatch(), core.events.dead_letters()],
    "events.replay": lambda core, ada: [core.events.dispatch(), core.events.replay(core.events_of(ada)[0].id)],
    "events.purge": lambda core, _: core.events.purge(older_than=dt.timedelta(0)),
    "events.subscriptions": lambda core, _: core.events.subscriptions(),
    "events.backfill": lambda core, _: core.events.backfill("deaf"),
    "events.unsubscribe": lambda core, _: core.events.unsubscribe("deaf"),
    **BALANCE_CALLS,
    "transaction": lambda *given: _in_a_transaction(*given),  # noqa: PLW0108  it is defined below
    "check": lambda core, _: core.check(),
    "exports.format_of": lambda core, _: core.exports.format_of("shop.csv"),
    "exports.run": lambda core, _: _exported(core),
    "imports.run": lambda core, _: _imported(core),
}


def _ended() -> threading.Event:
    stop = threading.Event()
    stop.set()
    return stop


def _exported(core: CustomerCore) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "out.csv")
        core.exports.run(path)
        return path.read_text(encoding="utf-8")


def _imported(core: CustomerCore) -> object:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "in.csv")
        path.write_text("code,email,first_name,last_name\nT-1,only@example.com,OURS,x\n", encoding="utf-8")
        return core.imports.run(path, on_conflict="update")


def _in_a_transaction(core: CustomerCore, ada: Customer) -> object:
    with core.transaction() as tx:
        tx.customers.update(ada, email="only@example.com")
        return [tx.customers.get(ada), *tx.customers.search(status=None)]


def seen(answer: object) -> str:
    """Return everything that an answer tells, down to the last field."""
    if attrs.has(type(answer)):
        return repr(attrs.asdict(answer))  # type: ignore[arg-type]  # attrs.has is the check
    if isinstance(answer, list | tuple):
        return "".join(map(seen, answer))
    return repr(answer)


def public(core: CustomerCore) -> set[str]:
    facades = {name for name, one in vars(CustomerCore).items() if isinstance(one, cached_property)}
    return {
        f"{facade}.{name}"
        for facade in facades
        for name, _ in inspect.getmembers(getattr(core, facade), inspect.ismethod)
        if not name.startswith("_")
    }


def test_every_public_call_is_tried_here(core: CustomerCore) -> None:
    assert public(core) <= set(CALLS)


@pytest.mark.parametrize("name", CALLS)
def test_no_call_reaches_another_tenant(store: Store, they: Neighbours, name: str) -> None:
    before = everything(store, they.their_name)
    told = seen(CALLS[name](they.ours, they.ada))
    if name != "check":
        assert "THEIRS" not in told
    assert everything(store, they.their_name) == before


def test_what_only_the_neighbour_has_is_not_found(they: Neighbours) -> None:
    extra = they.theirs.customers.by_code("T-1")
    ours, wallet = they.ours, they.theirs.balances.find(extra, currency="SEK")
    absent: list[Callable[[], object]] = [
        lambda: ours.customers.get(extra), lambda: ours.customers.by_email("only@example.com"),
        lambda: ours.customers.by_code("T-1"), lambda: ours.customers.update(extra, first_name="x"),
        lambda: ours.customers.deactivate(extra.id), lambda: ours.addresses.book(extra),
        lambda: ours.addresses.add(extra, {"country": "SE"}), lambda: ours.shops.get("only"),
        lambda: ours.flags.update("only", label="x"), lambda: ours.shops.update("only", name="x"),
        lambda: ours.balances.get(wallet), lambda: ours.balances.credit(wallet, 1),
        lambda: ours.balances.verify(wallet),
    ]  # fmt: skip
    for call in absent:
        with pytest.raises(NotFoundError):
            call()
    for fields in ({"flags": ["only"]}, {"shop": "only"}):
        with pytest.raises(InvalidValueError):
            ours.customers.update(they.ada, **fields)
    assert ours.customers.search(where.tag("only"), status=None).items == ()
    assert ours.events_of(extra) == []


def test_an_idempotency_key_of_another_tenant_means_nothing(they: Neighbours) -> None:
    they.theirs.customers.create(email="n@example.com", first_name="THEIRS", last_name="x", idempotency_key="shared")
    made = they.ours.customers.create(email="m@example.com", **NAME, idempotency_key="shared")
    assert made.first_name == "OURS"


def test_a_transaction_stays_in_its_tenant(core: CustomerCore) -> None:
    def block() -> None:
        with core.transaction() as tx:
            tx.for_tenant("other")

    with pytest.raises(TransactionError):
        block()
    with pytest.raises(CustomerCoreError):
        block()
