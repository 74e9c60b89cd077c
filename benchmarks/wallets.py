"""Job 5: debits by 1, 8 and 32 writers at once, from one hot wallet and from many."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import islice, repeat

from benchmarks.measure import Contest, Goal, Options
from benchmarks.populated import populate
from benchmarks.purse import Purses, in_file, on_server
from benchmarks.stores import opened

from customercore import CustomerCore, Money
from customercore.errors import InsufficientFundsError

__all__ = ["debits"]

_WRITERS = (1, 8, 32)
_SEVERAL = 8
"""How many debit wallets for the first time."""
_CURRENCY = "SEK"
_AMOUNT = 100
"""What a debit takes, in minor units."""
_GOAL = Goal("ratio", 1.5, 2.25)
_OWNER = "party-{}"
_BATCH = 200
_SEED = 5

Picks = Iterator[str]
"""The owners whose wallets are debited next."""


def debits(options: Options) -> Iterator[Contest]:
    """Take money from wallets by several threads, each on a connection of its own.

    ``options.customers`` is how many wallets there are beside the hot one, 10,000 at most. Wallets are picked by
    chance, the same for both sides, others in each round. Both sides keep their connections, and have debited each
    wallet before; where there are enough wallets, those that neither has seen since they were made are timed first.
    At the end both sides are counted: what was taken is what is missing, every account is right, and debits beyond
    what is there are refused.
    """
    count = min(options.customers, 10_000)
    with _core(options) as core, _purses(options) as purses, ExitStack() as stack:
        hot, many = _OWNER.format("hot"), [_OWNER.format(at) for at in range(count)]
        budget = _AMOUNT * (max(options.calls, *_WRITERS) * (2 * len(_WRITERS) + 1) * (options.rounds + 1) + 10)
        ids = _filled(core, [hot, *many], budget)
        purses.fill([hot, *many], budget)
        sides = _Ours(core, ids), _Bare(purses, stack)

        def contest(what: str, writers: int, picks: Callable[[], Picks]) -> Contest:
            ours, bare = (partial(one, writers, options.calls, picks()) for one in sides)
            return Contest("5", f"debit, {writers} at once, {what}, {_where(options)}", _GOAL, ours, bare, rate=True)

        if count >= _SEVERAL * _share(options.calls, _SEVERAL) * (options.rounds + 1):
            yield contest(f"{count:,} wallets, each for the first time", _SEVERAL, lambda: iter(_shuffled(many)))
        for one in sides:
            one(_SEVERAL, count, iter(many))
        for writers in _WRITERS:
            yield contest("one hot wallet", writers, lambda: repeat(hot))
        for writers in _WRITERS:
            yield contest(f"{count:,} wallets", writers, lambda: _by_chance(many))
        _right(core, purses, budget * len(ids))
        _never_below_zero(core, ids[hot])


def _where(options: Options) -> str:
    among = f", among {options.among:,} customers" if options.among else ""
    return f"on {options.server.name}{among}" if options.server else "in a file"


@contextmanager
def _core(options: Options) -> Iterator[CustomerCore]:
    if options.server:
        with options.server.opened() as (store, core, _):
            if options.among:
                populate(store, core, options.among)
            yield core
        return
    _, core = opened(options.folder / "ours.db", "FULL")
    with core:
        yield core
    _clear(options)


@contextmanager
def _purses(options: Options) -> Iterator[Purses]:
    if options.server:
        with on_server(options.server) as purses:
            yield purses
        return
    yield in_file(options.folder / "bare.db")


def _clear(options: Options) -> None:
    for file in options.folder.glob("*.db*"):
        file.unlink()


def _filled(core: CustomerCore, owners: Sequence[str], budget: int) -> dict[str, str]:
    """Open a wallet for each owner, and put the same into each; return their ids."""
    ids = {}
    for start in range(0, len(owners), _BATCH):
        with core.transaction() as tx:
            for owner in owners[start : start + _BATCH]:
                wallet = tx.balances.open(owner, currency=_CURRENCY)
                tx.balances.credit(wallet, Money.of_minor(budget, _CURRENCY))
                ids[owner] = wallet.id
    return ids


def _shuffled(owners: Sequence[str]) -> list[str]:
    return random.Random(_SEED).sample(owners, len(owners))


def _by_chance(owners: Sequence[str]) -> Picks:
    chance = random.Random(_SEED)
    while True:
        yield chance.choice(owners)


class _Ours:
    """Debits by ours."""

    def __init__(self, core: CustomerCore, ids: Mapping[str, str]) -> None:
        self._core, self._ids = core, ids

    def __call__(self, writers: int, calls: int, picks: Picks) -> float:
        """Debit the owners next picked; return the seconds that one debit took of the whole."""
        amount = Money.of_minor(_AMOUNT, _CURRENCY)

        def debit(id: str) -> None:
            self._core.balances.debit(id, amount)

        return _timed([debit] * writers, calls, (self._ids[one] for one in picks))


class _Bare:
    """The same by hand, on connections that stay."""

    def __init__(self, purses: Purses, stack: ExitStack) -> None:
        self._purses, self._stack = purses, stack
        self._writers: list[Callable[[str], None]] = []

    def __call__(self, writers: int, calls: int, picks: Picks) -> float:
        while len(self._writers) < writers:
            self._writers.append(self._writer())
        return _timed(self._writers[:writers], calls, picks)

    def _writer(self) -> Callable[[str], None]:
        debit = self._purses.writer(self._stack)

        def call(id: str) -> None:
            assert debit(id, _AMOUNT)

        return call


def _share(calls: int, writers: int) -> int:
    return calls // writers or 1


def _timed(writers: list[Callable[[str], None]], calls: int, picks: Picks) -> float:
    """Share calls among writers, which begin together; return the seconds that one took of the whole."""
    share = _share(calls, len(writers))
    asked = [[*islice(picks, share)] for _ in writers]
    begin = threading.Barrier(len(writers) + 1)

    def work(debit: Callable[[str], None], mine: list[str]) -> None:
        begin.wait()
        for id in mine:
            debit(id)

    with ThreadPoolExecutor(len(writers)) as pool:
        done = [pool.submit(work, *one) for one in zip(writers, asked, strict=True)]
        begin.wait()
        start = time.perf_counter()
        for one in done:
            one.result()
        return (time.perf_counter() - start) / (share * len(writers))


def _right(core: CustomerCore, purses: Purses, given: int) -> None:
    """Assert that on both sides what was taken is what is missing, and that each of our wallets counts up."""
    balance, taken, count = purses.sums()
    assert balance - taken == given, "by hand, money was lost"
    assert taken == -_AMOUNT * count
    (line,) = core.balances.liability()
    assert line.credit == balance, "our wallets and theirs have not the same left"
    assert all(one.ok for one in core.balances.verify_all()), "an account is wrong"


def _never_below_zero(core: CustomerCore, id: str) -> None:
    """Assert that of many debits at once from a wallet with money for three of them, three are let through."""
    rest = core.balances.available(id).minor - 3 * _AMOUNT
    core.balances.debit(id, Money.of_minor(rest, _CURRENCY))

    def debit(_: int) -> bool:
        try:
            core.balances.debit(id, Money.of_minor(_AMOUNT, _CURRENCY))
        except InsufficientFundsError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(debit, range(40))) == 3
    assert core.balances.available(id).minor == 0
