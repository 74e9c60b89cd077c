"""Commands that read a customer's history, and keep the notes on it."""

from __future__ import annotations

import json
from typing import Any

import click

from customercore.cli.customer_commands import found_customer
from customercore.cli.printing import print_json, print_table
from customercore.cli.session import Session, confirmed, json_option, yes_option
from customercore.domain.actor import Actor, BusinessUser
from customercore.domain.history import FieldChange, HistoryEntry
from customercore.domain.note import Note

__all__ = ["history", "notes"]

_limit_option = click.option(
    "--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="How many at most."
)
_cursor_option = click.option("--cursor", help="Where the page before ended.")


@click.command()
@click.argument("customer")
@_limit_option
@_cursor_option
@json_option
@click.pass_obj
def history(session: Session, /, *, customer: str, limit: int, cursor: str | None, as_json: bool) -> None:
    """Show what happened to the CUSTOMER with this id, e-mail address or code, newest first."""
    with session.open() as core:
        page = core.history(found_customer(core, customer), limit=limit, cursor=cursor)
    if as_json:
        print_json({"items": [_plain_entry(one) for one in page.items], "next": page.next})
        return
    rows = [
        (one.at.isoformat(), one.type, _who(one.actor), one.reason, "\n".join(map(_told, one.changes)))
        for one in page.items
    ]
    print_table(("When", "What", "Who", "Why", "From what to what"), rows)
    _more(page.next)


@click.group()
def notes() -> None:
    """Write internal notes on customers, read and remove them."""


@notes.command()
@click.argument("customer")
@click.argument("text")
@click.option("--by", metavar="ID", help="The business user who writes it; the platform itself without one.")
@json_option
@click.pass_obj
def add(session: Session, /, *, customer: str, text: str, by: str | None, as_json: bool) -> None:
    """Write a note with this TEXT on the CUSTOMER."""
    with session.open() as core:
        writer = core if by is None else core.acting_as(BusinessUser(id=by), reason=session.reason)
        note = writer.customers.add_note(found_customer(core, customer), text)
    if as_json:
        print_json(_plain_note(note))
    else:
        click.echo(f"Written as {note.id}.")


@notes.command("list")
@click.argument("customer")
@_limit_option
@_cursor_option
@json_option
@click.pass_obj
def list_notes(session: Session, /, *, customer: str, limit: int, cursor: str | None, as_json: bool) -> None:
    """List the notes on the CUSTOMER, newest first."""
    with session.open() as core:
        page = core.customers.notes(found_customer(core, customer), limit=limit, cursor=cursor)
    if as_json:
        print_json({"items": [_plain_note(one) for one in page.items], "next": page.next})
        return
    rows = [(one.created_at.isoformat(), _who(one.author), one.text, one.id) for one in page.items]
    print_table(("When", "Who", "Note", "Id"), rows)
    _more(page.next)


@notes.command()
@click.argument("note")
@yes_option
@json_option
@click.pass_obj
def remove(session: Session, /, *, note: str, yes: bool, as_json: bool) -> None:
    """Remove the NOTE with this id for good."""
    confirmed("Remove the note?", yes=yes)
    with session.open() as core:
        core.customers.remove_note(note)
    if as_json:
        print_json({"removed": note})
    else:
        click.echo("Removed.")


def _more(cursor: str | None) -> None:
    if cursor:
        click.echo(f"There are more: --cursor {cursor}", err=True)


def _who(actor: Actor) -> str:
    told = actor.kind if actor.id is None else f"{actor.kind} {actor.id}"
    return told if actor.on_behalf_of is None else f"{told} for {actor.on_behalf_of}"


def _told(change: FieldChange) -> str:
    if change.erased:
        return f"{change.field}: erased"
    before, after = (json.dumps(value, ensure_ascii=False) for value in (change.before, change.after))
    return f"{change.field}: {before} → {after}"


def _plain_actor(actor: Actor) -> dict[str, Any]:
    return {"kind": actor.kind, "id": actor.id, "on_behalf_of": actor.on_behalf_of}


def _plain_entry(one: HistoryEntry) -> dict[str, Any]:
    changes = [
        {"field": each.field, "before": each.before, "after": each.after, "erased": each.erased} for each in one.changes
    ]
    return {
        "id": one.id,
        "type": one.type,
        "version": one.version,
        "at": one.at.isoformat(),
        "actor": _plain_actor(one.actor),
        "reason": one.reason,
        "changes": changes,
    }


def _plain_note(one: Note) -> dict[str, Any]:
    return {
        "id": one.id,
        "customer": one.customer,
        "text": one.text,
        "author": _plain_actor(one.author),
        "created_at": one.created_at.isoformat(),
    }
