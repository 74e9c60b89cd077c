"""Customer codes made from a pattern: unique, not gapless, taken in blocks (ruling 18)."""

from __future__ import annotations

import threading

import attrs

from customercore.domain.record import Counter
from customercore.domain.text import identity_key
from customercore.services.units import OwnUnits, Units, Work, contested

__all__ = ["Codes"]

_COUNTER = "customer_code"
BLOCK = 100


class Codes:
    """The numbers of one tenant's codes that this process holds.

    Where the store allows a second writer, a block is taken in a unit of its own. Elsewhere (SQLite)
    it is taken inside the open unit, and the rest of it is used only after that unit has committed.
    """

    def __init__(self, own: OwnUnits, *, separate: bool) -> None:
        self._own = own
        self._separate = separate
        self._lock = threading.Lock()
        self._numbers: list[int] = []

    def take(self, units: Units, work: Work, pattern: str, count: int = 1) -> list[str]:
        """Return ``count`` new codes that no customer of the tenant has."""
        codes: list[str] = []
        while len(codes) < count:
            with self._lock:
                numbers = [self._numbers.pop() for _ in range(min(count - len(codes), len(self._numbers)))]
            if not numbers:
                numbers = self._block(units, work, pattern, count - len(codes))
            codes += [_code(pattern, number) for number in numbers]
        return codes

    def _block(self, units: Units, work: Work, pattern: str, count: int) -> list[int]:
        size = max(BLOCK, count)
        if self._separate:
            own = self._own.within(work.deadline.left())
            numbers = own.write(lambda alone: _reserve(alone, pattern, size))
            self._keep(numbers[count:])
        elif units.joined:
            numbers = _reserve(work, pattern, count)
        else:
            numbers = _reserve(work, pattern, size)
            spare = numbers[count:]
            work.after_commit.append(lambda: self._keep(spare))
        return numbers[:count]

    def _keep(self, numbers: list[int]) -> None:
        with self._lock:
            self._numbers = [*reversed(numbers), *self._numbers]


def _code(pattern: str, number: int) -> str:
    return pattern.format(number=number).strip()


def _reserve(work: Work, pattern: str, size: int) -> list[int]:
    counters = work.uow.counters
    known = counters.get(_COUNTER)
    first = known.next if known else 1
    free: list[int] = []
    while len(free) < size:
        keys = {identity_key(_code(pattern, number)): number for number in range(first, first + size)}
        taken = work.uow.customers.by_keys("code", keys)
        free += [number for key, number in keys.items() if key not in taken]
        first += size
    with contested():
        if known is None:
            counters.add(Counter(id=_COUNTER, version=1, next=first))
        else:
            counters.save(attrs.evolve(known, version=known.version + 1, next=first), was=known)
    return free
