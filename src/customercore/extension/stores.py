"""Stores of plug-ins: what they register is checked, and whatever goes wrong has the plug-in's name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from customercore.catalogue.catalogue import Catalogue
from customercore.errors import CustomerCoreError
from customercore.extension.calls import Guard, UnsoundError
from customercore.ports.store import Store
from customercore.ports.store_factory import StoreFactory

__all__ = ["OPENING", "STORES_HOOK", "GuardedStores", "answered_stores"]

STORES_HOOK = "customercore_register_stores"
OPENING = 30.0
"""Seconds that a plug-in may take to open a store."""
_SCHEME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_MEMBERS = ("capabilities", "prepare", "unit", "joined", "due", "secret", "check", "close")


class GuardedStores:
    """A plug-in's factory. What it opens is a store, or an error that says whose fault it is."""

    def __init__(self, factory: StoreFactory, plugin: str, seconds: float = OPENING) -> None:
        self._factory = factory
        self._guard = Guard(plugin, seconds)

    def open(self, url: str, catalogue: Catalogue, *, timeout: float) -> Store:
        """Return the store; raise `ExtensionError`, or what the factory raises of our own errors."""

        def call() -> Store:
            store = self._factory.open(url, catalogue, timeout=timeout)
            if missing := [name for name in _MEMBERS if not hasattr(store, name)]:
                raise UnsoundError(f"opens something that is no store: it has no {missing[0]}")
            return store

        return self._guard.call(STORES_HOOK, call, (CustomerCoreError,))


def answered_stores(ask: Callable[[], Any]) -> dict[str, StoreFactory]:
    """Return the factories that a plug-in registers by scheme; raise `UnsoundError` for anything else."""
    given = ask()
    if not isinstance(given, Mapping):
        raise UnsoundError(f"returns {type(given).__name__} and not factories by scheme")
    for scheme, factory in given.items():
        if not isinstance(scheme, str) or not _SCHEME.fullmatch(scheme):
            raise UnsoundError("names a store by something else than a lower-case word")
        if not callable(getattr(factory, "open", None)):
            raise UnsoundError(f"registers {scheme}, which cannot be opened")
    return dict(given)
