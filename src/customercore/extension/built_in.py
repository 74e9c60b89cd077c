"""The core's own plug-in: its kinds come through the same hook as everybody's."""

from __future__ import annotations

from collections.abc import Mapping

from customercore.catalogue.kinds import built_in_kinds
from customercore.domain.kinds import Kind
from customercore.extension.specs import KindRules, hookimpl

__all__ = ["BuiltIn"]


class BuiltIn:
    """Registers the built-in kinds."""

    @hookimpl
    def customercore_register_kinds(self, rules: KindRules) -> Mapping[str, Kind]:
        """Return the kinds of concepts §5."""
        return built_in_kinds(check_email=rules.check_email, email_key=rules.email_key, check_phone=rules.check_phone)
