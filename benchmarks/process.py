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
# A public name that is loaded when it is first asked for still counts: it is asked for here.
_IMPORT = "import customercore; [getattr(customercore, name) for name in customercore.__all__]"
_LOADED = f"import sys; {_IMPORT}; sys.exit(any(name in sys.modules for name in {_DRIVERS}))"


def importing(options: Options) -> Iterator[Contest]:
    """Start Python and import the package, over starting Python; no driver may be loaded."""
    # Compiled modules go to a folder of our own, so that they are there whatever the environment says.
    environment = {**os.environ, "PYTHONPATH": _SOURCE, "PYTHONPYCACHEPREFIX": str(options.folder / "compiled")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    _python(_LOADED, environment)()
    yield Contest(
        "9",
        "import customercore and every public name, over bare Python",
        Goal("over", 80e-3, 120e-3),
        _python(_IMPORT, environment, times=5),
        _python("pass", environment, times=5),
    )


def _python(code: str, environment: dict[str, str], times: int = 1) -> Side:
    def side() -> float:
        start = time.perf_counter()
        for _ in range(times):
            subprocess.run([sys.executable, "-c", code], check=True, env=environment)  # noqa: S603  our own
        return (time.perf_counter() - start) / times

    return side
