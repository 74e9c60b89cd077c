"""Every public call of ``core.balances`` and ``core.gift_cards``, for what is tried of all of them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from customercore import Customer, CustomerCore, Money
from customercore.domain.wallet import Hold, Wallet

__all__ = ["BALANCE_CALLS"]


def _kronor(core: CustomerCore, ada: Customer) -> Wallet:
    return core.balances.find(ada, currency="SEK")


def _held(core: CustomerCore, ada: Customer) -> Hold:
    return core.balances.authorize(_kronor(core, ada), 10)


def _redeemed(core: CustomerCore, ada: Customer) -> object:
    code = core.gift_cards.issue(Money(5, "SEK")).code
    return [core.gift_cards.find(code or ""), core.gift_cards.redeem(code or "", _kronor(core, ada))]


def _written(core: CustomerCore, wallet: Wallet) -> str:
    with tempfile.TemporaryDirectory() as folder:
        return Path(core.balances.export_statement(wallet, f"{folder}/statement.csv").path).read_text("utf-8")


BALANCE_CALLS: dict[str, Callable[[CustomerCore, Customer], object]] = {
    "balances.open": lambda core, ada: core.balances.open(ada, currency="USD"),
    "balances.get": lambda core, ada: core.balances.get(_kronor(core, ada)),
    "balances.find": _kronor,
    "balances.of": lambda core, ada: core.balances.of(ada),
    "balances.available": lambda core, ada: core.balances.available(_kronor(core, ada)),
    "balances.posted": lambda core, ada: core.balances.posted(_kronor(core, ada)),
    "balances.held": lambda core, ada: core.balances.held(_kronor(core, ada)),
    "balances.credit": lambda core, ada: core.balances.credit(_kronor(core, ada), 5, idempotency_key="new"),
    "balances.debit": lambda core, ada: core.balances.debit(_kronor(core, ada), 5, idempotency_key="new"),
    "balances.adjust": lambda core, ada: core.balances.adjust(_kronor(core, ada), -5, reason="mistake"),
    "balances.top_up": lambda core, ada: core.balances.top_up(_kronor(core, ada), 5, payment="only"),
    "balances.transfer": lambda core, ada: core.balances.transfer(
        _kronor(core, ada), 5, to=core.balances.open("other", currency="SEK")
    ),
    "balances.set_credit_limit": lambda core, ada: core.balances.set_credit_limit(_kronor(core, ada), 5),
    "balances.authorize": _held,
    "balances.capture": lambda core, ada: core.balances.capture(_held(core, ada), 5),
    "balances.void": lambda core, ada: core.balances.void(_held(core, ada).id),
    "balances.refund": lambda core, ada: core.balances.refund(core.balances.debit(_kronor(core, ada), 5)),
    "balances.apply_to_order": lambda core, ada: core.balances.apply_to_order(_kronor(core, ada), 500, how="debit"),
    "balances.entry": lambda core, ada: core.balances.entry(core.balances.entries(_kronor(core, ada)).items[0]),
    "balances.note": lambda core, ada: core.balances.note(core.balances.entries(_kronor(core, ada)).items[0]),
    "balances.remove_note": lambda core, ada: core.balances.remove_note(
        core.balances.entries(_kronor(core, ada)).items[0]
    ),
    "balances.entries": lambda core, ada: core.balances.entries(_kronor(core, ada)),
    "balances.statement": lambda core, ada: core.balances.statement(_kronor(core, ada)),
    "balances.export_statement": lambda core, ada: _written(core, _kronor(core, ada)),
    "balances.balance_at": lambda core, ada: core.balances.balance_at(_kronor(core, ada), ada.created_at),
    "balances.liability": lambda core, _: core.balances.liability(),
    "balances.expire_due": lambda core, _: core.balances.expire_due(),
    "balances.verify": lambda core, ada: core.balances.verify(_kronor(core, ada)),
    "balances.verify_all": lambda core, _: list(core.balances.verify_all()),
    "gift_cards.issue": lambda core, _: core.gift_cards.issue(Money(5, "SEK"), reference="only"),
    "gift_cards.get": lambda core, _: core.gift_cards.get(core.gift_cards.issue(Money(5, "SEK")).card),
    "gift_cards.find": _redeemed,
    "gift_cards.redeem": _redeemed,
    "gift_cards.resend": lambda core, _: core.gift_cards.resend(core.gift_cards.issue(Money(5, "SEK")).card),
    "gift_cards.cancel": lambda core, _: core.gift_cards.cancel(core.gift_cards.issue(Money(5, "SEK")).card),
}
"""What is called for a customer who has a wallet in kronor with a hundred."""
