"""What tells whom: messages to customers, made of events by the templates of their shop and language."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from customercore.domain.customer import Customer
from customercore.domain.event import Event
from customercore.domain.message import OCCASIONS, Message, Occasion, values_for
from customercore.domain.shop import Shop
from customercore.domain.template import Template, rendered, template_key
from customercore.domain.tenant import Definitions
from customercore.ports.notifier import Notifier
from customercore.services.context import Context
from customercore.services.units import Work

__all__ = ["Notices", "notices_of"]

_AUTOMATIC = {"Auto-Submitted": "auto-generated"}
"""So that no mailbox answers (RFC 3834)."""
_LONGEST_SUBJECT = 250


class Notices:
    """Implements `ports.subscriber.Subscriber`: tells customers through one notifier, which is retried by itself.

    The customer is read when the message is made: it goes to the address that is stored now, in the words of
    the template that is there now, or nowhere when there is neither.
    """

    def __init__(self, name: str, notifier: Notifier, context: Callable[[str], Context]) -> None:
        self.name = f"notify.{name}"
        self.owner = f"the notifier {name}"
        """Whose this is, for those who would take the same name."""
        self.types: frozenset[str] | None = frozenset(one.event for one in OCCASIONS.values())
        self._notifier = notifier
        self._context = context

    def deliver(self, event: Event, *, tenant: str) -> None:
        """Send what the customer is to be told of the event; nothing when that is nothing."""
        message = self._context(tenant).units.read(lambda work: _message(work, event))
        if message is not None:
            self._notifier.send(message)


def notices_of(notifiers: Mapping[str, Notifier], context: Callable[[str], Context]) -> tuple[Notices, ...]:
    """Return one subscriber for each notifier, in the order of their names."""
    return tuple(Notices(name, notifiers[name], context) for name in sorted(notifiers))


def _message(work: Work, event: Event) -> Message | None:
    customer = None if event.customer_id is None else work.uow.customers.get(event.customer_id)
    if customer is None or not customer.email:
        return None
    for name, occasion in OCCASIONS.items():
        if occasion.event == event.type and occasion.applies(event, customer):
            template = _template(work, name, customer)
            return None if template is None else _filled(work.definitions, event, customer, occasion, template)
    return None


def _template(work: Work, message: str, customer: Customer) -> Template | None:
    """Return the template of a message that is nearest to a customer, None when it is not to be sent."""
    keys = [
        template_key(Template(message=message, shop=shop, language=language)) or ""
        for shop in _shops(work.definitions, customer.shop)
        for language in _languages(work.definitions, customer)
    ]
    found = work.uow.templates.by_keys("key", keys)
    nearest = next((found[key] for key in keys if key in found), None)
    return nearest if nearest is not None and nearest.enabled else None


def _shops(definitions: Definitions, code: str | None) -> Iterator[str | None]:
    """Yield a shop and those above it, and None for every shop."""
    shop = definitions.shops.get(code or "")
    while shop is not None:
        yield shop.code
        shop = definitions.shops.get(shop.parent or "")
    yield None


def _languages(definitions: Definitions, customer: Customer) -> list[str | None]:
    """Return the customer's language, those of its shop, each with its base, and None for every other one."""
    shop = definitions.shops.get(customer.shop or "")
    wanted = [*filter(None, (customer.language,)), *(() if shop is None else shop.languages)]
    return [*dict.fromkeys(one for tag in wanted for one in (tag, tag.partition("-")[0])), None]


def _filled(
    definitions: Definitions, event: Event, customer: Customer, occasion: Occasion, template: Template
) -> Message:
    shop: Shop | None = definitions.shops.get(customer.shop or "")
    values = values_for(customer, shop)
    subject = " ".join(rendered(template.subject or occasion.subject, values).split())
    return Message(
        id=event.id,
        kind=template.message,
        recipient=customer.email or "",
        subject=subject[:_LONGEST_SUBJECT] or occasion.subject,
        text=rendered(template.text or occasion.text, values),
        html=None if template.html is None else rendered(template.html, values, markup=True),
        headers=_AUTOMATIC,
    )
