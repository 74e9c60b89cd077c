"""Where the `customercore` command starts."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence

__all__ = ["main"]

_MISSING = "The customercore command needs an extra: pip install 'customercore[cli]'"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command and exit: 0 when all is well, 1 on an error, 2 on wrong usage, 3 when an import refused rows."""
    try:
        from customercore.cli.running import run
    except ModuleNotFoundError as error:
        if error.name not in ("click", "rich"):
            raise
        print(_MISSING, file=sys.stderr)
        sys.exit(1)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: what is half written is cleared away
    sys.exit(run(sys.argv[1:] if arguments is None else list(arguments)))


if __name__ == "__main__":
    main()
