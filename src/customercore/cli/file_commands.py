"""Commands that bring files in and write files out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from customercore.cli.arguments import columns_option, criteria_of, names_of, shop_option, sort_option, where_option
from customercore.cli.printing import print_json
from customercore.cli.progress import shown_progress
from customercore.cli.session import Session, confirmed, json_option, yes_option
from customercore.domain.report import ImportReport, RowProblem

__all__ = ["export_file", "import_file"]

_REFUSED = 3
_SHOWN = 10


@click.command("import")
@click.argument("file")
@click.option(
    "--format", "-f", "format_", metavar="FORMAT", help="customercore (the default), shopify, or csv with a mapping."
)
@click.option("--mapping", "-m", metavar="FILE", help="A TOML file that says which column becomes which field.")
@click.option(
    "--delimiter", metavar="CHARACTER", help="What separates the cells of a CSV file; found in its header if left out."
)
@click.option("--encoding", metavar="NAME", help="How the texts of a CSV or XML file are written; UTF-8 by default.")
@click.option("--rejects", "-r", metavar="FILE", help="Where refused rows go, to be mended and imported again.")
@click.option("--later", metavar="FILE", help="Where rows go that say what has no place yet, such as wish lists.")
@click.option(
    "--on-conflict",
    type=click.Choice(["skip", "update", "fail"]),
    default="skip",
    show_default=True,
    help="What happens to a row whose customer is there already.",
)
@click.option("--dry-run", is_flag=True, help="Report what would happen, and store nothing.")
@yes_option
@json_option
@click.pass_obj
def import_file(
    session: Session, /, *, file: str, format_: str | None, on_conflict: str, yes: bool, as_json: bool, **options: Any
) -> int:
    """Import customers from FILE. Exits with 3 when rows were refused; the others are stored."""
    with session.open() as core:
        if on_conflict == "update" and not options["dry_run"]:
            confirmed("Customers that are there already will be changed. Go ahead?", yes=yes)
        with shown_progress("import", as_json=as_json) as progress:
            report = core.imports.run(file, format_, on_conflict=on_conflict, progress=progress, **options)
    if as_json:
        print_json(report.as_dict())
    else:
        _tell(report, wanted_rejects=options["rejects"] is not None)
    return _REFUSED if report.refused else 0


@click.command("export")
@click.argument("file")
@click.option(
    "--format",
    "-f",
    "format_",
    metavar="FORMAT",
    help="csv, jsonl, xlsx, parquet, shopify or a plug-in's; by default what FILE ends in, else csv.",
)
@where_option
@columns_option
@sort_option
@click.option("--status", default="any", show_default=True, help="active, inactive, … or any.")
@shop_option
@yes_option
@json_option
@click.pass_obj
def export_file(
    session: Session,
    /,
    *,
    file: str,
    format_: str | None,
    where: str | None,
    columns: str | None,
    sort: Sequence[str],
    yes: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """Export customers to FILE. Without options the file has everything, and can be imported again."""
    criteria = criteria_of(where)
    with session.open() as core:
        written = format_ or core.exports.format_of(file)
        if Path(file).exists():
            confirmed("The file is there already and will be replaced. Go ahead?", yes=yes)
        wanted, order = names_of([columns]) if columns else None, names_of(sort) or None
        with shown_progress("export", as_json=as_json) as told:
            progress = None if told is None else lambda rows, total: told(rows, rows, total)
            report = core.exports.run(file, written, criteria, wanted, order, progress=progress, **options)
    if as_json:
        print_json(report.as_dict())
    else:
        click.echo(f"{report.written:,} customers written to {report.path}")


def _tell(report: ImportReport, *, wanted_rejects: bool) -> None:
    would = "would be " if report.dry_run else ""
    click.echo(
        f"{report.read:,} rows read: {report.created:,} {would}created, {report.updated:,} {would}updated, "
        f"{report.skipped:,} skipped, {report.refused:,} refused"
    )
    if report.ignored:
        click.echo(f"not imported: {', '.join(report.ignored)}")
    _list("refused", report.refusals, report.refused)
    if report.rejects_path is not None:
        click.echo(f"Refused rows are in {report.rejects_path}: mend them and import that file in the same way.")
    elif report.refused and not wanted_rejects:
        click.echo("Pass --rejects FILE to have the refused rows in a file that can be mended.")
    if report.later:
        where = f"is in {report.later_path}" if report.later_path else "is in the report; pass --later FILE to keep it"
        click.echo(f"What {report.later:,} rows say that has no place yet {where}.")
    _list("doubtful, but kept", report.warnings, report.warned)


def _list(title: str, told: Sequence[RowProblem], count: int) -> None:
    if not told:
        return
    click.echo(f"{title}:")
    for one in told[:_SHOWN]:
        click.echo(f"  line {one.line}: {one.field}: {one.message} [{one.code}]")
    if len(told) > _SHOWN:
        click.echo(f"  … ({count:,} in all; --json lists them)")
