"""Commands about the store itself."""

from __future__ import annotations

import attrs
import click

from customercore.cli.printing import print_json, print_table
from customercore.cli.session import Session, json_option

__all__ = ["doctor", "init"]


@click.command()
@click.option("--upgrade", is_flag=True, help="Also bring an older schema up to date.")
@json_option
@click.pass_obj
def init(session: Session, /, *, upgrade: bool, as_json: bool) -> None:
    """Make the store ready: create its schema, or check the one that is there."""
    with session.open("upgrade" if upgrade else "create"):
        pass
    if as_json:
        print_json({"ready": True})
    else:
        click.echo("The store is ready.")


@click.command()
@json_option
@click.pass_obj
def doctor(session: Session, /, *, as_json: bool) -> int:
    """Look the store over: schema, settings, integrity. Exits with 1 when something is not in order."""
    with session.open() as core:
        findings = core.check()
    healthy = all(finding.ok for finding in findings)
    if as_json:
        print_json({"ok": healthy, "findings": [attrs.asdict(finding) for finding in findings]})
    else:
        rows = [("ok" if finding.ok else "NOT OK", finding.name, finding.detail) for finding in findings]
        print_table(("", "Looked at", "Found"), rows)
    return 0 if healthy else 1
