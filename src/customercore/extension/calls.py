"""Calling a plug-in: with a time limit, and with the plug-in's name on whatever goes wrong."""

from __future__ import annotations

import contextvars
import os
import queue
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from customercore.errors import ExtensionError, place_of

__all__ = ["MOST_OVERDUE", "SECONDS", "Guard", "UnsoundError"]

T = TypeVar("T")
SECONDS = 5.0
"""How long one call of a plug-in may take."""
MOST_OVERDUE = 4
"""How many calls of a plug-in may still run after their time; until one of them ends it is not called again."""
_MOST_IDLE = 16


class UnsoundError(Exception):
    """An answer is not what its hook promises; the message says of the plug-in what it does, without any value."""


class _Thread:
    """Runs calls one after the other, until it is given None."""

    def __init__(self) -> None:
        self.calls: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        threading.Thread(target=self._run, name="customercore-plug-in", daemon=True).start()

    def _run(self) -> None:
        while (call := self.calls.get()) is not None:
            call()


# Handing a call to a thread that waits costs about a seventh of starting one (14 µs, not 100).
# Only whole operations touch the list.
_idle: list[_Thread] = []
if hasattr(os, "register_at_fork"):  # threads do not go along into a forked process
    os.register_at_fork(after_in_child=_idle.clear)


class Guard:
    """Calls one plug-in, and remembers its last failure.

    A call runs in a thread of its own, in the caller's context (`contextvars`). One that takes longer
    than ``seconds`` is not waited for; Python cannot end it, so its (daemon) thread is kept until it
    ends by itself. While ``most_overdue`` calls are in that state the plug-in is not called at all.
    """

    def __init__(self, plugin: str, seconds: float = SECONDS, most_overdue: int = MOST_OVERDUE) -> None:
        self.plugin = plugin
        self.failure: str | None = None
        self._seconds = seconds
        self._most = most_overdue
        self._overdue = 0
        self._lock = threading.Lock()

    def call(self, hook: str, call: Callable[[], T], passing: tuple[type[Exception], ...] = ()) -> T:
        """Return what ``call`` returns.

        Raises `ExtensionError` that names plug-in and hook when it raises (``plugin_failed``), takes too
        long (``plugin_timeout``) or raises `UnsoundError` (``plugin_invalid``); what is ``passing`` passes.
        """
        if self._overdue >= self._most:
            raise self._blame("plugin_timeout", hook, "has not come back from earlier calls, so it is not called")
        good, answer = self._answer(hook, call)
        if good:
            return answer  # type: ignore[no-any-return]  # what call returned
        if isinstance(answer, passing):
            raise answer
        raise self._fault(hook, answer) from answer

    def stay(self, hook: str, call: Callable[[], T], passing: tuple[type[Exception], ...] = ()) -> T:
        """Return what ``call`` returns, called in this very thread, without a limit; raise as `call` does."""
        try:
            return call()
        except Exception as error:
            if isinstance(error, passing):
                raise
            raise self._fault(hook, error) from error

    def _fault(self, hook: str, error: BaseException) -> ExtensionError:
        if isinstance(error, UnsoundError):
            return self._blame("plugin_invalid", hook, str(error))
        return self._blame("plugin_failed", hook, f"raised {type(error).__name__}{place_of(error)}")

    def _answer(self, hook: str, call: Callable[[], Any]) -> tuple[bool, Any]:
        answers: queue.SimpleQueue[tuple[bool, Any]] = queue.SimpleQueue()
        context = contextvars.copy_context()

        def run() -> None:
            try:
                answers.put((True, context.run(call)))
            except BaseException as error:  # noqa: BLE001  whatever it is, the caller is told
                answers.put((False, error))

        thread = _taken()
        thread.calls.put(run)
        try:
            answer = answers.get(timeout=self._seconds)
        except queue.Empty:
            self._count(1)
            thread.calls.put(lambda: self._count(-1))
            thread.calls.put(None)
            raise self._blame("plugin_timeout", hook, f"took longer than {self._seconds:g} seconds") from None
        except BaseException:
            thread.calls.put(None)
            raise
        _give_back(thread)
        return answer

    def _count(self, change: int) -> None:
        with self._lock:
            self._overdue += change

    def _blame(self, code: str, hook: str, what: str) -> ExtensionError:
        self.failure = f"the plug-in {self.plugin} {what}, in {hook}"
        return ExtensionError(code, self.failure, plugin=self.plugin, hook=hook)


def _taken() -> _Thread:
    try:
        return _idle.pop()
    except IndexError:
        return _Thread()


def _give_back(thread: _Thread) -> None:
    if len(_idle) < _MOST_IDLE:
        _idle.append(thread)
    else:
        thread.calls.put(None)
