"""The core's own plug-in: its kinds and stores come through the same hooks as everybody's."""

from __future__ import annotations

from collections.abc import Mapping

from customercore.catalogue.kinds import built_in_kinds
from customercore.domain.kinds import Kind
from customercore.extension.specs import KindRules, hookimpl
from customercore.ports.store_factory import StoreFactory

__all__ = ["BuiltIn"]


class BuiltIn:
    """Registers the built-in kinds, and the stores that wiring knows."""

    def __init__(self, stores: Mapping[str, StoreFactory] | None = None) -> None:
        self._stores = dict(stores or {})

    @hookimpl
    def customercore_register_kinds(self, rules: KindRules) -> Mapping[str, Kind]:
        """Return the kinds of concepts §5."""
        return built_in_kinds(check_email=rules.check_email, email_key=rules.email_key, check_phone=rules.check_phone)

    @hookimpl
    def customercore_register_stores(self) -> Mapping[str, StoreFactory]:
        """Return the stores of this distribution."""
        return self._stores
