"""The driver's errors as ours, told by code. The driver's own show values of records: what stays of them does not."""

from __future__ import annotations

from bson.errors import BSONError
from pymongo.errors import (
    BulkWriteError,
    ConfigurationError,
    ConnectionFailure,
    DuplicateKeyError,
    ExecutionTimeout,
    InvalidOperation,
    OperationFailure,
    PyMongoError,
    WaitQueueTimeoutError,
)

from customercore.adapters.meanings import MEANINGS, Meaning, meant
from customercore.errors import CustomerCoreError, DuplicateError, StorageError, StorageUnavailableError

__all__ = ["DRIVER", "UNKNOWN_COMMIT", "bare", "translated"]

DRIVER = (PyMongoError, BSONError, OverflowError)
"""What the driver raises; `OverflowError` for whole numbers beyond 64 bits."""
UNKNOWN_COMMIT = "UnknownTransactionCommitResult"
"""The label of the error of a commit that may have happened: the commit, and nothing else, may be repeated."""
_TRANSIENT = "TransientTransactionError"
_DUPLICATE = 11000
_CODES = {
    "lost_race": (24, 112, 225, 239, 246, 251, 290),
    "interrupted": (11601,),
    "lost": (6, 7, 89, 91, 189, 9001, 10107, 11600, 11602, 13435, 13436, 134),
    "slow": (50,),
    "full": (14031,),
    "refused": (13, 18, 8000),
    "no_schema": (26,),
}
_MEANINGS: dict[int, Meaning] = {code: MEANINGS[word] for word, codes in _CODES.items() for code in codes}


def translated(error: BaseException) -> CustomerCoreError:
    """Return our error for one of the driver's; `DuplicateError` names the unique key, or ``id``."""
    if isinstance(error, WaitQueueTimeoutError):
        return StorageUnavailableError("pool_exhausted", "no connection became free in time", retryable=True)
    if isinstance(error, ConnectionFailure):
        return meant(MEANINGS["lost"])
    if isinstance(error, ExecutionTimeout):
        return meant(MEANINGS["slow"])
    if isinstance(error, OperationFailure):
        return _refused(error)
    return _unknown(error)


def _refused(error: OperationFailure) -> CustomerCoreError:
    code, details = error.code, error.details or {}
    if isinstance(error, BulkWriteError):
        details = next(iter(details.get("writeErrors", ())), details)
        code = details.get("code", code)
    if isinstance(error, DuplicateKeyError) or code == _DUPLICATE:
        return DuplicateError(_violated(details))
    meaning = _MEANINGS.get(code or 0)
    if meaning is None and error.has_error_label(_TRANSIENT):
        meaning = MEANINGS["lost_race"]
    return _unknown(error) if meaning is None else meant(meaning)


def _violated(details: object) -> str:
    """Return the name of the unique key that is taken: a claim starts with it (``email:…``)."""
    values = details.get("keyValue", {}) if isinstance(details, dict) else {}
    for path, value in values.items():
        if path.endswith("claims") and isinstance(value, str):
            return value.partition(":")[0]
    return "id"


def _unknown(error: BaseException) -> CustomerCoreError:
    code = getattr(error, "code", None)
    return StorageError("storage_error", f"the store failed: {type(error).__name__} {code or ''}".rstrip())


def bare(error: BaseException) -> BaseException:
    """Return the error without what it shows of records, to be the cause of ours; its labels stay."""
    if isinstance(error, ConnectionFailure | InvalidOperation | ConfigurationError) or not isinstance(
        error, PyMongoError
    ):
        return error
    labels = [label for label in (_TRANSIENT, UNKNOWN_COMMIT) if error.has_error_label(label)]
    if isinstance(error, OperationFailure):
        told = {"codeName": _name(error), "errorLabels": labels}
        return OperationFailure("refused by the server", error.code, told).with_traceback(error.__traceback__)
    return PyMongoError(type(error).__name__, labels).with_traceback(error.__traceback__)


def _name(error: OperationFailure) -> str:
    name = (error.details or {}).get("codeName")
    return str(name) if name else str(error.code)
