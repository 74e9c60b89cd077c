"""The options that define a field on the command line, and the values that their texts stand for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import attrs
import click

from customercore.catalogue.info_fields import has_length
from customercore.domain.info_type import InfoType
from customercore.domain.kinds import RefusedError
from customercore.errors import InvalidValueError, Problem
from customercore.wiring import default_catalogue

__all__ = ["CLEARABLE", "TRUTHS", "definition_options", "options_of"]

F = TypeVar("F", bound=Callable[..., Any])
TRUTHS = ("searchable", "unique", "required", "personal", "customer_visible", "customer_editable")
"""The options that are on or off."""
CLEARABLE = ("label", "choices", "default", "minimum", "maximum", "pattern", "shops")
"""The options that can be emptied."""
_VALUES = ("default", "minimum", "maximum")
_LABEL = re.compile(r"([A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*)=(.*)", re.DOTALL)

_OPTIONS = (
    click.option(
        "--label", "labels", metavar="[LANG=]TEXT", multiple=True,
        help="What people read, in English or in a language: sv=Poäng; may be repeated.",
    ),
    click.option("--choice", "choices", metavar="CODE", multiple=True, help="A code to choose from; may be repeated."),
    click.option(
        "--choice-label", "choice_labels", metavar="CODE LANG TEXT", nargs=3, multiple=True,
        help="What people read for a choice; may be repeated.",
    ),
    click.option("--default", metavar="VALUE", help="The value of new records that none was given for."),
    click.option("--minimum", metavar="VALUE", help="The least value; of a text, its least length."),
    click.option("--maximum", metavar="VALUE", help="The greatest value; of a text, its greatest length."),
    click.option("--pattern", metavar="REGEX", help="A regular expression that a text must match whole."),
    click.option("--shop", "shops", metavar="CODE", multiple=True, help="A home shop it is for; may be repeated."),
    click.option("--position", type=int, help="Where it stands in lists."),
    click.option("--searchable/--not-searchable", default=None, help="Find and sort records by it."),
    click.option("--unique/--not-unique", default=None, help="At most one record has the value."),
    click.option("--required/--not-required", default=None, help="Needed at registration and checkout."),
    click.option("--personal/--not-personal", default=None, help="Erased with the person."),
    click.option("--customer-visible/--not-customer-visible", default=None, help="Customers see it."),
    click.option("--customer-editable/--not-customer-editable", default=None, help="Customers may change it."),
)  # fmt: skip


def definition_options(command: F) -> F:
    """Give a command every option of a definition, in their order."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def options_of(kind: str, given: Mapping[str, Any], was: InfoType | None = None) -> dict[str, Any]:
    """Return the options that were given, as `core.info_types` takes them; labels are added to those of ``was``.

    Raises `InvalidValueError` with every text that is no value of the kind.
    """
    options = {name: given[name] for name in ("pattern", "position", *TRUTHS) if given[name] is not None}
    if given["shops"]:
        options["shops"] = list(given["shops"])
    if given["labels"]:
        options["label"] = dict(was.label if was else {}) | dict(map(_label, given["labels"]))
    if given["choices"] or given["choice_labels"]:
        options["choices"] = _choices(given["choices"], given["choice_labels"], was.choices if was else {})
    problems: list[Problem] = []
    for name in _VALUES:
        if given[name] is not None:
            options[name] = _value(kind, name, given[name], problems)
    if problems:
        raise InvalidValueError(problems)
    return options


def _label(text: str) -> tuple[str, str]:
    match = _LABEL.fullmatch(text)
    return ("en", text) if match is None else (match[1], match[2])


def _choices(
    codes: Sequence[str], labels: Sequence[tuple[str, str, str]], was: Mapping[str, Mapping[str, str]]
) -> dict[str, dict[str, str]]:
    choices = {code: dict(was.get(code, {})) for code in codes or was}
    for code, language, text in labels:
        if code not in choices:
            raise click.UsageError(f"--choice-label: {code} is none of the choices", click.get_current_context())
        choices[code][language] = text
    return choices


def _value(kind: str, name: str, text: str, problems: list[Problem]) -> object:
    """Return the value of a text; the text where there is no such kind, which the core will say."""
    kinds = default_catalogue().info_kinds
    known = kinds.get(kind)
    if known is None:
        return text
    try:
        return (kinds["integer"] if name != "default" and has_length(known) else known).from_text(text.strip())
    except RefusedError as refused:
        problems += [attrs.evolve(one, field=name) for one in refused.problems]
        return None
