"""Every error that customercore raises, in one tree.

Each error has a ``code``: a stable slug that programs may test. Messages are for people, may change
between releases, and never hold a personal value or a secret: they name fields and rules only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import attrs

__all__ = [
    "CapacityError",
    "ConflictError",
    "CorruptRecordError",
    "CustomerCoreError",
    "DuplicateError",
    "ExtensionError",
    "IdempotencyConflictError",
    "InsufficientFundsError",
    "InvalidValueError",
    "NotFoundError",
    "NotificationError",
    "Problem",
    "SchemaError",
    "StaleVersionError",
    "StorageError",
    "StorageUnavailableError",
    "TransactionError",
    "place_of",
    "retryable",
]


@attrs.frozen
class Problem:
    """One thing wrong with one field.

    ``field`` is the path of the value (``email``, ``addresses[1].postcode``), ``code`` a stable slug
    (``required``, ``wrong_type``, ``unknown_flag`` …), ``message`` a sentence without the value itself.
    """

    field: str
    code: str
    message: str

    def under(self, path: str) -> Problem:
        """Return the same problem with its field below ``path`` (``addresses[0]``)."""
        return attrs.evolve(self, field=f"{path}.{self.field}")


class CustomerCoreError(Exception):
    """The root of the tree: ``except CustomerCoreError`` catches whatever customercore raises.

    ``details`` is a read-only mapping of facts about the error that are safe to log.
    """

    retryable: bool = False

    def __init__(self, code: str, message: str, **details: object) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details: Mapping[str, object] = MappingProxyType(details)

    def __str__(self) -> str:
        return f"{self.message} [{self.code}]"

    def __reduce__(self) -> tuple[object, ...]:
        state = {name: value for name, value in self.__dict__.items() if name != "details"}
        return _rebuild, (type(self), self.code, self.message, dict(self.details), state)


def _rebuild(
    cls: type[CustomerCoreError],
    code: str,
    message: str,
    details: dict[str, object],
    state: dict[str, object],
) -> CustomerCoreError:
    error = cls.__new__(cls)
    CustomerCoreError.__init__(error, code, message, **details)
    error.__dict__.update(state)
    return error


class InvalidValueError(CustomerCoreError, ValueError):
    """What was given cannot be stored or searched for; nothing was changed.

    ``problems`` lists every invalid field, in the order given; ``code`` and ``field`` are the first one's.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        first = self.problems[0]
        self.field = first.field
        text = "; ".join(f"{problem.field}: {problem.message}" for problem in self.problems)
        super().__init__(first.code, text, fields=tuple(problem.field for problem in self.problems))

    @classmethod
    def of(cls, field: str, code: str, message: str) -> InvalidValueError:
        """Return the error for a single problem."""
        return cls([Problem(field, code, message)])


class NotFoundError(CustomerCoreError, LookupError):
    """There is no such thing in this tenant. Codes: ``customer_not_found``, ``shop_not_found`` and so on."""


class ConflictError(CustomerCoreError):
    """The call is in order but the state of the store forbids it.

    ``retryable`` is true where the same unit, run again from its start, may succeed.
    """

    def __init__(self, code: str, message: str, *, retryable: bool = False, **details: object) -> None:
        super().__init__(code, message, **details)
        self.retryable = retryable


class DuplicateError(ConflictError):
    """Another record holds this unique value, named by ``field``; codes: ``duplicate_email``, ``duplicate_info`` …."""

    def __init__(self, field: str, message: str | None = None) -> None:
        code = f"duplicate_{field.partition('.')[0]}"
        super().__init__(code, message or f"another record has this {field}", field=field)
        self.field = field


class StaleVersionError(ConflictError):
    """Somebody changed the record since it was read (code ``stale_version``): read it again and decide anew."""

    def __init__(self, kind: str, expected: int) -> None:
        super().__init__("stale_version", f"the {kind} has changed since version {expected}", expected=expected)


class IdempotencyConflictError(ConflictError):
    """This idempotency key was used for the same operation with other arguments (code ``idempotency_conflict``)."""

    def __init__(self, operation: str) -> None:
        super().__init__(
            "idempotency_conflict",
            "this idempotency key was used with other arguments",
            operation=operation,
        )


