"""Two cores that are given the same calls, the one on a store under test, the other in memory: answers are compared.

Both have the same clock and make the same identifiers, so that everything they answer is the same to
the last cursor: values, order, warnings, events, and of errors type, code, fields and details.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager
from typing import Any, cast

import attrs

from customercore.core import CustomerCore
from customercore.errors import CustomerCoreError, InvalidValueError
from customercore.ports.store import Store
from customercore.testing.fakes import FixedClock, NoPause, SequentialIdentifiers
from customercore.testing.sample_catalogue import catalogue_for_tests
from customercore.wiring import core_on, open_store

__all__ = ["Call", "Pair", "plain"]

Call = Callable[[CustomerCore], Any]
_PROCESSES = 2
"""How many cores each store has: definitions that were changed through the one bind the other (ruling 11)."""


class Pair:
    """A new tenant of the store under test, and a new store in memory with the same abilities.

    The store is one of `catalogue_for_tests`, and has nothing of this tenant.
    """

    def __init__(self, store: Store, tenant: str) -> None:
        self.clock = FixedClock()
        alike = cast("Store", _Alike(open_store("memory://", catalogue_for_tests()), store.capabilities))
        self._right = _Side(alike, tenant, self.clock)
        self._tested = _Side(store, tenant, self.clock)
        self._failed = 0
        """How many calls have failed in the transaction that is open."""

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open, which all calls then go to; it is ended soon after one has failed."""
        return self._right.opened is not None

    def ask(self, call: Call, through: int = 0) -> Any:
        """Call both and return what memory returns, None when it raises; raise `AssertionError` where they differ."""
        if self._failed > 1:
            self.end(commit=True)  # what was seen of a doomed unit will do
        return self._compared(lambda side: call(side.core(through)))

    def begin(self, through: int = 0) -> None:
        """Open a transaction on both."""
        self._compared(lambda side: side.begin(through))

    def end(self, *, commit: bool) -> None:
        """End the transactions: at the end of their block, or by an exception that leaves it."""
        self._failed = 0
        self._compared(lambda side: side.end(commit=commit))

    def _compared(self, ask: Callable[[_Side], Any]) -> Any:
        right, answer = _outcome(ask, self._right)
        tested, _ = _outcome(ask, self._tested)
        self._failed += self.in_transaction and right[0] == "raises"
        assert tested == right, f"the store answers\n  {tested}\nand memory\n  {right}"
        return answer


class _Alike:
    """A store that tells of the abilities of another one: numbers of codes are then taken in the same way."""

    def __init__(self, store: Store, capabilities: frozenset[str]) -> None:
        self._store = store
        self.capabilities = capabilities

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


class _Side:
    """The cores on one of the two stores, and the transaction that is open in one of them."""

    def __init__(self, store: Store, tenant: str, clock: FixedClock) -> None:
        identifiers = SequentialIdentifiers()
        self._cores = [
            core_on(store, catalogue_for_tests(), tenant=tenant, clock=clock, identifiers=identifiers, pause=NoPause())
            for _ in range(_PROCESSES)
        ]
        self.opened: CustomerCore | None = None
        self._block: AbstractContextManager[CustomerCore] | None = None

    def core(self, through: int) -> CustomerCore:
        """Return the core that a call goes to."""
        return self._cores[through % _PROCESSES] if self.opened is None else self.opened

    def begin(self, through: int) -> None:
        """Enter the block of a transaction."""
        block = self._cores[through % _PROCESSES].transaction()
        self.opened, self._block = block.__enter__(), block

    def end(self, *, commit: bool) -> None:
        """Leave the block."""
        block, self.opened, self._block = self._block, None, None
        if block is None:
            return
        if commit:
            block.__exit__(None, None, None)
            return
        left = _LeftError()
        try:
            block.__exit__(_LeftError, left, None)
        except _LeftError:
            return


class _LeftError(Exception):
    """Leaves a transaction so that it is rolled back."""


def _outcome(ask: Callable[[_Side], Any], side: _Side) -> tuple[Any, Any]:
    """Return what a call answered in a form that can be compared and printed, and the answer."""
    try:
        answer = ask(side)
    except CustomerCoreError as error:
        problems = error.problems if isinstance(error, InvalidValueError) else ()
        return ("raises", type(error).__name__, error.code, plain(problems), plain(error.details)), None
    return ("returns", plain(answer)), answer


def plain(value: Any) -> Any:
    """Return a value as lists, pairs and texts: equal for values of equal types and contents, warnings included."""
    if attrs.has(type(value)) and not isinstance(value, type):
        return (
            type(value).__name__,
            [(one.name, plain(getattr(value, one.name))) for one in attrs.fields(type(value))],
        )
    if isinstance(value, Mapping):
        return ("mapping", sorted((str(key), plain(one)) for key, one in value.items()))
    if isinstance(value, AbstractSet):
        return ("set", sorted(repr(one) for one in value))
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return repr(value)
