"""Who may import whom, as pyproject.toml says, and that no room has been forgotten there."""

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_import_points_downwards():
    checker = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([checker, "--no-logo", "--no-cache"], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_room_stands_in_the_layers():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    named = {name.strip("() ") for row in layers for name in row.split("|")}
    rooms = {f"gateway.{path.parent.name}" for path in (ROOT / "gateway").glob("*/__init__.py")}
    modules = {f"gateway.{path.stem}" for path in (ROOT / "gateway").glob("[!_]*.py")}
    assert sorted((rooms | modules) - named) == []
