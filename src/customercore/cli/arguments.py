"""Options that several commands share, and how their texts are read."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Sequence
from typing import Any

import click

from customercore.catalogue.catalogue import Catalogue
from customercore.domain.criteria.json_form import criteria_from_dict
from customercore.domain.criteria.tree import Criteria
from customercore.errors import InvalidValueError, Problem
from customercore.ports.import_format import Draft
from customercore.services.texts import Texts

__all__ = [
    "columns_option",
    "criteria_of",
    "draft_of",
    "names_of",
    "read_texts",
    "shop_option",
    "sort_option",
    "where_option",
]

_OF_ADDRESS = re.compile(r"(?:address|addresses\[([0-9]{1,3})\])\.((?:info\.)?\w+)")

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


def draft_of(pairs: Sequence[str], given: dict[str, Any]) -> Draft:
    """Return the texts of ``name=value`` pairs and of those that have options of their own, by field.

    ``info.points=5`` is of an info type, ``address.city=Oslo`` of the first address,
    ``addresses[1].city=Oslo`` of the second.
    """
    draft, book = dict(given), dict[int, Draft]()
    for pair in pairs:
        name, separator, text = pair.partition("=")
        if not separator:
            raise click.UsageError("--field takes name=value", click.get_current_context())
        match = _OF_ADDRESS.fullmatch(name)
        if match is None:
            _put(draft, name, text)
        else:
            _put(book.setdefault(int(match[1] or 0), {}), match[2], text)
    if book:
        draft["addresses"] = [book[place] for place in sorted(book)]
    return draft


def _put(draft: Draft, name: str, text: str) -> None:
    key = name.removeprefix("info.")
    info = draft.setdefault("info", {}) if key != name else None
    if isinstance(info, dict):
        info[key] = text
    else:
        draft[name] = text


def read_texts(draft: Draft, catalogue: Catalogue) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    """Return the fields that `create` takes, and what was wrong with texts that cannot be read.

    Such a text stays, for the core to refuse together with whatever else is wrong.
    """
    problems: list[Problem] = []
    values = Texts(catalogue).read(copy.deepcopy(draft), problems)
    return _restored(draft, values), tuple(problems)


def _restored(draft: Any, values: Any) -> Any:
    """Return the values, with the texts of a draft where there is none."""
    if isinstance(draft, dict) and isinstance(values, dict):
        return {name: _restored(text, values[name]) if name in values else text for name, text in draft.items()}
    if isinstance(draft, list) and isinstance(values, list):
        return [_restored(one, value) for one, value in zip(draft, values, strict=True)]
    return values
