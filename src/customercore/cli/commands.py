"""The `customercore` command and its subcommands."""

from __future__ import annotations

import click

from customercore.cli.balance_commands import balance
from customercore.cli.customer_commands import create, deactivate, list_customers, reactivate, show
from customercore.cli.definition_commands import flags, shops
from customercore.cli.event_commands import events
from customercore.cli.field_commands import fields
from customercore.cli.file_commands import export_file, import_file
from customercore.cli.history_commands import history, notes
from customercore.cli.session import Session
from customercore.cli.store_commands import doctor, init
from customercore.cli.template_commands import templates

__all__ = ["customercore"]

_COMMANDS: tuple[click.Command, ...] = (
    init, import_file, export_file, list_customers, show, create, deactivate, reactivate, flags, shops, fields,
    history, notes, templates, balance, events, doctor,
)  # fmt: skip


class _InOrder(click.Group):
    """A group that lists its commands in the order of a first visit, not of the alphabet."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


@click.group(cls=_InOrder, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--url",
    envvar="CUSTOMERCORE_URL",
    default="sqlite:///customercore.db",
    show_default=True,
    show_envvar=True,
    help="The store.",
)
@click.option("--tenant", default="default", show_default=True, help="Whose customers.")
@click.option("--reason", help="Why; kept with every change that the command makes.")
@click.version_option(package_name="customercore", prog_name="customercore")
@click.pass_context
def customercore(context: click.Context, url: str, tenant: str, reason: str | None) -> None:
    """Bring customers in, find and change them, and write them out again.

    Exits with 0 when all is well, 1 on an error, 2 on wrong usage, 3 when an import refused rows.
    """
    context.obj = Session(url, tenant, reason)


for _command in _COMMANDS:
    customercore.add_command(_command)
