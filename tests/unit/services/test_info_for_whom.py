"""Info types for some shops, and those that customers may set: of customers and of their addresses alike."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from customercore import Customer, CustomerActor, CustomerCore
from customercore.errors import InvalidValueError

NAME = {"first_name": "Ada", "last_name": "Lovelace"}
HOME: dict[str, Any] = {"line1": "Storgatan 1", "postcode": "222 22", "city": "Lund", "country": "SE"}
WORK: dict[str, Any] = {**HOME, "line1": "Lillgatan 2"}


def problems_of(call: Any) -> list[tuple[str, str]]:
    with pytest.raises(InvalidValueError) as caught:
        call()
    return [(one.field, one.code) for one in caught.value.problems]


@pytest.fixture
def ada(core: CustomerCore) -> Customer:
    for shop in ("se", "no"):
        core.shops.create(shop)
    return core.customers.create(email="ada@example.com", shop="se", **NAME)


@pytest.fixture
def herself(core: CustomerCore, ada: Customer) -> CustomerCore:
    return core.acting_as(CustomerActor(id=ada.id))


@pytest.fixture
def fields(core: CustomerCore) -> None:
    """Define fields of addresses: one that customers may set, one that they may not, one with a default."""
    core.info_types.define("floor", "integer", applies_to="address", customer_editable=True, maximum=99)
    core.info_types.define("zone", "text", applies_to="address")
    core.info_types.define("lift", "boolean", applies_to="address", default=False)


# Shops.


def test_a_value_for_other_shops_is_refused(core: CustomerCore, ada: Customer) -> None:
    core.info_types.define("org_no", "text", shops=["no"])
    refused = [("info.org_no", "other_shop")]
    assert problems_of(lambda: core.customers.update(ada, info={"org_no": "1"})) == refused
    for shop in ({"shop": "se"}, {}):
        person: dict[str, Any] = {"email": "b@example.com", **NAME, **shop}
        assert problems_of(lambda one=person: core.customers.create(**one, info={"org_no": "1"})) == refused
    made = core.customers.create(email="b@example.com", shop="no", **NAME, info={"org_no": "1"})
    assert core.customers.update(made, info={"org_no": "2"}).info == {"org_no": "2"}
    assert core.customers.update(ada, shop="no", info={"org_no": "3"}).info == {"org_no": "3"}


def test_a_value_stays_when_the_customer_moves_to_another_shop(core: CustomerCore, ada: Customer) -> None:
    core.info_types.define("se_only", "text", shops=["se"])
    core.info_types.define("other", "text")
    core.customers.update(ada, info={"se_only": "a"})
    moved = core.customers.update(ada, shop="no")
    assert moved.info == {"se_only": "a"}
    assert core.customers.update(ada, info={"se_only": "a", "other": "b"}).info == {"se_only": "a", "other": "b"}
    assert problems_of(lambda: core.customers.update(ada, info={"se_only": "c"})) == [("info.se_only", "other_shop")]
    assert core.customers.update(ada, info={"se_only": None}).info == {"other": "b"}


def test_an_import_refuses_values_for_other_shops(core: CustomerCore, ada: Customer, tmp_path: Path) -> None:
    core.info_types.define("org_no", "text", shops=["no"])
    path = tmp_path / "in.csv"
    path.write_text(
        "email,first_name,last_name,shop,info.org_no\n"
        "b@example.com,B,B,no,1\nc@example.com,C,C,se,1\nd@example.com,D,D,,1\ne@example.com,E,E,se,\n",
        encoding="utf-8",
    )
    for dry_run in (True, False):
        report = core.imports.run(path, dry_run=dry_run)
        assert (report.created, report.refused) == (2, 2)
        assert [(one.line, one.field, one.code) for one in report.refusals] == [
            (3, "info.org_no", "other_shop"),
            (4, "info.org_no", "other_shop"),
        ]


def test_addresses_follow_the_home_shop_of_their_owner(core: CustomerCore, ada: Customer) -> None:
    core.info_types.define("gate", "text", applies_to="address", shops=["no"], default="A")
    core.info_types.define("door", "text", applies_to="address", shops=["se"], default="B")
    home = core.addresses.add(ada, HOME)
    assert home.info == {"door": "B"}
    refused = [("addresses[0].info.gate", "other_shop")]
    assert problems_of(lambda: core.addresses.update(ada, home, info={"gate": "1"})) == refused
    core.customers.update(ada, shop="no")
    assert core.addresses.update(ada, home, info={"gate": "1"}).info == {"door": "B", "gate": "1"}
    assert core.addresses.update(ada, home, city="Malmö").info == {"door": "B", "gate": "1"}


# Defaults of addresses.


@pytest.mark.usefixtures("fields")
def test_a_new_address_gets_the_defaults_that_it_has_no_value_for(core: CustomerCore, ada: Customer) -> None:
    assert core.addresses.add(ada, HOME).info == {"lift": False}
    assert core.addresses.add(ada, {**WORK, "info": {"lift": True, "zone": "C"}}).info == {"lift": True, "zone": "C"}
    made = core.customers.create(email="b@example.com", **NAME, addresses=[HOME, {**WORK, "info": {"floor": 1}}])
    assert [one.info for one in made.addresses] == [{"lift": False}, {"lift": False, "floor": 1}]
    one = core.customers.create(email="c@example.com", **NAME, addresses=[HOME])
    assert one.addresses[0].info == {"lift": False}


@pytest.mark.usefixtures("fields")
def test_a_default_makes_no_second_address_of_one_that_is_there(core: CustomerCore, ada: Customer) -> None:
    home = core.addresses.add(ada, HOME)
    assert core.addresses.add(ada, HOME) == home
    core.addresses.update(ada, home, info={"lift": None})
    assert core.addresses.add(ada, HOME).id == home.id
    assert len(core.customers.update(ada, addresses=[HOME, HOME]).addresses) == 1


@pytest.mark.usefixtures("fields")
def test_no_info_empties_all_of_it(core: CustomerCore, ada: Customer) -> None:
    home = core.addresses.add(ada, {**HOME, "info": {"floor": 1}})
    assert core.addresses.update(ada, home, info={}).info == {"floor": 1, "lift": False}
    assert core.addresses.update(ada, home, info=None).info == {}


@pytest.mark.usefixtures("fields")
def test_an_address_that_is_changed_gets_no_default(core: CustomerCore, ada: Customer) -> None:
    home = core.addresses.add(ada, HOME)
    bare = core.addresses.update(ada, home, info={"lift": None})
    assert bare.info == {}
    assert core.addresses.update(ada, home, city="Malmö").info == {}
    kept = core.customers.update(ada, addresses=[core.addresses.book(ada)[0], WORK]).addresses
    assert [one.info for one in kept] == [{}, {"lift": False}]


def test_addresses_from_before_a_default_stay_as_they_are(core: CustomerCore, ada: Customer) -> None:
    core.addresses.add(ada, HOME)
    core.info_types.define("lift", "boolean", applies_to="address", default=True)
    assert [one.info for one in core.addresses.book(ada)] == [{}]
    assert len(core.customers.update(ada, addresses=[HOME, WORK]).addresses) == 2
    assert [one.info for one in core.addresses.book(ada)] == [{}, {"lift": True}]


@pytest.mark.usefixtures("fields")
def test_imported_addresses_get_defaults_and_come_back_as_they_were(
    core: CustomerCore, ada: Customer, tmp_path: Path
) -> None:
    path, out = tmp_path / "in.csv", tmp_path / "out.csv"
    path.write_text(
        "email,first_name,last_name,address.line1,address.city,address.country\nb@example.com,B,B,Gatan 1,Lund,SE\n",
        encoding="utf-8",
    )
    for conflict in ("skip", "update", "update"):
        core.imports.run(path, on_conflict=conflict)
        assert [one.info for one in core.customers.by_email("b@example.com").addresses] == [{"lift": False}]
    bare = core.customers.by_email("b@example.com")
    core.addresses.update(bare, bare.addresses[0], info={"lift": None})
    core.exports.run(out)
    other = core.for_tenant(f"copy-{ada.id}")
    for shop in ("se", "no"):
        other.shops.create(shop)
    other.info_types.define("lift", "boolean", applies_to="address", default=False)
    for key in ("floor", "zone"):
        other.info_types.define(key, "text", applies_to="address")
    assert other.imports.run(out).refused == 0
    assert [one.info for one in other.customers.by_email("b@example.com").addresses] == [{}]


# What customers may set of addresses.


@pytest.mark.usefixtures("fields")
def test_a_customer_sets_editable_values_of_its_addresses_only(
    core: CustomerCore, ada: Customer, herself: CustomerCore
) -> None:
    refused = [("addresses[0].info.zone", "not_editable")]
    assert problems_of(lambda: herself.addresses.add(ada, {**HOME, "info": {"zone": "C"}})) == refused
    home = herself.addresses.add(ada, {**HOME, "info": {"floor": 1}})
    assert home.info == {"floor": 1, "lift": False}
    assert herself.addresses.update(ada, home, info={"floor": 2}).info["floor"] == 2
    core.addresses.update(ada, home, info={"zone": "C"})
    for info, key in (({"zone": "D"}, "zone"), ({"zone": None}, "zone"), ({"lift": True}, "lift"), (None, "zone")):
        assert (f"addresses[0].info.{key}", "not_editable") in problems_of(
            lambda info=info: herself.addresses.update(ada, home, info=info)
        )
    assert herself.addresses.update(ada, home, city="Malmö", info={"zone": "C"}).info["zone"] == "C"
    herself.addresses.remove(ada, home)


@pytest.mark.usefixtures("fields")
def test_a_customer_who_replaces_its_book_sets_editable_values_only(
    core: CustomerCore, ada: Customer, herself: CustomerCore
) -> None:
    core.addresses.add(ada, {**HOME, "info": {"zone": "C"}})
    kept = core.addresses.book(ada)[0]
    more = {**WORK, "info": {"zone": "D"}}
    refused = [("addresses[1].info.zone", "not_editable")]
    assert problems_of(lambda: herself.customers.update(ada, addresses=[kept, more])) == refused
    book = herself.customers.update(ada, addresses=[kept, {**WORK, "info": {"floor": 3}}]).addresses
    assert [dict(one.info) for one in book] == [{"zone": "C", "lift": False}, {"floor": 3, "lift": False}]


@pytest.mark.usefixtures("fields")
def test_at_checkout_only_editable_values_of_addresses_are_set(core: CustomerCore) -> None:
    def order(info: dict[str, object]) -> Customer:
        return core.customers.at_checkout("g@example.com", addresses=[{**HOME, "info": info}])

    assert problems_of(lambda: order({"zone": "C"})) == [("addresses[0].info.zone", "not_editable")]
    assert order({"floor": 4}).addresses[0].info == {"floor": 4, "lift": False}


# What is required of addresses.


def test_what_is_required_of_an_address_is_asked_for_at_checkout(core: CustomerCore) -> None:
    core.info_types.define("phone_code", "text", applies_to="address", required=True, customer_editable=True)
    refused = [("addresses[0].info.phone_code", "required")]
    assert problems_of(lambda: core.customers.at_checkout("g@example.com", addresses=[HOME])) == refused
    guest = core.customers.at_checkout("g@example.com", addresses=[{**HOME, "info": {"phone_code": "1"}}])
    assert guest.addresses[0].info == {"phone_code": "1"}
    assert core.customers.at_checkout("h@example.com").addresses == ()
    # Business users and imports need not know it.
    made = core.customers.create(email="b@example.com", **NAME, addresses=[HOME])
    core.addresses.add(made, WORK)


def test_what_is_required_of_an_address_is_asked_of_the_customer_itself(
    core: CustomerCore, ada: Customer, herself: CustomerCore
) -> None:
    old = core.addresses.add(ada, HOME)
    core.info_types.define("door", "text", applies_to="address", required=True, customer_editable=True)
    assert problems_of(lambda: herself.addresses.add(ada, WORK)) == [("addresses[1].info.door", "required")]
    work = herself.addresses.add(ada, {**WORK, "info": {"door": "7"}})
    assert problems_of(lambda: herself.addresses.update(ada, work, info={"door": None})) == [
        ("addresses[1].info.door", "required")
    ]
    # An address from before the definition is changed without it.
    assert herself.addresses.update(ada, old, city="Malmö").info == {}
    assert herself.addresses.update(ada, work, city="Malmö").info == {"door": "7"}


def test_a_default_is_as_good_as_a_value_that_is_required(
    herself: CustomerCore, core: CustomerCore, ada: Customer
) -> None:
    core.info_types.define("door", "text", applies_to="address", required=True, default="-")
    assert herself.addresses.add(ada, HOME).info == {"door": "-"}


def test_doubtful_values_of_addresses_are_warned_of_or_refused(
    core: CustomerCore, ada: Customer, herself: CustomerCore
) -> None:
    core.info_types.define("bell", "phone", applies_to="address", customer_editable=True)
    home = core.addresses.add(ada, {**HOME, "info": {"bell": "+46 1"}})
    assert [(one.field, one.code) for one in home.warnings] == [("info.bell", "invalid_phone")]
    assert core.addresses.update(ada, home, city="Malmö").warnings == ()
    refused = [("addresses[1].info.bell", "invalid_phone")]
    assert problems_of(lambda: herself.addresses.add(ada, {**WORK, "info": {"bell": "+46 1"}})) == refused


def test_bounds_choices_and_patterns_hold_for_addresses(core: CustomerCore, ada: Customer) -> None:
    core.info_types.define("floor", "integer", applies_to="address", minimum=0, maximum=99)
    core.info_types.define("size", "choice", applies_to="address", choices=["s", "l"])
    core.info_types.define("gate", "text", applies_to="address", pattern="[A-Z]")
    wrong = {"floor": 100, "size": "m", "gate": "a", "nope": 1}
    assert problems_of(lambda: core.addresses.add(ada, {**HOME, "info": wrong})) == [
        ("info.floor", "out_of_range"),
        ("info.size", "unknown_choice"),
        ("info.gate", "pattern_mismatch"),
        ("info.nope", "unknown_field"),
    ]
