"""What tells whom: events become messages, in the words that are nearest to the customer."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from customercore import Customer, CustomerCore, open_core
from customercore.domain.message import Message
from customercore.extension import Notifier, hookimpl
from customercore.services.notices import Notices
from customercore.testing.fakes import RecordingNotifier

Told = Callable[[Customer], list[Message]]


@pytest.fixture
def told(core: CustomerCore, tenant: str) -> Told:
    """Give what delivers all events of a customer, and returns the messages they made."""

    def deliver(customer: Customer) -> list[Message]:
        notifier = RecordingNotifier()
        notices = Notices("test", notifier, lambda _: core._context)  # noqa: SLF001  what wiring gives it
        assert notices.types is not None
        for event in core.events_of(customer):
            if event.type in notices.types:
                notices.deliver(event, tenant=tenant)
        return notifier.messages

    return deliver


def made(core: CustomerCore, **fields: Any) -> Customer:
    return core.customers.create(**{"email": "ada@example.com", "first_name": "Ada", "last_name": "Lovelace", **fields})


def test_nothing_is_sent_without_a_template(core: CustomerCore, told: Told) -> None:
    assert told(made(core)) == []


def test_a_template_without_texts_switches_the_plain_default_on(core: CustomerCore, told: Told) -> None:
    core.templates.set("customer.welcome")
    ada = made(core)
    (message,) = told(ada)
    assert (message.id, message.kind, message.recipient) == (
        core.events_of(ada)[0].id, "customer.welcome", "ada@example.com",
    )  # fmt: skip
    assert (message.subject, message.html) == ("Welcome", None)
    assert "Hello Ada Lovelace," in message.text
    assert message.headers == {"Auto-Submitted": "auto-generated"}


@pytest.mark.parametrize(
    ("shop", "language", "subject"),
    [
        ("b2b", "sv-SE", "b2b sv-SE"), ("b2b", "sv-FI", "b2b"), ("b2b", None, "b2b"), ("se", "sv-FI", "se sv"),
        ("se", "de", "se en"), ("se", None, "se en"), ("no", "sv-FI", "sv"), ("no", "de", "any"), (None, "fr", "any"),
        (None, "sv", "sv"),
    ],
)  # fmt: skip
def test_the_nearest_template_is_used(
    core: CustomerCore, told: Told, shop: str | None, language: str | None, subject: str
) -> None:
    core.shops.create("se", languages=["en"])
    core.shops.create("b2b", parent="se")
    core.shops.create("no")
    for of, tag, words in (
        ("b2b", "sv-SE", "b2b sv-SE"), ("b2b", None, "b2b"), ("se", "sv", "se sv"), ("se", "en", "se en"),
        (None, "sv", "sv"), (None, None, "any"),
    ):  # fmt: skip
        core.templates.set("customer.welcome", shop=of, language=tag, subject=words)
    assert [one.subject for one in told(made(core, shop=shop, language=language))] == [subject]


def test_a_template_of_a_parent_shop_serves_its_sub_shops(core: CustomerCore, told: Told) -> None:
    core.shops.create("se")
    core.shops.create("b2b", parent="se")
    core.templates.set("customer.welcome", shop="se", subject="of the parent")
    assert [one.subject for one in told(made(core, shop="b2b"))] == ["of the parent"]


def test_a_template_that_is_off_keeps_its_shop_from_sending(core: CustomerCore, told: Told) -> None:
    core.shops.create("b2b")
    core.templates.set("customer.welcome")
    core.templates.set("customer.welcome", shop="b2b", enabled=False)
    assert told(made(core, shop="b2b")) == []


def test_values_are_escaped_in_markup_and_cannot_be_places_or_lines_of_their_own(
    core: CustomerCore, told: Told
) -> None:
    core.templates.set(
        "customer.welcome", subject="Hi ${customer.first_name}", text="${customer.first_name}\nfor $$5",
        html="<b title='${customer.first_name}'>${customer.last_name}</b>",
    )  # fmt: skip
    (message,) = told(made(core, first_name="<i>'&\" ${customer.email}", last_name="<script>"))
    assert message.subject == "Hi <i>'&\" ${customer.email}"
    assert message.text == "<i>'&\" ${customer.email}\nfor $5"
    assert message.html == "<b title='&lt;i&gt;&#x27;&amp;&quot; ${customer.email}'>&lt;script&gt;</b>"


def test_mail_goes_to_the_address_that_is_stored_now(core: CustomerCore, told: Told) -> None:
    core.templates.set("customer.welcome")
    core.templates.set("customer.email_changed")
    ada = made(core)
    core.customers.update(ada, email="new@example.com")
    core.customers.update(ada, first_name="Augusta")
    assert [(one.kind, one.recipient) for one in told(ada)] == [
        ("customer.welcome", "new@example.com"), ("customer.email_changed", "new@example.com"),
    ]  # fmt: skip


def test_what_is_not_so_any_more_is_not_told(core: CustomerCore, told: Told) -> None:
    for name in core.templates.messages():
        core.templates.set(name)
    ada = made(core)
    core.customers.deactivate(ada)
    assert [one.kind for one in told(ada)] == ["customer.deactivated"]
    core.customers.reactivate(ada)
    assert [one.kind for one in told(ada)] == ["customer.welcome", "customer.reactivated"]
    guest = core.customers.create_guest(email="bo@example.com")
    assert told(guest) == []


def test_a_notifier_that_fails_is_the_dispatchers_to_repeat(core: CustomerCore, tenant: str) -> None:
    core.templates.set("customer.welcome")
    ada = made(core)
    notifier = RecordingNotifier()
    notices = Notices("test", notifier, lambda _: core._context)  # noqa: SLF001  what wiring gives it
    (event,) = core.events_of(ada)
    notifier.failure = OSError()
    with pytest.raises(OSError):  # noqa: PT011  the notifier's own
        notices.deliver(event, tenant=tenant)
    notifier.failure = None
    notices.deliver(event, tenant=tenant)
    notices.deliver(event, tenant=tenant)
    assert [one.id for one in notifier.messages] == [event.id, event.id]


class Sends:
    """A plug-in that brings a notifier."""

    def __init__(self, notifier: RecordingNotifier) -> None:
        self._notifier = notifier

    @hookimpl
    def customercore_register_notifiers(self) -> dict[str, Notifier]:
        """Return the notifier."""
        return {"post": self._notifier}


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_what_is_committed_is_told_by_whoever_dispatches(
    kind: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    notifier = RecordingNotifier()
    url = "memory://" if kind == "memory" else f"sqlite:///{tmp_path / 'shop.db'}"
    with open_core(url, plugins=[Sends(notifier)]) as core:
        core.templates.set("customer.welcome")
        made(core)
        with core.transaction() as tx:
            made(tx, email="bo@example.com")
        with suppress(ZeroDivisionError), core.transaction() as tx:
            made(tx, email="nobody@example.com")
            raise ZeroDivisionError
        assert notifier.messages == [], "nothing is sent while a transaction is open, or by whoever changes something"
        core.events.dispatch(limit=100)
        assert sorted(one.recipient for one in notifier.messages) == ["ada@example.com", "bo@example.com"]
        core.events.dispatch(limit=100)
        assert len(notifier.messages) == 2
        notifier.failure = RuntimeError("CANARY cy@example.com")
        made(core, email="cy@example.com")
        assert core.events.dispatch(limit=100).failed == 1
        assert "CANARY" not in caplog.text + repr(core.events.dead_letters())
