"""The surroundings of each tenant: made once, then shared by every call for it."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable

from customercore.domain.actor import Actor
from customercore.errors import InvalidValueError
from customercore.services.context import Context

__all__ = ["Tenants"]

_TENANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,62}")


class Tenants:
    """Makes the `Context` of a tenant; its caches (definitions, code blocks) live as long as the core."""

    def __init__(self, make: Callable[[str], Context]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._known: dict[str, Context] = {}

    def context(self, tenant: str, actor: Actor, reason: str | None = None) -> Context:
        """Return a tenant's context for an actor, who may have a reason.

        Raises `InvalidValueError` (``invalid_tenant``) for a bad name.
        """
        if not isinstance(tenant, str) or not _TENANT.fullmatch(tenant):
            raise InvalidValueError.of("tenant", "invalid_tenant", "must be 1 to 63 letters, digits, '_', '.' or '-'")
        with self._lock:
            if tenant not in self._known:
                self._known[tenant] = self._make(tenant)
            context = self._known[tenant]
        return context.acting_as(actor, reason)
