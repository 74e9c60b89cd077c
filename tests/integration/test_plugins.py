"""Plug-ins as they are installed: built, found by their entry point in a fresh process, and broken ones named."""

from __future__ import annotations

import importlib.metadata
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest

from customercore import open_core

ROOT = Path(__file__).parents[2]
PLUGINS = sorted(path.parent for path in (ROOT / "plugins").glob("*/pyproject.toml"))
ADA = "email='ada@example.com', first_name='Ada', last_name='Lovelace'"


def project_of(plugin: Path) -> dict[str, Any]:
    project: dict[str, Any] = tomllib.loads((plugin / "pyproject.toml").read_text("utf-8"))["project"]
    return project


def python(code: str, *path: Path) -> subprocess.CompletedProcess[str]:
    """Run code in a fresh interpreter that finds packages in ``path`` first."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, [*path, ROOT / "src"]))},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def answer_of(code: str, *path: Path) -> str:
    done = python(code, *path)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def installed(folder: Path, name: str, target: str, source: str = "") -> Path:
    """Make a folder look as if a plug-in were installed in it: a module, and the metadata of a distribution."""
    metadata = folder / f"{name}-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", "utf-8")
    (metadata / "entry_points.txt").write_text(f"[customercore]\n{name} = {target}\n", "utf-8")
    if source:
        (folder / f"{target.partition(':')[0]}.py").write_text(source, "utf-8")
    return folder


OPEN = f"""
from customercore import open_core
from customercore.errors import ExtensionError
try:
    core = open_core("memory://")
except ExtensionError as error:
    print(error.code, error.details["plugin"], type(error.__cause__).__name__)
else:
    core.info_types.define("x", "even")
    names = [one.name for one in core.check() if "tax" not in one.name and "lmdb" not in one.name]
    print(core.customers.create({ADA}, info={{"x": 2}}).info["x"], names[-1])
"""
EVEN = """
from customercore.extension import Kind, RefusedError, hookimpl

class EvenKind(Kind):
    column = "integer"
    def parse(self, value, field, definitions):
        if value % 2:
            raise RefusedError("odd", "must be even")
        return value

class Plugin:
    @hookimpl
    def customercore_register_kinds(self):
        return {"even": EvenKind()}

plugin = Plugin()

@hookimpl
def customercore_register_kinds():
    return {"even": EvenKind()}
"""


@pytest.mark.parametrize("target", ["acme_even", "acme_even:plugin"], ids=["module", "object"])
def test_an_installed_plug_in_is_found(tmp_path: Path, target: str) -> None:
    assert answer_of(OPEN, installed(tmp_path, "acme", target, EVEN)) == "2 plug-in acme"


def test_an_installed_plug_in_is_not_imported_before_a_core_is_opened(tmp_path: Path) -> None:
    folder = installed(tmp_path, "acme", "acme_even", EVEN)
    code = (
        "import sys, customercore; [getattr(customercore, name) for name in customercore.__all__]\n"
        "print('acme_even' in sys.modules)\n"
        "customercore.open_core('memory://')\nprint('acme_even' in sys.modules)"
    )
    assert answer_of(code, folder).split() == ["False", "True"]


def test_an_installed_plug_in_may_be_passed_as_well(tmp_path: Path) -> None:
    code = f"""
import acme_even
from customercore import open_core
core = open_core("memory://", plugins=[acme_even, acme_even])
core.info_types.define("x", "even")
print([one.name for one in core.check() if one.name.startswith("plug-in")])
print(core.customers.create({ADA}, info={{"x": 4}}).info["x"])
"""
    folder = installed(tmp_path, "acme", "acme_even", EVEN)
    told = answer_of(code, folder).replace(", 'plug-in tax_ids'", "").replace(", 'plug-in lmdb'", "")
    assert told.splitlines() == [
        "['plug-in acme']",
        "4",
    ]


@pytest.mark.parametrize(
    ("target", "source", "told"),
    [
        ("acme_none", "", "plugin_failed acme ModuleNotFoundError"),
        ("acme_bad:plugin", "x = 1", "plugin_failed acme AttributeError"),
        ("acme_bad", "1 / 0", "plugin_failed acme ZeroDivisionError"),
        ("acme_bad", "raise SystemExit(3)", "plugin_failed acme SystemExit"),
        ("acme_bad", "def f(:", "plugin_failed acme SyntaxError"),
        ("acme_bad", "x = 1", "plugin_invalid acme NoneType"),
        (
            "acme_bad",
            "from customercore.extension import hookimpl\n@hookimpl\ndef customercore_on_moon(): pass",
            "unknown_hook acme NoneType",
        ),
    ],
)
def test_a_broken_plug_in_is_named(tmp_path: Path, target: str, source: str, told: str) -> None:
    assert answer_of(OPEN, installed(tmp_path, "acme", target, source)) == told


def test_two_installed_plug_ins_that_want_one_name_are_both_named(tmp_path: Path) -> None:
    folder = installed(installed(tmp_path, "acme", "acme_even", EVEN), "zeta", "zeta_even", EVEN)
    code = OPEN.replace("type(error.__cause__).__name__", 'error.details["owner"]')
    assert answer_of(code, folder) == "kind_taken zeta acme"


def test_there_are_plug_ins() -> None:
    assert "customercore-tax-ids" in {plugin.name for plugin in PLUGINS}


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda plugin: plugin.name)
def test_a_plug_in_of_this_repository_is_a_distribution_of_its_own(plugin: Path) -> None:
    project = project_of(plugin)
    package = plugin.name.replace("-", "_")
    assert project["name"] == plugin.name
    assert any(re.match(r"customercore\b", one) for one in project["dependencies"])
    assert list(project["entry-points"]) == ["customercore"]
    assert (plugin / "src" / package / "py.typed").exists()
    assert (plugin / "README.md").read_text("utf-8").startswith(f"# {plugin.name}\n")
    assert list((plugin / "tests").glob("test_*.py"))


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda plugin: plugin.name)
def test_a_plug_in_that_was_built_is_found_by_its_entry_point(plugin: Path, tmp_path: Path) -> None:
    pytest.importorskip("hatchling", reason="building a wheel needs hatchling")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path / "dist")],
        cwd=plugin,
        check=True,
        capture_output=True,
        timeout=120,
    )
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        assert not [name for name in archive.namelist() if "test" in name]
        archive.extractall(site)
    code = f"""
from customercore import open_core
core = open_core("memory://")
import {plugin.name.replace("-", "_")} as package
print(package.__file__)
print([one.name for one in core.check() if one.name.startswith("plug-in") and one.ok])
"""
    file, names = answer_of(code, site).splitlines()
    assert Path(file).is_relative_to(site)
    for name in project_of(plugin)["entry-points"]["customercore"]:
        assert f"'plug-in {name}'" in names
    readme = (plugin / "README.md").read_text("utf-8")
    (example,), (shown,) = (re.findall(rf"```{one}\n(.*?)```", readme, re.DOTALL) for one in ("python", "output"))
    assert answer_of(example, site) == shown.strip()


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda plugin: plugin.name)
def test_a_plug_in_that_is_installed_here_is_used_by_every_core(plugin: Path) -> None:
    try:
        distribution = importlib.metadata.distribution(plugin.name)
    except importlib.metadata.PackageNotFoundError:
        pytest.skip(f"{plugin.name} is not installed here")
    points = {one.name: one.value for one in distribution.entry_points if one.group == "customercore"}
    assert points == project_of(plugin)["entry-points"]["customercore"]
    with open_core("memory://") as core:
        assert {f"plug-in {name}" for name in points} <= {one.name for one in core.check()}
