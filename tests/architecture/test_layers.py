"""Who may import whom, as pyproject.toml says, and that no room has been forgotten there."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_import_points_downwards():
    checker = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([checker, "--no-logo", "--no-cache"], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_commands_that_serve_nobody_do_not_load_the_web():
    program = "import sys, gateway.wiring, gateway.intake.lists, gateway.intake.runs; sys.exit('flask' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0


def layers():
    """The rows of rooms, from the top, as import-linter holds them."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    rows = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    return [[name.strip("() ") for name in row.split("|")] for row in rows]


def test_every_room_stands_in_the_layers():
    named = {name for row in layers() for name in row}
    rooms = {f"gateway.{path.parent.name}" for path in (ROOT / "gateway").glob("*/__init__.py")}
    modules = {f"gateway.{path.stem}" for path in (ROOT / "gateway").glob("[!_]*.py")}
    assert sorted((rooms | modules) - named) == []


def test_the_design_shows_the_layers_as_they_are():
    drawn = re.search(r"## Who may import whom.*?```\n(.*?)```", (ROOT / "docs/design.md").read_text(), re.DOTALL)[1]
    rows = [[f"gateway.{name.strip()}" for name in row.split("|")] for row in drawn.strip().splitlines()]
    there = [[name for name in row if (ROOT / name.replace(".", "/")).exists()
              or (ROOT / f"{name.replace('.', '/')}.py").exists()] for row in layers()]  # fmt: skip
    assert [sorted(row) for row in rows] == [sorted(row) for row in there]
