"""A state machine for Hypothesis that gives two stores the same commands and compares every answer (`pair`)."""

from __future__ import annotations

from functools import partial
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from customercore.catalogue.extended import extended
from customercore.core import CustomerCore
from customercore.domain.criteria.where import where
from customercore.domain.customer import GUEST, REGISTERED, Customer
from customercore.domain.tenant import Definitions
from customercore.testing import commands as some
from customercore.testing.customer_rules import CustomerRules
from customercore.testing.generation import World
from customercore.testing.generation_questions import Question, questions
from customercore.testing.pair import Call
from customercore.testing.sample_catalogue import FLAGS, SHOPS, catalogue_for_tests
from customercore.testing.sample_info import Defined

__all__ = ["StoreMachine"]

_EVERYBODY = where.kind.is_in([REGISTERED, GUEST])
_APPLIES_TO = st.sampled_from(("customer", "customer", "customer", "address", "moon"))
_THROUGH = st.integers(0, 1)
_FIRST = 5
"""So many customers are there from the start."""
_MOST_PAGES = 20


class StoreMachine(CustomerRules):
    """Everything that the façade does with customers, addresses, classification, info types, searches and transactions.

    At the end of a run the tenants must be equal: their customers in order, their events, their definitions.
    """

    @initialize()
    def begin_with_a_few(self) -> None:
        """Define and create what most commands need."""
        for code in FLAGS:
            self.pair.ask(_call("flags", "define", code))
        for code in SHOPS[:2]:
            self.pair.ask(_call("shops", "create", code, countries=["SE", "NO"]))
        self._define_info("points", "integer", searchable=True)
        self._define_info("note", "text")
        for number in range(_FIRST):
            info = {"points": number // 2, "note": some.THEME.texts[-1 - number]}
            fields: dict[str, Any] = {
                "first_name": "Ada",
                "last_name": some.THEME.texts[number // 2],
                "flags": FLAGS[: number % 3],
            }
            fields |= {"email": f"p{number}@example.com", "addresses": [{"country": "SE"}] * (number % 2)}
            self.ask(_call("customers", "create", info=info, **fields), number)

    def _define_info(self, key: str, kind: str, through: int = 0, **options: Any) -> None:
        self.pair.ask(lambda core: core.info_types.define(key, kind, **options), through)
        self._learn()

    def _learn(self) -> None:
        """Remember which info types there are; a transaction is asked afterwards, since asking may doom it."""
        if not self.pair.in_transaction:
            known = self.pair.ask(lambda core: core.info_types.list())
            self.info_keys = [one.key for one in known or ()]

    @rule(code=some.FLAG_CODES, label=some.LABELS, new=st.booleans(), way=some.WAYS)
    def define_flag(self, code: Any, label: Any, *, new: bool, way: some.Way) -> None:
        """Define a flag, or change one."""
        if new:
            self.ask(lambda core: core.flags.define(code, label=label, idempotency_key=way.key), way.through)
        else:
            options: dict[str, Any] = {
                "expected_version": self.expected("flag", way.version),
                "idempotency_key": way.key,
            }
            self.ask(lambda core: core.flags.update(code, label=label, **options), way.through)

    @rule(code=some.TYPES, label=some.LABELS, tax=st.sampled_from((None, True, "x")), new=st.booleans(), way=some.WAYS)
    def define_type(self, code: Any, label: Any, tax: Any, *, new: bool, way: some.Way) -> None:
        """Define a customer type, or change one."""
        given: dict[str, Any] = {"label": label, "prices_without_tax": tax, "idempotency_key": way.key}
        if not new:
            given["expected_version"] = self.expected("type", way.version)
        verb = "define" if new else "update"
        self.ask(lambda core: getattr(core.customer_types, verb)(code, **given), way.through)

    @rule(
        code=some.SHOP_CODES,
        parent=some.SHOP_CODES,
        countries=st.sampled_from((("SE",), ("SE", "NO"), ("xx",), ())),
        new=st.booleans(),
        way=some.WAYS,
    )
    def define_shop(
        self,
        code: Any,
        parent: Any,
        countries: Any,
        *,
        new: bool,
        way: some.Way,
    ) -> None:
        """Create a shop, or change one."""
        given: dict[str, Any] = {"parent": parent, "countries": countries, "idempotency_key": way.key}
        if not new:
            given["expected_version"] = self.expected("shop", way.version)
        verb = "create" if new else "update"
        self.ask(lambda core: getattr(core.shops, verb)(code, **given), way.through)

    @rule(changes=some.SETTINGS, way=some.WAYS)
    def change_settings(self, changes: dict[str, Any], way: some.Way) -> None:
        """Change settings."""
        options: dict[str, Any] = {"expected_version": self.expected("tenant", way.version), "idempotency_key": way.key}
        self.ask(lambda core: core.settings.update(**options, **changes), way.through)

    @rule(
        key=some.KEYS,
        other=st.sampled_from((None, None, None, *some.KINDS.values(), "moon")),
        applies_to=_APPLIES_TO,
        options=some.OPTIONS,
        way=some.WAYS,
    )
    def define_info(self, key: str, other: Any, applies_to: str, options: dict[str, Any], way: some.Way) -> None:
        """Define an info type."""
        kind = other or some.KINDS.get(key, "text")
        self._define_info(
            key, kind, way.through, applies_to=applies_to, idempotency_key=way.key, **_fitting(kind, options)
        )

    @rule(
        key=some.KEYS,
        applies_to=_APPLIES_TO,
        options=some.OPTIONS,
        breaking=st.sampled_from((False, True)),
        way=some.WAYS,
    )
    def update_info(
        self,
        key: str,
        applies_to: str,
        options: dict[str, Any],
        *,
        breaking: bool,
        way: some.Way,
    ) -> None:
        """Ask what a change of an info type would break, and make it."""
        given = _fitting(some.KINDS.get(key, "text"), options)
        self.ask(lambda core: core.info_types.impact(key, applies_to=applies_to, **given), way.through)
        given |= {"expected_version": self.expected(f"info.{key}", way.version), "idempotency_key": way.key}
        self.ask(
            lambda core: core.info_types.update(key, applies_to=applies_to, break_values=breaking, **given), way.through
        )

    @rule(key=some.KEYS, applies_to=_APPLIES_TO, way=some.WAYS)
    def retire_info(self, key: str, applies_to: str, way: some.Way) -> None:
        """Retire an info type."""
        options: dict[str, Any] = {
            "expected_version": self.expected(f"info.{key}", way.version),
            "idempotency_key": way.key,
        }
        self.ask(lambda core: core.info_types.retire(key, applies_to=applies_to, **options), way.through)
        self._learn()

    @rule(key=some.KEYS, through=_THROUGH)
    def backfill(self, key: str, through: int) -> None:
        """Fill the index of an info type."""
        seen: list[int] = []
        self.ask(lambda core: core.info_types.backfill(key, progress=seen.append), through)
        half = len(seen) // 2
        assert seen[:half] == seen[half:], "the progress of a backfill"

    @rule(number=some.WHO, op=st.sampled_from(("-", "")), through=_THROUGH)
    def make_searchable(self, number: int, op: str, through: int) -> None:
        """Make an info type searchable, fill its index through the other core, and search by it."""
        if not self.info_keys or self.pair.in_transaction:
            return
        key = self.info_keys[number % len(self.info_keys)]
        self.ask(lambda core: core.info_types.update(key, searchable=True), through)
        self.ask(lambda core: core.info_types.backfill(key), 1 - through)
        criteria = ~where.info(key).is_missing()
        self.ask(lambda core: [*core.customers.iterate(criteria, sort=[f"{op}info.{key}"], status="any")], through)

    @rule(shop=some.SHOP_CODES, retired=st.booleans(), through=_THROUGH)
    def list_definitions(self, shop: Any, *, retired: bool, through: int) -> None:
        """List what a shop has."""
        self.ask(lambda core: core.info_types.list(shop=shop, retired=retired), through)
        self.ask(lambda core: core.shops.get(shop), through)

    @rule(
        data=st.data(),
        status=st.sampled_from(("active", "active", "any", "inactive", "moon")),
        shop=some.SHOP_CODES,
        through=_THROUGH,
    )
    def search(self, data: st.DataObject, status: str, shop: Any, through: int) -> None:
        """Search, count and walk by random criteria."""
        question = data.draw(questions(self._world()))
        within = {"status": status, "shop": shop if status == "active" else None}
        self.ask(lambda core: core.customers.count(question.criteria, most=question.most, **within), through)
        self.ask(lambda core: [*core.customers.iterate(question.criteria, sort=question.sort, **within)], through)
        self._walk(question, within, through)

    def _walk(self, question: Question, within: dict[str, Any], through: int) -> None:
        """Read page after page, each with the cursor of the one before, and the total beside the first."""
        cursor, limit = None, question.limit
        for number in range(_MOST_PAGES):
            options = {**within, "cursor": cursor, "limit": limit, "with_total": number == 0}
            page = self.ask(_call("customers", "search", question.criteria, sort=question.sort, **options), through)
            if page is None or page.next is None:
                return
            cursor = page.next

    @rule(
        cursor=st.sampled_from(("", "x", "W10", "bm8", 7, "\u00e4")), limit=st.sampled_from((0, 1, 1_000, 1_001, True))
    )
    def search_wrongly(self, cursor: Any, limit: Any) -> None:
        """Search with limits and cursors that are none."""
        self.ask(lambda core: core.customers.search(limit=limit), 0)
        self.ask(lambda core: core.customers.search(cursor=cursor), 0)

    def _world(self) -> World:
        """Return what the criteria generator is to know: the info types, and the customers with their values."""
        everybody = self.pair.ask(_everybody) or []
        known = self.pair.ask(_definitions) or Definitions()
        return World(
            some.THEME, Defined(known, extended(catalogue_for_tests(), known)), tuple(everybody), {}, frozenset()
        )

    @precondition(lambda self: not self.pair.in_transaction)
    @rule(through=_THROUGH)
    def begin(self, through: int) -> None:
        """Open a transaction."""
        self.pair.begin(through)

    @precondition(lambda self: self.pair.in_transaction)
    @rule(commit=st.sampled_from((True, True, False)))
    def end(self, *, commit: bool) -> None:
        """Commit the transaction, or roll it back."""
        self.pair.end(commit=commit)
        self._learn()

    def teardown(self) -> None:
        """Compare everything there is."""
        if self.pair.in_transaction:
            self.pair.end(commit=False)
        self.pair.ask(_definitions, 1)
        everybody = self.pair.ask(_everybody, 1) or []
        for id in [one.id for one in everybody]:
            self.pair.ask(partial(CustomerCore.events_of, one=id, limit=1_000))


def _call(part: str, verb: str, *given: Any, **options: Any) -> Call:
    return lambda core: getattr(getattr(core, part), verb)(*given, **options)


def _everybody(core: CustomerCore) -> list[Customer]:
    return [*core.customers.iterate(_EVERYBODY, status="any")]


def _definitions(core: CustomerCore) -> Definitions:
    info: dict[str, dict[str, Any]] = {}
    for one in core.info_types.list(retired=True):
        info.setdefault(one.applies_to, {})[one.key] = one
    return Definitions(
        settings=core.settings.get(),
        shops={one.code: one for one in core.shops.list()},
        flags={one.code: one for one in core.flags.list()},
        customer_types={one.code: one for one in core.customer_types.list()},
        info_types=info,
    )


def _fitting(kind: str, options: dict[str, Any]) -> dict[str, Any]:
    """Return options without most of those that the kind does not have, with the ones that it needs."""
    unfit = {"choices"} if not kind.endswith("choice") else {"pattern", "minimum", "maximum"}
    unfit |= {"pattern"} if kind not in ("text", "long_text", "url", "email") else set()
    if len(options) == 1:
        return options
    fitting = {name: value for name, value in options.items() if name not in unfit}
    return {"choices": ("S", "s", "\u00c5", "100%"), **fitting} if kind.endswith("choice") else fitting
