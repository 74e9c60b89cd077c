"""Rules of the state machine on customers and their addresses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from customercore.core import CustomerCore
from customercore.domain.address import Address
from customercore.domain.customer import Customer
from customercore.testing import commands as some
from customercore.testing.pair import Pair

__all__ = ["CustomerRules"]

_NOBODY = "00000000-0000-7000-8000-00000000ffff"
_THROUGH = st.integers(0, 1)
"""Which of the cores of a store."""
_NOTHING: Mapping[str, Any] = {}
_OLDEST = 8
"""So many customers are spoken of: what happens to one again tells most."""


class CustomerRules(RuleBasedStateMachine):
    """What is done with customers. ``pair`` compares each answer; what memory answers is remembered here."""

    def __init__(self, pair: Pair) -> None:
        super().__init__()
        self.pair = pair
        self.people: list[str] = []
        self.versions: dict[str, int] = {}
        self.books: dict[str, list[str]] = {}
        self.info_keys: list[str] = []

    def who(self, number: int) -> str:
        """Return the id of a customer that was made, or one of nobody."""
        known = self.people[:_OLDEST]
        return known[number % len(known)] if known and number < 9 else _NOBODY

    def which(self, owner: str, number: int) -> str:
        """Return the id of an address in a book, or one of none."""
        book = self.books.get(owner, [])
        return book[number % len(book)] if book and number < 9 else _NOBODY

    def told(self, values: Any) -> Any:
        """Return values of info types without most of those that nobody has defined."""
        if not isinstance(values, dict) or len(values) == 1:
            return values
        return {key: value for key, value in values.items() if key in self.info_keys}

    def filled(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Return fields with the values of info types that are `told`."""
        return {**fields, "info": self.told(fields["info"])} if "info" in fields else fields

    def expected(self, id: str, offset: int | None) -> int | None:
        """Return a version to expect, so far from the one that was seen last."""
        return None if offset is None else self.versions.get(id, 1) + offset

    def ask(self, call: Callable[[CustomerCore], Any], through: int) -> Any:
        """Compare a call's answers, and remember the customer that it tells of."""
        answer = self.pair.ask(call, through)
        if isinstance(answer, Customer):
            if answer.id not in self.versions:
                self.people.append(answer.id)
            self.versions[answer.id] = answer.version
            self.books[answer.id] = [one.id for one in answer.addresses]
        return answer

    @rule(fields=some.CUSTOMER, way=some.WAYS)
    def create(self, fields: dict[str, Any], way: some.Way) -> None:
        """Create a customer."""
        given = self.filled(fields)
        self.ask(lambda core: core.customers.create(idempotency_key=way.key, **given), way.through)

    @rule(email=some.EMAILS, fields=some.FIELDS, way=some.WAYS)
    def create_guest(self, email: Any, fields: dict[str, Any], way: some.Way) -> None:
        """Create a guest."""
        given = self.filled({**fields, "email": email})
        self.ask(lambda core: core.customers.create_guest(idempotency_key=way.key, **given), way.through)

    @rule(fields=some.CUSTOMER, shop=some.SHOP_CODES, guest=st.booleans(), way=some.WAYS)
    def check_out(self, fields: dict[str, Any], shop: Any, *, guest: bool, way: some.Way) -> None:
        """Find or create the customer of an order."""
        given = self.filled({**fields, "shop": shop, "guest": guest})
        self.ask(lambda core: core.customers.at_checkout(idempotency_key=way.key, **given), way.through)

    @rule(number=some.WHO, fields=some.FIELDS, way=some.WAYS)
    def update(self, number: int, fields: dict[str, Any], way: some.Way) -> None:
        """Change fields."""
        self._change("update", number, way, fields=self.filled(fields))

    @rule(number=some.WHO, verb=st.sampled_from(("deactivate", "reactivate")), way=some.WAYS)
    def move(self, number: int, verb: str, way: some.Way) -> None:
        """Move a customer to the bin, or out of it."""
        self._change(verb, number, way)

    @rule(
        number=some.WHO,
        verb=st.sampled_from(("add_flags", "remove_flags")),
        flags=st.lists(some.FLAG_CODES, min_size=1, max_size=2),
        way=some.WAYS,
    )
    def flag(self, number: int, verb: str, flags: Any, way: some.Way) -> None:
        """Add or take flags."""
        self._change(verb, number, way, flags)

    @rule(
        number=some.WHO,
        verb=st.sampled_from(("add_tags", "remove_tags")),
        tags=st.lists(some.TAGS, min_size=1, max_size=2),
        way=some.WAYS,
    )
    def tag(self, number: int, verb: str, tags: Any, way: some.Way) -> None:
        """Add or take tags."""
        self._change(verb, number, way, tags)

    def _change(
        self,
        verb: str,
        number: int,
        way: some.Way,
        given: Sequence[Any] = (),
        fields: Mapping[str, Any] = _NOTHING,
    ) -> None:
        id = self.who(number)
        options = {"expected_version": self.expected(id, way.version), "idempotency_key": way.key, **fields}
        self.ask(lambda core: getattr(core.customers, verb)(id, *given, **options), way.through)

    @rule(number=some.WHO, address=some.ADDRESS, info=some.INFO, way=some.WAYS)
    def add_address(self, number: int, address: Any, info: Any, way: some.Way) -> None:
        """Add an address."""
        if self.told(info):
            address = {**address, "info": self.told(info)}
        self._book("add", number, (address,), {}, way)

    @rule(number=some.WHO, at=some.WHO, parts=some.PARTS, typed=st.booleans(), way=some.WAYS)
    def update_address(
        self,
        number: int,
        at: int,
        parts: Any,
        *,
        typed: bool,
        way: some.Way,
    ) -> None:
        """Change an address, given by its id or as an object."""
        address: Any = self.which(self.who(number), at)
        address = Address(id=address) if typed else address
        self._book("update", number, (address,), parts, way)

    @rule(number=some.WHO, at=some.WHO, way=some.WAYS)
    def remove_address(self, number: int, at: int, way: some.Way) -> None:
        """Remove an address."""
        self._book("remove", number, (self.which(self.who(number), at),), {}, way)

    @rule(number=some.WHO, at=some.WHO, purpose=st.sampled_from(("invoice", "delivery", "moon")), way=some.WAYS)
    def set_default(self, number: int, at: int, purpose: str, way: some.Way) -> None:
        """Make an address a default."""
        self._book("set_default", number, (self.which(self.who(number), at), purpose), {}, way)

    def _book(
        self,
        verb: str,
        number: int,
        given: tuple[Any, ...],
        fields: dict[str, Any],
        way: some.Way,
    ) -> None:
        id = self.who(number)
        options = {"expected_version": self.expected(id, way.version), "idempotency_key": way.key, **fields}
        self.ask(lambda core: getattr(core.addresses, verb)(id, *given, **options), way.through)
        if not self.pair.in_transaction:  # reading what a failed call left behind would only meet the doomed unit
            self.ask(lambda core: core.customers.get(id), way.through)

    @rule(number=some.WHO, shop=some.SHOP_CODES, through=_THROUGH)
    def book(self, number: int, shop: Any, through: int) -> None:
        """Read a book as a shop sees it."""
        self.ask(lambda core: core.addresses.book(self.who(number), shop=shop), through)

    @rule(number=some.WHO, email=some.EMAILS, shop=some.SHOP_CODES, code=some.CODES, through=_THROUGH)
    def look_up(self, number: int, email: Any, shop: Any, code: Any, through: int) -> None:
        """Look a customer up by id, e-mail and code."""
        calls: list[Callable[[CustomerCore], Any]] = [
            lambda core: core.customers.get(self.who(number)),
            lambda core: core.customers.by_email(email),
            lambda core: core.customers.by_email(email, shop=shop),
            lambda core: core.customers.by_code(code),
        ]
        for call in calls[number % 2 :: 2]:
            self.ask(call, through)

    @rule(key=some.KEYS, data=st.data(), through=_THROUGH)
    def look_up_info(self, key: str, data: st.DataObject, through: int) -> None:
        """Look a customer up by the value of a unique info type."""
        value = data.draw(some.info_value(key))
        self.ask(lambda core: core.customers.by_info(key, value), through)

    @rule(number=some.WHO, after=st.sampled_from(((0, -1), (1, 0), (2, 0), (1, 1), "x")), limit=st.integers(0, 3))
    def events(self, number: int, after: Any, limit: int) -> None:
        """Read events of a customer."""
        self.ask(lambda core: core.events_of(self.who(number), after=after, limit=limit), 0)

    @rule(seconds=st.sampled_from((0.001, 1, 86_400 * 31)))
    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.pair.clock.advance(seconds)
