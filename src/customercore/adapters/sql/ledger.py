"""The accounts of wallets: entries as rows of one table that only grows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import BindParameter, bindparam, case, func, select

from customercore.adapters.accounts import UNREADABLE, unreadable_entry
from customercore.adapters.documents import dump_parts, event_actor, load_parts
from customercore.adapters.meanings import numbered
from customercore.adapters.sql.dialect import Dialect
from customercore.adapters.sql.journal import moment_of
from customercore.adapters.sql.put_off import Told
from customercore.adapters.sql.repository import SqlRepository
from customercore.adapters.sql.statements import Grammar, Statement, compiled
from customercore.adapters.sql.tables import Tables
from customercore.adapters.sql.wire import Wire
from customercore.domain.entry import Entry
from customercore.domain.money import Money
from customercore.domain.wallet import Wallet
from customercore.ports.ledger import Total

__all__ = ["LedgerPlan", "SqlLedger", "tenants_with_due_wallets"]

_COLUMNS = (
    "tenant", "wallet", "sequence", "id", "kind", "currency", "amount", "balance_after", "held", "held_after", "at",
    "actor_kind", "actor_id", "on_behalf_of", "reason", "reference", "about", "expires_at", "parts",
)  # fmt: skip
_END = (1 << 63) - 1
"""A number behind all that are given."""
_HALF = 10**9
"""What figures are divided by before they are added."""


class LedgerPlan:
    """The compiled statements of the entries' table."""

    def __init__(self, tables: Tables, grammar: Grammar, dialect: Dialect) -> None:
        self.table = table = tables.entries
        self._moment: Callable[[Any], Any] = dialect.encoder("datetime") or (lambda value: value)
        self.insert = compiled(table.insert().values({name: bindparam(name) for name in _COLUMNS}), grammar)
        ours, mine = table.c.tenant == bindparam("tenant"), table.c.wallet == bindparam("wallet")
        some = select(*(table.c[name] for name in _COLUMNS[1:])).where(ours)
        most: BindParameter[int] = bindparam("most")
        number = table.c.sequence
        within = some.where(mine, number > bindparam("after"), number < bindparam("before")).limit(most)
        self.oldest = compiled(within.order_by(number), grammar)
        self.newest = compiled(within.order_by(number.desc()), grammar)
        self.one = compiled(some.where(table.c.id == bindparam("id")), grammar)
        self.about = compiled(
            some.where(table.c.about == bindparam("about")).order_by(table.c.at, table.c.wallet, number), grammar
        )
        # Numbers and moments rise together, so that a moment stands for a number, which the index finds in one step.
        since = select(number).where(ours, mine, table.c.at >= bindparam("since"))
        self.since = compiled(since.order_by(table.c.at, number).limit(1), grammar)
        wallets = select(table.c.wallet).distinct().where(ours, table.c.wallet > bindparam("behind"))
        self.accounts = compiled(wallets.order_by(table.c.wallet).limit(most), grammar)
        self.totals = _totals(tables, grammar)

    def moment(self, value: dt.datetime | None) -> Any:
        """Return a moment as the driver takes it."""
        return None if value is None else self._moment(value)

    def row(self, tenant: str, entry: Entry) -> tuple[Any, ...]:
        """Return an entry as the parameters of the insert, which are in the order of the table's columns."""
        return (
            tenant,
            entry.wallet,
            entry.sequence,
            entry.id,
            entry.kind,
            entry.amount.currency,
            entry.amount.minor,
            entry.balance_after.minor,
            entry.held.minor,
            entry.held_after.minor,
            self._moment(entry.at),
            entry.actor.kind,
            entry.actor.id,
            entry.actor.on_behalf_of,
            entry.reason,
            entry.reference,
            entry.about,
            self.moment(entry.expires_at),
            dump_parts(entry.parts),
        )


