"""What every use case is given: the catalogue, the ports, who acts, and the units to run in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, TypeVar

import attrs

from customercore.catalogue.aggregate import Aggregate
from customercore.catalogue.catalogue import Catalogue
from customercore.catalogue.changes import changes_between
from customercore.domain.actor import Actor
from customercore.domain.event import EVENT_TYPES, Event
from customercore.errors import NotFoundError
from customercore.ports.address_rules import AddressRules
from customercore.ports.backoff import Backoff
from customercore.ports.clock import Clock
from customercore.ports.formats import Formats
from customercore.ports.identifiers import Identifiers
from customercore.ports.store import Finding
from customercore.ports.subscriber import Subscriber
from customercore.services.actors import checked_reason
from customercore.services.codes import Codes
from customercore.services.idempotency import Call, Run, once
from customercore.services.units import Units, Work

__all__ = ["Context", "Stamp", "code_of", "id_of", "possible_id", "settled"]

T = TypeVar("T")


@attrs.frozen
class Stamp:
    """What is fixed before the first try of a unit, so that a repeated one does the same: ids, time, and why."""

    id: str
    event_id: str
    at: dt.datetime
    reason: str | None = attrs.field(default=None, repr=False)
    """Why this call is made, where it says so."""


@attrs.frozen
class Context:
    """The surroundings of a use case."""

    tenant: str
    catalogue: Catalogue
    units: Units
    clock: Clock
    identifiers: Identifiers
    address_rules: AddressRules
    codes: Codes
    secret: Callable[[], bytes]
    formats: Formats
    actor: Actor
    backoff: Backoff
    due_tenants: Callable[[Collection[str], dt.datetime], list[str]]
    due_wallets: Callable[[dt.datetime], list[str]]
    subscribers: tuple[Subscriber, ...] = ()
    """Who hears of events in this process."""
    reason: str | None = attrs.field(default=None, repr=False)
    """Why the actor does what it does, where a call does not say so itself."""
    plugin_findings: Callable[[], tuple[Finding, ...]] = tuple
    """What there is to say about each plug-in."""

    def acting_as(self, actor: Actor, reason: str | None = None) -> Context:
        """Return the same surroundings for another actor, who may have a reason."""
        return attrs.evolve(self, actor=actor, reason=reason)

    def stamp(self, reason: str | None = None) -> Stamp:
        """Return new ids, the present time and the call's own reason; raise `InvalidValueError` for what is none."""
        return Stamp(self.identifiers.new(), self.identifiers.new(), self.clock.now(), checked_reason(reason))

    def write(self, call: Call[T], use_case: Callable[[Work], T]) -> T:
        """Run a use case that changes something; a call with a key takes effect at most once (ruling 19)."""
        return self._run(self.units.write, call, use_case)

    def redefine(self, call: Call[T], use_case: Callable[[Work], T]) -> T:
        """Do the same, alone with the tenant's definitions, which the use case changes."""
        return self._run(self.units.redefine, call, use_case)

    def _run(self, run: Run[T], call: Call[T], use_case: Callable[[Work], T]) -> T:
        if call.key is None:
            return run(use_case)
        return once(run, call, use_case, self.units, now=self.clock.now(), secret=self.secret())

    def event(
        self,
        aggregate: Aggregate[T],
        now: T,
        stamp: Stamp,
        *,
        type: str,
        was: T | None = None,
        catalogue: Catalogue | None = None,
    ) -> Event:
        """Return the event that tells what changed from ``was`` (None: it is new) to ``now``.

        ``catalogue`` is the tenant's, where the record may have custom fields.
        """
        plain, personal = changes_between(aggregate, (catalogue or self.catalogue).addresses, was, now)
        one: Any = now
        return Event(
            id=stamp.event_id,
            type=type,
            schema=EVENT_TYPES[type],
            aggregate=aggregate.name,
            aggregate_id=one.id,
            customer_id=one.id if aggregate.name == "customer" else None,
            version=one.version,
            at=stamp.at,
            actor=self.actor,
            reason=stamp.reason or self.reason,
            changes=plain,
            personal=personal,
        )


def code_of(value: object) -> str:
    """Return the code of a definition as it is looked up: trimmed, lower case; an empty text for what is no code."""
    return value.strip().lower() if isinstance(value, str) else ""


def settled(given: Mapping[str, object]) -> dict[str, object]:
    """Return what was given with iterators read out, so that a unit can be run again."""
    return {name: [*value] if isinstance(value, Iterator) else value for name, value in given.items()}


_LONGER = 64
"""More than any id has; nor does one hold a NUL, which not every database can be asked for."""


def id_of(one: object, kind: str) -> str:
    """Return the id of an aggregate given as itself or by its id; anything else is not found."""
    id = possible_id(one)
    if id is None:
        raise NotFoundError(f"{kind}_not_found", f"there is no such {kind}")
    return id


def possible_id(one: object) -> str | None:
    """Return the id of something given as itself or by its id; None for what can be no id."""
    id = one if isinstance(one, str) else getattr(one, "id", None)
    if isinstance(id, str) and 0 < len(id) <= _LONGER and id.isascii() and id.isprintable():
        return id
    return None
