"""Job 8: from the text of a row to the frozen object."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator

from benchmarks.bare import BareCustomer
from benchmarks.measure import Contest, Goal, Options, each
from benchmarks.people import address, define_info, people_with_info

from customercore import open_core
from customercore.adapters.documents import Documents
from customercore.wiring import default_catalogue

__all__ = ["hydrate"]


def hydrate(options: Options) -> Iterator[Contest]:
    """Make customers of their documents; the JSON parser is nobody's doing and taken off."""
    documents = Documents(default_catalogue().customers)
    given = next(people_with_info())
    given["addresses"].append(address(random.Random(2), "Ann", given["last_name"]))
    with open_core("memory://") as core:
        core.flags.define(given["flags"][0])
        define_info(core)
        for key in ("card", "seller"):
            core.info_types.define(key, "text")
            given["info"][key] = f"{key} 4711"
        text = documents.dump(core.customers.create(**given))
    texts = [text] * (options.calls * 10)
    load = each(documents.load, lambda: texts)
    yield Contest(
        "8",
        "document to frozen customer with two addresses and five info values, over the JSON parser alone",
        Goal("over", 8e-6, 12e-6),
        load,
        each(json.loads, lambda: texts),
    )
    yield Contest(
        "8",
        "the same, beside a class written by hand",
        None,
        load,
        each(lambda one: BareCustomer(json.loads(one)), lambda: texts),
    )
