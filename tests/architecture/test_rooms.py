"""The house can be walked through: files and functions stay small, every room is declared.

Each check takes a folder and returns its complaints, so that a test can also show it complaining.
"""

from __future__ import annotations

import ast
import itertools
import re
import tokenize
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "customercore"
SHIPPED = [ROOT / "src", *sorted(ROOT.glob("plugins/*/src"))]
WRITTEN = [ROOT / name for name in ("src", "plugins", "tests", "benchmarks", "examples")]

LONGEST_FILE = 300
LONGEST_FACADE = 60
LONGEST_FUNCTION = 40
FORBIDDEN_WORDS = {"base", "common", "helper", "helpers", "manager", "util", "utils"}

ROOMS = {
    "__init__.py": "the public names",
    "core.py": "CustomerCore, the table of contents",
    "wiring.py": "open_core, the composition root",
    "errors.py": "the whole error tree",
    "py.typed": "tells type checkers that the package is typed",
    "domain": "frozen values and pure rules",
    "domain/criteria": "the criteria language: tree, builder, JSON form, evaluation",
    "catalogue": "the field declarations, one file an aggregate",
    "ports": "protocols, one role a file",
    "services": "the use cases, one noun a file",
    "adapters": "what the ports are answered with; small ones are one file each",
    "adapters/memory": "the store in memory",
    "adapters/mongo": "the store on MongoDB",
    "adapters/sql": "the store on SQLAlchemy Core, one file a dialect",
    "adapters/sql/migrations": "Alembic's environment",
    "adapters/sql/migrations/versions": "one file a schema version",
    "adapters/files": "import and export formats",
    "adapters/key_value": "repositories over keys and values, for stores of other people",
    "extension": "hook specifications, discovery and dispatch: the only room that imports pluggy",
    "testing": "the public conformance suite, fixtures and fakes",
    "cli": "the customercore command",
}

Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = Function | ast.ClassDef


