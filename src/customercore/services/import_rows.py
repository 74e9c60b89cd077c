"""Reading the rows of a file: each becomes values that were checked one by one, and the keys it is known by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from customercore.catalogue.catalogue import Catalogue
from customercore.catalogue.customers import email_unique_key
from customercore.domain.customer import ACTIVE, INACTIVE, KINDS, REGISTERED
from customercore.domain.password_hash import marked_hash
from customercore.domain.tenant import Definitions
from customercore.domain.text import identity_key
from customercore.errors import Problem
from customercore.ports.import_format import Draft, ImportSource, SourceRow
from customercore.services.texts import Texts

__all__ = ["ImportedRow", "RowReader"]

_STATUSES = (ACTIVE, INACTIVE)
_ASKED = ("customer_type", "info")
"""What `CustomerDrafts` looks at as it was given."""
_UNKNOWN_HASH = Problem(
    "password_hash", "unknown_hash", "is not a hash of a known scheme and is not kept: the customer sets a new password"
)


@attrs.define
class ImportedRow:
    """A row that was read.

    ``given`` is what `CustomerDrafts` asks for of what was given, ``values`` what was made of all of it,
    without what ``problems`` tell. ``whole_book`` says whether each of its addresses tells what it is the default
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
    extends: bool = False
    """Whether it only adds to a customer that is there."""
    doubts: tuple[Problem, ...] = ()
    later: Mapping[str, Any] | None = None

    @property
    def to_keep(self) -> dict[str, Any]:
        """What it says that is kept for later, and whose that is."""
        whose = {name: self.values.get(name) for name in ("code", "email")}
        return {"line": self.row.line, "kind": self.kind, **whose, **(self.later or {})}

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
        self._extends_known = source.extends_known

    def read(self, row: SourceRow, definitions: Definitions) -> ImportedRow:
        """Return the row with its values and problems."""
        if row.problems:
            return ImportedRow(row, {}, {}, list(row.problems))
        problems: list[Problem] = []
        draft = self._source.draft(row, problems)
        password, later = draft.pop("password_hash", None), draft.pop("later", None)
        kind, status, whole_book = REGISTERED, None, False
        if self._complete:
            kind = _choice(draft, "kind", KINDS, problems) or REGISTERED
            status = _choice(draft, "status", _STATUSES, problems)
            whole_book = all(isinstance(one, dict) and "default_for" in one for one in draft.get("addresses", ()))
        given = self._texts.read(draft, problems)
        values = self._customers.parse(given, definitions, problems)
        # A thousand rows are held at once: all that is let go of here the collector need not look at.
        asked = {name: given[name] for name in _ASKED if name in given}
        read = ImportedRow(row, asked, values, problems, kind, status, whole_book, later=later)
        if password is not None:
            _keep_password(read, password)
        if kind == REGISTERED:
            code, email = values.get("code"), values.get("email")
            if code:
                read.code_key = identity_key(code)
            if email:
                scope = definitions.scope_of(values.get("shop"))
                read.email_key = email_unique_key(self._email.equality(email), scope)
        return _extending(read) if self._extends_known else read


def _keep_password(read: ImportedRow, text: str) -> None:
    marked = marked_hash(text)
    if marked is None:
        read.doubts = (_UNKNOWN_HASH,)
    else:
        read.values["imported_password"] = marked


def _extending(read: ImportedRow) -> ImportedRow:
    """Return a row of which only its addresses are left; its keys tell whose they are."""
    read.given, read.values = {}, {"addresses": read.values.get("addresses")}
    read.extends = True
    return read


def _choice(draft: Draft, name: str, choices: tuple[str, ...], problems: list[Problem]) -> str | None:
    """Take a field that only the core sets out of the draft."""
    value: str | None = draft.pop(name, None)
    if value is None or value in choices:
        return value
    problems.append(Problem(name, "unknown_choice", f"must be one of {', '.join(choices)}"))
    return None
