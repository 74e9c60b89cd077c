"""Servers for the whole run: each is started when a test first wants it, and stopped at the end."""

from __future__ import annotations

import os

import pytest
from database_servers import sharing


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def pytest_configure(config: pytest.Config) -> None:
    if not _is_worker(config):
        sharing.begin()
        # Hundreds of tests start a process; each would compile every module anew where this forbids to keep it.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not _is_worker(config):
        sharing.end()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Have a worker more than processors with ``-n auto``: many tests wait for a server, a disk or a process."""
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return None
    ours = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return ours + 1
