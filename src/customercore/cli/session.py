"""What every command is given: which store, which tenant, and how to ask before something is done."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import attrs
import click

from customercore.catalogue.catalogue import Catalogue
from customercore.catalogue.extended import extended
from customercore.core import CustomerCore
from customercore.domain.actor import System
from customercore.domain.info_type import InfoType
from customercore.domain.tenant import Definitions
from customercore.ports.store import Migrate
from customercore.ports.subscriber import Subscriber
from customercore.wiring import default_catalogue, open_core

__all__ = ["Session", "catalogue_of", "confirmed", "json_option", "yes_option"]

F = TypeVar("F", bound=Callable[..., Any])


@attrs.frozen
class Session:
    """The store and the tenant of this command line."""

    url: str
    tenant: str
    reason: str | None = attrs.field(default=None, repr=False)

    def open(self, migrate: Migrate = "never", subscribers: Sequence[Subscriber] = ()) -> CustomerCore:
        """Open the core. Only `init` makes or changes a schema, so that a mistyped URL makes no empty store."""
        core = open_core(self.url, tenant=self.tenant, migrate=migrate, subscribers=subscribers)
        return core if self.reason is None else core.acting_as(System(), reason=self.reason)


def catalogue_of(core: CustomerCore) -> Catalogue:
    """Return the catalogue with the fields that the tenant has defined."""
    defined: dict[str, dict[str, InfoType]] = {}
    for one in core.info_types.list():
        defined.setdefault(one.applies_to, {})[one.key] = one
    return extended(default_catalogue(), Definitions(info_types=defined))


# Options that every command has, or that every command that asks has.
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, errors too.")
yes_option = click.option("--yes", is_flag=True, help="Do not ask.")


def confirmed(question: str, *, yes: bool) -> None:
    """Ask on the terminal; end the command when the answer is no, and as wrong usage when nobody can be asked."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise click.UsageError("there is nobody to ask: pass --yes to go ahead", click.get_current_context())
    click.confirm(question, abort=True, err=True)
