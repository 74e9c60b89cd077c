"""Values of custom fields in documents: what JSON does not know says which kind wrote it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from customercore.domain.info_values import InfoValues
from customercore.domain.kinds import Kind

__all__ = ["Native", "UnknownValue", "ValueCodec"]

_PLAIN = frozenset({str, int, bool, type(None)})
Native = Mapping[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]]
"""How a store writes and reads the values of some kinds itself, by the name of the kind."""


@attrs.frozen
class UnknownValue:
    """A stored value whose kind is not registered here, as when its plug-in was taken away.

    It is kept as it is and written back unchanged, so that it is a value again once the plug-in is
    there. ``kind`` is the name of its kind, ``document`` the JSON text of its stored form.
    """

    kind: str
    document: str = attrs.field(repr=False)


class ValueCodec:
    """Writes values as JSON and reads them back, whatever has become of their definition.

    Texts, whole numbers and truths are written as they are; a value of another type is an object with
    one member, named by the kind that knows its type: ``{"date": "1815-12-10"}``.
    """

    def __init__(self, kinds: Mapping[str, Kind], native: Native | None = None) -> None:
        self._kinds = kinds
        self._native: Native = native or {}
        self._by_type: dict[type[Any], tuple[str, Kind]] = {}
        for name, kind in kinds.items():
            if kind.value_type is not None:
                self._by_type.setdefault(kind.value_type, (name, kind))

    def natively(self, native: Native) -> ValueCodec:
        """Return the codec of a store that knows values of some kinds itself."""
        return ValueCodec(self._kinds, native) if native else self

    def encode(self, value: Any) -> Any:
        """Return the JSON form of one value; raise `TypeError` for a type that no kind has."""
        if type(value) in _PLAIN:
            return value
        if type(value) is UnknownValue:
            return {value.kind: json.loads(value.document)}
        try:
            name, kind = self._by_type[type(value)]
        except KeyError:
            raise TypeError(f"no kind stores values of {type(value).__name__}") from None
        return {name: self._native[name][0](value) if name in self._native else kind.to_document(value)}

    def decode(self, document: Any) -> Any:
        """Return the value of a JSON form, an `UnknownValue` when its kind is not registered.

        Raises `ValueError` for what `encode` never gives.
        """
        if type(document) is not dict:
            return document
        ((name, form),) = document.items()
        kind = self._kinds.get(name)
        if kind is None:
            return UnknownValue(name, json.dumps(form, ensure_ascii=False))
        return self._native[name][1](form) if name in self._native else kind.from_document(form)

    def encode_all(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the JSON form of values by key."""
        return {key: self.encode(value) for key, value in values.items()}

    def decode_all(self, documents: Mapping[str, Any]) -> InfoValues:
        """Return the values of a JSON object, frozen."""
        return InfoValues({key: self.decode(document) for key, document in documents.items()})
