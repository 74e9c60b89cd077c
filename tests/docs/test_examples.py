"""What README and docs show is run: Python, shell and the files between them, one folder a document.

A fence in ``python`` is executed, one in ``console`` run by a shell line by line (``$ ``), and what
they print must be what the document shows: after Python in a fence in ``output``, in a console below
the command. ``...`` stands for anything. ``<!-- file: NAME -->`` before a fence makes a file of it.
Other fences are not looked at.
"""

from __future__ import annotations

import doctest
import io
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, redirect_stdout
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from database_servers.databases import any_database
from sybil import Document, Example, Region
from sybil.evaluators.python import PythonEvaluator
from sybil.region import Lexeme

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]

_FENCE = re.compile(
    r"^(?:<!-- file: (?P<file>\S+) -->\n+)?```(?P<language>\w+)[^\n]*\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL
)
_PRINTED = "_printed"
_run_python = PythonEvaluator()
_COMMAND = "import sys; from customercore.cli.main import main; sys.argv[0] = 'customercore'; sys.exit(main())"
_INSTALLED = any(one.name == "customercore" for one in entry_points(group="pytest11"))
_PYTEST = f"-m pytest -p no:cacheprovider{'' if _INSTALLED else ' -p customercore.testing.fixtures'}"
"""Where customercore is only on the path, its fixtures are loaded as its entry point would do it."""


def fences(document: Document) -> Iterator[Region]:
    """Yield every fence that is to be run, in the order of the document."""
    for match in _FENCE.finditer(document.text):
        evaluate: Callable[[Example], str | None] | None = _file
        if match["file"] is None:
            evaluate = _EVALUATORS.get(match["language"])
        if evaluate is not None:
            lines = document.text.count("\n", match.start(), match.start("body"))
            yield Region(match.start(), match.end(), (match["file"], Lexeme(match["body"], 0, lines - 1)), evaluate)


def _file(example: Example) -> None:
    name, body = example.parsed
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(body, encoding="utf-8")


def _python(example: Example) -> str | None:
    unshown = _unshown(example)
    if unshown:
        return unshown
    example.parsed = example.parsed[1]
    with redirect_stdout(io.StringIO()) as printed:
        _run_python(example)
    example.namespace[_PRINTED] = printed.getvalue()
    return None


def _unshown(example: Example) -> str | None:
    printed = example.namespace.pop(_PRINTED, "")
    return f"what was printed before is not shown:\n{printed}" if printed else None


def _output(example: Example) -> str | None:
    return _difference(example.parsed[1], example.namespace.pop(_PRINTED, ""))


def _console(example: Example) -> str | None:
    for command, shown in _commands(example.parsed[1]):
        done = subprocess.run(
            ["/bin/bash", "-c", command],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=120,
        )
        different = _difference(shown, done.stdout)
        if different is not None:
            return f"$ {command}\n{different}"
        if done.returncode != 0:
            return f"$ {command}\nends with status {done.returncode}; let the example show it: ; echo $?"
    return None


def _commands(text: str) -> Iterator[tuple[str, str]]:
    """Yield each command with what is shown below it; a backslash goes on in the next line."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        match = re.match(r"((?:[^\n]*\\\n)*[^\n]*)\n?(.*)", part, re.DOTALL)
        assert match is not None
        yield match[1], match[2]


def _difference(shown: str, printed: str) -> str | None:
    checker, shown, printed = doctest.OutputChecker(), f"{shown.strip()}\n", f"{_plain(printed).strip()}\n"
    if checker.check_output(shown, printed, doctest.ELLIPSIS):
        return None
    return checker.output_difference(doctest.Example("", shown), printed, doctest.ELLIPSIS | doctest.REPORT_NDIFF)


def _plain(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.splitlines())


_EVALUATORS: dict[str, Callable[[Example], str | None]] = {"python": _python, "output": _output, "console": _console}


def run(page: Path) -> None:
    """Run what a page shows; raise at the first example that does something else."""
    document = Document.parse(str(page), fences)
    for example in document.examples():
        example.evaluate()
    unshown = document.namespace.pop(_PRINTED, "")
    assert not unshown, f"{page.name} ends without showing what was printed:\n{unshown}"


@pytest.fixture(autouse=True)
def _a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands = tmp_path / "bin"
    commands.mkdir()
    for name, arguments in (("customercore", f'-c "{_COMMAND}"'), ("pytest", _PYTEST)):
        command = commands / name
        command.write_text(f'#!/bin/sh\nexec "{sys.executable}" {arguments} "$@"\n', encoding="utf-8")
        command.chmod(0o755)
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.setenv("PATH", f"{commands}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "src"), prepend=os.pathsep)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.delenv("CUSTOMERCORE_URL", raising=False)


_SERVERS = {"POSTGRESQL_URL": "postgresql-18", "MARIADB_URL": "mariadb", "MONGODB_URL": "mongodb"}
"""What a page may call an empty database of its own; where there is no such server, the page is skipped."""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_example_does_what_its_page_says(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = page.read_text(encoding="utf-8")
    with ExitStack() as databases:
        for variable, product in _SERVERS.items():
            if variable in text:
                monkeypatch.setenv(variable, databases.enter_context(any_database(product)).url)
        run(page)


@pytest.mark.parametrize(
    "text",
    [
        "```python\nprint(1)\n```\n\n```output\n2\n```\n",
        "```python\nprint(1)\n```\n",
        "```python\nprint(1)\n```\n```python\nx = 1\n```\n",
        "```python\n1 / 0\n```\n",
        "```console\n$ echo one\ntwo\n```\n",
        "```console\n$ false\n```\n",
    ],
)
def test_an_example_that_does_something_else_is_found(text: str, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(text, encoding="utf-8")
    with pytest.raises((AssertionError, ArithmeticError)):
        run(page)


def test_files_and_what_was_defined_last_until_the_end_of_a_page(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    text = """<!-- file: a.txt -->
```text
hello
```

```console
$ cat \\
  a.txt
h...o
$ false; echo $?
1
```

```python
from pathlib import Path
```

```python
print(Path("a.txt").read_text())
```

```output
hello
```
"""
    page.write_text(text, encoding="utf-8")
    run(page)