class InsufficientFundsError(CustomerCoreError):
    """The wallet has not so much to spend, its credit limit counted (code ``insufficient_funds``).

    ``details`` give ``available`` and ``needed``, decimal texts, and their ``currency``.
    """

    def __init__(self, available: str, needed: str, currency: str) -> None:
        super().__init__(
            "insufficient_funds",
            f"{available} {currency} is available",
            available=available,
            needed=needed,
            currency=currency,
        )


class TransactionError(ConflictError):
    """A transaction cannot go on: an earlier error doomed it (``transaction_doomed``) or it is ``transaction_over``."""


class StorageError(CustomerCoreError):
    """The store could not do what was asked. ``retryable`` says whether the same unit may succeed when run again."""

    def __init__(self, code: str, message: str, *, retryable: bool = False, **details: object) -> None:
        super().__init__(code, message, **details)
        self.retryable = retryable


class StorageUnavailableError(StorageError):
    """The store cannot be reached, is missing, is read-only, or stayed locked for longer than the time-out."""


class CorruptRecordError(StorageError):
    """A stored record cannot be read back (code ``corrupt_record``); ``details`` give its kind and id.

    Of an entry they give its number too, as ``sequence``.
    """


class SchemaError(StorageError):
    """The store's schema is not the one this release works with.

    Codes: ``schema_missing``, ``schema_older``, ``schema_newer``, ``schema_foreign`` (tables of our
    names that are not ours), ``not_a_database``.
    """


class CapacityError(ConflictError):
    """A fixed room is full: ``searchable_fields`` of one sort are all in use (ruling 6); ``details`` give the limit."""

    def __init__(self, what: str, most: int) -> None:
        super().__init__(f"no_room_for_{what}", f"all {most} places for {what.replace('_', ' ')} are taken", most=most)


class NotificationError(CustomerCoreError):
    """A message or an event could not be handed on, or what was received is not from its sender.

    Codes: ``delivery_failed`` (``retryable``: the other side may be well again later), ``delivery_refused``
    (it said no for good), ``address_not_allowed``, ``invalid_signature``.
    """

    def __init__(self, code: str, message: str, *, retryable: bool = False, **details: object) -> None:
        super().__init__(code, message, **details)
        self.retryable = retryable


class ExtensionError(CustomerCoreError):
    """A plug-in, an extra or an adapter is missing or misbehaves; ``details`` name it."""


def place_of(error: BaseException) -> str:
    """Return where an error was raised, in brackets behind a space: its message may hold a person's data."""
    trace = error.__traceback__
    if trace is None:
        return ""
    while trace.tb_next is not None:
        trace = trace.tb_next
    file = trace.tb_frame.f_code.co_filename.replace("\\", "/").rpartition("/")[2]
    return f" ({file}, line {trace.tb_lineno})"


_SQLSTATES = frozenset({"40001", "40P01", "55P03"})
"""Serialization failure, deadlock, lock not available (SQL:2016, PostgreSQL)."""
_SQLITE = frozenset({5, 6})
"""SQLITE_BUSY, SQLITE_LOCKED."""
_MARIADB = frozenset({1020, 1205, 1213})
"""Record changed, lock wait timeout, deadlock."""
_LABEL = "TransientTransactionError"


def retryable(error: BaseException) -> bool:
    """Tell whether the transaction that raised ``error`` may succeed when it is run again from its start.

    It knows our errors, and, for hosts whose own statements and commits raise them, those of psycopg, pymysql,
    sqlite3 and pymongo, also where SQLAlchemy has wrapped them.
    """
    if isinstance(error, CustomerCoreError):
        return error.retryable
    cause = getattr(error, "orig", None) or error
    if getattr(cause, "sqlstate", None) in _SQLSTATES:
        return True
    if (getattr(cause, "sqlite_errorcode", None) or 0) & 0xFF in _SQLITE:
        return True
    if type(cause).__module__.partition(".")[0] == "pymysql":
        return bool(cause.args) and cause.args[0] in _MARIADB
    labelled = getattr(cause, "has_error_label", None)
    return bool(labelled(_LABEL)) if callable(labelled) else False
