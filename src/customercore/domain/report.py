"""What an import, an export or a dispatch has done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from customercore.domain.delivery import DEAD, DELIVERED

__all__ = ["LISTED", "DispatchReport", "ExpiryReport", "ExportReport", "ImportReport", "RowProblem", "Unsettled"]

LISTED = 1_000
"""How many warnings and refusals a report lists; more are counted only (a rejects file holds them all)."""


@attrs.frozen
class RowProblem:
    """Something about one row of a file.

    ``line`` is where the row starts in the file, ``field`` the path of the value (``phones[0]``,
    ``addresses[0].postcode``; ``row`` for the row itself), ``code`` a stable slug. ``message`` never
    holds the value.
    """

    line: int
    field: str
    code: str
    message: str


@attrs.frozen(kw_only=True)
class ImportReport:
    """What an import did with each row: ``read == created + updated + skipped + refused``.

    ``warned`` counts the warnings of the rows that were kept, ``warnings`` lists the first `LISTED` of
    them, ``refusals`` the first `LISTED` problems of refused rows. ``ignored`` names what the file
    holds and this release does not keep. ``read_as`` says what the file was taken for. ``rejects_path``
    is the file of refused rows, None when none was written. ``later`` counts the rows that say what
    this release has no place for, ``kept`` lists the first `LISTED` of what they say, with ``line``,
    ``kind``, ``code`` and ``email``, and ``later_path`` is the file of all. After a ``dry_run`` nothing has been stored
    and the counts say what would have been.
    """

    read: int
    created: int
    updated: int
    skipped: int
    refused: int
    warned: int = 0
    warnings: tuple[RowProblem, ...] = attrs.field(default=(), repr=False)
    refusals: tuple[RowProblem, ...] = attrs.field(default=(), repr=False)
    ignored: tuple[str, ...] = ()
    read_as: str = ""
    rejects_path: str | None = None
    later: int = 0
    kept: tuple[Mapping[str, Any], ...] = attrs.field(default=(), repr=False)
    later_path: str | None = None
    dry_run: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain lists, texts, numbers and truths, for JSON."""
        plain: dict[str, Any] = attrs.asdict(self)
        return plain | {name: list(plain[name]) for name in ("warnings", "refusals", "ignored", "kept")}


@attrs.frozen(kw_only=True)
class ExportReport:
    """``written`` records are in the file ``path``."""

    written: int
    path: str

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain values, for JSON."""
        return attrs.asdict(self)


@attrs.frozen
class Unsettled:
    """A ``wallet``, by its id, of which something is due that could not be written off, and the error's code."""

    wallet: str
    code: str
    message: str


@attrs.frozen(kw_only=True)
class ExpiryReport:
    """What writing off what is due has done: ``entries`` were written to ``wallets`` wallets.

    ``failed`` counts the wallets that could not be settled, ``unsettled`` lists the first `LISTED` of them, by id.
    ``after`` is the id of the last wallet that was tried where a limit ended the run, None when there are no more.
    """

    wallets: int = 0
    entries: int = 0
    failed: int = 0
    unsettled: tuple[Unsettled, ...] = ()
    after: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain lists, texts and numbers, for JSON."""
        return attrs.asdict(self) | {"unsettled": [attrs.asdict(one) for one in self.unsettled]}


@attrs.frozen(kw_only=True)
class DispatchReport:
    """What came of the events that subscribers were called with: ``delivered``, or ``failed`` and to be tried again.

    ``dead`` are dead letters now. ``lost`` were delivered or failed, but the claim had run out meanwhile: somebody
    else delivers them again. ``expired`` counts the entries by which a worker wrote off money that was due,
    ``unsettled`` how often it could not do so for a wallet, which the log names.
    """

    delivered: int = 0
    failed: int = 0
    dead: int = 0
    lost: int = 0
    expired: int = 0
    unsettled: int = 0

    @classmethod
    def of(cls, state: str, *, kept: bool) -> DispatchReport:
        """Return the report of one delivery, by the state that it came to and whether that was stored."""
        if not kept:
            return cls(lost=1)
        return cls(
            delivered=int(state == DELIVERED), dead=int(state == DEAD), failed=int(state not in (DELIVERED, DEAD))
        )

    def __add__(self, other: DispatchReport) -> DispatchReport:
        return DispatchReport(**{name: count + getattr(other, name) for name, count in self.as_dict().items()})

    @property
    def attempted(self) -> int:
        """How often a subscriber was called."""
        return self.delivered + self.failed + self.dead + self.lost

    def as_dict(self) -> dict[str, int]:
        """Return the counts by name."""
        return attrs.asdict(self)
