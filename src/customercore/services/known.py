"""What a process knows of a tenant, and how it notices that this is out of date (ruling 11)."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from customercore.catalogue.catalogue import Catalogue
from customercore.domain.record import Counter
from customercore.domain.tenant import DEFINITIONS, Definitions
from customercore.errors import ConflictError, DuplicateError
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
        version = uow.counters.version(DEFINITIONS, held=held)
        if version is None:
            version = _first(uow) if held else 0
        if known is None or known.definitions.version != version:
            known = load(uow)
            self._known = known
        return known


def _first(uow: UnitOfWork) -> int:
    """Make the tenant's counter of definitions, since only what is there can be held, and return its version.

    Of several units that are the tenant's first at once, one does and the others run again.
    """
    try:
        uow.counters.add(Counter(id=DEFINITIONS, version=1))
    except DuplicateError as error:
        raise ConflictError("write_conflict", "another unit of work made the same record", retryable=True) from error
    return 1
