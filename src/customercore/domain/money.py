"""Amounts of money: exact, in one currency, counted in its minor units. Floats are refused."""

from __future__ import annotations

import decimal
import re
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

import attrs

from customercore.errors import InvalidValueError

__all__ = ["CURRENCIES", "Money", "scaled"]

_TWO_DIGITS = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD
CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP
GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK
LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO
NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS
SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST
XAD XCD XCG YER ZAR ZMW ZWG
"""
_BY_DIGITS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: _TWO_DIGITS,
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}

CURRENCIES: Mapping[str, int] = MappingProxyType(
    {code: digits for digits, codes in _BY_DIGITS.items() for code in codes.split()}
)
"""How many decimals each active currency of ISO 4217 (list one, 2026-01-01) has.

Metals, test codes and units of account are left out: ISO gives them no minor unit. A code that ISO
withdraws later stays here, because amounts in it are stored.
"""

_CODES = frozenset(CURRENCIES)
_set = object.__setattr__
_LOWEST = -(2**63)
_HIGHEST = 2**63 - 1
_MOST_DIGITS = 20
_MOST_BITS = 64
_MOST_DECIMALS = max(CURRENCIES.values())
_DECIMAL = re.compile(r"[+-]?[0-9]+(?:\.([0-9]+))?")
_NOT_FINITE = re.compile(r"[+-]?(?:inf|infinity|s?nan[0-9]*)", re.IGNORECASE)
_EXACT = decimal.Context(prec=64, traps=[decimal.Inexact, decimal.InvalidOperation])


@attrs.frozen(init=False, repr=False, order=False)
class Money:
    """An amount in one currency, between -2**63 and 2**63 - 1 of its minor units.

    ``Money("50.00", "SEK")`` and ``Money(50, "SEK")`` are the same fifty kronor. A string is read
    literally, in plain notation and with no more decimals than the currency has (``10.000`` might
    mean ten thousand); a Decimal may have more as long as they are zeros.

    Equal are equal amounts of one currency; adding, subtracting and ordering stay within one.

    Raises InvalidValueError, for ``amount``: ``wrong_type`` (a float, a bool, anything but str,
    Decimal and int), ``not_a_number``, ``not_finite``, ``too_many_decimals``, ``out_of_range``; for
    ``currency``: ``unknown_currency`` (not an upper-case code of `CURRENCIES`) and
    ``currency_mismatch``.
    """

    minor: int
    """The amount in minor units (öre, cents; whole yen)."""
    currency: str
    """The ISO 4217 code."""

    def __init__(self, amount: str | Decimal | int, currency: str) -> None:
        digits = _digits(currency)
        _fill(self, _minor(amount, digits), currency)

    @classmethod
    def of_minor(cls, minor: int, currency: str) -> Money:
        """Return ``minor`` minor units: ``Money.of_minor(5000, "SEK")`` is 50.00 SEK."""
        if type(minor) is not int or type(currency) is not str or currency not in _CODES:  # else it is the usual case
            _digits(currency)
            if isinstance(minor, bool) or not isinstance(minor, int):
                raise InvalidValueError.of("amount", "wrong_type", "minor units must be an int")
        return cls._made(minor, currency)

    @classmethod
    def _made(cls, minor: int, currency: str) -> Money:
        money = cls.__new__(cls)
        _fill(money, minor, currency)
        return money

    @property
    def amount(self) -> Decimal:
        """The amount as a Decimal with exactly the currency's number of decimals."""
        return _EXACT.scaleb(Decimal(self.minor), -CURRENCIES[self.currency])

    def __add__(self, other: object) -> Money:
        if not isinstance(other, Money):
            return NotImplemented
        return self._made(self.minor + self._same(other), self.currency)

    def __sub__(self, other: object) -> Money:
        if not isinstance(other, Money):
            return NotImplemented
        return self._made(self.minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return self._made(-self.minor, self.currency)

    def __lt__(self, other: object) -> bool:
        return self.minor < self._same(other) if isinstance(other, Money) else NotImplemented

    def __le__(self, other: object) -> bool:
        return self.minor <= self._same(other) if isinstance(other, Money) else NotImplemented

    def __gt__(self, other: object) -> bool:
        return self.minor > self._same(other) if isinstance(other, Money) else NotImplemented

    def __ge__(self, other: object) -> bool:
        return self.minor >= self._same(other) if isinstance(other, Money) else NotImplemented

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    def __repr__(self) -> str:
        return f"Money('{self.amount}', '{self.currency}')"

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise InvalidValueError.of("currency", "currency_mismatch", "the two amounts are in different currencies")
        return other.minor


def scaled(amount: object) -> int:
    """Return an amount of an unknown currency counted in ten-thousandths, which are whole in every currency.

    Raises what `Money` does; what it takes may still have too many decimals for a currency, or not fit into 64 bits.
    """
    return _minor(amount.amount if isinstance(amount, Money) else amount, _MOST_DECIMALS)


def _digits(currency: object) -> int:
    digits = CURRENCIES.get(currency) if isinstance(currency, str) else None
    if digits is None:
        raise InvalidValueError.of("currency", "unknown_currency", "must be the code of an active ISO 4217 currency")
    return digits


def _fill(money: Money, minor: int, currency: str) -> None:
    if not _LOWEST <= minor <= _HIGHEST:
        raise _out_of_range()
    _set(money, "minor", minor)
    _set(money, "currency", currency)


def _out_of_range() -> InvalidValueError:
    return InvalidValueError.of("amount", "out_of_range", "must fit into 64 bits, counted in minor units")


def _too_many_decimals(digits: int) -> InvalidValueError:
    return InvalidValueError.of("amount", "too_many_decimals", f"this currency has {digits} decimals at most")


def _minor(amount: object, digits: int) -> int:
    if isinstance(amount, str):
        return _of_decimal(_parsed(amount, digits), digits)
    if isinstance(amount, Decimal):
        return _of_decimal(amount, digits)
    if isinstance(amount, int) and not isinstance(amount, bool):
        if amount.bit_length() > _MOST_BITS:
            raise _out_of_range()
        return int(amount * 10**digits)
    raise InvalidValueError.of("amount", "wrong_type", "must be a decimal string, a Decimal or an int, never a float")


def _parsed(text: str, digits: int) -> Decimal:
    match = _DECIMAL.fullmatch(text)
    if match is None:
        if _NOT_FINITE.fullmatch(text):
            raise _not_finite()
        raise InvalidValueError.of("amount", "not_a_number", "must be a plain decimal number such as 50.00")
    if len(match[1] or "") > digits:
        raise _too_many_decimals(digits)
    return Decimal(text)


def _not_finite() -> InvalidValueError:
    return InvalidValueError.of("amount", "not_finite", "must be a finite number")


def _of_decimal(amount: Decimal, digits: int) -> int:
    if not amount.is_finite():
        raise _not_finite()
    if amount and amount.adjusted() > _MOST_DIGITS:
        raise _out_of_range()
    try:
        exact = amount.quantize(Decimal((0, (1,), -digits)), context=_EXACT)
    except decimal.Inexact:
        raise _too_many_decimals(digits) from None
    return int(exact.scaleb(digits, _EXACT))
