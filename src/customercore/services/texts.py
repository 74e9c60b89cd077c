"""Texts of files and of the command line become values: the one place for all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from customercore.catalogue.aggregate import Aggregate
from customercore.catalogue.catalogue import Catalogue
from customercore.domain.kinds import Kind, RefusedError
from customercore.errors import Problem
from customercore.ports.import_format import Draft

__all__ = ["Texts"]

_Readers = Mapping[str, Callable[[str], object]]


class Texts:
    """Reads the texts of a draft by the kinds of the fields they are for."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._fields = _readers(catalogue.customers)
        self._address = _readers(catalogue.addresses)

    def read(self, draft: Draft, problems: list[Problem]) -> Draft:
        """Put what its texts mean into a draft, and return it: now it is what `CustomerDrafts` takes.

        What cannot be read is appended to ``problems`` and taken out. Values that are no texts stay as
        they are, for the fields' kinds to judge.
        """
        _read(self._fields, draft, problems, "")
        book = draft.get("addresses")
        if type(book) is list:
            for number, one in enumerate(book):
                if type(one) is dict:
                    _read(self._address, one, problems, f"addresses[{number}].")
        return draft


def _readers(aggregate: Aggregate[Any]) -> _Readers:
    """Return how to read the fields whose kind does not take a text as it is."""
    return {
        field.name: field.kind.from_text
        for field in aggregate.fields
        if type(field.kind).from_text is not Kind.from_text
    }


def _read(readers: _Readers, draft: Draft, problems: list[Problem], path: str) -> None:
    for name in readers.keys() & draft.keys():
        text = draft[name]
        if type(text) is not str:
            continue
        try:
            draft[name] = readers[name](text.strip())
        except RefusedError as refused:
            del draft[name]
            problems += [attrs.evolve(one, field=f"{path}{name}{one.field}") for one in refused.problems]
