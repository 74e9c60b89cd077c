"""A customercore store on LMDB: ``open_core("lmdb:///path/to/folder")``."""

from __future__ import annotations

from collections.abc import Mapping

from customercore.catalogue.catalogue import Catalogue
from customercore.errors import InvalidValueError
from customercore.extension import StoreFactory, hookimpl
from customercore.ports.store import Store

__all__ = ["LmdbStores", "customercore_register_stores"]


class LmdbStores:
    """Implements `ports.store_factory.StoreFactory`."""

    def open(self, url: str, catalogue: Catalogue, *, timeout: float) -> Store:
        """Return the store in the folder that the URL names; ``timeout`` is not needed, since nothing waits long."""
        from customercore_lmdb.store import LmdbStore  # noqa: PLC0415  the library is loaded when it is asked for

        path = url.removeprefix("lmdb:///")
        if path == url or not path:
            raise InvalidValueError.of("url", "invalid_url", "must name a folder: lmdb:///data or lmdb:////var/data")
        return LmdbStore(path, catalogue)


@hookimpl
def customercore_register_stores() -> Mapping[str, StoreFactory]:
    """Return what opens ``lmdb:///folder``."""
    return {"lmdb": LmdbStores()}
