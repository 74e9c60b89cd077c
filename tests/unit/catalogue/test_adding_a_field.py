"""One declaration is enough: a new field is found wherever fields are used."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect

from customercore import Customer, CustomerCore, where
from customercore.adapters.documents import Documents
from customercore.adapters.memory.store import MemoryStore
from customercore.adapters.sql.sqlite import SqliteDialect
from customercore.adapters.sql.store import SqlStore
from customercore.adapters.sql.tables import tables_for
from customercore.catalogue.catalogue import Catalogue
from customercore.catalogue.columns import column_of, default_columns
from customercore.domain.field import Privacy, declared
from customercore.errors import InvalidValueError, Problem
from customercore.ports.store import Store
from customercore.wiring import core_on, default_catalogue, open_core

NAME = {"first_name": "Ada", "last_name": "Lovelace"}


@attrs.frozen(kw_only=True, slots=False, repr=False)
class Nicknamed(Customer):
    nickname: str | None = declared("text", indexed=True, privacy=Privacy.PERSONAL)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return default_catalogue(customer=Nicknamed)


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, catalogue: Catalogue, tmp_path: Path) -> Iterator[Store]:
    made: Store
    if request.param == "memory":
        made = MemoryStore(catalogue)
    else:
        made = SqlStore.at(f"sqlite:///{tmp_path / 'shop.db'}", catalogue, timeout=5)
    made.prepare("create")
    yield made
    made.close()


@pytest.fixture
def core(store: Store, catalogue: Catalogue) -> CustomerCore:
    return core_on(store, catalogue)


def created(core: CustomerCore, nickname: str | None, number: int = 0) -> Any:
    return core.customers.create(email=f"ada{number}@example.com", nickname=nickname, **NAME)


def test_it_is_a_column_with_its_keys(catalogue: Catalogue) -> None:
    names = {spec.name for spec in catalogue.customers.columns}
    assert {"nickname", "nickname_key", "nickname_sort"} <= names
    one = Nicknamed(nickname="Öde")
    values = dict(
        zip((spec.name for spec in catalogue.customers.columns), catalogue.customers.project(one).values, strict=True)
    )
    assert (values["nickname"], values["nickname_key"], values["nickname_sort"]) == ("Öde", "öde", "ode")


def test_it_is_a_column_and_an_index_of_the_table(catalogue: Catalogue, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    SqlStore.at(url, catalogue, timeout=5).prepare("create")
    found = inspect(create_engine(url))
    assert {"nickname", "nickname_key", "nickname_sort"} <= {
        one["name"] for one in found.get_columns("customercore_customers")
    }
    indexed = [one["column_names"] for one in found.get_indexes("customercore_customers")]
    assert ["tenant", "nickname_sort", "id"] in indexed


def test_a_migration_of_an_older_store_would_add_it_and_nothing_else(catalogue: Catalogue, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    open_core(url).close()
    metadata = tables_for(catalogue, SqliteDialect()).metadata
    with create_engine(url).connect() as connection:
        options = {"version_table": "customercore_schema"}
        found: list[Any] = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
    columns = {step[3].name for step in found if step[0] == "add_column"}
    indexes = {step[1].name for step in found if step[0] == "add_index"}
    assert columns == {"nickname", "nickname_key", "nickname_sort"}
    assert indexes == {"customercore_customers_nickname_sort_order"}
    assert len(found) == 4


def test_it_is_given_checked_and_emptied_like_any_other(core: CustomerCore) -> None:
    ada = created(core, "  The Enchantress ")
    assert ada.nickname == "The Enchantress"
    assert core.customers.get(ada) == ada
    assert isinstance(core.customers.get(ada), Nicknamed)
    changed: Any = core.customers.update(ada, nickname="Countess")
    assert changed.nickname == "Countess"
    emptied: Any = core.customers.update(ada, nickname="")
    assert emptied.nickname is None
    for wrong, code in ((5, "wrong_type"), ("a\x00", "control_character"), ("a" * 256, "too_long")):
        with pytest.raises(InvalidValueError) as caught:
            core.customers.update(ada, nickname=wrong)
        assert [(one.field, one.code) for one in caught.value.problems] == [("nickname", code)]
        with pytest.raises(InvalidValueError, match=code):
            core.customers.create(email="eve@example.com", nickname=wrong, **NAME)
    with pytest.raises(InvalidValueError, match="unknown_field"):
        open_core("memory://").customers.create(email="a@example.com", nickname="x", **NAME)


def test_it_can_be_searched_and_sorted_by(core: CustomerCore) -> None:
    for number, nickname in enumerate(["Östen", "adde", None, "Zeb", "ODD"]):
        created(core, nickname, number)

    def nicknames(**options: Any) -> list[str | None]:
        return [one.nickname for one in core.customers.search(**options)]  # type: ignore[attr-defined]  # Nicknamed's own

    assert nicknames(sort="nickname") == ["adde", "ODD", "Östen", "Zeb", None]
    assert nicknames(sort="-nickname") == ["Zeb", "Östen", "ODD", "adde", None]
    assert nicknames(criteria=where.nickname.startswith("o"), sort="nickname") == ["ODD", "Östen"]
    assert nicknames(criteria=where.nickname == "ÖSTEN") == ["Östen"]
    assert nicknames(criteria=where.nickname.is_missing()) == [None]
    page = core.customers.search(sort="nickname", limit=2)
    rest = core.customers.search(sort="nickname", limit=3, cursor=page.next)
    assert [one.nickname for one in rest] == ["Östen", "Zeb", None]  # type: ignore[attr-defined]  # Nicknamed's own


def test_its_changes_are_personal_in_events(core: CustomerCore) -> None:
    ada = created(core, "Enchantress")
    core.customers.update(ada, nickname="Countess")
    made, changed = core.events_of(ada)
    assert made.personal["nickname"] == (None, "Enchantress")
    assert changed.personal == {"nickname": ("Enchantress", "Countess")}
    assert not changed.changes
    assert "Enchantress" not in repr([made, changed])


def test_it_is_in_documents(catalogue: Catalogue) -> None:
    documents = Documents(catalogue.customers)
    one = Nicknamed(id="1", version=1, nickname="Öde")
    assert '"nickname":"Öde"' in documents.dump(one)
    assert documents.load(documents.dump(one)) == one
    assert documents.load(documents.dump(Nicknamed(id="1"))) == Nicknamed(id="1")


def test_it_is_a_column_of_files(catalogue: Catalogue, core: CustomerCore, tmp_path: Path) -> None:
    found = column_of(catalogue, "nickname")
    assert found is not None
    assert found.field.field.privacy is Privacy.PERSONAL
    for flat in (True, False):
        assert "nickname" in default_columns(catalogue, flat=flat)
    created(core, "Öde")
    path = tmp_path / "out.csv"
    core.exports.run(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert [row["nickname"] for row in csv.DictReader(file)] == ["Öde"]


def test_a_file_with_it_comes_in_again(catalogue: Catalogue, core: CustomerCore, tmp_path: Path) -> None:
    created(core, "Öde")
    core.exports.run(tmp_path / "out.csv")
    store = MemoryStore(catalogue)
    other = core_on(store, catalogue)
    report = other.imports.run(tmp_path / "out.csv")
    assert (report.read, report.created, report.refused) == (1, 1, 0)
    found: Any = other.customers.by_email("ada0@example.com")
    assert found.nickname == "Öde"


def test_a_required_field_is_asked_for() -> None:
    @attrs.frozen(kw_only=True, slots=False, repr=False)
    class Numbered(Customer):
        number: int | None = declared("integer", required=True)

    catalogue = default_catalogue(customer=Numbered)
    core = core_on(MemoryStore(catalogue), catalogue)
    with pytest.raises(InvalidValueError) as caught:
        core.customers.create(email="a@example.com", **NAME)
    assert caught.value.problems == (Problem("number", "required", "is needed"),)
    made: Any = core.customers.create(email="a@example.com", number=7, **NAME)
    assert made.number == 7
    zero: Any = core.customers.create(email="b@example.com", number=0, **NAME)
    assert zero.number == 0
