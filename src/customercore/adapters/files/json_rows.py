"""What an import keeps for later: JSON lines, one object a row."""

from __future__ import annotations

import json
from typing import Any

from customercore.adapters.files.opening import created

__all__ = ["JsonRows"]


class JsonRows:
    """Implements `ports.import_format.KeptRows`. Only its owner may read the file."""

    def __init__(self, path: str) -> None:
        self._file = created(path, "later")

    def add(self, row: dict[str, Any]) -> None:
        """Write what a row says, keys in alphabetical order."""
        self._file.write(json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n")

    def close(self) -> None:
        """Close the file."""
        self._file.close()
