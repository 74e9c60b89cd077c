"""Formats whose libraries are extras: they are loaded when a file of the format is opened."""

from __future__ import annotations

import importlib
from typing import Any

from customercore.errors import ExtensionError

__all__ = ["library"]


def library(name: str, extra: str) -> Any:
    """Return a module of an extra's; raise `ExtensionError` (``missing_extra``) where it is not installed."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise ExtensionError(
            "missing_extra", f"this format needs: pip install 'customercore[{extra}]'", extra=extra
        ) from error
