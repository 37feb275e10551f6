"""Measures the gateway beside a yardstick on this machine, prints a table and writes bench.json ({name: number}).

    make bench                              # the figures of the README and the changelog
    make bench ARGS="--rows 20000 --pairs 1"

Everything is timed as whole processes, from start to exit, the two of a pair one after the other, so that a busy
machine slows both down. A ratio above 1 means that the gateway is quicker than its yardstick.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import generate
from history import policies_over_history

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description="Measure the gateway beside its yardsticks.")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--history-rows", type=int, default=1_000_000, help="0 leaves the history out")
    parser.add_argument("--out", type=Path, default=ROOT / "bench.json")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gateway-bench-") as folder:
        figures = list_vs_email_validator(Path(folder), asked.rows, asked.pairs)
        if asked.history_rows:
            figures |= policies_over_history(Path(folder), asked.history_rows, sys.modules[__name__])
    width = max(map(len, figures))
    for name, number in figures.items():
        print(f"{name:<{width}}  {number:>12,.2f}")
    asked.out.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def list_vs_email_validator(folder: Path, rows: int, pairs: int) -> dict[str, float]:
    """A list end to end on SQLite against email-validator alone on the same addresses.

    The gateway reads, maps, screens, decides, writes and seals; DNS answers are remembered already, as those of
    last week's list would be. The yardstick only checks how the addresses are written; its best run counts.
    """
    list_path, addresses = folder / "list.csv", folder / "addresses.txt"
    generate.write_list(rows, list_path)
    addresses.write_text("\n".join(generate.addresses(rows)), encoding="utf-8")
    yardstick, gateway = [], []
    for pair in range(pairs):
        data = folder / f"data-{pair}"
        prepare(data)
        yardstick.append(timed([sys.executable, str(HERE / "yardstick.py"), str(addresses)], settings(data))[0])
        command = [sys.executable, "-m", "gateway", "import", str(list_path), "--manifest",
                   str(list_path.with_suffix(".manifest.yaml")), "--wait", "--json"]  # fmt: skip
        seconds, output = timed(command, settings(data))
        gateway.append(seconds)
        receipt = json.loads(output)
        check(receipt, rows)
    print(f"{rows:,} rows: {receipt['prospects']:,} prospects, {receipt['holds']:,} holds, "
          f"{receipt['rejections']:,} rejections; reasons {receipt['reasons']}\n")  # fmt: skip
    return {
        "list_vs_email_validator": round(min(yardstick) / median(gateway), 3),
        "list_seconds": round(median(gateway), 3),
        "list_rows_per_second": round(rows / median(gateway)),
        "email_validator_seconds": round(min(yardstick), 3),
    }


def settings(data: Path) -> dict[str, str]:
    """The environment of a gateway that is ready to send, whose name servers answer nothing."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GATEWAY_")}
    # A checkout is byte-compiled once and stays so; a shell that forbids it would time the compiler.
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return kept | {
        "GATEWAY_DATA": str(data),
        "GATEWAY_NAMESERVERS": "127.0.0.1:9",
        "GATEWAY_SENDER_NAMES": generate.SENDER,
        "GATEWAY_SENDER_POSTAL_ADDRESS": "1 Main Street, Springfield, IL 62701",
        "GATEWAY_SENDER_OPT_OUT_URL": "https://www.example.com/stop",
    }


def prepare(data: Path) -> None:
    """A database with all tables, an approved vendor and remembered answers for every domain of the list."""
    from gateway.config import load
    from gateway.db.engine import open_engine
    from gateway.db.migrate import ensure_schema
    from gateway.db.work import unit_of_work
    from gateway.domain.screened import MailRoute
    from gateway.mailroutes.memory import keep_routes
    from gateway.vendors.book import note_vendor, set_standing

    engine = open_engine(load({"GATEWAY_DATA": str(data)}).database)
    ensure_schema(engine)
    at = datetime.now(UTC)
    with unit_of_work(engine, at) as work:
        keep_routes(work, [MailRoute(name, "mx", at, at + timedelta(days=7)) for name in generate.domains()])
        note_vendor(work, generate.VENDOR)
        set_standing(work, generate.VENDOR, "approved", "a vendor of the benchmark")
    engine.dispose()


def timed(command: list[str], environment: dict[str, str]) -> tuple[float, str]:
    """Seconds from start to exit, and what was printed. Stops the benchmark if the command fails."""
    started = time.perf_counter()
    done = subprocess.run(command, env=environment, cwd=ROOT, check=False, capture_output=True, text=True)
    seconds = time.perf_counter() - started
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return seconds, done.stdout


def check(receipt: dict[str, int], rows: int) -> None:
    """A quick answer that is wrong is no figure."""
    ended = receipt["prospects"] + receipt["holds"] + receipt["rejections"]
    if receipt["rows"] != rows or ended != rows or receipt["prospects"] < rows // 2:
        sys.exit(f"the receipt is not right: {receipt}")


if __name__ == "__main__":
    main()
