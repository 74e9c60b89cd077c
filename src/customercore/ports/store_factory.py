"""Opening stores of one kind by their URL."""

from __future__ import annotations

from typing import Protocol

from customercore.catalogue.catalogue import Catalogue
from customercore.ports.store import Store

__all__ = ["StoreFactory"]


class StoreFactory(Protocol):
    """Opens stores. A plug-in registers an object like this for the scheme of its URLs."""

    def open(self, url: str, catalogue: Catalogue, *, timeout: float) -> Store:
        """Return the store that the URL names, for the catalogue; its schema is not looked at yet.

        ``timeout`` is the longest wait for a lock and for a connection, in seconds. Raises
        `InvalidValueError` (``url``), `StorageUnavailableError`, and `ExtensionError` (``missing_extra``).
        """
