"""Letting a database work while its user goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable

__all__ = ["Behind"]


class Behind:
    """Runs a call in a thread of its own: what waits for a disk or a network need not keep others waiting.

    What the call uses is its own until `wait` has been called, which must be.
    """

    def __init__(self, call: Callable[[], object]) -> None:
        self._call = call
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="customercore-behind")
        self._thread.start()

    def _run(self) -> None:
        try:
            self._call()
        except BaseException as error:  # noqa: BLE001  raised where it is waited for
            self._error = error

    def wait(self) -> None:
        """Return once the call is done; raise what it raised."""
        self._thread.join()
        if self._error is not None:
            raise self._error
