"""Commands about what a tenant defines: flags and shops."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from customercore.catalogue.aggregate import Aggregate
from customercore.cli.printing import plain, print_json, print_table
from customercore.cli.session import Session, json_option
from customercore.wiring import default_catalogue

__all__ = ["flags", "shops"]


@click.group()
def flags() -> None:
    """Define and list the flags that customers can carry."""


@flags.command("define")
@click.argument("code")
@click.option("--label", help="What people read.")
@json_option
@click.pass_obj
def define_flag(session: Session, /, *, code: str, label: str | None, as_json: bool) -> None:
    """Define a flag."""
    with session.open() as core:
        flag = core.flags.define(code, label=label)
    _print(default_catalogue().flags, [flag], ("code", "label"), as_json=as_json)


@flags.command("list")
@json_option
@click.pass_obj
def list_flags(session: Session, /, *, as_json: bool) -> None:
    """List the flags."""
    with session.open() as core:
        found = core.flags.list()
    _print(default_catalogue().flags, found, ("code", "label"), as_json=as_json)


@click.group()
def shops() -> None:
    """Create and list the shops that customers meet."""


@shops.command("create")
@click.argument("code")
@click.option("--name", help="What people read.")
@click.option("--currency", help="ISO 4217 code.")
@click.option("--country", "countries", multiple=True, help="A country of invoice addresses; may be repeated.")
@click.option("--parent", help="The code of the shop above it.")
@json_option
@click.pass_obj
def create_shop(session: Session, /, *, code: str, as_json: bool, **fields: Any) -> None:
    """Create a shop."""
    with session.open() as core:
        shop = core.shops.create(code, **fields)
    _print(default_catalogue().shops, [shop], ("code", "name", "currency", "countries"), as_json=as_json)


@shops.command("list")
@json_option
@click.pass_obj
def list_shops(session: Session, /, *, as_json: bool) -> None:
    """List the shops."""
    with session.open() as core:
        found = core.shops.list()
    _print(default_catalogue().shops, found, ("code", "name", "currency", "countries"), as_json=as_json)


def _print(aggregate: Aggregate[Any], found: Sequence[Any], names: Sequence[str], *, as_json: bool) -> None:
    records = [plain(aggregate, one) for one in found]
    if as_json:
        print_json({"items": records})
        return
    rows = [[_cell(record[name]) for name in names] for record in records]
    print_table([name.capitalize() for name in names], rows)


def _cell(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value or "")
