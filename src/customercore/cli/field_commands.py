"""Commands about the fields that a merchant adds at run time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from customercore.cli.printing import plain, print_json, print_table
from customercore.cli.session import Session, confirmed, json_option, yes_option
from customercore.domain.info_type import APPLIES_TO, InfoType
from customercore.wiring import default_catalogue

__all__ = ["fields"]

_TRUTHS = ("searchable", "unique", "required", "personal", "customer_visible", "customer_editable")

applies_to_option = click.option(
    "--applies-to", type=click.Choice(APPLIES_TO), default="customer", show_default=True, help="Whose field."
)


@click.group()
def fields() -> None:
    """List, define and retire fields of the merchant's own (info types)."""


@fields.command("list")
@click.option("--retired", is_flag=True, help="Show retired fields too.")
@json_option
@click.pass_obj
def list_fields(session: Session, /, *, retired: bool, as_json: bool) -> None:
    """List the fields that were added."""
    with session.open() as core:
        found = core.info_types.list(retired=retired)
    _print(found, as_json=as_json)


@fields.command("define")
@click.argument("key")
@click.argument("kind")
@applies_to_option
@click.option("--label", help="What people read, in English.")
@click.option("--choice", "choices", multiple=True, help="A code to choose from; may be repeated.")
@click.option("--pattern", help="A regular expression that a text must match whole.")
@click.option("--searchable", is_flag=True, help="Find and sort records by it.")
@click.option("--unique", is_flag=True, help="At most one record has the value.")
@click.option("--required", is_flag=True, help="Needed at registration and checkout.")
@click.option("--personal", is_flag=True, help="Erased with the person.")
@click.option("--customer-visible", is_flag=True, help="Customers see it.")
@click.option("--customer-editable", is_flag=True, help="Customers may change it.")
@json_option
@click.pass_obj
def define_field(session: Session, /, *, key: str, kind: str, as_json: bool, **options: Any) -> None:
    """Define a field: its KEY, and its KIND such as text, integer, date, choice or money."""
    given = {name: value for name, value in options.items() if value not in (None, ()) and name not in _TRUTHS}
    given |= {name: options[name] for name in _TRUTHS}
    if "choices" in given:
        given["choices"] = list(given["choices"])
    with session.open() as core:
        defined = core.info_types.define(key, kind, **given)
    _print([defined], as_json=as_json)


@fields.command("retire")
@click.argument("key")
@applies_to_option
@yes_option
@json_option
@click.pass_obj
def retire_field(session: Session, /, *, key: str, applies_to: str, yes: bool, as_json: bool) -> None:
    """End the use of a field: no new values, no searching. Its values stay, its key stays taken."""
    confirmed(f"Retire the field {key}? It cannot be used again.", yes=yes)
    with session.open() as core:
        retired = core.info_types.retire(key, applies_to=applies_to)
    _print([retired], as_json=as_json)


@fields.command("backfill")
@click.argument("key")
@json_option
@click.pass_obj
def backfill_field(session: Session, /, *, key: str, as_json: bool) -> None:
    """Make a pending field searchable; may be interrupted and run again."""
    with session.open() as core:
        ready = core.info_types.backfill(key)
    _print([ready], as_json=as_json)


def _print(found: Sequence[InfoType], *, as_json: bool) -> None:
    if as_json:
        print_json({"items": [plain(default_catalogue().info_types, one) for one in found]})
        return
    rows = [[one.key, one.kind, one.applies_to, one.label.get("en", ""), _marks(one)] for one in found]
    print_table(["Key", "Kind", "Of", "Label", "Is"], rows)


def _marks(one: InfoType) -> str:
    marks = [name.replace("_", " ") for name in _TRUTHS if getattr(one, name)]
    marks += ["retired"] if one.retired else []
    marks += [one.state] if one.state != "ready" else []
    return ", ".join(marks)
