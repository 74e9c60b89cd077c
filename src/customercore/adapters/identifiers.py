"""UUIDv7 identifiers (RFC 9562): unique without coordination, and new ones sort last."""

from __future__ import annotations

from uuid_utils import uuid7

__all__ = ["UuidIdentifiers"]


class UuidIdentifiers:
    """Makes UUIDv7 texts in the canonical form."""

    def new(self) -> str:
        """Return a new identifier."""
        return str(uuid7())
