"""Asking plug-ins: each hook's answers as typed objects, collected once when a core is opened."""

from __future__ import annotations

import copy
import logging
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, partial
from typing import Any, TypeVar

import attrs

from customercore.catalogue.kinds import core_kinds
from customercore.catalogue.values import ValueCodec
from customercore.domain.event import Event
from customercore.domain.kinds import Kind
from customercore.errors import ExtensionError
from customercore.extension.calls import SECONDS, Guard, UnsoundError
from customercore.extension.checks import Declaration, declaration_of
from customercore.extension.discovery import BUILT_IN, registered
from customercore.extension.export_formats import EXPORTS_HOOK, answered_exports, guarded_export
from customercore.extension.formats import FORMATS_HOOK, GuardedFormat, answered_formats
from customercore.extension.guard import HOOK, GuardedKind
from customercore.extension.notifiers import NOTIFIERS_HOOK, GuardedNotifier, answered_notifiers, passed_notifiers
from customercore.extension.specs import KindRules
from customercore.extension.stores import STORES_HOOK, GuardedStores, answered_stores
from customercore.extension.subscribers import (
    SUBSCRIBERS_HOOK,
    GuardedSubscriber,
    answered_subscribers,
    passed_subscribers,
)
from customercore.ports.export_format import ExportFormat
from customercore.ports.import_format import ImportFormat
from customercore.ports.notifier import Notifier
from customercore.ports.store import Finding
from customercore.ports.store_factory import StoreFactory
from customercore.ports.subscriber import Subscriber

__all__ = ["BUILT_IN", "RESERVED", "Extensions"]

T = TypeVar("T")
RESERVED = frozenset({*core_kinds({"phone": Kind()}), "addresses", "info"})
"""The names of kinds that only the core's own declarations use: no plug-in may take them."""
_EVENTS = "customercore_on_event"
_KEYS = {"store": "scheme"}
"""What the name of a thing is called among the details of an error, where it is not the thing itself."""
_WORD = re.compile(r"[a-z][a-z0-9_]{0,62}")
_log = logging.getLogger("customercore")


