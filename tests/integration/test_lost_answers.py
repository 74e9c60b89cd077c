"""The answer to a COMMIT is lost on the way: the caller still gets the truth, once (ruling 16)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from wire_proxy import READ, Fault, WireProxy

from customercore import CustomerCore, Money, open_core
from customercore.errors import StorageUnavailableError, retryable
from customercore.services.own_units import OwnUnits


@pytest.fixture(scope="module")
def store(proxy: WireProxy) -> Iterator[CustomerCore]:
    """Open the store by way of the proxy."""
    with open_core(proxy.url) as core:
        yield core


@pytest.fixture
def core(store: CustomerCore, proxy: WireProxy, request: pytest.FixtureRequest) -> CustomerCore:
    """Give a tenant of its own to each test, whose codes are taken already."""
    name = "".join(char if char.isalnum() else "-" for char in request.node.name)[-60:].strip("-")
    proxy.next("reset", b"no statement says this")  # what the test before left undone
    core = store.for_tenant(name)
    core.customers.create(**person(0))
    return core


def person(number: int = 1) -> dict[str, str]:
    return {"email": f"p{number}@example.com", "first_name": "Pat", "last_name": f"Nr {number}"}


def lose_answers(proxy: WireProxy, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lose the answer to the next commit for good; on MongoDB the driver repeats it, and then so do we."""
    monkeypatch.setattr("customercore.adapters.mongo.wire._COMMITS", 1)
    proxy.next("lost_answer", times=2 if proxy.url.startswith("mongodb") else 1)


Change = Callable[[CustomerCore], object]
CHANGES: dict[str, Change] = {
    "create": lambda core: core.customers.create(**person()),
    "create with a key": lambda core: core.customers.create(**person(), idempotency_key="k"),
    "update": lambda core: core.customers.update(core.customers.by_email("p0@example.com"), first_name="Ada"),
    "update of a version": lambda core: core.customers.update(
        core.customers.by_email("p0@example.com"), first_name="Ada", expected_version=1
    ),
    "deactivate": lambda core: core.customers.deactivate(core.customers.by_email("p0@example.com")),
    "address": lambda core: core.addresses.add(
        core.customers.by_email("p0@example.com"),
        {"line1": "Road 1", "city": "Oslo", "country": "NO"},
    ),
    "definition": lambda core: core.flags.define("vip"),
}


def told(core: CustomerCore) -> list[tuple[str, int]]:
    """Return every customer's versions and events."""
    found = core.customers.iterate(status="any", sort="email")
    return [(one.last_name or "", one.version) for one in found for _ in core.events_of(one)]


@pytest.mark.parametrize("fault", ["lost_answer", "lost_request", "reset"])
@pytest.mark.parametrize("change", CHANGES)
def test_the_change_is_made_once_and_its_caller_hears_of_it(
    core: CustomerCore, store: CustomerCore, proxy: WireProxy, change: str, fault: Fault
) -> None:
    undisturbed = store.for_tenant(f"undisturbed-{abs(hash((change, fault)))}")
    undisturbed.customers.create(**person(0))
    CHANGES[change](undisturbed)
    before = proxy.done
    proxy.next(fault)
    assert CHANGES[change](core) is not None
    assert proxy.done == before + 1
    assert told(core) == told(undisturbed)
    assert [one.code for one in core.flags.list()] == [one.code for one in undisturbed.flags.list()]


@pytest.mark.parametrize("fault", ["lost_answer", "lost_request", "reset"])
def test_a_debit_is_made_once_and_its_caller_hears_of_it(core: CustomerCore, proxy: WireProxy, fault: Fault) -> None:
    wallet = core.balances.open("party", currency="SEK")
    core.balances.credit(wallet, "10.00")
    before = proxy.done
    proxy.next(fault)
    entry = core.balances.debit(wallet, "3.00")
    assert proxy.done == before + 1
    assert (entry.amount, entry.balance_after) == (Money("-3.00", "SEK"), Money("7.00", "SEK"))
    assert [one.sequence for one in core.balances.entries(wallet).items] == [1, 2]
    assert core.balances.verify(wallet).ok


def test_an_import_goes_on(core: CustomerCore, proxy: WireProxy, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("import") / "people.csv"
    rows = [",".join(person(number).values()) for number in range(2500)]
    path.write_text("\n".join(["email,first_name,last_name", *rows]), "utf-8")
    proxy.next("lost_answer")
    report = core.imports.run(path, progress=lambda *_: proxy.next("lost_answer"))
    assert (report.created, report.skipped, report.refused) == (2499, 1, 0)
    proxy.next("lost_answer", b"no statement says this")
    assert core.customers.count() == 2500
    assert {len(core.events_of(one)) for one in core.customers.iterate()} == {1}


def test_without_looking_for_its_own_event_it_would_be_told_wrongly(
    core: CustomerCore, proxy: WireProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the fault does matter."""
    monkeypatch.setattr(OwnUnits, "_kept", lambda _self, _work, _deadline: False)
    lose_answers(proxy, monkeypatch)
    ada = core.customers.by_email("p0@example.com")
    with pytest.raises(Exception, match=r"stale_version|write_conflict"):
        core.customers.update(ada, first_name="Ada", expected_version=1)
    assert core.customers.get(ada.id).first_name == "Ada"


def test_an_answer_that_is_lost_for_good_is_looked_for(
    core: CustomerCore, proxy: WireProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose_answers(proxy, monkeypatch)
    ada = core.customers.by_email("p0@example.com")
    assert core.customers.update(ada, first_name="Ada", expected_version=1).version == 2


def test_in_a_transaction_the_owner_is_told_that_nobody_knows(
    core: CustomerCore, proxy: WireProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    def work() -> None:
        with core.transaction() as tx:
            tx.customers.create(**person())
            lose_answers(proxy, monkeypatch)

    with pytest.raises(StorageUnavailableError) as caught:
        work()
    assert caught.value.code == "outcome_unknown"
    assert not retryable(caught.value)
    assert core.customers.count() == 2


def test_a_lost_connection_is_not_noticed_by_who_reads(core: CustomerCore, proxy: WireProxy) -> None:
    proxy.next("reset", READ)
    assert core.customers.by_email("p0@example.com").last_name == "Nr 0"
