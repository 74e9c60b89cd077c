"""How much memory moving files takes: ``python -m benchmarks.bounded``.

Imports and exports files of two sizes, each in a process of its own, and compares the most memory that
each process had: a file a hundred times as large may take no more than 50 MB more. A fifth of the
customers are guests, codes are made for the others, and some rows are doubtful or refused, since all
these are remembered in some way. Only on Linux, which tells what one process had at most.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import xlsxwriter
from benchmarks.people import FLAG, people
from benchmarks.servers import SERVERS, started

from customercore import CustomerCore, open_core

__all__ = ["ALLOWED", "FORMATS", "compared"]

ALLOWED = 50_000_000
"""How many bytes more than the small file's the large file's process may have."""
FORMATS = ("csv", "jsonl", "xlsx", "parquet", "shopify")

_HEADER = ("email", "first_name", "last_name", "kind", "phones", "tags", "address.line1", "address.city",
           "address.postcode", "address.country")  # fmt: skip


def compared(url: str, folder: Path, rows: tuple[int, int], formats: tuple[str, ...]) -> Iterator[tuple[str, int, int]]:
    """Yield each task with the most bytes its process had, for the small and for the large number of rows.

    Each size has a tenant of its own in the store, which is made ready if it is not, and another for its sheet.
    """
    open_core(url).close()
    tasks = ["import", "import xlsx", *(f"export {name}" for name in formats)]
    peaks = {}
    for count in rows:
        source = folder / "rows.csv"
        write(source, count)
        as_sheet(source, source.with_suffix(".xlsx"))
        for task in tasks:
            tenant = f"sheet-{count}" if task == "import xlsx" else f"rows-{count}"
            peaks[task, count] = _peak(url, tenant, task, source)
    for task in tasks:
        yield task, peaks[task, rows[0]], peaks[task, rows[1]]


def write(path: Path, rows: int) -> None:
    """Write the file that is imported."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_HEADER)
        for number, one in zip(range(rows), people(), strict=False):
            kind = "guest" if number % 5 == 0 else "registered"
            email = "no mailbox" if number % 97 == 0 else one["email"]
            home = one["addresses"][0]
            phone = "12" if number % 50 == 0 else one["phones"][0]
            place = (home["line1"], home["city"], home["postcode"], home["country"])
            writer.writerow([email, one["first_name"], one["last_name"], kind, phone, FLAG, *place])


def as_sheet(source: Path, path: Path) -> None:
    """Write the same rows as a workbook, each text in its cell."""
    with (
        source.open(encoding="utf-8", newline="") as file,
        xlsxwriter.Workbook(path, {"constant_memory": True}) as book,
    ):
        sheet = book.add_worksheet()
        for at, row in enumerate(csv.reader(file)):
            for column, cell in enumerate(row):
                sheet.write_string(at, column, cell)


def _peak(url: str, tenant: str, task: str, source: Path) -> int:
    asked = [sys.executable, "-m", "benchmarks.bounded", "--task", task, "--url", url, "--tenant", tenant]
    done = subprocess.run([*asked, str(source)], check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603  our own
    told: dict[str, Any] = json.loads(done.stdout)
    seconds, rows, peak = told["seconds"], told["rows"], told["peak"]
    print(f"{task}: {rows:,} rows in {seconds:.1f} s, at most {peak / 1e6:.1f} MB", file=sys.stderr)
    return int(peak)


def _task(task: str, core: CustomerCore, source: Path) -> int:
    verb, _, name = task.partition(" ")
    if verb == "export":
        return core.exports.run(source.with_suffix(f".{name}"), name).written
    file = source.with_suffix(f".{name}") if name else source
    return core.imports.run(file, rejects=source.with_suffix(".rejects")).read


def _highest() -> int:
    """Return the most bytes that this process had in memory; what its parent had does not count."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


@contextmanager
def _place(server: str | None, folder: Path) -> Iterator[str]:
    if server is None:
        yield f"sqlite:///{folder / 'bounded.db'}"
        return
    with started(server, folder.parent) as found, found.database() as url:  # whose own user may not see into `folder`
        yield url


def main() -> None:
    """Compare, and exit with 1 when something grew too much; or do one task in this process and tell its peak."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bounded", description=__doc__)
    parser.add_argument("--rows", type=int, nargs=2, default=(10_000, 1_000_000), metavar=("SMALL", "LARGE"))
    parser.add_argument("--on", choices=SERVERS, help="a database server, which is started; SQLite by default")
    parser.add_argument("--formats", nargs="*", choices=FORMATS, default=FORMATS)
    parser.add_argument("--task", help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    parser.add_argument("--tenant", help=argparse.SUPPRESS)
    parser.add_argument("source", nargs="?", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.task:
        with open_core(asked.url, tenant=asked.tenant) as core:
            start = time.perf_counter()
            rows = _task(asked.task, core, asked.source)
            print(json.dumps({"rows": rows, "seconds": time.perf_counter() - start, "peak": _highest()}))
        return
    grown = False
    with tempfile.TemporaryDirectory(dir="/var/tmp", prefix="bounded-") as name, _place(asked.on, Path(name)) as url:
        for task, small, large in compared(url, Path(name), tuple(asked.rows), tuple(asked.formats)):
            grown |= large - small > ALLOWED
            print(f"{task:16} {small / 1e6:8.1f} MB {large / 1e6:8.1f} MB {(large - small) / 1e6:+8.1f} MB")
    sys.exit(grown)


if __name__ == "__main__":
    main()
