"""Commands about gift cards."""

from __future__ import annotations

import sys

import click

from customercore.cli.balance_forms import plain_card, print_posted
from customercore.cli.balance_options import MAY_BE_NEGATIVE, expires_option, key_option, moment_of, wallet_of
from customercore.cli.printing import print_json
from customercore.cli.session import Session, confirmed, json_option, yes_option
from customercore.domain.money import Money
from customercore.services.gift_cards import IssuedCard

__all__ = ["gift_card"]


@click.group("gift-card")
def gift_card() -> None:
    """Issue gift cards and redeem them; their codes are shown once and stored as a digest."""


@gift_card.command(context_settings=MAY_BE_NEGATIVE)
@click.argument("amount")
@click.option("--currency", required=True, metavar="CODE", help="ISO 4217 code.")
@expires_option
@click.option("--reference", metavar="NUMBER", help="The number of the order that paid it.")
@key_option
@json_option
@click.pass_obj
def issue(
    session: Session,
    /,
    *,
    amount: str,
    currency: str,
    expires_at: str | None,
    reference: str | None,
    idempotency_key: str | None,
    as_json: bool,
) -> None:
    """Make a card of this AMOUNT, and show its code."""
    money, until = Money(amount, currency.upper()), moment_of("expires_at", expires_at)
    with session.open() as core:
        issued = core.gift_cards.issue(money, expires_at=until, reference=reference, idempotency_key=idempotency_key)
    _tell(issued, as_json=as_json)


@gift_card.command()
@click.argument("code")
@click.argument("wallet")
@key_option
@json_option
@click.pass_obj
def redeem(session: Session, /, *, code: str, wallet: str, idempotency_key: str | None, as_json: bool) -> None:
    """Credit the amount of the card with this CODE to the WALLET, once. A CODE of "-" is read from standard input."""
    given = sys.stdin.readline().strip() if code == "-" else code
    with session.open() as core:
        entry = core.gift_cards.redeem(given, wallet_of(core, wallet), idempotency_key=idempotency_key)
    print_posted(entry, as_json=as_json)


@gift_card.command()
@click.argument("card")
@key_option
@json_option
@click.pass_obj
def resend(session: Session, /, *, card: str, idempotency_key: str | None, as_json: bool) -> None:
    """Give the CARD with this id a new code, and show it; the old one is unknown from then on."""
    with session.open() as core:
        issued = core.gift_cards.resend(card, idempotency_key=idempotency_key)
    _tell(issued, as_json=as_json)


@gift_card.command()
@click.argument("card")
@yes_option
@key_option
@json_option
@click.pass_obj
def cancel(session: Session, /, *, card: str, yes: bool, idempotency_key: str | None, as_json: bool) -> None:
    """Make the CARD with this id worth nothing."""
    confirmed("The gift card will be worth nothing. Go ahead?", yes=yes)
    with session.open() as core:
        cancelled = core.gift_cards.cancel(card, idempotency_key=idempotency_key)
    if as_json:
        print_json(plain_card(cancelled))
    else:
        click.echo(f"Gift card {cancelled.id} is cancelled.")


def _tell(issued: IssuedCard, *, as_json: bool) -> None:
    if as_json:
        print_json({**plain_card(issued.card), "code": issued.code})
        return
    click.echo(f"Gift card {issued.card.id}")
    click.echo(f"Code {issued.code}" if issued.code else "Its code was shown before; resend gives it a new one.")
