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
# A public name that is loaded when it is first asked for still counts: it is asked for here. The class of
# the core brings every service along: only annotations name it, and `open_core` needs the rest besides.
_NAMES = "import customercore; [getattr(customercore, name) for name in customercore.__all__ if name {}]"
_IMPORT, _ALL = _NAMES.format("!= 'CustomerCore'"), _NAMES.format("")
_LOADED = f"import sys; {_ALL}; sys.exit(any(name in sys.modules for name in {_DRIVERS}))"


def importing(options: Options) -> Iterator[Contest]:
    """Start Python and import the package, over starting Python; no driver may be loaded."""
    # Compiled modules go to a folder of our own, so that they are there whatever the environment says.
    environment = {**os.environ, "PYTHONPATH": _SOURCE, "PYTHONPYCACHEPREFIX": str(options.folder / "compiled")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    _python(_LOADED, environment)()
    for what, code, goal in (
        ("every public name but the class CustomerCore", _IMPORT, Goal("over", 80e-3, 120e-3)),
        ("every public name", _ALL, None),
    ):
        yield Contest(
            "9",
            f"import customercore and {what}, over bare Python",
            goal,
            _python(code, environment, times=5),
            _python("pass", environment, times=5),
        )


def _python(code: str, environment: dict[str, str], times: int = 1) -> Side:
    def side() -> float:
        start = time.perf_counter()
        for _ in range(times):
            subprocess.run([sys.executable, "-c", code], check=True, env=environment)  # noqa: S603  our own
        return (time.perf_counter() - start) / times

    return side
