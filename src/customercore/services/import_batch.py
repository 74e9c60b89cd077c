"""One batch of rows in one unit of work: which are new, which change a customer, and which are refused."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from customercore.domain.customer import GUEST, INACTIVE, Customer
from customercore.domain.event import Event
from customercore.domain.info_type import ADDRESS
from customercore.domain.report import RowProblem
from customercore.domain.text import identity_key
from customercore.errors import ConflictError, InvalidValueError, Problem
from customercore.services.codes import TakenCodes
from customercore.services.context import Context, Stamp
from customercore.services.customer_drafts import CustomerDrafts, next_version
from customercore.services.customer_info import InfoScope
from customercore.services.import_claims import ClaimIndex
from customercore.services.import_guests import KnownGuests, Said, guests_of
from customercore.services.import_index import Before, Holder, HolderIndex, Seen
from customercore.services.import_outcome import Outcome
from customercore.services.import_rows import ImportedRow
from customercore.services.import_updates import given_values, with_info_of
from customercore.services.units import Work, contested

__all__ = ["Batch"]

_AMBIGUOUS = Problem("row", "ambiguous", "its code belongs to one customer and its e-mail to another")
_CHUNK = 100
"""How many new customers are held before the store gets them: few, so that they are gone before the collector comes."""
_UNKNOWN = Problem("email", "unknown_customer", "no such customer is there: import the customers first")
_CODE_GIVEN_AWAY = Problem("code", "duplicate_code", "an earlier row that had no code was given this one")


class Batch:
    """One batch in one unit of work."""

    def __init__(
        self,
        context: Context,
        drafts: CustomerDrafts,
        work: Work,
        on_conflict: str,
        before: Before,
        *,
        taken: TakenCodes,
        dry_run: bool,
    ) -> None:
        self._context = context
        self._taken_codes = taken
        self._drafts = drafts
        self._work = work
        self._on_conflict = on_conflict
        self._before = before
        self._dry_run = dry_run
        self.definitions = work.definitions
        self._catalogue = work.catalogue
        self._customers = work.catalogue.customers
        self._index = HolderIndex(work.uow, self._customers, before.holders)
        self._claims = ClaimIndex(work, before.claims) if dry_run else None
        self._said = Said(work.catalogue)
        self._outcome = Outcome()
        self._seen = Seen()
        self._new: dict[str, Customer] = {}
        self._events: list[Event] = []

    def take(self, rows: Sequence[ImportedRow], stamps: Iterable[Stamp]) -> None:
        """Take the rows, each in turn."""
        self._index.look_up(rows)
        if self._claims is not None:
            self._claims.look_up(rows)
        stored = guests_of(self._said, self._work, rows)
        self._guests = KnownGuests(self._said, stored, self._before, self._seen, dry_run=self._dry_run)
        self._codes = iter(self._codes_for(rows))
        for row, stamp in zip(rows, stamps, strict=True):
            try:
                self._take(row, stamp)
                if row.later is not None:
                    self._outcome.later.append(row.to_keep)
            except InvalidValueError as error:
                self._outcome.refused.append((row.row, error.problems))
            if len(self._new) >= _CHUNK:
                self._load()

    def result(self) -> tuple[Outcome, Seen]:
        """Return what became of the rows, and what was seen, once everything is in the store's hands."""
        self._load()
        if self._dry_run:
            self._seen.holders = self._index.changed
        if self._claims is not None:
            self._seen.claims = self._claims.changed
        return self._outcome, self._seen

    def _take(self, row: ImportedRow, stamp: Stamp) -> None:
        if row.row.problems:
            raise InvalidValueError(row.row.problems)
        holder = self._holder(row)
        if holder is None:
            if row.extends:
                raise InvalidValueError([*row.problems, _UNKNOWN])
            self._make(row, stamp)
        elif row.problems:
            raise InvalidValueError(row.problems)
        elif self._on_conflict == "skip":
            self._outcome.skipped += 1
        elif self._on_conflict == "update" and isinstance(holder, Customer):
            self._update(row, holder, stamp)
        else:
            line = row.row.line
            raise ConflictError("import_conflict", f"the customer of line {line} is there already", line=line)

    def _holder(self, row: ImportedRow) -> Holder | None:
        by_code = self._index.holder("code", row.code_key)
        if isinstance(by_code, Customer):
            row.scope_to(by_code.identity_scope)
        by_email = self._index.holder("email", row.email_key)
        if by_code is None:
            return by_email
        if by_email is None:
            if row.code_key in self._before.codes or row.code_key in self._seen.codes:
                raise InvalidValueError([_CODE_GIVEN_AWAY])
        elif _id(by_code) != _id(by_email):
            raise InvalidValueError([_AMBIGUOUS])
        return by_code

    def _make(self, row: ImportedRow, stamp: Stamp) -> None:
        code_key = row.code_key
        if _wants_code(row):
            code = next(self._codes, None)
            if code is not None:
                row.values["code"] = code
                code_key = identity_key(code)
                self._seen.codes.add(code_key)
        customer = self._drafts.made(
            row.given,
            row.values,
            row.problems,
            self.definitions,
            id=stamp.id,
            at=stamp.at,
            kind=row.kind,
            whole_book=row.whole_book,
        )
        if row.status == INACTIVE:
            customer = customer.deactivated(stamp.at)
        if row.kind == GUEST and self._guests.known(customer):
            self._outcome.skipped += 1
            return
        if self._claims is not None:
            self._claims.move(None, customer)
        kept = customer if self._on_conflict == "update" else customer.id
        self._index.put(code_key, row.email_key, kept)
        self._new[customer.id] = customer
        if not self._dry_run:
            self._events.append(
                self._context.event(
                    self._customers, customer, stamp, type="customer.created", catalogue=self._catalogue
                )
            )
        self._outcome.created += 1
        self._warn(row, customer)

    def _update(self, row: ImportedRow, was: Customer, stamp: Stamp) -> None:
        values = given_values(row.values)
        book = values.get("addresses")
        if book:
            same = row.whole_book and self._said.book(book) == self._said.book(was.addresses)
            scope = InfoScope(ADDRESS, self.definitions, values.get("shop", was.shop))
            known, told = with_info_of(was.addresses, book)
            values["addresses"] = was.addresses if same else self._drafts.book(known, told, scope)
        now = self._drafts.next(was, row.given, values, [], self.definitions, at=stamp.at)
        if row.status is not None and row.status != now.status:
            turned = now.deactivated(stamp.at) if row.status == INACTIVE else now.reactivated()
            now = next_version(turned, was, stamp.at)
        if now.version == was.version:
            self._outcome.skipped += 1
            return
        if self._claims is not None:
            self._claims.move(was, now)
        if was.id in self._new:
            self._load()
        if not self._dry_run:
            with contested():
                self._work.uow.customers.save(now, was=was)
            event = self._context.event(
                self._customers, now, stamp, type="customer.updated", was=was, catalogue=self._catalogue
            )
            self._work.record(event)
        self._index.replace(was, now)
        self._outcome.updated += 1
        self._warn(row, now)

    def _codes_for(self, rows: Sequence[ImportedRow]) -> list[str]:
        """Take as many codes as the rows may need, and none that another row of the batch names itself."""
        pattern = self.definitions.settings.customers_code_pattern
        if pattern is None or self._dry_run:
            return []
        named = {row.code_key for row in rows}
        count = sum(_wants_code(row) and self._index.holder("email", row.email_key) is None for row in rows)
        codes: list[str] = []
        while len(codes) < count:
            units, missing = self._context.units, count - len(codes)
            found = self._context.codes.take(units, self._work, pattern, missing, taken=self._taken_codes)
            codes += [code for code in found if identity_key(code) not in named]
        return codes

    def _load(self) -> None:
        """Hand what was made to the store, which may wait with it."""
        if self._new and not self._dry_run:
            self._work.uow.customers.load(list(self._new.values()), deferred=True)
            self._work.record(*self._events)
        self._new.clear()
        self._events.clear()

    def _warn(self, row: ImportedRow, customer: Customer) -> None:
        self._outcome.warnings += [
            RowProblem(row.row.line, one.field, one.code, one.message) for one in (*row.doubts, *customer.warnings)
        ]


def _wants_code(row: ImportedRow) -> bool:
    return row.code_key is None and row.email_key is not None and not row.problems and not row.extends


def _id(holder: Holder) -> str:
    return holder if isinstance(holder, str) else holder.id
