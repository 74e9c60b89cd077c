"""Statements as files: a part of ``core.balances``."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator, Sequence
from typing import Any

from customercore.domain.customer import Customer
from customercore.domain.entry import Entry
from customercore.domain.report import ExportReport
from customercore.domain.wallet import Wallet
from customercore.errors import InvalidValueError
from customercore.ports.export_format import ExportColumn, FixedColumns
from customercore.services.given_texts import given_path
from customercore.services.ledger_checks import LedgerChecks
from customercore.services.statements import Statement

__all__ = ["STATEMENT_COLUMNS", "StatementFiles"]

_TEXT, _NUMBER, _MOMENT = "owner", "last_sequence", "due_at"
"""Fields of wallets whose kinds the columns have."""

STATEMENT_COLUMNS = {
    "sequence": _NUMBER, "at": _MOMENT, "kind": _TEXT, "in": _TEXT, "out": _TEXT, "balance": _TEXT, "held": _TEXT,
    "currency": _TEXT, "reason": _TEXT, "reference": _TEXT, "about": _TEXT, "actor_kind": _TEXT, "actor": _TEXT,
    "expires_at": _MOMENT, "id": _TEXT,
}  # fmt: skip
"""The columns of a statement's file, in their order. None will move or go; more may come behind the last one."""


class StatementFiles(LedgerChecks):
    """The part of ``core.balances`` that writes accounts to files."""

    def export_statement(
        self,
        wallet: Wallet | str,
        path: str | os.PathLike[str],
        from_: dt.datetime | None = None,
        to: dt.datetime | None = None,
        *,
        format: str = "csv",  # noqa: A002  as `Exports.run` names it
        owner: Customer | str | None = None,
    ) -> ExportReport:
        """Write a statement to a file: a line for the opening balance, one for each entry, one for the closing balance.

        ``format`` is one that `Exports.run` knows, but no other platform's. Amounts are texts with the decimals
        of the currency, above zero in the column ``in`` or ``out``; ``opening`` and ``closing`` are the kinds of
        the first and the last line. A cell that a spreadsheet would take for a formula is marked as text, as in
        every export. The file replaces one of this name once it is complete. Raises what `statement` does,
        and `InvalidValueError` (``path``, ``format``).
        """
        usable = {name: one for name, one in self._context.formats.exports.items() if not isinstance(one, FixedColumns)}
        if format not in usable:
            raise InvalidValueError.of("format", "unknown_format", f"must be one of {', '.join(sorted(usable))}")
        target, told = given_path(path), self.statement(wallet, from_, to, owner=owner)
        fields = self._context.catalogue.wallets.by_name
        columns = [ExportColumn(name, fields[like].kind) for name, like in STATEMENT_COLUMNS.items()]
        return ExportReport(written=usable[format].write(target, columns, _lines(told)), path=target)


def _lines(told: Statement) -> Iterator[Sequence[Any]]:
    empty = dict.fromkeys(STATEMENT_COLUMNS)
    held = told.entries[0].held_after - told.entries[0].held if told.entries else told.held
    edge = {"currency": told.currency}
    opening = {"at": told.from_, "kind": "opening", "balance": str(told.opening.amount), "held": str(held.amount)}
    closing = {"at": told.to, "kind": "closing", "balance": str(told.closing.amount), "held": str(told.held.amount)}
    yield tuple((empty | edge | opening).values())
    for entry in told.entries:
        yield _line(entry)
    yield tuple((empty | edge | closing).values())


def _line(entry: Entry) -> Sequence[Any]:
    moved = None if not entry.amount else str(abs(entry.amount.amount))
    came, went = (moved, None) if entry.amount.minor > 0 else (None, moved)
    return (
        entry.sequence, entry.at, entry.kind, came, went, str(entry.balance_after.amount),
        str(entry.held_after.amount), entry.amount.currency, entry.reason, entry.reference, entry.about,
        entry.actor.kind, entry.actor.id, entry.expires_at, entry.id,
    )  # fmt: skip
