"""The hook `customercore_register_export_formats`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from customercore import CustomerCore, open_core
from customercore.errors import ConflictError, ExtensionError, InvalidValueError
from customercore.extension import ExportColumn, hookimpl
from customercore.extension.built_in import BuiltIn
from customercore.extension.dispatch import Extensions

HOOK = "customercore_register_export_formats"
CANARY = "xanthippe"


class Lines:
    """A format of one line a record."""

    name = "whatever"
    flat = True

    def write(self, path: str, columns: Sequence[ExportColumn], records: Iterable[Sequence[Any]]) -> Any:
        lines = [
            " ".join(column.kind.to_text(value) for column, value in zip(columns, record, strict=True) if value)
            for record in records
        ]
        Path(path).write_text("\n".join(lines), "utf-8")
        return len(lines)


class Names(Lines):
    columns = ("first_name", "last_name")


class Raising(Lines):
    def write(self, path: str, columns: Sequence[ExportColumn], records: Iterable[Sequence[Any]]) -> Any:
        raise KeyError(*next(iter(records)))


class Countless(Lines):
    def write(self, path: str, columns: Sequence[ExportColumn], records: Iterable[Sequence[Any]]) -> Any:
        return str(super().write(path, columns, records))


class Lazy(Lines):
    def write(self, path: str, columns: Sequence[ExportColumn], records: Iterable[Sequence[Any]]) -> Any:
        return len([next(iter(records))])


class Miscounting(Lines):
    def write(self, path: str, columns: Sequence[ExportColumn], records: Iterable[Sequence[Any]]) -> Any:
        return super().write(path, columns, records) + 1


class Swallowing(Lines):
    def write(self, path: str, columns: Sequence[ExportColumn], records: Iterable[Sequence[Any]]) -> Any:
        try:
            return super().write(path, columns, records)
        except Exception:  # noqa: BLE001  what a careless plug-in does
            return 0


def bringing(answer: Any, name: str = "acme") -> Any:
    @hookimpl
    def customercore_register_export_formats() -> Any:
        return answer

    return SimpleNamespace(__name__=name, customercore_register_export_formats=customercore_register_export_formats)


def opened(*plugins: Any, url: str = "memory://") -> CustomerCore:
    core = open_core(url, plugins=plugins)
    for name in ("ada", "bo"):
        core.customers.create(email=f"{name}@example.com", first_name=name, last_name=CANARY)
    return core


@pytest.mark.parametrize("store", ["memory", "sqlite"])
def test_a_format_of_a_plug_in_is_used_by_its_name(tmp_path: Path, store: str) -> None:
    url = "memory://" if store == "memory" else f"sqlite:///{tmp_path}/shop.db"
    path = tmp_path / "lines.txt"
    with opened(bringing({"lines": Lines()}), url=url) as core:
        report = core.exports.run(path, "lines", columns=["first_name", "email"])
        assert (report.written, path.read_text()) == (2, "ada ada@example.com\nbo bo@example.com")
        core.exports.run(path, "lines")
        assert "C0000001" in path.read_text()


def test_a_format_that_has_room_for_some_columns_is_given_these(tmp_path: Path) -> None:
    path = tmp_path / "names.txt"
    with opened(bringing({"names": Names()})) as core:
        core.exports.run(path, "names")
        assert path.read_text() == f"ada {CANARY}\nbo {CANARY}"
        with pytest.raises(InvalidValueError, match="names has no room for email") as caught:
            core.exports.run(path, "names", columns=["email"])
        assert caught.value.code == "no_room"


class Notes(Names):
    endings = (".txt", ".notes.gz")


class Packed(Lines):
    endings = (".gz", ".md")


def test_a_format_is_found_by_the_longest_ending_that_a_file_has() -> None:
    with opened(bringing({"notes": Notes(), "packed": Packed(), "lines": Lines()})) as core:
        for file, name in (
            ("shop.txt", "notes"), ("SHOP.TXT", "notes"), ("a/shop.notes.gz", "notes"), (Path("shop.gz"), "packed"),
            ("shop.md.gz", "packed"), ("shop.csv", "csv"), ("shop.NDJSON", "jsonl"), ("shop.jsonl", "jsonl"),
            ("shop.xlsx", "xlsx"), ("shop.parquet", "parquet"), ("shop", "csv"), ("txt", "csv"), ("a.gz/shop", "csv"),
            ("shop.txt.bak", "csv"),
        ):  # fmt: skip
            assert core.exports.format_of(file) == name, file


def test_an_ending_of_two_formats_is_not_guessed() -> None:
    plugins = [bringing({"notes": Notes()}, "one"), bringing({"other": Notes()}, "two")]
    with opened(*plugins) as core:
        with pytest.raises(InvalidValueError, match=r"notes and other write files that end in \.txt") as caught:
            core.exports.format_of("shop.txt")
        assert (caught.value.field, caught.value.code) == ("format", "ambiguous_format")
        assert core.exports.format_of("shop.csv") == "csv"


def test_our_own_formats_come_through_the_same_hook() -> None:
    lines = Lines()
    assert Extensions(BuiltIn(export_formats=lambda: {"lines": lines})).export_formats == {"lines": lines}
    with opened() as core, pytest.raises(InvalidValueError, match="csv, jsonl, parquet, shopify, xlsx"):
        core.exports.run("unused", "nobody")


def test_a_name_that_is_taken_is_refused_and_the_error_names_both() -> None:
    for plugins, owner in (
        ([bringing({"csv": Lines()}, "one")], "customercore"),
        ([bringing({"lines": Lines()}, "a"), bringing({"lines": Lines()}, "one")], "a"),
    ):
        with pytest.raises(ExtensionError) as caught:
            open_core("memory://", plugins=plugins)
        assert (caught.value.code, caught.value.details["plugin"]) == ("format_taken", "one")
        assert (caught.value.details["owner"], caught.value.details["hook"]) == (owner, HOOK)


@pytest.mark.parametrize(
    "answer",
    [None, [Lines()], {"No word": Lines()}, {1: Lines()}, {"lines": object()},
     {"lines": SimpleNamespace(flat=True)}, {"lines": SimpleNamespace(write=print)},
     {"lines": SimpleNamespace(write=print, flat=True, columns="email")},
     {"lines": SimpleNamespace(write=print, flat=True, columns=[])},
     {"lines": SimpleNamespace(write=print, flat=True, endings=".txt")},
     {"lines": SimpleNamespace(write=print, flat=True, endings=["txt"])},
     {"lines": SimpleNamespace(write=print, flat=True, endings=[".TXT"])},
     {"lines": SimpleNamespace(write=print, flat=True, endings=[b".txt"])},
     {"lines": SimpleNamespace(write=print, flat=True, endings=5)}],
)  # fmt: skip
def test_an_answer_that_is_no_formats_is_refused(answer: Any) -> None:
    with pytest.raises(ExtensionError) as caught:
        open_core("memory://", plugins=[bringing(answer)])
    assert (caught.value.code, caught.value.details["plugin"]) == ("plugin_invalid", "acme")


@pytest.mark.parametrize(
    ("format_", "code"),
    [(Raising, "plugin_failed"), (Countless, "plugin_invalid"), (Lazy, "plugin_invalid"),
     (Miscounting, "plugin_invalid")],
)  # fmt: skip
def test_what_a_format_does_wrong_has_its_name(format_: Callable[[], Any], code: str, tmp_path: Path) -> None:
    with opened(bringing({"lines": format_()})) as core, pytest.raises(ExtensionError) as caught:
        core.exports.run(tmp_path / "lines.txt", "lines")
    assert (caught.value.code, caught.value.details["plugin"], caught.value.details["hook"]) == (code, "acme", HOOK)
    assert CANARY not in f"{caught.value} {caught.value!r}"


@pytest.mark.parametrize("format_", [Lines, Swallowing])
@pytest.mark.parametrize("failure", [ConflictError("write_conflict", "lost"), ZeroDivisionError()])
def test_what_reading_raises_is_not_the_plug_ins_fault(
    format_: Callable[[], Any], failure: Exception, tmp_path: Path
) -> None:
    def failing(_done: int, _total: int) -> None:
        raise failure

    with opened(bringing({"lines": format_()})) as core, pytest.raises(type(failure)) as caught:
        core.exports.run(tmp_path / "lines.txt", "lines", progress=failing)
    assert caught.value is failure
