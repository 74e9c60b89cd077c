"""How documents hold what BSON knows by itself: moments and days as dates, decimals as scaled integers."""

from __future__ import annotations

import datetime as dt
from typing import Any

from bson.codec_options import CodecOptions, TypeDecoder, TypeRegistry
from bson.int64 import Int64

from customercore.adapters.documents import Format
from customercore.domain.amount_kinds import DecimalKind

__all__ = ["BSON", "OPTIONS", "moment"]


class _Whole(TypeDecoder):
    """Gives 64-bit integers back as what they were: ``int``, not a subclass that knows its size."""

    bson_type = Int64

    def transform_bson(self, value: Any) -> Any:
        return int(value)


OPTIONS: CodecOptions[dict[str, Any]] = CodecOptions(type_registry=TypeRegistry([_Whole()]))
"""How documents are read: moments come without an offset and are UTC."""


def moment(value: dt.datetime) -> dt.datetime:
    """Return a moment as we know it."""
    return value.replace(tzinfo=dt.UTC)


def _as_is(value: Any) -> Any:
    return value


def _midnight(value: dt.date) -> dt.datetime:
    return dt.datetime(value.year, value.month, value.day)  # noqa: DTZ001  a day has no offset


_decimals = DecimalKind()
BSON = Format(
    write_moment=_as_is,
    read_moment=moment,
    write_day=_midnight,
    read_day=dt.datetime.date,
    values={
        "datetime": (_as_is, moment),
        "date": (_midnight, dt.datetime.date),
        "decimal": (_decimals.number, _decimals.of_number),
    },
)
"""The format of documents in MongoDB. Days are their midnight; decimals are counted in ten-thousandths."""
