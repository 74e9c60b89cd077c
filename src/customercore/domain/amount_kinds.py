"""The kinds of exact amounts: decimal numbers and money."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from customercore.domain.field import Field
from customercore.domain.kinds import Kind, RefusedError, text_of
from customercore.domain.money import Money
from customercore.domain.tenant import Definitions
from customercore.errors import InvalidValueError

__all__ = ["DecimalKind", "MoneyKind"]

_INT64 = 1 << 63
SCALE = 4
"""How many digits a decimal has after its point, in every store."""


class DecimalKind(Kind):
    """An exact number with up to four digits after the point, kept as a scaled 64-bit integer. No floats."""

    column = "integer"
    value_type = Decimal

    def parse(self, value: object, field: Field, definitions: Definitions) -> Any:
        if isinstance(value, bool | float) or not isinstance(value, Decimal | int | str):
            raise RefusedError("wrong_type", "must be a Decimal, a whole number or a decimal text")
        try:
            number = Decimal(text_of(value, 40) or "" if isinstance(value, str) else value)
        except InvalidOperation:
            raise RefusedError("wrong_type", "must be a decimal number") from None
        if not number.is_finite():
            raise RefusedError("not_finite", "must be a finite number")
        scaled = number.scaleb(SCALE)
        if scaled != scaled.to_integral_value():
            raise RefusedError("too_many_decimals", f"must have at most {SCALE} digits after the point")
        if not -_INT64 <= scaled < _INT64:
            raise RefusedError("out_of_range", "must fit in 64 bits with four digits after the point")
        return self.of_number(int(scaled))

    def of_number(self, number: int) -> Decimal:
        """Return the decimal of a `number`."""
        return Decimal(number).scaleb(-SCALE).normalize() + 0

    def number(self, value: Any) -> int:
        amount: Decimal = value
        return int(amount.scaleb(SCALE))

    def to_document(self, value: Any) -> Any:
        return format(value, "f")

    def from_document(self, document: Any) -> Any:
        return Decimal(document)

    def to_text(self, value: Any) -> str:
        return format(value, "f")


class MoneyKind(Kind):
    """An amount of money. Amounts compare within their currency and sort by currency, then amount."""

    value_type = Money

    def parse(self, value: object, field: Field, definitions: Definitions) -> Any:
        if not isinstance(value, Money):
            raise RefusedError("wrong_type", "must be Money")
        return value

    def equality(self, value: Any) -> Any:
        return self.order(value)

    def order(self, value: Any) -> Any:
        amount: Money = value
        return f"{amount.currency}:{amount.minor + _INT64:020d}"

    def limit(self, value: Any, *, upper: bool) -> Any | None:
        amount: Money = value
        return f"{amount.currency}:{'~' if upper else ''}"

    def to_document(self, value: Any) -> Any:
        amount: Money = value
        return [amount.minor, amount.currency]

    def from_document(self, document: Any) -> Any:
        minor, currency = document
        return Money.of_minor(minor, currency)

    def from_text(self, text: str) -> object:
        match = re.fullmatch(r"(\S+) ([A-Za-z]{3})", text)
        if match is None:
            raise RefusedError("wrong_type", "must be an amount and a currency, such as 50.00 SEK")
        try:
            return Money(match[1], match[2].upper())
        except InvalidValueError as error:
            raise RefusedError.of(error.problems) from None
