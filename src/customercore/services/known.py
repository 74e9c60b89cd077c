"""What a process knows of a tenant, and how it notices that this is out of date (ruling 11)."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from customercore.catalogue.catalogue import Catalogue
from customercore.domain.tenant import DEFINITIONS, Definitions
from customercore.ports.unit_of_work import UnitOfWork

__all__ = ["DefinitionsCache", "Known", "Load"]


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
        known = self._known
        version = uow.counters.version(DEFINITIONS, held=held) or 0
        if known is None or known.definitions.version != version:
            known = load(uow)
            self._known = known
        return known
