"""A customercore store on LMDB: ``open_core("lmdb:///path/to/folder")``."""

from __future__ import annotations

from collections.abc import Mapping

from customercore.extension import StoreFactory, hookimpl
from customercore_lmdb.opening import LmdbStores

__all__ = ["LmdbStores", "customercore_register_stores"]


@hookimpl
def customercore_register_stores() -> Mapping[str, StoreFactory]:
    """Return what opens ``lmdb:///folder``."""
    return {"lmdb": LmdbStores()}
