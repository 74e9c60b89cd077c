"""Writes the tables of docs/reference that follow from the code: ``python tests/docs/generate.py``.

A page says where a table goes: between ``<!-- generated: NAME -->`` and ``<!-- end -->``. With
``--check`` nothing is written, and the pages that are out of date are named.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from customercore.catalogue.aggregate import Aggregate
from customercore.catalogue.bound_field import BoundField
from customercore.catalogue.extended import extended
from customercore.catalogue.info_fields import INTEGER_SLOTS, TEXT_SLOTS, primitive_of, value_of
from customercore.catalogue.resolve import resolve
from customercore.cli.commands import customercore
from customercore.domain.criteria.tree import Comparison, Criteria, HasTerm
from customercore.domain.event import EVENT_TYPES
from customercore.domain.event_json import EVENT_JSON_SCHEMA
from customercore.domain.info_type import CUSTOMER, InfoType
from customercore.domain.kinds import Kind
from customercore.domain.money import Money
from customercore.domain.tenant import Definitions
from customercore.errors import InvalidValueError
from customercore.extension.guard import GuardedKind
from customercore.wiring import default_catalogue

DOCS = Path(__file__).parents[2] / "docs"
CATALOGUE = default_catalogue()
_REGION = re.compile(r"(<!-- generated: ([\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def fields_of(aggregate: Aggregate[Any]) -> str:
    """Return the fields of an aggregate."""
    rows = [
        (f"`{one.name}`", f"`{one.field.kind}`", _rules(one), one.field.privacy.value)
        for one in aggregate.fields
        if not one.field.hidden
    ]
    return table(("Field", "Kind", "Rules", "Privacy"), rows)


def _rules(one: BoundField) -> str:
    field = one.field
    rules = [
        "required" * field.required,
        "unique" * field.unique,
        "indexed" * field.indexed,
        "computed, never given" * field.derived,
        "set by the core" * field.read_only,
        f"one of {', '.join(f'`{choice}`' for choice in field.choices)}" if field.choices else "",
        f"at most {field.max_length:,} characters" if field.kind in ("text", "long_text") else "",
        "" if field.exported else "exported when asked for",
    ]
    return "; ".join(filter(None, rules))


_OPERATORS = {
    "`==` `!=`": "eq",
    "`is_in`": "in",
    "`is_missing`": "missing",
    "`<` `<=` `>` `>=` `between`": "lt",
    "`startswith` `contains`": "startswith",
}


def _accepts(aggregate: Aggregate[Any], criteria: Criteria) -> bool:
    try:
        resolve(aggregate, criteria, Definitions())
    except InvalidValueError as error:
        return error.code not in ("unsupported_operator", "not_searchable")
    return True


def kinds() -> str:
    """Return the kinds of the customer's and the address's fields, with what each is."""
    seen = {one.field.kind: one.kind for each in _PUBLIC for one in each.fields if not one.field.hidden}
    rows = [(f"`{name}`", _first_line(kind)) for name, kind in sorted(seen.items())]
    return table(("Kind", "What it is"), rows)


def _first_line(kind: object) -> str:
    text = (type(kind).__doc__ or "").partition("\n\n")[0]
    return " ".join(text.replace("``", "`").split())


_EXAMPLES: dict[str, Any] = {
    "text": "Red",
    "long_text": "One\nTwo",
    "integer": 120,
    "decimal": Decimal("1.50"),
    "boolean": True,
    "date": dt.date(2026, 1, 31),
    "datetime": dt.datetime(2026, 1, 31, 12, 0, tzinfo=dt.UTC),
    "choice": "m",
    "multi_choice": ["tea", "m"],
    "money": Money("50.00", "SEK"),
    "email": "Ada@Example.com",
    "phone": "+44 20 7946 0000",
    "url": "https://example.com/Ada",
    "country": "Sweden",
    "reference": "ERP-17",
}
_CHOOSING = ("choice", "multi_choice")


def _built_in_kinds() -> dict[str, Kind]:
    """Return the kinds of the core's own, without those of plug-ins that happen to be installed."""
    return {name: kind for name, kind in CATALOGUE.info_kinds.items() if not isinstance(kind, GuardedKind)}


