"""Shops, and what holds for the whole tenant."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from customercore import Customer, CustomerCore
from customercore.errors import (
    ConflictError,
    DuplicateError,
    InvalidValueError,
    NotFoundError,
    StaleVersionError,
)
from customercore.testing.fakes import FixedClock

NAME = {"first_name": "Ada", "last_name": "Lovelace"}
ADA = "ada@example.com"
MakeCore = Callable[..., CustomerCore]


def made(core: CustomerCore, **fields: Any) -> Customer:
    return core.customers.create(**{"email": ADA, **NAME, **fields})


def test_a_shop_is_kept_as_given(core: CustomerCore, make: MakeCore, clock: FixedClock) -> None:
    core.shops.create("master")
    shop = core.shops.create(
        " SE ", name="Web shop", currency="sek", countries=["Sweden", "no", "SE"], delivery_countries={"SE"},
        languages=iter(["sv_se", "en"]), parent="MASTER",
    )  # fmt: skip
    assert (shop.code, shop.name, shop.currency, shop.parent, shop.version) == ("se", "Web shop", "SEK", "master", 1)
    assert (shop.countries, shop.delivery_countries, shop.languages) == (("SE", "NO"), ("SE",), ("sv-SE", "en"))
    assert shop.created_at == shop.updated_at == clock.now()
    for other in (core, make()):
        assert other.shops.get("Se ") == shop
        assert [one.code for one in other.shops.list()] == ["master", "se"]


def test_no_countries_are_all_countries_and_delivery_follows_invoice(core: CustomerCore) -> None:
    everywhere = core.shops.create("all")
    assert everywhere.serves("JP", "invoice")
    assert everywhere.serves("JP", "delivery")
    nordic = core.shops.create("nordic", countries=["SE", "NO"])
    assert nordic.serves("NO", "delivery")
    assert not nordic.serves("DE", "delivery")
    narrow = core.shops.create("narrow", delivery_countries=["SE"])
    assert narrow.serves("DE", "invoice")
    assert not narrow.serves("DE", "delivery")


def test_every_bad_field_of_a_shop_is_named(core: CustomerCore) -> None:
    with pytest.raises(InvalidValueError) as caught:
        core.shops.create("a b", name=5, currency="XXX", countries=["SE", "ZZ"], languages="sv", parent="nobody")  # type: ignore[arg-type]  # what is tested
    assert {(one.field, one.code) for one in caught.value.problems} == {
        ("code", "invalid_code"), ("name", "wrong_type"), ("currency", "unknown_currency"),
        ("countries[1]", "unknown_country"), ("languages", "wrong_type"), ("parent", "unknown_shop"),
    }  # fmt: skip
    assert core.shops.list() == ()


def test_a_code_is_taken_once(core: CustomerCore) -> None:
    core.shops.create("se")
    with pytest.raises(DuplicateError) as caught:
        core.shops.create("SE")
    assert caught.value.code == "duplicate_code"


def test_a_shop_is_changed(core: CustomerCore, clock: FixedClock) -> None:
    shop = core.shops.create("se", name="Shop", countries=["SE"])
    clock.advance(1)
    changed = core.shops.update("SE", countries=["SE", "NO"], name=None)
    assert (changed.id, changed.version, changed.countries, changed.name) == (shop.id, 2, ("SE", "NO"), None)
    assert changed.updated_at == clock.now()
    assert core.shops.update("se", countries=["SE", "NO"]) == changed
    with pytest.raises(StaleVersionError):
        core.shops.update("se", name="x", expected_version=1)
    bad: list[dict[str, Any]] = [{"colour": "red"}, {"id": "x"}, {"currency": "XXX"}, {"parent": "nobody"}]
    for fields in bad:
        with pytest.raises(InvalidValueError) as caught:
            core.shops.update("se", **fields)
        assert [one.field for one in caught.value.problems] == list(fields)
    with pytest.raises(NotFoundError) as missing:
        core.shops.update("nobody", name="x")
    assert missing.value.code == "shop_not_found"
    assert core.shops.get("se") == changed


def test_a_shop_is_not_its_own_ancestor(core: CustomerCore) -> None:
    core.shops.create("master")
    core.shops.create("sub", parent="master")
    for code, parent in (("master", "master"), ("master", "sub")):
        with pytest.raises((InvalidValueError, ConflictError)):
            core.shops.update(code, parent=parent)


def test_settings_have_defaults_and_are_changed_one_by_one(
    core: CustomerCore, make: MakeCore, clock: FixedClock
) -> None:
    was = core.settings.get()
    assert (was.email.scope, was.email.special_domains) == ("tenant", False)
    assert (was.customers.code_pattern, was.customers.max_addresses, was.version) == ("C{number:07d}", 100, 0)
    first = core.settings.update(email={"special_domains": True})
    assert (first.version, first.updated_at) == (1, clock.now())
    second = core.settings.update(customers={"max_addresses": 5}, expected_version=1)
    assert (second.version, second.email.special_domains, second.customers.max_addresses) == (2, True, 5)
    assert core.settings.update(customers={"max_addresses": 5}) == second
    assert core.settings.update() == second
    for other in (core, make()):
        assert other.settings.get() == second
    with pytest.raises(StaleVersionError):
        core.settings.update(customers={"max_addresses": 6}, expected_version=1)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"email": {"scope": "planet"}}, "settings.email.scope"),
        ({"email": {"special_domains": 1}}, "settings.email.special_domains"),
        ({"email": {"colour": 1}}, "settings.email.colour"),
        ({"customers": {"code_pattern": "C"}}, "settings.customers.code_pattern"),
        ({"customers": {"code_pattern": 5}}, "settings.customers.code_pattern"),
        ({"customers": {"max_addresses": 0}}, "settings.customers.max_addresses"),
        ({"customers": {"max_addresses": 1_001}}, "settings.customers.max_addresses"),
        ({"customers": {"max_addresses": "5"}}, "settings.customers.max_addresses"),
        ({"customers": {"max_addresses": True}}, "settings.customers.max_addresses"),
    ],
)
def test_a_bad_setting_is_refused_by_name(core: CustomerCore, given: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        core.settings.update(**given)
    assert [one.field for one in caught.value.problems] == [field]
    assert core.settings.get().version == 0


@pytest.mark.parametrize("section", ["email", "customers"])
@pytest.mark.parametrize("value", ["scope", 5, [("scope", "shop")]])
def test_a_section_of_the_settings_is_a_mapping(core: CustomerCore, section: str, value: Any) -> None:
    with pytest.raises(InvalidValueError) as caught:
        core.settings.update(**{section: value})
    assert caught.value.field.startswith(f"settings.{section}")


def test_special_domains_are_admitted_by_a_setting(core: CustomerCore, make: MakeCore) -> None:
    other = make()
    for domain in ("example.test", "shop.local", "nobody.invalid"):
        with pytest.raises(InvalidValueError, match="invalid_email"):
            made(core, email=f"a@{domain}")
    other.settings.update(email={"special_domains": True})
    kept = made(core, email="a@example.test")
    other.settings.update(email={"special_domains": False})
    with pytest.raises(InvalidValueError):
        made(core, email="b@example.test")
    assert core.customers.by_email("A@EXAMPLE.test") == kept
    assert core.customers.update(kept, first_name="Still").first_name == "Still"


def test_an_email_may_be_unique_in_each_shop(core: CustomerCore) -> None:
    core.settings.update(email={"scope": "shop"})
    core.shops.create("se")
    core.shops.create("no")
    of = {shop: made(core, shop=shop) for shop in ("se", "no", None)}
    for shop in of:
        with pytest.raises(DuplicateError):
            made(core, shop=shop, email="ADA@example.com")
    assert core.customers.by_email(ADA, shop="SE ") == of["se"]
    assert core.customers.by_email(ADA, shop="no") == of["no"]
    assert core.customers.by_email(ADA) == of[None]
    with pytest.raises(NotFoundError):
        core.customers.by_email(ADA, shop="nobody")
    assert core.customers.at_checkout(ADA, shop="se", guest=False) == of["se"]
    with pytest.raises(DuplicateError):
        core.customers.update(of["no"], shop="se")
    moved = core.customers.update(of["no"], shop="se", email="ada.no@example.com")
    assert core.customers.by_email("ada.no@example.com", shop="se") == moved
    assert made(core, shop="no").shop == "no"
    assert core.customers.search(shop="se", sort="email").items == (moved, of["se"])
    assert core.customers.count(shop="SE") == 2


def test_the_scope_stays_while_there_are_customers(core: CustomerCore) -> None:
    core.customers.create_guest(email=ADA)
    with pytest.raises(ConflictError) as caught:
        core.settings.update(email={"scope": "shop", "special_domains": True})
    assert caught.value.code == "scope_in_use"
    assert core.settings.get().version == 0
    assert core.settings.update(email={"scope": "tenant", "special_domains": True}).version == 1


@pytest.mark.parametrize("shop", [5, ["se"], {"$gt": ""}, b"se"])
def test_the_shop_of_an_email_is_a_text(core: CustomerCore, shop: Any) -> None:
    made(core)
    with pytest.raises((NotFoundError, InvalidValueError)):
        core.customers.by_email(ADA, shop=shop)


@pytest.mark.parametrize("shop", ["nobody", "\ud800", "a\x00", "a\nb", "%"])
def test_nobody_is_at_home_in_a_shop_that_is_none(core: CustomerCore, shop: str) -> None:
    core.settings.update(email={"scope": "shop"})
    made(core)
    with pytest.raises((NotFoundError, InvalidValueError)):
        core.customers.by_email(ADA, shop=shop)


def test_definitions_made_at_once_are_all_kept(core: CustomerCore) -> None:
    codes = [f"code{number:02d}" for number in range(16)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(core.flags.define, codes))
        list(pool.map(core.shops.create, codes))
    assert [one.code for one in core.flags.list()] == [one.code for one in core.shops.list()] == codes
