"""How criteria are written in Python: ``where.last_name.startswith("Lo") & where.flag("vip")``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NoReturn

from customercore.domain.criteria.tree import AnyOf, Comparison, Criteria, HasAddress, HasTerm, HasText

__all__ = ["AddressFieldRef", "CodeRef", "FieldRef", "Where", "WhereAddress", "where"]


class FieldRef:
    """A field in criteria. Comparing it gives `Criteria`; a missing value matches no comparison, also under ``~``."""

    __slots__ = ("_name",)
    __hash__ = None  # type: ignore[assignment]  # == gives criteria, so it cannot be hashed by it

    def __init__(self, name: str) -> None:
        self._name = name

    def __eq__(self, value: object) -> Criteria:  # type: ignore[override]  # a query language's ==
        return Comparison(self._name, "eq", value)

    def __ne__(self, value: object) -> Criteria:  # type: ignore[override]  # a query language's !=
        return Comparison(self._name, "eq", value, negated=True)

    def __lt__(self, value: object) -> Criteria:
        return Comparison(self._name, "lt", value)

    def __le__(self, value: object) -> Criteria:
        return Comparison(self._name, "le", value)

    def __gt__(self, value: object) -> Criteria:
        return Comparison(self._name, "gt", value)

    def __ge__(self, value: object) -> Criteria:
        return Comparison(self._name, "ge", value)

    def startswith(self, prefix: str) -> Criteria:
        """Match texts whose search key starts with that of ``prefix`` (without case and marks)."""
        return Comparison(self._name, "startswith", prefix)

    def contains(self, part: str) -> Criteria:
        """Match texts whose search key contains that of ``part``. This reads every candidate row: it is a scan."""
        return Comparison(self._name, "contains", part)

    def is_in(self, values: Iterable[object]) -> Criteria:
        """Match any of the values; none of them when empty."""
        return Comparison(self._name, "in", tuple(values))

    def between(self, low: object, high: object) -> Criteria:
        """Match values from ``low`` to ``high``, both included."""
        return Comparison(self._name, "between", (low, high))

    def is_missing(self) -> Criteria:
        """Match records without a value; ``~`` of it, records with one."""
        return Comparison(self._name, "missing")

    def __bool__(self) -> NoReturn:
        raise TypeError("a field has no truth value: compare it")

    def __invert__(self) -> NoReturn:
        raise TypeError("a bare field cannot be negated: negate a comparison")

    def __repr__(self) -> str:
        return f"where.{self._name}"


class CodeRef(FieldRef):
    """A field that holds a code; calling it with one is the same as ``==``."""

    __slots__ = ()

    def __call__(self, code: str) -> Criteria:
        """Match records with this code."""
        return Comparison(self._name, "eq", code)


class AddressFieldRef:
    """A field of the addresses in criteria: some address has the value; ``~`` of it, none has."""

    __slots__ = ("_name",)
    __hash__ = None  # type: ignore[assignment]  # == gives criteria, so it cannot be hashed by it

    def __init__(self, name: str) -> None:
        self._name = name

    def __eq__(self, value: object) -> Criteria:  # type: ignore[override]  # a query language's ==
        return HasAddress(((self._name, value),))

    def __ne__(self, value: object) -> Criteria:  # type: ignore[override]  # a query language's !=
        return HasAddress(((self._name, value),), negated=True)

    def is_in(self, values: Iterable[object]) -> Criteria:
        """Match where some address has any of the values."""
        return AnyOf(tuple(HasAddress(((self._name, value),)) for value in values))

    def __bool__(self) -> NoReturn:
        raise TypeError("a field has no truth value: compare it")

    def __invert__(self) -> NoReturn:
        raise TypeError("a bare field cannot be negated: negate a comparison")


class WhereAddress:
    """Addresses in criteria: ``where.address.country == "SE"``, ``where.address.any(country="SE", city="Oslo")``."""

    def __getattr__(self, name: str) -> AddressFieldRef:
        if name.startswith("_"):
            raise AttributeError(name)
        return AddressFieldRef(name)

    def any(self, **values: object) -> Criteria:
        """Match where one and the same address has all these values."""
        return HasAddress(tuple(sorted(values.items())))


class Where:
    """The start of all criteria. Any attribute is the field of that name; the methods are for many-valued fields."""

    def __getattr__(self, name: str) -> FieldRef:
        if name.startswith("_"):
            raise AttributeError(name)
        return FieldRef(name)

    def field(self, name: str) -> FieldRef:
        """Return the field of this name, also where `Where` itself has something of that name (``text``)."""
        return FieldRef(name)

    def flag(self, code: str) -> Criteria:
        """Match records that carry this flag."""
        return HasTerm("flags", code)

    def tag(self, word: str) -> Criteria:
        """Match records that carry this tag, in any spelling that differs by case only."""
        return HasTerm("tags", word)

    def info(self, key: str) -> FieldRef:
        """Return the custom field with this key; it has to be declared searchable."""
        return FieldRef(f"info.{key}")

    def text(self, words: str) -> Criteria:
        """Match records of which each of these words starts a word: in name, e-mail, code, phone or company.

        ``words`` are divided like the texts they are looked for in (``o'brien`` is two); an e-mail address, and
        digits behind a ``+``, are one each.
        """
        return HasText(words)

    @property
    def address(self) -> WhereAddress:
        """The addresses: see `WhereAddress`."""
        return WhereAddress()

    @property
    def type(self) -> CodeRef:
        """The type of customers: ``where.type("business")``, or ``where.type.is_in([…])``."""
        return CodeRef("customer_type")

    @property
    def shop(self) -> CodeRef:
        """The home shop of customers: ``where.shop("se")``, or ``where.shop.is_missing()``."""
        return CodeRef("shop")


where = Where()
"""``where.last_name == "Lovelace"``: see `FieldRef` for the comparisons, `Where` for flags, tags, types and shops."""
