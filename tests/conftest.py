"""Servers for the whole run: each is started when a test first wants it, and stopped at the end."""

from __future__ import annotations

import pytest
from database_servers import sharing


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def pytest_configure(config: pytest.Config) -> None:
    if not _is_worker(config):
        sharing.begin()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not _is_worker(config):
        sharing.end()
