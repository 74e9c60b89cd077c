"""What a dialect file says: how one database differs from the next."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Connection, Engine, Table
from sqlalchemy.types import TypeEngine

from customercore.adapters.sql.hints import Explain, Hints
from customercore.adapters.sql.put_off import Merger, Sender
from customercore.catalogue.bound_field import Projection
from customercore.catalogue.query import ElementLeaf, TermLeaf
from customercore.errors import CustomerCoreError
from customercore.ports.store import Finding

__all__ = ["Dialect", "KeyList", "TermColumn"]


class TermColumn(Protocol):
    """How the search terms of a record stand in a column of its row that has an index of its own."""

    type: TypeEngine[Any]
    index: Mapping[str, Any]
    """The options of an index of the column."""

    def written(self, tenant: str, projection: Projection) -> Any:
        """Return a record's terms, its addresses' too, as the driver takes them for the column."""

    def asked(self, tenant: str, node: TermLeaf | ElementLeaf) -> Any:
        """Return the question whether a record has what the leaf, were it not negated, asks for."""

    def any_of(self, questions: Sequence[Any]) -> Any:
        """Return the question whether any of several is answered with yes."""

    def found(self, column: Any, question: Any) -> ColumnElement[bool]:
        """Return the condition that a column answers a bound question with yes."""


class KeyList(Protocol):
    """How many keys are one parameter of a question."""

    def found(self, column: Any, name: str) -> ColumnElement[bool]:
        """Return the condition that a key is one of those in the parameter of this name."""

    def written(self, keys: Iterable[bytes]) -> Any:
        """Return keys as that parameter."""


FirstRow = Callable[[Any, str, Sequence[Any]], Any]
"""Returns the first row of a query, or None, given a driver connection, the statement and its parameters."""


Control = Callable[[Any, str], bool]
"""Executes a statement that begins or ends a transaction on a driver connection, or tells that a cursor must."""


class Dialect(Protocol):
    """One database product. Everything else in this room is the same for all of them.

    ``Connection`` and ``Engine`` are SQLAlchemy's; a *driver connection* is that of the driver, as the pool hands
    it out.
    """

    name: str
    products: frozenset[str]
    """What SQLAlchemy calls it."""
    capabilities: frozenset[str]
    begin_write: tuple[str, ...]
    """The statements that open a unit which writes."""
    begin_lent: tuple[str, ...]
    """The same on a connection of a host's pool, with the host's settings."""
    begin_read: tuple[str, ...]
    """The statements that open a unit which sees one snapshot."""
    begin_joined: tuple[str, ...]
    """The statements that begin a transaction of the host's which is to write; none where its driver does so itself."""
    one_writer: bool
    """Whether one transaction at a time writes to the whole database, and others wait by trying again and again."""
    table_options: Mapping[str, Any]
    """Options of tables whose primary key is their only order."""

    hints: Hints | None
    """How a search tells the database which way to read; None where the database chooses well by itself."""
    term_column: TermColumn | None
    """What search terms are found by; None where a table holds them."""
    explain: Explain | None
    """How a plan is asked for, of a database that may be misled by its statistics; None where that does not help."""
    leaves_out_nulls: bool
    """Whether a row without a value in most columns is stored sooner by a statement that does not name them."""
    first: FirstRow | None
    """How the first row of a query is had without a cursor of the unit's own; None where that is no quicker."""
    control: Control | None
    """How transactions begin and end where a cursor of the driver's does more than that; None where it does not."""
    planned_afresh: Mapping[str, Any]
    """What a cursor is told beside a search, so that the database plans it for its values: what is right for a rare
    flag is wrong for a common one. All other statements may keep their plan, which takes longer to make than to run."""

    @property
    def merger(self) -> Merger | None:
        """How several statements become one; None where the database has no such statement."""

    @property
    def key_list(self) -> KeyList | None:
        """How many keys are asked for by one parameter; None where each is a parameter of its own."""

    @property
    def sender(self) -> Sender | None:
        """How rows are sent while their unit goes on; None where the driver waits until they are stored."""

    def engine(self, url: str, timeout: float) -> Engine:
        """Return an engine with its own pool; lock waits end after ``timeout`` seconds.

        Its connections commit each statement until a unit says BEGIN, and speak UTC.
        """

    def absent(self, engine: Engine) -> bool:
        """Tell whether there is no database yet, where connecting would make one."""

    def settle(self, engine: Engine) -> None:
        """Make the settings that the database itself remembers, once its schema is ours."""

    def migrating(self, connection: Connection) -> AbstractContextManager[None]:
        """Let nobody else change the schema meanwhile; keep all of the block's changes, or none where the database can.

        Where it cannot, the block must be able to go on from a half-way end.
        """

    def column_type(self, type: str) -> TypeEngine[Any]:
        """Return the column type for a `ColumnSpec.type`."""

    def name_type(self, length: int) -> TypeEngine[Any]:
        """Return the type of texts of at most ``length`` code points that may be indexed, compared by code point."""

    def indexed_text(self, length: int) -> TypeEngine[Any]:
        """Return the type of a ``text`` column in an index, where it holds at most ``length`` code points."""

    def key_type(self, length: int) -> TypeEngine[Any]:
        """Return the type of text keys of at most ``length`` bytes, compared byte by byte."""

    def index_of(self, condition: ColumnElement[bool]) -> Mapping[str, Any]:
        """Return the options of an index of the rows for which a condition holds, where the database has such ones."""

    def contains(self, column: Any, part: Any) -> ColumnElement[bool]:
        """Return the condition that a key holds a part, byte by byte."""

    def encoder(self, type: str) -> Callable[[Any], Any] | None:
        """Return what turns a value of such a column into what the driver takes; None when it takes it as it is."""

    def insert_rows(self, cursor: Any, table: Table, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Store rows, with values in the order of the table's columns, by the shortest way; ``sql`` stores one."""

    def stream_cursor(self, connection: Any) -> Any:
        """Return a cursor of a driver connection that holds few rows in memory while others go on beside it."""

    def in_transaction(self, connection: Any) -> bool:
        """Tell whether a driver connection is in a transaction, a failed one included."""

    def patience(self, timeout: float) -> float:
        """Return how many seconds an exchange with the server may take; infinite where the driver sees to it."""

    def look(self, tables: Sequence[Table]) -> str | None:
        """Return the statement that looks at what tables hold, None where it needs none after they were filled."""

    def limit(self, locks: float, statement: float) -> str:
        """Return the statement that limits, from now on, how long a connection waits for locks, and for a statement."""

    def cut_off(self, connection: Any) -> None:
        """End whatever a driver connection waits for, from another thread."""

    def autocommits(self, connection: Any) -> bool:
        """Tell whether a driver connection of a host's commits each statement by itself."""

    def usable(self, connection: Any) -> bool:
        """Tell, without asking the server, whether a driver connection can still be used."""

    def answers(self, connection: Any) -> bool:
        """Ask the server whether a driver connection, idle for a while, is still there; where that can change."""

    def violated(self, error: BaseException) -> str | None:
        """Return the name of the unique index that one of the driver's errors tells of, "" for a primary key.

        None when the error tells of something else. From then on the error shows no value of the row.
        """

    def translate(self, error: BaseException) -> CustomerCoreError:
        """Return our error for one of the driver's that `violated` does not know. It too shows no value afterwards."""

    def check(self, engine: Engine) -> tuple[Finding, ...]:
        """Look the database itself over."""
