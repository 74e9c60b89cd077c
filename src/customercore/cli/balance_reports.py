"""Commands that read the accounts of wallets, and keep them in order."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from customercore.cli.balance_forms import plain_entry, print_entries, when
from customercore.cli.balance_options import moment_of, span_options, wallet_of
from customercore.cli.printing import print_json, print_table
from customercore.cli.session import Session, confirmed, json_option, yes_option
from customercore.core import CustomerCore
from customercore.domain.money import Money
from customercore.domain.page import Page
from customercore.domain.verifying import Verdict
from customercore.errors import InvalidValueError
from customercore.services.statements import Statement

__all__ = ["REPORTS"]

_WRONG = 1
_PRIVATE = 0o600
_BALANCES = 2
"""The lines of a statement's file that are no entries: the opening and the closing balance."""
_FORMATS = {".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl", ".xlsx": "xlsx", ".parquet": "parquet"}


@click.command()
@click.argument("wallet")
@span_options
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True, help="How many at most.")
@click.option("--cursor", help="Where the page before ended.")
@json_option
@click.pass_obj
def entries(
    session: Session, /, *, wallet: str, from_: str | None, to: str | None, as_json: bool, **options: Any
) -> None:
    """List the entries of the WALLET, oldest first."""
    since, until = moment_of("from_", from_), moment_of("to", to)
    with session.open() as core:
        page = core.balances.entries(wallet_of(core, wallet), from_=since, to=until, **options)
    print_entries(page, as_json=as_json)


@click.command()
@click.argument("wallet")
@click.argument("file", required=False)
@span_options
@click.option(
    "--format",
    "-f",
    "format_",
    type=click.Choice(["csv", "json", "jsonl", "xlsx", "parquet"]),
    help="Of FILE; by default what it ends in, else csv.",
)
@yes_option
@json_option
@click.pass_obj
def statement(
    session: Session,
    /,
    *,
    wallet: str,
    file: str | None,
    from_: str | None,
    to: str | None,
    format_: str | None,
    yes: bool,
    as_json: bool,
) -> None:
    """Print the statement of the WALLET, or write it to FILE: opening balance, entries, closing balance."""
    if file is None and format_ is not None:
        raise click.UsageError("--format is of a FILE; --json prints JSON", click.get_current_context())
    since, until = moment_of("from_", from_), moment_of("to", to)
    with session.open() as core:
        id = wallet_of(core, wallet)
        if file is None:
            _print(core.balances.statement(id, since, until), as_json=as_json)
            return
        if Path(file).exists():
            confirmed("The file is there already and will be replaced. Go ahead?", yes=yes)
        written = format_ or _FORMATS.get(Path(file).suffix.lower(), "csv")
        if written == "json":
            count = _write(core.balances.statement(id, since, until), file)
        else:
            count = core.balances.export_statement(id, file, since, until, format=written).written - _BALANCES
    if as_json:
        print_json({"entries": count, "path": file})
    else:
        click.echo(f"Statement of {count:,} entries written to {file}")


@click.command()
@json_option
@click.pass_obj
def liability(session: Session, /, *, as_json: bool) -> None:
    """Tell what is owed to the owners of all wallets, in each currency. Run expire-due first."""
    with session.open() as core:
        totals = core.balances.liability()
    lines = [
        {
            "currency": one.currency,
            "wallets": one.wallets,
            **{name: _text(getattr(one, name), one.currency) for name in ("credit", "owed", "held")},
        }
        for one in totals
    ]
    if as_json:
        print_json(lines)
        return
    rows = [tuple(str(value) for value in line.values()) for line in lines]
    print_table(("Currency", "Wallets", "Credit", "Owed by owners", "Held"), rows)


