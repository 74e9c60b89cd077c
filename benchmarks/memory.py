"""Job 10: the store in memory."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import partial

from benchmarks.measure import Contest, Goal, Options, each
from benchmarks.people import FLAG, people

from customercore import Criteria, open_core, where

__all__ = ["in_memory"]

_CREATE = Goal("time", 100e-6, 150e-6)
_NAMES = ("email", "first_name", "last_name")

_MOST = 10_000


def in_memory(options: Options) -> Iterator[Contest]:
    """Open a store, create customers, and search 10,000 (or the rows asked for) for the first page of 50."""
    customers = min(_MOST, options.rows)
    yield Contest(
        "10",
        "memory: open_core, from the second time on",
        Goal("time", 1e-3, 1.5e-3),
        each(lambda _: open_core("memory://").close(), lambda: range(options.calls)),
    )
    with open_core("memory://") as core:
        core.flags.define(FLAG)
        given = people()
        yield Contest(
            "10",
            "memory: create a customer of e-mail and names",
            _CREATE,
            each(
                lambda fields: core.customers.create(**{name: fields[name] for name in _NAMES}),
                lambda: list(itertools.islice(given, options.calls)),
            ),
        )
        yield Contest(
            "10",
            "memory: create the customer of job 1, with phone, address, flag and tag",
            None,
            each(
                lambda fields: core.customers.create(**fields),
                lambda: list(itertools.islice(given, options.calls)),
            ),
        )
        for fields in itertools.islice(given, max(0, customers - core.customers.count())):
            core.customers.create(**fields)
        searches: dict[str, Criteria | None] = {
            "by name": None,
            "with a flag and a name's start": where.flag(FLAG) & where.last_name.startswith("b"),
        }
        for what, criteria in searches.items():
            yield Contest(
                "10",
                f"memory: first page of {customers:,}, {what}",
                Goal("time", 30e-3, 45e-3),
                each(core.customers.search, partial(_once, criteria)),
            )


def _once(criteria: Criteria | None) -> list[Criteria | None]:
    return [criteria]
