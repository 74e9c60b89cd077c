"""A plug-in's kind as the core calls it: with a time limit, checked, and answering for its plug-in by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from customercore.catalogue.info_fields import primitive_of
from customercore.catalogue.values import ValueCodec
from customercore.domain.field import Field
from customercore.domain.kinds import Kind, RefusedError
from customercore.domain.tenant import Definitions
from customercore.domain.text import SORT_LENGTH
from customercore.errors import Problem
from customercore.extension import checks
from customercore.extension.calls import Guard, UnsoundError

__all__ = ["HOOK", "GuardedKind"]

HOOK = "customercore_register_kinds"
"""The hook that kinds come through."""


class GuardedKind(Kind):
    """Keeps the promises of `Kind` for a plug-in's kind, or raises `ExtensionError`.

    ``codec`` knows all kinds as they were registered: it shows whether values can be stored and read back.
    """

    def __init__(self, name: str, kind: Kind, guard: Guard, declared: checks.Declaration, codec: ValueCodec) -> None:
        self._kind = kind
        self._name = name
        self._guard = guard
        self._codec = codec
        self._doubtful = declared.doubtful
        # What the kind declares about itself is declared by this object in its stead.
        for attribute in ("column", "keyed", "many", "value_type"):
            setattr(self, attribute, getattr(declared, attribute))
        self._primitive = primitive_of(self)

    def _call(self, method: str, work: Callable[[], Any]) -> Any:
        def refusing() -> Any:
            try:
                return work()
            except RefusedError as refused:
                raise checks.check_refusal(refused) from None

        return self._guard.call(f"{HOOK}: {self._name}.{method}", refusing, passing=(RefusedError,))

    def parse(self, value: object, field: Field, definitions: Definitions) -> Any:
        return self._call("parse", lambda: self._parsed(value, field, definitions))

    def _parsed(self, value: object, field: Field, definitions: Definitions) -> Any:
        parsed = self._kind.parse(value, field, definitions)
        if parsed is None:
            return None
        if self.value_type is None:
            checks.check_plain(parsed, self.column)
            if type(parsed) is str and len(parsed) > field.max_length:
                raise RefusedError("too_long", f"must have at most {field.max_length} characters")
            return parsed
        checks.check_type(parsed, self.value_type)
        if self.many and isinstance(value, list | tuple | set | frozenset) and len(parsed) > len(value):
            raise UnsoundError("gives more elements than it was given")
        return checks.check_round_trip(self._codec, parsed)

    def doubts(self, value: Any, country: str | None) -> tuple[Problem, ...]:
        if not self._doubtful:
            return ()
        found: tuple[Problem, ...] = self._call(
            "doubts", lambda: checks.check_problems(self._kind.doubts(value, country))
        )
        return found

    @property
    def doubtful(self) -> bool:
        return self._doubtful

    def equality(self, value: Any) -> Any:
        return self._call("equality", lambda: self._equality(value))

    def order(self, value: Any) -> Any:
        return self._call("order", lambda: self._order(value))

    def keys(self, value: Any) -> tuple[Any, Any]:
        # The plug-in's own `keys` is not asked: a kind that overrides one of the two only would then
        # store other keys than it is searched by.
        keys: tuple[Any, Any] = self._call("keys", lambda: (self._equality(value), self._order(value)))
        return keys

    def stands(self, value: Any) -> tuple[str, Any] | None:
        # A kind that has it from one of ours may mean more by `equality` than that one does: nothing would tell.
        return None

    def number(self, value: Any) -> int:
        number: int = self._call("number", lambda: self._number(value))
        return number

    def limit(self, value: Any, *, upper: bool) -> Any | None:
        return self._call("limit", lambda: self._limit(value, upper=upper))

    def to_document(self, value: Any) -> Any:
        return self._call("to_document", lambda: checks.check_document(self._kind.to_document(value)))

    def from_document(self, document: Any) -> Any:
        return self._call("from_document", lambda: self._sound(self._kind.from_document(document)))

    def from_text(self, text: str) -> object:
        return self._call("from_text", lambda: self._kind.from_text(text))

    def to_text(self, value: Any) -> str:
        text: str = self._call("to_text", lambda: checks.check_text(self._kind.to_text(value)))
        return text

    def _equality(self, value: Any) -> Any:
        if self._primitive == "int64":
            return self._number(value)
        key = self._kind.equality(value)
        return key if self._primitive == "none" else checks.check_key(key)

    def _order(self, value: Any) -> Any:
        if self._primitive == "int64":
            return self._number(value)
        key = self._kind.order(value)
        return checks.check_key(key)[:SORT_LENGTH] if self._primitive == "key" else key

    def _number(self, value: Any) -> int:
        return checks.check_number(self._kind.number(value))

    def _limit(self, value: Any, *, upper: bool) -> Any | None:
        limit = self._kind.limit(value, upper=upper)
        if limit is None:
            return None
        return checks.check_number(limit) if self._primitive == "int64" else checks.check_key(limit)

    def _sound(self, value: Any) -> Any:
        if self.value_type is None:
            return checks.check_plain(value, self.column)
        return checks.check_type(value, self.value_type)
