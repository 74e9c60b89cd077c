"""In which encoding a text file is written: told by its mark or by the caller, UTF-8 otherwise, never guessed."""

from __future__ import annotations

import codecs
import io
from typing import BinaryIO

from customercore.errors import InvalidValueError

__all__ = ["START", "decoded", "encoding_of", "errors_of"]

START = 4_096
"""How many bytes of a file are looked at."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # starts with the mark of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WIDE = ("utf-16", "utf-32")
_UNREADABLE = "customercore.unreadable"


def encoding_of(start: bytes, named: str | None) -> str:
    """Return Python's name of the encoding of a file with this start; ``named`` is what the caller says.

    Raises `InvalidValueError`: ``unknown_encoding`` for a name that is none, ``wrong_encoding`` when the
    mark says something else than the name, or when the file has no mark and looks like UTF-16.
    """
    marked = next((name for mark, name in _MARKS if start.startswith(mark)), None)
    if named is None:
        if marked is None and start.count(0) > len(start) // 4:
            raise _wrong("the file looks like UTF-16 without a mark: pass encoding='utf-16-le' or 'utf-16-be'")
        return marked or "utf-8"
    wanted = _known(named)
    if marked is None:
        return wanted
    if wanted.partition("-")[0] != "utf" or not wanted.startswith(marked.removesuffix("-sig")):
        raise _wrong(f"the file starts with the mark of {marked.removesuffix('-sig').upper()}")
    return marked


def _known(named: object) -> str:
    try:
        if isinstance(named, str) and "".encode(named) is not None:
            return codecs.lookup(named).name
    except (LookupError, ValueError):
        pass
    raise InvalidValueError.of("encoding", "unknown_encoding", "must be an encoding such as 'utf-8' or 'windows-1252'")


def _wrong(message: str) -> InvalidValueError:
    return InvalidValueError.of("encoding", "wrong_encoding", message)


def errors_of(encoding: str) -> str:
    """Return how what is no text in this encoding is read: as lone surrogates, which the domain refuses."""
    return _UNREADABLE if encoding.startswith(_WIDE) else "surrogateescape"


def decoded(raw: BinaryIO, encoding: str) -> io.TextIOWrapper:
    """Return the text of a file, its line ends as they are."""
    return io.TextIOWrapper(raw, encoding, errors=errors_of(encoding), newline="")


def _unreadable(error: UnicodeError) -> tuple[str, int]:
    """Stand in for what two or four bytes do not say; it cannot be written back as it was."""
    if isinstance(error, UnicodeDecodeError):
        return "\udcff", error.end
    if isinstance(error, UnicodeEncodeError):
        return "\ufffd" * (error.end - error.start), error.end
    raise error


codecs.register_error(_UNREADABLE, _unreadable)
