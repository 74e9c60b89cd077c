"""docs/reference/errors.md lists every error class and every code, and no other."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from customercore import errors
from customercore.ports import store

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "customercore"
PAGE = ROOT / "docs" / "reference" / "errors.md"

_CLASSES = [one for _, one in inspect.getmembers(errors, inspect.isclass) if issubclass(one, errors.CustomerCoreError)]
_CODE_AT = {"Problem": 1, "of": 1, "RefusedError": 0} | {
    one.__name__: 0 for one in _CLASSES if "code" in inspect.signature(one).parameters
}
"""Which positional argument of a call is a code."""
_COMPOSED = {"{}_not_found", "{}_taken"}
"""Codes made of a name; the page lists those that there are."""


def _name_of(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _carriers(module: ast.Module) -> dict[str, int]:
    """Return what takes a code in a module, with its position: also functions that hand a parameter on as one."""
    found = dict(_CODE_AT)
    functions = [node for node in ast.walk(module) if isinstance(node, ast.FunctionDef)]
    for _ in range(3):
        for function in functions:
            names = [one.arg for one in function.args.args if one.arg not in ("self", "cls")]
            for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
                code = _code_of(call, found)
                if isinstance(code, ast.Name) and code.id in names and function.name not in found:
                    found[function.name] = names.index(code.id)
    return found


def _code_of(call: ast.Call, carriers: dict[str, int]) -> ast.expr | None:
    at = carriers.get(_name_of(call))
    if at is None or any(isinstance(one, ast.Starred) for one in call.args):
        return None
    named = [one.value for one in call.keywords if one.arg == "code"]
    return named[0] if named else call.args[at] if at < len(call.args) else None


def _texts(node: ast.expr | None) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)
    elif isinstance(node, ast.Name) and isinstance(getattr(store, node.id, None), str):
        yield getattr(store, node.id)
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(one.value) if isinstance(one, ast.Constant) else "{}" for one in node.values)


def codes_in(folder: Path) -> dict[str, str]:
    """Return every code that the sources raise, with a file that does."""
    found: dict[str, str] = {}
    for path in sorted(set(folder.rglob("*.py")) - set(folder.rglob("testing/*.py"))):
        module = ast.parse(path.read_text(encoding="utf-8"))
        carriers = _carriers(module)
        for node in ast.walk(module):
            texts: Iterator[str] = iter(())
            if isinstance(node, ast.Call):
                texts = _texts(_code_of(node, carriers))
            elif isinstance(node, ast.Tuple) and _names_an_error(node):
                texts = _texts(node.elts[1])
            found.update((text, path.name) for text in texts if re.fullmatch(r"[a-z{][a-z0-9_{}]+", text))
    return found


def _names_an_error(node: ast.Tuple) -> bool:
    first = node.elts[0] if len(node.elts) > 1 else None
    return isinstance(first, ast.Name) and first.id.endswith("Error")


def _own_codes() -> set[str]:
    """Return the codes of errors that name their code themselves."""
    own: list[errors.CustomerCoreError] = [errors.StaleVersionError("x", 1), errors.IdempotencyConflictError("x")]
    own += [errors.DuplicateError(field) for field in ("email", "code", "key", "till", "owner", "info.points")]
    own += [errors.CapacityError("searchable_fields", 1), errors.InsufficientFundsError("0", "1", "SEK")]
    return {error.code for error in own}


def _documented() -> set[str]:
    """Return the first words of the tables that are headed "Code"."""
    tables = re.findall(r"^\| Code \|.*\n((?:\|.*\n)+)", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return {code for table in tables for code in re.findall(r"^\| `([a-z0-9_]+)` \|", table, re.MULTILINE)}


def test_every_code_is_documented() -> None:
    raised = codes_in(SOURCE)
    assert set(raised) >= _COMPOSED
    missing = {code: where for code, where in raised.items() if code not in _documented() | _COMPOSED}
    assert missing == {}
    assert _own_codes() <= _documented()


def test_every_documented_code_can_be_raised() -> None:
    raised = set(codes_in(SOURCE)) | _own_codes()
    patterns = [re.compile(code.replace("{}", "[a-z_]+")) for code in raised]
    assert [code for code in sorted(_documented()) if not any(one.fullmatch(code) for one in patterns)] == []


@pytest.mark.parametrize("error", _CLASSES, ids=lambda error: error.__name__)
def test_every_class_of_errors_is_documented(error: type[Exception]) -> None:
    assert f"`{error.__name__}`" in PAGE.read_text(encoding="utf-8")


def test_codes_are_found_however_they_are_given(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(
        "def _bad(code, message):\n    return InvalidValueError.of('path', code, message)\n"
        "_bad('code_one', '')\nProblem('f', 'code_two' if x else 'code_three', '')\n"
        "raise StorageError(\n    'code_four', '')\nA = {1: (StorageError, 'code_five', 'm', True)}\n"
        "raise NotFoundError(f'{kind}_not_found', '')\n",
        encoding="utf-8",
    )
    assert set(codes_in(tmp_path)) == {"code_one", "code_two", "code_three", "code_four", "code_five", "{}_not_found"}
