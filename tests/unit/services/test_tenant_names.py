"""What a tenant may be called, and that its name is compared exactly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from customercore import BusinessUser, CustomerCore
from customercore.errors import InvalidValueError

MakeCore = Callable[..., CustomerCore]


@pytest.mark.parametrize("name", ["acme", "A", "0", "a.b-c_d", "x" * 63])
def test_a_tenant_has_a_plain_name(core: CustomerCore, name: str) -> None:
    assert core.for_tenant(name).customers.count() == 0


@pytest.mark.parametrize(
    "name",
    ["", " ", "a b", "-a", ".a", "_a", "å", "a/b", "a\n", "a\x00", "x" * 64, "%", None, 5, b"a", ["a"], "\ud800"],
)
def test_no_other_name_is_a_tenant(core: CustomerCore, make: MakeCore, name: Any) -> None:
    with pytest.raises(InvalidValueError) as caught:
        core.for_tenant(name)
    assert (caught.value.field, caught.value.code) == ("tenant", "invalid_tenant")


def test_names_of_tenants_are_told_apart_exactly(core: CustomerCore, tenant: str) -> None:
    core.for_tenant(f"{tenant}.X").flags.define("vip")
    for other in (f"{tenant}.x", f"{tenant}-X", f"{tenant}.XX", f"{tenant}."):
        assert core.for_tenant(other).flags.list() == ()
    assert len(core.for_tenant(f"{tenant}.X").flags.list()) == 1


def test_another_tenants_core_acts_as_the_same_actor_for_the_same_reason(core: CustomerCore, tenant: str) -> None:
    clerk = core.acting_as(BusinessUser("clerk"), reason="ticket 5")
    for there in (clerk.for_tenant(f"{tenant}-x"), clerk.for_tenant(f"{tenant}-x").for_tenant(f"{tenant}-y")):
        ada = there.customers.create(email="ada@example.com", first_name="Ada", last_name="Lovelace")
        (told,) = there.history(ada).items
        assert (told.actor, told.reason) == (BusinessUser("clerk"), "ticket 5")
    bo = core.for_tenant(f"{tenant}-x").customers.create(email="bo@example.com", first_name="Bo", last_name="Berg")
    assert core.for_tenant(f"{tenant}-x").history(bo).items[0].reason is None
