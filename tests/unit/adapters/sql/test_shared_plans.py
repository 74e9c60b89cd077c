"""What follows from a catalogue is made once for all its stores on one product, and goes with the catalogue."""

from __future__ import annotations

import gc
import weakref
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_mock_engine, make_url

from customercore.adapters.sql.shared_plans import Plans, shared_plans
from customercore.adapters.sql.statements import grammar_of
from customercore.adapters.sql.store import SqlStore, dialect_of
from customercore.catalogue.catalogue import Catalogue, build_catalogue
from customercore.catalogue.kinds import built_in_kinds
from customercore.testing.samples import catalogue_for_tests
from customercore.wiring import open_core

URLS = ("sqlite:///shop.db", "postgresql+psycopg://me:secret@here/shop", "mysql+pymysql://me:secret@here/shop")


def _plans(url: str, catalogue: Catalogue) -> Plans:
    dialect = dialect_of(url)
    return shared_plans(catalogue, dialect, dialect.engine(url, 1.0))


def _another_catalogue() -> Catalogue:
    return build_catalogue(
        built_in_kinds(check_email=lambda *_, **__: None, email_key=str, check_phone=lambda *_: None)
    )


def test_stores_of_one_catalogue_share_their_plans(tmp_path: Path) -> None:
    first, second = (SqlStore.at(f"sqlite:///{tmp_path / name}", catalogue_for_tests(), timeout=1) for name in "ab")
    with closing(first), closing(second):
        assert first.tables is second.tables


def test_another_catalogue_or_another_product_has_its_own() -> None:
    ours = [_plans(url, catalogue_for_tests()) for url in URLS]
    assert len({id(plans) for plans in ours}) == len(URLS)
    assert _plans(URLS[0], _another_catalogue()) is not ours[0]
    assert _plans(URLS[0], catalogue_for_tests()) is ours[0]


def test_a_store_with_a_dialect_of_its_own_shares_nothing(tmp_path: Path) -> None:
    dialect = dialect_of(URLS[0])
    engine = dialect.engine(f"sqlite:///{tmp_path / 'shop.db'}", 1.0)
    with closing(SqlStore(engine, dialect, catalogue_for_tests())) as store:
        assert store.tables is not _plans(URLS[0], catalogue_for_tests()).tables


def test_plans_go_with_their_catalogue(tmp_path: Path) -> None:
    catalogue = _another_catalogue()
    with closing(SqlStore.at(f"sqlite:///{tmp_path / 'shop.db'}", catalogue, timeout=1)) as store:
        store.prepare("create")
    plans = weakref.ref(_plans(URLS[0], catalogue))
    assert plans() is not None
    del catalogue, store
    gc.collect()
    assert plans() is None


def test_plans_know_nothing_of_the_database_that_they_were_first_made_for(tmp_path: Path) -> None:
    here, there = (f"sqlite:///{tmp_path / name}.db" for name in "ab")
    with open_core(here) as one, open_core(there) as other:
        one.shops.create("outlet", name="Outlet")
        assert "outlet" in {shop.code for shop in one.shops.list()}
        assert "outlet" not in {shop.code for shop in other.shops.list()}


@pytest.mark.parametrize("url", URLS)
def test_statements_are_written_for_the_driver_and_not_for_a_server(url: str) -> None:
    engine = dialect_of(url).engine(url, 1.0)
    made = grammar_of(engine)
    assert made is not engine.dialect
    assert (type(made), made.paramstyle) == (type(engine.dialect), engine.dialect.paramstyle)


@pytest.mark.parametrize("url", URLS)
def test_the_definitions_are_those_that_sqlalchemy_makes(url: str) -> None:
    made: list[str] = []
    plans = _plans(url, catalogue_for_tests())

    def note(statement: Any, *_: Any, **__: Any) -> None:
        made.append(str(statement.compile(dialect=dialect_of(url).engine(url, 1.0).dialect)))

    plans.tables.metadata.create_all(create_mock_engine(make_url(url), note), checkfirst=False)
    assert sorted(plans.definitions) == sorted(made)


@pytest.mark.parametrize("url", URLS)
def test_the_plan_of_a_table_is_made_when_it_is_first_asked_for_and_kept(url: str) -> None:
    plans = Plans(catalogue_for_tests(), dialect_of(url), grammar_of(dialect_of(url).engine(url, 1.0)))
    assert plans.rows("customers") is plans.rows("customers")
    assert plans.rows("customers").get is plans.rows("customers").get
    assert plans.rows("shops") is not plans.rows("customers")
