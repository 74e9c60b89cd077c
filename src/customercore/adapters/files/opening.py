"""Opening files, with errors that name the argument instead of the operating system's.

What is written here is full of personal data, so only its owner may read it.
"""

from __future__ import annotations

import contextlib
import io
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, TextIO

from customercore.adapters.files.encodings import errors_of
from customercore.errors import InvalidValueError

__all__ = ["created", "opened", "replacing"]

_PRIVATE = 0o600


def opened(path: str, field: str = "path") -> BinaryIO:
    """Open a file for reading; raise `InvalidValueError` (``file_not_found``) for the field when that fails."""
    try:
        return Path(path).open("rb")
    except (OSError, ValueError) as error:
        raise InvalidValueError.of(field, "file_not_found", "there is no such file, or it cannot be read") from error


def created(path: str, field: str, encoding: str = "utf-8") -> TextIO:
    """Create a text file, in place of one that is there; raise `InvalidValueError` (``file_not_writable``).

    Bytes that were no text when they were read are written as they were, as far as the encoding can.
    """
    try:
        raw = open(path, "wb", opener=_private)  # noqa: SIM115  pathlib knows no opener; the caller closes it
    except (OSError, ValueError) as error:
        raise _not_writable(field) from error
    return io.TextIOWrapper(raw, encoding, errors=errors_of(encoding), newline="")


@contextlib.contextmanager
def replacing(path: str) -> Iterator[TextIO]:
    """Give a file to write to, and put it in the place of ``path`` when the block ends without an error.

    Until then it stands beside it under a name of its own, so that the move is one step on the disk.
    """
    part = Path(f"{path}.{secrets.token_hex(4)}.part")
    try:  # from before it is made: whoever stops the process may do so in between
        with created(str(part), "path") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise _not_writable("path") from error
    finally:
        with contextlib.suppress(OSError, ValueError):
            part.unlink(missing_ok=True)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, _PRIVATE)


def _not_writable(field: str) -> InvalidValueError:
    return InvalidValueError.of(field, "file_not_writable", "the file cannot be written")
