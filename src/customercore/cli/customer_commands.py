"""Commands about customers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import click

from customercore.cli.arguments import (
    criteria_of,
    draft_of,
    names_of,
    read_texts,
    shop_option,
    sort_option,
    where_option,
)
from customercore.cli.printing import plain_customer, print_json, print_pairs, print_table
from customercore.cli.session import Session, catalogue_of, confirmed, json_option, yes_option
from customercore.core import CustomerCore
from customercore.domain.criteria.tree import Criteria
from customercore.domain.criteria.where import where as fields
from customercore.domain.customer import Customer
from customercore.errors import InvalidValueError

__all__ = ["create", "deactivate", "found_customer", "list_customers", "reactivate", "show"]

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@click.command("list")
@click.option("--flag", "flags", multiple=True, help="Only customers that carry this flag; may be repeated.")
@click.option("--tag", "tags", multiple=True, help="Only customers with this tag; may be repeated.")
@click.option("--type", "customer_type", help="Only customers of this type.")
@click.option("--status", default="active", show_default=True, help="active, inactive, … or any.")
@shop_option
@where_option
@sort_option
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="How many at most.")
@click.option("--cursor", help="Where the page before ended.")
@json_option
@click.pass_obj
def list_customers(
    session: Session,
    /,
    *,
    flags: Sequence[str],
    tags: Sequence[str],
    customer_type: str | None,
    where: str | None,
    sort: Sequence[str],
    as_json: bool,
    **options: Any,
) -> None:
    """List customers."""
    parts = [fields.flag(flag) for flag in flags] + [fields.tag(tag) for tag in tags]
    if customer_type is not None:
        parts.append(fields.type(customer_type))
    asked = criteria_of(where)
    criteria: Criteria | None = asked
    for part in parts:
        criteria = part if criteria is None else criteria & part
    with session.open() as core:
        page = core.customers.search(criteria, sort=names_of(sort) or None, **options)
        catalogue = catalogue_of(core)
    if as_json:
        print_json({"items": [plain_customer(one, catalogue) for one in page], "next": page.next})
        return
    rows = [
        (
            one.code,
            one.full_name,
            one.email,
            one.company_name,
            one.customer_type,
            "; ".join(sorted(one.flags | one.tags)),
        )
        for one in page
    ]
    print_table(("Code", "Name", "E-mail", "Company", "Type", "Flags and tags"), rows)
    if page.next is not None:
        click.echo(f"There are more: --cursor {page.next}", err=True)


@click.command()
@click.argument("customer")
@json_option
@click.pass_obj
def show(session: Session, /, *, customer: str, as_json: bool) -> None:
    """Show the CUSTOMER with this id, e-mail address or code."""
    with session.open() as core:
        _show(core, found_customer(core, customer), as_json=as_json)


@click.command()
@click.option("--email", help="The e-mail address.")
@click.option("--first-name", help="The first name.")
@click.option("--last-name", help="The last name.")
@click.option("--field", "pairs", metavar="NAME=VALUE", multiple=True, help="Any other field; may be repeated.")
@json_option
@click.pass_obj
def create(session: Session, /, *, pairs: Sequence[str], as_json: bool, **named: str | None) -> None:
    """Create a customer; e-mail, first and last name are needed."""
    draft = draft_of(pairs, {name: value for name, value in named.items() if value is not None})
    with session.open() as core:
        values, unread = read_texts(draft, catalogue_of(core))
        try:
            made = core.customers.create(**values)
        except InvalidValueError as error:
            better = {one.field: one for one in unread}
            raise InvalidValueError(better.get(one.field, one) for one in error.problems) from None
        _show(core, made, as_json=as_json)
    for warning in made.warnings if not as_json else ():
        click.echo(f"doubtful: {warning.field}: {warning.message} [{warning.code}]", err=True)


@click.command()
@click.argument("customer")
@click.option("--reason", help="Why; kept with the event.")
@yes_option
@json_option
@click.pass_obj
def deactivate(session: Session, /, *, customer: str, reason: str | None, yes: bool, as_json: bool) -> None:
    """Move the CUSTOMER with this id, e-mail address or code to the bin."""
    with session.open() as core:
        found = found_customer(core, customer)
        confirmed(f"Customer {found.code or found.id} will be hidden from lists. Go ahead?", yes=yes)
        _tell(core, core.customers.deactivate(found, reason=reason), as_json=as_json)


@click.command()
@click.argument("customer")
@json_option
@click.pass_obj
def reactivate(session: Session, /, *, customer: str, as_json: bool) -> None:
    """Take the CUSTOMER with this id, e-mail address or code out of the bin."""
    with session.open() as core:
        _tell(core, core.customers.reactivate(found_customer(core, customer)), as_json=as_json)


def found_customer(core: CustomerCore, customer: str) -> Customer:
    """Return the customer with this id, e-mail address or code."""
    if "@" in customer:
        return core.customers.by_email(customer)
    if _ID.fullmatch(customer.lower()):
        return core.customers.get(customer.lower())
    return core.customers.by_code(customer)


def _tell(core: CustomerCore, customer: Customer, *, as_json: bool) -> None:
    if as_json:
        print_json(plain_customer(customer, catalogue_of(core)))
    else:
        click.echo(f"Customer {customer.code or customer.id} is {customer.status}.")


def _show(core: CustomerCore, customer: Customer, *, as_json: bool) -> None:
    form = plain_customer(customer, catalogue_of(core))
    if as_json:
        print_json(form)
        return
    pairs = [(name, _cell(value)) for name, value in form.items() if name not in ("addresses", "full_name", "info")]
    pairs += _info_cells("", form["info"])
    for address, plain in zip(customer.addresses, form["addresses"], strict=True):
        uses = ", ".join(sorted(address.default_for)) or "no default"
        pairs.append((f"address ({uses})", core.addresses.format(address)))
        pairs += _info_cells("address.", plain["info"])
    print_pairs(pairs)


def _info_cells(prefix: str, info: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the values of info types; here a no is a value, since nobody has to have one."""
    return [(f"{prefix}info.{key}", "no" if value is False else _cell(value)) for key, value in info.items()]


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, list):
        return "; ".join(value)
    return "" if value is None or value == {} else str(value)
