"""Random searches for Hypothesis: criteria, sorts and limits that fit the records, and some that are mistakes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property
from typing import Any, TypeVar

import attrs
from hypothesis import strategies as st

from customercore.catalogue.bound_field import BoundField
from customercore.domain.criteria.tree import AllOf, AnyOf, Comparison, Criteria, HasAddress, HasTerm, HasText
from customercore.domain.kinds import RefusedError
from customercore.testing.comparisons import operators_of
from customercore.testing.generation import World
from customercore.testing.generation_values import MISTAKES, element_of, respelled
from customercore.testing.oracle_values import pieces_of, value_in
from customercore.testing.sample_catalogue import FLAGS

__all__ = ["Question", "questions"]

T = TypeVar("T")
_DEEPEST = 3
_WRONG_NAMES = ("nobody", "identity_scope", "info", "info.nobody", "addresses", "phones", "information", "at_till", "")
_SIMPLE_MISTAKES: tuple[Any, ...] = (None, 7, "", "\u00ad", "a\x00", {"$gt": ""})


@attrs.frozen
class Question:
    """One search. ``most`` caps its count; None counts everything."""

    criteria: Criteria | None
    sort: tuple[str, ...] | None
    limit: int
    most: int | None

    def __repr__(self) -> str:
        """Show what was asked, as JSON."""
        form = None if self.criteria is None else json.dumps(self.criteria.to_dict())
        return f"<criteria {form} sort {self.sort} limit {self.limit} most {self.most}>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: FBT001  as Hypothesis calls it
        printer.text(repr(self))


@attrs.frozen(slots=False)
class _Asking:
    """Draws the parts of a question about a world; with ``mistaken``, some parts are wrong."""

    draw: st.DrawFn
    world: World
    mistaken: bool

    def criteria(self, depth: int = _DEEPEST) -> Criteria:
        shape = self.draw(st.integers(0, 7))
        if depth == 0 or shape < 3:
            leaf = self._leaf()
            return ~leaf if self.draw(st.booleans()) else leaf
        if shape == 7:
            parts = tuple(self.criteria(depth - 1) for _ in range(self.draw(st.integers(0, 3))))
            return AnyOf(parts) if self.draw(st.booleans()) else AllOf(parts)
        left, right = self.criteria(depth - 1), self.criteria(depth - 1)
        both = left & right if self.draw(st.booleans()) else left | right
        return ~both if shape == 6 else both

    def _leaf(self) -> Criteria:
        shape = self.draw(st.integers(0, 11))
        if shape == 11:
            return HasText(self._one_of(_SIMPLE_MISTAKES) if self._wrong() else self._words())
        if shape == 10:
            return HasAddress(self._place())
        if self._wrong():
            return self._wrong_leaf()
        field = self._field()
        if field.term is not None and self.draw(st.booleans()):
            return HasTerm(field.name, self._value(field))
        textual = 3 * ("startswith", "contains") if field.kind.keyed else ()
        return self._comparison(field, self._one_of((*operators_of(field), *textual)))

    @cached_property
    def _fields(self) -> tuple[list[BoundField], ...]:
        """The fields that can be compared, the telling ones more than once: custom ones, and texts in use."""
        fields = [one for one in self.world.known.customers.fields if _usable(one)]
        used = [one for one in fields if one.name in self.world.used]
        texts = [one for one in used if one.kind.keyed] or fields
        custom = [one for one in fields if one.name.startswith("info.")] or fields
        return custom, custom, custom, texts, texts, used or fields, fields

    def _field(self) -> BoundField:
        return self._one_of(self._one_of(self._fields))

    def _comparison(self, field: BoundField, op: str) -> Criteria:
        if op == "missing":
            return Comparison(field.name, op)
        if op == "in":
            return Comparison(field.name, op, tuple(self._value(field) for _ in range(self.draw(st.integers(0, 3)))))
        if op == "between":
            return Comparison(field.name, op, (self._value(field), self._value(field)))
        value = self._value(field)
        if op in ("startswith", "contains"):
            first = 0 if op == "startswith" else self.draw(st.integers(0, 2))
            if op == "contains" and "%" in value:  # what a store may take for a wildcard tells most
                first = value.index("%")
            value = value[first : first + self.draw(st.integers(1, 3))] if len(value) < 100 else value[first:]
        return Comparison(field.name, op, value)

    def _value(self, field: BoundField) -> Any:
        """Draw a value that some customer has, in this or another spelling, or any value of the kind."""
        known = [value for one in self.world.customers if (value := value_in(one, field)) is not None]
        if field.kind.many:
            known = [element for value in known for element in sorted(value)]
        if not known or self.draw(st.integers(0, 3)) == 0:
            value = self.draw(element_of(field.field, self.world.theme))
        else:
            value = self._one_of(known)
        spelled = field.kind.keyed and isinstance(value, str)
        return respelled(value, self.draw(st.integers(0, 3))) if spelled else value

    def _words(self) -> str:
        many = self.world.customers
        texts = [
            text
            for one in many
            for text in (one.first_name, one.middle_name, one.last_name, one.code, one.company_name)
            if text
        ]
        pieces = [piece for text in texts for piece in pieces_of(text)]
        pieces += [digits for one in many for phone in one.phones if (digits := phone.lstrip("+"))]
        pieces += [part for one in many if one.email for part in (one.email, *pieces_of(one.email.rpartition("@")[0]))]
        if self.draw(st.booleans()):  # as they stand, separators and all
            pieces = [*texts, *(self._spaced(phone) for one in many for phone in one.phones)] or pieces
        drawn = [self._one_of([*pieces, "ada", "a"]) for _ in range(self.draw(st.integers(1, 2)))]
        return " ".join(word[: self._one_of((1, 2, 5, 9, 64, 200))] for word in drawn)

    def _spaced(self, phone: str) -> str:
        """Write a telephone number as people do."""
        first, mark = self.draw(st.integers(1, 4)), self._one_of((" ", "-", " (0)", " / "))
        return f"{phone[:first]}{mark}{phone[first:]}"

    def _place(self) -> tuple[tuple[str, Any], ...]:
        """Draw values of the addresses of one customer: of one and the same of them, or not."""
        books = [one.addresses for one in self.world.customers if one.addresses]
        book = self._one_of(books) if books else ()
        pairs: dict[str, Any] = {}
        for name in self.draw(st.lists(st.sampled_from(("city", "country", "region", "postcode")), max_size=3)):
            values = [value for address in book if (value := getattr(address, name))] or ["SE"]
            pairs[name] = respelled(self._one_of(values), self.draw(st.integers(0, 3)))
        if self._wrong():
            pairs[self._one_of(("city", "line1", "id"))] = self._one_of(_SIMPLE_MISTAKES)
        elif not pairs:
            pairs["country"] = "Sweden"
        return tuple(sorted(pairs.items()))

    def _one_of(self, many: Sequence[T]) -> T:
        return many[self.draw(st.integers(0, len(many) - 1))]

    def _wrong(self) -> bool:
        return self.mistaken and self.draw(st.booleans())

    def _wrong_leaf(self) -> Criteria:
        fields = [one.name for one in self.world.known.customers.fields]
        custom = [one.name for one in self.world.known.fields]
        name = self._one_of((*_WRONG_NAMES, *fields, *fields, *5 * custom))
        if self.draw(st.integers(0, 4)) == 0:
            return HasTerm(name, self._one_of((*_SIMPLE_MISTAKES, *FLAGS)))
        op = self.draw(st.sampled_from(("eq", "in", "missing", "lt", "between", "startswith", "contains")))
        value = self._one_of(MISTAKES)
        if op in ("in", "between") and self.draw(st.booleans()):
            value = tuple(self._one_of(MISTAKES) for _ in range(2))
        return Comparison(name, op, None if op == "missing" else value)

    def sort(self) -> tuple[str, ...] | None:
        if self.draw(st.integers(0, 9)) == 9:
            return None
        names = []
        for _ in range(self.draw(st.integers(0, 3))):
            field = self._field()
            if self._wrong():
                names.append(self._one_of((*_WRONG_NAMES, *(one.name for one in self.world.known.customers.fields))))
            elif not field.kind.many:
                names.append(field.name)
        return tuple(self._one_of(("", "-")) + name for name in names)


def _usable(field: BoundField) -> bool:
    try:
        field.check_searchable()
    except RefusedError:
        return False
    return not field.field.hidden and (field.sortable or field.term is not None)


@st.composite
def questions(draw: st.DrawFn, world: World) -> Question:
    """Draw a search in a world; about one in five may have mistakes in it."""
    asking = _Asking(draw, world, mistaken=draw(st.integers(0, 4)) == 4)
    criteria = asking.criteria() if draw(st.integers(0, 9)) < 9 else None
    return Question(criteria, asking.sort(), draw(st.integers(1, 5)), draw(st.sampled_from((None, 1, 3, 100))))
