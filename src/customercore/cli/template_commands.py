"""Commands about the texts of messages to customers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from customercore.cli.arguments import shop_option
from customercore.cli.printing import print_json, print_table
from customercore.cli.session import Session, confirmed, json_option, yes_option
from customercore.domain.template import Template
from customercore.errors import InvalidValueError

__all__ = ["templates"]

_language_option = click.option("--language", metavar="TAG", help="Only for this language, such as sv or de-AT.")


@click.group()
def templates() -> None:
    """Set the texts of messages to customers, for each shop and language."""


@templates.command("list")
@json_option
@click.pass_obj
def list_templates(session: Session, /, *, as_json: bool) -> None:
    """List the messages that are set."""
    with session.open() as core:
        found = core.templates.list()
    if as_json:
        print_json({"items": [_plain(one) for one in found]})
        return
    rows = [(one.message, one.shop, one.language, "yes" if one.enabled else "no", one.subject) for one in found]
    print_table(("Message", "Shop", "Language", "Sent", "Subject"), rows)


@templates.command("set")
@click.argument("message")
@shop_option
@_language_option
@click.option("--subject", help="The subject, with variables such as ${customer.first_name}.")
@click.option("--text", "text_file", metavar="FILE", help="A file with the plain text.")
@click.option("--html", "html_file", metavar="FILE", help="A file with the text in HTML.")
@click.option("--off", is_flag=True, help="Do not send the message.")
@json_option
@click.pass_obj
def set_template(
    session: Session,
    /,
    *,
    message: str,
    text_file: str | None,
    html_file: str | None,
    off: bool,
    as_json: bool,
    **named: str | None,
) -> None:
    """Set the texts of a MESSAGE, such as customer.welcome; what is not given is as in its plain default."""
    text, html = _read("text", text_file), _read("html", html_file)
    with session.open() as core:
        made = core.templates.set(message, text=text, html=html, enabled=not off, **named)  # type: ignore[arg-type]  # by name
    if as_json:
        print_json(_plain(made))
    else:
        click.echo("Set.")


@templates.command()
@click.argument("message")
@shop_option
@_language_option
@yes_option
@json_option
@click.pass_obj
def remove(
    session: Session, /, *, message: str, shop: str | None, language: str | None, yes: bool, as_json: bool
) -> None:
    """Remove the texts of a MESSAGE: it is sent in those of another shop or language, or no more."""
    confirmed("Remove the texts?", yes=yes)
    with session.open() as core:
        core.templates.remove(message, shop=shop, language=language)
    if as_json:
        print_json({"removed": message})
    else:
        click.echo("Removed.")


def _read(field: str, path: str | None) -> str | None:
    if path is None:
        return None
    try:
        return Path(path).read_text("utf-8")
    except (OSError, ValueError) as error:
        raise InvalidValueError.of(field, "file_not_found", "there is no such file of UTF-8 text") from error


def _plain(one: Template) -> dict[str, Any]:
    names = ("message", "shop", "language", "subject", "text", "html", "enabled")
    return {name: getattr(one, name) for name in names}
