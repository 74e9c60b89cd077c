"""What other processes and their deaths do to a store on LMDB."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import customercore_lmdb
from customercore import CustomerCore, open_core, where
from customercore.errors import ExtensionError, InvalidValueError, SchemaError

_PLUGINS = [customercore_lmdb]
_EACH = 40

WRITER = """
import json, sys
import customercore_lmdb
from customercore import open_core
from customercore.errors import retryable

url, name, most = sys.argv[1], sys.argv[2], int(sys.argv[3])
with open_core(url, plugins=[customercore_lmdb]) as core:
    for number in range(most):
        made = core.customers.create(email=f"{name}{number}@example.com", first_name="Ada", last_name=name)
        print(json.dumps([made.id, made.code]), flush=True)
"""
"""Creates customers, and tells of each after it was acknowledged."""


def started(url: str, name: str, most: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, url, name, str(most)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)  # noqa: S603  our own program


def opened(url: str) -> CustomerCore:
    return open_core(url, plugins=_PLUGINS)


def test_two_processes_write_at_once_and_nothing_is_lost_or_given_twice(tmp_path: Path) -> None:
    url = f"lmdb:///{tmp_path / 'store'}"
    opened(url).close()
    writers = [started(url, name, _EACH) for name in "ab"]
    told = [json.loads(line) for one in writers for line in one.communicate()[0].splitlines()]
    with opened(url) as core:
        kept = {(one.id, one.code) for one in core.customers.iterate()}
    assert len(told) == len(writers) * _EACH
    assert kept == {(id, code) for id, code in told}
    assert len({code for _, code in told}) == len(told)


@pytest.mark.parametrize("after", [3, 11, 29])
def test_a_writer_that_is_killed_loses_nothing_acknowledged_and_blocks_nobody(tmp_path: Path, after: int) -> None:
    url = f"lmdb:///{tmp_path / 'store'}"
    writer = started(url, "a", 100_000)
    assert writer.stdout is not None
    told = [json.loads(writer.stdout.readline()) for _ in range(after)]
    writer.send_signal(signal.SIGKILL)
    told += [json.loads(line) for line in writer.communicate()[0].splitlines() if line.endswith("]")]
    with opened(url) as core:
        kept = {one.id for one in core.customers.iterate()}
        assert {id for id, _ in told} <= kept
        assert len(kept) <= len(told) + 1, "at most the one whose acknowledgement was cut off"
        assert all(len(core.events_of(id)) == 1 for id in kept)
        assert core.customers.create(email="next@example.com", first_name="Ada", last_name="L").version == 1
        assert all(one.ok for one in core.check())


def test_an_installed_plug_in_is_all_that_the_url_needs(tmp_path: Path) -> None:
    with opened(f"lmdb:///{tmp_path / 'store'}") as core:
        core.flags.define("vip")
        core.info_types.define("points", "integer", searchable=True)
        core.customers.create(email="a@example.com", first_name="A", last_name="B", flags=["vip"], info={"points": 7})
        assert core.customers.count(where.flag("vip") & (where.info("points") >= 0)) == 1


def test_the_library_is_loaded_when_a_store_is_opened(tmp_path: Path) -> None:
    program = "import sys, customercore_lmdb; assert 'lmdb' not in sys.modules"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", program], check=True, env=environment)  # noqa: S603  our own program


@pytest.mark.parametrize("url", ["lmdb://", "lmdb:///", "lmdb://host/folder"])
def test_a_url_without_a_folder_is_refused(url: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        opened(url)
    assert (caught.value.field, caught.value.code) == ("url", "invalid_url")


def test_an_empty_folder_is_not_filled_unless_that_is_wanted(tmp_path: Path) -> None:
    with pytest.raises(SchemaError) as caught:
        open_core(f"lmdb:///{tmp_path / 'store'}", migrate="never", plugins=_PLUGINS)
    assert caught.value.code == "schema_missing"


def test_two_plug_ins_for_the_scheme_are_refused(tmp_path: Path) -> None:
    class Another:
        customercore_register_stores = staticmethod(customercore_lmdb.customercore_register_stores)

    with pytest.raises(ExtensionError) as caught:
        open_core(f"lmdb:///{tmp_path / 'store'}", plugins=[customercore_lmdb, Another()])
    assert caught.value.code == "store_taken"
