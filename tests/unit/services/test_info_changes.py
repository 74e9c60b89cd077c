"""Changes of info types tell which stored values would break, and refuse to break them silently."""

from __future__ import annotations

from typing import Any

import pytest

from customercore import CustomerCore, Money, where
from customercore.errors import ConflictError, CustomerCoreError, DuplicateError, InvalidValueError


def people(core: CustomerCore, key: str, *values: Any, **fields: Any) -> list[str]:
    """Create a customer for each value; None has none."""
    return [
        core.customers.create(
            email=f"{key}{number}@example.com", first_name="N", last_name=str(number), info={key: value}, **fields
        ).id
        for number, value in enumerate(values)
    ]


@pytest.mark.parametrize("breaking", [False, True])
@pytest.mark.parametrize(
    ("kind", "values", "shared"),
    [
        ("text", ["A", "b", "a ", "B", None, "c"], [0, 2, 1, 3]),
        ("text", ["x" * 300, "X" * 300, "x" * 299], [0, 1]),
        ("integer", [1, 2, 1, 1], [0, 2, 3]),
        ("money", [Money("1.00", "SEK"), Money(1, "EUR"), Money(1, "SEK")], [0, 2]),
        ("email", ["a@example.com", "A@EXAMPLE.com"], [0, 1]),
    ],
)
def test_a_field_with_shared_values_cannot_become_unique_and_tells_whose_they_are(
    core: CustomerCore, kind: str, values: list[Any], shared: list[int], breaking: bool
) -> None:
    core.info_types.define("card", kind)
    ids = people(core, "card", *values)
    count = {"text": 2 if len(values) > 3 else 1, "integer": 2}.get(kind, 1)
    impact = core.info_types.impact("card", unique=True)
    assert (impact.broken, impact.codes) == (count, {"duplicate_value": count})
    assert set(impact.ids) == {ids[number] for number in shared}
    with pytest.raises(ConflictError) as caught:
        core.info_types.update("card", unique=True, break_values=breaking)
    error = caught.value
    assert (error.code, error.retryable, type(error)) == ("values_would_break", False, ConflictError)
    assert error.details == {"count": count, "codes": {"duplicate_value": count}, "ids": impact.ids}
    assert "break_values" in error.message or "unique" in error.message
    assert not core.info_types.get("card").unique
    assert core.info_types.get("card").version == 1


def test_values_that_were_mended_let_a_field_become_unique(core: CustomerCore) -> None:
    core.info_types.define("card", "text")
    first, second = people(core, "card", "a", "A")
    core.customers.update(second, info={"card": "b"})
    assert core.info_types.update("card", unique=True).unique
    with pytest.raises(DuplicateError):
        core.customers.update(second, info={"card": "a"})
    core.customers.update(first, info={"card": None})
    assert core.customers.update(second, info={"card": "a"}).info == {"card": "a"}


def test_shared_values_are_told_beside_others_and_never_broken(core: CustomerCore) -> None:
    core.info_types.define("card", "text", searchable=True)
    people(core, "card", "long", "long", "x")
    changes: dict[str, Any] = {"unique": True, "maximum": 2}
    assert core.info_types.impact("card", **changes).codes == {"too_long": 1, "duplicate_value": 1}
    with pytest.raises(ConflictError) as caught:
        core.info_types.update("card", **changes, break_values=True)
    assert caught.value.details["codes"] == {"too_long": 1, "duplicate_value": 1}
    assert core.customers.count(where.info("card") == "LONG") == 2
    assert core.info_types.update("card", maximum=2, break_values=True).maximum == 2


def test_the_values_of_guests_and_of_the_bin_are_shared_too(core: CustomerCore) -> None:
    core.info_types.define("card", "text")
    (ada,) = people(core, "card", "a")
    guest = core.customers.create_guest(email="g@example.com", info={"card": "A"})
    core.customers.deactivate(ada)
    with pytest.raises(ConflictError) as caught:
        core.info_types.update("card", unique=True, break_values=True)
    assert caught.value.details["ids"] == (ada, guest.id)


def test_the_customers_that_are_told_are_at_most_twenty(core: CustomerCore) -> None:
    core.info_types.define("card", "text")
    people(core, "card", *["same"] * 25)
    impact = core.info_types.impact("card", unique=True)
    assert (impact.broken, len(impact.ids), len(set(impact.ids))) == (24, 20, 20)


@pytest.mark.parametrize(
    ("kind", "options", "changes", "codes"),
    [
        ("text", {}, {"maximum": 3}, {"too_long": 1}),
        ("text", {}, {"minimum": 3}, {"too_short": 1}),
        ("text", {}, {"pattern": "[a-z]{1,3}"}, {"pattern_mismatch": 1}),
        ("choice", {"choices": ["a", "lower"]}, {"choices": ["a"]}, {"unknown_choice": 1}),
    ],
)
def test_each_narrower_option_counts_what_it_would_break(
    core: CustomerCore, kind: str, options: dict[str, Any], changes: dict[str, Any], codes: dict[str, int]
) -> None:
    core.info_types.define("x", kind, **options)
    ids = people(core, "x", "a", "lower")
    assert core.info_types.impact("x", **changes).codes == codes
    with pytest.raises(ConflictError) as caught:
        core.info_types.update("x", **changes)
    assert caught.value.code == "values_would_break"
    assert set(caught.value.details["ids"]) < set(ids)  # type: ignore[call-overload]  # it is a tuple
    core.info_types.update("x", **changes, break_values=True)
    assert core.customers.get(ids[1]).info == {"x": "lower"}


def test_shops_of_a_field_must_exist(core: CustomerCore) -> None:
    core.shops.create("se")
    for shops, code in (
        (["se", "nowhere"], "unknown_shop"),
        (["?"], "invalid_code"),
        ("se", "wrong_type"),
        ([5], "wrong_type"),
    ):
        with pytest.raises(InvalidValueError) as caught:
            core.info_types.define("x", "text", shops=shops)
        assert (caught.value.field.partition("[")[0], caught.value.code) == ("shops", code)
    defined = core.info_types.define("x", "text", shops=["SE"])
    assert defined.shops == ("se",)
    with pytest.raises(InvalidValueError):
        core.info_types.update("x", shops=["no"])
    assert core.info_types.update("x", shops=None).shops == ()


def test_fewer_shops_tell_whose_values_would_be_in_another_one(core: CustomerCore) -> None:
    core.shops.create("se")
    core.shops.create("no")
    core.info_types.define("x", "text")
    people(core, "x", "a", shop="se")
    norse = core.customers.create(email="n@example.com", first_name="N", last_name="N", shop="no", info={"x": "b"}).id
    impact = core.info_types.impact("x", shops=["se"])
    assert (impact.codes, impact.ids) == ({"other_shop": 1}, (norse,))
    with pytest.raises(CustomerCoreError) as caught:
        core.info_types.update("x", shops=["se"])
    assert caught.value.code == "values_would_break"
    core.info_types.update("x", shops=["se"], break_values=True)
    assert core.customers.get(norse).info == {"x": "b"}
    # What was broken knowingly does not stand in the way of the next change.
    assert core.info_types.update("x", maximum=5).maximum == 5
    assert core.info_types.update("x", shops=["se", "no"]).shops == ("se", "no")
