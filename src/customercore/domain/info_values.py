"""The values of custom fields on one record: a mapping that cannot be changed."""

from __future__ import annotations

from typing import Any, NoReturn

__all__ = ["NO_INFO", "InfoValues"]


class InfoValues(dict[str, Any]):
    """The values of info types by key: read like a dict, equal to a dict, and frozen."""

    __slots__ = ()

    def __hash__(self) -> int:  # type: ignore[override]  # it is frozen, so unlike a dict it may be hashed
        return hash(frozenset(self.items()))

    def _frozen(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("info values cannot be changed: use core.customers.update(…, info={…})")

    __setitem__ = __delitem__ = __ior__ = _frozen
    update = setdefault = pop = popitem = clear = _frozen

    def __reduce__(self) -> tuple[Any, ...]:
        return InfoValues, (dict(self),)

    def changed(self, given: dict[str, Any]) -> InfoValues:
        """Return the values with those given in place of the old ones; None takes a value away."""
        return InfoValues({key: value for key, value in {**self, **given}.items() if value is not None})


NO_INFO = InfoValues()
"""No values at all."""
