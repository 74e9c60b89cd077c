"""Commands that move money between wallets and pay with it, set limits, and look after notes."""

from __future__ import annotations

from typing import Any

import click

from customercore.cli.balance_forms import plain_coverage, print_posted, print_wallet
from customercore.cli.balance_options import (
    MAY_BE_NEGATIVE,
    acting,
    by_option,
    expires_option,
    key_option,
    moment_of,
    note_option,
    posting_options,
    reason_option,
    wallet_of,
)
from customercore.cli.printing import print_json
from customercore.cli.session import Session, confirmed, json_option, yes_option

__all__ = ["MOVES"]


@click.command(context_settings=MAY_BE_NEGATIVE)
@click.argument("wallet")
@click.argument("amount")
@click.option("--to", required=True, metavar="WALLET", help="The wallet that it goes to, in the same currency.")
@posting_options
@json_option
@click.pass_obj
def transfer(
    session: Session, /, *, wallet: str, amount: str, to: str, by: str | None, as_json: bool, **options: Any
) -> None:
    """Move an AMOUNT from the WALLET to another one, with the day it expires on."""
    with session.open() as core:
        source, target = wallet_of(core, wallet), wallet_of(core, to)
        entry = acting(core, by, session.reason).balances.transfer(source, amount, to=target, **options)
    print_posted(entry, as_json=as_json)


@click.command("top-up", context_settings=MAY_BE_NEGATIVE)
@click.argument("wallet")
@click.argument("amount")
@click.option("--payment", required=True, metavar="NUMBER", help="The payment's number: it counts once, for good.")
@expires_option
@reason_option
@note_option
@by_option
@json_option
@click.pass_obj
def top_up(
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
    """Credit the WALLET with an AMOUNT that was paid. The same payment again answers the same, and credits nothing."""
    until = moment_of("expires_at", expires_at)
    with session.open() as core:
        id = wallet_of(core, wallet)
        entry = acting(core, by, session.reason).balances.top_up(id, amount, expires_at=until, **options)
    print_posted(entry, as_json=as_json)


@click.command(context_settings=MAY_BE_NEGATIVE)
@click.argument("wallet")
@click.argument("amount")
@click.option(
    "--expected-version", type=click.IntRange(1), metavar="NUMBER", help="The version that was read; refuse others."
)
@by_option
@key_option
@json_option
@click.pass_obj
def limit(session: Session, /, *, wallet: str, amount: str, by: str | None, as_json: bool, **options: Any) -> None:
    """Let the WALLET spend up to an AMOUNT beyond its balance; 0 takes the limit away."""
    with session.open() as core:
        id = wallet_of(core, wallet)
        now = acting(core, by, session.reason).balances.set_credit_limit(id, amount, **options)
    print_wallet(now, as_json=as_json)


@click.command(context_settings=MAY_BE_NEGATIVE)
@click.argument("wallet")
@click.argument("total")
@click.option(
    "--how",
    type=click.Choice(["tell", "hold", "debit"]),
    default="tell",
    show_default=True,
    help="What to do with what is covered: tell it only, set it aside, or take it.",
)
@expires_option
@posting_options
@json_option
@click.pass_obj
def cover(
    session: Session,
    /,
    *,
    wallet: str,
    total: str,
    expires_at: str | None,
    by: str | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Say how much of an order's TOTAL the WALLET covers, and what remains to be paid otherwise."""
    until = moment_of("expires_at", expires_at)
    with session.open() as core:
        id = wallet_of(core, wallet)
        covers = acting(core, by, session.reason).balances.apply_to_order(id, total, expires_at=until, **options)
    if as_json:
        print_json(plain_coverage(covers))
        return
    click.echo(f"{covers.covered} is covered, {covers.remains} remains to be paid.")
    if covers.entry is not None:
        print_posted(covers.entry, as_json=False)


@click.command()
@click.argument("entry")
@json_option
@click.pass_obj
def note(session: Session, /, *, entry: str, as_json: bool) -> None:
    """Show the free text beside the ENTRY with this id."""
    with session.open() as core:
        text = core.balances.note(core.balances.entry(entry))
    if as_json:
        print_json({"entry": entry, "note": text})
    else:
        click.echo("The entry has no note." if text is None else text)


@click.command("remove-note")
@click.argument("entry")
@yes_option
@json_option
@click.pass_obj
def remove_note(session: Session, /, *, entry: str, yes: bool, as_json: bool) -> None:
    """Remove the free text beside the ENTRY with this id for good; the entry stays as it is."""
    confirmed("Remove the note?", yes=yes)
    with session.open() as core:
        core.balances.remove_note(core.balances.entry(entry))
    if as_json:
        print_json({"entry": entry, "note": None})
    else:
        click.echo("Removed.")


MOVES: tuple[click.Command, ...] = (transfer, top_up, limit, cover, note, remove_note)
"""The commands of this file."""