def _example_type(kind: str) -> InfoType:
    """Return an info type of a kind, indexed where it can be."""
    primitive = primitive_of(CATALOGUE.info_kinds[kind])
    slot = {"int64": INTEGER_SLOTS[0], "key": TEXT_SLOTS[0]}.get(primitive)
    choices: dict[str, dict[str, str]] = {"m": {}, "tea": {}} if kind in _CHOOSING else {}
    return InfoType(key=kind, kind=kind, searchable=primitive != "none", slot=slot, choices=choices)


def info_kinds() -> str:
    """Return each built-in kind of info types: what it takes, what comes back, how it is stored and written."""
    rows = []
    for name, kind in _built_in_kinds().items():
        value = value_of(_example_type(name), kind, _EXAMPLES[name], Definitions())
        given, back = _shown(_EXAMPLES[name]), _shown(value)
        stored = json.dumps(CATALOGUE.customers.codec.encode(value), ensure_ascii=False)
        rows.append((f"`{name}`", _first_line(kind), given, back, f"`{stored}`", _code(kind.to_text(value))))
    return table(("Kind", "What it is", "For example", "Comes back as", "In the document", "In a file"), rows)


def _shown(value: object) -> str:
    text = f"frozenset({sorted(value)})" if isinstance(value, frozenset) else repr(value)
    return _code(text.replace("datetime.", "dt."))


def _code(text: str) -> str:
    return "`" + text.replace("\n", "⏎") + "`"


def info_operators() -> str:
    """Return how each built-in kind of info types is searched, sorted and indexed."""
    types = {name: _example_type(name) for name in _built_in_kinds()}
    customers = extended(CATALOGUE, Definitions(info_types={CUSTOMER: types})).customers
    rows = []
    for name, one in types.items():
        marks = [_mark(_accepts(customers, Comparison(one.name, op))) for op in _OPERATORS.values()]
        field = customers.by_name[one.name]
        place = {"int64": "a number slot", "key": "a text slot", "terms": "terms", "none": "none"}
        rows.append((f"`{name}`", *marks, _mark(field.sortable), place[primitive_of(field.kind)]))
    return table(("Kind", *_OPERATORS, "sort", "Index"), rows)


def _mark(truth: bool) -> str:
    return "yes" if truth else "—"


def slots() -> str:
    """Return how many searchable fields of each sort a tenant may have."""
    rows = []
    for head, primitive, places in (("numbers", "int64", len(INTEGER_SLOTS)), ("texts", "key", len(TEXT_SLOTS))):
        names = [f"`{name}`" for name, kind in _built_in_kinds().items() if primitive_of(kind) == primitive]
        rows.append((head, str(places), ", ".join(names)))
    return table(("Slots for", "Places", "Kinds"), rows)


def operators() -> str:
    """Return which operators the customer's fields have, by kind."""
    customers, by_kind = CATALOGUE.customers, dict[str, BoundField]()
    for one in customers.fields:
        if not one.field.hidden:
            by_kind.setdefault(one.field.kind, one)
    rows = []
    for kind, one in sorted(by_kind.items()):
        marks = ["yes" if _accepts(customers, Comparison(one.name, op)) else "—" for op in _OPERATORS.values()]
        term = f"`where.{one.kind.term}(…)`" if _accepts(customers, HasTerm(one.name, "x")) else "—"
        rows.append((f"`{kind}`", *marks, term, "yes" if one.sortable else "—"))
    return table(("Kind", *_OPERATORS, "has", "sort"), rows)


