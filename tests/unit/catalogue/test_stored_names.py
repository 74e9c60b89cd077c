"""A field can be renamed while stores keep its old name: what they hold already is read, and written as it was."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import attrs
import pytest

from customercore import where
from customercore.adapters.documents import Documents
from customercore.adapters.memory.store import MemoryStore
from customercore.adapters.mongo.form import BSON
from customercore.adapters.sql.store import SqlStore
from customercore.domain.customer import Customer
from customercore.domain.field import declared
from customercore.domain.wallet import Wallet
from customercore.ports.store import Store
from customercore.wiring import core_on, default_catalogue

NOON = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)


@attrs.frozen(kw_only=True, slots=False, repr=False)
class Renamed(Customer):
    handle: str | None = declared("text", indexed=True, stored="nickname")
    seen: dt.datetime | None = declared("datetime", stored="seen_at")


def test_the_credit_limit_of_a_wallet_keeps_its_column_and_its_key() -> None:
    wallets = default_catalogue().wallets
    one = Wallet(id="1", version=1, owner="o", currency="SEK", credit_limit_minor=1_050, created_at=NOON)
    assert wallets.project(one).values[wallets.position["credit_limit"]] == 1_050
    assert "credit_limit_minor" not in wallets.position
    for form in ({}, {"form": BSON}):
        documents = Documents(wallets, **form)
        written = documents.write(one)
        assert (written["credit_limit"], "credit_limit_minor" in written) == (1_050, False)
        assert documents.read(written) == one
        assert written["credit_limit"] == 1_050  # reading leaves the document alone
        assert documents.read(documents.write(Wallet(id="1"))) == Wallet(id="1")


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_a_renamed_field_is_found_and_sorted_by_as_ever(kind: str, tmp_path: Path) -> None:
    catalogue = default_catalogue(customer=Renamed)
    assert {"nickname", "nickname_key", "nickname_sort", "seen_at"} <= catalogue.customers.position.keys()
    assert not {"handle", "handle_key", "seen"} & catalogue.customers.position.keys()
    store: Store = (
        MemoryStore(catalogue)
        if kind == "memory"
        else SqlStore.at(f"sqlite:///{tmp_path}/shop.db", catalogue, timeout=5)
    )
    store.prepare("create")
    core = core_on(store, catalogue)
    name: dict[str, Any] = {"first_name": "Ada", "last_name": "Lovelace", "seen": NOON}
    made = [
        core.customers.create(email=f"{number}@example.com", handle=handle, **name)
        for number, handle in enumerate(["Öde", "Adde"])
    ]
    assert [core.customers.get(one) for one in made] == made
    (found,) = core.customers.search(where.handle == "öde")
    assert found == made[0]
    assert list(core.customers.search(sort="handle")) == made[::-1]
    documents = Documents(catalogue.customers)
    assert {"nickname": "Öde", "seen_at": "2026-01-01T12:00:00.000+00:00"}.items() <= documents.write(made[0]).items()
