"""Whether a wallet is found by what its document says: stores keep some of it a second time, in columns and keys."""

from __future__ import annotations

import datetime as dt

from customercore.catalogue.aggregate import Aggregate
from customercore.catalogue.query import All, Leaf, Query
from customercore.domain.wallet import Wallet
from customercore.errors import CorruptRecordError
from customercore.services.units import Work

__all__ = ["found_by_all"]

_TYPES = {"text": str, "integer": int, "datetime": dt.datetime}
_HIGHEST = 2**63 - 1


def found_by_all(work: Work, wallets: Aggregate[Wallet], wallet: Wallet) -> bool:
    """Tell whether each figure of a wallet leads to it: so searches and sums see what postings go by."""
    found_by = wallets.project(wallet)
    values = {column: found_by.values[at] for at, column in enumerate(wallets.columns)}
    if not all(_storable(value, column.type) for column, value in values.items()):
        return False
    parts = [
        Leaf(column.name, "missing" if value is None else "eq", value, negated=False)
        for column, value in values.items()
    ]
    if work.uow.wallets.count(Query(where=All(tuple(parts))), most=1) != 1:
        return False
    try:
        holders = [work.uow.wallets.by(name, key) for name, key in found_by.uniques.items()]
    except CorruptRecordError:
        return False  # another wallet holds its key
    return all(one is not None and one.id == wallet.id for one in holders)


def _storable(value: object, type: str) -> bool:
    """Tell whether a document has a value of the column's own type: JSON may have any."""
    if isinstance(value, int) and not -_HIGHEST - 1 <= value <= _HIGHEST:
        return False
    return value is None or value.__class__ is _TYPES[type]
