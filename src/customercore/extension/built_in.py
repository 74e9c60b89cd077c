"""The core's own plug-in: its kinds, stores and formats come through the same hooks as everybody's."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from customercore.catalogue.kinds import built_in_kinds
from customercore.domain.kinds import Kind
from customercore.extension.specs import KindRules, hookimpl
from customercore.ports.export_format import ExportFormat
from customercore.ports.import_format import ImportFormat
from customercore.ports.store_factory import StoreFactory

__all__ = ["BuiltIn"]


class BuiltIn:
    """Registers the built-in kinds, and the stores and formats that wiring knows."""

    def __init__(
        self,
        stores: Mapping[str, StoreFactory] | None = None,
        import_formats: Callable[[], Mapping[str, ImportFormat]] = dict,
        export_formats: Callable[[], Mapping[str, ExportFormat]] = dict,
    ) -> None:
        self._stores = dict(stores or {})
        self._import_formats = import_formats
        self._export_formats = export_formats

    @hookimpl
    def customercore_register_kinds(self, rules: KindRules) -> Mapping[str, Kind]:
        """Return the kinds of concepts §5."""
        return built_in_kinds(check_email=rules.check_email, email_key=rules.email_key, check_phone=rules.check_phone)

    @hookimpl
    def customercore_register_stores(self) -> Mapping[str, StoreFactory]:
        """Return the stores of this distribution."""
        return self._stores

    @hookimpl
    def customercore_register_import_formats(self) -> Mapping[str, ImportFormat]:
        """Return the import formats of this distribution."""
        return self._import_formats()

    @hookimpl
    def customercore_register_export_formats(self) -> Mapping[str, ExportFormat]:
        """Return the export formats of this distribution."""
        return self._export_formats()
