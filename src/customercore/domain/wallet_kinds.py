"""The kinds of what a wallet is made of: only the core writes them, and nothing is searched by them."""

from __future__ import annotations

from typing import Any

import attrs

from customercore.domain.field import Field
from customercore.domain.kinds import Kind, RefusedError
from customercore.domain.tenant import Definitions
from customercore.domain.wallet import Hold, Lot

__all__ = ["HoldsKind", "LotsKind"]


class _PartsKind(Kind):
    """Parts of a wallet, in the order in which the ledger keeps them."""

    column = "none"
    part: type[Any]

    def parse(self, value: object, field: Field, definitions: Definitions) -> Any:
        if not isinstance(value, tuple) or not all(isinstance(one, self.part) for one in value):
            raise RefusedError("wrong_type", f"must be a tuple of {self.part.__name__}")
        return value

    def to_document(self, value: Any) -> Any:
        return [attrs.asdict(one, value_serializer=_plain) for one in value]


class LotsKind(_PartsKind):
    """The lots of a wallet."""

    part = Lot


class HoldsKind(_PartsKind):
    """The open holds of a wallet."""

    part = Hold


def _plain(_: object, __: object, value: Any) -> Any:
    return value.isoformat(timespec="milliseconds") if hasattr(value, "isoformat") else value
