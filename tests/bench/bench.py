"""Measures the gateway beside its yardsticks on this machine, prints a table and writes bench.json ({name: number}).

    make bench                              # the figures of the README and the changelog
    make bench ARGS="--rows 20000 --pairs 1 --history-rows 0"
    make bench ARGS="--rows 1000000 --store 5000000 --longer 10000000 --page"

Everything is timed as whole processes, from start to exit, those of a round one after the other, so that a busy
machine slows all down. ``*_share_of_email_validator``: so much of its time; ``times_*`` and ``*_vs_*``: how many times
as quick as the yardstick (of bare inserts: how many times their time we take).
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path
from statistics import median

import generate
import hello
import peers
import report
import signups
import store
from ground import (
    BULK,
    HERE,
    PLAIN,
    ROOT,
    Server,
    Timed,
    has_bulk,
    imported,
    opened,
    prepare,
    settings,
    stored_by_table,
    stored_bytes,
    timed,
)
from history import policies_over_history

KINDS = {"sqlite": "sqlite", "postgres": "postgresql"}  # in the figures' names -> of the server


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description="Measure the gateway beside its yardsticks.")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--pairs", type=int, default=3, help="rounds; the median counts")
    parser.add_argument("--history-rows", type=int, default=1_000_000, help="0 leaves the history out")
    parser.add_argument("--store", type=int, default=0, help="import also into a store of so many people")
    parser.add_argument("--longer", type=int, default=0, help="import also a list of so many rows")
    parser.add_argument("--only", choices=KINDS, help="one of the two databases")
    parser.add_argument("--no-signups", action="store_true", help="leave out the signups during an import")
    parser.add_argument("--page", action="store_true", help="write docs/benchmarks.md too")
    parser.add_argument("--out", type=Path, default=ROOT / "bench.json")
    asked = parser.parse_args()
    server = Server()
    try:
        with tempfile.TemporaryDirectory(prefix="gateway-bench-") as folder:
            figures = measure(Path(folder), asked, server)
    finally:
        server.stop()
    width = max(map(len, figures))
    for name, number in figures.items():
        print(f"{name:<{width}}  {number:>14,.2f}")
    asked.out.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    if asked.page:
        print(report.write(figures))


def measure(folder: Path, asked: argparse.Namespace, server: Server) -> dict[str, float]:
    """Every figure that was asked for."""
    list_path, addresses = folder / "list.csv", folder / "addresses.txt"
    generate.write_list(asked.rows, list_path)
    addresses.write_text("\n".join(generate.addresses(asked.rows)), encoding="utf-8")
    kinds = [asked.only] if asked.only else list(KINDS)
    house = Houses(folder, server)
    figures = list_beside_peers(house, kinds, list_path, addresses, rows=asked.rows, pairs=asked.pairs)
    program = BULK if has_bulk() else PLAIN
    if asked.store:
        for kind in kinds:
            figures |= into_a_store(house, kind, program, list_path=list_path, rows=asked.rows, people=asked.store)
    if asked.longer:
        for kind in kinds:
            figures |= longer_list(house, kind, program, longer=asked.longer, figures=figures)
    if not asked.no_signups:
        figures |= signups.beside_an_import(folder, list_path, asked.rows, program)
        figures |= hello.signups_beside_hello(house, kinds)
    if asked.history_rows:
        figures |= policies_over_history(folder, asked.history_rows)
    return figures


class Houses:
    """Fresh houses, one for each run."""

    def __init__(self, folder: Path, server: Server) -> None:
        self.folder = folder
        self.server = server
        self.count = 0

    def address(self, kind: str) -> tuple[Path, str | None]:
        """Where a fresh house's data and database are; nothing is made yet."""
        self.count += 1
        data = self.folder / f"data-{self.count}"
        data.mkdir()
        if kind == "sqlite":
            return data, f"sqlite:///{data / 'gateway.sqlite'}"
        return data, self.server.fresh()


