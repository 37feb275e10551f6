"""Writes docs/benchmarks.md and its chart from the figures of bench.json.

python tests/bench/report.py [bench.json]
"""

import json
import os
import platform
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import chart

ROOT = Path(__file__).parents[2]
PACKAGES = ("email-validator", "sqlalchemy", "psycopg", "marshmallow", "flask", "pyarrow")
KINDS = {"sqlite": "SQLite", "postgres": "PostgreSQL"}
PATHS = {"list": "the gateway, default install", "bulk": "the gateway, with [bulk]"}
Figures = Mapping[str, float]

_TOP = """\
# Benchmarks

A made-up list of {rows:,.0f} rows (`tests/bench/generate.py`), from file to sealed ledger: read, mapped, screened,
deduplicated, decided by all packs, a row per lead, answers of DNS remembered. Whole processes, from start to exit, each
beside its yardstick in the same round; medians. Made by `make bench`; the figures stand in `bench.json`.

![Rows a second](benchmarks.svg)

| | seconds | rows a second |
| --- | ---: | ---: |"""
_BELOW = """
The row by row pipeline was measured on fewer rows; its seconds are reckoned from its rate. It knows no consent, no
opt-out, no reasons and no ledger. email-validator and validator check how addresses are written, and nothing else."""
_FIGURES = """
## All figures

| figure | |
| --- | ---: |"""

HOLDS = {
    "leads": "the row word for word as it arrived (145 in this list), the address as typed, match key, decision",
    "prospects": "address, names, phone, match key and its index, state and since when",
    "clocks": "what is owed to whom by when, and the index by day (one lead in eight)",
    "holds": "the fields of who waits, so that they can be judged again, and when (one in twenty)",
    "decisions": "each distinct case with its findings and facts; hardly more of them with more leads",
}
"""What the widest tables keep of leads."""


def write(figures: Figures, folder: Path = ROOT / "docs") -> Path:
    """Write the page and the chart."""
    (folder / "benchmarks.svg").write_text(chart.bars("Rows a second (logarithmic)", list(_bars(figures))), "utf-8")
    page = folder / "benchmarks.md"
    page.write_text("\n".join(_lines(figures)) + "\n", encoding="utf-8")
    return page


def machine() -> dict[str, str]:
    """Where the figures come from."""
    try:
        cpu = next(
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
            if line.startswith("model name")
        )
    except (OSError, StopIteration):
        cpu = platform.processor() or platform.machine()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    found = {
        "processor": f"{cpu}, {os.cpu_count()} cores",
        "memory": f"{memory:.0f} GiB",
        "system": platform.platform(),
    }
    found |= {"Python": platform.python_version(), "SQLite": sqlite3.sqlite_version, "PostgreSQL": _said("postgres")}
    found |= {name: _installed(name) for name in PACKAGES}
    return found | {"Node.js": _said("node"), "validator (npm)": _npm()}


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _said(program: str) -> str:
    if program == "postgres":
        sys.path.insert(0, str(ROOT / "tests"))
        from postgres import find_binaries

        folder = find_binaries()
        if folder is None:
            return "not there"
        program = str(folder / "postgres")
    try:
        return subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "not there"


def _npm() -> str:
    script = "console.log(require('validator/package.json').version)"
    try:
        return subprocess.run(["node", "-e", script], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "not there"


def _peers(figures: Figures) -> Iterator[tuple[str, float | None, float | None, bool]]:
    """Name, seconds for all rows, rows a second, whether it is ours; None: not run."""
    rows = figures["rows"]

    def row(name: str, seconds: float | None, *, ours: bool = False) -> tuple[str, float | None, float | None, bool]:
        return name, seconds, rows / seconds if seconds else None, ours

    for path, name in PATHS.items():
        for kind, called in KINDS.items():
            yield row(f"{name}, {called}", figures.get(f"{path}_{kind}_seconds"), ours=True)
    for kind, called in KINDS.items():
        yield row(f"bare insert of the same rows, {called}", figures.get(f"bare_insert_{kind}_seconds"))
    yield row("email-validator alone", figures.get("email_validator_seconds"))
    yield row("validator (npm), syntax alone", figures.get("npm_validator_seconds"))
    for kind, called in KINDS.items():
        rate = figures.get(f"naive_{kind}_rows_per_second")
        yield f"row by row with an ORM, {called}", rows / rate if rate else None, rate, False


def _bars(figures: Figures) -> Iterator[tuple[str, float, bool]]:
    for name, _, rate, ours in _peers(figures):
        if rate:
            yield name, rate, ours


def _lines(figures: Figures) -> Iterator[str]:
    yield _TOP.format(rows=figures["rows"])
    for name, seconds, rate, _ in _peers(figures):
        if seconds and rate:
            yield f"| {name} | {seconds:,.2f} | {rate:,.0f} |"
        else:
            yield f"| {name} | not run | |"
    yield _BELOW
    kinds = [kind for kind in KINDS if f"{kind}_bytes_of_leads" in figures]
    if kinds:
        yield "\n## What a lead's bytes are\n"
        yield f"| table with its indexes | {' | '.join(KINDS[kind] for kind in kinds)} | holds |"
        yield f"| --- |{' ---: |' * len(kinds)} --- |"
        for table, holds in HOLDS.items():
            sizes = " | ".join(f"{figures[f'{kind}_bytes_of_{table}']:,.0f}" for kind in kinds)
            yield f"| {table} | {sizes} | {holds} |"
    yield _FIGURES
    yield from (f"| `{name}` | {value:,.10g} |" for name, value in figures.items())
    yield from ("", "## Machine and versions", "", "| | |", "| --- | --- |")
    yield from (f"| {name} | {said} |" for name, said in machine().items())


if __name__ == "__main__":
    print(write(json.loads(Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "bench.json").read_text("utf-8"))))
