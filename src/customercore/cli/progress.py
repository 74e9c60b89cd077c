"""How far a file has come: a bar on a terminal, a line now and then elsewhere, always on stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

__all__ = ["Lines", "Told", "shown_progress"]

Told = Callable[[int, int, int], None]
"""Called with the rows that are done, and how much is done of how much: bytes of a file, or rows again."""

BETWEEN = 10.0
"""Seconds between two lines."""


@contextmanager
def shown_progress(what: str, *, as_json: bool) -> Iterator[Told | None]:
    """Give what shows progress, with its rate and the time that is left; None with ``--json``."""
    if as_json:
        yield None
    elif sys.stderr.isatty():
        with _bar(what) as told:
            yield told
    else:
        yield Lines(what)


class Lines:
    """Writes a line every ten seconds; nothing about what is quicker."""

    def __init__(self, what: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._what = what
        self._clock = clock
        self._start = self._last = clock()

    def __call__(self, rows: int, done: int, total: int) -> None:
        """Write where things are, if it is time."""
        now = self._clock()
        if now - self._last < BETWEEN or not done:
            return
        self._last = now
        took = now - self._start
        left = took * max(0, total - done) / done
        share, rate = f"{done / max(total, done):.0%}", f"{rows / took:,.0f} rows/s"
        click.echo(f"{self._what}: {rows:,} rows, {share}, {rate}, {_span(left)} left", err=True)


def _span(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"


@contextmanager
def _bar(what: str) -> Iterator[Told]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    text = TextColumn("{task.fields[rows]:,} rows, {task.fields[rate]:,.0f} rows/s,")
    columns = (TextColumn(what), BarColumn(), TaskProgressColumn(), text, TimeRemainingColumn(), TextColumn("left"))
    start = time.monotonic()
    with Progress(*columns, console=Console(file=sys.stderr), transient=True) as bar:
        task = bar.add_task(what, rows=0, rate=0)

        def told(rows: int, done: int, total: int) -> None:
            rate = rows / max(time.monotonic() - start, 1e-9)
            bar.update(task, completed=done, total=total, rows=rows, rate=rate)

        yield told