def settings() -> str:
    """Return the tenant's settings."""
    rows = []
    for one in CATALOGUE.tenants.fields:
        section, _, name = one.name.partition("_")
        if not one.field.read_only:
            default = CATALOGUE.tenants.empty[one.name]
            choices = ", ".join(f"`{choice}`" for choice in one.field.choices) or f"`{one.field.kind}`"
            rows.append((f"`{section}.{name}`", choices, f"`{default}`"))
    return table(("Setting", "Values", "Default"), rows)


def events() -> str:
    """Return every type of event with the version of its schema."""
    return table(("Type", "Schema"), ((f"`{name}`", str(version)) for name, version in EVENT_TYPES.items()))


def event_form() -> str:
    """Return the members of an event's JSON."""
    rows = []
    for name, rule in EVENT_JSON_SCHEMA["properties"].items():
        kind = rule.get("type", "integer")
        kinds = [kind] if isinstance(kind, str) else kind
        always = "always" if name in EVENT_JSON_SCHEMA["required"] else "perhaps"
        rows.append((f"`{name}`", " or ".join(kinds), always))
    return table(("Member", "Type", "There"), rows)


def commands() -> str:
    """Return every command with its arguments and options."""
    return "\n".join(_command(command, path) for path, command in _commands(customercore, "customercore"))


def _commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        for name, one in command.commands.items():
            yield from _commands(one, f"{path} {name}")
    else:
        yield path, command


def _command(command: click.Command, path: str) -> str:
    arguments = [one.human_readable_name.upper() for one in command.params if isinstance(one, click.Argument)]
    heading = f"### `{' '.join([path.removeprefix('customercore '), *arguments])}`\n\n"
    return f"{heading}{' '.join((command.help or '').split())}\n\n{_options(command)}"


def _options(command: click.Command) -> str:
    rows = []
    for one in command.params:
        if isinstance(one, click.Option) and not one.is_eager:
            what = "" if one.is_flag else _taken(one)
            names = ", ".join(f"`{name}`" for name in (*one.opts, *one.secondary_opts))
            default = f"`{one.default}`" if one.show_default and one.default is not None else ""
            rows.append((names, what, one.help or "", default))
    return table(("Option", "Takes", "What it does", "Default"), rows)


def _taken(option: click.Option) -> str:
    if isinstance(option.type, click.Choice):
        return ", ".join(f"`{choice}`" for choice in option.type.choices)
    if isinstance(option.type, click.IntRange):
        return f"{option.type.min} to {option.type.max}"
    return option.metavar or option.type.name.upper()


def global_options() -> str:
    """Return the options that stand before the command."""
    return _options(customercore)


_PUBLIC = (
    CATALOGUE.customers,
    CATALOGUE.addresses,
    CATALOGUE.shops,
    CATALOGUE.flags,
    CATALOGUE.customer_types,
    CATALOGUE.notes,
    CATALOGUE.templates,
)
_ACCOUNTS = (CATALOGUE.wallets, CATALOGUE.gift_cards)
TABLES: dict[str, Callable[[], str]] = {
    **{f"{one.name}-fields": lambda one=one: fields_of(one) for one in (*_PUBLIC, *_ACCOUNTS)},  # type: ignore[misc]  # a default binds
    "kinds": kinds,
    "info-kinds": info_kinds,
    "info-operators": info_operators,
    "slots": slots,
    "operators": operators,
    "settings": settings,
    "events": events,
    "event-json": event_form,
    "global-options": global_options,
    "commands": commands,
}


def filled(page: str) -> str:
    """Return a page with its tables as the code has them now."""
    return _REGION.sub(lambda match: match[1] + TABLES[match[2]]() + match[3], page)


def main(arguments: Sequence[str]) -> int:
    """Write the tables, or with ``--check`` name the stale pages; a path is another folder of pages."""
    folders = [Path(one) for one in arguments if one != "--check"] or [DOCS]
    stale = [path for path in sorted(folders[0].rglob("*.md")) if filled(text := path.read_text("utf-8")) != text]
    for path in stale:
        print(path)
        if "--check" not in arguments:
            path.write_text(filled(path.read_text("utf-8")), "utf-8")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
