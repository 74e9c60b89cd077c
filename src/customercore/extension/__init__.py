"""Plug-ins: the hooks they may implement, how they are found and called. The only room that imports pluggy.

Everything that a plug-in needs can be imported from here; docs/how-to/write-a-plug-in.md shows it.
"""

from customercore.domain.event import Event
from customercore.domain.field import Field
from customercore.domain.kinds import Kind, RefusedError, text_of
from customercore.domain.message import Message
from customercore.domain.tenant import Definitions
from customercore.domain.text_kinds import TextKind
from customercore.errors import Problem
from customercore.extension.specs import KindRules, hookimpl
from customercore.ports.export_format import ExportColumn, ExportFormat, FileEndings, FixedColumns
from customercore.ports.import_format import Draft, ImportFormat, ImportSource, Rejects, SourceRow
from customercore.ports.notifier import Notifier
from customercore.ports.store_factory import StoreFactory
from customercore.ports.subscriber import Subscriber

__all__ = [
    "Definitions",
    "Draft",
    "Event",
    "ExportColumn",
    "ExportFormat",
    "Field",
    "FileEndings",
    "FixedColumns",
    "ImportFormat",
    "ImportSource",
    "Kind",
    "KindRules",
    "Message",
    "Notifier",
    "Problem",
    "RefusedError",
    "Rejects",
    "SourceRow",
    "StoreFactory",
    "Subscriber",
    "TextKind",
    "hookimpl",
    "text_of",
]
