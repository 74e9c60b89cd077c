"""Who does something: the core's caller says so with ``core.acting_as(actor)``."""

from __future__ import annotations

from typing import ClassVar

import attrs

__all__ = ["Actor", "BusinessUser", "CustomerActor", "System", "actor_of"]


@attrs.frozen
class Actor:
    """Somebody who acts. ``id`` is the acting party's own id in the embedding platform, or None."""

    kind: ClassVar[str] = "system"
    strict: ClassVar[bool] = False
    """Whether values whose shape is doubtful are refused (customers) or stored with a warning (ruling 4)."""

    id: str | None = None
    on_behalf_of: str | None = None


@attrs.frozen
class System(Actor):
    """The platform itself: jobs, imports, anything without a person behind it. The default."""


@attrs.frozen
class BusinessUser(Actor):
    """A person of the merchant's."""

    kind: ClassVar[str] = "business_user"


@attrs.frozen
class CustomerActor(Actor):
    """A customer who acts for itself; ``id`` is the customer's id."""

    kind: ClassVar[str] = "customer"
    strict: ClassVar[bool] = True


_BY_KIND: dict[str, type[Actor]] = {one.kind: one for one in (System, BusinessUser, CustomerActor)}


def actor_of(actor_kind: str, id: str | None, on_behalf_of: str | None) -> Actor:
    """Return the actor of a stored event or note; raise `KeyError` for a kind that there is not."""
    return _BY_KIND[actor_kind](id=id, on_behalf_of=on_behalf_of)
