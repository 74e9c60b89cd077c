"""Every file format that a core knows, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import attrs

from customercore.ports.export_format import ExportFormat
from customercore.ports.import_format import ImportFormat, KeptRows

__all__ = ["Formats"]


@attrs.frozen
class Formats:
    """The registered formats: those of imports and those of exports."""

    imports: Mapping[str, ImportFormat]
    exports: Mapping[str, ExportFormat]
    kept: Callable[[str], KeptRows]
    """Creates the file of a path for what imports keep for later."""