@click.command("expire-due")
@json_option
@click.pass_obj
def expire_due(session: Session, /, *, as_json: bool) -> int:
    """Write off every lot and void every hold that is due. Wallets also do so by themselves.

    Exits with 1 and names the wallets that could not be settled if there are any; the others are settled.
    """
    with session.open() as core:
        report = core.balances.expire_due()
    if as_json:
        print_json({name: value for name, value in report.as_dict().items() if name != "after"})
    else:
        failed = f" {report.failed:,} wallets could not be settled:" if report.failed else ""
        click.echo(f"{report.entries:,} entries written.{failed}")
        for one in report.unsettled:
            click.echo(f"wallet {one.wallet}: {one.message} [{one.code}]")
    return _WRONG if report.failed else 0


@click.command()
@click.argument("wallet", required=False)
@click.option("--all", "everything", is_flag=True, help="Every wallet of the tenant.")
@json_option
@click.pass_obj
def verify(session: Session, /, *, wallet: str | None, everything: bool, as_json: bool) -> int:
    """Count the WALLET, or all, again from its entries. Exits with 1 and names the first wrong entry if one is."""
    if (wallet is None) is not everything:
        raise click.UsageError("name a WALLET, or pass --all", click.get_current_context())
    wallets = counted = 0
    wrong: list[Verdict] = []
    with session.open() as core:
        for one in _verdicts(core, wallet):
            wallets, counted = wallets + 1, counted + one.entries
            wrong += [one] if one.fault is not None else []
    if as_json:
        faults = [_fault(one) for one in wrong]
        print_json({"ok": not wrong, "wallets": wallets, "entries": counted, "faults": faults})
        return _WRONG if wrong else 0
    click.echo(f"{wallets:,} wallets with {counted:,} entries counted, {len(wrong):,} wrong")
    for told in map(_fault, wrong):
        where = "its own row" if told["sequence"] is None else f"entry {told['sequence']} ({told['entry']})"
        click.echo(f"wallet {told['wallet']}: {where}: {told['message']} [{told['what']}]")
    return _WRONG if wrong else 0


REPORTS: tuple[click.Command, ...] = (entries, statement, liability, expire_due, verify)
"""The commands of this file, in the order they are listed in."""


def _verdicts(core: CustomerCore, wallet: str | None) -> Iterable[Verdict]:
    return core.balances.verify_all() if wallet is None else [core.balances.verify(wallet_of(core, wallet))]


def _fault(verdict: Verdict) -> dict[str, Any]:
    fault = verdict.fault
    names = ("entry", "sequence", "what", "message")
    return {"wallet": verdict.wallet, **{name: getattr(fault, name) for name in names}}


def _plain(one: Statement) -> dict[str, Any]:
    return {
        "wallet": one.wallet,
        "currency": one.currency,
        "from": when(one.from_),
        "to": when(one.to),
        "opening": str(one.opening.amount),
        "closing": str(one.closing.amount),
        "held": str(one.held.amount),
        "entries": [plain_entry(entry) for entry in one.entries],
    }


def _print(one: Statement, *, as_json: bool) -> None:
    if as_json:
        print_json(_plain(one))
        return
    click.echo(f"Opening balance: {one.opening}")
    print_entries(Page(one.entries, None), as_json=False)
    click.echo(f"Closing balance: {one.closing}" + (f", of which {one.held} is held" if one.held else ""))


def _write(one: Statement, path: str) -> int:
    try:
        with click.open_file(path, "w", "utf-8", atomic=True) as file:
            if path != "-" and hasattr(os, "fchmod"):
                os.fchmod(file.fileno(), _PRIVATE)  # as files of the other formats are
            file.write(f"{json.dumps(_plain(one), ensure_ascii=False, indent=2)}\n")
    except OSError as error:
        raise InvalidValueError.of("path", "file_not_writable", "the file cannot be written") from error
    return len(one.entries)


def _text(minor: int, currency: str) -> str:
    """Return a sum as text, of whatever size: those of all wallets may be more than an amount can be."""
    unit = Money.of_minor(1, currency).amount
    return str(minor * unit)
