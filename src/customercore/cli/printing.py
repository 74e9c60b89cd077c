"""Printing: JSON for programs, tables for people. Values are never taken for markup."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from customercore.catalogue.aggregate import Aggregate
from customercore.catalogue.bound_field import BoundField
from customercore.catalogue.catalogue import Catalogue
from customercore.catalogue.columns import INFO, info_key, plain_form
from customercore.domain.customer import Customer

__all__ = ["plain", "plain_customer", "print_json", "print_pairs", "print_table"]

_PIPE_WIDTH = 400


def print_json(value: Any) -> None:
    """Print a value as JSON on stdout."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def print_table(headings: Sequence[str], rows: Iterable[Sequence[str | None]]) -> None:
    """Print rows under headings, as wide as the terminal; as wide as they are into a pipe."""
    table = Table(*headings, box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for row in rows:
        table.add_row(*(Text(cell or "") for cell in row))
    _console().print(table)


def print_pairs(pairs: Iterable[tuple[str, str | None]]) -> None:
    """Print names and values under each other; those without a value are left out."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold")
    table.add_column()
    for name, value in pairs:
        if value:
            table.add_row(Text(name), Text(value))
    _console().print(table)


def plain_customer(customer: Customer, catalogue: Catalogue) -> dict[str, Any]:
    """Return a customer as JSON knows it, with every field that callers may see; ``catalogue`` is the tenant's."""
    book = [plain(catalogue.addresses, address) for address in customer.addresses]
    return plain(catalogue.customers, customer) | {"addresses": book}


def plain(aggregate: Aggregate[Any], one: Any) -> dict[str, Any]:
    """Return the fields of a record by name: texts, numbers, truths and lists."""
    return {
        field.name: _info(aggregate, one.info) if field.name == INFO else _plain(getattr(one, field.name), field)
        for field in aggregate.fields
        if not field.field.hidden and field.name != "addresses" and info_key(field) is None
    }


def _info(aggregate: Aggregate[Any], info: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of info types as files have them; those of retired ones as they are stored."""
    fields = {key: aggregate.by_name.get(f"{INFO}.{key}") for key in info}
    return {
        key: aggregate.codec.encode(value) if (field := fields[key]) is None else plain_form(field.kind)(value)
        for key, value in info.items()
    }


def _plain(value: Any, field: BoundField) -> Any:
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, dict):
        return {key: dict(one) if isinstance(one, dict) else one for key, one in value.items()}
    if isinstance(value, frozenset):
        return sorted(value)
    return list(value) if isinstance(value, tuple) else field.kind.to_text(value)


def _console() -> Console:
    return Console(file=sys.stdout, width=None if sys.stdout.isatty() else _PIPE_WIDTH, highlight=False)
