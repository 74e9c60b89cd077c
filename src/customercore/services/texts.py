"""Texts of files and of the command line become values: the one place for all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from customercore.catalogue.aggregate import Aggregate
from customercore.catalogue.catalogue import Catalogue
from customercore.catalogue.columns import info_key
from customercore.domain.kinds import Kind, RefusedError
from customercore.errors import Problem
from customercore.ports.import_format import Draft

__all__ = ["Texts"]

_Read = Callable[[str], object]


@attrs.frozen
class _Readers:
    """How to read the fields, and the info types by key, whose kind does not take a text as it is."""

    fields: Mapping[str, _Read]
    info: Mapping[str, _Read]


class Texts:
    """Reads the texts of a draft by the kinds of the fields they are for; ``catalogue`` is the tenant's."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._customer = _readers(catalogue.customers)
        self._address = _readers(catalogue.addresses)

    def read(self, draft: Draft, problems: list[Problem]) -> Draft:
        """Put what its texts mean into a draft, and return it: now it is what `CustomerDrafts` takes.

        What cannot be read is appended to ``problems`` and taken out. Values that are no texts stay as
        they are, for the fields' kinds to judge.
        """
        _read(self._customer, draft, problems, "")
        book = draft.get("addresses")
        if type(book) is list:
            for number, one in enumerate(book):
                if type(one) is dict:
                    _read(self._address, one, problems, f"addresses[{number}].")
        return draft


def _readers(aggregate: Aggregate[Any]) -> _Readers:
    fields: dict[str, _Read] = {}
    info: dict[str, _Read] = {}
    for field in aggregate.fields:
        if type(field.kind).from_text is not Kind.from_text:
            key = info_key(field)
            if key is None:
                fields[field.name] = field.kind.from_text
            else:
                info[key] = field.kind.from_text
    return _Readers(fields, info)


def _read(readers: _Readers, draft: Draft, problems: list[Problem], path: str) -> None:
    _read_texts(readers.fields, draft, problems, path)
    info = draft.get("info")
    if type(info) is dict:
        for key, text in info.items():
            if type(text) is str and not text.strip():
                info[key] = None
        _read_texts(readers.info, info, problems, f"{path}info.")


def _read_texts(readers: Mapping[str, _Read], texts: dict[str, Any], problems: list[Problem], path: str) -> None:
    for name in [one for one in texts if one in readers]:
        text = texts[name]
        if type(text) is not str:
            continue
        try:
            texts[name] = readers[name](text.strip())
        except RefusedError as refused:
            del texts[name]
            problems += [attrs.evolve(one, field=f"{path}{name}{one.field}") for one in refused.problems]
