"""How wallets, entries and gift cards are printed: money as text, in the wallet's currency."""

from __future__ import annotations

import datetime as dt
from typing import Any

import click

from customercore.cli.printing import print_json, print_pairs, print_table
from customercore.domain.entry import Entry
from customercore.domain.gift_card import GiftCard
from customercore.domain.money import Money
from customercore.domain.page import Page
from customercore.domain.wallet import Wallet
from customercore.services.coverage import Coverage

__all__ = [
    "plain_card",
    "plain_coverage",
    "plain_entry",
    "plain_wallet",
    "print_entries",
    "print_posted",
    "print_wallet",
    "when",
]


def when(moment: dt.datetime | None) -> str | None:
    """Return a moment as it is printed."""
    return None if moment is None else moment.isoformat()


def plain_wallet(wallet: Wallet) -> dict[str, Any]:
    """Return a wallet as JSON knows it: what is available, posted and held, its lots and its open holds."""

    def text(minor: int) -> str:
        return _text(Money.of_minor(minor, wallet.currency))

    return {
        "id": wallet.id,
        "version": wallet.version,
        "owner": wallet.owner,
        "currency": wallet.currency,
        "available": _text(wallet.available),
        "posted": _text(wallet.posted),
        "held": _text(wallet.held),
        "credit_limit": _text(wallet.credit_limit),
        "lots": [
            {"id": one.id, "left": text(one.left), "held": text(one.held), "expires_at": when(one.expires_at)}
            for one in wallet.lots
        ],
        "holds": [
            {
                "id": one.id,
                "amount": _text(one.amount),
                "reference": one.reference,
                "created_at": when(one.created_at),
                "expires_at": when(one.expires_at),
            }
            for one in wallet.holds
        ],
        "created_at": when(wallet.created_at),
        "updated_at": when(wallet.updated_at),
    }


def plain_entry(entry: Entry) -> dict[str, Any]:
    """Return an entry as JSON knows it."""
    currency, actor = entry.amount.currency, entry.actor
    parts = [
        {"lot": one.lot, "amount": _text(Money.of_minor(one.amount, currency)), "expires_at": when(one.expires_at)}
        for one in entry.parts
    ]
    return {
        "id": entry.id,
        "wallet": entry.wallet,
        "sequence": entry.sequence,
        "kind": entry.kind,
        "currency": currency,
        "amount": _text(entry.amount),
        "balance_after": _text(entry.balance_after),
        "held": _text(entry.held),
        "held_after": _text(entry.held_after),
        "at": when(entry.at),
        "actor": {"kind": actor.kind, "id": actor.id, "on_behalf_of": actor.on_behalf_of},
        "reason": entry.reason,
        "reference": entry.reference,
        "about": entry.about,
        "expires_at": when(entry.expires_at),
        "parts": parts,
    }


def plain_coverage(covers: Coverage) -> dict[str, Any]:
    """Return what a balance covers of an order as JSON knows it; ``entry`` is the hold's or the debit's, if any."""
    return {
        "covered": _text(covers.covered),
        "remains": _text(covers.remains),
        "currency": covers.covered.currency,
        "entry": None if covers.entry is None else plain_entry(covers.entry),
    }


def plain_card(card: GiftCard) -> dict[str, Any]:
    """Return a gift card as JSON knows it, without its code."""
    return {
        "id": card.id,
        "version": card.version,
        "currency": card.currency,
        "amount": _text(Money.of_minor(card.amount_minor, card.currency)),
        "expires_at": when(card.expires_at),
        "reference": card.reference,
        "wallet": card.wallet,
        "redeemed_at": when(card.redeemed_at),
        "cancelled_at": when(card.cancelled_at),
        "created_at": when(card.created_at),
    }


def print_wallet(wallet: Wallet, *, as_json: bool) -> None:
    """Print a wallet with its lots and holds."""
    form = plain_wallet(wallet)
    if as_json:
        print_json(form)
        return
    print_pairs((name, str(value)) for name, value in form.items() if name not in ("lots", "holds"))
    if form["lots"]:
        click.echo()
        rows = [(one["id"], one["left"], one["held"], one["expires_at"] or "never") for one in form["lots"]]
        print_table(("Lot", "Left", "Of it held", "Expires"), rows)
    if form["holds"]:
        click.echo()
        rows = [(one["id"], one["amount"], one["reference"], one["expires_at"] or "never") for one in form["holds"]]
        print_table(("Hold", "Amount", "Reference", "Expires"), rows)


def print_posted(entry: Entry, *, as_json: bool) -> None:
    """Print what was posted, and the balance after it."""
    if as_json:
        print_json(plain_entry(entry))
        return
    moved = Money.of_minor(abs(entry.amount.minor or entry.held.minor), entry.amount.currency)
    held = f", of which {entry.held_after} is held" if entry.held_after else ""
    click.echo(f"{entry.kind.capitalize()} of {moved} as {entry.id}; the balance is {entry.balance_after}{held}.")


def print_entries(page: Page[Entry], *, as_json: bool) -> None:
    """Print a page of entries, oldest first."""
    if as_json:
        print_json({"items": [plain_entry(one) for one in page.items], "next": page.next})
        return
    heads = ("No", "When", "What", "Amount", "Balance", "Held", "Reason", "Reference", "Id")
    print_table(heads, [_row(one) for one in page.items])
    if page.next is not None:
        click.echo(f"There are more: --cursor {page.next}", err=True)


def _row(entry: Entry) -> tuple[str | None, ...]:
    moved = (_text(entry.amount), _text(entry.balance_after), _text(entry.held_after))
    return (str(entry.sequence), when(entry.at), entry.kind, *moved, entry.reason, entry.reference, entry.id)


def _text(money: Money) -> str:
    return str(money.amount)
