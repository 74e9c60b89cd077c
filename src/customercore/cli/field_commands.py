"""Commands about the fields that a merchant adds at run time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from customercore.catalogue.columns import plain_form
from customercore.cli.field_options import CLEARABLE, TRUTHS, definition_options, options_of
from customercore.cli.printing import plain, print_json, print_pairs, print_table
from customercore.cli.session import Session, confirmed, json_option, yes_option
from customercore.domain.info_type import APPLIES_TO, InfoType
from customercore.services.info_impact import Impact
from customercore.wiring import default_catalogue

__all__ = ["fields"]

applies_to_option = click.option(
    "--applies-to", type=click.Choice(APPLIES_TO), default="customer", show_default=True, help="Whose field."
)


@click.group()
def fields() -> None:
    """List, define, change and retire fields of the merchant's own (info types)."""


@fields.command("list")
@click.option("--applies-to", type=click.Choice(APPLIES_TO), help="Whose fields; all without it.")
@click.option("--shop", metavar="CODE", help="Only fields for this home shop.")
@click.option("--retired", is_flag=True, help="Show retired fields too.")
@json_option
@click.pass_obj
def list_fields(session: Session, /, *, as_json: bool, **options: Any) -> None:
    """List the fields that were added."""
    with session.open() as core:
        found = core.info_types.list(**options)
    _print(found, as_json=as_json)


@fields.command("define")
@click.argument("key")
@click.argument("kind")
@applies_to_option
@definition_options
@json_option
@click.pass_obj
def define_field(session: Session, /, *, key: str, kind: str, applies_to: str, as_json: bool, **given: Any) -> None:
    """Define a field: its KEY, and its KIND such as text, integer, date, choice or money."""
    options = options_of(kind, given)
    with session.open() as core:
        defined = core.info_types.define(key, kind, applies_to=applies_to, **options)
    _print([defined], as_json=as_json)


@fields.command("update")
@click.argument("key")
@applies_to_option
@definition_options
@click.option("--clear", type=click.Choice(CLEARABLE), multiple=True, help="An option to empty; may be repeated.")
@click.option("--break-values", is_flag=True, help="Change it although stored values would not meet it.")
@click.option("--dry-run", is_flag=True, help="Tell which stored values would break, and change nothing.")
@json_option
@click.pass_obj
def update_field(
    session: Session,
    /,
    *,
    key: str,
    applies_to: str,
    clear: Sequence[str],
    break_values: bool,
    dry_run: bool,
    as_json: bool,
    **given: Any,
) -> None:
    """Change options of a field. Labels are added to those there are; choices take the place of the others."""
    with session.open() as core:
        was = core.info_types.get(key, applies_to=applies_to)
        options = options_of(was.kind, given, was) | dict.fromkeys(clear)
        if not options:
            raise click.UsageError("there is nothing to change: give an option", click.get_current_context())
        if dry_run:
            _print_impact(core.info_types.impact(key, applies_to=applies_to, **options), as_json=as_json)
            return
        changed = core.info_types.update(
            key, applies_to=applies_to, break_values=break_values, expected_version=was.version, **options
        )
    _print([changed], as_json=as_json)


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
@applies_to_option
@json_option
@click.pass_obj
def backfill_field(session: Session, /, *, key: str, applies_to: str, as_json: bool) -> None:
    """Make a pending field searchable; may be interrupted and run again."""
    with session.open() as core:
        ready = core.info_types.backfill(key, applies_to=applies_to)
    _print([ready], as_json=as_json)


def _print(found: Sequence[InfoType], *, as_json: bool) -> None:
    if as_json:
        print_json({"items": [_form(one) for one in found]})
        return
    rows = [[one.key, one.kind, one.applies_to, one.label.get("en", ""), _marks(one)] for one in found]
    print_table(["Key", "Kind", "Of", "Label", "Is"], rows)


def _form(one: InfoType) -> dict[str, Any]:
    """Return a field as JSON knows it, its values as files have them."""
    values = {name: _value(one, name) for name in ("default", "minimum", "maximum")}
    return plain(default_catalogue().info_types, one) | values


def _value(one: InfoType, name: str) -> Any:
    value, kind = getattr(one, name), default_catalogue().info_kinds.get(one.kind)
    as_it_is = value is None or kind is None or isinstance(value, str | int)
    return value if as_it_is or kind is None else plain_form(kind)(value)


def _marks(one: InfoType) -> str:
    marks = [name.replace("_", " ") for name in TRUTHS if getattr(one, name)]
    marks += [
        f"{name} {value}" for name in ("default", "minimum", "maximum") if (value := _value(one, name)) is not None
    ]
    marks += [f"for {shop}" for shop in one.shops]
    marks += ["retired"] if one.retired else []
    marks += [one.state] if one.state != "ready" else []
    return ", ".join(marks)


def _print_impact(impact: Impact, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "checked": impact.checked,
                "broken": impact.broken,
                "codes": dict(impact.codes),
                "ids": list(impact.ids),
            }
        )
        return
    codes = ", ".join(f"{count} {code}" for code, count in impact.codes.items())
    print_pairs(
        [
            ("values looked at", str(impact.checked)),
            ("would break", f"{impact.broken} ({codes})" if codes else str(impact.broken)),
            ("some customers", "\n".join(impact.ids)),
        ]
    )
