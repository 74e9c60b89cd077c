"""Adapters whose libraries come with an extra: loaded when first needed, and told by name where they are missing."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from customercore.catalogue.catalogue import Catalogue
from customercore.errors import ExtensionError
from customercore.ports.store import Store

__all__ = ["Databases", "loaded"]


class Databases:
    """Implements `ports.store_factory.StoreFactory` for the databases that one extra is needed for.

    ``module`` is where the class ``store`` is, which opens them.
    """

    def __init__(self, extra: str, module: str, store: str) -> None:
        self._extra = extra
        self._module = module
        self._store = store

    def open(self, url: str, catalogue: Catalogue, *, timeout: float) -> Store:
        """Return the store; raise `ExtensionError` (``missing_extra``) where its libraries are not installed."""
        store: Any = getattr(loaded(self._module, self._extra), self._store)
        with _needs(self._extra):
            return store.at(url, catalogue, timeout=timeout)  # type: ignore[no-any-return]  # imported by name


def loaded(module: str, extra: str) -> Any:
    """Return a module; raise `ExtensionError` (``missing_extra``) where a library that it needs is not installed."""
    with _needs(extra):
        return importlib.import_module(module)


@contextmanager
def _needs(extra: str) -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        raise ExtensionError(
            "missing_extra", f"this store needs: pip install 'customercore[{extra}]'", extra=extra
        ) from error
