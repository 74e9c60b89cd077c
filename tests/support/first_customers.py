"""A few customers that use everything of the first schema, and what a later release must find of them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from customercore import BusinessUser, CustomerCore, Money, where
from customercore.testing.fakes import FixedClock, SequentialIdentifiers

__all__ = ["expect", "fill", "stopped"]


def stopped() -> dict[str, Any]:
    """Return the options that make every run of `fill` the same."""
    return {"clock": FixedClock(), "identifiers": SequentialIdentifiers()}


def fill(core: CustomerCore) -> None:
    """Make the definitions and the customers, and change some of them."""
    core.flags.define("vip")
    core.shops.create("main", name="Hauptgeschäft")
    core.info_types.define("points", "integer", searchable=True)
    core.info_types.define("card", "text", searchable=True, unique=True)
    ada = core.customers.create(
        email="ada@example.com",
        first_name="Ada",
        last_name="Ångström",
        birth_date=dt.date(1815, 12, 10),
        flags=["vip"],
        tags=["two words", "ÅÄÖ"],
        addresses=[{"country": "SE", "city": "Örebro", "line1": "Storgatan 1", "postcode": "702 11"}],
        info={"points": 42, "card": "Ω-1"},
        idempotency_key="first",
    )
    core.customers.update(ada, first_name="Ada Augusta", information="two\nlines; and 'quotes' \\ %s")
    core.customers.create(email="bo@example.com", first_name="Bo", last_name="Berg", shop="main", info={"points": 7})
    core.customers.create_guest(email="ada@example.com")
    core.acting_as(BusinessUser("clerk")).customers.add_note(ada, "two\nlines of Ö")
    core.templates.set("customer.welcome", shop="main", language="de", subject="Grüß Gott ${customer.first_name}")
    wallet = core.balances.open(ada, currency="SEK", credit_limit=20)
    core.balances.credit(wallet, "50.00", expires_at=dt.datetime(2100, 1, 1, tzinfo=dt.UTC), note="sorry; 'Ö'")
    hold = core.balances.authorize(wallet, 60, reference="Ö-1")
    core.balances.capture(hold, 25, keep_open=True)
    core.gift_cards.issue(Money(10, "EUR"))


def expect(core: CustomerCore) -> None:
    """Check that everything that `fill` made is there, found, unique and told of."""
    ada = core.customers.by_email("ADA@example.com")
    assert (ada.first_name, ada.last_name, ada.version) == ("Ada Augusta", "Ångström", 2)
    assert ada.information == "two\nlines; and 'quotes' \\ %s"
    assert ada.flags == {"vip"}
    assert ada.tags == {"two words", "ÅÄÖ"}
    assert (ada.info["points"], ada.info["card"]) == (42, "Ω-1")
    assert [event.version for event in core.events_of(ada)] == [1, 2]
    for criteria in (
        where.flag("vip"),
        where.text("augusta angs"),
        where.info("points") >= 40,
        where.info("card") == "ω-1",
        where.address.any(country="SE", city="ÖREBRO"),
        where.tag("åäö"),
    ):
        assert core.customers.count(criteria) == 1, criteria
    assert core.customers.count() == 2
    assert core.customers.count(where.kind == "guest") == 1
    assert core.customers.by_email("bo@example.com").shop == "main"
    # The first schema had neither notes nor templates, the third no wallets.
    assert {one.text for one in core.customers.notes(ada)} <= {"two\nlines of Ö"}
    assert {one.language for one in core.templates.list()} <= {"de"}
    for wallet in core.balances.of(ada):
        assert (str(wallet.posted), str(wallet.held), wallet.last_sequence) == ("25.00 SEK", "35.00 SEK", 3)
        assert core.balances.verify(wallet).ok
    assert [finding for finding in core.check() if not finding.ok] == []
