"""A naive wallet to compare the ledger with: every minor unit is a coin, and a coin lies somewhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import attrs

__all__ = ["Coins", "Refused"]

FAR = dt.datetime.max.replace(tzinfo=dt.UTC)


class Refused(Exception):  # noqa: N818  it is what the wallet says, not an accident
    """What the rules do not allow."""


@attrs.define(eq=False)
class Bag:
    """Coins that expire together: loose ones, and those of each hold."""

    expires: dt.datetime | None
    loose: int = 0
    held: dict[str, int] = attrs.field(factory=dict)

    @property
    def there(self) -> bool:
        """Whether a coin lies in it."""
        return bool(self.loose or any(self.held.values()))

    def due(self, now: dt.datetime) -> bool:
        """Tell whether it has expired."""
        return self.expires is not None and self.expires <= now


Coin = tuple[Bag | None, dt.datetime | None]
"""Where a coin came from: a bag (None: the merchant lent it), and when that was to expire."""


@attrs.define
class Pledge:
    """A hold: its coins in the order they were taken in."""

    coins: list[Coin]
    expires: dt.datetime | None


@attrs.define
class Coins:
    """The wallet."""

    limit: int = 0
    lent: int = 0
    balance: int = 0
    bags: list[Bag] = attrs.field(factory=list)
    pledges: dict[str, Pledge] = attrs.field(factory=dict)
    taken: dict[str, list[Coin]] = attrs.field(factory=dict)
    """The coins that each debit and capture took and nobody gave back."""

    @property
    def pledged(self) -> int:
        """How many coins are held."""
        return sum(len(pledge.coins) for pledge in self.pledges.values())

    @property
    def spendable(self) -> int:
        """How many coins can be spent."""
        return max(0, self.balance - self.pledged + self.limit)

    def settle(self, now: dt.datetime) -> None:
        """Let holds expire, one after the other, each paying what is owed when it does; then bags."""
        for id, pledge in sorted(self.pledges.items(), key=lambda one: one[1].expires or FAR):
            if pledge.expires is not None and pledge.expires <= now:
                self._release(id, pledge.coins)
                self._pay_back(pledge.expires)
        self._sweep(now)

    def credit(self, amount: int, expires: dt.datetime | None, now: dt.datetime) -> None:
        """Put coins in."""
        for _ in range(amount):
            self.balance += 1
            if self.lent:
                self.lent -= 1
            else:
                self._bag(expires).loose += 1
        self._pay_back(now)

    def debit(self, id: str, amount: int) -> None:
        """Take coins out."""
        coins = self._pick(amount)
        for bag, _ in coins:
            self.lent += bag is None
        self.balance -= amount
        self.taken[id] = coins

    def hold(self, id: str, amount: int, expires: dt.datetime | None) -> None:
        """Set coins aside."""
        coins = self._pick(amount)
        for bag, _ in coins:
            if bag is not None:
                bag.held[id] = bag.held.get(id, 0) + 1
        self.pledges[id] = Pledge(coins, expires)

    def capture(self, hold: str, id: str, amount: int | None, now: dt.datetime, *, keep: bool) -> None:
        """Take coins that are set aside."""
        pledge = self._pledge(hold)
        amount = len(pledge.coins) if amount is None else amount
        if amount > len(pledge.coins):
            raise Refused
        coins, pledge.coins = pledge.coins[:amount], pledge.coins[amount:]
        for bag, _ in coins:
            if bag is None:
                self.lent += 1
            else:
                bag.held[hold] -= 1
        self.balance -= amount
        self.taken[id] = coins
        if not keep or not pledge.coins:
            self._release(hold, pledge.coins)
        self._pay_back(now)
        self._sweep(now)

    def void(self, hold: str, now: dt.datetime) -> None:
        """Give up a hold."""
        self._release(hold, self._pledge(hold).coins)
        self._pay_back(now)
        self._sweep(now)

    def refund(self, entry: str, amount: int | None, now: dt.datetime, grace: dt.timedelta) -> None:
        """Put coins back where they came from, the last one first."""
        coins = self.taken.get(entry)
        if not coins or (amount is not None and amount > len(coins)):
            raise Refused
        for _ in range(len(coins) if amount is None else amount):
            bag, expires = coins.pop()
            self.balance += 1
            if bag is not None:
                self._put_back(bag, expires, now, grace)
            elif self.lent:
                self.lent -= 1
            else:
                self._bag(None).loose += 1
        self._pay_back(now)
        self._sweep(now)

    def _put_back(self, bag: Bag, expires: dt.datetime | None, now: dt.datetime, grace: dt.timedelta) -> None:
        if not bag.there:
            due = expires is not None and expires <= now
            wanted = now + grace if due else expires
            other = next((one for one in self.bags if one.there and one.expires == wanted), None)
            if other is not None:
                other.loose += 1
                return
            bag.expires = wanted
            self._last(bag)
        elif bag.due(now):
            bag.expires = now + grace
            self._last(bag)
        bag.loose += 1

    def _last(self, bag: Bag) -> None:
        self.bags = [*(one for one in self.bags if one is not bag), bag]

    def _bag(self, expires: dt.datetime | None) -> Bag:
        for bag in self._ordered(lambda bag: bag.there):
            if bag.expires == expires:
                return bag
        bag = Bag(expires)
        self.bags.append(bag)
        return bag

    def _ordered(self, which: Callable[[Bag], bool]) -> list[Bag]:
        return sorted(filter(which, self.bags), key=lambda bag: bag.expires or FAR)

    def _pick(self, amount: int) -> list[Coin]:
        if amount > self.spendable:
            raise Refused
        coins: list[Coin] = []
        for bag in self._ordered(lambda bag: bag.loose > 0):
            while bag.loose and len(coins) < amount:
                bag.loose -= 1
                coins.append((bag, bag.expires))
        return [*coins, *[(None, None)] * (amount - len(coins))]

    def _pledge(self, hold: str) -> Pledge:
        if hold not in self.pledges:
            raise Refused
        return self.pledges[hold]

    def _release(self, hold: str, coins: list[Coin]) -> None:
        for bag, _ in coins:
            if bag is not None:
                bag.held[hold] -= 1
                bag.loose += 1
        del self.pledges[hold]

    def _pay_back(self, now: dt.datetime) -> None:
        for bag in self._ordered(lambda bag: not bag.due(now)):
            paid = min(bag.loose, self.lent)
            bag.loose -= paid
            self.lent -= paid

    def _sweep(self, now: dt.datetime) -> None:
        for bag in self.bags:
            if bag.due(now):
                self.balance -= bag.loose
                bag.loose = 0
        self._pay_back(now)

    def lots(self) -> list[Any]:
        """Return what lies where: when it expires, all of it, what is held of it."""
        bags = self._ordered(lambda bag: bag.there)
        return [(bag.expires, bag.loose + sum(bag.held.values()), sum(bag.held.values())) for bag in bags]