def _totals(tables: Tables, grammar: Grammar) -> Statement:
    """Return the question for all sums, each in two halves: a whole one may take more than SQLite's 64 bits."""
    wallets = tables.rows["wallets"].c
    posted = wallets.posted_minor
    figures = (case((posted > 0, posted), else_=0), case((posted < 0, -posted), else_=0), wallets.held_minor)
    sums = [func.sum(half) for one in figures for half in (one // _HALF, one % _HALF)]
    statement = select(wallets.currency, func.count(), *sums).where(wallets.tenant == bindparam("tenant"))
    return compiled(statement.group_by(wallets.currency).order_by(wallets.currency), grammar)


def tenants_with_due_wallets(tables: Tables, now: dt.datetime) -> Any:
    """Return the query for the tenants with a wallet of which something is due; an index has all that it reads.

    With the least moment beside each tenant, MariaDB and PostgreSQL 18 leap in it from one tenant to the next.
    """
    one = tables.rows["wallets"].c
    return select(one.tenant, func.min(one.due_at)).where(one.due_at <= now).group_by(one.tenant)


class SqlLedger:
    """Implements `ports.ledger.Ledger` in one unit of work."""

    def __init__(
        self, plan: LedgerPlan, wire: Wire, tenant: str, writes: Callable[[], None], wallets: SqlRepository[Wallet]
    ) -> None:
        self._plan = plan
        self._wire = wire
        self._tenant = tenant
        self._writes = writes
        self._wallets = wallets

    def post(self, wallet: Wallet, entries: Sequence[Entry], *, was: Wallet, deferred: bool = False) -> None:
        """Replace ``was`` by ``wallet``, and append its new entries: one statement each, whatever their number."""
        self._writes()
        rows = [self._plan.row(self._tenant, entry) for entry in entries]
        if deferred and self._wire.merger is not None:
            self._wallets.save(wallet, was=was, deferred=True)
            for row in rows:
                self._wire.tell(Told(self._plan.insert.sql, row, numbered))
            return
        self._wallets.save(wallet, was=was)
        with numbered():
            if len(rows) == 1:
                self._wire.run(self._plan.insert.sql, rows[0])
            elif rows:
                self._wire.insert(self._plan.table, self._plan.insert.sql, rows)

    def entry(self, id: str) -> Entry | None:
        """Return one entry, or None."""
        found = self._found(self._plan.one, {"id": id})
        return found[0] if found else None

    def about(self, id: str) -> list[Entry]:
        """Return the entries that are about this one, oldest first."""
        return self._found(self._plan.about, {"about": id})

    def entries(
        self,
        wallet: str,
        *,
        after: int = 0,
        since: dt.datetime | None = None,
        until: dt.datetime | None = None,
        limit: int = 100,
    ) -> list[Entry]:
        """Return at most so many entries of a wallet behind the number ``after``, oldest first."""
        behind = after if since is None else max(after, self._number(wallet, since) - 1)
        before = _END if until is None else self._number(wallet, until)
        values = {"wallet": wallet, "after": behind, "before": before, "most": limit}
        return self._found(self._plan.oldest, values)

    def back(
        self, wallet: str, *, before: int | None = None, until: dt.datetime | None = None, limit: int = 100
    ) -> list[Entry]:
        """Return at most so many entries of a wallet before a number and before a moment, newest first."""
        first = _END if before is None else before
        if until is not None:
            first = min(first, self._number(wallet, until))
        return self._found(self._plan.newest, {"wallet": wallet, "after": 0, "before": first, "most": limit})

    def accounts(self, *, after: str = "", limit: int = 100) -> list[str]:
        """Return the ids of at most so many wallets that have entries, behind one, in order."""
        values = {"tenant": self._tenant, "behind": after, "most": limit}
        return [str(wallet) for (wallet,) in self._wire.rows(self._plan.accounts, values)]

    def totals(self) -> list[Total]:
        """Return the tenant's liability, a line for each currency that has a wallet, by code."""
        rows = self._wire.rows(self._plan.totals, {"tenant": self._tenant})
        return [Total(code, count, *_whole(halves)) for code, count, *halves in rows]

    def _number(self, wallet: str, since: dt.datetime) -> int:
        """Return the number of the first entry at a moment or later."""
        values = {"tenant": self._tenant, "wallet": wallet, "since": self._plan.moment(since)}
        rows = self._wire.rows(self._plan.since, values)
        return int(rows[0][0]) if rows else _END

    def _found(self, statement: Statement, values: dict[str, Any]) -> list[Entry]:
        return [_read(row) for row in self._wire.rows(statement, {"tenant": self._tenant, **values})]


def _whole(halves: Sequence[Any]) -> Iterator[int]:
    """Return the sums that come in halves."""
    return (int(high) * _HALF + int(low) for high, low in zip(halves[::2], halves[1::2], strict=True))


def _read(row: Sequence[Any]) -> Entry:
    try:
        return _entry(row)
    except UNREADABLE as error:
        raise unreadable_entry(row[2], row[1]) from error


def _entry(row: Sequence[Any]) -> Entry:
    if type(row[2]) is not str:
        raise TypeError("SQLite keeps bytes in a column of texts")
    amount, balance_after, held, held_after = (Money.of_minor(minor, row[4]) for minor in row[5:9])
    return Entry(
        wallet=row[0],
        sequence=row[1],
        id=row[2],
        kind=row[3],
        amount=amount,
        balance_after=balance_after,
        held=held,
        held_after=held_after,
        at=moment_of(row[9]),
        actor=event_actor(row[10], row[11], row[12]),
        reason=row[13],
        reference=row[14],
        about=row[15],
        expires_at=None if row[16] is None else moment_of(row[16]),
        parts=load_parts(row[17]),
    )