def list_beside_peers(
    house: Houses, kinds: list[str], list_path: Path, addresses: Path, *, rows: int, pairs: int
) -> dict[str, float]:
    """A list end to end against email-validator alone, a bare insert and a naive pipeline.

    The gateway reads, maps, screens, decides, writes and seals; DNS answers are remembered already, as those of
    last week's list would be. email-validator only checks how the addresses are written; its best run counts.
    """
    seconds: dict[str, list[float]] = {}
    last: dict[str, float] = {}
    programs = {"list": PLAIN} | ({"bulk": BULK} if has_bulk() else {})
    plain = settings(house.folder)
    for _ in range(pairs):
        seconds.setdefault("email_validator", []).append(peers.email_validator(addresses, plain))
        if (npm := peers.npm_validator(addresses, plain)) is not None:
            seconds.setdefault("npm_validator", []).append(npm)
        for kind in kinds:
            for path, program in programs.items():
                data, database = house.address(kind)
                if database is None:
                    print(f"{kind}: not run, it is not here")
                    continue
                prepare(data, database)
                before = stored_bytes(data, database)
                done, receipt = imported(list_path, rows, settings(data, database), program)
                seconds.setdefault(f"{path}_{kind}", []).append(done.seconds)
                last[f"{path}_{kind}_rss_mib"] = round(done.rss)
                last[f"{kind}_bytes_per_lead"] = round((stored_bytes(data, database) - before) / rows)
                sizes = stored_by_table(data, database)
                last |= {f"{kind}_bytes_of_{name}": round(sizes[name] / rows) for name in report.HOLDS if name in sizes}
            if database is not None:
                _, target = house.address(kind)
                seconds.setdefault(f"bare_insert_{kind}", []).append(peers.bare_insert(database, target or "", plain))
    print(f"{rows:,} rows: {receipt['prospects']:,} prospects, {receipt['holds']:,} holds, "
          f"{receipt['rejections']:,} rejections; reasons {receipt['reasons']}\n")  # fmt: skip
    naive = {}
    for kind in kinds:
        if f"list_{kind}" in seconds:
            _, database = house.address(kind)
            naive[kind] = peers.naive_rate(KINDS[kind], database or "", house.folder, rows, plain)
    return _ratios(rows, seconds, naive) | last


def _ratios(rows: int, seconds: dict[str, list[float]], naive: dict[str, float]) -> dict[str, float]:
    """The figures and what they are of one another."""
    best = min(seconds["email_validator"])
    middle = {name: median(found) for name, found in seconds.items()} | {"email_validator": best}
    figures: dict[str, float] = {"rows": rows}
    if "list_sqlite" in middle:
        figures |= {
            "list_vs_email_validator": round(best / middle["list_sqlite"], 3),
            "list_seconds": round(middle["list_sqlite"], 3),
            "list_rows_per_second": round(rows / middle["list_sqlite"]),
        }
    figures |= {f"{name}_seconds": round(found, 3) for name, found in middle.items()}
    for kind, rate in naive.items():
        figures[f"naive_{kind}_rows_per_second"] = round(rate)
        for path in ("list", "bulk"):
            ours = middle.get(f"{path}_{kind}")
            if ours is not None:
                figures[f"{path}_{kind}_share_of_email_validator"] = round(ours / best, 3)
                figures[f"times_bare_insert_{path}_{kind}"] = round(ours / middle[f"bare_insert_{kind}"], 3)
                figures[f"times_naive_{path}_{kind}"] = round(rows / ours / rate, 1)
    return figures


def into_a_store(
    house: Houses, kind: str, program: list[str], *, list_path: Path, rows: int, people: int
) -> dict[str, float]:
    """The list into a store that knows so many people, beside the same list into an empty one in the same round."""
    empty = _once(house, kind, list_path, rows, program)
    data, database = house.address(kind)
    store.filled(house.folder, data, people, program, database)
    engine = opened(data, database)
    known = store.know(engine)
    engine.dispose()
    if known["prospects"] < people:
        sys.exit(f"the store is not full: {known}")
    done, _ = imported(list_path, rows, settings(data, database), program)
    return {
        f"store_{kind}_people": known["prospects"], f"store_{kind}_seconds": round(done.seconds, 3),
        f"store_{kind}_times_empty": round(done.seconds / empty.seconds, 3), f"store_{kind}_rss_mib": round(done.rss),
    }  # fmt: skip


def longer_list(
    house: Houses, kind: str, program: list[str], *, longer: int, figures: dict[str, float]
) -> dict[str, float]:
    """A longer list: its time for each row against the shorter one's, and its memory."""
    path = house.folder / "longer.csv"
    if not path.exists():  # by another process: what this one ever took counts as its children's largest memory
        timed([sys.executable, str(HERE / "generate.py"), str(longer), str(path)], settings(house.folder))
    done = _once(house, kind, path, longer, program)
    shorter = figures[f"{'bulk' if program == BULK else 'list'}_{kind}_seconds"]
    return {
        f"longer_{kind}_rows": longer, f"longer_{kind}_seconds": round(done.seconds, 3),
        f"longer_{kind}_time_per_row_vs_shorter": round(done.seconds / longer / (shorter / figures["rows"]), 3),
        f"longer_{kind}_rss_mib": round(done.rss),
    }  # fmt: skip


def _once(house: Houses, kind: str, list_path: Path, rows: int, program: list[str]) -> Timed:
    data, database = house.address(kind)
    prepare(data, database)
    return imported(list_path, rows, settings(data, database), program)[0]


if __name__ == "__main__":
    main()
