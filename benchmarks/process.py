"""Job 9: importing the package in a new process."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Contest, Goal, Options, Side

import customercore

__all__ = ["importing"]

_SOURCE = str(Path(customercore.__file__).parents[1])
_DRIVERS = ("alembic", "bson", "pymongo", "sqlalchemy", "sqlite3")
_LOADED = f"import sys, customercore; sys.exit(any(name in sys.modules for name in {_DRIVERS}))"


def importing(_: Options) -> Iterator[Contest]:
    """Start Python and import the package, over starting Python; no driver may be loaded."""
    _python(_LOADED)()
    yield Contest(
        "9",
        "import customercore, over bare Python",
        Goal("over", 80e-3, 120e-3),
        _python("import customercore", times=5),
        _python("pass", times=5),
    )


def _python(code: str, times: int = 1) -> Side:
    environment = {**os.environ, "PYTHONPATH": _SOURCE}

    def side() -> float:
        start = time.perf_counter()
        for _ in range(times):
            subprocess.run([sys.executable, "-c", code], check=True, env=environment)  # noqa: S603  our own
        return (time.perf_counter() - start) / times

    return side
