"""What a process knows of a tenant, and how it notices that this is out of date (ruling 11)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import attrs

from customercore.catalogue.catalogue import Catalogue
from customercore.domain.record import Counter
from customercore.domain.tenant import DEFINITIONS, Definitions
from customercore.errors import StorageError
from customercore.ports.unit_of_work import UnitOfWork
from customercore.services.contested import contested

__all__ = ["BorrowedCache", "DefinitionsCache", "Known", "Load"]


@attrs.frozen
class Known:
    """What a unit knows of its tenant: the definitions, and the catalogue that they extend."""

    definitions: Definitions
    catalogue: Catalogue


Load = Callable[[UnitOfWork], Known]
"""Reads what there is to know of the unit's tenant."""


class DefinitionsCache:
    """The definitions of one tenant as this process last read them; every write checks their version (ruling 11)."""

    def __init__(self) -> None:
        self._known: Known | None = None

    def of(self, uow: UnitOfWork, load: Load, *, held: bool) -> Known:
        """Return what is known to the unit, read anew only when the version is another.

        ``held``: the definitions stay until the unit has committed, as far as others are concerned.
        """
        known = self.known_as(_version(uow, held=held))
        if known is None:
            known = self._known = load(uow)
        return known

    def assumed(self, uow: UnitOfWork) -> Known | None:
        """Return what was last read, on the unit's condition that it still holds when it commits; None when unread."""
        known = self._known
        if known is None or not known.definitions.version:
            return None
        uow.expect("counters", DEFINITIONS, known.definitions.version)
        return known

    def forget(self) -> None:
        """Read them anew the next time: what this process has changed itself is not gone by as it was."""
        self._known = None

    @property
    def begun(self) -> bool:
        """Whether the tenant is known to have a counter of definitions."""
        return self._known is not None and self._known.definitions.version > 0

    def known_as(self, version: int) -> Known | None:
        """Return what was read at this version, None when that was another."""
        known = self._known
        return known if known is not None and known.definitions.version == version else None


class BorrowedCache(DefinitionsCache):
    """The same for units in a transaction of the host's, which may hold definitions that are never committed.

    So it only looks into the cache that others fill; ``refresh`` has them fill it with what is committed.
    """

    def __init__(self, lender: DefinitionsCache, refresh: Callable[[], object]) -> None:
        super().__init__()
        self._lender = lender
        self._refresh = refresh

    def of(self, uow: UnitOfWork, load: Load, *, held: bool) -> Known:
        """Return what is known to the unit."""
        version = _version(uow, held=held)
        known = self._lender.known_as(version)
        if known is None:
            with suppress(StorageError):  # no connection beside the host's may be free
                self._refresh()
            known = self._lender.known_as(version)
        return known or load(uow)


def _version(uow: UnitOfWork, *, held: bool) -> int:
    version = uow.counters.version(DEFINITIONS, held=held)
    if version is None:
        version = _first(uow) if held else 0
    return version


def _first(uow: UnitOfWork) -> int:
    """Make the tenant's counter of definitions, since only what is there can be held, and return its version.

    Of several units that are the tenant's first at once, one does and the others run again.
    """
    with contested():
        uow.counters.add(Counter(id=DEFINITIONS, version=1))
    return 1
