"""Where new identifiers come from."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Identifiers"]


class Identifiers(Protocol):
    """Makes identifiers, so that tests can foresee them."""

    def new(self) -> str:
        """Return a new UUIDv7 in its canonical text form; later ones sort after earlier ones."""