def _sources(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*.py")) if ".venv" not in path.parts)


def _parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def _functions(tree: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def _length(function: Function) -> int:
    """Count the lines from ``def`` to the end, without the docstring's."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    if ast.get_docstring(function, clean=False) is not None:
        docstring = function.body[0]
        lines -= (docstring.end_lineno or docstring.lineno) - docstring.lineno + 1
    return lines


def long_files(folder: Path) -> list[str]:
    """Name files over 300 lines, and façades over 60."""
    complaints = []
    for path in _sources(folder):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        most = LONGEST_FACADE if path.name == "__init__.py" else LONGEST_FILE
        if lines > most:
            complaints.append(f"{path}: {lines} lines, {most} at most: it holds two ideas")
    return complaints


def long_functions(folder: Path) -> list[str]:
    """Name functions over 40 lines."""
    return [
        f"{path}:{function.lineno}: {function.name} has {_length(function)} lines, 40 at most"
        for path in _sources(folder)
        for function in _functions(_parse(path))
        if _length(function) > LONGEST_FUNCTION
    ]


def undeclared_rooms(package: Path) -> list[str]:
    """Name folders, and files beside the façade, that the table above does not declare."""
    folders = {path.parent for path in package.rglob("*") if path.is_file()}
    rooms = {path for folder in folders for path in (folder, *folder.parents)}
    found = [path for path in rooms if package in path.parents]
    found += [path for path in package.iterdir() if path.is_file()]
    names = sorted(path.relative_to(package).as_posix() for path in found)
    return [f"{name}: not declared in ROOMS" for name in names if name not in ROOMS and "__pycache__" not in name]


def empty_names(folder: Path) -> list[str]:
    """Name files and folders whose name says nothing: ``utils``, ``helpers``, ``common`` …"""
    return [
        f"{path}: the name says nothing of what is in it"
        for path in sorted(folder.rglob("*"))
        if (path.is_dir() or path.suffix == ".py")
        and FORBIDDEN_WORDS.intersection(re.split(r"[_\W]+", path.stem.lower()))
    ]


def bare_ignores(folder: Path) -> list[str]:
    """Name comments that silence the type checker without naming the error."""
    complaints = []
    for path in _sources(folder):
        with path.open("rb") as source:
            comments = [t for t in tokenize.tokenize(source.readline) if t.type == tokenize.COMMENT]
        complaints += [
            f"{path}:{comment.start[0]}: says no error code"
            for comment in comments
            if re.search(r"type:\s*ignore(?!\[)", comment.string)
        ]
    return complaints


def undocumented_names(folder: Path) -> list[str]:
    """Name what a module makes public, and says nothing about."""
    promises = _promises(folder)
    return [
        f"{path}:{line}: {name} has no docstring"
        for path in _sources(folder)
        for name, line in _undocumented(path, promises)
    ]


def _promises(folder: Path) -> dict[str, tuple[set[str], set[str]]]:
    """Return, by the name of each class, its bases and the methods whose promise it documents."""
    return {
        node.name: (
            {ast.unparse(base).rpartition(".")[2].partition("[")[0] for base in node.bases},
            {one.name for one in node.body if isinstance(one, Function) and ast.get_docstring(one)},
        )
        for path in _sources(folder)
        for node in _parse(path).body
        if isinstance(node, ast.ClassDef)
    }


def _inherited(owner: str, promises: dict[str, tuple[set[str], set[str]]]) -> set[str]:
    """Return the methods that the bases of a class document: overriding one keeps its promise."""
    bases = promises.get(owner, (set(), set()))[0]
    return {name for base in bases for name in promises.get(base, (set(), set()))[1] | _inherited(base, promises)}


def _undocumented(path: Path, promises: dict[str, tuple[set[str], set[str]]]) -> Iterator[tuple[str, int]]:
    module = _parse(path)
    public = _public_names(module)
    lines = path.read_text(encoding="utf-8").splitlines()
    for node in module.body:
        for name in _assigned(node):
            if public is not None and name in public and not _told_beside(node, lines):
                yield name, node.lineno
        if isinstance(node, Definition) and _counts(node, public):
            if ast.get_docstring(node) is None:
                yield node.name, node.lineno
            if isinstance(node, ast.ClassDef):
                yield from _undocumented_methods(node, _inherited(node.name, promises))


def _told_beside(constant: ast.stmt, lines: list[str]) -> bool:
    """Tell whether a comment or a string stands beside a constant: no blank line between them."""
    above = itertools.takewhile(str.strip, reversed(lines[: constant.lineno - 1]))
    below = itertools.takewhile(str.strip, lines[constant.lineno - 1 :])
    return any(line.startswith(("#", '"""')) or "  # " in line for line in (*above, *below))


def _public_names(module: ast.Module) -> set[str] | None:
    """Return what ``__all__`` lists; None without one, and then every plain name is public."""
    for node in module.body:
        if "__all__" in _assigned(node):
            assert isinstance(node, ast.Assign | ast.AnnAssign)
            assert node.value is not None
            return set(ast.literal_eval(node.value))
    return None


def _assigned(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return [node.target.id]
    return []


def _counts(node: Definition, public: set[str] | None) -> bool:
    if node.name.startswith(("test_", "Test")):
        return False  # a test is a sentence: its name says what it shows
    return node.name in public if public is not None else not node.name.startswith("_")


def _undocumented_methods(owner: ast.ClassDef, inherited: set[str]) -> Iterator[tuple[str, int]]:
    for node in owner.body:
        if (
            isinstance(node, Function)
            and not node.name.startswith(("_", "test_"))
            and ast.get_docstring(node) is None
            and node.name not in inherited
            and not any(_says_it_elsewhere(decorator) for decorator in node.decorator_list)
        ):
            yield f"{owner.name}.{node.name}", node.lineno


def _says_it_elsewhere(decorator: ast.expr) -> bool:
    """Tell whether another definition has the docstring: the overridden one, or the property's."""
    return ast.unparse(decorator).endswith(("override", "overload", ".setter", ".deleter"))


@pytest.mark.parametrize("check", [long_files, long_functions, empty_names, undocumented_names])
def test_what_is_shipped_can_be_walked_through(check: Callable[[Path], list[str]]) -> None:
    complaints = [complaint for folder in SHIPPED for complaint in check(folder)]
    assert not complaints, "\n".join(["", *complaints])


def test_every_room_is_declared() -> None:
    complaints = undeclared_rooms(PACKAGE)
    assert not complaints, "\n".join(["", *complaints])


def test_every_silenced_type_error_is_named() -> None:
    complaints = [complaint for folder in WRITTEN for complaint in bare_ignores(folder)]
    assert not complaints, "\n".join(["", *complaints])


@pytest.mark.parametrize(
    ("check", "name", "source"),
    [
        (long_files, "long.py", "x = 1\n" * 301),
        (long_files, "__init__.py", "x = 1\n" * 61),
        (long_functions, "f.py", "def f():\n" + "    x = 1\n" * 40),
        (long_functions, "f.py", "class A:\n  async def f(self):\n" + "    x = 1\n" * 40),
        (undeclared_rooms, "attic/box.py", ""),
        (undeclared_rooms, "domain/attic/box.py", ""),
        (undeclared_rooms, "attic.py", ""),
        (empty_names, "domain/utils.py", ""),
        (empty_names, "domain/_sql_helpers.py", ""),
        (empty_names, "common/money.py", ""),
        (bare_ignores, "a.py", "x = 1  # type: ignore\n"),
        (bare_ignores, "a.py", "x = 1  # type:ignore # because\n"),
        (undocumented_names, "a.py", '__all__ = ["f"]\ndef f(): ...\n'),
        (undocumented_names, "a.py", "def f(): ...\n"),
        (undocumented_names, "a.py", '__all__ = ["A"]\nclass A:\n    x = 1\n'),
        (undocumented_names, "a.py", 'class A:\n    """Said."""\n    def f(self): ...\n'),
        (undocumented_names, "a.py", '__all__ = ["B"]\n\n# Of A.\nA = 1\n\nB: int = 2\n'),
    ],
)
def test_a_bad_file_is_refused(check: Callable[[Path], list[str]], name: str, source: str, tmp_path: Path) -> None:
    _write(tmp_path / name, source)
    assert len(check(tmp_path)) == 1


@pytest.mark.parametrize(
    ("check", "name", "source"),
    [
        (long_files, "long.py", "x = 1\n" * 300),
        (long_functions, "f.py", 'def f():\n    """Say\n\n    much."""\n' + "    x = 1\n" * 39),
        (undeclared_rooms, "domain/criteria/tree.py", ""),
        (empty_names, "domain/database.py", ""),
        (bare_ignores, "a.py", "x = 'type: ignore'  # type: ignore[misc]  # because\n"),
        (undocumented_names, "a.py", '__all__ = ["LIMIT"]\nLIMIT = 3\n"""Said."""\n'),
        (undocumented_names, "a.py", '__all__ = ["B"]\n\n# Said.\nA = 1\nB = 2\n'),
        (undocumented_names, "a.py", '__all__ = ["f"]\nfrom b import f\ndef g(): ...\n'),
        (undocumented_names, "a.py", 'class A:\n  """Said."""\n  @override\n  def f(self): ...\n'),
    ],
)
def test_a_good_file_is_accepted(check: Callable[[Path], list[str]], name: str, source: str, tmp_path: Path) -> None:
    _write(tmp_path / name, source)
    assert check(tmp_path) == []


def _write(path: Path, source: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source, encoding="utf-8")
