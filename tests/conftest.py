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
