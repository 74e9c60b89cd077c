"""Going through many wallets by id, past those that cannot be read."""

from __future__ import annotations

from functools import partial

import attrs

from customercore.catalogue.query import All, Leaf, Node, OrderBy, Query
from customercore.errors import CorruptRecordError
from customercore.services.context import Context
from customercore.services.units import Work

__all__ = ["WalletPage", "wallets_behind"]

_BY_ID = (OrderBy("id", descending=False, nullable=False),)


@attrs.frozen
class WalletPage:
    """Some wallets' ids, in order."""

    ids: list[str]
    unreadable: tuple[str, CorruptRecordError] | None
    """The wallet behind them that cannot be read, if any, and why."""
    more: bool
    """Whether there may be more behind these."""


def wallets_behind(context: Context, after: str, most: int, *where: Node) -> WalletPage:
    """Return at most so many wallets' ids behind one, and the first that cannot be read, read in a unit of its own.

    A store reads all of a page or says which of its wallets it cannot read: then those before it are asked for.
    Inside a transaction, which that dooms, `CorruptRecordError` is raised.
    """
    bounds: list[Node] = [*where, Leaf("id", "gt", after, negated=False)]
    unreadable: tuple[str, CorruptRecordError] | None = None
    while True:
        before = [] if unreadable is None else [Leaf("id", "lt", unreadable[0], negated=False)]
        query = Query(where=All((*bounds, *before)), order=_BY_ID, limit=most)
        try:
            ids = context.units.read(partial(_ids, query))
        except CorruptRecordError as error:
            id = error.details.get("id")
            if context.units.joined or not isinstance(id, str) or not after < id:
                raise
            if unreadable is not None and id >= unreadable[0]:
                raise
            unreadable = (id, error)
        else:
            full = len(ids) == most
            return WalletPage(ids, None if full else unreadable, full or unreadable is not None)


def _ids(query: Query, work: Work) -> list[str]:
    return [one.id for one in work.uow.wallets.find(query).items]
