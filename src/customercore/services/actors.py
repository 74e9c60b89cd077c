"""Whether somebody can be recorded as the one who acts, and words as the reason."""

from __future__ import annotations

from customercore.domain.actor import BusinessUser, CustomerActor, System
from customercore.domain.text import unstorable
from customercore.errors import InvalidValueError
from customercore.services.given_texts import given_text

__all__ = ["check_actor", "checked_reason"]

_LONGEST = 255
_ACTORS = (System, BusinessUser, CustomerActor)


def check_actor(actor: object) -> None:
    """Raise `InvalidValueError` unless it is an actor as stores give it back, with ids that can be stored.

    What a host's own class says beside would be lost, and what has a kind of its own could never be read again.
    """
    if type(actor) not in _ACTORS:
        raise InvalidValueError.of("actor", "wrong_type", "must be System, BusinessUser or CustomerActor")
    for name in ("id", "on_behalf_of"):
        id = getattr(actor, name)
        if id is not None and (not isinstance(id, str) or not 0 < len(id) <= _LONGEST or unstorable(id)):
            raise InvalidValueError.of(f"actor.{name}", "wrong_type", f"must be a text of 1 to {_LONGEST} characters")


def checked_reason(reason: str | None) -> str | None:
    """Return a reason trimmed, None for an empty one; raise `InvalidValueError` for what is none."""
    return given_text("reason", reason, 1_000, lines=True)
