"""Criteria as JSON, for saved lists, the command line and other programs.

``{"field": "last_name", "op": "startswith", "value": "Lo"}``, ``{"has": "flags", "value": "vip"}``,
``{"text": "ada lo"}``, ``{"address": {"country": "SE", "city": "Oslo"}}``, ``{"all": […]}``,
``{"any": […]}``; a leaf with ``"not": true`` is negated. Dates and moments are ISO 8601 texts under
``{"date": …}`` and ``{"datetime": …}``, decimals texts under ``{"decimal": …}``, and money is
``{"money": ["50.00", "SEK"]}``.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from customercore.domain.criteria.tree import (
    OPERATORS,
    AllOf,
    AnyOf,
    Comparison,
    Criteria,
    HasAddress,
    HasTerm,
    HasText,
)
from customercore.domain.money import Money
from customercore.errors import InvalidValueError

__all__ = ["criteria_from_dict", "to_dict"]

_DEEPEST = 32


def to_dict(criteria: Criteria) -> dict[str, Any]:
    """Return the JSON form of the criteria."""
    if isinstance(criteria, AllOf):
        return {"all": [to_dict(part) for part in criteria.parts]}
    if isinstance(criteria, AnyOf):
        return {"any": [to_dict(part) for part in criteria.parts]}
    form: dict[str, Any]
    if isinstance(criteria, HasText):
        form = {"text": criteria.text}
    elif isinstance(criteria, HasAddress):
        form = {"address": {name: _plain(value) for name, value in criteria.pairs}}
    elif isinstance(criteria, HasTerm):
        form = {"has": criteria.field, "value": criteria.value}
    elif isinstance(criteria, Comparison):
        form = {"field": criteria.field, "op": criteria.op}
        if criteria.op != "missing":
            form["value"] = _plain(criteria.value)
    else:
        raise TypeError(f"not criteria: {type(criteria).__name__}")
    if criteria.negated:
        form["not"] = True
    return form


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, dt.datetime):
        return {"datetime": value.isoformat()}
    if isinstance(value, dt.date):
        return {"date": value.isoformat()}
    if isinstance(value, Decimal):
        return {"decimal": format(value, "f")}
    if isinstance(value, Money):
        return {"money": [format(value.amount, "f"), value.currency]}
    return value


def criteria_from_dict(form: object) -> Criteria:
    """Return the criteria of a JSON form; raise `InvalidValueError` (``invalid_criteria``) for anything else."""
    return _read(form, _DEEPEST)


def _read(form: object, depth: int) -> Criteria:
    if depth == 0:
        raise _invalid("criteria are nested too deeply")
    if not isinstance(form, dict):
        raise _invalid("criteria must be an object")
    keys = set(form)
    if len(keys) == 1 and keys <= {"all", "any"}:
        kind = AllOf if "all" in keys else AnyOf
        parts = form[keys.pop()]
        if not isinstance(parts, list):
            raise _invalid("'all' and 'any' take a list")
        return kind(tuple(_read(part, depth - 1) for part in parts))
    negated = form.get("not", False)
    if not isinstance(negated, bool):
        raise _invalid("'not' takes true or false")
    keys.discard("not")
    if keys == {"text"}:
        return HasText(form["text"], negated=negated)
    if keys == {"address"} and isinstance(form["address"], dict):
        pairs = sorted((name, _value(value)) for name, value in form["address"].items() if isinstance(name, str))
        return HasAddress(tuple(pairs), negated=negated)
    if keys == {"has", "value"} and isinstance(form["has"], str):
        return HasTerm(form["has"], _value(form["value"]), negated=negated)
    if keys in ({"field", "op", "value"}, {"field", "op"}) and isinstance(form["field"], str):
        return _comparison(form, negated=negated)
    raise _invalid("a criterion has 'field', 'op' and 'value', or 'has' and 'value'")


def _comparison(form: dict[str, Any], *, negated: bool) -> Criteria:
    op = form["op"]
    if op not in OPERATORS:
        raise _invalid(f"'op' is one of {', '.join(OPERATORS)}")
    if (op == "missing") is ("value" in form):
        raise _invalid("every operator but 'missing' takes a value")
    value = _value(form.get("value"))
    if op in ("in", "between") and not isinstance(value, tuple):
        raise _invalid(f"'{op}' takes a list")
    return Comparison(form["field"], op, value, negated=negated)


def _value(value: object) -> Any:
    if isinstance(value, list):
        return tuple(_value(one) for one in value)
    if isinstance(value, dict):
        try:
            if set(value) == {"date"}:
                return dt.date.fromisoformat(value["date"])
            if set(value) == {"datetime"}:
                return dt.datetime.fromisoformat(value["datetime"])
            if set(value) == {"decimal"}:
                return Decimal(value["decimal"])
            if set(value) == {"money"}:
                amount, currency = value["money"]
                return Money(amount, currency)
        except (TypeError, ValueError, ArithmeticError):
            raise _invalid("a date or moment is an ISO 8601 text, an amount a decimal text") from None
    return value


def _invalid(message: str) -> InvalidValueError:
    return InvalidValueError.of("criteria", "invalid_criteria", message)
