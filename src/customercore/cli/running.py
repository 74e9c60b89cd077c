"""Running a command line: what goes to which stream, and what the exit code says."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence

import click

from customercore.cli.commands import customercore
from customercore.errors import CustomerCoreError, InvalidValueError

__all__ = ["ERROR", "INTERRUPTED", "REFUSED", "USAGE", "run"]

ERROR, USAGE, REFUSED, INTERRUPTED = 1, 2, 3, 130
"""Exit codes; 0 when all is well."""

_HINTS = {
    "schema_missing": "Make it ready with: customercore init",
    "schema_older": "Bring it up to date with: customercore init --upgrade",
}


def run(arguments: Sequence[str]) -> int:
    """Run a command line and return its exit code. Errors go to stderr, without a value that a person gave."""
    as_json = "--json" in arguments
    try:
        answer = customercore.main(list(arguments), prog_name="customercore", standalone_mode=False)
        sys.stdout.flush()
    except CustomerCoreError as error:
        _tell(error, as_json=as_json)
        return ERROR
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return USAGE
    except click.ClickException as error:
        _tell_usage(error, as_json=as_json)
        return USAGE
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever reads has enough, as in `customercore list | head`. Python's own flush must not fail too.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return answer if isinstance(answer, int) else 0


def _tell(error: CustomerCoreError, *, as_json: bool) -> None:
    problems = error.problems if isinstance(error, InvalidValueError) else ()
    if as_json:
        told = [{"field": one.field, "code": one.code, "message": one.message} for one in problems]
        form = {"code": error.code, "message": error.message, "problems": told}
        click.echo(json.dumps({"error": form}, ensure_ascii=False), err=True)
        return
    if not problems:
        click.echo(f"error: {error.message} [{error.code}]", err=True)
    for one in problems:
        click.echo(f"error: {one.field}: {one.message} [{one.code}]", err=True)
    if error.code in _HINTS:
        click.echo(_HINTS[error.code], err=True)


def _tell_usage(error: click.ClickException, *, as_json: bool) -> None:
    # click repeats surplus arguments, which may be somebody's e-mail address.
    message = error.format_message()
    if message.startswith("Got unexpected extra argument"):
        message = "Got unexpected extra arguments"
    if as_json:
        form = {"code": "usage", "message": message, "problems": []}
        click.echo(json.dumps({"error": form}, ensure_ascii=False), err=True)
        return
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is not None:
        click.echo(context.get_usage(), err=True)
        click.echo(f"Try '{context.command_path} --help' for help.", err=True)
    click.echo(f"error: {message}", err=True)
