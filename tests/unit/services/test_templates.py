"""Templates: the texts of messages per shop and language, checked when they are set."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from customercore import CustomerCore
from customercore.errors import IdempotencyConflictError, InvalidValueError, NotFoundError, StaleVersionError

MakeCore = Callable[..., CustomerCore]
WELCOME = "customer.welcome"


def problems(call: Callable[[], object]) -> list[tuple[str, str]]:
    with pytest.raises(InvalidValueError) as caught:
        call()
    return [(one.field, one.code) for one in caught.value.problems]


def test_a_template_is_set_got_listed_and_removed(core: CustomerCore) -> None:
    core.shops.create("se")
    plain = core.templates.set(WELCOME)
    assert (plain.version, plain.subject, plain.text, plain.html, plain.enabled) == (1, None, None, None, True)
    swedish = core.templates.set(
        "Customer.Welcome", shop="SE", language="SV_se", subject="Hej ${customer.first_name}", text="Pris: $$5\nHej!",
        html="<p>${customer.full_name}, ${shop.name}</p>",
    )  # fmt: skip
    assert (swedish.message, swedish.shop, swedish.language) == (WELCOME, "se", "sv-SE")
    assert core.templates.get(WELCOME, shop="se", language="sv-se") == swedish
    assert core.templates.list() == (plain, swedish)
    core.templates.remove(WELCOME, shop="se", language="sv-SE")
    core.templates.remove(WELCOME, shop="se", language="sv-SE")
    assert core.templates.list() == (plain,)
    for shop, language in (("se", "sv-SE"), ("se", None), ("nowhere", None), (None, "no language")):
        with pytest.raises(NotFoundError):
            core.templates.get(WELCOME, shop=shop, language=language)


def test_setting_replaces_the_whole_template_and_nothing_is_written_without_a_change(core: CustomerCore) -> None:
    first = core.templates.set(WELCOME, subject="Hello", text="Text", html="<p>Text</p>")
    assert core.templates.set(WELCOME, subject="Hello", text="Text", html="<p>Text</p>") == first
    second = core.templates.set(WELCOME, subject="Hello", enabled=False, expected_version=1)
    assert (second.id, second.version, second.text, second.html, second.enabled) == (first.id, 2, None, None, False)
    with pytest.raises(StaleVersionError):
        core.templates.set(WELCOME, expected_version=1)
    with pytest.raises(StaleVersionError):
        core.templates.set("customer.deactivated", expected_version=1)
    core.templates.remove(WELCOME)
    third = core.templates.set(WELCOME)
    assert third.id != first.id
    assert [one.type for one in core.history(second).items] == [
        "template.removed", "template.updated", "template.created",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("${customer.password}", "unknown_variable"), ("$customer.information", "unknown_variable"),
        ("${customer.__class__}", "invalid_variable"), ("${}", "invalid_variable"), ("$", "invalid_variable"),
        ("costs 5$ or so", "invalid_variable"), ("${customer.first_name", "invalid_variable"),
        ("${shop}", "unknown_variable"), ("$$ $shop.nome", "unknown_variable"), ("a\x00b", "control_character"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("field", ["subject", "text", "html"])
def test_what_could_not_be_filled_in_is_refused_when_it_is_set(
    core: CustomerCore, field: str, text: str, code: str
) -> None:
    assert problems(lambda: core.templates.set(WELCOME, **{field: text})) == [(field, code)]  # type: ignore[arg-type]  # one of three texts
    assert core.templates.list() == ()


def test_every_problem_is_told_at_once(core: CustomerCore) -> None:
    given: dict[str, Any] = {"shop": "no", "language": "?", "subject": "two\nlines", "text": "$x", "enabled": "perhaps"}
    assert problems(lambda: core.templates.set("customer.unheard_of", **given)) == [
        ("shop", "unknown_shop"), ("language", "invalid_language"), ("enabled", "wrong_type"),
        ("subject", "control_character"), ("message", "unknown_message"), ("text", "unknown_variable"),
    ]  # fmt: skip


def test_templates_are_of_one_tenant(core: CustomerCore, make: MakeCore) -> None:
    core.templates.set(WELCOME)
    assert make("another").templates.list() == ()


def test_a_key_sets_a_template_once(core: CustomerCore) -> None:
    made = core.templates.set(WELCOME, subject="A", idempotency_key="k")
    core.templates.set(WELCOME, subject="B")
    assert core.templates.set(WELCOME, subject="A", idempotency_key="k").subject == "B"
    assert core.templates.get(WELCOME).version == made.version + 1
    with pytest.raises(IdempotencyConflictError):
        core.templates.set(WELCOME, subject="C", idempotency_key="k")


def test_every_message_has_a_default_that_can_be_filled_in(core: CustomerCore) -> None:
    for name, occasion in core.templates.messages().items():
        made = core.templates.set(name, subject=occasion.subject, text=occasion.text)
        assert made.text is not None
        assert made.text.strip() == occasion.text.strip()
