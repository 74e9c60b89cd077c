"""An import that is killed at any point, and run again, leaves what one leaves that was not: guests too."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from database_servers.databases import any_database
from processes import python

from customercore.wiring import open_core

ROWS, KILLS = 1_200, 6
IMPORT = """
import sys
from customercore import open_core
from customercore.services import imports
imports.BATCH = 40
url, path, format = sys.argv[1:]
with open_core(url, timeout=20) as core:
    print("open", flush=True)
    core.imports.run(path, format, progress=lambda rows, *_: print(rows, flush=True))
print("done", flush=True)
"""


def csv_file(folder: Path) -> Path:
    path = folder / "rows.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("email,first_name,last_name,kind,tags\n")
        for number in range(ROWS):
            # Some guests say the very same, some rows are refused, some are of one customer.
            who = f"g{number % 17}" if number % 5 == 0 else f"p{number - number % 9 % 2}"
            kind = "guest" if number % 5 == 0 else ""
            file.write(f"{who}@example.com,Pat,{'' if number % 31 == 0 else 'Ek'},{kind},a;b\n")
    return path


def xml_file(folder: Path) -> Path:
    path = folder / "rows.xml"
    with path.open("w", encoding="utf-8") as file:
        file.write("<customers>\n")
        for number in range(ROWS):
            guest, who = ("true", f"g{number % 17}") if number % 5 == 0 else ("false", f"p{number}")
            file.write(
                f'<customer><credentials guest="{guest}"><email>{who}@example.com</email>'
                f"<guest-email>{who}@example.com</guest-email><password>{'0' * 32}</password></credentials>"
                f"<contact-details><firstname>Pat</firstname><lastname>Ek</lastname>"
                f"{'<x>' if number % 31 == 0 else ''}</contact-details></customer>\n"
            )
        file.write("</customers>\n")
    return path


@contextmanager
def store(product: str, folder: Path) -> Iterator[str]:
    """Give the URL of an empty store whose customers get no codes."""
    if product == "sqlite":
        url = f"sqlite:///{folder}/{product}.db"
        with open_core(url) as core:
            core.settings.update(customers={"code_pattern": None})
        yield url
        return
    with any_database(product) as database:
        with open_core(database.url) as core:
            core.settings.update(customers={"code_pattern": None})
        yield database.url


def killed(url: str, path: Path, format_: str, dice: random.Random) -> bool:
    """Import in a process that is killed at some moment; tell whether it was still at work."""
    process = python(IMPORT, url, str(path), format_)
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    for _ in range(dice.randrange(6)):
        process.stdout.readline()
    time.sleep(dice.random() * 0.05)
    process.send_signal(signal.SIGKILL)
    rest = process.stdout.read()
    process.stdout.close()
    if process.stdin is not None:
        process.stdin.close()
    process.wait()
    return "done" not in rest


@pytest.mark.parametrize("product", ["sqlite", "postgresql-18"])
@pytest.mark.parametrize(("write", "format_"), [(csv_file, "customercore"), (xml_file, "yescart")])
def test_an_import_that_was_killed_and_run_again_leaves_what_an_unkilled_one_does(
    write: Callable[[Path], Path], format_: str, product: str, tmp_path: Path
) -> None:
    path, dice = write(tmp_path), random.Random(3)
    with open_core("memory://") as core:
        core.settings.update(customers={"code_pattern": None})
        whole = core.imports.run(path, format_)
        core.exports.run(tmp_path / "right.csv")
        hashes = sorted(str(one.imported_password) for one in core.customers.iterate())
    with store(product, tmp_path) as url:
        assert sum(killed(url, path, format_, dice) for _ in range(KILLS)) > KILLS / 2
        with open_core(url, timeout=20) as core:
            partly = core.customers.count()
            assert 0 < partly < whole.created, "no kill met the import in the middle"
            last = core.imports.run(path, format_)
            assert last.read == last.created + last.skipped + last.refused == whole.read
            assert last.refused <= whole.refused  # a row that lacks a name is skipped once its customer is there
            core.exports.run(tmp_path / "found.csv")
            assert sorted(str(one.imported_password) for one in core.customers.iterate()) == hashes
            assert [one for one in core.check() if not one.ok] == []
            again = core.imports.run(path, format_)
            assert (again.created, again.updated) == (0, 0)
    assert (tmp_path / "found.csv").read_bytes().splitlines() == (tmp_path / "right.csv").read_bytes().splitlines()
