from __future__ import annotations

import copy
import decimal
import itertools
import operator
import pickle
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customercore.domain.money import CURRENCIES, Money
from customercore.errors import InvalidValueError

INT64 = st.integers(-(2**63), 2**63 - 1)


def refusal(amount: object, currency: object = "SEK") -> tuple[str, str]:
    with pytest.raises(InvalidValueError) as caught:
        Money(amount, currency)  # type: ignore[arg-type]
    return caught.value.field, caught.value.code


def test_a_string_a_decimal_and_an_int_make_the_same_money() -> None:
    assert Money("50.00", "SEK") == Money(Decimal(50), "SEK") == Money(50, "SEK")
    assert len({Money("50.00", "SEK"), Money("50", "SEK"), Money.of_minor(5000, "SEK")}) == 1


def test_the_amount_has_the_decimals_of_its_currency() -> None:
    assert str(Money(50, "SEK").amount) == "50.00"
    assert str(Money(50, "JPY").amount) == "50"
    assert str(Money("0.5", "KWD").amount) == "0.500"
    assert Money("-1.5", "CLF").minor == -15000


def test_every_currency_has_at_most_four_decimals() -> None:
    assert set(CURRENCIES.values()) == {0, 2, 3, 4}
    assert all(len(code) == 3 and code.isupper() for code in CURRENCIES)
    assert {"XAU", "XTS", "XXX", "HRK", "DEM"}.isdisjoint(CURRENCIES)


@pytest.mark.parametrize("currency", ["", "sek", "SEKS", "ABC", "XXX", None, 752])
def test_an_unknown_currency_is_refused(currency: object) -> None:
    assert refusal("1.00", currency) == ("currency", "unknown_currency")


@pytest.mark.parametrize("amount", [1.0, 0.1, True, False, None, b"1", (0, (1,), 0)])
def test_a_float_a_bool_and_other_types_are_refused(amount: object) -> None:
    assert refusal(amount) == ("amount", "wrong_type")


@pytest.mark.parametrize("amount", ["", " ", "1,00", "1e3", "1_000", ".5", "5.", "1 000", "١", "1\n"])
def test_a_string_that_is_no_plain_decimal_number_is_refused(amount: str) -> None:
    assert refusal(amount) == ("amount", "not_a_number")


@pytest.mark.parametrize("amount", ["NaN", "-inf", "Infinity", Decimal("nan"), Decimal("sNaN"), Decimal("-Infinity")])
def test_a_non_finite_amount_is_refused(amount: str | Decimal) -> None:
    assert refusal(amount) == ("amount", "not_finite")


@pytest.mark.parametrize("amount", ["1.001", "10.000", Decimal("0.001"), Decimal("1E-999999"), Decimal("1.0000001")])
def test_more_decimals_than_the_currency_has_are_refused(amount: str | Decimal) -> None:
    assert refusal(amount) == ("amount", "too_many_decimals")


def test_a_decimal_may_have_further_zeros() -> None:
    assert Money(Decimal("0E-300000000"), "SEK") == Money(Decimal("-0E+300000000"), "SEK") == Money(0, "SEK")
    assert Money(Decimal("50.0000"), "SEK") == Money(50, "SEK")
    assert Money(Decimal("5E+1"), "JPY") == Money(50, "JPY")


@pytest.mark.parametrize(
    "amount",
    [
        "92233720368547758.08", "-92233720368547758.09", 10**30, Decimal("1E+999999"), "9" * 5000,
        10**5000, -(10**5000), Decimal("1E+300000000"), Decimal("-1E+999999999999999999"),
    ],
    ids=itertools.count(),
)  # fmt: skip
def test_an_amount_beyond_64_bits_of_minor_units_is_refused(amount: str | Decimal | int) -> None:
    assert refusal(amount) == ("amount", "out_of_range")


def test_the_largest_amounts_are_exact() -> None:
    assert Money("92233720368547758.07", "SEK").minor == 2**63 - 1
    assert Money("-92233720368547758.08", "SEK").minor == -(2**63)
    assert str(Money.of_minor(-(2**63), "SEK")) == "-92233720368547758.08 SEK"


def test_minor_units_are_an_int_within_64_bits() -> None:
    for minor, code in ((True, "wrong_type"), (1.0, "wrong_type"), (2**63, "out_of_range")):
        with pytest.raises(InvalidValueError) as caught:
            Money.of_minor(minor, "SEK")  # type: ignore[arg-type]
        assert caught.value.code == code
    with pytest.raises(InvalidValueError) as caught:
        Money.of_minor(1, "ABC")
    assert caught.value.code == "unknown_currency"


def test_amounts_of_one_currency_add_subtract_negate_and_compare() -> None:
    one, two = Money(1, "SEK"), Money(2, "SEK")
    assert one + one == two
    assert one - two == -one
    assert sum([one, two], Money(0, "SEK")) == Money(3, "SEK")
    assert one < two
    assert one <= Money(1, "SEK")
    assert two > one
    assert two >= Money(2, "SEK")
    assert max(one, two) is two


def test_a_sum_beyond_64_bits_is_refused() -> None:
    most, least = Money.of_minor(2**63 - 1, "SEK"), Money.of_minor(-(2**63), "SEK")
    actions: tuple[Callable[[], Money], ...] = (
        lambda: most + most,
        lambda: least - most,
        lambda: -least,
    )
    for action in actions:
        with pytest.raises(InvalidValueError) as caught:
            action()
        assert caught.value.code == "out_of_range"


def test_amounts_of_two_currencies_do_not_mix() -> None:
    krona, euro = Money(1, "SEK"), Money(1, "EUR")
    for act in (operator.add, operator.sub, operator.lt, operator.le, operator.gt, operator.ge):
        with pytest.raises(InvalidValueError) as caught:
            act(krona, euro)
        assert (caught.value.field, caught.value.code) == ("currency", "currency_mismatch")
    assert krona != euro


def test_money_and_a_number_do_not_mix() -> None:
    one: Any = Money(1, "SEK")
    for act in (operator.add, operator.sub, operator.lt, operator.le, operator.gt, operator.ge):
        with pytest.raises(TypeError):
            act(one, 1)
    assert one != 1


def test_no_money_is_false() -> None:
    assert not Money("-0.00", "SEK")
    assert Money("0.01", "SEK")
    assert Money("-0.01", "SEK")


def test_money_is_written_with_its_currency() -> None:
    assert str(Money(50, "SEK")) == "50.00 SEK"
    assert repr(Money(50, "SEK")) == "Money('50.00', 'SEK')"
    assert str(Money(0, "CLF")) == "0.0000 CLF"


def test_money_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Money(1, "SEK").minor = 2  # type: ignore[misc]


@given(INT64, st.sampled_from(sorted(CURRENCIES)))
def test_money_survives_its_own_amount_text_pickle_and_copy(minor: int, currency: str) -> None:
    money = Money.of_minor(minor, currency)
    assert Money(money.amount, currency) == money
    assert Money(str(money.amount), currency) == money
    assert pickle.loads(pickle.dumps(money)) == money  # noqa: S301 - it was made one line above
    assert copy.deepcopy(money) == money


def test_the_callers_decimal_context_changes_nothing() -> None:
    with decimal.localcontext(decimal.Context(prec=3)):
        assert str(Money("123456.78", "SEK").amount) == "123456.78"
        assert Money(Decimal("123456.78"), "SEK").minor == 12345678
