"""Options that several commands share, and how their texts are read."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import click

from customercore.domain.criteria.json_form import criteria_from_dict
from customercore.domain.criteria.tree import Criteria
from customercore.errors import InvalidValueError, Problem
from customercore.services.texts import Texts
from customercore.wiring import default_catalogue

__all__ = ["columns_option", "criteria_of", "fields_of", "names_of", "shop_option", "sort_option", "where_option"]

_OF_ADDRESS = re.compile(r"(?:address|addresses\[([0-9]{1,3})\])\.(\w+)")

# Options that several commands have.
where_option = click.option("--where", metavar="JSON", help="Criteria in their JSON form.")
columns_option = click.option("--columns", metavar="NAMES", help="Names of columns, separated by commas.")
sort_option = click.option("--sort", metavar="NAMES", multiple=True, help="Fields to sort by; -field reverses one.")
shop_option = click.option("--shop", metavar="CODE", help="Only customers whose home is this shop.")


def criteria_of(where: str | None) -> Criteria | None:
    """Return the criteria that ``--where`` holds."""
    if where is None:
        return None
    try:
        form = json.loads(where)
    except (ValueError, RecursionError):
        raise InvalidValueError.of("where", "invalid_json", "must be JSON") from None
    return criteria_from_dict(form)


def names_of(texts: Sequence[str]) -> list[str]:
    """Return the names in texts that are separated by commas."""
    return [name for text in texts for part in text.split(",") if (name := part.strip())]


def fields_of(pairs: Sequence[str], given: dict[str, Any]) -> dict[str, Any]:
    """Return fields as `create` takes them, of ``name=value`` pairs and of those that have options of their own.

    ``address.city=Oslo`` is of the first address, ``addresses[1].city=Oslo`` of the second.
    """
    draft, book = dict(given), dict[int, dict[str, Any]]()
    for pair in pairs:
        name, separator, text = pair.partition("=")
        if not separator:
            raise click.UsageError("--field takes name=value", click.get_current_context())
        match = _OF_ADDRESS.fullmatch(name)
        if match is None:
            draft[name] = text
        else:
            book.setdefault(int(match[1] or 0), {})[match[2]] = text
    if book:
        draft["addresses"] = [book[place] for place in sorted(book)]
    # A text that cannot be read stays, for the core to refuse together with whatever else is wrong.
    problems: list[Problem] = []
    values = Texts(default_catalogue()).read(dict(draft), problems)
    if any("." in one.field for one in problems):
        raise InvalidValueError(problems)
    return draft | values
