"""Info types: fields that a merchant defines at run time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import attrs

from customercore.domain.field import Privacy, declared
from customercore.domain.info_values import NO_INFO

__all__ = ["ADDRESS", "APPLIES_TO", "CUSTOMER", "PENDING", "READY", "InfoType"]

CUSTOMER = "customer"
ADDRESS = "address"
APPLIES_TO = (CUSTOMER, ADDRESS)
READY = "ready"
PENDING = "pending"
"""The field is searchable, but records stored before that are not in its index yet."""

_KEPT = Privacy.BOOKKEEPING


@attrs.frozen(kw_only=True, slots=False)
class InfoType:
    """The definition of one custom field.

    ``kind`` names a registered kind; ``label`` gives a text by language, ``choices`` the allowed codes
    with such labels each. ``minimum`` and ``maximum`` bound values (for texts: their length),
    ``pattern`` is a regular expression that a text must match whole. ``required`` counts in the
    contexts that need it (registration, checkout); ``default`` is stored on creation. ``shops`` are
    the home shops whose customers may be given a value; none means all. ``slot`` and ``state`` are the
    core's own: where a searchable field is indexed, and whether every record is in that index.
    """

    id: str = declared("id", default="", read_only=True, privacy=_KEPT)
    version: int = declared("integer", default=0, read_only=True, privacy=_KEPT)
    key: str = declared("info_key", default="", required=True)
    kind: str = declared("slug", default="text", required=True)
    applies_to: str = declared("choice", default=CUSTOMER, choices=APPLIES_TO)
    label: Mapping[str, str] = declared("labels", default=NO_INFO)
    required: bool = declared("boolean", default=False)
    default: Any = declared("value")
    unique: bool = declared("boolean", default=False)
    searchable: bool = declared("boolean", default=False)
    shops: tuple[str, ...] = declared("shops", default=())
    customer_visible: bool = declared("boolean", default=False)
    customer_editable: bool = declared("boolean", default=False)
    personal: bool = declared("boolean", default=False)
    choices: Mapping[str, Mapping[str, str]] = declared("choice_labels", default=NO_INFO)
    pattern: str | None = declared("long_text", max_length=500)
    minimum: Any = declared("value")
    maximum: Any = declared("value")
    position: int = declared("integer", default=0)
    retired: bool = declared("boolean", default=False, read_only=True)
    slot: str | None = declared("id", read_only=True, privacy=_KEPT)
    state: str = declared("choice", default=READY, choices=(READY, PENDING), read_only=True, privacy=_KEPT)
    backfilled_to: str | None = declared("id", read_only=True, privacy=_KEPT)
    created_at: dt.datetime = declared("datetime", read_only=True, privacy=_KEPT)
    updated_at: dt.datetime = declared("datetime", read_only=True, privacy=_KEPT)

    @property
    def name(self) -> str:
        """The field's name in criteria, sorts, files and forms: ``info.<key>``."""
        return f"info.{self.key}"
