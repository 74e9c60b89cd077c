"""Finding plug-ins: by entry points (group ``customercore``), scanned once a process, or as they are passed."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from functools import cache
from typing import Any

import pluggy

from customercore.errors import ExtensionError
from customercore.extension import specs
from customercore.extension.calls import Guard

__all__ = ["BUILT_IN", "installed", "registered"]

BUILT_IN = "customercore"
"""The name under which the core's own kinds are registered, through the same hook as everybody's."""
_LOADING = 30.0
"""Seconds that the import of a plug-in may take."""


@cache
def installed() -> tuple[tuple[str, Any], ...]:
    """Return the installed plug-ins by entry-point name; raise `ExtensionError` for one that cannot load."""
    from importlib.metadata import entry_points  # noqa: PLC0415  as slow to import as all of customercore

    points = sorted(entry_points(group=specs.PROJECT), key=lambda point: (point.name, point.value))
    return tuple((point.name, Guard(point.name, _LOADING).call("its entry point", point.load)) for point in points)


def registered(built_in: Any, plugins: Iterable[Any]) -> pluggy.PluginManager:
    """Return all plug-ins, each registered once: our own, the installed ones, and those passed.

    Raises `ExtensionError`: ``plugin_failed`` and ``plugin_timeout`` for one that cannot be loaded,
    ``unknown_hook`` and ``plugin_invalid`` for one whose hooks are not ours.
    """
    found = pluggy.PluginManager(specs.PROJECT)
    found.add_hookspecs(specs)
    found.register(built_in, BUILT_IN)
    for name, plugin in (*installed(), *((_name(one), one) for one in plugins)):
        if not found.is_registered(plugin):
            _register(found, plugin, _free(found, name))
    return found


def _register(found: pluggy.PluginManager, plugin: Any, name: str) -> None:
    if inspect.isclass(plugin):
        raise _invalid(name, "is a class: pass an object of it")
    try:
        found.register(plugin, name)
    except Exception as error:
        raise _invalid(name, "cannot be registered") from error
    callers = found.get_hookcallers(plugin) or []
    if not callers:
        raise _invalid(name, "implements no hook: mark its functions with hookimpl")
    for caller in callers:
        (own,) = [one for one in caller.get_hookimpls() if one.plugin is plugin]
        if caller.spec is None and not own.optionalhook:
            message = f"the plug-in {name} implements {caller.name}, which is no hook"
            raise ExtensionError("unknown_hook", message, plugin=name, hook=caller.name)
        if own.wrapper or own.hookwrapper or inspect.iscoroutinefunction(own.function):
            raise _invalid(name, f"must implement {caller.name} with a plain function", hook=caller.name)


def _invalid(name: str, what: str, **details: str) -> ExtensionError:
    return ExtensionError("plugin_invalid", f"the plug-in {name} {what}", plugin=name, **details)


def _name(plugin: Any) -> str:
    name = getattr(plugin, "__name__", None)
    return name if isinstance(name, str) else type(plugin).__name__


def _free(found: pluggy.PluginManager, name: str) -> str:
    """Return the name, with a number behind it when another plug-in has it."""
    number, free = 1, name
    while found.has_plugin(free):
        number += 1
        free = f"{name}-{number}"
    return free
