"""The hooks of customercore. A plug-in implements any of them with `hookimpl`; see docs/how-to/write-a-plug-in.md."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import attrs
import pluggy

from customercore.domain.event import Event
from customercore.domain.kinds import Kind
from customercore.ports.export_format import ExportFormat
from customercore.ports.import_format import ImportFormat
from customercore.ports.notifier import Notifier
from customercore.ports.store_factory import StoreFactory
from customercore.ports.subscriber import Subscriber

__all__ = [
    "PROJECT",
    "KindRules",
    "customercore_on_event",
    "customercore_register_export_formats",
    "customercore_register_import_formats",
    "customercore_register_kinds",
    "customercore_register_notifiers",
    "customercore_register_stores",
    "customercore_register_subscribers",
    "hookimpl",
]

PROJECT = "customercore"
"""The name of our hooks' namespace, and of the entry-point group in which plug-ins are found."""

hookimpl = pluggy.HookimplMarker(PROJECT)
"""Marks a function or method of a plug-in as the implementation of the hook with its name."""
hookspec = pluggy.HookspecMarker(PROJECT)


@attrs.frozen
class KindRules:
    """The rules that kinds may build on, of the libraries that are installed.

    ``check_email`` and ``check_phone`` return None or what is wrong, ``email_key`` the identity of a mailbox.
    """

    check_email: Callable[..., str | None]
    email_key: Callable[[str], str]
    check_phone: Callable[[str, str | None], str | None]


@hookspec
def customercore_register_kinds(rules: KindRules) -> Mapping[str, Kind]:  # type: ignore[empty-body]  # a declaration
    """Return kinds of values by name, for info types to use.

    Called once when a core is opened, once in a process for all cores that are opened without
    ``plugins``. Names are lower-case words of at most 63 letters, digits and ``_``; a name that is taken
    is refused with an `ExtensionError` (``kind_taken``) that names both plug-ins.

    Afterwards the core calls the objects, from several threads at once, and checks what they answer.
    What they raise beside `RefusedError`, an answer that `Kind` does not allow, or a call that takes
    longer than five seconds becomes an `ExtensionError` that names plug-in and hook, and the call of
    the core that needed the answer changes nothing.
    """


@hookspec
def customercore_register_stores() -> Mapping[str, StoreFactory]:  # type: ignore[empty-body]  # a declaration
    """Return what opens stores, by the scheme of their URLs (``lmdb`` for ``lmdb:///folder``).

    Called once when a core is opened, once in a process for all cores that are opened without
    ``plugins``. Schemes are lower-case words of letters, digits and ``_``, without what stands behind a ``+``;
    one that is taken is refused with an `ExtensionError` (``store_taken``) that names both plug-ins.

    A factory is asked when a URL of its scheme is opened. What it raises beside customercore's own
    errors, an answer that is not a `Store`, or a call that takes longer than thirty seconds is an
    `ExtensionError` that names plug-in and hook. Libraries are best imported by `open`, not by the plug-in.
    """


@hookspec
def customercore_register_import_formats() -> Mapping[str, ImportFormat]:  # type: ignore[empty-body]  # a declaration
    """Return formats of import files, by the name that callers give as ``format``.

    Called once when a core is opened, once in a process for all cores that are opened without
    ``plugins``. Names are lower-case words; one that is taken is refused with an `ExtensionError`
    (``format_taken``) that names both plug-ins.

    A format opens a file as a source of rows, and makes a draft of each row: texts by field name, which
    the core checks like any other input. What it raises beside customercore's own errors, an answer
    that is not as `ImportFormat` promises, or a call that takes longer than thirty seconds (opening,
    and each hundred rows) is an `ExtensionError` that names plug-in and hook, and ends the import.
    """


@hookspec
def customercore_register_export_formats() -> Mapping[str, ExportFormat]:  # type: ignore[empty-body]  # a declaration
    """Return formats of export files, by the name that callers give as ``format``.

    Called once when a core is opened, once in a process for all cores that are opened without
    ``plugins``. Names are lower-case words; one that is taken is refused with an `ExtensionError`
    (``format_taken``) that names both plug-ins.

    A format writes a file in the thread of the call, and takes the records one by one while the store reads them;
    it may take as long as it needs. What it raises beside customercore's own errors, or an answer that is not
    as `ExportFormat` promises, is an `ExtensionError` that names plug-in and hook.
    """


@hookspec
def customercore_register_subscribers() -> Iterable[Subscriber]:  # type: ignore[empty-body]  # a declaration
    """Return who is to hear of every event, at least once: objects of `Subscriber`.

    Called once when a core is opened, once in a process for all cores that are opened without
    ``plugins``. A name that is taken is refused with an `ExtensionError` (``subscriber_taken``) that names both
    plug-ins. Delivering is done by ``core.events.dispatch()`` and ``customercore events run``, in whatever process
    they run, also for changes that were made inside a host's transaction. A subscriber that raises, or takes
    longer than thirty seconds, is called with the same event again, later and later; then the event is a dead
    letter.
    """


@hookspec
def customercore_register_notifiers() -> Mapping[str, Notifier]:  # type: ignore[empty-body]  # a declaration
    """Return what sends messages to customers, by name; each hears of every message and is retried by itself.

    Called once when a core is opened, once in a process for all cores that are opened without
    ``plugins``. Names are lower-case words of at most 50 letters, digits and ``_``, and stay the same from
    release to release; one that is taken is refused with an `ExtensionError` (``notifier_taken``).

    A notifier is called by several threads at once. What it raises beside customercore's own errors, or a
    call that takes longer than thirty seconds, is an `ExtensionError` that names plug-in and hook; whatever
    it is, the message is sent again later.
    """


@hookspec
def customercore_on_event(event: Event) -> None:
    """Hear of one event after its transaction has committed, before the call that made it returns.

    Every plug-in hears of every event of its process, at most once, those of one transaction in their
    order, but not of changes inside a host's own transaction (``core.bind``), of whose commit nobody here
    learns. What must not be missed is for a subscriber (`customercore_register_subscribers`). The event is the
    listener's own copy. A listener that raises or takes longer than five seconds is logged with its name and
    reported by ``core.check()``, the others still hear, and what was committed stays. One that hangs hears nothing
    more until it has come back. Listeners of several threads' events are called at the same time.
    """
