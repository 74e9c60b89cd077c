"""What each verb of journal, deliveries and ledger may show of a tenant, while another has rows of equal names."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from customercore.ports.deliveries import Deliveries
from customercore.ports.journal import Journal
from customercore.ports.ledger import Ledger, Total
from customercore.testing.samples import delivery, entry, event, identifier, moment, wallet

__all__ = ["DELIVERY_PROBES", "JOURNAL_PROBES", "LEDGER_PROBES"]


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


def _post(ledger: Ledger) -> None:
    was = wallet(1, version=2, posted_minor=100, last_sequence=1)
    ledger.post(attrs.evolve(was, version=3, last_sequence=2), [entry(2)], was=was)
    assert ledger.entries(identifier(1)) == [entry(1, about=identifier(5)), entry(2)]


def _entry(ledger: Ledger) -> None:
    assert ledger.entry(entry(1).id) == entry(1, about=identifier(5))
    assert ledger.entry(entry(2).id) is None


def _about(ledger: Ledger) -> None:
    assert ledger.about(identifier(5)) == [entry(1, about=identifier(5))]


def _entries(ledger: Ledger) -> None:
    for since in (None, moment(1)):
        assert ledger.entries(identifier(1), since=since) == [entry(1, about=identifier(5))]
    assert ledger.entries(identifier(1), since=moment(2)) == []


def _entries_back(ledger: Ledger) -> None:
    for until in (None, moment(9)):
        assert ledger.back(identifier(1), until=until) == [entry(1, about=identifier(5))]


def _accounts(ledger: Ledger) -> None:
    assert ledger.accounts() == [identifier(1)]


def _totals(ledger: Ledger) -> None:
    assert ledger.totals() == [Total("SEK", 1, 100, 0, 0)]


LEDGER_PROBES: dict[str, Callable[[Ledger], None]] = {
    "post": _post,
    "entry": _entry,
    "about": _about,
    "entries": _entries,
    "back": _entries_back,
    "accounts": _accounts,
    "totals": _totals,
}
"""What is tried of the ledger, by verb."""
