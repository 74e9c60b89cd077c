"""Customer codes made from a pattern: unique, not gapless, taken in blocks (ruling 18)."""

from __future__ import annotations

import threading

import attrs

from customercore.domain.record import Counter
from customercore.domain.text import identity_key
from customercore.services.units import OwnUnits, Units, Work, contested

__all__ = ["Codes", "TakenCodes"]

_COUNTER = "customer_code"
BLOCK = 100


class TakenCodes:
    """The numbers that one use case has taken for good, so that a second try of it hands out the same ones again."""

    def __init__(self) -> None:
        self._numbers: list[int] = []
        self.used = 0
        """How many of them the present try has been given; a new try sets it back to what it was."""

    @property
    def left(self) -> bool:
        """Whether the next one was taken by an earlier try, so that others may have come by its code meanwhile."""
        return self.used < len(self._numbers)

    def given(self, count: int) -> list[int]:
        """Return at most so many numbers that an earlier try took."""
        given = self._numbers[self.used : self.used + count]
        self.used += len(given)
        return given

    def keep(self, numbers: list[int]) -> None:
        """Remember numbers that the present try has taken, whatever becomes of it."""
        del self._numbers[self.used :]
        self._numbers += numbers
        self.used += len(numbers)


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

    def take(
        self, units: Units, work: Work, pattern: str, count: int = 1, *, taken: TakenCodes | None = None
    ) -> list[str]:
        """Return ``count`` new codes that no customer of the tenant has.

        ``taken`` is what the same use case took in a try before: that is handed out first, in its order.
        """
        numbers = taken.given(count) if taken is not None else []
        while len(numbers) < count:
            with self._lock:
                new = [self._numbers.pop() for _ in range(min(count - len(numbers), len(self._numbers)))]
            lasting = bool(new) or self._separate
            if not new:
                new = self._block(units, work, pattern, count - len(numbers))
            if taken is not None and lasting:  # what was taken inside the unit is gone with it
                taken.keep(new)
            numbers += new
        return [_code(pattern, number) for number in numbers]

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
