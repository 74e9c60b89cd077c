"""A verdict on one wallet, in one unit: its entries first, then its row."""

from __future__ import annotations

from collections.abc import Sequence

from customercore.catalogue.aggregate import Aggregate
from customercore.catalogue.query import Leaf, Query
from customercore.domain.entry import CREDIT, Entry
from customercore.domain.verifying import BEHIND, Fault, Recount, Verdict
from customercore.domain.wallet import Wallet
from customercore.errors import CorruptRecordError, NotFoundError
from customercore.services.gift_cards import REASON
from customercore.services.postings import stored_wallet
from customercore.services.told_entries import ToldEntries
from customercore.services.units import Work
from customercore.services.wallet_rows import found_by_all

__all__ = ["unreadable", "verdict_on"]

_ENTRIES = 1_000
_BEFORE_ALL = -(1 << 63)
"""A number before all that entries can have, the wrong ones too."""


def verdict_on(work: Work, wallets: Aggregate[Wallet], id: str) -> Verdict:
    """Count a wallet again; raise `NotFoundError` (``wallet_not_found``).

    A unit that sees others' commits as they come finds no fault in what was posted meanwhile.
    """
    try:
        # A search, so that the unit sees one state of the store from here on, where it can.
        found = work.uow.wallets.find(Query(where=Leaf("id", "eq", id, negated=False), limit=1)).items
    except CorruptRecordError as error:
        return unreadable(id, error)
    if not found:
        return _orphaned(work, wallets, id)
    wallet = found[0]
    recount = Recount(wallet)
    told = ToldEntries(work, wallet)
    fault = _first_wrong(work, recount, told, id)
    if fault is not None and fault.what == BEHIND and _known(work, id, fault.sequence):
        fault = None  # posted since the wallet was read: what it had then is counted
    fault = fault or recount.against_wallet() or _row_fault(work, wallets, wallet) or told.end()
    return Verdict(id, recount.counted, fault)


def _orphaned(work: Work, wallets: Aggregate[Wallet], id: str) -> Verdict:
    """Return the verdict on entries whose wallet is gone; raise `NotFoundError` where there are none either."""
    try:
        entries = work.uow.ledger.entries(id, after=_BEFORE_ALL, limit=1)
    except CorruptRecordError as error:
        return Verdict(id, 0, _unreadable_entry(error, 1))
    if work.uow.wallets.version(id) is not None:
        return verdict_on(work, wallets, id)  # it was opened meanwhile
    if not entries:
        raise NotFoundError("wallet_not_found", "there is no such wallet")
    return Verdict(id, 0, Fault("orphaned", "its wallet is gone", entries[0].id, entries[0].sequence))


def unreadable(wallet: str, error: CorruptRecordError) -> Verdict:
    """Return the verdict on a wallet that cannot be read."""
    return Verdict(wallet, 0, Fault("unreadable", error.message))


def _first_wrong(work: Work, recount: Recount, told: ToldEntries, wallet: str) -> Fault | None:
    """Count all entries of a wallet; return what is wrong with the first one that is."""
    fault: Fault | None = None
    cards: set[str] = set()
    most, more = _ENTRIES, True
    while more and fault is None:
        try:
            found = work.uow.ledger.entries(wallet, after=recount.counted or _BEFORE_ALL, limit=most)
        except CorruptRecordError as error:
            fault = _unreadable_entry(error, recount.counted + 1) if most == 1 else None
            most //= 2  # those before it are counted first: one of them may be wrong
        else:
            before = recount.counted
            fault, more = recount.add(found), len(found) == most
            counted = found[: recount.counted - before]
            others = [_card_fault(work, counted, cards), told.compare(counted), fault]
            fault = min(filter(None, others), key=_number, default=None)
    return fault


def _number(fault: Fault) -> int:
    return fault.sequence or 0


def _card_fault(work: Work, entries: Sequence[Entry], cards: set[str]) -> Fault | None:
    """Return the first entry that redeems a gift card which was not redeemed so, or was by one before: ``cards``."""
    for entry in entries:
        if entry.kind != CREDIT or entry.reason != REASON or entry.reference is None:
            continue
        try:
            card = work.uow.gift_cards.get(entry.reference)
        except CorruptRecordError as error:
            return Fault("gift_card", error.message, entry.id, entry.sequence)
        if card is None:
            continue  # a card of the host's own: the reason is a code that anybody may give
        told = (card.wallet, card.amount_minor, card.currency)
        if told != (entry.wallet, entry.amount.minor, entry.amount.currency) or card.id in cards:
            return Fault("gift_card", "its gift card says that it was not redeemed so", entry.id, entry.sequence)
        cards.add(card.id)
    return None


def _row_fault(work: Work, wallets: Aggregate[Wallet], wallet: Wallet) -> Fault | None:
    """Return what is wrong with where a wallet stands, once it was looked at while nobody changed it."""
    while not found_by_all(work, wallets, wallet):
        now = stored_wallet(work, wallet.id)
        if now == wallet:
            return Fault("columns", "the wallet is not found by all that its document says")
        wallet = now
    return None


def _unreadable_entry(error: CorruptRecordError, number: int) -> Fault:
    """Return what is wrong with an entry that cannot be read; ``number`` is its own unless the error knows better."""
    id, sequence = error.details.get("id"), error.details.get("sequence")
    return Fault(
        "unreadable",
        error.message,
        id if isinstance(id, str) else None,
        sequence if isinstance(sequence, int) else number,
    )


def _known(work: Work, wallet: str, number: int | None) -> bool:
    """Tell whether a wallet, as it is stored by now, knows of the entry with this number."""
    return number is not None and number <= stored_wallet(work, wallet).last_sequence
