"""Aggregates as plain documents, by cattrs: the form that stores keep whole and read whole.

Empty fields are left out, sets are sorted lists, moments are ISO 8601 in UTC unless a store's format
knows them. A document read back gives an equal aggregate.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from functools import cache, lru_cache, partial
from typing import Any, Generic, TypeVar, get_args, get_origin

import attrs
from cattrs import Converter

from customercore.adapters.accounts import Forms
from customercore.catalogue.aggregate import Aggregate
from customercore.catalogue.values import Native, ValueCodec
from customercore.domain.actor import actor_of as event_actor
from customercore.domain.entry import Part
from customercore.domain.evolving import assembled
from customercore.domain.field import fields_of
from customercore.domain.info_values import InfoValues
from customercore.domain.wallet import Hold, Lot
from customercore.errors import CorruptRecordError

__all__ = [
    "JSON", "Documents", "Format", "accounts_in", "dump_changes", "dump_parts", "event_actor", "load_changes",
    "load_parts",
]  # fmt: skip

T = TypeVar("T")
_scan: Callable[[str, int], tuple[Any, int]] = vars(json.JSONDecoder())["scan_once"]


def _encoder() -> Callable[[Any], str]:
    """Return what makes a JSON text without a space around its parts, by what `json.JSONEncoder` makes anew each time.

    It does so for every value that is no text: for small documents that is a third of the time.
    """
    usual = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False)
    make = vars(json.encoder).get("c_make_encoder")
    if make is None:
        return usual.encode
    texts = json.encoder.encode_basestring
    chunks = make(None, usual.default, texts, None, ":", ",", usual.sort_keys, usual.skipkeys, usual.allow_nan)
    return lambda value: "".join(chunks(value, 0))


_dump = _encoder()


def _parse(text: str) -> Any:
    """Return what a JSON text says that has no space around it: a third faster for small ones than the decoder."""
    try:
        value, end = _scan(text, 0)
    except StopIteration:
        raise ValueError("not JSON") from None
    if end != len(text):
        raise ValueError("more than JSON")
    return value


@lru_cache(maxsize=16)
def _moment(value: dt.datetime) -> str:
    return value.isoformat(timespec="milliseconds")


def _as_is(value: Any, _: Any = None) -> Any:
    return value


@attrs.frozen
class Format:
    """How a store's documents hold what not every format knows: moments, days, and values of these kinds."""

    write_moment: Callable[[dt.datetime], Any]
    read_moment: Callable[[Any], dt.datetime]
    write_day: Callable[[dt.date], Any]
    read_day: Callable[[Any], dt.date]
    values: Native = attrs.field(factory=dict, eq=False)
    """How values of custom fields are written and read, by their kind, where it is not as JSON knows them."""


JSON = Format(_moment, dt.datetime.fromisoformat, dt.date.isoformat, dt.date.fromisoformat)
"""The format of documents that are texts."""


@cache
def accounts_in(form: Format) -> Forms:
    """Return how a format holds lots, holds and parts."""
    return Forms(form.write_moment, form.read_moment)


_IN_JSON = accounts_in(JSON)


@cache
def _converter(form: Format) -> Converter:
    converter = Converter(detailed_validation=False)
    converter.register_unstructure_hook(dt.datetime, form.write_moment)
    converter.register_unstructure_hook(dt.date, form.write_day)
    converter.register_structure_hook(dt.datetime, lambda value, _: form.read_moment(value))
    converter.register_structure_hook(dt.date, lambda value, _: form.read_day(value))
    converter.register_unstructure_hook_func(lambda cls: cls == frozenset[str], sorted)
    converter.register_structure_hook_func(lambda cls: cls == frozenset[str], lambda value, _: frozenset(value))
    converter.register_unstructure_hook_func(lambda cls: cls == tuple[str, ...], list)
    converter.register_structure_hook_func(lambda cls: cls == tuple[str, ...], lambda value, _: tuple(value))
    # JSON gave these types already: converting them again would only cost.
    for scalar in (str, int, bool):
        converter.register_structure_hook(scalar, _as_is)
    converter.register_structure_hook_func(lambda cls: cls == str | None, _as_is)
    converter.register_unstructure_hook_func(lambda cls: cls == str | None, converter.get_unstructure_hook(str))
    return converter


class Documents(Generic[T]):
    """The documents of one aggregate.

    Reading is the hottest path of every store. Fields whose JSON value is their value are taken as
    they are; only the others go through cattrs' hooks (docs/decisions/0004-documents.md).
    """

    def __init__(self, aggregate: Aggregate[T], form: Format = JSON) -> None:
        self._name = aggregate.name
        codec = aggregate.codec.natively(form.values)
        self.write = _writer(aggregate.type, codec, form)
        """Returns the document of an aggregate."""
        self._read = _reader(aggregate.type, codec, form)

    def dump(self, one: T) -> str:
        """Return the aggregate as JSON text."""
        return _dump(self.write(one))

    def load(self, text: str, id: str = "") -> T:
        """Return the aggregate of a JSON text; raise `CorruptRecordError` when it is none."""
        return self._aggregate(text, id, _parse)

    def read(self, document: dict[str, Any], id: str = "") -> T:
        """Return the aggregate of a document; raise `CorruptRecordError` when it is none."""
        return self._aggregate(document, id, None)

    def _aggregate(self, stored: Any, id: str, parse: Callable[[Any], Any] | None) -> T:
        try:
            one = self._read(stored if parse is None else parse(stored))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise CorruptRecordError(
                "corrupt_record", f"a stored {self._name} cannot be read back", kind=self._name, id=id
            ) from error
        if id and getattr(one, "id", id) != id:
            raise CorruptRecordError(
                "corrupt_record", f"a stored {self._name} has another's document", kind=self._name, id=id
            )
        return one


