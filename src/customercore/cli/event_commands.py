"""Commands that deliver events to subscribers, and look after what could not be delivered."""

from __future__ import annotations

import importlib
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import attrs
import click

from customercore.cli.printing import print_json, print_table
from customercore.cli.session import Session, json_option
from customercore.domain.delivery import Delivery
from customercore.domain.report import DispatchReport
from customercore.errors import InvalidValueError
from customercore.ports.subscriber import Subscriber

__all__ = ["events"]

_subscribers_option = click.option(
    "--subscribers",
    metavar="MODULE:NAME",
    help="Further subscribers, beside those of plug-ins: a list of them, or a function that returns one.",
)
_of_option = click.option("--subscriber", metavar="NAME", help="Only of this subscriber.")


@click.group()
def events() -> None:
    """Deliver events to subscribers, and look after what could not be delivered."""


@events.command()
@_subscribers_option
@click.option("--all-tenants", is_flag=True, help="Of every tenant, not of --tenant alone.")
@click.option(
    "--every", type=click.FloatRange(0.1, 3_600), default=1.0, show_default=True, help="Seconds between looks."
)
@json_option
@click.pass_obj
def run(session: Session, /, *, subscribers: str | None, all_tenants: bool, every: float, as_json: bool) -> None:
    """Deliver until SIGTERM or Ctrl-C; the delivery that is being made then is the last. Several may run at once.

    Once a minute, money that is due is written off, and holds that are due are voided.
    """
    with session.open(subscribers=_named(subscribers)) as core, _until_told() as stop:
        if not as_json:
            click.echo("Delivering events; stop with Ctrl-C.", err=True)
        _tell(core.events.run(stop, all_tenants=all_tenants, every=every), as_json=as_json)


@events.command()
@_subscribers_option
@click.option("--limit", type=click.IntRange(1, 1_000), default=100, show_default=True, help="How many at most.")
@json_option
@click.pass_obj
def dispatch(session: Session, /, *, subscribers: str | None, limit: int, as_json: bool) -> None:
    """Deliver what is due now, once."""
    with session.open(subscribers=_named(subscribers)) as core, _until_told() as stop:
        _tell(core.events.dispatch(limit=limit, stopped=stop.is_set), as_json=as_json)


@events.command("dead-letters")
@_of_option
@click.option("--limit", type=click.IntRange(1, 1_000), default=100, show_default=True, help="How many at most.")
@json_option
@click.pass_obj
def dead_letters(session: Session, /, *, subscriber: str | None, limit: int, as_json: bool) -> None:
    """List what is not tried any more, and why."""
    with session.open() as core:
        _list(core.events.dead_letters(subscriber=subscriber, limit=limit), as_json=as_json)


@events.command()
@click.argument("event")
@_of_option
@json_option
@click.pass_obj
def replay(session: Session, /, *, event: str, subscriber: str | None, as_json: bool) -> None:
    """Let the dead letters of the EVENT with this id be tried again."""
    with session.open() as core:
        _list(core.events.replay(event, subscriber=subscriber), as_json=as_json)


def _named(path: str | None) -> Sequence[Subscriber]:
    """Return the subscribers that ``module:name`` leads to."""
    if path is None:
        return ()
    module, _, name = path.partition(":")
    try:
        found: Any = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        message = f"cannot be loaded: {type(error).__name__}"
        raise InvalidValueError.of("subscribers", "not_found", message) from error
    return tuple(found() if callable(found) else found)


@contextmanager
def _until_told() -> Iterator[threading.Event]:
    """Give what is set by SIGTERM and SIGINT; a second one ends the process at once."""
    stop = threading.Event()
    before: dict[int, Any] = {}

    def told(number: int, _: object) -> None:
        stop.set()
        signal.signal(number, before[number] or signal.SIG_DFL)

    for number in (signal.SIGTERM, signal.SIGINT):
        before[number] = signal.signal(number, told)
    try:
        yield stop
    finally:
        for which, handler in before.items():
            signal.signal(which, handler or signal.SIG_DFL)


def _tell(report: DispatchReport, *, as_json: bool) -> None:
    if as_json:
        print_json(report.as_dict())
        return
    click.echo(
        f"{report.delivered:,} delivered, {report.failed:,} to be tried again, {report.dead:,} dead letters, "
        f"{report.lost:,} taken over by others, {report.expired:,} entries of money that expired"
    )
    if report.unsettled:
        click.echo(f"{report.unsettled:,} times a wallet could not be settled: see the log", err=True)


def _list(found: Sequence[Delivery], *, as_json: bool) -> None:
    if as_json:
        print_json([attrs.asdict(one, value_serializer=_plain) for one in found])
        return
    rows = [
        (
            one.event_id,
            one.subscriber,
            one.type,
            one.aggregate_id,
            f"{one.version}.{one.ordinal}",
            one.error_code,
            one.error,
        )
        for one in found
    ]
    print_table(("Event", "Subscriber", "Type", "Of", "Number", "Error", "What it was"), rows)


def _plain(_: object, __: object, value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
