"""UUIDv7 identifiers (RFC 9562): unique without coordination, and new ones sort last."""

from __future__ import annotations

import secrets

from uuid_utils import uuid7

__all__ = ["UuidIdentifiers"]


class UuidIdentifiers:
    """Makes UUIDv7 texts in the canonical form."""

    def new(self) -> str:
        """Return a new identifier."""
        return str(uuid7())

    def token(self) -> bytes:
        """Return bytes of the system's source for secrets."""
        return secrets.token_bytes(17)
