from __future__ import annotations

import contextvars
import os
import threading
import time
from collections.abc import Callable

import pytest

from customercore.errors import CustomerCoreError, ExtensionError
from customercore.extension import RefusedError
from customercore.extension.calls import Guard, UnsoundError

HOOK = "customercore_on_event"


def fail(error: BaseException) -> Callable[[], None]:
    def call() -> None:
        raise error

    return call


def error_of(guard: Guard, call: Callable[[], object]) -> ExtensionError:
    with pytest.raises(ExtensionError) as caught:
        guard.call(HOOK, call)
    return caught.value


def hang(guard: Guard) -> threading.Event:
    """Let a call hang until the event that is returned is set."""
    release = threading.Event()
    assert error_of(guard, lambda: release.wait(20)).code == "plugin_timeout"
    return release


def test_a_call_returns_what_the_plug_in_returns() -> None:
    assert Guard("acme").call(HOOK, lambda: [1]) == [1]


def test_a_call_sees_the_context_of_its_caller() -> None:
    request = contextvars.ContextVar("request", default="none")
    request.set("r-1")
    assert Guard("acme").call(HOOK, request.get) == "r-1"


@pytest.mark.parametrize(
    "error",
    [
        ValueError("ada@example.com"),
        KeyError("ada@example.com"),
        SystemExit(1),
        KeyboardInterrupt(),
        StopIteration(),
        RefusedError("wrong_type", "ada@example.com"),
        ExtensionError("other", "ada@example.com", plugin="somebody else"),
        CustomerCoreError("other", "ada@example.com"),
        RecursionError(),
        BaseException(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_a_plug_in_raises_is_an_error_of_its_own(error: BaseException) -> None:
    guard = Guard("acme")
    found = error_of(guard, fail(error))
    assert (found.code, found.details["plugin"], found.details["hook"]) == ("plugin_failed", "acme", HOOK)
    assert found.__cause__ is error
    assert type(error).__name__ in found.message
    assert "test_calls.py, line " in found.message
    assert "ada" not in str(found)
    assert guard.failure == found.message
    assert not found.__context__ or found.__context__ is error


def test_what_is_passing_passes() -> None:
    refused = RefusedError("wrong_type", "must be a card")
    with pytest.raises(RefusedError) as caught:
        Guard("acme").call(HOOK, fail(refused), passing=(RefusedError,))
    assert caught.value is refused


def test_an_unsound_answer_is_told_apart() -> None:
    found = error_of(Guard("acme"), fail(UnsoundError("gives int and not a text")))
    assert found.code == "plugin_invalid"
    assert found.message == f"the plug-in acme gives int and not a text, in {HOOK}"


def test_a_call_that_hangs_is_given_up() -> None:
    guard = Guard("acme", seconds=0.05)
    began = time.monotonic()
    release = hang(guard)
    assert time.monotonic() - began < 5
    assert guard.failure == f"the plug-in acme took longer than 0.05 seconds, in {HOOK}"
    release.set()


def test_a_plug_in_that_keeps_hanging_is_not_called_again_until_it_comes_back() -> None:
    guard = Guard("acme", seconds=0.05, most_overdue=2)
    releases = [hang(guard), hang(guard)]
    called: list[int] = []
    before = threading.active_count()
    for _ in range(20):
        assert error_of(guard, lambda: called.append(1)).code == "plugin_timeout"
    assert called == []
    assert threading.active_count() == before
    releases[0].set()
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            guard.call(HOOK, lambda: called.append(1))
            break
        except ExtensionError:
            time.sleep(0.01)
    assert called == [1]
    releases[1].set()


def test_a_hanging_plug_in_does_not_hold_up_another_one() -> None:
    release = hang(Guard("slow", seconds=0.05, most_overdue=1))
    assert Guard("acme", seconds=5).call(HOOK, lambda: 1) == 1
    release.set()


def test_threads_are_used_again() -> None:
    guard = Guard("acme")
    guard.call(HOOK, lambda: None)
    assert len({guard.call(HOOK, threading.get_ident) for _ in range(50)}) == 1


def test_a_call_may_call_another_plug_in() -> None:
    outer, inner = Guard("outer"), Guard("inner")
    assert outer.call(HOOK, lambda: inner.call(HOOK, lambda: 1)) == 1
    found = error_of(outer, lambda: inner.call(HOOK, fail(ValueError())))
    assert found.details["plugin"] == "outer"
    assert isinstance(found.__cause__, ExtensionError)
    assert found.__cause__.details["plugin"] == "inner"


def test_many_threads_get_their_own_answers() -> None:
    guard, answers = Guard("acme"), dict[int, int]()

    def ask(number: int) -> None:
        for _ in range(50):
            answers[number] = guard.call(HOOK, lambda: number)
            assert answers[number] == number

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert answers == {number: number for number in range(16)}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_process_can_call_plug_ins() -> None:
    guard = Guard("acme", seconds=5)
    guard.call(HOOK, lambda: None)
    child = os.fork()
    if child == 0:
        try:
            os._exit(guard.call(HOOK, lambda: 7))
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
