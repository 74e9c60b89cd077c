"""Whether somebody can be recorded as the one who acts, and words as the reason."""

from __future__ import annotations

import attrs

from customercore.domain.actor import Actor
from customercore.domain.kinds import RefusedError, text_of
from customercore.domain.text import unstorable
from customercore.errors import InvalidValueError

__all__ = ["check_actor", "checked_reason"]

_LONGEST = 255


def check_actor(actor: object) -> None:
    """Raise `InvalidValueError` unless it is an `Actor` whose ids can be stored."""
    if not isinstance(actor, Actor):
        raise InvalidValueError.of("actor", "wrong_type", "must be System, BusinessUser or CustomerActor")
    for name, id in (("actor.id", actor.id), ("actor.on_behalf_of", actor.on_behalf_of)):
        if id is not None and (not isinstance(id, str) or not 0 < len(id) <= _LONGEST or unstorable(id)):
            raise InvalidValueError.of(name, "wrong_type", f"must be a text of 1 to {_LONGEST} characters")


def checked_reason(reason: str | None) -> str | None:
    """Return a reason trimmed, None for an empty one; raise `InvalidValueError` for what is none."""
    if reason is None:
        return None
    try:
        return text_of(reason, 1_000, lines=True)
    except RefusedError as refused:
        raise InvalidValueError(attrs.evolve(one, field="reason") for one in refused.problems) from None
