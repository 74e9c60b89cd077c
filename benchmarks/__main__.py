"""Time the main jobs against the bare driver: see docs/performance.md."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

from benchmarks import files, memory, objects, process, searching, single, wallets, writing
from benchmarks.measure import Contest, Figures, Job, Options, run
from benchmarks.report import as_json, document, markdown, table
from benchmarks.searching_servers import pages_on
from benchmarks.servers import SERVERS, started


def _searching(options: Options) -> Iterator[Contest]:
    return pages_on(options.server, options) if options.server else searching.pages(options)


JOBS: dict[str, Job] = {
    "1": single.create,
    "1b": single.update,
    "2": single.get,
    "3": files.importing,
    "3b": files.exporting,
    "4": _searching,
    "4w": writing.searchable,
    "5": wallets.debits,
    "8": objects.hydrate,
    "9": process.importing,
    "10": memory.in_memory,
}

ON_SERVERS = ("1", "1b", "2", "3", "3b", "4", "5")
"""The jobs that a server can be asked for."""


def main() -> None:
    """Run the jobs that were asked for, or all of them."""
    asked = _arguments()
    results: list[Figures] = []
    with tempfile.TemporaryDirectory(dir=asked.folder, prefix="benchmarks-") as folder:
        place = Path(folder).resolve()
        with started(asked.on, _disk(), fleeting=asked.fleeting) if asked.on else nullcontext() as server:
            options = Options(asked.rows, asked.rounds, asked.calls, place, asked.customers, server, asked.among)
            for name in asked.jobs or (ON_SERVERS if server else JOBS):
                for contest in JOBS[name](options):
                    print(f"job {contest.job}: {contest.what}", file=sys.stderr)
                    results.append(run(contest, options.rounds, cold=asked.cold))
    if asked.document:
        document(asked.document, results, asked.on)
    if asked.json:
        print(json.dumps(as_json(results), indent=2))
    else:
        print(markdown(results) if asked.markdown else table(results))


def _disk() -> Path:
    """Return a folder for temporary files that outlives a restart: /tmp may be memory, where no commit waits."""
    folder = Path("/var/tmp")  # noqa: S108  only the folder that is made in it is used
    return folder if folder.is_dir() else Path()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "jobs",
        nargs="*",
        metavar="job",
        help=f"any of {', '.join(JOBS)}; all by default",
    )
    parser.add_argument(
        "--on", choices=[*SERVERS, "mongodb"], help="a database server, which is started; SQLite by default"
    )
    parser.add_argument(
        "--fleeting",
        action="store_true",
        help="no commit on a server waits for the disk: a trial, not a measurement",
    )
    parser.add_argument("--rows", type=int, default=100_000, help="rows of the files of jobs 3 and 3b")
    parser.add_argument("--customers", type=int, default=500_000, help="customers of the store that job 4 searches")
    parser.add_argument(
        "--among",
        type=int,
        default=0,
        metavar="CUSTOMERS",
        help="how many customers the stores of jobs 1, 1b, 2, 3 and 5 hold already, on MongoDB",
    )
    parser.add_argument("--rounds", type=int, default=7, help="rounds that count, after one to warm up")
    parser.add_argument("--cold", action="store_true", help="no round to warm up: for files that take minutes")
    parser.add_argument("--calls", type=int, default=300, help="calls in a round of a job that takes one customer")
    parser.add_argument("--folder", type=Path, default=_disk(), help="where the stores are made, on a real disk")
    parser.add_argument("--json", action="store_true", help="print every round's figures")
    parser.add_argument("--markdown", action="store_true", help="print the table of docs/performance.md")
    parser.add_argument("--document", type=Path, metavar="PAGE", help="put the table into a page between its marks")
    asked = parser.parse_args()
    unknown = [name for name in asked.jobs if name not in JOBS]
    if unknown:
        parser.error(f"unknown job {unknown[0]}: choose from {', '.join(JOBS)}")
    if asked.on and (unfit := set(asked.jobs).difference(ON_SERVERS)):
        parser.error(f"job {min(unfit)} is not for servers: choose from {', '.join(ON_SERVERS)}")
    if asked.among and asked.on != "mongodb":
        parser.error("--among is for --on mongodb")
    return asked


if __name__ == "__main__":
    main()