class Extensions:
    """The plug-ins of one core. ``built_in`` is the core's own plug-in: it is asked first and trusted.

    ``seconds`` is how long one call of a plug-in may take.
    """

    def __init__(self, built_in: Any, plugins: Iterable[Any] = (), seconds: float = SECONDS) -> None:
        self._found = registered(built_in, plugins)
        names = sorted(name for name, _ in self._found.list_name_plugin() if name != BUILT_IN)
        self._guards = {name: Guard(name, seconds) for name in names}
        # A listener that hangs is left out until it comes back: events would pass it in the wrong order.
        self._listening = {name: Guard(name, seconds, most_overdue=1) for name in names}
        self._listeners = self._implementations(_EVENTS)

    def _implementations(self, hook: str) -> list[tuple[str, Callable[..., Any]]]:
        """Return each plug-in's name and implementation, ours first; as with pluggy, one may leave arguments out."""
        caller = getattr(self._found.hook, hook)
        found = [(one.plugin_name, _taking(one.function, one.argnames)) for one in caller.get_hookimpls()]
        return sorted(found, key=lambda pair: (pair[0] != BUILT_IN, pair[0]))

    def kinds(self, rules: KindRules) -> Mapping[str, Kind]:
        """Return every registered kind by name; raise `ExtensionError` naming the plug-in that is at fault."""
        kinds: dict[str, Kind] = {}
        owners: dict[str, str] = dict.fromkeys(RESERVED, BUILT_IN)
        declared: dict[str, Declaration] = {}
        for plugin, register in self._implementations(HOOK):
            ask = partial(register, rules=rules)
            if plugin == BUILT_IN:
                kinds.update(ask())
                owners.update(dict.fromkeys(kinds, BUILT_IN))
                continue
            for name, (kind, declaration) in self._guards[plugin].call(HOOK, partial(_answered, ask)).items():
                if name in owners:
                    message = f"the plug-in {plugin} registers the kind {name}, which {owners[name]} has registered"
                    raise ExtensionError("kind_taken", message, plugin=plugin, hook=HOOK, owner=owners[name], kind=name)
                kinds[name], owners[name], declared[name] = kind, plugin, declaration
        codec = ValueCodec(kinds)
        guarded = {
            name: GuardedKind(name, kinds[name], self._guards[owners[name]], declaration, codec)
            for name, declaration in declared.items()
        }
        return {**kinds, **guarded}

    @cached_property
    def stores(self) -> Mapping[str, StoreFactory]:
        """What opens stores, by scheme; raises `ExtensionError` naming the plug-in that is at fault."""
        ours, theirs = self._registered(STORES_HOOK, "store", answered_stores)
        return {**ours, **{scheme: GuardedStores(one, plugin) for scheme, (one, plugin) in theirs.items()}}

    @cached_property
    def import_formats(self) -> Mapping[str, ImportFormat]:
        """The import formats by name; raises `ExtensionError` naming the plug-in that is at fault."""
        ours, theirs = self._registered(FORMATS_HOOK, "format", answered_formats)
        return {**ours, **{name: GuardedFormat(name, one, plugin) for name, (one, plugin) in theirs.items()}}

    @cached_property
    def export_formats(self) -> Mapping[str, ExportFormat]:
        """The export formats by name; raises `ExtensionError` naming the plug-in that is at fault."""
        ours, theirs = self._registered(EXPORTS_HOOK, "format", answered_exports)
        return {**ours, **{name: guarded_export(name, one, plugin) for name, (one, plugin) in theirs.items()}}

    def _registered(
        self, hook: str, what: str, answered: Callable[[Callable[[], Any]], dict[str, T]]
    ) -> tuple[dict[str, T], dict[str, tuple[T, str]]]:
        """Return what we register through a hook by name, and what plug-ins do, each with the plug-in's name."""
        ours: dict[str, T] = {}
        theirs: dict[str, tuple[T, str]] = {}
        for plugin, register in self._implementations(hook):
            if plugin == BUILT_IN:
                ours.update(register())
                continue
            for name, one in self._guards[plugin].call(hook, partial(answered, register)).items():
                if name in ours or name in theirs:
                    owner = BUILT_IN if name in ours else theirs[name][1]
                    message = f"the plug-in {plugin} registers the {what} {name}, which {owner} has registered"
                    details = {"hook": hook, "owner": owner, _KEYS.get(what, what): name}
                    raise ExtensionError(f"{what}_taken", message, plugin=plugin, **details)
                theirs[name] = (one, plugin)
        return ours, theirs

    @cached_property
    def subscribers(self) -> tuple[GuardedSubscriber, ...]:
        """Who hears of events; raises `ExtensionError` naming the plug-in that is at fault."""
        found: dict[str, GuardedSubscriber] = {}
        owners: dict[str, str] = {}
        for plugin, register in self._implementations(SUBSCRIBERS_HOOK):
            for one in self._guards[plugin].call(SUBSCRIBERS_HOOK, partial(answered_subscribers, register)):
                if one.name in owners:
                    owner = owners[one.name]
                    message = f"the plug-in {plugin} registers the subscriber {one.name}, which {owner} has registered"
                    details = {"hook": SUBSCRIBERS_HOOK, "owner": owner, "subscriber": one.name}
                    raise ExtensionError("subscriber_taken", message, plugin=plugin, **details)
                found[one.name], owners[one.name] = GuardedSubscriber(one, plugin), plugin
        return tuple(found[name] for name in sorted(found))

    def subscribers_beside(
        self, passed: Iterable[Subscriber], taken: Mapping[str, str] | None = None
    ) -> tuple[Subscriber, ...]:
        """Return those of plug-ins and those that a host passes; raise `InvalidValueError` (``subscribers``).

        ``taken`` are the names of further ones, each with whose it is: no plug-in's may have one either
        (`ExtensionError`).
        """
        theirs, owners = self.subscribers, dict(taken or {})
        for one in theirs:
            plugin = one.plugin
            if one.name in owners:
                owner = owners[one.name]
                message = f"the plug-in {plugin} registers the subscriber {one.name}, whose name is taken by {owner}"
                details = {"hook": SUBSCRIBERS_HOOK, "owner": owner, "subscriber": one.name}
                raise ExtensionError("subscriber_taken", message, plugin=plugin, **details)
            owners[one.name] = f"the plug-in {plugin}"
        return (*theirs, *passed_subscribers(passed, owners))

    @cached_property
    def notifiers(self) -> Mapping[str, Notifier]:
        """What sends messages, by name; raises `ExtensionError` naming the plug-in that is at fault."""
        theirs = self._registered(NOTIFIERS_HOOK, "notifier", answered_notifiers)[1]
        return {name: GuardedNotifier(one, plugin) for name, (one, plugin) in theirs.items()}

    def notifiers_beside(self, passed: Mapping[str, Notifier]) -> Mapping[str, Notifier]:
        """Return those of plug-ins and those that a host passes; raise `InvalidValueError` (``notifiers``)."""
        theirs = self.notifiers
        return {**theirs, **passed_notifiers(passed, theirs)}

    @property
    def listening(self) -> bool:
        """Whether some plug-in hears of events."""
        return bool(self._listeners)

    def tell(self, event: Event) -> None:
        """Tell every listener of a committed event; one that fails is logged by name, and the others still hear."""
        for plugin, listener in self._listeners:
            try:
                self._listening[plugin].call(_EVENTS, partial(listener, event=_own_copy(event)))
            except ExtensionError as error:
                _log.error("%s (event %s)", error.message, event.id)

    def check(self) -> tuple[Finding, ...]:
        """Return one finding for each plug-in: its last failure in this process, if there was one."""
        findings = []
        for name, guard in self._guards.items():
            failure = self._listening[name].failure or guard.failure
            findings.append(Finding(f"plug-in {name}", failure is None, failure or "in order"))
        return tuple(findings)


def _taking(function: Callable[..., Any], names: Iterable[str]) -> Callable[..., Any]:
    wanted = frozenset(names)
    return lambda **given: function(**{name: value for name, value in given.items() if name in wanted})


def _answered(ask: Callable[[], Any]) -> dict[str, tuple[Kind, Declaration]]:
    """Return the kinds that a plug-in registers, with what each declares; raise `UnsoundError` for anything else."""
    given = ask()
    if not isinstance(given, Mapping):
        raise UnsoundError(f"returns {type(given).__name__} and not kinds by name")
    found = {}
    for name, kind in given.items():
        if not isinstance(name, str) or not _WORD.fullmatch(name):
            raise UnsoundError("names a kind by something else than a lower-case word")
        if not isinstance(kind, Kind):
            raise UnsoundError(f"registers {name}, which is not an object of Kind")
        try:
            found[name] = (kind, declaration_of(kind))
        except UnsoundError as error:
            raise UnsoundError(f"registers {name}, which {error}") from None
    return found


def _own_copy(event: Event) -> Event:
    """Return the event with mappings of its own, so that no listener can change what another one hears."""
    return attrs.evolve(event, changes=copy.deepcopy(event.changes), personal=copy.deepcopy(event.personal))
