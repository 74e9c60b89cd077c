"""What each verb of the journal and of the deliveries may show of a tenant, while another has rows of equal names."""

from __future__ import annotations

from collections.abc import Callable

from customercore.ports.deliveries import Deliveries
from customercore.ports.journal import Journal
from customercore.testing.samples import delivery, event, identifier, moment

__all__ = ["DELIVERY_PROBES", "JOURNAL_PROBES"]


def _record(journal: Journal) -> None:
    journal.record(event(2, id=identifier(50)))


def _load_events(journal: Journal) -> None:
    journal.load([event(2, id=identifier(50)), event(3, id=identifier(51))])


def _of(journal: Journal) -> None:
    assert journal.of("customer", identifier(1)) == [event(1, type="customer.created")]
    assert journal.of("customer", identifier(1), after=(1, 0)) == []


def _back(journal: Journal) -> None:
    assert journal.back("customer", identifier(1)) == [event(1, type="customer.created")]
    assert journal.back("customer", identifier(1), before=(1, 0)) == []


def _rewrite(journal: Journal) -> None:
    journal.rewrite([event(1, reason="ours"), event(2, reason="theirs"), event(2, 1, reason="theirs")])
    assert [one.reason for one in journal.of("customer", identifier(1))] == ["ours"]


JOURNAL_PROBES: dict[str, Callable[[Journal], None]] = {
    "record": _record,
    "load": _load_events,
    "of": _of,
    "back": _back,
    "rewrite": _rewrite,
}
"""What is tried of the journal, by verb."""


def _add_deliveries(deliveries: Deliveries) -> None:
    deliveries.add([delivery(7)])


def _due(deliveries: Deliveries) -> None:
    assert [one.delivery for one in deliveries.due("crm", moment(9), 100)] == [delivery(1)]


def _save_delivery(deliveries: Deliveries) -> None:
    assert deliveries.save(delivery(1).delivered(moment(9)), fence=0)
    assert not deliveries.save(delivery(2).delivered(moment(9)), fence=0)


def _dead(deliveries: Deliveries) -> None:
    assert deliveries.dead() == []
    assert deliveries.dead(after=delivery(1)) == []


def _numbers(deliveries: Deliveries) -> None:
    assert deliveries.numbers("crm", "customer", identifier(1)) == [(1, 0)]


def _purge(deliveries: Deliveries) -> None:
    assert deliveries.purge(moment(99), 100) == 0


def _remove_deliveries(deliveries: Deliveries) -> None:
    assert deliveries.remove("crm", 100) == 1


DELIVERY_PROBES: dict[str, Callable[[Deliveries], None]] = {
    "add": _add_deliveries,
    "due": _due,
    "save": _save_delivery,
    "dead": _dead,
    "numbers": _numbers,
    "purge": _purge,
    "remove": _remove_deliveries,
}
"""What is tried of the deliveries, by verb."""
