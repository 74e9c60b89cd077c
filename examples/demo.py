"""`make demo`: a shop's customers come in, are found, changed and written out again, in a folder of their own."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import customercore

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "demo-out"
MAKE_EXPORT = ROOT / "examples" / "shopify_customers.py"
REFUSED = 3


def main() -> None:
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir()
    os.chdir(OUT)
    os.environ["CUSTOMERCORE_URL"] = "sqlite:///shop.db"

    say("A shop moves in with an export of 500 customers, as untidy as such files are: demo-out/shopify.csv")
    subprocess.run([sys.executable, str(MAKE_EXPORT), "shopify.csv"], check=True)
    say("A store is one file here; later it may be PostgreSQL or MongoDB, with the same calls.")
    run("init")
    say("The import keeps every good row. What it refuses goes to a file of its own, with line and reason.")
    run("import shopify.csv --format shopify --rejects rejects.csv", expected=REFUSED)
    say("Customers are found by any field. Here are the first who spend the most:")
    run("list --tag VIP --sort last_name --limit 8")
    say("From Python it is the same core. One of them moves up:")
    change_somebody()
    say("What came in goes out again, and that file can be imported anywhere.")
    run("export customers.csv")
    run('export vips.jsonl --where \'{"has": "tags", "value": "vip"}\'')
    say("Try next, in demo-out:")
    suggest()


def change_somebody() -> None:
    lines = """
        core = customercore.open_core("sqlite:///shop.db")
        core.flags.define("gold", label="Gold customer")
        vip = core.customers.search(where.tag("VIP"), sort="last_name", limit=1).items[0]
        vip = core.customers.update(vip, flags={"gold"}, language="sv", expected_version=vip.version)
        print(vip.full_name, "is", *vip.flags, "now, at version", vip.version)
    """
    for line in lines.strip().splitlines():
        print(f"  >>> {line.strip()}")
    with customercore.open_core("sqlite:///shop.db") as core:
        core.flags.define("gold", label="Gold customer")
        vip = core.customers.search(customercore.where.tag("VIP"), sort="last_name", limit=1).items[0]
        vip = core.customers.update(vip, flags={"gold"}, language="sv", expected_version=vip.version)
        print(f"  {vip.full_name} is", *vip.flags, "now, at version", vip.version)


def suggest() -> None:
    command = os.path.relpath(_command()[0], OUT) if len(_command()) == 1 else "customercore"
    print("  export CUSTOMERCORE_URL=sqlite:///shop.db")
    for line, why in (
        ("import rejects.csv --format shopify", "once you have mended its rows: see the last columns"),
        ("import shopify.csv --format shopify --dry-run", "changes nothing: everybody is there already"),
        ("list --flag gold", "the customer that was changed"),
        ("--help", "everything else"),
    ):
        print(f"  {command} {line:<46} # {why}")


def say(text: str) -> None:
    print(f"\n{text}", flush=True)


def run(line: str, *, expected: int = 0) -> None:
    print(f"  $ customercore {line}", flush=True)
    done = subprocess.run(
        [*_command(), *shlex.split(line)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, text=True
    )
    for printed in done.stdout.splitlines():
        print(f"  {printed.rstrip()}")
    if done.returncode != expected:
        sys.exit(f"customercore ended with {done.returncode} instead of {expected}")


def _command() -> list[str]:
    installed = Path(sys.executable).with_name("customercore")
    return [str(installed)] if installed.exists() else [sys.executable, "-m", "customercore.cli.main"]


if __name__ == "__main__":
    main()
