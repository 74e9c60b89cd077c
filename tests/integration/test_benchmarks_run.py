"""`make bench` runs every job; this is its short form. What it measures is read by people (docs/performance.md)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import customercore

_ROOT = Path(__file__).parents[2]
_SHORT = ("--rows", "200", "--rounds", "1", "--calls", "10", "--customers", "2000")
_MONGODB = ("--on", "mongodb", "--fleeting")
_JOBS = ("1", "1b", "2", "3", "3b", "4", "4b", "4w", "5", "8", "9", "10")
_FAR_TOO_SLOW = 50
"""A ratio that no busy machine explains: something is done over and over."""


def _benchmarks(folder: Path, *arguments: str) -> str:
    source = str(Path(customercore.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments, *_SHORT, "--folder", str(folder)],
        check=True,
        capture_output=True,
        text=True,
        cwd=_ROOT,
        env={**os.environ, "PYTHONPATH": source},
    )
    return done.stdout


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    folder = tmp_path_factory.mktemp("benchmarks")
    found: list[dict[str, Any]] = json.loads(_benchmarks(folder, "--json"))
    assert not list(folder.iterdir()), "the stores were not cleared away"
    return found


@pytest.mark.parametrize("server", ["postgresql", "mariadb", "mongodb"])
def test_the_jobs_run_on_a_server(server: str, tmp_path: Path) -> None:
    found = json.loads(_benchmarks(tmp_path, "--json", "--on", server, "--fleeting"))
    assert {one["job"] for one in found} == {"1", "1b", "2", "3", "3b", "4", "4b", "5"}
    assert all(one["ratio"] < _FAR_TOO_SLOW for one in found if one["job"] != "4"), found
    assert not list(tmp_path.iterdir()), "the stores were not cleared away"


def test_stores_on_mongodb_can_hold_customers_already(tmp_path: Path) -> None:
    found = json.loads(_benchmarks(tmp_path, "1", "3", "--json", *_MONGODB, "--among", "500", "--cold"))
    assert [one["what"].endswith("among 500") for one in found] == [True, True]


@pytest.mark.parametrize("job", _JOBS)
def test_every_job_is_timed(results: list[dict[str, Any]], job: str) -> None:
    timed = [one for one in results if one["job"] == job]
    assert timed
    assert all(seconds > 0 for one in timed for seconds in one["ours"])


def test_no_job_is_out_of_all_proportion_to_the_bare_driver(results: list[dict[str, Any]]) -> None:
    ratios = {one["what"]: one["ratio"] for one in results if one["ratio"] is not None}
    assert len(ratios) >= 8
    assert {what: ratio for what, ratio in ratios.items() if ratio > _FAR_TOO_SLOW} == {}


def test_the_table_of_the_documentation_can_be_printed(tmp_path: Path) -> None:
    lines = _benchmarks(tmp_path, "8", "--markdown").splitlines()
    assert lines[0].startswith("| job | what | ours | bare driver | ratio | goal |")
    assert all(line.startswith("|") and line.endswith("|") for line in lines)


def test_an_unknown_job_is_refused(tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError) as refused:
        _benchmarks(tmp_path, "11")
    assert "unknown job 11" in refused.value.stderr


def test_stores_that_hold_customers_already_are_for_mongodb(tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError) as refused:
        _benchmarks(tmp_path, "1", "--among", "500")
    assert "--among is for --on mongodb" in refused.value.stderr
