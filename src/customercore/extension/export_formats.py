"""Export formats of plug-ins: what they register is checked, and whatever goes wrong has the plug-in's name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from customercore.errors import CustomerCoreError
from customercore.extension.calls import Guard, UnsoundError
from customercore.ports.export_format import ExportColumn, ExportFormat, FileEndings, FixedColumns

__all__ = ["EXPORTS_HOOK", "GuardedExport", "answered_exports", "guarded_export"]

EXPORTS_HOOK = "customercore_register_export_formats"
"""The name of the hook."""
_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_ENDING = re.compile(r"(\.[a-z0-9_-]{1,32}){1,3}")


class GuardedExport:
    """A plug-in's format. It writes in the thread of its caller, who reads the records, for as long as that takes."""

    def __init__(self, name: str, format_: ExportFormat, plugin: str) -> None:
        self.name = name
        self.flat = bool(format_.flat)
        self.endings = tuple(format_.endings) if isinstance(format_, FileEndings) else ()
        self._format = format_
        self._guard = Guard(plugin)

    def write(self, path: str, columns: Sequence[ExportColumn], records: Iterable[Sequence[Any]]) -> int:
        """Write the records; raise `ExtensionError`, or what the format or the records raise of our own errors."""
        fed = _Fed(records)

        def call() -> int:
            count = self._format.write(path, columns, iter(fed))
            if isinstance(count, bool) or not isinstance(count, int):
                raise UnsoundError(f"returns {type(count).__name__} and not how many records it wrote")
            if not fed.ended or count != fed.count:
                raise UnsoundError("did not write all of the records")
            return count

        try:
            return self._guard.stay(EXPORTS_HOOK, call, (CustomerCoreError,))
        except CustomerCoreError:
            if fed.failure is not None:  # what reading raised is not the plug-in's fault, whatever it made of it
                raise fed.failure from None
            raise


class _GuardedFixed(GuardedExport):
    """Implements `ports.export_format.FixedColumns` as well."""

    def __init__(self, name: str, format_: FixedColumns, plugin: str) -> None:
        super().__init__(name, format_, plugin)
        self.columns = tuple(format_.columns)


class _Fed:
    """Gives records on, counts them, and keeps what reading them raised."""

    def __init__(self, records: Iterable[Sequence[Any]]) -> None:
        self.count = 0
        self.ended = False
        self.failure: Exception | None = None
        self._records = records

    def __iter__(self) -> Iterator[Sequence[Any]]:
        try:
            for record in self._records:
                self.count += 1
                yield record
            self.ended = True
        except Exception as error:
            self.failure = error
            raise


def guarded_export(name: str, format_: ExportFormat, plugin: str) -> ExportFormat:
    """Return a plug-in's format under a name, guarded; with the columns it has room for, where it says so."""
    if isinstance(format_, FixedColumns):
        return _GuardedFixed(name, format_, plugin)
    return GuardedExport(name, format_, plugin)


def answered_exports(ask: Callable[[], Any]) -> dict[str, ExportFormat]:
    """Return the formats that a plug-in registers by name; raise `UnsoundError` for anything else."""
    given = ask()
    if not isinstance(given, Mapping):
        raise UnsoundError(f"returns {type(given).__name__} and not formats by name")
    for name, one in given.items():
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise UnsoundError("names a format by something else than a lower-case word")
        if not callable(getattr(one, "write", None)) or not isinstance(getattr(one, "flat", None), bool):
            raise UnsoundError(f"registers {name}, which cannot write, or does not say whether it is flat")
        columns = getattr(one, "columns", ("email",))
        if isinstance(columns, str) or not isinstance(columns, Sequence) or not columns:
            raise UnsoundError(f"registers {name}, whose columns are no list of names")
        if not _are_endings(getattr(one, "endings", ())):
            raise UnsoundError(f"registers {name}, whose endings are no list of such as .vcf")
    return dict(given)


def _are_endings(given: object) -> bool:
    if isinstance(given, str) or not isinstance(given, Sequence):
        return False
    return all(isinstance(one, str) and _ENDING.fullmatch(one) for one in given)
