"""Commands that open wallets, and post to them."""

from __future__ import annotations

from typing import Any

import click

from customercore.cli.balance_forms import plain_wallet, print_posted, print_wallet
from customercore.cli.balance_moves import MOVES
from customercore.cli.balance_options import (
    MAY_BE_NEGATIVE,
    acting,
    expires_option,
    is_id,
    key_option,
    moment_of,
    owner_of,
    posting_options,
    wallet_of,
)
from customercore.cli.balance_reports import REPORTS
from customercore.cli.gift_card_commands import gift_card
from customercore.cli.printing import print_json, print_table
from customercore.cli.session import Session, confirmed, json_option, yes_option

__all__ = ["balance"]


@click.group()
def balance() -> None:
    """Open wallets, post to them, and keep their accounts.

    A WALLET is its id, or its owner and currency: ada@example.com:SEK.
    """


@balance.command("open")
@click.argument("owner")
@click.option("--currency", required=True, metavar="CODE", help="ISO 4217 code.")
@click.option("--credit-limit", metavar="AMOUNT", help="What can be spent beyond the balance; nothing without one.")
@key_option
@yes_option
@json_option
@click.pass_obj
def open_wallet(session: Session, /, *, owner: str, currency: str, yes: bool, as_json: bool, **options: Any) -> None:
    """Open a wallet for the OWNER with this id, e-mail address or code.

    Asks first where that is no customer's code and may be the id of another party.
    """
    with session.open() as core:
        who = owner_of(core, owner)
        if who == owner and not is_id(owner):
            confirmed(f"There is no customer {owner}. Open a wallet for a party with this id?", yes=yes)
        wallet = core.balances.open(who, currency=currency.upper(), **options)
    if as_json:
        print_json(plain_wallet(wallet))
    else:
        click.echo(f"Wallet {wallet.id} is open.")


@balance.command()
@click.argument("wallet")
@json_option
@click.pass_obj
def show(session: Session, /, *, wallet: str, as_json: bool) -> None:
    """Show what the WALLET has: available, posted and held, its lots and its open holds."""
    with session.open() as core:
        found = core.balances.get(wallet_of(core, wallet))
    print_wallet(found, as_json=as_json)


@balance.command("list")
@click.argument("owner")
@json_option
@click.pass_obj
def list_wallets(session: Session, /, *, owner: str, as_json: bool) -> None:
    """List the wallets of the OWNER with this id, e-mail address or code."""
    with session.open() as core:
        found = core.balances.of(owner_of(core, owner))
    if as_json:
        print_json([plain_wallet(one) for one in found])
        return
    rows = [(one.id, str(one.available), str(one.posted), str(one.held)) for one in found]
    print_table(("Wallet", "Available", "Posted", "Held"), rows)


@balance.command(context_settings=MAY_BE_NEGATIVE)
@click.argument("wallet")
@click.argument("amount")
@expires_option
@posting_options
@json_option
@click.pass_obj
def credit(
    session: Session,
    /,
    *,
    wallet: str,
    amount: str,
    expires_at: str | None,
    by: str | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Give the WALLET an AMOUNT in its currency."""
    until = moment_of("expires_at", expires_at)
    with session.open() as core:
        id = wallet_of(core, wallet)
        entry = acting(core, by, session.reason).balances.credit(id, amount, expires_at=until, **options)
    print_posted(entry, as_json=as_json)


@balance.command(context_settings=MAY_BE_NEGATIVE)
@click.argument("wallet")
@click.argument("amount")
@posting_options
@json_option
@click.pass_obj
def debit(session: Session, /, *, wallet: str, amount: str, by: str | None, as_json: bool, **options: Any) -> None:
    """Take an AMOUNT from the WALLET: of what expires soonest first."""
    with session.open() as core:
        entry = acting(core, by, session.reason).balances.debit(wallet_of(core, wallet), amount, **options)
    print_posted(entry, as_json=as_json)


@balance.command(context_settings=MAY_BE_NEGATIVE)
@click.argument("wallet")
@click.argument("amount")
@posting_options
@json_option
@click.pass_obj
def adjust(session: Session, /, *, wallet: str, amount: str, by: str | None, as_json: bool, **options: Any) -> None:
    """Correct the WALLET by an AMOUNT, above or below zero; --reason is needed."""
    with session.open() as core:
        entry = acting(core, by, session.reason).balances.adjust(wallet_of(core, wallet), amount, **options)
    print_posted(entry, as_json=as_json)


@balance.command(context_settings=MAY_BE_NEGATIVE)
@click.argument("wallet")
@click.argument("amount")
@expires_option
@posting_options
@json_option
@click.pass_obj
def authorize(
    session: Session,
    /,
    *,
    wallet: str,
    amount: str,
    expires_at: str | None,
    by: str | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Set an AMOUNT of the WALLET aside, until it is captured or voided, or expires."""
    until = moment_of("expires_at", expires_at)
    with session.open() as core:
        id = wallet_of(core, wallet)
        hold = acting(core, by, session.reason).balances.authorize(id, amount, expires_at=until, **options)
        entry = core.balances.entry(hold.id)
    print_posted(entry, as_json=as_json)


@balance.command(context_settings=MAY_BE_NEGATIVE)
@click.argument("hold")
@click.argument("amount", required=False)
@click.option("--keep-open", is_flag=True, help="Keep the rest held, instead of releasing it.")
@posting_options
@json_option
@click.pass_obj
def capture(
    session: Session, /, *, hold: str, amount: str | None, by: str | None, as_json: bool, **options: Any
) -> None:
    """Take what the HOLD set aside, or an AMOUNT of it."""
    with session.open() as core:
        entry = acting(core, by, session.reason).balances.capture(hold, amount, **options)
    print_posted(entry, as_json=as_json)


@balance.command()
@click.argument("hold")
@posting_options
@json_option
@click.pass_obj
def void(session: Session, /, *, hold: str, by: str | None, as_json: bool, **options: Any) -> None:
    """Release what is left of the HOLD."""
    if options.pop("reference") is not None:
        raise click.UsageError("a void has no reference of its own", click.get_current_context())
    with session.open() as core:
        entry = acting(core, by, session.reason).balances.void(hold, **options)
    print_posted(entry, as_json=as_json)


@balance.command(context_settings=MAY_BE_NEGATIVE)
@click.argument("entry")
@click.argument("amount", required=False)
@posting_options
@json_option
@click.pass_obj
def refund(
    session: Session, /, *, entry: str, amount: str | None, by: str | None, as_json: bool, **options: Any
) -> None:
    """Give back what the ENTRY of a debit or a capture took, or an AMOUNT of it."""
    with session.open() as core:
        given = acting(core, by, session.reason).balances.refund(entry, amount, **options)
    print_posted(given, as_json=as_json)


for _command in (*MOVES, *REPORTS, gift_card):
    balance.add_command(_command)
