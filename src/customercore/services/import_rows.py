"""Reading the rows of a file: each becomes values that were checked one by one, and the keys it is known by."""

from __future__ import annotations

from typing import Any

import attrs

from customercore.catalogue.catalogue import Catalogue
from customercore.catalogue.customers import email_unique_key
from customercore.domain.customer import ACTIVE, INACTIVE, KINDS, REGISTERED
from customercore.domain.tenant import Definitions
from customercore.domain.text import identity_key
from customercore.errors import Problem
from customercore.ports.import_format import Draft, ImportSource, SourceRow
from customercore.services.texts import Texts

__all__ = ["ImportedRow", "RowReader"]

_STATUSES = (ACTIVE, INACTIVE)


@attrs.define
class ImportedRow:
    """A row that was read.

    ``given`` is what `CustomerDrafts` is given, ``values`` what was made of it, without what
    ``problems`` tell. ``whole_book`` says whether each of its addresses tells what it is the default
    for. The keys are None when the row has no such value, or takes no part in uniqueness.
    """

    row: SourceRow
    given: dict[str, Any]
    values: dict[str, Any]
    problems: list[Problem]
    kind: str = REGISTERED
    status: str | None = None
    whole_book: bool = False
    code_key: str | None = None
    email_key: str | None = None

    def scope_to(self, scope: str) -> None:
        """Look for the e-mail in the scope of a customer that the row speaks of, unless it names a shop itself."""
        if self.email_key is not None and scope and not self.values.get("shop"):
            self.email_key = email_unique_key(self.email_key, scope)


class RowReader:
    """Reads the rows of one source."""

    def __init__(self, catalogue: Catalogue, source: ImportSource) -> None:
        self._customers = catalogue.customers
        self._email = catalogue.customers.by_name["email"].kind
        self._texts = Texts(catalogue)
        self._source = source
        self._complete = source.complete

    def read(self, row: SourceRow, definitions: Definitions) -> ImportedRow:
        """Return the row with its values and problems."""
        if row.problems:
            return ImportedRow(row, {}, {}, list(row.problems))
        problems: list[Problem] = []
        draft = self._source.draft(row, problems)
        kind, status, whole_book = REGISTERED, None, False
        if self._complete:
            kind = _choice(draft, "kind", KINDS, problems) or REGISTERED
            status = _choice(draft, "status", _STATUSES, problems)
            whole_book = all(isinstance(one, dict) and "default_for" in one for one in draft.get("addresses", ()))
        given = self._texts.read(draft, problems)
        values = self._customers.parse(given, definitions, problems)
        read = ImportedRow(row, given, values, problems, kind, status, whole_book)
        if kind == REGISTERED:
            code, email = values.get("code"), values.get("email")
            if code:
                read.code_key = identity_key(code)
            if email:
                scope = definitions.scope_of(values.get("shop"))
                read.email_key = email_unique_key(self._email.equality(email), scope)
        return read


def _choice(draft: Draft, name: str, choices: tuple[str, ...], problems: list[Problem]) -> str | None:
    """Take a field that only the core sets out of the draft."""
    value: str | None = draft.pop(name, None)
    if value is None or value in choices:
        return value
    problems.append(Problem(name, "unknown_choice", f"must be one of {', '.join(choices)}"))
    return None
