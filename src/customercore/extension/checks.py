"""What a plug-in's kind must answer: the promises of `Kind`, checked. Values are never named, only their types."""

from __future__ import annotations

import json
import re
from typing import Any, get_args

import attrs

from customercore.catalogue.values import ValueCodec
from customercore.domain.kinds import Column, Kind, RefusedError
from customercore.domain.text import unstorable
from customercore.errors import Problem
from customercore.extension.calls import UnsoundError

__all__ = [
    "Declaration",
    "check_document",
    "check_key",
    "check_number",
    "check_plain",
    "check_problems",
    "check_refusal",
    "check_round_trip",
    "check_text",
    "check_type",
    "declaration_of",
]

_INT64 = 1 << 63
_CODE = re.compile(r"[a-z][a-z0-9_]*")
_PLAIN: dict[str, tuple[type[Any], ...]] = {"integer": (int,), "boolean": (bool,), "none": (str, int, bool)}
_NEED_A_TYPE = ("date", "datetime")
_JSON_HAS = (str, int, bool, float, type(None))


@attrs.frozen
class Declaration:
    """What a kind says about itself."""

    column: Column
    keyed: bool
    many: bool
    value_type: type[Any] | None
    doubtful: bool


def declaration_of(kind: Kind) -> Declaration:
    """Return what a kind declares; raise `UnsoundError` when it does not fit together."""
    found = Declaration(kind.column, bool(kind.keyed), bool(kind.many), kind.value_type, bool(kind.doubtful))
    if found.column not in get_args(Column):
        raise UnsoundError(f"declares a column that is none of {', '.join(get_args(Column))}")
    if found.keyed and found.column != "text":
        raise UnsoundError("declares keys, which only kinds with the column text have")
    if found.value_type is not None and (not isinstance(found.value_type, type) or found.value_type in _JSON_HAS):
        raise UnsoundError("declares a value_type that is not a class of its own")
    if found.many and found.value_type not in (tuple, frozenset):
        raise UnsoundError("declares many values, whose value_type must be tuple or frozenset")
    if found.column in _NEED_A_TYPE and found.value_type is None:
        raise UnsoundError(f"declares the column {found.column} without a value_type")
    return found


def check_plain(value: Any, column: Column) -> Any:
    """Return a value of a kind without a value type: a text, a whole number or a truth, as its column says."""
    allowed = _PLAIN.get(column, (str,))
    if type(value) not in allowed:
        raise UnsoundError(f"gives a value of the type {_name(value)}, which its kind does not declare")
    if type(value) is str:
        return check_text(value)
    return check_number(value) if type(value) is int else value


def check_type(value: Any, wanted: type[Any]) -> Any:
    """Return a value that has exactly the type its kind declares."""
    if type(value) is not wanted:
        raise UnsoundError(f"gives a value of the type {_name(value)} and not {wanted.__name__}")
    return value


def check_text(text: Any) -> str:
    """Return a text that every store can keep."""
    if type(text) is not str:
        raise UnsoundError(f"gives {_name(text)} and not a text")
    if not text.isprintable() and unstorable(text):
        raise UnsoundError("gives a text with control characters or lone surrogates")
    return text


check_key = check_text
"""Return a text key; what a key must be is what a text must be."""


def check_number(number: Any) -> int:
    """Return a whole number of 64 bits."""
    if type(number) is not int:
        raise UnsoundError(f"gives {_name(number)} and not a whole number")
    if not -_INT64 <= number < _INT64:
        raise UnsoundError("gives a number beyond 64 bits")
    return number


def check_document(document: Any) -> Any:
    """Return a document of what every store can keep: texts, whole numbers, truths, None, lists and objects."""
    if isinstance(document, str):
        return check_text(document)
    if document is None or type(document) is bool:
        return document
    if type(document) is list:
        return [check_document(one) for one in document]
    if type(document) is dict:
        return {check_text(key): check_document(one) for key, one in document.items()}
    if type(document) is int:
        return check_number(document)
    raise UnsoundError(f"gives a document with {_name(document)}, which is not kept")


def check_round_trip(codec: ValueCodec, value: Any) -> Any:
    """Return a value that can be hashed and that its own document gives back."""
    document = codec.encode(value)
    check_document(document)
    try:
        hash(value)
    except TypeError:
        raise UnsoundError("gives a value that cannot be hashed") from None
    again = codec.decode(json.loads(json.dumps(document)))
    # Three ways of asking, since the answer is the plug-in's own.
    if type(again) is not type(value) or not (again == value) or again != value:
        raise UnsoundError("gives a value that its document does not give back")
    return value


def check_problems(problems: Any) -> tuple[Problem, ...]:
    """Return problems whose parts are what `Problem` says."""
    found = tuple(problems)
    for one in found:
        texts = isinstance(one, Problem) and all(type(part) is str for part in (one.field, one.code, one.message))
        if not texts or not _CODE.fullmatch(one.code):
            raise UnsoundError("gives a problem that is not a Problem with a path, a code and a message")
    return found


def check_refusal(refused: RefusedError) -> RefusedError:
    """Return a refusal that gives its reasons."""
    if not check_problems(refused.problems):
        raise UnsoundError("refuses a value without a problem")
    return refused


def _name(value: Any) -> str:
    return type(value).__name__