def _reader(cls: type[T], codec: ValueCodec, form: Format) -> Callable[[dict[str, Any]], T]:
    """Return the function that makes an aggregate of its document."""
    fields = attrs.fields(attrs.resolve_types(cls))  # type: ignore[arg-type, type-var]  # T is an attrs class
    empty = {one.name: one.default for one in fields}
    keys = {one.name: one.key for one in fields_of(cls)}
    renamed = [(key, name) for name, key in keys.items() if key != name]
    hooks = [
        (keys.get(one.name, one.name), one.name, hook)
        for one in fields
        if (hook := _hook(one.type, codec, form)) is not _as_is
    ]

    def read(document: dict[str, Any]) -> T:
        state = empty | document
        for key, name in renamed:
            if key in document:
                state[name] = state.pop(key)
        for key, name, hook in hooks:
            if key in document:
                state[name] = hook(document[key])
        return assembled(cls, state)

    return read


@cache
def _direct(form: Format) -> dict[Any, Callable[[Any], Any]]:
    """Return what reads the types that nearly every document has, without a detour; what is missing is not there."""
    return {
        frozenset[str]: frozenset,
        tuple[str, ...]: tuple,
        dt.datetime: form.read_moment,
        dt.datetime | None: form.read_moment,
        dt.date | None: form.read_day,
        tuple[Lot, ...]: accounts_in(form).read_lots,
        tuple[Hold, ...]: accounts_in(form).read_holds,
    }


@cache
def _short(form: Format) -> dict[Any, Callable[[Any], Any]]:
    """Return what writes the types that have a short form."""
    accounts = accounts_in(form)
    return {tuple[Lot, ...]: accounts.write_lots, tuple[Hold, ...]: accounts.write_holds}


def _hook(type: Any, codec: ValueCodec, form: Format) -> Callable[[Any], Any]:
    if type in _direct(form):
        return _direct(form)[type]
    element = _element(type)
    if element is not None:
        read = _reader(element, codec, form)
        return lambda values: tuple([read(value) for value in values])
    if type is Any:
        return codec.decode
    if type is InfoValues:
        return codec.decode_all
    if get_origin(type) is Mapping:
        return _frozen
    structure = _converter(form).get_structure_hook(type)
    return _as_is if structure is _as_is else partial(_structured, structure, type)


def _structured(structure: Callable[[Any, Any], Any], type: Any, value: Any) -> Any:
    return structure(value, type)


def _frozen(values: dict[str, Any]) -> InfoValues:
    """Return labels, or labels by code, as mappings that cannot be changed."""
    return InfoValues({key: _frozen(value) if isinstance(value, dict) else value for key, value in values.items()})


def _plain_hook(type: Any, codec: ValueCodec, form: Format) -> Callable[[Any], Any]:
    if type in _short(form):
        return _short(form)[type]
    element = _element(type)
    if element is not None:
        return _all(_writer(element, codec, form))
    if type is Any:
        return codec.encode
    if type is InfoValues:
        return codec.encode_all
    if get_origin(type) is Mapping:
        return dict
    return _converter(form).get_unstructure_hook(type)


def _writer(cls: type[T], codec: ValueCodec, form: Format) -> Callable[[T], dict[str, Any]]:
    """Return the function that makes a document of an aggregate; empty fields are left out."""
    converter = _converter(form)
    keys = {field.name: field.key for field in fields_of(cls)}
    as_it_is = converter.get_unstructure_hook(str)
    fields = []
    for one in attrs.fields(attrs.resolve_types(cls)):  # type: ignore[arg-type, type-var]  # T is an attrs class
        if one.name in keys:
            hook = _plain_hook(one.type, codec, form)
            fields.append((keys[one.name], one.name, one.default, None if hook is as_it_is else hook))

    def write(one: T) -> dict[str, Any]:
        state, document = one.__dict__, {}
        for key, name, blank, hook in fields:
            value = state[name]
            if value is not blank and value != blank:
                document[key] = value if hook is None else hook(value)
        return document

    return write


def _all(write: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda values: [write(value) for value in values]


def _element(type: Any) -> type[Any] | None:
    (element, *_) = get_args(type) or (None,)
    return element if get_origin(type) is tuple and element is not None and attrs.has(element) else None


def dump_changes(changes: Any) -> str | None:
    """Return the changes of an event as JSON text, None when there are none."""
    return _dump(changes) if changes else None


def load_changes(text: str | None) -> dict[str, tuple[Any, Any]]:
    """Return the changes of a stored event; values are as JSON knows them."""
    if text is None:
        return {}
    return {path: (before, after) for path, (before, after) in json.loads(text).items()}


def dump_parts(parts: tuple[Part, ...]) -> str | None:
    """Return the parts of an entry as JSON text, None when there are none."""
    return _dump(_IN_JSON.write_parts(parts)) if parts else None


def load_parts(text: str | None) -> tuple[Part, ...]:
    """Return the parts of a stored entry."""
    return () if text is None else _IN_JSON.read_parts(_parse(text))
