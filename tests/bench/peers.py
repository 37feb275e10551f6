"""What the gateway is measured beside: email-validator, validator of npm, a naive pipeline, a bare insert."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import generate
from ground import HERE, timed

NPM = """
const validator = require('validator'), fs = require('fs')
let valid = 0
for (const line of fs.readFileSync(process.argv[1], 'utf8').split('\\n')) if (validator.isEmail(line.trim())) valid++
console.log(valid)
"""
NAIVE_ROWS = {"sqlite": 10_000, "postgresql": 5_000}  # its rate does not hang on how many come; its patience does


def email_validator(addresses: Path, environment: dict[str, str]) -> float:
    """Seconds that email-validator alone takes for the addresses, in one process."""
    return timed([sys.executable, str(HERE / "yardstick.py"), str(addresses)], environment).seconds


def npm_validator(addresses: Path, environment: dict[str, str]) -> float | None:
    """Seconds that validator.js takes for the syntax alone; None where node or the package is missing."""
    node = shutil.which("node")
    if node is None:
        return None
    found = subprocess.run([node, "-e", "require('validator')"], env=environment, capture_output=True, check=False)
    if found.returncode:
        return None
    return timed([node, "-e", NPM, str(addresses)], environment).seconds


def naive_rate(kind: str, url: str, folder: Path, rows: int, environment: dict[str, str]) -> float:
    """Rows a second of the pipeline in naive.py."""
    path = folder / f"naive-{kind}.csv"
    generate.write_list(min(rows, NAIVE_ROWS[kind]), path)
    told = json.loads(timed([sys.executable, str(HERE / "naive.py"), url, str(path)], environment).output)
    return told["rows"] / told["seconds"]


def bare_insert(source: str, target: str, environment: dict[str, str]) -> float:
    """Seconds in which the database takes the rows that the gateway stored, ready in memory."""
    return json.loads(timed([sys.executable, str(HERE / "bare_insert.py"), source, target], environment).output)[
        "seconds"
    ]
