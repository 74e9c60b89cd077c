"""Where new identifiers come from."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Identifiers"]


class Identifiers(Protocol):
    """Makes identifiers, so that tests can foresee them."""

    def new(self) -> str:
        """Return a new UUIDv7 in its canonical text form; later ones sort after earlier ones."""

    def token(self) -> bytes:
        """Return 17 bytes that nobody can foresee: what a code that is as good as money is made of."""
