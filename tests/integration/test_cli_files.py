"""`customercore import` and `export`: formats by the names of files, progress, and being stopped."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sheets import cells_of

from customercore import open_core
from customercore.cli.progress import Lines
from customercore.cli.running import run

SOURCE = Path(__file__).resolve().parents[2] / "src"
COMMAND = [sys.executable, "-m", "customercore.cli.main"]
ROWS = 3_000


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder with a store of many customers and the file they came from."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CUSTOMERCORE_URL", "sqlite:///shop.db")
    monkeypatch.setenv("PYTHONPATH", str(SOURCE), prepend=os.pathsep)
    with (tmp_path / "people.csv").open("w", encoding="utf-8") as file:
        file.write("email,first_name,last_name\n")
        file.writelines(f"p{number:05}@example.com,=A{number},B\n" for number in range(ROWS))
    with open_core("sqlite:///shop.db") as core:
        core.imports.run("people.csv")
    return tmp_path


def on_a_terminal(*arguments: str) -> str:
    """Run a command whose stderr is a terminal, and return what it shows there."""
    ours, theirs = pty.openpty()
    shown: list[bytes] = []

    def read() -> None:
        try:
            while some := os.read(ours, 4096):
                shown.append(some)
        except OSError:  # the other end is closed
            return

    reader = threading.Thread(target=read)
    reader.start()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "120"}
    subprocess.run([*COMMAND, *arguments], check=True, stderr=theirs, env=environment, timeout=60)
    os.close(theirs)
    reader.join()
    os.close(ours)
    return b"".join(shown).decode()


def test_the_name_of_a_file_says_its_format(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = json.dumps({"field": "email", "op": "eq", "value": "p00001@example.com"})
    for name in ("a.csv", "a.jsonl", "a.xlsx", "a.parquet"):
        assert run(["export", name, "--columns", "email,first_name", "--where", first]) == 0
    assert (folder / "a.csv").read_bytes() == b"email,first_name\r\np00001@example.com,'=A1\r\n"
    assert json.loads((folder / "a.jsonl").read_text("utf-8")) == {"email": "p00001@example.com", "first_name": "=A1"}
    assert cells_of(folder / "a.xlsx") == [["email", "first_name"], ["p00001@example.com", "=A1"]]
    assert (folder / "a.parquet").read_bytes()[:4] == b"PAR1"
    assert run(["export", "b.csv", "--format", "shopify", "--sort=-email"]) == 0
    assert (folder / "b.csv").read_text("utf-8").splitlines()[1].split(",")[3] == f"p{ROWS - 1:05}@example.com"
    assert capsys.readouterr().err == ""


def test_a_terminal_shows_rows_rate_and_time_left(folder: Path) -> None:
    for arguments in (["import", "people.csv"], ["export", "a.csv"]):
        shown = on_a_terminal(*arguments)
        assert arguments[0] in shown
        assert f"{ROWS:,} rows" in shown
        assert "rows/s" in shown
        assert "left" in shown
        assert not on_a_terminal(*arguments, "--json", "--yes")


def test_elsewhere_a_line_is_written_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    times: Iterator[float] = iter((0.0, 3.0, 12.0, 15.0, 30.0))
    lines = Lines("import", lambda: next(times))
    for rows in (1_000, 4_000, 5_000, 10_000):
        lines(rows, rows * 10, 400_000)
    assert capsys.readouterr().err.splitlines() == [
        "import: 4,000 rows, 10%, 333 rows/s, 0:01:48 left",
        "import: 10,000 rows, 25%, 333 rows/s, 0:01:30 left",
    ]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_export_that_is_stopped_leaves_the_file_that_was_there(how: signal.Signals, folder: Path) -> None:
    (folder / "a.xlsx").write_text("old", encoding="utf-8")
    before = sorted(one.name for one in folder.iterdir())
    # A process that a shell put in the background inherits that it ignores Ctrl-C: this one does not.
    heeding = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    # Python loses a Ctrl-C that comes while it lets go of the lock of a module: what is written with is there already.
    code = f"import xlsxwriter.exceptions; {heeding}; from customercore.cli.main import main; main()"
    command = [sys.executable, "-c", code, "export", "a.xlsx", "--yes"]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as running:
        until = time.monotonic() + 30
        while not list(folder.glob("a.xlsx.*.part")) and time.monotonic() < until:
            time.sleep(0.01)
        assert list(folder.glob("a.xlsx.*.part"))
        running.send_signal(how)
        assert running.communicate(timeout=30)[1].strip() == b"stopped"
    assert running.returncode == 130
    assert (folder / "a.xlsx").read_text("utf-8") == "old"
    assert sorted(one.name for one in folder.iterdir() if not one.name.startswith("shop.db-")) == before


PLUGIN = """
from pathlib import Path
from customercore.extension import hookimpl

class Lines:
    name, flat, columns = "lines", True, ("email",)

    def __init__(self, *endings):
        self.endings = endings

    def write(self, path, columns, records):
        texts = [one for one, in records]
        Path(path).write_text("\\n".join(texts), "utf-8")
        return len(texts)

@hookimpl
def customercore_register_export_formats():
    return {"lines": Lines(".txt", ".mail"), "mails": Lines(".mail")}
"""


def test_the_format_of_an_installed_plug_in_is_found_by_the_ending_of_a_file(folder: Path) -> None:
    (folder / "acme_lines.py").write_text(PLUGIN, "utf-8")
    metadata = folder / "acme_lines-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-lines\nVersion: 1.0\n", "utf-8")
    (metadata / "entry_points.txt").write_text("[customercore]\nacme-lines = acme_lines\n", "utf-8")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), os.environ["PYTHONPATH"]])}

    def exported(*arguments: str) -> tuple[int, dict[str, Any]]:
        done = subprocess.run(
            [*COMMAND, "export", *arguments, "--json"], capture_output=True, check=False, env=environment, timeout=60
        )
        return done.returncode, json.loads(done.stdout or done.stderr)

    assert exported("out.TXT") == (0, {"written": ROWS, "path": "out.TXT"})
    assert Path("out.TXT").read_text("utf-8").startswith("p00000@example.com\np00001@")
    code, answer = exported("out.mail")
    assert (code, answer["error"]["problems"][0]["code"]) == (1, "ambiguous_format")
    assert "lines and mails" in answer["error"]["message"]
    assert not Path("out.mail").exists()
    assert exported("out.mail", "--format", "mails")[0] == 0
    assert exported("out.unknown")[0] == 0
    assert Path("out.unknown").read_text("utf-8").startswith("code,email,")
