"""Committing a unit of work while its owner goes on."""

from __future__ import annotations

import threading

from customercore.ports.unit_of_work import UnitOfWork

__all__ = ["CommitBehind"]


class CommitBehind:
    """Commits a unit in a thread of its own: a commit waits for the disk or the network, and so need not its owner.

    The unit is this object's from now on; `wait` must be called.
    """

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._commit, name="customercore-commit")
        self._thread.start()

    def _commit(self) -> None:
        try:
            self._uow.commit()
        except BaseException as error:  # noqa: BLE001  raised where it is waited for
            self._error = error

    def wait(self) -> None:
        """Return once the unit is committed; raise what its commit raised."""
        self._thread.join()
        if self._error is not None:
            raise self._error
