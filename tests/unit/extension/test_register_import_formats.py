"""The hook `customercore_register_import_formats`."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from customercore import open_core
from customercore.errors import ExtensionError, InvalidValueError
from customercore.extension import Draft, Problem, SourceRow, hookimpl
from customercore.extension.built_in import BuiltIn
from customercore.extension.dispatch import Extensions
from customercore.extension.formats import GuardedFormat
from customercore.wiring import default_catalogue

EXAMPLE = Path(__file__).parents[3] / "docs" / "how-to" / "write-an-import-format.md"


class Names:
    """A source with a row for each line of the file: the name of somebody."""

    complete = extends_known = False
    ignored: tuple[str, ...] = ()
    read_as = "names"
    size = position = 0

    def __init__(self, path: str) -> None:
        self._lines = Path(path).read_text("utf-8").splitlines()

    def rows(self) -> Iterator[Any]:
        for number, line in enumerate(self._lines, 1):
            yield SourceRow(number, line)

    def draft(self, row: SourceRow, problems: list[Problem]) -> Draft:
        name = row.cells
        return {"email": f"{name.lower()}@example.com", "first_name": name, "last_name": "Ek"}

    def rejects(self, path: str) -> Any:
        raise RuntimeError

    def close(self) -> None:
        pass


class Format:
    name = "names"

    def __init__(self, opens: Callable[[str], Any] = Names) -> None:
        self._opens = opens

    def open(self, path: str, **options: Any) -> Any:
        return self._opens(path)


def bringing(answer: Any, name: str = "acme") -> Any:
    @hookimpl
    def customercore_register_import_formats() -> Any:
        return answer

    return SimpleNamespace(__name__=name, customercore_register_import_formats=customercore_register_import_formats)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "names.txt"
    path.write_text("".join(f"Bo{number}\n" for number in range(250)), "utf-8")
    return path


def error_of(path: Path, source: Callable[[str], Any]) -> ExtensionError:
    with open_core("memory://", plugins=[bringing({"names": Format(source)})]) as core:
        with pytest.raises(ExtensionError) as caught:
            core.imports.run(path, "names", rejects=path.with_name("rejects"))
        assert core.customers.count() == 0
    assert caught.value.details["plugin"] == "acme"
    assert caught.value.details["hook"] == "customercore_register_import_formats"
    return caught.value


def test_a_format_of_a_plug_in_is_used_by_its_name(path: Path) -> None:
    with open_core("memory://", plugins=[bringing({"names": Format()})]) as core:
        report = core.imports.run(path, "names")
        assert (report.read, report.created, report.read_as) == (250, 250, "names")


def test_a_name_that_nobody_registers_is_refused_with_those_that_are(path: Path) -> None:
    with (
        open_core("memory://", plugins=[bringing({"names": Format()})]) as core,
        pytest.raises(InvalidValueError, match=r"csv, customercore, .*names.*shopify") as caught,
    ):
        core.imports.run(path, "nobody")
    assert caught.value.code == "unknown_format"


def test_our_own_formats_come_through_the_same_hook() -> None:
    names = Format()
    assert Extensions(BuiltIn(import_formats=lambda: {"names": names})).import_formats == {"names": names}


def test_a_name_that_is_taken_is_refused_and_the_error_names_both() -> None:
    for plugins, owner in (
        ([bringing({"shopify": Format()}, "one")], "customercore"),
        ([bringing({"names": Format()}, "a"), bringing({"names": Format()}, "one")], "a"),
    ):
        with pytest.raises(ExtensionError) as caught:
            open_core("memory://", plugins=plugins)
        assert (caught.value.code, caught.value.details["plugin"]) == ("format_taken", "one")
        assert caught.value.details["owner"] == owner


@pytest.mark.parametrize("answer", [None, [Format()], {"No word": Format()}, {1: Format()}, {"names": object()}])
def test_an_answer_that_is_no_formats_is_refused(answer: Any) -> None:
    with pytest.raises(ExtensionError) as caught:
        open_core("memory://", plugins=[bringing(answer)])
    assert caught.value.code == "plugin_invalid"


class Raising(Names):
    def draft(self, row: SourceRow, problems: list[Problem]) -> Draft:
        raise KeyError("ada@example.com")


class Wordless(Names):
    def draft(self, row: SourceRow, problems: list[Problem]) -> Any:
        return row.cells


class Rowless(Names):
    def rows(self) -> Iterator[Any]:
        yield "Bo"


class Refusing(Names):
    def draft(self, row: SourceRow, problems: list[Problem]) -> Draft:
        return {"email": "nobody"}


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (lambda _: object(), "plugin_invalid"),
        (lambda _: 1 / 0, "plugin_failed"),
        (Raising, "plugin_failed"),
        (Wordless, "plugin_invalid"),
        (Rowless, "plugin_invalid"),
        (Refusing, "plugin_failed"),
    ],
)
def test_what_a_format_does_wrong_ends_the_import_and_has_its_name(
    source: Callable[[str], Any], code: str, path: Path
) -> None:
    error = error_of(path, source)
    assert error.code == code
    assert "ada@" not in str(error)


def test_an_error_of_ours_passes(path: Path) -> None:
    def opens(_: str) -> Any:
        raise InvalidValueError.of("path", "no_names", "is no file of names")

    with (
        open_core("memory://", plugins=[bringing({"names": Format(opens)})]) as core,
        pytest.raises(InvalidValueError, match="no file of names"),
    ):
        core.imports.run(path, "names")


def test_a_format_that_hangs_is_not_waited_for(path: Path) -> None:
    hanging = threading.Event()
    guarded = GuardedFormat("names", Format(lambda _: hanging.wait(5)), "acme", seconds=0.05)
    with pytest.raises(ExtensionError) as caught:
        guarded.open(str(path), catalogue=default_catalogue())
    hanging.set()
    assert caught.value.code == "plugin_timeout"


def test_the_example_of_the_documentation_has_at_most_60_lines() -> None:
    code = EXAMPLE.read_text("utf-8").partition("```python\n")[2].partition("```\n")[0]
    assert 20 < len(code.splitlines()) <= 60
