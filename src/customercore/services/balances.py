"""``core.balances``: store credit."""

from __future__ import annotations

from customercore.services.statement_files import StatementFiles

__all__ = ["Balances"]


class Balances(StatementFiles):
    """Wallets: what their owners can spend, in lots that may expire, in holds, and up to a credit limit.

    Wallets are in `services.wallets` and `transfers`, holds and refunds in `holds`, orders in `coverage`, accounts
    in `statements`, notes in `entry_notes`, settling and verifying in `ledger_checks`, files in `statement_files`.
    """
